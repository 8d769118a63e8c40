"""The reader of SNMP tables: columns joined on their index, values of other tables brought in by lookups.

``[request.reader_options]``::

    columns.NAME = "OID"                                  # a column, or a scalar (ending in .0) that every row gets
    columns.NAME = { oid = "OID", hint = "mac" }          # a hint of collector.parse.octets
    columns.NAME = { oid = "OID", hint = "lldp_port", by = "OTHER" }   # whose meaning stands in another column
    columns.NAME = { oid = "OID", bits = ["other", ...] } # BITS; `flags` counts from the lowest bit
    parts.NAME = { at = 0, count = 4, hint = "address" }  # a part of the index
    lookups.NAME = { path = "a || b" }                    # JMESPath on the row so far
    lookups.NAME = { oid = "OID", by = "index[0]" }       # the value at that index of another table
    lookups.NAME = { oid = "OID", match = "OID", by = "PATH" }   # the value where another column equals; `every` for a list
    lookups.NAME = { oid = "OID", by = "index", below = true }   # the list of what lies below that index
    lookups.NAME = { oid = "OID", by = "index", rest = "inet" }  # what the first index below goes on with
    lookups.NAME = { oid = "OID", except = "OID", by = "PATH", holds = true }   # last index numbers of the rows whose PortList holds the port
    proof = ["OID"]                                       # there even when the table is empty
    proof = [{ oid = "OID", is = 0 }]                     # ... and of this value then: a number of rows, a feature that is off
    needs = ["NAME"]                                      # a column without which rows are no such table: something was lost
    distinct = "NAME"                                     # a repeated NAME is told apart by its index
    numbered = true                                       # ... by a number instead: the second has ` 2`

``by`` is JMESPath on the row so far, which has the columns, ``index`` (a list of numbers) and the parts; lookups see those above them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collector.model import Capture, Outcome
from collector.parse.feed import search
from collector.parse.octets import HINTS, bit_numbers, bits, flags, plain
from collector.parse.reading import Reading, Row
from collector.parse.snmprec import OCTETS, Oid, Recording, Value, oid, read_recording
from collector.probes.definition import ProbeDef, RequestDef


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the definition."""

    name: str
    root: Oid
    render: Callable[..., Any]
    by: tuple[str, ...] = ()

    @property
    def scalar(self) -> bool:
        return self.root[-1] == 0


