"""How a list that comes in pages goes on, as a probe's data says it.

``paging = { style = "skip_limit", skip = "skip", limit = "limit", size = 200, total = "pagination.total", items = "data" }``;
styles: ``skip_limit`` (count of items to leave out), ``page`` (page numbers, from ``first``), ``next`` (the next page's
address in the body at ``next``, or in the Link header), ``cursor`` (a token from ``next``, sent as ``cursor``).
``in = "body"``: a POST takes these numbers as members of its JSON, not as a query (captures name them as a query all the same).
``total`` is JMESPath, or ``header:NAME``; ``more`` is JMESPath to a boolean, where the API says that instead of a total.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import jmespath
from jmespath.exceptions import JMESPathError

from collector.errors import SessionError
from collector.model import Outcome


@dataclass(frozen=True, slots=True)
class Page:
    """One reply that may have a successor. ``url`` is the path it was asked by, ``seen`` the items of all pages so far."""

    number: int
    path: str
    body: bytes
    headers: Mapping[str, str]
    seen: int


def first(path: str, paging: Mapping[str, Any]) -> str:
    """The path of the first page."""
    style = paging.get("style", "")
    size = {str(paging["limit"]): str(paging.get("size", 100))} if paging.get("limit") else {}
    if style == "skip_limit":
        return with_query(path, {str(paging.get("skip", "skip")): "0", **size})
    if style == "page":
        return with_query(path, {str(paging.get("page", "page")): str(paging.get("first", 1)), **size})
    return with_query(path, size)


def follow(base: str, page: Page, paging: Mapping[str, Any]) -> tuple[str | None, int]:
    """The path or address of the page after this one (None after the last), and the items seen so far."""
    style = paging.get("style", "")
    if not style:
        return None, page.seen
    document = _document(page.body)
    items = _find(str(paging.get("items", "")), document)
    count = len(items) if isinstance(items, list) else 0
    seen = page.seen + count
    size = int(paging.get("size", 100))
    if style in ("next", "cursor"):
        found = _find(str(paging.get("next", "")), document) or (_link(page.headers) if style == "next" else None)
        if not isinstance(found, str) or not found:
            return None, seen
        cursor = {str(paging.get("cursor", "cursor")): found}
        return (found if style == "next" else with_query(first(base, paging), cursor)), seen
    total = _total(str(paging.get("total", "")), page.headers, document)
    more = seen < total if total is not None else count >= size
    if paging.get("more"):
        more = _find(str(paging["more"]), document) is True
    if not count and total is not None and seen < total and str(paging["total"]).startswith("header:"):
        raise SessionError(Outcome.UNPARSED, f"the list ends early: {seen} of {total} items")  # nobody sees it later
    if not count or not more:
        return None, seen
    if style == "skip_limit":
        return with_query(first(base, paging), {str(paging.get("skip", "skip")): str(seen)}), seen
    if style == "page":
        number = int(paging.get("first", 1)) + page.number + 1
        return with_query(first(base, paging), {str(paging.get("page", "page")): str(number)}), seen
    raise SessionError(Outcome.UNSUPPORTED, f"no paging style {style!r}")


def in_body(path: str, document: Any, paging: Mapping[str, Any]) -> tuple[str, Any]:
    """The path and the JSON of a call whose page is told in its body, where paging says so."""
    if paging.get("in") != "body":
        return path, document
    names = {str(paging[key]) for key in ("skip", "page", "limit") if key in paging}
    bare, _, query = path.partition("?")
    parts = [part.partition("=") for part in query.split("&") if part]
    numbers = {name: int(value) for name, _, value in parts if name in names}
    left = "&".join(f"{name}{equals}{value}" for name, equals, value in parts if name not in names)
    return f"{bare}?{left}" if left else bare, {**(document or {}), **numbers}


def with_query(path: str, values: Mapping[str, str]) -> str:
    """The path with these query values, in place of ones of the same name."""
    bare, _, query = path.partition("?")
    names = {quote(k) for k in values}
    new = {quote(k): urlencode({k: v}) for k, v in values.items()}
    parts = [new.pop(name, "") if (name := p.partition("=")[0]) in names else p for p in query.split("&") if p]
    return f"{bare}?{'&'.join(p for p in (*parts, *new.values()) if p)}" if parts or new else bare


def _total(where: str, headers: Mapping[str, str], document: Any) -> int | None:
    """How many items there are in all, where the API says so."""
    kind, _, name = where.partition(":")
    if kind == "header" and name:
        said = headers.get(name, "")
        return int(said[:18]) if said.isdecimal() else None
    found = _find(where, document) if where else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _document(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _find(expression: str, document: Any) -> Any:
    if not expression:
        return document
    try:
        return jmespath.search(expression, document)
    except JMESPathError:
        return None


def _link(headers: Mapping[str, str]) -> str | None:
    found = re.search(r'<([^<>]{1,4000})>\s*;[^,]{0,400}?rel="?next"?', headers.get("Link", ""))
    return found[1] if found else None
