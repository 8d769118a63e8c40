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
                                            # last objectClass, which is the most special one (MS-ADTS 3.1.1.1.4); only where
                                            # all pages are there
    sids = ["objectSid"]                    # binary SIDs as `S-1-...`
    integers = ["pKIExpirationPeriod"]      # 8 octets, the lowest first, as a number
    name_servers = ["dnsRecord"]            # DNS records as the names that their NS ones hold (MS-DNSP 2.3.2.2)
    members = ["S-1-5-32-544", "-512"]      # `groups` and `in_groups` of each entry, see collector.parse.membership
    proof = "objectClass"                   # an empty result counts as zero only with an entry of this request that has it
    denied_if_empty = true                  # no entry at all means that the account may not see them

The last line of a page, ``# result: CODE TEXT``, is what the search said: 0 proves that these are all, unless the page says
``# more pages follow``. Values that are not UTF-8
are shown as ``0x`` and hex.
"""

from __future__ import annotations

import base64
import binascii
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from collector.model import Capture, Outcome
from collector.parse.entries import Entries
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
    more: bool = False
    damaged: int = 0


def read_ldif(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """The entries of all pages. Without the search's good result at the end of each, they may not be all: ``unparsed``."""
    options = request.reader_options
    entries = Entries(options)
    problem = ""
    page = Ldif()
    for capture in captures:
        page = parse_ldif(capture.body or b"")
        entries.add(page.entries, capture.evidence, page.connection)
        if page.damaged:
            problem = problem or f"{page.damaged} damaged lines"
        elif page.result is None:
            problem = problem or f"page {capture.page + 1} ends without the search's result"
        elif page.result != 0:
            problem = problem or f"the search ended with result {page.result} {page.said}".strip()
    if page.more:
        problem = problem or f"the pages after page {captures[-1].page + 1} are missing"
    entries.close(whole=not problem)
    rows: Sequence[Row] = entries if len(entries) else ()
    if problem:
        return Reading(rows, Outcome.UNPARSED, problem)
    if not rows and options.get("denied_if_empty"):
        return Reading((), Outcome.DENIED, "nothing is visible to this account, or there is nothing")
    if "proof" in options and not entries.shows(str(options["proof"]).lower()):
        return Reading(rows, Outcome.UNPARSED, f"no entry has {options['proof']}")
    return Reading(rows)


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
            elif line.strip() == "# more pages follow":
                page.more = True
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
