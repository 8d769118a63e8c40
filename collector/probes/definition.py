"""A probe as its TOML file says it.

A file is one probe: one platform over one transport. ``probes/FOLDER/NAME.toml``::

    probe = "acme_switch"           # unique; what captures are marked with
    platform = "acme_switch"        # "*" for a probe that any platform answers (generic SNMP)
    transport = "ssh"
    family = "switch"
    version = "1"                   # goes up when the meaning of its facts changes
    extends = "acme_base"           # take that probe's session, guard and requests; own entries win by name
    part_of = "generic_snmp"        # instead of being asked by itself: its requests belong to that probe, and are sent to
                                    # devices only that its [[detect.other]] entries know (or that `for` names);
                                    # to all of them where it has no such entries

    [device]                        # what is known of every such device: fills the `device` fact's gaps
    vendor = "Acme"
    os = "AcmeOS"

    [detect]                        # what gives the platform away (see collector.identify)
    [session]                       # how to talk: read by the transport's session
    [guard]                         # allow = [regular expressions of what may be sent]
    [redact]                        # patterns = [regular expressions; what their groups hold is a secret]
                                    # hash = [names of JSON members whose values are kept as pseudonyms only]
    [drift]                         # ignore = [regular expressions of configuration lines that change without meaning]

    [[request]]
    name = "show_version"           # unique in the probe; the stem of its capture's file
    send = "show version"           # the command, the URL path, the LDAP filter, or the list of OIDs
    hash = ["mac"]                  # as in [redact], for this request's replies alone
    collect = true                  # false: a scan doesn't ask for it, but its recorded replies are read
    for = ["acme_x", "Acme"]        # only devices detected so: an entry's name, a platform, an os or a vendor
    except = ["acme_x"]             # no devices detected so: what they are rules out that they have it
    instead_of = "version_json"     # sent only where that request, which stands above, was asked and could not be read
    reader = "textfsm"              # which parser family turns captures into rows
    [request.reader_options]        # what that family wants to know
    [[request.feed]]                # rows into facts of one kind
    kind = "device"
    key = ""                        # a format of the row's mapped fields: "{name}"
    adds = "rows"                   # "rows": a whole source; "part": all parts together are one; "fields": only fills gaps;
                                    # "else": a whole source that is used only where no other one could be read
    where = "os != null"            # JMESPath on the row; the row is left out unless it is true
    distinct = "serial"             # rows of one key that differ in this field ("*": all rows) are things of their own
    [request.feed.fields]
    version = "version"             # JMESPath on the row
    uptime_s = { from = "uptime", as = "duration_s" }      # a converter of collector.parse.convert
    oper_up = { from = "link", values = { up = true, down = false } }
    vendor = { value = "Acme" }     # a constant
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from collector.errors import DefinitionError
from collector.facts.kinds import kinds
from collector.model import Transport
from collector.probes.agent import agent_requests


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How one field is read from a row: ``source`` (JMESPath) or a constant, then a converter or a value table.

    A value that the table does not name is not known (``None``), unless the table has a ``"*"``.
    """

    source: str = ""
    convert: str = ""
    values: Mapping[str, Any] | None = None
    constant: Any = None


@dataclass(frozen=True, slots=True)
class Feed:
    """Rows of one request into facts of one kind."""

    kind: str
    key: str
    fields: Mapping[str, FieldMap]
    where: str = ""
    rows: str = ""
    adds: str = "rows"
    distinct: str = ""


@dataclass(frozen=True, slots=True)
class RequestDef:
    """One thing that a probe asks.

    ``serves`` are the labels (see ``collector.probes.detection``) of the devices that it is for, empty for all of them;
    ``spares`` those of the devices that cannot have an answer;
    ``hints`` is the name of the detection entry that needs the answer to fit or not; ``hashed`` are JSON members of this
    request's replies whose values are kept as pseudonyms only; ``instead_of`` is the request that this one stands in for,
    where that one cannot be read.
    """

    name: str
    send: tuple[str, ...]
    reader: str
    feeds: tuple[Feed, ...]
    verb: str = ""
    reader_options: Mapping[str, Any] = field(default_factory=dict)
    send_options: Mapping[str, Any] = field(default_factory=dict)
    collect: bool = True
    serves: tuple[str, ...] = ()
    spares: tuple[str, ...] = ()
    hints: str = ""
    hashed: tuple[str, ...] = ()
    instead_of: str = ""

    @property
    def conditional(self) -> bool:
        """Whether it depends on what the device is."""
        return bool(self.serves or self.hints)

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(feed.kind for feed in self.feeds))


