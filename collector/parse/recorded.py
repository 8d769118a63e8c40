"""Recorded SNMP agents as captures, so that a file replays through the same path as a live reply.

A table that a recording does not hold was perhaps not asked for: its request is ``not_collected``, and says
nothing about the device.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from collector.model import Capture, KindOutcome, Outcome, Parsed, Transport
from collector.parse.choosing import requests_for
from collector.parse.engine import parse_target
from collector.parse.files import FileResult
from collector.parse.snmp import proof_oid
from collector.parse.snmprec import Recording, oid, read_recording
from collector.probes.definition import ProbeDef, RequestDef


def parse_snmprec(path: Path, probes: Mapping[str, ProbeDef], at: datetime | None = None) -> FileResult:
    """The facts of one recorded agent, by every SNMP probe that holds for any platform. It never raises for a file's content.

    ``at`` is when it was recorded; without it, the file's own time.
    """
    try:
        body = path.read_bytes()
        moment = at or datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
    except OSError as error:
        return _unread(path, f"cannot be read: {error.strerror}")
    recording = read_recording(body)
    if not recording.keys:
        return _unread(path, "neither snmprec nor snmpwalk -On text")
    captures = [
        capture
        for probe in probes.values()
        if probe.transport is Transport.SNMP and probe.platform == "*"
        for capture in recorded_captures(path.stem, body, probe, probes, moment)
    ]
    parsed = parse_target(probes, captures) if captures else Parsed()
    return FileResult(str(path), parsed.facts, parsed.outcomes)


def _unread(path: Path, detail: str) -> FileResult:
    return FileResult(str(path), (), (KindOutcome(path.stem, "device", Outcome.UNPARSED, detail),))


def recorded_captures(
    target: str,
    body: bytes,
    probe: ProbeDef,
    probes: Mapping[str, ProbeDef],
    at: datetime,
    only: Iterable[str] | None = None,
) -> list[Capture]:
    """A capture for each request that the agent would be asked, all with the recording's bytes.

    ``only`` names the kinds that are wanted.
    """
    recording = read_recording(body)
    wanted = None if only is None else set(only)
    captures: list[Capture] = []
    for request in requests_for(probe, probes, captures):
        if wanted is None or request.hints or wanted & set(request.kinds):
            captures.append(_capture(target, body, recording, probe, request, at))
    return captures


def _capture(
    target: str, body: bytes, recording: Recording, probe: ProbeDef, request: RequestDef, at: datetime
) -> Capture:
    there = _holds(recording, request)
    return Capture(
        target=target,
        transport=Transport.SNMP,
        probe=probe.name,
        probe_version=probe.version,
        request=request.name,
        verb=request.verb,
        what=", ".join(request.send),
        at=at,
        outcome=Outcome.OK if there else Outcome.NOT_COLLECTED,
        detail="" if there else "not in the recording",
        body=body if there else None,
    )


def _holds(recording: Recording, request: RequestDef) -> bool:
    """Whether the recording has anything of the request's own tables; those of its lookups alone don't count."""
    if request.reader == "identity":
        return any(recording.has(oid(root)) for root in request.send)
    columns = request.reader_options.get("columns", {}).values()
    roots = [oid(entry if isinstance(entry, str) else entry["oid"]) for entry in columns]
    roots += map(proof_oid, request.reader_options.get("proof", ()))
    return any(map(recording.has, roots))
