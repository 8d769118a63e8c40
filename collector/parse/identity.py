"""The reader of what an agent is: of each field, the first of a list of sources that has something.

``[request.reader_options]``: ``FIELD = [source, ...]`` as ``collector.probes.agent`` describes them, and ``any = [source, ...]``
whose patterns may name several fields. A source is an OID, or a table::

    { oid = "OID" }                              # a scalar, or the first row of a column that has something
    { oid = "OID", hint = "mac" }                # rendered by a hint of collector.parse.octets instead of as text
    { oid = "OID", pattern = '(?P<model>X\\d+)' } # what the group of the field's name (or the first one) holds
    { oid = "OID", values = { 3 = "X-300" } }    # a table of what the numbers or texts mean; others mean nothing
    { oid = "OID", except = '^NoName' }          # values that say nothing
    { oid = "OID", unlike = "sysName" }          # nothing where it is only what stands in the other
    { oid = "OID", where = "OID", is = '^3$' }   # the row whose other column matches
    { oid = ["OID", "OID"], values = { 3 = "X-300" } }   # of each in turn: one pattern or table for several places
    { oids = ["OID", "OID"], format = "{0}.{1}" }  # several in one text, where all are there
    { oid = "OID", pattern = '^X(\\d+)', format = "X-{0}" }    # what the groups hold, in a text
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from collector.model import Capture, Outcome
from collector.parse.octets import HINTS
from collector.parse.reading import Reading, Row
from collector.parse.snmprec import Oid, Recording, Value, dotted, oid, read_recording
from collector.probes.agent import FIELDS, SYSTEM, placed
from collector.probes.definition import ProbeDef, RequestDef

_OBJECT = oid(SYSTEM["sysObjectID"])
#: What makers leave in fields that nobody filled. Folded: lower case, letters and digits only.
_NOTHING = frozenset(
    [
        "na",
        "none",
        "null",
        "unknown",
        "notavailable",
        "notapplicable",
        "notspecified",
        "notset",
        "undefined",
        "tobefilledbyoem",
        "defaultstring",
        "systemserialnumber",
        "serialnumber",
        "unspecified",
        "nil",
        "empty",
        "noinfo",
        "nodata",
    ]
)
#: So many zeros are a number that somebody masked; fewer are a field that nobody filled.
_ZEROS = 5


def read_identity(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """One row with the fields that could be read; ``unsupported`` where the agent has nothing of them."""
    for capture in captures:
        recording = read_recording(capture.body or b"")
        found = identity_of(recording, request.reader_options)
        if any(found.values()):
            return Reading((Row(found, capture.evidence),))
        roots = [root for text in request.send if (root := _root(recording, text)) is not None]
        if recording.damaged_under(roots):
            return Reading((), Outcome.UNPARSED, "damaged lines")
    return Reading((), Outcome.UNSUPPORTED, "the agent has nothing there")


def identity_of(recording: Recording, options: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields by the sources that options name."""
    row = {field: _first(recording, field, options.get(field, ())) for field in FIELDS}
    for source in options.get("any", ()):
        for text in _texts(recording, source):
            found = _pattern(source["pattern"]).search(text)
            if found:
                for field, value in found.groupdict().items():
                    row[field] = row.get(field) or _clean(value)
    return row


def has_all(recording: Recording, has: Sequence[str | Mapping[str, Any]]) -> bool:
    """Whether an agent has something at or below each OID, matching the pattern where one is given."""
    return all(next(_matching(recording, entry), None) is not None for entry in has)


def _matching(recording: Recording, entry: str | Mapping[str, Any]) -> Iterator[str]:
    if isinstance(entry, str):
        yield from ("" for _ in recording.under(oid(entry)))
        return
    expression = _pattern(entry["pattern"]) if "pattern" in entry else None
    for text in _texts(recording, {"oid": entry["oid"]}):
        if expression is None or expression.search(text):
            yield text


def _first(recording: Recording, field: str, sources: Sequence[str | Mapping[str, Any]]) -> str | None:
    for source in sources:
        for text in _texts(recording, source):
            value = _clean(_meant(text, field, source)) if not isinstance(source, str) else _clean(text)
            if value and not _same(recording, value, source):
                return value
    return None


def _same(recording: Recording, value: str, source: str | Mapping[str, Any]) -> bool:
    """Whether a value is only what an agent is called."""
    if isinstance(source, str) or "unlike" not in source:
        return False
    return value.lower() in (text.lower() for text in _texts(recording, source["unlike"]))


def _meant(text: str, field: str, source: Mapping[str, Any]) -> str | None:
    """What a source's table or pattern makes of a text."""
    if "except" in source and _pattern(source["except"]).search(text):
        return None
    if "pattern" in source:
        found = _pattern(source["pattern"]).search(text)
        if not found:
            return None
        named = found.groupdict()
        if "format" in source and "oid" in source:
            return str(source["format"]).format(*(found.groups("") or (found[0],)))
        text = (named[field] if field in named else next((g for g in found.groups() if g is not None), found[0])) or ""
    if "values" in source:
        meant = source["values"].get(text)
        return None if meant is None else str(meant)
    return text


def _texts(recording: Recording, source: str | Mapping[str, Any]) -> Iterator[str]:
    """The texts that a source gives, in the order of their rows."""
    if isinstance(source, str):
        source = {"oid": source}
    if "oids" in source:
        parts = [next(_texts(recording, part), "") for part in source["oids"]]
        if all(parts):
            yield source.get("format", " ".join(f"{{{i}}}" for i in range(len(parts)))).format(*parts)
        return
    if isinstance(source["oid"], list):
        for place in source["oid"]:
            yield from _texts(recording, {**source, "oid": place})
        return
    root = _root(recording, source["oid"])
    if root is None:
        return
    chosen = _chosen(recording, source) if "where" in source else None
    for index, value in recording.under(root):
        if value is not None and (chosen is None or index in chosen):
            text = _text(value, source.get("hint", ""))
            if text:
                yield text


def _chosen(recording: Recording, source: Mapping[str, Any]) -> set[Oid]:
    expression = _pattern(source["is"])
    root = _root(recording, source["where"])
    rows = recording.under(root) if root is not None else ()
    return {index for index, value in rows if value is not None and expression.search(_text(value, ""))}


def _text(value: Value, hint: str) -> str:
    try:
        shown = HINTS[hint](value) if hint else value.data if isinstance(value.data, int) else None
        if shown is None:
            shown = dotted(value.data) if isinstance(value.data, tuple) else HINTS["text"](value)
    except (ValueError, TypeError, OverflowError):
        return ""
    return (
        "" if shown is None else str(shown).strip().strip('"').strip()
    )  # some recorders keep a tool's quotation marks


def _clean(text: str | None) -> str | None:
    """A text that says something."""
    stripped = (text or "").strip().strip("\x00").strip()
    folded = re.sub(r"[^a-z0-9]", "", stripped.lower())
    return stripped if folded and folded not in _NOTHING and (folded.strip("0") or len(folded) > _ZEROS) else None


def _root(recording: Recording, text: str) -> Oid | None:
    own = recording.values.get(_OBJECT) if "{" in text else None
    there = placed(text, dotted(own.data) if own and isinstance(own.data, tuple) else None)
    return None if there is None else oid(SYSTEM.get(there, there))


@lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)
