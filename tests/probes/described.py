"""What a vendor's description of an API says, in a form of our own, and what a probe reads of it.

``api/PRODUCT.toml``::

    source = "where it was taken from, with its version"
    [operation."GET /api/sites/{id}/devices"]
    parameters = ["limit", "page"]
    [operation."GET /api/sites/{id}/devices".fields]
    "results[].name" = "string"
    "results[].state" = "connected|disconnected"

Types: string, id, mac, integer, number, boolean, date-time, date, epoch, epoch-ms, an enumeration ``a|b``, and ``object`` or ``array`` for
what is read no deeper. A field that the description does not promise (not required) may be absent from any reply.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jmespath

from collector.model import Transport
from collector.probes.definition import ProbeDef, RequestDef

FOLDER = Path(__file__).with_name("api")
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of an API: the query's names, and the type of each field of its reply."""

    parameters: frozenset[str]
    fields: Mapping[str, str]


@cache
def operations(product: str) -> dict[str, Operation]:
    """By verb and path, whose variable parts are ``{}``."""
    table = tomllib.loads((FOLDER / f"{product}.toml").read_text())["operation"]
    return {
        anonymous(name): Operation(frozenset(entry.get("parameters", ())), entry.get("fields", {}))
        for name, entry in table.items()
    }


def anonymous(path: str) -> str:
    return re.sub(r"\{[^{}]*\}", "{}", path.partition("?")[0])


def described(known: Mapping[str, ProbeDef]) -> list[ProbeDef]:
    """The probes whose API somebody has described."""
    return [p for p in known.values() if p.transport is Transport.HTTP and (FOLDER / f"{p.name}.toml").is_file()]


# What a probe reads


def named(expression: str, base: Path_) -> set[Path_]:
    """The fields that a JMESPath names, below ``base``."""
    used: set[Path_] = set()
    _visit(jmespath.compile(expression).parsed, base, used)
    return used


def place(expression: str, base: Path_ = ()) -> Path_:
    """Where the value of a JMESPath stands; the items of a list for one that gives a list."""
    found = _visit(jmespath.compile(expression).parsed, base, set())
    return found if found is not None else base


def _visit(node: Any, base: Path_ | None, used: set[Path_]) -> Path_ | None:
    kind, children = node["type"], node["children"]
    if kind == "field":
        if base is None:
            return None
        found = (*base, node["value"])
        used.add(found)
        return found
    if kind in ("subexpression", "index_expression", "pipe"):
        for child in children:
            base = _visit(child, base, used)
        return base
    if kind in ("identity", "current"):
        return base
    if kind in ("index", "slice"):
        return _items(base)
    if kind == "flatten":
        return _visit(children[0], base, used)
    if kind in ("projection", "filter_projection", "value_projection"):
        items = _items(_visit(children[0], base, used)) if kind != "value_projection" else None
        for child in children[2:]:
            _visit(child, items, used)
        return _visit(children[1], items, used)
    if kind == "function_expression":
        paths = [_visit(child, base, used) for child in children if child["type"] != "expref"]
        first = next((p for p in paths if p is not None), None)
        for child in children:
            if child["type"] == "expref":
                _visit(child["children"][0], _items(first), used)
        return first
    found = [_visit(child, base, used) for child in children]
    return next((p for p in found if p is not None), None) if kind in ("or_expression", "and_expression") else None


def _items(path: Path_ | None) -> Path_ | None:
    return None if path is None else (*path, "[]")


def spelled(path: Path_) -> str:
    return ".".join(path).replace(".[]", "[]")


def reads(probe: ProbeDef, request: RequestDef) -> Iterator[tuple[str, Path_]]:
    """The operation and the field of each value that is read of a request's replies."""
    own, options = f"{request.verb} {anonymous(request.send[0])}", request.reader_options
    top = place(str(options.get("rows", "@")))
    item = top if _is_object(own, probe, top) else (*top, "[]")
    yield from ((own, path) for path in named(str(options.get("rows", "@")), ()))
    made = {"each", "outer", *options.get("lookups", {}), *options.get("parts", {}), *options.get("defaults", {})}
    made |= set(options.get("group", {}).get("counts", {}))
    made |= set(_aliases(str(options.get("rows", "")), ()))
    texts = [part["of"] for part in options.get("parts", {}).values()]
    for entry in options.get("lookups", {}).values():
        texts.append(entry["by"])
        other = f"{request.verb} {anonymous(entry['page'])}"
        rows = (*place(entry["rows"]), "[]") if entry["rows"] != "[@]" else ()
        found = named(entry["rows"], ()) | named(entry["on"], rows) | named(entry.get("value", "@"), rows)
        yield from ((other, path) for path in found)
    group = options.get("group", {})
    texts += [
        *group.get("by", ()),
        *([group["newest"]] if group else ()),
        *(path for paths in group.get("counts", {}).values() for path in paths),
    ]
    for feed in request.feeds:
        inner, other = item, _aliases(feed.rows, item)
        if feed.rows:
            texts.append(feed.rows)
            inner = (*place(feed.rows, item), "[]")
        for text in (feed.where, *(f.source for f in feed.fields.values())):
            if text and other:
                found = {p for path in named(text, ()) for p in ((*above, *path[1:]) for above in other[path[0]])}
                yield from _own(own, found, item, made)
            elif text:
                yield from _own(own, named(text, inner), item, made)
    for text in texts:
        yield from _own(own, named(text, item), item, made)
    paging = request.send_options.get("paging", {})
    for name in ("items", "total", "next", "more"):
        text = str(paging.get(name, ""))
        if text and not text.startswith("header:"):
            yield from ((own, path) for path in named(text, ()))
    each = request.send_options.get("each")
    if each:
        source = probe.request(str(each["request"]))
        yield from ((f"{source.verb} {anonymous(source.send[0])}", path) for path in named(str(each["at"]), ()))


