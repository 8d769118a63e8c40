"""How fast a scan reads switches, beside nornir with nornir-netmiko (SSH) and plain pysnmp walks (SNMP), in one run.

    python benchmarks/scan.py                       # 500 switches, 3 rounds, some ten minutes on two cores
    python benchmarks/scan.py --switches 100 --rounds 1

All contenders read the same simulated switches on loopback and send the same commands or walk the same OIDs; rounds are
interleaved and medians printed. The simulated switches run on the same machine, so only ratios carry over. Each contender
is a process tree of its own: CPU is its user and system time, memory the largest sum of resident sets that was seen.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parents[1]))

from collector.config import load_config
from collector.credentials import resolve_credentials
from collector.data import probe_folders
from collector.inventory import load_inventory
from collector.model import Credential, Outcome, Target, Transport
from collector.probes.definition import ProbeDef, load_probes
from collector.scan.plan import choose_probe
from collector.store import TargetResult

CONTENDERS = {
    "ssh": ("collector", "nornir-textfsm", "collector-collect", "nornir"),
    "snmp": ("collector", "collector-collect", "pysnmp"),
}
NAMES = {
    "collector": "collector scan: read, redact, hash, parse, store, answer",
    "collector-collect": "collector: read, redact and hash only",
    "nornir": "nornir + nornir-netmiko, 50 workers: read only",
    "nornir-textfsm": "nornir + nornir-netmiko with use_textfsm: read and parse",
    "pysnmp": "pysnmp bulk walks, one process, 50 in flight: read only",
}


class Setting:
    """The lab's switches over one transport, as both sides need them."""

    def __init__(self, folder: Path, transport: Transport) -> None:
        self.config = load_config(folder / "config.toml")
        self.probes = load_probes(probe_folders())
        self.targets = [
            dataclasses.replace(t, endpoints=tuple(e for e in t.endpoints if e.transport is transport))
            for t in load_inventory(self.config, self.probes).targets
            if t.family == "switch"
        ]
        names = {e.credential for t in self.targets for e in t.endpoints}
        self.credentials = dict(resolve_credentials(self.config, names))

    def probe(self, target: Target) -> ProbeDef:
        found = choose_probe(self.probes, target.platform, target.endpoints[0].transport)
        assert found is not None
        return found

    def credential(self, target: Target) -> Credential:
        return self.credentials[target.endpoints[0].credential]


class Collected:
    """A sink that only counts, and looks at what it was given."""

    def __init__(self) -> None:
        self.right = 0

    def save_target(self, result: TargetResult) -> None:
        bodies = [c for c in result.captures if c.body]
        self.right += result.outcome is Outcome.OK and any(
            result.target.name.encode() in (c.body or b"") for c in bodies
        )


def run_collector(folder: Path, transport: str) -> int:
    """The command line's whole scan. Switches whose own name came out as a fact are right."""
    from collector.evidence.marks import load_key
    from collector.evidence.redact import redact
    from collector.pipeline import assess_scan
    from collector.scan import ScanOptions, run_scan

    setting = Setting(folder, Transport(transport))
    from datetime import UTC, datetime
    from functools import partial

    from collector.cli.context import load_named_model
    from collector.store import Store

    with tempfile.TemporaryDirectory() as place, Store.open(f"sqlite:///{place}/collector.db") as store:
        number = store.begin_scan("scan", datetime.now(UTC), "", setting.targets)

        class Sink:
            def save_target(self, result: TargetResult) -> None:
                store.save_target(number, result)

        options = ScanOptions(redact=partial(redact, key=load_key(Path(place))))
        run_scan(setting.targets, setting.probes, setting.credentials, Sink(), options)
        store.finish_scan(number, datetime.now(UTC))
        assess_scan(store, number, load_named_model("infram-2018"), {})
        return sum(f.value["hostname"] == f.target for f in store.facts(number, "device"))


def run_collect_only(folder: Path, transport: str) -> int:
    """The same sessions and redaction, with probes that turn nothing into facts."""
    from functools import partial

    from collector.evidence.redact import redact
    from collector.scan import ScanOptions, run_scan

    setting = Setting(folder, Transport(transport))
    bare = {
        name: dataclasses.replace(p, requests=tuple(dataclasses.replace(r, feeds=()) for r in p.requests))
        for name, p in setting.probes.items()
    }
    sink = Collected()
    run_scan(setting.targets, bare, setting.credentials, sink, ScanOptions(redact=partial(redact, key=b"0" * 32)))
    return sink.right


def run_nornir(folder: Path, transport: str, textfsm: bool = False) -> int:
    """What a user of nornir writes: one task that sends the commands one after the other.

    With ``textfsm`` replies are parsed by ntc-templates too, where those have a template.
    """
    from nornir.core import Nornir
    from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
    from nornir.core.plugins.connections import ConnectionPluginRegister
    from nornir.core.task import Result, Task
    from nornir.plugins.runners import ThreadedRunner
    from nornir_netmiko.tasks import netmiko_send_command

    setting = Setting(folder, Transport.SSH)
    ConnectionPluginRegister.auto_register()
    hosts, commands = {}, {}
    for target in setting.targets:
        probe, account = setting.probe(target), setting.credential(target)
        enable = bool(probe.session.get("enable"))
        extras = {"secret": account.secret("enable"), "read_timeout_override": 60}
        options = ConnectionOptions(extras=extras, platform=str(probe.session["netmiko"]))
        hosts[target.name] = Host(
            name=target.name, hostname=target.address, port=target.endpoints[0].port, username=account.username,
            password=account.secret("password"), connection_options={"netmiko": options}, data={"enable": enable},
        )  # fmt: skip
        commands[target.name] = [c for r in probe.requests if getattr(r, "collect", True) for c in r.send]

    def read(task: Task) -> Result:
        replies = []
        for command in commands[task.host.name]:
            reply = task.run(
                netmiko_send_command, command_string=command, enable=task.host["enable"], use_textfsm=textfsm
            )
            replies.append(str(reply.result))
        return Result(host=task.host, result=any(task.host.name in r for r in replies))

    inventory = Inventory(hosts=Hosts(hosts), groups=Groups(), defaults=Defaults())
    done = Nornir(inventory=inventory, runner=ThreadedRunner(num_workers=50)).run(task=read)
    # Parsed rows need not hold the name: there, what did not fail counts.
    return sum(not r.failed and (textfsm or r[0].result is True) for r in done.values())


