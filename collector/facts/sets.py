"""The facts of one kind on one target as one canonical JSON document.

The document names captures by probe, request and page, and holds no times of reading: as long as a device says
the same, its document has the same bytes, whatever else (an uptime, a counter of another kind) changed around it.
Where it was read and when comes from the captures of the scan that it is used with.

Form: ``{"from": [[probe, request, page], ...], "rows": [{"from": [0, ...], "key": "", "value": {...}}, ...]}``,
keys sorted, no blanks, rows by key, times as RFC 3339. A row read at another time than its first source has ``at``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from math import isfinite
from typing import Any

from collector.facts.kinds import kinds
from collector.model import Capture, Fact, from_rfc3339, rfc3339

#: Rows of one document when facts are packed for loading: bounds the longest line.
_PACK = 2000

_INT64 = range(-(2**63), 2**63)
_UNSTORABLE = re.compile("[\\0\ud800-\udfff]")
_SUSPECT = re.compile(rb"\\u0000|\d{19}")

Reference = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A capture as facts refer to it: its digest and when its request was asked."""

    evidence: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FactSet:
    """A document and the captures that its references mean in one scan, in the order of its ``from`` list."""

    kind: str
    target: str
    document: bytes
    sources: tuple[Source, ...]

    def facts(self) -> Iterator[Fact]:
        """The facts, typed as their kind says; fields that the kind no longer has are kept."""
        kind = kinds().get(self.kind)
        times = [n for n, f in kind.fields.items() if f.type == "timestamp"] if kind else []
        for row in json.loads(self.document)["rows"]:
            value = row["value"]
            for name in times:
                if isinstance(text := value.get(name), str):
                    value[name] = from_rfc3339(text)
            sources = [self.sources[i] for i in row["from"]]
            at = from_rfc3339(row["at"]) if "at" in row else sources[0].at
            yield Fact(self.kind, self.target, row["key"], value, at, tuple(s.evidence for s in sources))


class CaptureIndex:
    """Which capture of a target has a digest: facts know digests, documents name requests."""

    def __init__(self, captures: Iterable[Capture]) -> None:
        self._found: dict[str, list[tuple[Reference, datetime]]] = {}
        asked: dict[tuple[str, str], datetime] = {}
        for capture in sorted(captures, key=lambda c: (c.probe, c.request, c.page)):
            at = asked.setdefault((capture.probe, capture.request), capture.at)
            if capture.body is not None:
                reference = (capture.probe, capture.request, capture.page)
                self._found.setdefault(capture.evidence, []).append((reference, at))

    def find(self, evidence: str, at: datetime) -> tuple[Reference, datetime | None]:
        """The capture of that digest, if several have it the one asked at ``at``; else the digest itself."""
        found = self._found.get(evidence)
        if not found:
            return ("", evidence, 0), None
        return next((pair for pair in found if pair[1] == at), found[0])


def encode(facts: Sequence[Fact], captures: CaptureIndex) -> bytes:
    """The canonical document of one kind's facts on one target."""
    references: dict[Reference, int] = {}
    rows = []
    for fact in sorted(facts, key=lambda f: f.key):
        found = [captures.find(e, fact.observed_at) for e in fact.evidence]
        row: dict[str, Any] = {
            "from": [references.setdefault(reference, len(references)) for reference, _ in found],
            "key": fact.key,
            "value": fact.value,
        }
        if not found or found[0][1] != fact.observed_at:
            row["at"] = fact.observed_at
        rows.append(row)
    return canonical({"from": list(references), "rows": rows})


def references(document: bytes) -> list[Reference]:
    """The captures that a document names, in order."""
    return [(str(p), str(r), int(n)) for p, r, n in json.loads(document)["from"]]


def pack(facts: Iterable[Fact]) -> Iterator[FactSet]:
    """Facts as sets without a store behind them; neighbours of one kind and target share a set."""
    for (kind, target), group in groupby(facts, key=lambda f: (f.kind, f.target)):
        members = list(group)
        for start in range(0, len(members), _PACK):
            yield _pack(kind, target, members[start : start + _PACK])


def _pack(kind: str, target: str, facts: Sequence[Fact]) -> FactSet:
    sources: dict[Source, int] = {}
    rows: list[dict[str, Any]] = []
    for fact in facts:
        found = [sources.setdefault(Source(e, fact.observed_at), len(sources)) for e in fact.evidence]
        row: dict[str, Any] = {"from": found, "key": fact.key, "value": fact.value}
        if not found:
            row["at"] = fact.observed_at
        rows.append(row)
    return FactSet(kind, target, canonical({"from": [], "rows": rows}), tuple(sources))


def canonical(value: Any) -> bytes:
    """A value as canonical JSON: sorted keys, no blanks, UTF-8, times as RFC 3339; clean of what databases refuse."""
    try:
        text = _dump(value).encode()
    except ValueError:  # a float that is no number, or half of a surrogate pair
        return _dump(_clean(value)).encode()
    return _dump(_clean(value)).encode() if _SUSPECT.search(text) else text


def _dump(value: Any) -> str:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_default
    )


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no value of a fact")


def _clean(value: Any) -> Any:
    """Without what JSON or a database cannot hold: such a number is not known, such a character is U+FFFD."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int):
        return value if value in _INT64 else None
    if isinstance(value, Mapping):
        return {clean_text(str(k)): _clean(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(v) for v in value]
    return value


def clean_text(text: str) -> str:
    """Text that every database takes: U+FFFD for NUL and for halves of surrogate pairs."""
    return _UNSTORABLE.sub("\ufffd", text)
