"""The reader of LDAP replies: LDIF (RFC 2849) into one row an entry.

A row has the entry's attributes by their lower-cased names without options, each a list of texts; ``dn``, a text; and what
``[request.reader_options]`` adds::

    domain_of = "dn"                        # the DNS name that the DC parts of a name spell, as `domain` (RFC 2247)
    parts.NAME = { of = "dn", pattern = "CN=Servers,CN=([^,]+)" }   # the first group of a pattern in a text
    bits.NAME = { of = "userAccountControl", mask = 2 }             # whether a bit is set; unknown where the attribute is absent
    beside.NAME = { dn = "CN=Below,{dn}", value = "options" }       # an attribute of another entry of this request
    sids = ["objectSid"]                    # binary SIDs as `S-1-...`
    name_servers = ["dnsRecord"]            # DNS records as the names that their NS ones hold (MS-DNSP 2.3.2.2)
    members = ["S-1-5-32-544", "-512"]      # `groups` and `in_groups` of each entry, see collector.parse.membership
    proof = "objectClass"                   # an empty result counts as zero only with an entry of this request that has it
    denied_if_empty = true                  # no entry at all means that the account may not see them

Each row has ``rdn`` besides, the value of the first part of its name. The last line of a page, ``# result: CODE TEXT``, is
what the search said: 0 proves that these are all. Values that are not UTF-8 are shown as ``0x`` and hex.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collector.model import Capture, Outcome
from collector.parse.membership import mark_members
from collector.parse.reading import Reading, Row
from collector.probes.definition import ProbeDef, RequestDef

_RESULT = re.compile(r"# result: (\d{1,5})\b ?(.*)")


@dataclass(slots=True)
class Ldif:
    """A page: entries as name and raw values, the search's result, and how many lines could not be read."""

    entries: list[dict[str, list[bytes]]] = field(default_factory=list)
    result: int | None = None
    said: str = ""
    damaged: int = 0


def read_ldif(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """The entries of all pages. Without the search's good result at the end of each, they may not be all: ``unparsed``."""
    options = request.reader_options
    found: list[tuple[dict[str, Any], str]] = []
    problem = ""
    for capture in captures:
        page = parse_ldif(capture.body or b"")
        found += ((_row(entry, options), capture.evidence) for entry in page.entries)
        if page.damaged:
            problem = problem or f"{page.damaged} damaged lines"
        elif page.result is None:
            problem = problem or f"page {capture.page + 1} ends without the search's result"
        elif page.result != 0:
            problem = problem or f"the search ended with result {page.result} {page.said}".strip()
    values = [row for row, _ in found]
    if "members" in options:
        mark_members(values, options["members"])
    _beside(values, options.get("beside", {}))
    rows = [Row(row, evidence) for row, evidence in found]
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
    if not colon or not re.fullmatch(r"[a-z0-9][a-z0-9.-]*", name) or (not entry and name != "dn"):
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
    entry.setdefault(name, []).append(raw)


def _close(page: Ldif, entry: dict[str, list[bytes]]) -> None:
    if entry:
        page.entries.append(entry)


def _row(entry: Mapping[str, list[bytes]], options: Mapping[str, Any]) -> dict[str, Any]:
    shown: dict[str, Callable[[bytes], str]] = {}
    shown |= {str(name).lower(): sid for name in options.get("sids", ())}
    shown |= {str(name).lower(): name_server for name in options.get("name_servers", ())}
    values: dict[str, Any] = {
        name: [text for v in raw if (text := shown.get(name, _text)(v))] for name, raw in entry.items() if name != "dn"
    }
    values["dn"] = _text(entry["dn"][0])
    values["rdn"] = _rdn(values["dn"])
    if "domain_of" in options:
        values["domain"] = _domain(_one(values, str(options["domain_of"])))
    for name, part in options.get("parts", {}).items():
        values[name] = _part(values, part)
    for name, bit in options.get("bits", {}).items():
        values[name] = _bit(values.get(str(bit["of"]).lower()), int(bit["mask"]))
    return values


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


def _rdn(dn: str) -> str:
    """The value of a name's first part, with its escapes taken out (RFC 4514)."""
    found = re.match(r"[^=]+=((?:\\.|[^,\\])*)", dn)
    return re.sub(r"\\(.)", r"\1", found[1]).strip() if found else dn


def _beside(rows: Sequence[dict[str, Any]], entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Attributes of entries that stand beside a row, found by their names."""
    if not entries:
        return
    by_dn = {row["dn"].lower(): row for row in rows}
    for row in rows:
        for name, entry in entries.items():
            other = by_dn.get(str(entry["dn"]).replace("{dn}", row["dn"]).lower())
            row[name] = other.get(str(entry["value"]).lower()) if other else None


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


def _part(values: Mapping[str, Any], part: Mapping[str, Any]) -> str | None:
    match = re.search(part["pattern"], _one(values, str(part["of"])))
    return match[1] if match else None


def _bit(found: Sequence[str] | None, mask: int) -> bool | None:
    if not found:
        return None
    try:
        return bool(int(found[0]) & mask)
    except ValueError:
        return None
