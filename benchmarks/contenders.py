"""Those who read the simulated switches: this program, nornir with nornir-netmiko, plain pysnmp.

Each is given the same ``Job``. What it read goes into a ``Spool`` on disk, so that memory shows what reading takes; it is
checked after the clock has stopped.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.truth import REFUSED
from collector.model import Credential, Outcome, Target
from collector.probes.definition import ProbeDef
from collector.store.values import TargetResult


@dataclass(frozen=True, slots=True)
class Job:
    """The switches over one transport, their probes and accounts, and what each is asked: commands or OIDs."""

    targets: tuple[Target, ...]
    probes: dict[str, ProbeDef]
    credentials: dict[str, Credential]
    asked: dict[str, tuple[str, ...]]
    probe_of: dict[str, str]
    workers: int


class Spool:
    """Replies on disk, a pickle a switch."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("wb")

    def put(self, target: str, found: Any) -> None:
        pickle.dump((target, found), self._file)

    def close(self) -> None:
        self._file.close()

    def read(self) -> Iterator[tuple[str, Any]]:
        with self._path.open("rb") as file:
            while True:
                try:
                    yield pickle.load(file)
                except EOFError:
                    return


Run = Callable[[Job, Spool], None]


# This program


def collector(job: Job, spool: Spool) -> None:
    """A whole scan as the command line makes it: read, redact, hash, parse, store, answer the criteria."""
    from collector.cli.context import load_named_model
    from collector.pipeline import assess_scan
    from collector.store import Store

    model = load_named_model("infram-2018")
    with tempfile.TemporaryDirectory() as place, Store.open(f"sqlite:///{place}/collector.db") as store:
        number = store.begin_scan("scan", datetime.now(UTC), "", job.targets)

        class Sink:
            def save_target(self, result: TargetResult) -> None:
                store.save_target(number, result)
                _spool(spool, result)

        _scan(job, Sink())
        store.finish_scan(number, datetime.now(UTC))
        assess_scan(store, number, model, {})


def collector_collects(job: Job, spool: Spool) -> None:
    """The same sessions and redaction, nothing stored, with probes whose reader gives up at a reply's first character."""

    class Sink:
        def save_target(self, result: TargetResult) -> None:
            _spool(spool, result)

    unread = {
        name: replace(p, requests=tuple(replace(r, feeds=(), reader="json", reader_options={}) for r in p.requests))
        for name, p in job.probes.items()
    }
    _scan(replace(job, probes=unread), Sink())


def _scan(job: Job, sink: Any) -> None:
    from collector.evidence.redact import redact
    from collector.scan import ScanOptions, run_scan

    run_scan(job.targets, job.probes, job.credentials, sink, ScanOptions(redact=partial(redact, key=b"0" * 32)))


def _spool(spool: Spool, result: TargetResult) -> None:
    spool.put(result.target.name, [(c.what, c.outcome.value, c.detail, c.body) for c in result.captures])


# nornir


def nornir(job: Job, spool: Spool, textfsm: bool = False) -> None:
    """What a user of nornir writes: one task that sends the commands one after the other.

    With ``textfsm`` replies are parsed by ntc-templates too, where those have a template.
    """
    from nornir.core import Nornir
    from nornir.core.exceptions import NornirSubTaskError
    from nornir.core.inventory import ConnectionOptions, Defaults, Groups, Host, Hosts, Inventory
    from nornir.core.plugins.connections import ConnectionPluginRegister
    from nornir.core.task import Result, Task
    from nornir.plugins.runners import ThreadedRunner
    from nornir_netmiko.tasks import netmiko_send_command

    ConnectionPluginRegister.auto_register()
    hosts = {}
    for target in job.targets:
        [endpoint] = target.endpoints
        account, session = job.credentials[endpoint.credential], job.probes[job.probe_of[target.name]].session
        options = ConnectionOptions(
            extras={"secret": account.secret("enable"), "read_timeout_override": 60}, platform=str(session["netmiko"])
        )
        hosts[target.name] = Host(
            name=target.name, hostname=target.address, port=endpoint.port, username=account.username,
            password=account.secret("password"), connection_options={"netmiko": options},
            data={"enable": bool(session.get("enable"))},
        )  # fmt: skip

    def read(task: Task) -> Result:
        replies = {}
        for command in job.asked[task.host.name]:
            try:
                replies[command] = task.run(
                    netmiko_send_command, command_string=command, enable=task.host["enable"], use_textfsm=textfsm
                ).result
            except NornirSubTaskError:
                if not textfsm:
                    raise
                replies[command] = ""  # the reply came, and its template failed on it
        task.host.close_connections()
        return Result(host=task.host, result=replies)

    inventory = Inventory(hosts=Hosts(hosts), groups=Groups(), defaults=Defaults())
    done = Nornir(inventory=inventory, runner=ThreadedRunner(num_workers=job.workers)).run(task=read)
    for name, result in done.items():
        own = result[0]  # a subtask that failed and was caught leaves its mark on the others only
        if own.failed:
            print(f"{name}: {result[-1].exception!r}", file=sys.stderr)
        spool.put(name, {} if own.failed else own.result)


