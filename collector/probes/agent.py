"""Requests that tell what an SNMP agent is, made from tables that say where a kind of device keeps what.

In a probe file::

    [[detect.other]]
    name = "acme_x"                              # unique; what `for` and requests call it
    sysobjectid = ["1.3.6.1.4.1.99999.1"]
    has = ["1.3.6.1.4.1.99999.7.1"]              # the agent has something at or below these: for agents that many makers share
    [detect.other.read]                          # of each field the first source that has something; read from every device
                                                 # of the entry's platform, whoever detected it
    model = ["1.3.6.1.4.1.99999.1.2.0", "1.3.6.1.2.1.47.1.1.1.1.13"]
    version = [{ oid = "1.3.6.1.4.1.99999.1.3.0", pattern = 'v(?P<version>\\S+)' }]
    serial = ["1.3.6.1.4.1.99999.1.4.0"]

    [[identity]]                                 # the same for devices that another file detects
    name = "acme_old"
    for = ["acme_switch", "Acme"]
    serial = ["1.3.6.1.4.1.99999.9.4.0"]

A source is an OID (a scalar, or a column: the first row that has something), one of the names ``sysDescr``, ``sysObjectID``,
``sysName``, or a table, see ``collector.parse.identity``. Where each model has a tree of its own, an OID may begin with
``{sysObjectID}``, which stands for what the agent says there, or with ``{sysObjectID-1}``, the same without its last number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from collector.errors import DefinitionError

#: Fields of the `device` fact that a table may say where to read.
FIELDS = ("vendor", "os", "model", "version", "serial", "hostname")
#: SNMPv2-MIB (RFC 3418), by the names that sources may use.
SYSTEM = {
    "sysDescr": "1.3.6.1.2.1.1.1.0",
    "sysObjectID": "1.3.6.1.2.1.1.2.0",
    "sysName": "1.3.6.1.2.1.1.5.0",
}
_SOURCE = {"oid", "oids", "hint", "pattern", "values", "except", "unlike", "where", "is", "format"}


def agent_requests(where: str, table: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Request tables for the ``has`` and ``read`` of a probe file's entries and for its ``[[identity]]`` tables."""
    for entry in table.get("detect", {}).get("other", []):
        name = entry.get("name", "")
        if ("has" in entry or "read" in entry) and not name:
            raise DefinitionError(f"{where}: an entry with `has` or `read` has no `name`", "give it one")
        if "has" in entry:
            yield _hint(name, entry["has"])
        if "read" in entry:
            labels = [name, *([entry["platform"]] if entry.get("platform") else [])]
            yield _identity(where, name, labels, entry["read"])
    for entry in table.get("identity", []):
        fields = {key: value for key, value in entry.items() if key not in ("name", "for")}
        yield _identity(where, entry.get("name", ""), entry.get("for", []), fields)


def _hint(name: str, has: list[Any]) -> dict[str, Any]:
    oids = [entry if isinstance(entry, str) else entry["oid"] for entry in has]
    return {"name": f"hint_{name}", "send": oids, "reader": "identity", "hints": name}


def _identity(where: str, name: str, labels: list[str], fields: Mapping[str, Any]) -> dict[str, Any]:
    strange = sorted(set(fields) - {*FIELDS, "any"})
    if strange or not name or not labels:
        raise DefinitionError(
            f"{where}: identity {name!r}: {'unknown field ' + ', '.join(strange) if strange else 'no `name` or `for`'}",
            "it reads " + ", ".join(FIELDS) + " and `any`",
        )
    for field, entries in fields.items():
        for entry in entries:
            if isinstance(entry, Mapping) and set(entry) - _SOURCE:
                raise DefinitionError(
                    f"{where}: identity {name!r}: {field}: {entry}", "use " + ", ".join(sorted(_SOURCE))
                )
    return {
        "name": f"identity_{name}",
        "send": list(dict.fromkeys(oid for entries in fields.values() for entry in entries for oid in oids_of(entry))),
        "reader": "identity",
        "reader_options": dict(fields),
        "for": labels,
        "feed": [{"kind": "device", "fields": {field: field for field in FIELDS}}],
    }


def oids_of(source: str | Mapping[str, Any]) -> list[str]:
    """What has to be read for a source."""
    named = (
        [source]
        if isinstance(source, str)
        else [
            *source.get("oids", ()),
            *([source["oid"]] if isinstance(source.get("oid"), str) else source.get("oid", ())),
            *(source[key] for key in ("where", "unlike") if key in source),
        ]
    )
    own = [SYSTEM["sysObjectID"]] if any("{" in oid for oid in named) else []
    return own + [SYSTEM.get(oid, oid) for oid in named]


def placed(oid: str, number: str | None) -> str | None:
    """An OID of a source with the agent's own sysObjectID in its place; ``None`` where the agent has none."""
    if "{" not in oid:
        return oid
    if not number or "." not in number:
        return None
    return oid.replace("{sysObjectID}", number).replace("{sysObjectID-1}", number.rpartition(".")[0])
