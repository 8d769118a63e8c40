"""Directory entries as rows: what ``[request.reader_options]`` of the reader ``ldif`` adds to them (see collector.parse.ldif).

A directory has some hundred thousand entries. They are kept as names and values that they share, and a row is made anew each
time that somebody looks at it, so that not all of them are there at once.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, overload

from collector.parse.membership import Members, rdn
from collector.parse.reading import Row

#: Names and values of an entry, and which page it came with.
_Entry = tuple[tuple[str, ...], tuple[Any, ...], int]


class Entries(Sequence[Row]):
    """The entries of one request, page by page, as rows; the last row counts them where the options say so."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._shape = _Shape(options)
        self._beside = [(n, str(b["dn"]), str(b["value"]).lower()) for n, b in options.get("beside", {}).items()]
        self._named_by = [(n, str(attribute).lower()) for n, attribute in options.get("named_by", {}).items()]
        self._counts = bool(options.get("counts"))
        self._groups = options.get("members")
        self._entries: list[_Entry] = []
        self._pages: list[tuple[str, dict[str, Any]]] = []
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._whole = False
        self._members: Members | None = None
        self._by_dn: dict[str, int] = {}
        self._lists: dict[str, list[tuple[str, frozenset[str]]]] = {}

    def add(self, entries: Sequence[Mapping[str, list[bytes]]], evidence: str, connection: Mapping[str, str]) -> None:
        """A page's entries."""
        self._pages.append((evidence, {"connection": dict(connection)} if connection else {}))
        for entry in entries:
            names = self._names.setdefault(tuple(entry), tuple(entry))
            values = tuple(self._shape.value(name, raw) for name, raw in entry.items())
            self._entries.append((names, values, len(self._pages) - 1))

    def close(self, *, whole: bool) -> None:
        """No more pages come: what is known of an entry only by the others. ``whole`` says that no page is missing."""
        self._whole = whole
        self._shape.shown = frozenset(name for names in self._names for name in names)
        if self._groups is not None:
            self._members = Members(lambda: map(_plain, self._entries), self._groups)
        if self._beside:
            self._by_dn = {_plain(entry)["dn"].lower(): place for place, entry in enumerate(self._entries)}
        for _, attribute in self._named_by:
            naming = [_plain(entry) for entry in self._entries if attribute in entry[0]]
            self._lists[attribute] = [(rdn(e["dn"]), frozenset(v.lower() for v in e[attribute])) for e in naming]

    def shows(self, name: str) -> bool:
        """Whether any entry has an attribute."""
        return name in self._shape.shown

    def __len__(self) -> int:
        return len(self._entries) + (self._counts and self._whole and bool(self._entries))

    def __iter__(self) -> Iterator[Row]:
        for entry in self._entries:
            yield self._row(entry)
        if len(self) > len(self._entries):
            yield self._counted()

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        at = range(len(self))[place]
        return self._row(self._entries[at]) if at < len(self._entries) else self._counted()

    def _row(self, entry: _Entry) -> Row:
        evidence, more = self._pages[entry[2]]
        values = self._shape.row(_plain(entry)) | more
        if self._members is not None:
            values["groups"], values["in_groups"] = self._members.of(values)
        for name, dn, wanted in self._beside:
            other = self._by_dn.get(_filled(dn, values).lower())
            values[name] = None if other is None else self._shape.row(_plain(self._entries[other])).get(wanted)
        for name, attribute in self._named_by:
            own = {values["dn"].lower(), values["rdn"].lower()}
            lists = self._lists[attribute]
            found = sorted(naming for naming, listed in lists if own & listed)
            values[name] = found if found or (lists and self._whole) else None
        return Row(values, evidence)

    def _counted(self) -> Row:
        """How many entries there are of each class, of the first page's evidence."""
        classes = (_plain(entry).get("objectclass") for entry in self._entries)
        found = Counter(own[-1].lower() for own in classes if own)
        return Row({"counts": [{"what": n, "count": c} for n, c in sorted(found.items())]}, self._pages[0][0])


