"""Which of a probe's requests an SNMP agent is asked: those for every agent, and those for what it turns out to be.

What it is comes from its system group first; where makers share a number (net-snmp on a hundred appliances), from whether it
has what their entries' ``has`` names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from collector.model import Capture, Outcome, Transport
from collector.parse.identity import has_all
from collector.parse.octets import plain, text
from collector.parse.snmprec import oid, read_recording
from collector.probes.agent import SYSTEM, placed
from collector.probes.definition import ProbeDef, RequestDef
from collector.probes.detection import Detected, Detection, candidates, detect, known_detections

_DESCR, _OBJECT = oid(SYSTEM["sysDescr"]), oid(SYSTEM["sysObjectID"])


def requests_for(probe: ProbeDef, probes: Mapping[str, ProbeDef], captures: Sequence[Capture]) -> Iterator[RequestDef]:
    """The requests to make of one agent, in order. ``captures`` grows by the answers while this goes on."""
    if not any(request.conditional or request.spares for request in probe.collected):
        yield from probe.collected
        return
    first = [r for r in probe.always if SYSTEM["sysObjectID"] in r.send]
    yield from first
    number, said = _system(captures)
    known = known_detections(probes)
    fitting = {entry.name for entry in candidates(known, number, said) if entry.has}
    yield from (r for r in probe.collected if r.hints in fitting)
    labels = detected(probes, captures).labels
    for request in probe.collected:
        if request in first or request.hints or labels.intersection(request.spares):
            continue
        if not request.serves or labels.intersection(request.serves):
            yield _placed(request, number)


def _placed(request: RequestDef, number: str | None) -> RequestDef:
    """A request whose OIDs stand below the agent's own sysObjectID, with that number in its place."""
    if not any("{" in text for text in request.send):
        return request
    return replace(request, send=tuple(oid for text in request.send if (oid := placed(text, number))))


def detected(probes: Mapping[str, ProbeDef], captures: Iterable[Capture]) -> Detected:
    """What the captures of an agent's system group, and of what entries ask beyond it, say of a device."""
    read = [c for c in captures if c.transport is Transport.SNMP and c.outcome is Outcome.OK and c.body]
    number, said = _system(read)
    if number is None and said is None:
        return Detected()
    known = known_detections(probes)
    return detect(known, number, said, _answered(known, read))


def _answered(known: Sequence[Detection], captures: Iterable[Capture]) -> set[str]:
    """The entries of which an agent has all that they name."""
    wanted = {entry.name: entry.has for entry in known if entry.has}
    answered = set()
    for capture in captures:
        name = capture.request.removeprefix("hint_")
        if name != capture.request and name in wanted and has_all(read_recording(capture.body or b""), wanted[name]):
            answered.add(name)
    return answered


def _system(captures: Iterable[Capture]) -> tuple[str | None, str | None]:
    """sysObjectID and sysDescr, of the first capture that has one of them."""
    for capture in captures:
        if capture.transport is Transport.SNMP and capture.outcome is Outcome.OK and capture.body:
            recording = read_recording(capture.body)
            number, said = recording.values.get(_OBJECT), recording.values.get(_DESCR)
            if number is not None or said is not None:
                return str(plain(number)) if number else None, text(said) if said else None
    return None, None