@dataclass(frozen=True, slots=True)
class ProbeDef:
    """A platform over one transport, as data."""

    name: str
    platform: str
    transport: Transport
    family: str
    version: str
    requests: tuple[RequestDef, ...]
    device: Mapping[str, Any] = field(default_factory=dict)
    detect: Mapping[str, Any] = field(default_factory=dict)
    session: Mapping[str, Any] = field(default_factory=dict)
    allow: tuple[re.Pattern[str], ...] = ()
    redact: tuple[re.Pattern[str], ...] = ()
    hashed: tuple[str, ...] = ()
    volatile: tuple[re.Pattern[str], ...] = ()
    file: Path = Path()

    def request(self, name: str) -> RequestDef:
        found = next((r for r in self.requests if r.name == name), None)
        if found is None:
            raise DefinitionError(
                f"probe {self.name} has no request {name!r}",
                "it has " + ", ".join(r.name for r in self.requests),
            )
        return found

    @property
    def collected(self) -> tuple[RequestDef, ...]:
        """The requests that a scan makes. The others only say how to read replies that people have saved."""
        return tuple(request for request in self.requests if request.collect)

    @property
    def always(self) -> tuple[RequestDef, ...]:
        """The requests that a scan makes of every such device."""
        return tuple(request for request in self.collected if not request.conditional)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The fact kinds that a scan yields."""
        return tuple(dict.fromkeys(kind for request in self.collected for kind in request.kinds))


_VERBS = {Transport.SSH: "show", Transport.SNMP: "GETBULK", Transport.LDAP: "search", Transport.HTTP: "GET"}
_TOP = {
    "probe",
    "platform",
    "transport",
    "family",
    "version",
    "extends",
    "part_of",
    "identity",
    "drop",
    "device",
    "detect",
    "session",
    "guard",
    "redact",
    "drift",
    "request",
}
_REQUEST = {
    "name",
    "send",
    "verb",
    "reader",
    "reader_options",
    "send_options",
    "collect",
    "for",
    "except",
    "hints",
    "hash",
    "instead_of",
    "feed",
}
_FEED = {"kind", "key", "adds", "where", "rows", "distinct", "fields"}
_FIELD = {"from", "as", "values", "value"}


def load_probes(folders: list[Path]) -> dict[str, ProbeDef]:
    """Every probe under the folders by name, with ``extends`` resolved. A name that two files use is an error."""
    tables: dict[str, tuple[Path, dict[str, Any]]] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.toml")):
            table = _read(path)
            name = table.get("probe", "")
            if not name:
                raise DefinitionError(f"{path}: no `probe`", "give the probe its name on the first line")
            if name in tables:
                raise DefinitionError(f"{path}: probe {name!r} is defined in {tables[name][0]} too", "rename one")
            tables[name] = (path, table)
    done: dict[str, ProbeDef] = {}
    for name in tables:
        _resolve(name, tables, done, ())
    return _together(done, {name: table["part_of"] for name, (_, table) in tables.items() if "part_of" in table})


def _together(probes: dict[str, ProbeDef], parts: Mapping[str, str]) -> dict[str, ProbeDef]:
    """Parts hand their requests to the probe that they belong to; what tells devices apart stays with them."""
    for name in sorted(parts):
        part, whole = probes[name], probes.get(parts[name])
        if whole is None:
            continue  # only some of the files were loaded
        taken = {r.name for r in whole.requests} & {r.name for r in part.requests}
        if taken:
            raise DefinitionError(f"{part.file}: {whole.name} has a request {min(taken)!r} already", "rename it")
        probes[whole.name] = replace(
            whole,
            requests=whole.requests + part.requests,
            redact=whole.redact + part.redact,
            hashed=whole.hashed + part.hashed,
        )
        probes[name] = replace(part, requests=())
    return probes


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionError(f"{path}: {error}", "mend the TOML") from error


def _resolve(
    name: str,
    tables: dict[str, tuple[Path, dict[str, Any]]],
    done: dict[str, ProbeDef],
    above: tuple[str, ...],
) -> ProbeDef:
    if name in done:
        return done[name]
    if name in above or name not in tables:
        raise DefinitionError(f"probe {above[-1]!r}: extends {name!r}", "name a probe that exists and no circle")
    path, table = tables[name]
    own = _probe(path, table)
    parent = table.get("extends")
    done[name] = _extend(own, _resolve(parent, tables, done, (*above, name)), table) if parent else own
    _stand_ins(done[name])
    return done[name]


def _stand_ins(probe: ProbeDef) -> None:
    """What a request stands in for has been asked before it."""
    asked: set[str] = set()
    for request in probe.requests:
        if request.instead_of and request.collect and request.instead_of not in asked:
            raise DefinitionError(
                f"{probe.file}: request {request.name!r}: instead_of = {request.instead_of!r}",
                "name a request that stands above it and is collected",
            )
        if request.collect:
            asked.add(request.name)


def _extend(own: ProbeDef, parent: ProbeDef, table: dict[str, Any]) -> ProbeDef:
    """Own requests replace the parent's of the same name; ``drop`` names those not to take over."""
    mine = {r.name: r for r in own.requests}
    dropped = set(table.get("drop", ()))
    kept = tuple(mine.pop(r.name, r) for r in parent.requests if r.name not in dropped)
    return replace(
        own,
        requests=kept + tuple(mine.values()),
        device={**parent.device, **own.device},
        session={**parent.session, **own.session},
        allow=parent.allow + own.allow,
        redact=parent.redact + own.redact,
        hashed=parent.hashed + own.hashed,
        volatile=parent.volatile + own.volatile,
    )