class _Shape:
    """How an entry becomes a row. ``shown`` are the attributes that some entry of the request has."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.shown: frozenset[str] = frozenset()
        self._shown_as: dict[str, Callable[[bytes], str]] = {str(n).lower(): sid for n in options.get("sids", ())}
        self._shown_as |= {str(name).lower(): name_server for name in options.get("name_servers", ())}
        self._shown_as |= {str(name).lower(): integer for name in options.get("integers", ())}
        self._single = frozenset(str(name).lower() for name in options.get("single", ())) | {"dn"}
        self._domain_of = str(options.get("domain_of", "")).lower()
        self._bits = [(n, str(b["of"]).lower(), int(b["mask"])) for n, b in options.get("bits", {}).items()]
        self._flags = [(n, str(f["of"]).lower(), f["names"]) for n, f in options.get("flags", {}).items()]
        self._parts = [
            (n, str(p["of"]).lower(), re.compile(p["pattern"]), p.get("each", False))
            for n, p in options.get("parts", {}).items()
        ]
        self._classes = [(n, frozenset(c.lower() for c in named)) for n, named in options.get("classes", {}).items()]
        self._has = [(n, [_look(text) for text in h["any"]], h.get("class")) for n, h in options.get("has", {}).items()]
        self._lists: dict[tuple[str, ...], list[str]] = {}

    def value(self, name: str, raw: Sequence[bytes]) -> Any:
        """An attribute's values as text."""
        show = self._shown_as.get(name, _text)
        if name in self._single:
            return sys.intern(show(raw[0]))
        texts = tuple(sys.intern(text) for value in raw if (text := show(value)))
        return self._lists.setdefault(texts, list(texts))

    def row(self, values: dict[str, Any]) -> dict[str, Any]:
        values["rdn"] = rdn(values["dn"])
        if self._domain_of:
            values["domain"] = _domain(_one(values, self._domain_of))
        for name, of, pattern, each in self._parts:
            texts = values.get(of, ())
            found = [m[1] for text in ([texts] if isinstance(texts, str) else texts) if (m := pattern.search(text))]
            values[name] = (found if texts else None) if each else next(iter(found), None)
        for name, of, mask in self._bits:
            number = _number(values, of)
            values[name] = None if number is None else bool(number & mask)
        for name, of, names in self._flags:
            number = _number(values, of)
            values[name] = [n for n, mask in names.items() if number & mask] if number else None
        if self._classes:
            own = {c.lower() for c in values.get("objectclass", ())}
            values["class"] = next((name for name, named in self._classes if own & named), None)
        if self._has:
            values |= {name: self._has_any(values, looks, only) for name, looks, only in self._has}
        return values

    def _has_any(self, values: Mapping[str, Any], looks: Sequence[tuple[str, str]], only: str | None) -> bool | None:
        """Whether an entry has something; unknown where no entry shows that it may be seen."""
        if only not in (None, values.get("class")) or not any(name in self.shown for name, _ in looks):
            return None
        return any(name in values and _fits(values[name], value) for name, value in looks)


def _plain(entry: _Entry) -> dict[str, Any]:
    return dict(zip(entry[0], entry[1], strict=True))


def _look(described: str) -> tuple[str, str]:
    """``name=value`` or a bare name."""
    name, _, value = described.partition("=")
    return name.lower(), value


def _fits(found: str | Sequence[str], value: str) -> bool:
    return not value or value in ((found,) if isinstance(found, str) else found)


def _filled(pattern: str, values: Mapping[str, Any]) -> str:
    """A name made of a row's texts; one that the row lacks fits no entry."""

    def text(found: re.Match[str]) -> str:
        value = values.get(found[1])
        return value if isinstance(value, str) else "\0"

    return re.sub(r"\{(\w+)\}", text, pattern)


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return "0x" + raw.hex()


def sid(raw: bytes) -> str:
    """A security identifier from its octets; other octets as hex."""
    if len(raw) < 8 or len(raw) != 8 + 4 * raw[1]:
        return _text(raw)
    numbers = [int.from_bytes(raw[8 + 4 * i : 12 + 4 * i], "little") for i in range(raw[1])]
    return "-".join(["S", str(raw[0]), str(int.from_bytes(raw[2:8])), *map(str, numbers)])


def integer(raw: bytes) -> str:
    """A signed number of 8 octets, the lowest first; other octets as they are shown elsewhere."""
    return str(int.from_bytes(raw, "little", signed=True)) if len(raw) == 8 else _text(raw)


def name_server(raw: bytes) -> str:
    """The name in a DNS record of type NS; empty for any other."""
    if len(raw) < 26 or int.from_bytes(raw[2:4], "little") != 2:
        return ""
    labels, position = [], 26
    while position < len(raw) and raw[position]:
        labels.append(raw[position + 1 : position + 1 + raw[position]].decode("ascii", "replace"))
        position += 1 + raw[position]
    return ".".join(labels).lower()


def _domain(dn: str) -> str | None:
    parts = re.findall(r"(?:^|,)\s*dc=([^,]+)", dn, re.IGNORECASE)
    return ".".join(parts).lower() or None


def _one(values: Mapping[str, Any], name: str) -> str:
    """An attribute's first value, or a text as it is; empty where there is none."""
    found = values.get(name)
    return found if isinstance(found, str) else next(iter(found or ()), "")


def _number(values: Mapping[str, Any], name: str) -> int | None:
    try:
        return int(_one(values, name))
    except ValueError:
        return None
