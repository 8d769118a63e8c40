"""The reader of JSON replies: rows found by JMESPath, over the pages of one list and beside other lists of the same request.

``[request.reader_options]``::

    expect = ["version"]            # JMESPaths that are there in every reply of this request; without one it is another document
    rows = "data"                   # JMESPath to the list; an object there is one row; "@" is the whole document
    members = ["port", "peers", ""] # lists within lists, as `{"eth1": {"peers": [{...}]}}`: what the name of an object's member is called in a
                                    # row ("" where there are none: a list, or an object that is one item), and the path to the next list
    keep = ["vrf"]                  # values of the outer items that the rows within them have too
    total = "pagination.total"      # how many items there are in all, where the API says so (or `paging.total` of send_options)
    yang = true                     # RFC 7951 names: `module:some-leaf` becomes `some_leaf`
    ignore = ['^[[]edit[]] *$']       # over a shell: lines of its own around the document
    defaults = { leaf = false }     # what an absent member means, where the API's schema says so (RFC 6243)
    parts.NAME = { of = "path", pattern = "Version ([0-9.]+)" }   # the first group of a pattern in a text
    [request.reader_options.lookups]
    name = { rows = "data", on = "id", by = "jobId", value = "name", page = "/api/jobs" }
    [request.reader_options.group]  # one row for each group: that with the greatest `newest`, newest groups first
    by = ["name", "place"]
    newest = "creationTime"
    counts = { items = ["name"] }   # fields that count the rows with these values in common, over all groups

A row of a request that is sent for each thing of another list (``send_options.each``) has the ids that stand in its path as ``each``
and ``outer``.
A lookup takes the item of another list of the same request (the path in ``page``) whose ``on`` equals the row's ``by``, and
of it ``value``; with ``every = true`` the list of what each says, with ``count = true`` their number. Later lookups see
earlier ones. An empty list, HTTP 204, or a total of 0 prove a zero; a reply that is
not JSON, or a list that is cut short, is ``unparsed``, and the rows that stand are kept.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from collector.model import Capture, Outcome, Transport
from collector.parse.feed import search
from collector.parse.lines import MAX_BYTES, TooMuch, patterns, said_no, text_of
from collector.parse.reading import Reading, Row
from collector.probes.definition import ProbeDef, RequestDef

_EMPTY = object()
"""Stands for the document of a reply without content."""


@dataclass(frozen=True, slots=True)
class _Page:
    """One reply: its path without the query, its document, and the digest of the bytes."""

    path: str
    document: Any
    evidence: str


@dataclass(slots=True)
class _Found:
    """The items of the list on all of its pages."""

    rows: list[Row]
    proven: bool = False
    totals: dict[str, int] = field(default_factory=dict)  # by path: a list of its own for each
    strange: str = ""


def read_json(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """The rows of a request's own list, that of its first path; see the module's text for proof and totals."""
    options = request.reader_options
    pages: list[_Page] = []
    unread = ""
    for capture in captures:
        document = _document(capture, options)
        if document is None:
            refused = _refused(capture, probe, options)
            if refused is not None:
                return refused
            html = (capture.body or b"").lstrip()[:1] == b"<"
            what = "an HTML page, perhaps that of a login or a proxy, and not JSON" if html else "not JSON"
            unread = unread or f"page {capture.page + 1} is {what}"
            continue
        pages.append(_Page(capture.what.partition("?")[0], document, capture.evidence))
    own = [page for page in pages if _belongs(page, request)]
    for expression in options.get("expect", ()):
        if any(page.document is not _EMPTY and search(expression, page.document) is None for page in own):
            return Reading((), Outcome.UNPARSED, f"not a reply of this request: it has no {expression!r}")
    found = _items(own, options, request)
    rows = _looked_up([_completed(row, options) for row in found.rows], pages, options.get("lookups", {}))
    rows = _grouped(rows, options.get("group"))
    problem = unread or found.strange or _short(found, request)
    if problem:
        return Reading(tuple(rows), Outcome.UNPARSED, problem)
    missing = _absent(pages, request)
    if missing:
        return Reading(tuple(rows), Outcome.UNPARSED, f"no reply of {missing}")
    if not found.rows and not found.proven:
        return Reading((), Outcome.UNPARSED, f"no list at {options.get('rows', '@')!r}")
    return Reading(tuple(rows))


def _document(capture: Capture, options: Mapping[str, Any]) -> Any:
    """The reply's document; ``_EMPTY`` for a reply that said that it has no content; ``None`` for what is not JSON."""
    body = capture.body or b""
    if not body.strip():
        return _EMPTY if capture.detail else None
    try:
        if capture.transport is Transport.SSH:  # a command's reply, perhaps saved with the prompts around it
            text = text_of(capture, MAX_BYTES)  # a whole document may stand on one line
            for around in patterns(options.get("ignore")):
                text = around.sub("", text)
            body = text.encode()
        document = json.loads(body, parse_constant=_no_number)
        return _plain_names(document) if options.get("yang") else document
    except (ValueError, RecursionError, TooMuch):  # UnicodeDecodeError is a ValueError
        return None


