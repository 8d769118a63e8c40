"""How fast a scan reads switches, beside nornir with nornir-netmiko (SSH) and plain pysnmp walks (SNMP), in one run.

    python benchmarks/scan.py                             # 500 switches, 3 rounds, an hour on two cores
    python benchmarks/scan.py --switches 60 --rounds 1    # a few minutes

All contenders read the same simulated switches on loopback and send the same commands, or walk the same OIDs. Rounds are
interleaved and medians printed. The switches are simulated on the same machine, so only ratios carry over; what that costs
is printed too. A contender is a process tree of its own, measured from its start: CPU is its user and system time, memory the
largest sum of proportional set sizes that was seen. A switch is right when each of its replies is what it said, no more
and no less (``benchmarks/truth.py``); parsed replies are not held against anything.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import pickle
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.contenders import CONTENDERS, Job, Spool, oids_of, replies_of  # noqa: E402
from benchmarks.truth import wrong_replies, wrong_tables  # noqa: E402

#: What is measured: a transport, the SNMP version of the switches, who reads.
SERIES = {
    "ssh": ("ssh", "v3", ("collector", "nornir-textfsm", "collector-collects", "nornir")),
    "snmpv3": ("snmp", "v3", ("collector", "collector-collects", "pysnmp")),
    "snmpv2c": ("snmp", "v2c", ("collector", "collector-collects", "pysnmp")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--switches", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency-ms", type=float, default=30, help="how long a reply to a command takes")
    parser.add_argument("--workers", type=int, default=100, help="nornir's threads; collector has 2 processes of 50")
    parser.add_argument("--series", choices=SERIES, nargs="+", default=["ssh", "snmpv3"])
    parser.add_argument("--without", choices=CONTENDERS, nargs="+", default=[], help="contenders to leave out")
    parser.add_argument("--child", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given.child, given.folder)
        return
    for series in given.series:
        measure_series(series, given)


def measure_series(series: str, given: argparse.Namespace) -> None:
    """Interleaved rounds of a series' contenders on a lab of their own, and the table of medians."""
    from tests.lab.lab import Lab

    transport, version, names = SERIES[series]
    names = tuple(n for n in names if n not in given.without)
    access = max(given.switches - 4, 1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tables = {"every_switch": {"snmp": version}}
        lab = Lab(
            folder, latency_s=given.latency_ms / 1000, kinds=(transport,), tables=tables, access_switches=access,
            access_per_distribution=access,
        )  # fmt: skip
        with lab:
            (folder / "job").write_bytes(pickle.dumps(make_job(folder, transport, given.workers)))
            server = psutil.Process(lab._servers[transport].pid)
            found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
            for _ in range(given.rounds):
                for name, results in found.items():
                    results.append(measure(name, folder, server))
    print_table(series, given, found)


def make_job(folder: Path, transport: str, workers: int) -> Job:
    """The lab's switches and what our probes ask of them."""
    from collector.config import load_config
    from collector.credentials import resolve_credentials
    from collector.data import probe_folders
    from collector.inventory import load_inventory
    from collector.model import Transport
    from collector.probes.definition import load_probes
    from collector.scan.plan import choose_probe

    config, probes = load_config(folder / "config.toml"), load_probes(probe_folders())
    wanted = Transport(transport)
    targets = tuple(
        dataclasses.replace(t, endpoints=tuple(e for e in t.endpoints if e.transport is wanted))
        for t in load_inventory(config, probes).targets
        if t.family == "switch"
    )
    names = {e.credential for t in targets for e in t.endpoints}
    asked, probe_of = {}, {}
    for target in targets:
        probe = choose_probe(probes, target.platform, wanted)
        assert probe is not None
        probe_of[target.name] = probe.name
        asked[target.name] = tuple(dict.fromkeys(line for r in probe.always for line in r.send))
    return Job(targets, dict(probes), dict(resolve_credentials(config, names)), asked, probe_of, workers)


def child(name: str, folder: Path) -> None:
    """One contender, once. When it is through, its CPU time is printed; then what it read is checked."""
    job = pickle.loads((folder / "job").read_bytes())
    spool = Spool(folder / "spool")
    CONTENDERS[name][1](job, spool)
    spool.close()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"cpu": sum(u.ru_utime + u.ru_stime for u in used)}), flush=True)
    if name == "nornir-textfsm":  # rows, not replies
        wrong = [name for name, found in spool.read() if not found]
    elif job.targets[0].endpoints[0].transport == "ssh":
        mine = {n: job.probes[p] for n, p in job.probe_of.items()} if name.startswith("collector") else {}
        wrong = wrong_replies(folder, job.asked, {n: replies_of(found) for n, found in spool.read()}, mine)
    else:
        wrong = wrong_tables(folder, job.asked, {n: oids_of(found) for n, found in spool.read()})
    print(json.dumps({"right": len(job.targets) - len({w.partition(":")[0] for w in wrong}), "wrong": wrong[:20]}))


def measure(name: str, folder: Path, server: psutil.Process) -> dict[str, float]:
    """Runs a contender in a process of its own."""
    before, began = _cpu(server), time.monotonic()
    command = [sys.executable, __file__, "--child", name, "--folder", str(folder)]
    with (folder / "errors").open("w") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    assert process.stdout is not None
    peak, over = [0], threading.Event()
    watcher = threading.Thread(target=watch, args=(process.pid, peak, over), daemon=True)
    watcher.start()
    used = process.stdout.readline()
    wall, lab_cpu = time.monotonic() - began, _cpu(server) - before
    over.set()
    watcher.join()
    rest = process.stdout.read()
    if process.wait() or not rest:
        sys.exit(f"{name} failed:\n{(folder / 'errors').read_text()[-2000:]}")
    checked = json.loads(rest.splitlines()[-1])
    for wrong in checked["wrong"]:
        print(f"  {name}: wrong: {wrong}", file=sys.stderr)
    print(f"  {name}: {wall:.1f} s, {checked['right']} right", file=sys.stderr, flush=True)
    return {"wall": wall, "cpu": json.loads(used)["cpu"], "lab": lab_cpu, "memory": peak[0], "right": checked["right"]}


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def watch(pid: int, peak: list[int], over: threading.Event) -> None:
    """The largest sum of the tree's memory, looked at twice a second."""
    while not over.wait(0.5):
        try:
            root = psutil.Process(pid)
            peak[0] = max(peak[0], sum(p.memory_full_info().pss for p in [root, *root.children(recursive=True)]))
        except (psutil.Error, OSError):
            continue


def print_table(series: str, given: argparse.Namespace, found: dict[str, list[dict[str, float]]]) -> None:
    middle = {n: {k: statistics.median(r[k] for r in rs) for k in rs[0]} for n, rs in found.items()}
    count = given.switches
    base = count / list(middle.values())[-1]["wall"]
    print(f"\n{series}: {count} switches, {given.latency_ms:g} ms, median of {given.rounds} round(s)\n")
    print(
        "| contender | devices/s | ratio | CPU ms/device | the lab's | peak MB | right |\n|---|---|---|---|---|---|---|"
    )
    for name, m in middle.items():
        rate = count / m["wall"]
        print(
            f"| {CONTENDERS[name][0]} | {rate:.1f} | {rate / base:.2f} | {1000 * m['cpu'] / count:.0f} "
            f"| {1000 * m['lab'] / count:.0f} | {m['memory'] / 1e6:.0f} | {m['right']:.0f} of {count} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