def _aliases(expression: str, base: Path_) -> dict[str, set[Path_]]:
    """The names that ``[{name: path, ...}, ...]`` gives to fields of a row; empty for another expression."""
    found: dict[str, set[Path_]] = {}

    def look(node: Any) -> None:
        for child in node["children"]:
            look(child)
        if node["type"] == "key_val_pair":
            [value] = node["children"]
            path = _visit(value, base, set())
            found.setdefault(node["value"], set()).update({path} if path else ())

    if "{" in expression:
        look(jmespath.compile(expression).parsed)
    return found


def _own(own: str, paths: set[Path_], item: Path_, made: set[str]) -> Iterator[tuple[str, Path_]]:
    yield from ((own, path) for path in paths if path[: len(item)] != item or path[len(item)] not in made)


def _is_object(operation: str, probe: ProbeDef, top: Path_) -> bool:
    """Whether the rows' place is one object, which is then the only row."""
    fields = operations(probe.name)[operation].fields
    return not any(name.startswith((spelled((*top, "[]")), "[]" if not top else "\0")) for name in fields)


def asked(request: RequestDef) -> Iterator[tuple[str, set[str]]]:
    """The operations that a request calls, with the names of its query."""
    paging = request.send_options.get("paging", {})
    names = {"skip_limit": ("skip", "limit"), "page": ("page", "limit"), "cursor": ("cursor", "limit")}
    paged = {str(paging[k]) for k in names.get(paging.get("style", ""), ("limit",)) if k in paging}
    for path in request.send:
        query = {part.partition("=")[0] for part in path.partition("?")[2].split("&") if part}
        yield f"{request.verb} {anonymous(path)}", query | paged


# Replies


def reply(operation: Operation, chance: random.Random, *, gaps: bool) -> Any:
    """A reply as described; with ``gaps`` fields are absent, null, odd or huge."""
    tree: dict[str, Any] = {}
    for name, type_ in operation.fields.items():
        node = tree
        *above, last = re.findall(r"\[\]|[^.\[\]]+", name)
        for part in above:
            node = node.setdefault(part, {}) if isinstance(node.setdefault(part, {}), dict) else {}
        if not isinstance(node.get(last), dict):
            node[last] = type_
    return _value(tree, chance, gaps)


def _value(node: Any, chance: random.Random, gaps: bool) -> Any:
    if gaps and chance.random() < 0.15:
        return chance.choice([None, "", "?", 0, -1, 2**70, [], {}, True, "x" * 5000])
    if isinstance(node, str):
        return _leaf(node, chance)
    if "[]" in node:
        return [_value(node["[]"], chance, gaps) for _ in range(chance.randint(0 if gaps else 1, 3))]
    return {name: _value(inner, chance, gaps) for name, inner in node.items() if not gaps or chance.random() > 0.1}


def _leaf(type_: str, chance: random.Random) -> Any:
    number = chance.randint(1, 4)
    if "|" in type_:
        return chance.choice(type_.split("|"))
    epoch = 1_790_000_000 + number * 86_400
    return {
        "string": f"word {number}",
        "id": f"id-{number}",
        "mac": f"00:53:00:00:00:0{number}",
        "integer": number,
        "number": number + 0.5,
        "boolean": bool(number % 2),
        "date-time": f"2026-11-0{number}T10:00:00Z",
        "date": f"2026-11-0{number}",
        "epoch": epoch,
        "epoch-ms": epoch * 1000,
        "object": {},
        "array": [],
        "address": f"192.0.2.{number}",
        "version": f"{number}.2.3",
    }[type_]
