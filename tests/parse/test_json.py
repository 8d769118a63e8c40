"""The reader of JSON replies: pages, proofs, totals, other lists beside, groups."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.model import Capture, Outcome, Transport
from collector.parse.json import read_json
from collector.parse.reading import Reading
from collector.probes.definition import ProbeDef, RequestDef

PROBE = ProbeDef("p", "acme", Transport.HTTP, "any", "1", ())
PAGING = {"style": "skip_limit", "skip": "skip", "limit": "limit", "size": 2, "total": "page.total", "items": "data"}


def read(
    *replies: tuple[str, Any], send: tuple[str, ...] = ("/a",), paging: Any = None, detail: str = "", **options: Any
) -> Reading:
    request = RequestDef(
        "r", send, "json", (), reader_options=options, send_options={"paging": paging} if paging else {}
    )
    captures = [
        Capture(
            "t", Transport.HTTP, "p", "1", "r", "GET", path, datetime(2026, 11, 23, tzinfo=UTC), Outcome.OK, detail, n,
            body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        )
        for n, (path, body) in enumerate(replies)
    ]  # fmt: skip
    return read_json(PROBE, request, captures)


def values(reading: Reading) -> list[dict[str, Any]]:
    return [dict(row.values) for row in reading.rows]


def test_rows_of_all_pages() -> None:
    pages = [("/a?skip=0", {"data": [{"n": 1}, {"n": 2}], "page": {"total": 3}}),
             ("/a?skip=2", {"data": [{"n": 3}], "page": {"total": 3}})]  # fmt: skip
    found = read(*pages, rows="data", paging=PAGING)
    assert (found.outcome, [v["n"] for v in values(found)]) == (Outcome.OK, [1, 2, 3])


def test_a_missing_page_is_said() -> None:
    found = read(("/a", {"data": [{"n": 1}, {"n": 2}], "page": {"total": 9}}), rows="data", paging=PAGING)
    assert (found.outcome, found.detail) == (Outcome.UNPARSED, "read 2 of 9 items: 1 of 5 pages")
    assert len(found.rows) == 2


@pytest.mark.parametrize(
    ("reply", "detail"), [({"data": []}, ""), ({"data": None, "page": {"total": 0}}, ""), (b"", "HTTP 204 No Content")]
)
def test_an_empty_list_is_proven(reply: Any, detail: str) -> None:
    found = read(("/a", reply), rows="data", total="page.total", detail=detail)
    assert (found.outcome, found.rows) == (Outcome.OK, ())


@pytest.mark.parametrize(
    "reply",
    [b"", b"<html>busy</html>", b'{"data": [', b'{"data": NaN}', {"other": []}, {"data": "none"}, [1], {"data": [1]},
     {"data": None}, b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_list_of_objects_is_unparsed(reply: Any) -> None:
    assert read(("/a", reply), rows="data", total="page.total").outcome is Outcome.UNPARSED


def test_an_object_is_one_row() -> None:
    assert values(read(("/a", {"name": "x"}))) == [{"name": "x"}]


def test_yang_names_defaults_and_parts() -> None:
    reply = {"acme-module:some-list": [{"a-leaf": "x", "inner": {"b-leaf": "Version 7.1, y"}}]}
    found = read(
        ("/a", reply),
        yang=True,
        rows="some_list",
        defaults={"a_leaf": "d", "c_leaf": True},
        parts={"version": {"of": "inner.b_leaf", "pattern": "Version ([0-9.]+)"}},
    )
    assert values(found) == [{"a_leaf": "x", "c_leaf": True, "inner": {"b_leaf": "Version 7.1, y"}, "version": "7.1"}]


LOOKUPS = {
    "owner": {"page": "/b", "rows": "data", "on": "id", "by": "ownerId", "value": "name"},
    "tasks": {"page": "/c", "rows": "data", "on": "of", "by": "id", "count": True},
    "states": {"page": "/c", "rows": "data", "on": "of", "by": "id", "value": "state", "every": True},
}


def test_lists_beside_are_looked_up() -> None:
    found = read(
        ("/a?x=1", {"data": [{"id": 1, "ownerId": 7}, {"id": 2, "ownerId": 8}]}),
        ("/b", {"data": [{"id": 7, "name": "seven"}]}),
        ("/c", {"data": [{"of": 1, "state": "up"}, {"of": 1, "state": "down"}]}),
        send=("/a?x=1", "/b", "/c"),
        rows="data",
        lookups=LOOKUPS,
    )
    assert found.outcome is Outcome.OK
    assert [(v["owner"], v["tasks"], v["states"]) for v in values(found)] == [
        ("seven", 2, ["up", "down"]),
        (None, 0, []),
    ]


def test_a_list_beside_that_did_not_come_is_said() -> None:
    found = read(("/a", {"data": [{"id": 1}]}), send=("/a", "/b"), rows="data", lookups={})
    assert (found.outcome, found.detail) == (Outcome.UNPARSED, "no reply of /b")


def test_an_empty_list_beside_proves_nothing_of_the_own_list() -> None:
    found = read(("/b", b""), send=("/a", "/b"), rows="data", detail="HTTP 204 No Content")
    assert found.outcome is Outcome.UNPARSED


def test_groups_take_the_newest_first() -> None:
    data = [
        {"name": "a", "at": "2026-01-01", "store": 1},
        {"name": "a", "at": "2026-03-01", "store": 2},
        {"name": "b", "at": "2026-02-01", "store": 1},
        {"name": "a", "at": "2026-02-01", "store": 2},
    ]
    group = {"by": ["name", "store"], "newest": "at", "counts": {"points": ["name"]}}
    found = values(read(("/a", {"data": data}), rows="data", group=group))
    assert [(v["name"], v["store"], v["at"], v["points"]) for v in found] == [
        ("a", 2, "2026-03-01", 3),
        ("b", 1, "2026-02-01", 1),
        ("a", 1, "2026-01-01", 3),
    ]


@given(st.binary(max_size=200))
def test_anything_is_read_without_raising_and_no_bytes_prove_a_zero(body: bytes) -> None:
    found = read(("/a", body), rows="data")
    if found.outcome is Outcome.OK and not found.rows:
        assert json.loads(body)["data"] == []


def test_another_document_is_none_of_this_request() -> None:
    own = read(("/a", {"kind": "x", "data": []}), expect=["kind", "data"], rows="data")
    assert (own.outcome, own.rows) == (Outcome.OK, ())
    other = read(("/a", {"data": []}), expect=["kind", "data"], rows="data")
    assert other.outcome is Outcome.UNPARSED and "'kind'" in other.detail


def test_a_row_knows_which_thing_it_was_asked_for() -> None:
    request = RequestDef(
        "r", ("/sites/{each}/aps",), "json", (), send_options={"each": {"request": "s", "at": "[].id"}}
    )
    captures = [
        Capture(
            "t", Transport.HTTP, "p", "1", "r", "GET", f"/sites/{site}/aps", datetime(2026, 11, 23, tzinfo=UTC), Outcome.OK,
            "", n, body=b'[{"n": 1}]',
        )
        for n, site in enumerate(("a%2Fb", "c"))
    ]  # fmt: skip
    assert [row.values["each"] for row in read_json(PROBE, request, captures).rows] == ["a/b", "c"]


NESTED: dict[str, Any] = {"rows": "vrfs", "members": ["vrf", "peers.list", ""], "keep": ["as"]}


def test_lists_within_lists_keep_what_their_owners_are_called() -> None:
    reply = {
        "vrfs": {
            "red": {"as": 1, "other": 5, "peers": {"list": [{"n": 1}, {"n": 2}]}},
            "blue": {"as": 2, "peers": {"list": {"n": 3}}},
            "green": {"as": 3, "peers": {"list": []}},
        }
    }
    found = read(("/a", reply), **NESTED)
    assert (found.outcome, values(found)) == (
        Outcome.OK,
        [{"n": 1, "vrf": "red", "as": 1}, {"n": 2, "vrf": "red", "as": 1}, {"n": 3, "vrf": "blue", "as": 2}],
    )


@pytest.mark.parametrize("vrfs", [{}, {"red": {"peers": {"list": []}}}])
def test_lists_within_lists_that_are_all_empty_are_a_zero(vrfs: Any) -> None:
    found = read(("/a", {"vrfs": vrfs}), **NESTED)
    assert (found.outcome, found.rows) == (Outcome.OK, ())


@pytest.mark.parametrize("vrfs", [None, "x", {"red": {}}, {"red": "x"}, {"red": {"peers": {"list": 4}}}])
def test_a_list_within_that_is_not_there_is_unread(vrfs: Any) -> None:
    assert read(("/a", {"vrfs": vrfs}), **NESTED).outcome is Outcome.UNPARSED