def run_pysnmp(folder: Path, transport: str) -> int:
    """The same OIDs, column by column, with pysnmp's own bulk walk."""
    from pysnmp.hlapi.v3arch.asyncio import (
        CommunityData,
        ContextData,
        ObjectIdentity,
        ObjectType,
        SnmpEngine,
        UdpTransportTarget,
        bulk_walk_cmd,
        get_cmd,
    )  # fmt: skip

    setting = Setting(folder, Transport.SNMP)

    async def read(engine: Any, gate: asyncio.Semaphore, target: Target) -> bool:
        account, port = setting.credential(target), target.endpoints[0].port
        named = False
        async with gate:
            place = await UdpTransportTarget.create((target.address, port), timeout=5, retries=1)
            login = CommunityData(account.secret("community"))
            for oid in (o for r in setting.probe(target).requests for o in r.send):
                thing = ObjectType(ObjectIdentity(oid))
                if oid.endswith(".0"):
                    _, _, _, found = await get_cmd(engine, login, place, ContextData(), thing, lookupMib=False)
                    named |= any(str(v[1]) == target.name for v in found)
                    continue
                walk = bulk_walk_cmd(
                    engine, login, place, ContextData(), 0, 25, thing, lookupMib=False, lexicographicMode=False
                )
                async for _ in walk:
                    pass
        return named

    async def every() -> int:
        engine, gate = SnmpEngine(), asyncio.Semaphore(50)
        return sum(await asyncio.gather(*(read(engine, gate, t) for t in setting.targets)))

    return asyncio.run(every())


RUNS: dict[str, Callable[[Path, str], int]] = {
    "collector": run_collector,
    "collector-collect": run_collect_only,
    "nornir": run_nornir,
    "nornir-textfsm": lambda folder, transport: run_nornir(folder, transport, textfsm=True),
    "pysnmp": run_pysnmp,
}


def child(name: str, folder: Path, transport: str) -> None:
    """One contender, once: prints what it needed as JSON."""
    began = time.monotonic()
    right = RUNS[name](folder, transport)
    wall = time.monotonic() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"right": right, "wall": wall, "cpu": sum(u.ru_utime + u.ru_stime for u in used)}))


def measure(name: str, folder: Path, transport: str) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", name, "--lab", str(folder), "--transport", transport]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    peak, over = [0], threading.Event()
    watcher = threading.Thread(target=watch, args=(process.pid, peak, over), daemon=True)
    watcher.start()
    out, _ = process.communicate()
    over.set()
    watcher.join()
    if process.returncode:
        sys.exit(f"{name} ended with {process.returncode}")
    return {**json.loads(out.splitlines()[-1]), "memory": peak[0]}


def watch(pid: int, peak: list[int], over: threading.Event) -> None:
    """The largest sum of the tree's resident memory, looked at five times a second."""
    while not over.wait(0.2):
        try:
            root = psutil.Process(pid)
            tree = [root, *root.children(recursive=True)]
            peak[0] = max(peak[0], sum(p.memory_info().rss for p in tree))
        except psutil.Error:
            continue


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--switches", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=30)
    parser.add_argument("--transport", choices=["ssh", "snmp"])
    parser.add_argument("--child", choices=sorted(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--lab", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.lab, options.transport)
        return
    from tests.lab.lab import Lab

    with tempfile.TemporaryDirectory() as place:
        tables = {"every_switch": {"snmp": "v2c"}}
        access = max(options.switches - 4, 1)
        lab = Lab(
            Path(place), latency_s=options.latency_ms / 1000, kinds=("ssh", "snmp"), tables=tables, access_switches=access,
            access_per_distribution=access,
        )  # fmt: skip
        with lab:
            for transport in [options.transport] if options.transport else ["ssh", "snmp"]:
                compare(transport, Path(place), options.rounds)


def compare(transport: str, folder: Path, rounds: int) -> None:
    """Interleaved rounds of all contenders over one transport, and the table of medians."""
    count = len(Setting(folder, Transport(transport)).targets)
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS[transport]}
    for _ in range(rounds):
        for name, results in found.items():
            results.append(measure(name, folder, transport))
    middle = {n: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for n, rs in found.items()}
    base = count / middle[CONTENDERS[transport][-1]]["wall"]
    print(f"\n{transport}: {count} switches, median of {rounds} rounds")
    print("| contender | devices/s | ratio | CPU ms/device | peak MB | right |\n|---|---|---|---|---|---|")
    for name, m in middle.items():
        rate = count / m["wall"]
        print(
            f"| {NAMES[name]} | {rate:.1f} | {rate / base:.2f} | {1000 * m['cpu'] / count:.0f} "
            f"| {m['memory'] / 1e6:.0f} | {m['right']:.0f} of {count} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
