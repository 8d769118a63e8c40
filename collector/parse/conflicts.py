"""Two readings of one device held against each other: what they disagree in becomes facts of its own.

Only lasting fields count, and of those only the ones that two right readings have in common (neither ``volatile`` nor
``varies`` in ``kinds.toml``). Spelling is no disagreement: case, punctuation, short and full port names, a host name's domain,
a text that another source cut.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from collector.facts.kinds import Field, kinds
from collector.model import Fact, Transport, json_value
from collector.parse.convert import interface_name
from collector.parse.feed import search

KIND = "reading_conflict"

#: Conflicts of one field, or rows that one side lacks, that are listed one by one. More of them have one cause.
_LISTED = 20

#: A text that is the beginning of the other one's was cut by a table's column, if it is at least so long.
_CUT = 12

_SHOWN = 200

#: Characters of a text that are compared.
_COMPARED = 4096


@dataclass(frozen=True, slots=True)
class Told:
    """One source of a kind: its request; whether it fills gaps or is a guess, and whether it is a whole source."""

    transport: Transport
    request: str
    fills: bool = False
    whole: bool = False

    @property
    def name(self) -> str:
        return f"{self.transport} {self.request}"


#: What each source says of one thing.
Sayings = Sequence[tuple[Told, Fact]]


@dataclass(frozen=True, slots=True)
class Compared:
    """The conflicts of one kind, and whether there was anything to hold against each other."""

    facts: tuple[Fact, ...] = ()
    any: bool = False


def compare(kind: str, things: Mapping[str, Sayings], sources: Sequence[tuple[Told, bool]]) -> Compared:
    """What the sources of a kind disagree in; ``things`` by key, ``sources`` with whether each was read ``ok``."""
    several = {key: said for key, said in things.items() if _twice(said)}
    found = [fact for key, said in several.items() for fact in _fields(kind, key, said)]
    both = _sides(sources) if kinds()[kind].listed else ()
    found += [fact for here, there in both for fact in _missing(kind, things, here, there)]
    return Compared(tuple(_summed_up(found)), bool(several or both))


def _twice(said: Sayings) -> bool:
    """Whether a thing was read twice: over two transports, or by two requests of which neither just fills gaps."""
    if len({told.transport for told, _ in said}) > 1:
        return True
    return len({told.name for told, _ in said if not told.fills}) > 1


def _fields(kind: str, key: str, said: Sayings) -> Iterator[Fact]:
    """The fields in which sources disagree. What fills gaps counts only where its own transport has said nothing yet."""
    for field in kinds()[kind].fields.values():
        if field.volatile or field.varies:
            continue
        values: dict[str, list[Any]] = {}
        by_name: dict[str, tuple[Told, Fact]] = {}
        for told, fact in said:
            value = fact.value[field.name]
            if value is None or value in ("", [], ()):
                continue
            if (
                told.name not in values
                and told.fills
                and any(t.transport is told.transport for t, _ in by_name.values())
            ):
                continue
            values.setdefault(told.name, []).append(value)
            by_name.setdefault(told.name, (told, fact))
        names = list(values)
        if not any(not _agree(field, values[names[0]], values[name]) for name in names[1:]):
            continue
        texts = [_shown(values[name][0]) for name in names]
        yield _conflict(kind, key, field.name, texts, names, [fact for _, fact in by_name.values()])


def _sides(sources: Sequence[tuple[Told, bool]]) -> list[tuple[Transport, Transport]]:
    """The pairs of transports, both ways, that each read the kind whole."""
    read: dict[Transport, bool] = {}
    for told, ok in sources:
        if told.whole:
            read[told.transport] = read.get(told.transport, True) and ok
    good = [transport for transport, ok in read.items() if ok]
    return [pair for one, other in pairwise(good) for pair in ((one, other), (other, one))]


def _missing(kind: str, things: Mapping[str, Sayings], here: Transport, there: Transport) -> Iterator[Fact]:
    for key, said in things.items():
        first = next(((told, fact) for told, fact in said if told.whole and told.transport is here), None)
        if first is None or not search(kinds()[kind].listed, first[1].value):
            continue
        if all(told.transport is not there for told, _ in said):
            yield _conflict(kind, key, "", ["present", "absent"], [first[0].name, str(there)], [first[1]])


def _summed_up(found: Sequence[Fact]) -> Iterator[Fact]:
    """Many conflicts of one field, or many rows that one transport lacks, are one with their number and an example."""
    groups: dict[tuple[str, str], list[Fact]] = {}
    for fact in found:
        field = fact.value["field"]
        groups.setdefault((field, "" if field else fact.value["sources"][-1]), []).append(fact)
    for (field, lacking), facts in groups.items():
        if len(facts) <= _LISTED:
            yield from facts
            continue
        first = facts[0]
        texts = [f"{len(facts)} rows, as {first.value['item']}: {value}" for value in first.value["values"]]
        yield _conflict(first.value["kind"], "*", field, texts, first.value["sources"], facts[:1], lacking)


def _conflict(
    kind: str,
    key: str,
    field: str,
    values: Sequence[str],
    sources: Sequence[str],
    facts: Sequence[Fact],
    lacking: str = "",
) -> Fact:
    value = {"kind": kind, "item": key, "field": field, "values": tuple(values), "sources": tuple(sources)}
    name = " ".join(part for part in (kind, key, field, lacking) if part)
    evidence = tuple(dict.fromkeys(e for fact in facts for e in fact.evidence))
    at: datetime = max(fact.observed_at for fact in facts)
    return Fact(KIND, facts[0].target, name, value, at, evidence)


def _shown(value: Any) -> str:
    """A value as text: a list with commas."""
    plain = json_value(value)
    if isinstance(plain, bool):
        return "true" if plain else "false"
    text = ", ".join(map(str, plain)) if isinstance(plain, list) else str(plain)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


# Agreement


def _agree(field: Field, ones: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether any value of one source is one of the other's: a source that says two things of a field is not sure of it."""
    return any(_same(field, one, other) for one in ones for other in others)


def _same(field: Field, one: Any, other: Any) -> bool:
    if one == other:
        return True
    if field.type == "text":
        return _same_text(str(one), str(other))
    if field.type == "real":
        return math.isclose(one, other, rel_tol=0.01)
    if field.type == "texts":
        return {_folded(interface_name(v)) for v in one} == {_folded(interface_name(v)) for v in other}
    return False


def _same_text(one: str, other: str) -> bool:
    words, others = _folded(interface_name(one)), _folded(interface_name(other))
    short, long = sorted((words, others), key=len)
    if any(long[at : at + len(short)] == short for at in range(len(long) - len(short) + 1)):
        return True
    cut, whole = sorted(("".join(words), "".join(others)), key=len)
    return cut == whole or (len(cut) >= _CUT and whole.startswith(cut))


def _folded(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, without punctuation."""
    return tuple(re.findall(r"[^\W_]+", text[:_COMPARED].lower()))