def _refused(capture: Capture, probe: ProbeDef, options: Mapping[str, Any]) -> Reading | None:
    """A command line's error message in the place of a document."""
    if capture.transport is not Transport.SSH:
        return None
    try:
        return said_no(text_of(capture), probe, options)
    except TooMuch:
        return None


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _plain_names(value: Any) -> Any:
    """Member names without their module and with ``_`` for ``-``, so that paths to them need no quotes."""
    if isinstance(value, dict):
        return {k.rpartition(":")[2].replace("-", "_"): _plain_names(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_plain_names(v) for v in value]
    return value


def _belongs(page: _Page, request: RequestDef) -> bool:
    """Whether a page is of the request's first path. A file that nobody asked for by a path is taken for it."""
    return _is(page.path, request.send[0]) or not any(_is(page.path, path) for path in request.send[1:])


def _is(path: str, asked: str) -> bool:
    """Whether a reply's path is the one of a request, whose names in braces stand for anything but a slash."""
    expected = asked.partition("?")[0]
    if "{" not in expected:
        return path == expected
    return re.fullmatch(r"[^/]+".join(map(re.escape, re.split(r"\{[^{}]*\}", expected))), path) is not None


def _each(path: str, request: RequestDef) -> dict[str, str]:
    """The ids that a request for each thing of another list was sent with, out of a reply's path."""
    if "each" not in request.send_options:
        return {}
    parts = re.split(r"\{([^{}]*)\}", request.send[0].partition("?")[0])
    pattern = ""
    for number, part in enumerate(parts):
        if not number % 2:
            pattern += re.escape(part)
        elif part not in ("each", "outer"):
            pattern += "[^/]+"
        else:
            pattern += f"(?P={part})" if f"(?P<{part}>" in pattern else f"(?P<{part}>[^/]+)"
    found = re.fullmatch(pattern, path)
    return {name: unquote(value) for name, value in found.groupdict().items()} if found else {}


def _absent(pages: Iterable[_Page], request: RequestDef) -> str:
    """The first path that lookups need and no page is of."""
    there = [page.path for page in pages]
    if not any(_is(path, asked) for path in there for asked in request.send):
        return ""
    return next((asked.partition("?")[0] for asked in request.send[1:] if not any(_is(p, asked) for p in there)), "")


def _items(pages: Sequence[_Page], options: Mapping[str, Any], request: RequestDef) -> _Found:
    found = _Found([])
    total_path = options.get("total") or request.send_options.get("paging", {}).get("total", "")
    total_path = "" if total_path.startswith("header:") else total_path
    for number, page in enumerate(pages):
        if page.document is _EMPTY:
            found.proven = True
            continue
        total = search(total_path, page.document) if total_path else None
        if isinstance(total, int) and not isinstance(total, bool):
            found.totals[page.path] = max(total, found.totals.get(page.path, 0))
        path = options.get("rows", "@")
        items = page.document if path == "@" else search(path, page.document)
        if items is None and total == 0:
            items = []
        if "members" in options:
            items = _members(items, options["members"], options.get("keep", ()))
        elif isinstance(items, Mapping):
            items = [items]
        if not isinstance(items, list):
            found.strange = found.strange or f"page {number + 1} has no list at {path!r}"
            continue
        found.proven = True
        each = _each(page.path, request)
        for item in items:
            if isinstance(item, Mapping):
                found.rows.append(Row({**item, **each} if each else item, page.evidence))
            else:
                found.strange = found.strange or f"page {number + 1} has an item that is no object"
    return found


def _members(items: Any, steps: Sequence[str], keep: Sequence[str]) -> list[Any] | None:
    """The innermost items of lists within lists; None where one of the lists is not there: a part that is unread is no empty one."""
    name, *within = steps
    if isinstance(items, Mapping):
        items = [{**v, name: k} if isinstance(v, Mapping) else v for k, v in items.items()] if name else [items]
    if not isinstance(items, list):
        return None
    if not within:
        return items
    rows: list[Any] = []
    for item in items:
        inner = _members(search(within[0], item), within[1:], keep)
        if inner is None:
            return None
        outer = {n: item[n] for n in (*keep, name) if n in item}
        rows += [{**outer, **row} if isinstance(row, Mapping) else row for row in inner]
    return rows


def _short(found: _Found, request: RequestDef) -> str:
    """What is missing of a list whose length the API named."""
    total = sum(found.totals.values())
    if len(found.rows) >= total:
        return ""
    size = int(request.send_options.get("paging", {}).get("size", 0) or 0)
    read = f"read {len(found.rows)} of {total} items"
    if not size:
        return read
    return f"{read}: {-(-len(found.rows) // size)} of {-(-total // size)} pages"


def _completed(row: Row, options: Mapping[str, Any]) -> Row:
    """A row with its schema's defaults and with parts of its texts."""
    if not options.get("defaults") and not options.get("parts"):
        return row
    values = {**options.get("defaults", {}), **row.values}
    for name, part in options.get("parts", {}).items():
        said = search(part["of"], values)
        found = re.search(part["pattern"], said) if isinstance(said, str) else None
        values[name] = found[1].strip() if found else None
    return Row(values, row.evidence)


def _looked_up(rows: Sequence[Row], pages: Sequence[_Page], lookups: Mapping[str, Mapping[str, Any]]) -> list[Row]:
    if not lookups:
        return list(rows)
    tables = {name: _table(entry, pages) for name, entry in lookups.items()}
    done = []
    for row in rows:
        values = dict(row.values)
        for name, entry in lookups.items():
            found = tables[name].get(_key(search(entry["by"], values)), [])
            values[name] = len(found) if entry.get("count") else _value(entry, found)
        done.append(Row(values, row.evidence))
    return done


def _value(entry: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> Any:
    """What the first item says, or with ``every`` the list of what each says."""
    if entry.get("every"):
        return [v for item in found if (v := search(entry["value"], item)) is not None]
    return search(entry["value"], found[0]) if found else None


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _table(entry: Mapping[str, Any], pages: Sequence[_Page]) -> dict[str, list[Mapping[str, Any]]]:
    """The items of another list by what they are looked up on."""
    table: dict[str, list[Mapping[str, Any]]] = {}
    for page in pages:
        if page.document is _EMPTY or not _is(page.path, entry["page"]):
            continue
        items = search(entry["rows"], page.document)
        for item in items if isinstance(items, list) else []:
            if isinstance(item, Mapping) and (on := search(entry["on"], item)) is not None:
                table.setdefault(_key(on), []).append(item)
    return table


def _grouped(rows: list[Row], group: Mapping[str, Any] | None) -> list[Row]:
    """One row a group, its newest; the newest groups first, so that of several with one key the newest one stands."""
    if not group:
        return rows
    newest = str(group["newest"])
    ordered = sorted(rows, key=lambda row: str(search(newest, row.values) or ""), reverse=True)
    groups: dict[str, Row] = {}
    for row in ordered:
        groups.setdefault(_common(row, group["by"]), row)
    done = list(groups.values())
    for name, paths in group.get("counts", {}).items():
        number = Counter(_common(row, paths) for row in rows)
        done = [Row({**row.values, name: number[_common(row, paths)]}, row.evidence) for row in done]
    return done


def _common(row: Row, paths: Iterable[str]) -> str:
    return _key([search(path, row.values) for path in paths])
