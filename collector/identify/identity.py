"""Identification: the ``device`` fact of a few captures, and what gave it away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.errors import NotFoundError
from collector.model import Capture, Fact, Outcome, Transport
from collector.parse.choosing import detected
from collector.parse.engine import parse_target
from collector.parse.octets import plain, text
from collector.parse.recorded import recorded_captures
from collector.parse.snmprec import oid, read_recording
from collector.probes.agent import SYSTEM
from collector.probes.definition import ProbeDef, RequestDef

_KIND = "device"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a device is. ``None`` is not known; ``because`` are plain sentences."""

    vendor: str | None = None
    platform: str | None = None
    model: str | None = None
    version: str | None = None
    serial: str | None = None
    hostname: str | None = None
    because: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether nothing is left to learn."""
        return None not in (self.vendor, self.platform, self.model, self.version, self.serial, self.hostname)

    def to_json(self) -> dict[str, Any]:
        """The document of ``identify --json``."""
        return {
            "vendor": self.vendor,
            "platform": self.platform,
            "model": self.model,
            "version": self.version,
            "serial": self.serial,
            "hostname": self.hostname,
            "because": list(self.because),
        }


def identifying_requests(probes: Mapping[str, ProbeDef], platform: str = "*") -> list[tuple[ProbeDef, RequestDef]]:
    """What to ask a device to learn what it is: the requests that feed ``device``, of probes for the platform or for any."""
    return [
        (probe, request)
        for probe in probes.values()
        if probe.platform in ("*", platform)
        for request in probe.always
        if _KIND in request.kinds
    ]


def identify_snmprec(path: Path, probes: Mapping[str, ProbeDef]) -> Identity:
    """What a recorded SNMP agent is. A file that holds nothing readable gives an identity of which nothing is known."""
    try:
        body = path.read_bytes()
    except OSError as error:
        raise NotFoundError(f"{path}: {error.strerror}", "name a file of snmprec lines or of `snmpwalk -On`") from error
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    captures = [
        capture
        for probe in probes.values()
        if probe.transport is Transport.SNMP and probe.platform == "*"
        for capture in recorded_captures(path.stem, body, probe, probes, at, only=[_KIND])
    ]
    return identify_captures(captures, probes)


def identify_captures(captures: Sequence[Capture], probes: Mapping[str, ProbeDef]) -> Identity:
    """What a device is, from captures of any transport; only those of requests that feed ``device`` count."""
    telling = [c for c in captures if tells(probes[c.probe].request(c.request))]
    wanted = [c for c in telling if not probes[c.probe].request(c.request).hints]
    if not wanted:
        return Identity(because=("no reply that tells what it is",))
    fact = next((f for f in parse_target(probes, telling).facts if f.kind == _KIND), None)
    said = detected(probes, telling)
    if fact is None:
        return Identity(because=("no reply that tells what it is", *_failures(wanted)))
    known = {name: fact.value.get(name) for name in ("vendor", "platform", "model", "version", "serial", "hostname")}
    because = said.because if said.vendor or said.platform else (*said.because, *_unknown_agent(telling))
    return Identity(**known, because=(*because, *_sources(fact, wanted), *_failures(wanted)))


def tells(request: RequestDef) -> bool:
    """Whether a request's answer tells what a device is."""
    return _KIND in request.kinds or bool(request.hints)


def _unknown_agent(captures: Sequence[Capture]) -> list[str]:
    """What an agent that no probe knows says of itself: enough to write a ``[detect]`` for it."""
    for capture in captures:
        if capture.transport is Transport.SNMP and capture.outcome is Outcome.OK and capture.body:
            values = read_recording(capture.body).values
            number, descr = (values.get(oid(SYSTEM[name])) for name in ("sysObjectID", "sysDescr"))
            if number is not None or descr is not None:
                said = f"sysObjectID {plain(number)}" if number else "no sysObjectID"
                return [f"no probe knows an agent with {said} and sysDescr {(text(descr) if descr else '')[:200]!r}"]
    return []


def _sources(fact: Fact, captures: Sequence[Capture]) -> list[str]:
    """Which replies the fact stands on."""
    names = [
        f"{capture.transport} {capture.request}"
        for capture in captures
        if capture.outcome is Outcome.OK and capture.evidence in fact.evidence
    ]
    return [f"read from {', '.join(dict.fromkeys(names))}"] if names else []


def _failures(captures: Sequence[Capture]) -> list[str]:
    bad = [c for c in captures if c.outcome not in (Outcome.OK, Outcome.NOT_COLLECTED)]
    return [f"{c.transport} {c.request}: {c.outcome}{': ' + c.detail if c.detail else ''}" for c in bad]
