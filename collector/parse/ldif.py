"""The reader of LDAP replies: LDIF (RFC 2849) into one row an entry.

A row has the entry's attributes by their lower-cased names without options, each a list of texts; ``dn``, a text; ``rdn``, the
value of the first part of its name; ``connection``, how the session was protected and bound, where the capture says it; and what
``[request.reader_options]`` adds::

    single = ["pwdLastSet"]                 # attributes with one value by their definition: a text in place of a list
    domain_of = "dn"                        # the DNS name that the DC parts of a name spell, as `domain` (RFC 2247)
    parts.NAME = { of = "dn", pattern = "CN=Servers,CN=([^,]+)" }   # the first group of a pattern in a text, in the first value
                                            # that it fits; `each = true`: of all values, a list
    bits.NAME = { of = "userAccountControl", mask = 2 }             # whether a bit is set; unknown where the attribute is absent
    flags.NAME = { of = "msDS-SupportedEncryptionTypes", names = { rc4 = 4, aes = 24 } }  # names of the bits that are set;
                                            # unknown where the attribute is absent or 0
    has.NAME = { any = ["servicePrincipalName", "enabled=TRUE"] }   # whether the entry has one of these, or one with that value.
                                            # What it lacks it may only not show: unknown, unless another entry shows one of
                                            # them. `class = "computer"`: unknown for all others
    classes.NAME = ["computer"]             # `class`: the first NAME, in this order, of which it has one as objectClass
    beside.NAME = { dn = "CN=Below,{dn}", value = "options" }       # an attribute of another entry of this request, whose name
                                            # is made of texts of the row
    named_by.NAME = "certificateTemplates"  # names (rdn) of the entries whose attribute lists this one's (dn or rdn)
    counts = true                           # one more row whose `counts` say how many entries there are of each class: of the
                                            # last objectClass, which is the most special one (MS-ADTS 3.1.1.1.4)
    sids = ["objectSid"]                    # binary SIDs as `S-1-...`
    integers = ["pKIExpirationPeriod"]      # 8 octets, the lowest first, as a number
    name_servers = ["dnsRecord"]            # DNS records as the names that their NS ones hold (MS-DNSP 2.3.2.2)
    members = ["S-1-5-32-544", "-512"]      # `groups` and `in_groups` of each entry, see collector.parse.membership
    proof = "objectClass"                   # an empty result counts as zero only with an entry of this request that has it
    denied_if_empty = true                  # no entry at all means that the account may not see them

The last line of a page, ``# result: CODE TEXT``, is what the search said: 0 proves that these are all. Values that are not UTF-8
are shown as ``0x`` and hex. Values that entries share are kept once: a directory has some hundred thousand of them.
"""

from __future__ import annotations

import base64
import binascii
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collector.model import Capture, Outcome
from collector.parse.membership import mark_members
from collector.parse.reading import Reading, Row
from collector.probes.definition import ProbeDef, RequestDef

_RESULT = re.compile(r"# result: (\d{1,5})\b ?(.*)")
_CONNECTION = re.compile(r"# connection: ([\w= .-]{1,200})")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*")


@dataclass(slots=True)
class Ldif:
    """A page: entries as name and raw values, the search's result, the session's words, how many lines could not be read."""

    entries: list[dict[str, list[bytes]]] = field(default_factory=list)
    result: int | None = None
    said: str = ""
    connection: dict[str, str] = field(default_factory=dict)
    damaged: int = 0


