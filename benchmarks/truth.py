"""What the simulated switches really say, and whether a contender read just that.

Replies are compared line by line with the switch's own rendering, blanks and numbers aside (clocks and counters run on).
SNMP values are compared by their OIDs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from collector.evidence.redact import redact
from collector.model import Capture, Outcome, Transport
from collector.probes.definition import ProbeDef
from collector.sessions.snmp_ber import decode_varbinds
from tests.lab.cli.answer import answer
from tests.lab.hospital import Hospital
from tests.lab.servers.snmp_mib import build_switch
from tests.lab.servers.snmp_table import Table

#: Target -> command -> reply (SSH), or target -> OIDs (SNMP).
Replies = Mapping[str, Mapping[str, str]]
Oids = Mapping[str, set[str]]

#: Before the line of a reply that is a refusal.
REFUSED = "refused: "

_DIGITS = re.compile(r"\b[0-9A-F]{8}\b|\d+")


def wrong_replies(
    folder: Path, asked: Mapping[str, Iterable[str]], got: Replies, probes: Mapping[str, ProbeDef]
) -> list[str]:
    """``target: command`` of each reply that is missing or not what the switch said. ``probes``: by target, where redacted."""
    hospital = Hospital.load(folder / "hospital.toml")
    wrong = []
    for name, commands in asked.items():
        switch = hospital.switch(name)
        for command in commands:
            reply = got.get(name, {}).get(command)
            said = answer(switch, command, datetime.now(UTC))
            if name in probes:
                said = _redacted(said, probes[name], name)
            if reply is None or not _same(reply, said):
                wrong.append(f"{name}: {command}")
    return wrong


def _same(reply: str, said: str) -> bool:
    """A refusal is kept as its one telling line."""
    if reply.startswith(REFUSED):
        return _plain(reply.removeprefix(REFUSED))[0] in _plain(said)
    return _plain(reply) == _plain(said)


def _redacted(text: str, probe: ProbeDef, target: str) -> str:
    capture = Capture(
        target=target, transport=Transport.SSH, probe=probe.name, probe_version="", request="", verb="", what="",
        at=datetime.now(UTC), outcome=Outcome.OK, body=text.encode(),
    )  # fmt: skip
    return (redact(capture, probe, (), key=b"0" * 32).body or b"").decode()


def _plain(text: str) -> list[str]:
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [_DIGITS.sub("#", re.sub(r"<redacted:\w+>", "*", line)) for line in lines if line]


def wrong_tables(folder: Path, asked: Mapping[str, Iterable[str]], got: Oids) -> list[str]:
    """Targets of which not all OIDs came that the agent has under what was asked, or others than it has."""
    hospital = Hospital.load(folder / "hospital.toml")
    wrong = []
    for name, roots in asked.items():
        table = Table(build_switch(hospital.switch(name)))
        there = {_dotted(table.binding(at)) for at in range(len(table))}
        exact, below = set(roots), tuple(f"{root}." for root in roots)
        wanted = {oid for oid in there if oid in exact or oid.startswith(below)}
        came = got.get(name, set())
        if not wanted <= came <= there:
            wrong.append(
                f"{name}: {len(came & wanted)} of {len(wanted)} values, {len(came - there)} that it does not have"
            )
    return wrong


def _dotted(binding: bytes) -> str:
    [(oid, _, _)] = decode_varbinds(binding, 0, len(binding))
    return ".".join(map(str, oid))