def _probe(path: Path, table: dict[str, Any]) -> ProbeDef:
    where = str(path)
    _known(where, table, _TOP)
    try:
        transport = Transport(table["transport"])
        return ProbeDef(
            name=table["probe"],
            platform=table["platform"],
            transport=transport,
            family=table["family"],
            version=str(table["version"]),
            requests=tuple(
                _request(f"{where}: request {i + 1}", r, transport, _tells(table) and table["probe"])
                for i, r in enumerate([*table.get("request", []), *agent_requests(where, table)])
            ),
            device=table.get("device", {}),
            detect=table.get("detect", {}),
            session=table.get("session", {}),
            allow=tuple(_pattern(where, p) for p in table.get("guard", {}).get("allow", [])),
            redact=tuple(_pattern(where, p) for p in table.get("redact", {}).get("patterns", [])),
            hashed=tuple(table.get("redact", {}).get("hash", [])),
            volatile=tuple(_pattern(where, p) for p in table.get("drift", {}).get("ignore", [])),
            file=path,
        )
    except KeyError as error:
        raise DefinitionError(f"{where}: no {error.args[0]!r}", "every probe and request needs it") from error


def _tells(table: Mapping[str, Any]) -> bool:
    """Whether a file is a part that knows devices: its requests are for those. Others are for everyone."""
    return "part_of" in table and bool(table.get("detect"))


def _request(where: str, table: dict[str, Any], transport: Transport, part: str | bool = False) -> RequestDef:
    _known(where, table, _REQUEST)
    where = f"{where} ({table['name']})"
    send = table["send"]
    return RequestDef(
        name=table["name"],
        send=(send,) if isinstance(send, str) else tuple(send),
        verb=table.get("verb", _VERBS[transport]),
        reader=table["reader"],
        reader_options=table.get("reader_options", {}),
        send_options=table.get("send_options", {}),
        feeds=tuple(_feed(where, f) for f in table.get("feed", [])),
        collect=_flag(where, table.get("collect", True)),
        serves=() if "hints" in table else tuple(table.get("for", [part] if part else [])),
        spares=tuple(table.get("except", ())),
        hints=table.get("hints", ""),
        hashed=tuple(table.get("hash", ())),
        instead_of=table.get("instead_of", ""),
    )


def _flag(where: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise DefinitionError(f"{where}: collect = {value!r}", "write true or false")
    return value


def _feed(where: str, table: dict[str, Any]) -> Feed:
    _known(where, table, _FEED)
    kind = kinds().get(table["kind"])
    if kind is None:
        raise DefinitionError(f"{where}: unknown fact kind {table['kind']!r}", "see docs/facts.md")
    fields = {name: _field(f"{where}: {kind.name}.{name}", entry) for name, entry in table.get("fields", {}).items()}
    strange = set(fields) - set(kind.fields) - {f for f in fields if f.startswith("_")}
    if strange:
        raise DefinitionError(
            f"{where}: {kind.name} has no field {', '.join(sorted(strange))}",
            "it has " + ", ".join(kind.fields),
        )
    adds = table.get("adds", "rows")
    if adds not in ("rows", "part", "fields", "else"):
        raise DefinitionError(f"{where}: adds = {adds!r}", 'write "rows", "part", "fields" or "else"')
    distinct = table.get("distinct", "")
    if distinct not in ("", "*", *fields):
        raise DefinitionError(f"{where}: distinct = {distinct!r}", "name one of the feed's fields, or `*`")
    return Feed(kind.name, table.get("key", ""), fields, table.get("where", ""), table.get("rows", ""), adds, distinct)


def _field(where: str, entry: str | dict[str, Any]) -> FieldMap:
    if isinstance(entry, str):
        return FieldMap(source=entry)
    _known(where, entry, _FIELD)
    return FieldMap(entry.get("from", ""), entry.get("as", ""), entry.get("values"), entry.get("value"))


def _pattern(where: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text, re.MULTILINE)
    except re.error as error:
        raise DefinitionError(f"{where}: {text!r}: {error}", "mend the regular expression") from error


def _known(where: str, table: Mapping[str, Any], allowed: set[str]) -> None:
    strange = sorted(set(table) - allowed)
    if strange:
        raise DefinitionError(f"{where}: unknown key {', '.join(strange)}", "allowed: " + ", ".join(sorted(allowed)))