def read_snmp(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """The rows of a request's tables. Damaged lines under them make it ``unparsed``; the rows that stand are kept."""
    rows: list[Row] = []
    damaged = 0
    proven = False
    options = request.reader_options
    columns = [_column(name, entry) for name, entry in options.get("columns", {}).items()]
    proofs = options.get("proof", ())
    roots = [c.root for c in columns] + _lookup_roots(options)
    for capture in captures:
        recording = read_recording(capture.body or b"")
        if _ends_within(recording, [root for root in roots if root[-1]]):
            return Reading(outcome=Outcome.UNPARSED, detail="the recording is cut short within this table")
        rows += (Row(values, capture.evidence) for values in _rows(recording, columns, options))
        damaged += len(recording.damaged_under(roots))
        proven = proven or any(_proves(recording, proof) for proof in proofs)
    if damaged:
        return Reading(tuple(rows), Outcome.UNPARSED, f"{damaged} damaged lines")
    lost = [name for name in options.get("needs", ()) if rows and all(row.values[name] is None for row in rows)]
    if lost:
        return Reading((), Outcome.UNPARSED, f"rows without {', '.join(lost)}")
    if not rows and not proven:
        return Reading((), Outcome.UNSUPPORTED, "the agent has nothing there")
    return Reading(tuple(rows))


def proof_oid(proof: str | Mapping[str, Any]) -> Oid:
    """What has to be there, for a proof in either form."""
    return oid(proof if isinstance(proof, str) else proof["oid"])


def _proves(recording: Recording, proof: str | Mapping[str, Any]) -> bool:
    """Whether the agent shows that a table without rows is empty."""
    there = next(recording.under(proof_oid(proof)), None)
    if there is None or isinstance(proof, str):
        return there is not None
    return there[1] is not None and there[1].data == proof["is"]


def _ends_within(recording: Recording, roots: Iterable[Oid]) -> bool:
    """Whether a recording was cut within a table: agents tell one column after the other, so that its rows lack the later ones."""
    return any(cut[: len(root) - 1] == root[:-1] for root in roots for cut in recording.cut)


def _column(name: str, entry: str | Mapping[str, Any]) -> Column:
    if isinstance(entry, str):
        return Column(name, oid(entry), plain)
    by = entry.get("by", ())
    return Column(name, oid(entry["oid"]), _renderer(entry), (by,) if isinstance(by, str) else tuple(by))


def _renderer(entry: Mapping[str, Any]) -> Callable[..., Any]:
    if "bits" in entry:
        return lambda value: bits(value, entry["bits"])
    if "flags" in entry:
        return lambda value: flags(value, entry["flags"])
    return HINTS[entry["hint"]] if "hint" in entry else plain


def _rendered(render: Callable[..., Any], value: Value | None, *by: Any) -> Any:
    """What a hint makes of a value; what it cannot read is not known."""
    if value is None:
        return None
    try:
        return render(value, *by)
    except (ValueError, TypeError, OverflowError):
        return None


def _rows(recording: Recording, columns: Sequence[Column], options: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    scalars: dict[str, Any] = {}
    table: dict[Oid, dict[str, Any]] = {}
    tabular = any(not c.scalar for c in columns)
    for column in sorted(columns, key=lambda c: bool(c.by)):  # those that others explain come last
        found = list(recording.under(column.root))
        if column.scalar:
            scalars[column.name] = (
                _rendered(column.render, found[0][1], *map(scalars.get, column.by)) if found else None
            )
            continue
        for index, value in found:
            row = table.setdefault(index, {})
            row[column.name] = _rendered(column.render, value, *map(row.get, column.by))
    if not tabular:
        there = any(recording.has(c.root) for c in columns)
        return _completed(recording, [((), scalars)] if there else [], options)
    names = {c.name: None for c in columns}
    return _completed(recording, [(i, {**names, **scalars, **table[i]}) for i in sorted(table)], options)


def _completed(
    recording: Recording, rows: Sequence[tuple[Oid, dict[str, Any]]], options: Mapping[str, Any]
) -> Iterable[dict[str, Any]]:
    """The rows with index, parts of it, lookups, and repeated names told apart."""
    lookups = [(name, _Lookup(recording, entry)) for name, entry in options.get("lookups", {}).items()]
    distinct = options.get("distinct", "")
    numbered = options.get("numbered", False)
    seen: dict[Any, int] = {}
    for index, row in rows:
        row["index"] = list(index)
        for name, part in options.get("parts", {}).items():
            row[name] = _part(index, part)
        for name, lookup in lookups:
            row[name] = lookup(row)
        if distinct:
            name = row[distinct]
            seen[name] = seen.get(name, 0) + 1
            if name is not None and seen[name] > 1:
                row[distinct] = f"{name} {seen[name]}" if numbered else f"{name} #{'.'.join(map(str, index))}"
        yield row


def _part(index: Oid, part: Mapping[str, Any]) -> Any:
    """A number of the index, or several as octets under a hint."""
    at, count = part["at"], part.get("count", 1)
    numbers = index[at : at + count] if count else index[at:]
    if len(numbers) < (count or 1):
        return None
    if "hint" not in part:
        return numbers[0] if count == 1 else list(numbers)
    return _octets_of(numbers, part["hint"])


def _octets_of(numbers: Sequence[int], hint: str) -> Any:
    try:
        if hint == "inet":
            return _inet(numbers)
        return HINTS[hint](Value(OCTETS, bytes(numbers)))
    except (ValueError, TypeError):
        return None


def _inet(numbers: Sequence[int]) -> str:
    """An address as indexes hold it: its family, mostly its length, and its octets."""
    octets = numbers[2:] if len(numbers) > 1 and numbers[1] == len(numbers) - 2 else numbers[1:]
    return str(ipaddress.ip_address(bytes(octets)))


def _lookup_roots(options: Mapping[str, Any]) -> list[Oid]:
    entries = options.get("lookups", {}).values()
    return [oid(entry[key]) for entry in entries for key in ("oid", "match", "except") if key in entry]


def _as_index(found: Any) -> Oid | None:
    """An index from what JMESPath found: a number, a list of numbers, or digits in text."""
    if isinstance(found, bool) or found is None:
        return None
    if isinstance(found, int):
        return (found,)
    if isinstance(found, list):
        return tuple(found) if all(isinstance(n, int) for n in found) else None
    try:
        return oid(str(found))
    except ValueError:
        return None


@dataclass(slots=True)
class _Lookup:
    """One lookup over one recording. The other table is indexed once, on the first use."""

    recording: Recording
    entry: Mapping[str, Any]
    _made: dict[str, Any] = field(default_factory=dict)

    def __call__(self, row: Mapping[str, Any]) -> Any:
        entry = self.entry
        if "path" in entry:
            return search(entry["path"], row)
        if entry.get("all"):
            return [v for v in self._column(entry["oid"]).values() if v is not None] or None
        found = search(entry["by"], row)
        if found is None or found == "":
            return None
        if "match" in entry:
            return self._matched(found)
        index = _as_index(found)
        if index is None:
            return None
        if entry.get("holds"):
            return self._holding(index[-1])
        if entry.get("below"):
            root = (*oid(entry["oid"]), *index)
            return [_rendered(_renderer(entry), value) for _, value in self.recording.under(root)] or None
        if "rest" in entry:
            rest = next(self.recording.under((*oid(entry["oid"]), *index)), None)
            return _octets_of(rest[0], entry["rest"]) if rest else None
        return self._column(entry["oid"]).get(index)

    def _column(self, root: str) -> Mapping[Oid, Any]:
        if root not in self._made:
            render = _renderer(self.entry)
            self._made[root] = {i: _rendered(render, v) for i, v in self.recording.under(oid(root))}
        made: Mapping[Oid, Any] = self._made[root]
        return made

    def _matched(self, wanted: Any) -> Any:
        """The value at the one index where another column equals; the list of all with ``every``."""
        if "matches" not in self._made:
            render = _renderer({"hint": self.entry["match_hint"]} if "match_hint" in self.entry else {})
            matches: dict[str, list[Oid]] = {}
            for index, value in self.recording.under(oid(self.entry["match"])):
                matches.setdefault(str(_rendered(render, value)), []).append(index)
            self._made["matches"] = matches
        if isinstance(wanted, list):
            wanted = wanted[-1] if wanted else None
        indexes = self._made["matches"].get(str(wanted), [])
        column = self._column(self.entry["oid"])
        if self.entry.get("every"):
            return [column[i] for i in indexes if column.get(i) is not None] if self._made["matches"] else None
        return column.get(indexes[0]) if len(indexes) == 1 else None

    def _holding(self, port: int) -> list[int] | None:
        """Last index numbers of the rows whose PortList holds the port, without those of the excepted column."""
        if "ports" not in self._made:
            without = dict(self.recording.under(oid(self.entry["except"]))) if "except" in self.entry else {}
            held: dict[int, list[int]] = {}
            there = False
            for index, value in self.recording.under(oid(self.entry["oid"])):
                there = True
                taken = set(_ports(without.get(index)))
                for number in set(_ports(value)) - taken:
                    held.setdefault(number, []).append(index[-1])
            self._made["ports"] = held if there else None
        ports = self._made["ports"]
        return None if ports is None else sorted(ports.get(port, []))


def _ports(value: Value | None) -> list[int]:
    if value is None or not isinstance(value.data, bytes):
        return []
    return [bit + 1 for bit in bit_numbers(value.data)]
