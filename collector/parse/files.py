"""Recorded command-line replies, one a file, into facts: what ``collector parse`` shows. No network, no store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.errors import UsageError
from collector.facts.kinds import kinds
from collector.model import Capture, Fact, KindOutcome, Outcome, Transport, json_value
from collector.parse.engine import read_request
from collector.parse.feed import facts_of
from collector.parse.reading import Reading
from collector.probes.definition import ProbeDef, RequestDef


@dataclass(frozen=True, slots=True)
class FileResult:
    """What was read from one file, and how each fact kind of its command went."""

    file: str
    facts: tuple[Fact, ...]
    outcomes: tuple[KindOutcome, ...]

    def to_json(self) -> dict[str, Any]:
        """The entry of `parse --json`."""
        return {
            "file": self.file,
            "facts": [fact.to_json() for fact in self.facts],
            "outcomes": [{"kind": o.kind, "outcome": json_value(o.outcome), "detail": o.detail} for o in self.outcomes],
        }


def parse_file(path: Path, probes: Mapping[str, ProbeDef], platform: str, command: str) -> FileResult:
    """The facts of one recorded reply of ``command`` on ``platform``; the file's stem stands for the target.

    Raises UsageError for a platform or a command that no probe knows. A file that can't be read, or isn't what
    it is said to be, has the outcome ``unparsed`` for each kind of the command.
    """
    probe = cli_probe(probes, platform)
    request, page = find_request(probe, command)
    return _parse(path, probe, request, command, page)


def parse_request(path: Path, probes: Mapping[str, ProbeDef], probe_name: str, request_name: str) -> FileResult:
    """The facts of one recorded reply to a probe's request, of any transport; the file's stem stands for the target.

    Raises UsageError for a probe or a request that does not exist.
    """
    probe = probes.get(probe_name)
    if probe is None:
        raise UsageError(f"there is no probe {probe_name!r}", f"there are {', '.join(sorted(probes))}")
    request = next((r for r in probe.requests if r.name == request_name), None)
    if request is None:
        known = ", ".join(r.name for r in probe.requests)
        raise UsageError(f"probe {probe_name} has no request {request_name!r}", f"it has {known}")
    return _parse(path, probe, request, " ".join(request.send), 0)


def _parse(path: Path, probe: ProbeDef, request: RequestDef, what: str, page: int) -> FileResult:
    try:
        body = path.read_bytes()
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        reading = Reading(outcome=Outcome.UNPARSED, detail=f"cannot be read: {error.strerror or error}")
        return _result(path, probe, request, reading, datetime.now(UTC))
    capture = Capture(
        target=path.stem,
        transport=probe.transport,
        probe=probe.name,
        probe_version=probe.version,
        request=request.name,
        verb=request.verb,
        what=what,
        at=at,
        outcome=Outcome.OK,
        page=page,
        body=body,
    )
    return _result(path, probe, request, read_request(probe, request.name, [capture]), at)


def cli_probe(probes: Mapping[str, ProbeDef], platform: str) -> ProbeDef:
    """The command-line probe of a platform."""
    found = [p for p in probes.values() if p.transport is Transport.SSH]
    match = next((p for p in found if p.platform == platform), None)
    if match is None:
        known = ", ".join(sorted({p.platform for p in found}))
        raise UsageError(f"no commands are known of platform {platform!r}", f"there are {known}")
    return match


def find_request(probe: ProbeDef, command: str) -> tuple[RequestDef, int]:
    """The request that sends a command, and which of its commands it is; words may be shortened where that is clear."""
    words = command.lower().split()
    known = [(sent.lower().split(), request, page) for request in probe.requests for sent, page in _commands(request)]
    for sent, request, page in known:
        if sent == words:
            return request, page
    close = {
        (request.name, page): request
        for sent, request, page in known
        if len(sent) == len(words) and all(s.startswith(w) for s, w in zip(sent, words, strict=True))
    }
    if len(close) == 1:
        ((_, page), request) = next(iter(close.items()))
        return request, page
    if close:
        meant = ", ".join(sorted(" / ".join(request.send) for request in close.values()))
        raise UsageError(f"command {command!r} could be several", f"it could be {meant}")
    commands = ", ".join(sorted(sent for request in probe.requests for sent in request.send))
    raise UsageError(f"command {command!r} is not known on {probe.platform}", f"known are: {commands}")


def _commands(request: RequestDef) -> list[tuple[str, int]]:
    """What a request sends, and its ``aliases``: other commands with the same reply."""
    aliases: Sequence[str] = request.send_options.get("aliases", ())
    return [(sent, page) for page, sent in enumerate(request.send)] + [(alias, 0) for alias in aliases]


def _result(path: Path, probe: ProbeDef, request: RequestDef, reading: Reading, at: datetime) -> FileResult:
    facts: dict[tuple[str, str], Fact] = {}
    for feed in request.feeds:
        for fact in facts_of(feed, reading, path.stem, at):
            seen = facts.get((fact.kind, fact.key))
            facts[fact.kind, fact.key] = fact if seen is None else _filled(seen, fact.value)
    whole = [_filled(f, probe.device) if f.kind == "device" else f for f in facts.values()]
    outcomes = [
        KindOutcome(path.stem, kind, reading.outcome, reading.detail, sum(f.kind == kind for f in whole), at)
        for kind in request.kinds
    ]
    return FileResult(str(path), tuple(whole), tuple(outcomes))


def _filled(fact: Fact, values: Mapping[str, Any]) -> Fact:
    """The fact with its gaps filled from other values."""
    fields = kinds()[fact.kind].fields
    return replace(fact, value={n: values.get(n) if v is None and n in fields else v for n, v in fact.value.items()})