# pysnmp


def pysnmp(job: Job, spool: Spool) -> None:
    """The same OIDs, column by column, with pysnmp's own bulk walk: one engine, 50 agents at a time."""
    from pysnmp.hlapi.v3arch import asyncio as hlapi

    async def read(engine: Any, gate: asyncio.Semaphore, target: Target) -> None:
        [endpoint] = target.endpoints
        found: set[str] = set()
        async with gate:
            place = await hlapi.UdpTransportTarget.create((target.address, endpoint.port), timeout=10, retries=3)
            login, context = _login(hlapi, job.credentials[endpoint.credential]), hlapi.ContextData()
            for oid in job.asked[target.name]:
                thing = hlapi.ObjectType(hlapi.ObjectIdentity(oid))
                if oid.endswith(".0"):
                    reply = await hlapi.get_cmd(engine, login, place, context, thing, lookupMib=False)
                    found |= {str(v[0]) for v in reply[3] if v[1].tagSet[0].tagClass != _NOTHING}
                    continue
                walk = hlapi.bulk_walk_cmd(
                    engine, login, place, context, 0, 25, thing, lookupMib=False, lexicographicMode=False
                )
                async for reply in walk:
                    found |= {str(v[0]) for v in reply[3]}
        spool.put(target.name, found)

    async def every() -> None:
        engine, gate = hlapi.SnmpEngine(), asyncio.Semaphore(50)
        await asyncio.gather(*(read(engine, gate, t) for t in job.targets))

    asyncio.run(every())


def _login(hlapi: Any, account: Credential) -> Any:
    if account.secret("community"):
        return hlapi.CommunityData(account.secret("community"))
    return hlapi.UsmUserData(
        account.username,
        account.secret("auth_key"),
        account.secret("priv_key"),
        authProtocol=hlapi.USM_AUTH_HMAC192_SHA256,
        privProtocol=hlapi.USM_PRIV_CFB128_AES,
    )


#: The ASN.1 class of noSuchObject, noSuchInstance and endOfMibView.
_NOTHING = 0x80


def replies_of(found: Any) -> dict[str, str]:
    """A switch's replies by command, from either program's spool; a refusal as its line."""
    if isinstance(found, dict):
        return {command: reply for command, reply in found.items() if isinstance(reply, str)}
    return {
        what: body.decode() if body is not None else REFUSED + detail
        for what, outcome, detail, body in found
        if body is not None or outcome == Outcome.UNSUPPORTED.value
    }


def oids_of(found: Any) -> set[str]:
    """The OIDs that came of a switch."""
    if isinstance(found, set):
        return found
    return {line.partition("|")[0] for *_, body in found for line in (body or b"").decode().splitlines()}


CONTENDERS: dict[str, tuple[str, Run]] = {
    "collector": ("collector scan: read, redact, hash, parse, store, answer", collector),
    "nornir-textfsm": ("nornir + nornir-netmiko, use_textfsm: read and parse", partial(nornir, textfsm=True)),
    "collector-collects": ("collector: read and redact only", collector_collects),
    "nornir": ("nornir + nornir-netmiko: read only", nornir),
    "pysnmp": ("pysnmp bulk walks: read only", pysnmp),
}
