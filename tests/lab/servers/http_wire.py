"""HTTP/1.1 from a server's side: requests off a stream, replies onto it, connections kept open between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

HEAD_MOST, BODY_MOST = 65_536, 1_048_576


class BadRequestError(ValueError):
    """A client that does not speak HTTP."""


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` as sent, still quoted; ``query`` has the values of each name; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        """Every value of a query parameter, whether it is repeated or separated by commas."""
        return [part for value in self.query.get(name, []) for part in value.split(",") if part]

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}

    @property
    def segments(self) -> list[str]:
        """The path's parts, unquoted."""
        return [unquote(part) for part in self.path.strip("/").split("/") if part]


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    kind: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def head(self, length: int | None) -> bytes:
        """The status line and headers; without a length the body ends with the connection."""
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}", f"Date: {formatdate(usegmt=True)}"]
        if self.body or length is None:
            lines.append(f"Content-Type: {self.kind}")
        if length is not None and self.status != HTTPStatus.NO_CONTENT:
            lines.append(f"Content-Length: {length}")
        if length is None:
            lines.append("Connection: close")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def document(status: int, content: Any, kind: str = "application/json", **headers: str) -> Response:
    """A reply of JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, json.dumps(content, separators=(",", ":")).encode(), kind, named)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request; ``None`` when the client has closed."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        raise BadRequestError("headers without end") from error
    except (asyncio.IncompleteReadError, OSError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1."):
        raise BadRequestError("no request line")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    try:
        size = int(headers.get("content-length", "0"))
    except ValueError as error:
        raise BadRequestError("no length") from error
    if not 0 <= size <= BODY_MOST or "chunked" in headers.get("transfer-encoding", ""):
        raise BadRequestError("a body that is not read here")
    try:
        body = await reader.readexactly(size)
    except (asyncio.IncompleteReadError, OSError):
        return None
    path, _, query = parts[1].partition("?")
    return Request(parts[0], path, parse_qs(query, keep_blank_values=True), headers, body)
