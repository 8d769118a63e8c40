"""RESTCONF (RFC 8040) over a tree of plain values: paths, list keys, ``fields``, ``depth`` and its own errors."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.lab.servers.http_wire import Request, Response, document

KIND = "application/yang-data+json"
ACCEPTED = (KIND, "application/*", "*/*")
PREFIX = ["restconf", "data"]

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Store:
    """What a device serves: ``data`` maps ``module:container`` to its content, ``keys`` the path of a list to its key leaves."""

    data: Mapping[str, Any]
    keys: Mapping[str, tuple[str, ...]]
    username: str
    password: str


class NotFoundError(LookupError):
    """A path that leads nowhere."""


def answer(request: Request, store: Store) -> Response:
    """The reply to one request."""
    if not _may(request, store):
        return _error(401, "protocol", "access-denied", "access denied", WWW_Authenticate='Basic realm="webui"')
    segments = request.segments
    if segments == [".well-known", "host-meta"]:
        return Response(200, b"<XRD xmlns='http://docs.oasis-open.org/ns/xri/xrd-1.0'><Link rel='restconf' href='/restconf'/></XRD>",
                        "application/xrd+xml")  # fmt: skip
    if request.method in ("POST", "PUT", "PATCH", "DELETE"):
        return _error(403, "application", "access-denied", "this account may only read")
    if request.method not in ("GET", "HEAD"):
        return _error(405, "protocol", "operation-not-supported", "")
    if segments == ["restconf"]:
        root = {"data": {}, "operations": {}, "yang-library-version": "2016-06-21"}
        return document(200, {"ietf-restconf:restconf": root}, KIND)
    if segments[:2] != PREFIX:
        return _error(404, "application", "invalid-value", "uri keypath not found")
    accepted = request.headers.get("accept", "*/*")
    if not any(kind in accepted for kind in ACCEPTED):
        return _error(406, "protocol", "invalid-value", "unacceptable media type")
    try:
        name, found = locate(store, segments[2:])
        if request.one("fields"):
            found = chosen(found, parse_fields(request.one("fields")))
    except NotFoundError:
        return _error(404, "application", "invalid-value", "uri keypath not found")
    except ValueError as error:
        return _error(400, "application", "malformed-message", str(error))
    depth = request.one("depth", "unbounded")
    if depth != "unbounded":
        if not depth.isdigit() or not 1 <= int(depth) <= 65535:
            return _error(400, "protocol", "invalid-value", "invalid depth query parameter")
        found = shallow(found, int(depth))
    if found in ({}, [], None):
        return Response(204)
    return document(200, {name: found}, KIND, Cache_Control="private, no-cache, must-revalidate, proxy-revalidate")


def _may(request: Request, store: Store) -> bool:
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        name, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return False
    return scheme.lower() == "basic" and (name, password) == (store.username, store.password)


def locate(store: Store, segments: list[str]) -> tuple[str, Any]:
    """The node of a path and the member name that its reply has: with the module in front."""
    if not segments:
        return "ietf-restconf:data", dict(store.data)
    module = segments[0].partition(":")[0]
    here: Any = store.data
    trail: list[str] = []
    name = ""
    for place, segment in enumerate(segments):
        name, equals, keys = segment.partition("=")
        if place and ":" in name:
            prefix, _, name = name.partition(":")
            if prefix != module:
                raise NotFoundError(segment)
        trail.append(name)
        if not isinstance(here, Mapping) or name not in here:
            raise NotFoundError(segment)
        here = here[name]
        if equals:
            here = [_entry(here, store.keys.get("/".join(trail), ()), keys.split(","))]
        if isinstance(here, list) and place < len(segments) - 1:
            if not equals:
                raise NotFoundError(segment)
            here = here[0]
    return (name if ":" in name else f"{module}:{name}"), here


def _entry(rows: Any, names: tuple[str, ...], keys: list[str]) -> Any:
    if not isinstance(rows, list) or len(names) != len(keys):
        raise NotFoundError("no list with these keys")
    for row in rows:
        if all(str(row.get(name)).lower() == key.lower() for name, key in zip(names, keys, strict=True)):
            return row
    raise NotFoundError("no such entry")


Wanted = dict[str, Any]


def parse_fields(text: str) -> Wanted:
    """``a;b/c;d(e;f)`` as nested names (RFC 8040 section 4.8.3)."""
    wanted, rest = _fields(text, 0)
    if rest != len(text):
        raise ValueError("invalid fields query parameter")
    return wanted


def _fields(text: str, at: int) -> tuple[Wanted, int]:
    wanted: Wanted = {}
    while True:
        start = at
        while at < len(text) and text[at] not in ";()":
            at += 1
        names = [part.rpartition(":")[2] for part in text[start:at].split("/") if part]
        if not names:
            raise ValueError("invalid fields query parameter")
        inner: Wanted = {}
        if at < len(text) and text[at] == "(":
            inner, at = _fields(text, at + 1)
            if at >= len(text) or text[at] != ")":
                raise ValueError("invalid fields query parameter")
            at += 1
        here = wanted
        for name in names:
            here = here.setdefault(name, {})
        here.update(inner)
        if at < len(text) and text[at] == ";":
            at += 1
            continue
        return wanted, at


def chosen(node: Any, wanted: Wanted) -> Any:
    """A node with the wanted members alone."""
    if not wanted:
        return node
    if isinstance(node, list):
        return [part for part in (chosen(row, wanted) for row in node) if part not in ({}, None)]
    if isinstance(node, Mapping):
        found = {n: chosen(v, wanted[n.rpartition(":")[2]]) for n, v in node.items() if n.rpartition(":")[2] in wanted}
        return {name: value for name, value in found.items() if value not in ({}, [])}
    return node


def shallow(node: Any, depth: int) -> Any:
    """A node down to so many levels; the node itself is the first."""
    if isinstance(node, list):
        return [shallow(row, depth) for row in node]
    if isinstance(node, Mapping):
        if depth <= 1:
            return {}
        return {name: shallow(value, depth - 1) for name, value in node.items()}
    return node


def _error(status: int, kind: str, tag: str, message: str, **headers: str) -> Response:
    error = {"error-type": kind, "error-tag": tag, **({"error-message": message} if message else {})}
    return document(status, {"ietf-restconf:errors": {"error": [error]}}, KIND, **headers)