def read_ldif(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """The entries of all pages. Without the search's good result at the end of each, they may not be all: ``unparsed``."""
    options = request.reader_options
    shape = _Shape(options)
    found: list[tuple[dict[str, Any], str]] = []
    problem = ""
    for capture in captures:
        page = parse_ldif(capture.body or b"")
        more = {"connection": page.connection} if page.connection else {}
        found += ((shape.row(entry) | more, capture.evidence) for entry in page.entries)
        if page.damaged:
            problem = problem or f"{page.damaged} damaged lines"
        elif page.result is None:
            problem = problem or f"page {capture.page + 1} ends without the search's result"
        elif page.result != 0:
            problem = problem or f"the search ended with result {page.result} {page.said}".strip()
    values = [row for row, _ in found]
    if "members" in options:
        mark_members(values, options["members"])
    _has(values, options.get("has", {}))
    _beside(values, options.get("beside", {}))
    _named_by(values, options.get("named_by", {}))
    rows = [Row(row, evidence) for row, evidence in found]
    if rows and options.get("counts"):
        counted = Counter(row["objectclass"][-1].lower() for row in values if row.get("objectclass"))
        listed = [{"what": name, "count": number} for name, number in sorted(counted.items())]
        rows.append(Row({"counts": listed}, rows[0].evidence))
    if problem:
        return Reading(tuple(rows), Outcome.UNPARSED, problem)
    if not rows and options.get("denied_if_empty"):
        return Reading((), Outcome.DENIED, "nothing is visible to this account, or there is nothing")
    proof = str(options.get("proof", "")).lower()
    if proof and not any(proof in row.values for row in rows):
        return Reading(tuple(rows), Outcome.UNPARSED, f"no entry has {options['proof']}")
    return Reading(tuple(rows))


def parse_ldif(body: bytes) -> Ldif:
    """A page of LDIF. It never raises: what is not LDIF counts as damaged."""
    page = Ldif()
    entry: dict[str, list[bytes]] = {}
    for line in _unfolded(body.decode("utf-8", "surrogateescape")):
        if not line.strip():
            _close(page, entry)
            entry = {}
        elif line.startswith("#"):
            said = _RESULT.match(line)
            if said:
                page.result, page.said = int(said[1]), said[2].strip()
            elif noted := _CONNECTION.match(line):
                page.connection = dict(word.split("=", 1) for word in noted[1].split() if "=" in word)
        elif line.lower().startswith("version:") and not entry:
            continue
        else:
            _attribute(page, entry, line)
    _close(page, entry)
    return page


def _unfolded(text: str) -> Iterator[str]:
    """Logical lines: one that begins with a blank goes on with the line before."""
    held: str | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.startswith(" ") and held is not None:
            held += line[1:]
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _attribute(page: Ldif, entry: dict[str, list[bytes]], line: str) -> None:
    name, colon, value = line.partition(":")
    name = name.partition(";")[0].strip().lower()
    if not colon or not _NAME.fullmatch(name) or (not entry and name != "dn"):
        page.damaged += 1
        return
    if value.startswith(":"):
        try:
            raw = base64.b64decode(value[1:].strip().encode("ascii"), validate=True)
        except (binascii.Error, ValueError):
            page.damaged += 1
            return
    elif value.startswith("<"):  # a reference to a file: never followed
        page.damaged += 1
        return
    else:
        raw = value.lstrip(" ").encode("utf-8", "surrogateescape")
    entry.setdefault(sys.intern(name), []).append(raw)


def _close(page: Ldif, entry: dict[str, list[bytes]]) -> None:
    if entry:
        page.entries.append(entry)


class _Shape:
    """How the entries of one request become rows."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = options
        self._shown: dict[str, Callable[[bytes], str]] = {str(name).lower(): sid for name in options.get("sids", ())}
        self._shown |= {str(name).lower(): name_server for name in options.get("name_servers", ())}
        self._shown |= {str(name).lower(): integer for name in options.get("integers", ())}
        self._single = frozenset(str(name).lower() for name in options.get("single", ()))
        self._bits = [(n, str(b["of"]).lower(), int(b["mask"])) for n, b in options.get("bits", {}).items()]
        self._flags = [(n, str(f["of"]).lower(), f["names"]) for n, f in options.get("flags", {}).items()]
        self._parts = [
            (n, str(p["of"]).lower(), re.compile(p["pattern"]), p.get("each", False))
            for n, p in options.get("parts", {}).items()
        ]
        self._classes = [(n, frozenset(c.lower() for c in named)) for n, named in options.get("classes", {}).items()]
        self._lists: dict[tuple[str, ...], list[str]] = {}

    def row(self, entry: Mapping[str, list[bytes]]) -> dict[str, Any]:
        values: dict[str, Any] = {name: self._value(name, raw) for name, raw in entry.items() if name != "dn"}
        dn = values["dn"] = _text(entry["dn"][0])
        values["rdn"] = _rdn(dn)
        if "domain_of" in self._options:
            values["domain"] = _domain(_one(values, str(self._options["domain_of"])))
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
        return values

    def _value(self, name: str, raw: Sequence[bytes]) -> Any:
        show = self._shown.get(name, _text)
        if name in self._single:
            return sys.intern(show(raw[0]))
        texts = tuple(sys.intern(text) for value in raw if (text := show(value)))
        return self._lists.setdefault(texts, list(texts))


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


def _rdn(dn: str) -> str:
    """The value of a name's first part, with its escapes taken out (RFC 4514)."""
    found = re.match(r"[^=]+=((?:\\.|[^,\\])*)", dn)
    return re.sub(r"\\(.)", r"\1", found[1]).strip() if found else dn


def _has(rows: Sequence[dict[str, Any]], wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Whether each entry has something, where any entry shows that it may be seen."""
    looks = []
    for name, look in wanted.items():
        parted = [described.partition("=") for described in look["any"]]
        named = [(attribute.lower(), value) for attribute, _, value in parted]
        visible = any(attribute in row for row in rows for attribute, _ in named)
        looks.append((name, named, visible, look.get("class")))
    for row in rows:
        row |= {
            name: any(attribute in row and _fits(row[attribute], value) for attribute, value in named)
            if visible and only in (None, row.get("class"))
            else None
            for name, named, visible, only in looks
        }


def _fits(found: str | Sequence[str], value: str) -> bool:
    return not value or value in ((found,) if isinstance(found, str) else found)


def _beside(rows: Sequence[dict[str, Any]], entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Attributes of entries that stand beside a row, found by their names."""
    if not entries:
        return
    by_dn = {row["dn"].lower(): row for row in rows}
    for row in rows:
        texts = {name: value for name, value in row.items() if isinstance(value, str)}
        for name, entry in entries.items():
            other = by_dn.get(_filled(str(entry["dn"]), texts).lower())
            row[name] = other.get(str(entry["value"]).lower()) if other else None


def _filled(pattern: str, texts: Mapping[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: texts.get(found[1], "\0"), pattern)


def _named_by(rows: Sequence[dict[str, Any]], wanted: Mapping[str, str]) -> None:
    """The entries that name a row in one of their attributes; unknown where no entry shows that attribute."""
    for name, attribute in wanted.items():
        lists = [(row["rdn"], {v.lower() for v in row[attribute.lower()]}) for row in rows if attribute.lower() in row]
        for row in rows:
            own = {row["dn"].lower(), row["rdn"].lower()}
            row[name] = sorted(rdn for rdn, listed in lists if own & listed) if lists else None


def _one(values: Mapping[str, Any], name: str) -> str:
    """An attribute's first value, or a text as it is; empty where there is none."""
    found = values.get(name.lower())
    return found if isinstance(found, str) else next(iter(found or ()), "")


def _domain(dn: str) -> str | None:
    parts = re.findall(r"(?:^|,)\s*dc=([^,]+)", dn, re.IGNORECASE)
    return ".".join(parts).lower() or None


def name_server(raw: bytes) -> str:
    """The name in a DNS record of type NS; empty for any other."""
    if len(raw) < 26 or int.from_bytes(raw[2:4], "little") != 2:
        return ""
    labels, position = [], 26
    while position < len(raw) and raw[position]:
        labels.append(raw[position + 1 : position + 1 + raw[position]].decode("ascii", "replace"))
        position += 1 + raw[position]
    return ".".join(labels).lower()


def _number(values: Mapping[str, Any], name: str) -> int | None:
    try:
        return int(_one(values, name))
    except ValueError:
        return None
