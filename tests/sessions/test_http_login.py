"""The ways in to an API: what is sent to log in, what goes with later calls, and that none of it is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from collector.errors import SessionError
from collector.model import Capture, Outcome
from collector.probes.definition import RequestDef
from collector.sessions import open_session
from tests.sessions.api import PASSWORD, TOKEN, USER, ApiServer, Handler, credential, get, probe

SESSION = "sess/9931+Zx."
CSRF = "csrf-5520-ab"


class Door:
    """A login that takes JSON or a form and answers with a ticket in its body, a header and a cookie; a ticket ends by ``end``."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []
        self.calls: list[dict[str, str]] = []
        self.valid = ""
        self.last = 0

    def login(self, handler: Handler) -> None:
        text = handler.body.decode()
        json_ = handler.headers.get("Content-Type", "").startswith("application/json")
        self.bodies.append(json.loads(text) if json_ else {k: v[0] for k, v in parse_qs(text).items()})
        self.last += 1
        self.valid = f"{SESSION}{self.last}"
        headers = {"X-CSRF-Token": CSRF, "Set-Cookie": f"sid={self.valid}; Path=/; Secure; HttpOnly"}
        handler.send(200, {"result": {"ticket": self.valid}}, headers)

    def answer(self, handler: Handler) -> None:
        seen = {**dict(handler.headers), "ticket": handler.query.get("ticket", "")}
        self.calls.append(seen)
        good = self.valid and self.valid in (seen["ticket"], seen.get("Authorization", "").removeprefix("Bearer "))
        good = good or (self.valid and self.valid in seen.get("Cookie", ""))
        handler.send(200, {"echo": self.valid, "link": f"/a?ticket={self.valid}"}) if good else handler.send(401, {})


def read(folder: Path, door: Door, *requests: RequestDef, **session: Any) -> tuple[list[Capture], ApiServer]:
    with ApiServer(folder, {"/in": door.login, "/a": door.answer}) as server:
        target = server.target()
        definition = probe("token", login_path="/in", **session)
        opened = open_session(target, target.endpoints[0], definition, credential())
        try:
            captures = [c for request in requests for c in opened.fetch(request)]
        finally:
            opened.close()
    return captures, server


JSON = {"login_json": {"user": {"name": "{username}", "password": "{password}"}, "keep": False}}


@pytest.mark.parametrize(
    ("session", "sent"),
    [
        ({**JSON, "token": "result.ticket"}, "Authorization"),
        ({**JSON, "token": "result.ticket", "send_query": {"ticket": "{session}"}}, "ticket"),
        ({**JSON, "token": "", "csrf": "header:X-CSRF-Token"}, "Cookie"),
        ({"login_form": {"u": "{username}", "p": "{password}"}, "token": "cookie:sid"}, "Cookie"),
    ],
)
def test_what_a_login_gives_goes_with_every_call_and_is_not_kept(
    tmp_path: Path, session: dict[str, Any], sent: str
) -> None:
    door = Door()
    captures, server = read(tmp_path, door, get("/a"), get("/a"), **session)
    assert [c.outcome for c in captures] == [Outcome.OK, Outcome.OK], captures[0].detail
    assert len(door.bodies) == 1 and PASSWORD in json.dumps(door.bodies) and USER in json.dumps(door.bodies)
    assert all(call.get(sent) for call in door.calls)
    assert all(call.get("X-CSRF-Token") == (CSRF if "csrf" in session else None) for call in door.calls)
    kept = b"".join(c.body or b"" for c in captures).decode() + "".join(c.what + c.detail for c in captures)
    assert SESSION not in kept and "<redacted session>" in kept
    assert server.seen[0][1] == "/in"


def test_a_session_that_ends_meanwhile_is_opened_once_more(tmp_path: Path) -> None:
    door = Door()

    def expire(handler: Handler) -> None:
        door.valid = ""
        handler.send(200, {"x": 1})

    with ApiServer(tmp_path, {"/in": door.login, "/a": door.answer, "/end": expire}) as server:
        target = server.target()
        definition = probe("token", login_path="/in", token="result.ticket", **JSON)
        opened = open_session(target, target.endpoints[0], definition, credential())
        outcomes = [opened.fetch(get(p))[0].outcome for p in ("/a", "/end", "/a", "/a")]
        opened.close()
    assert outcomes == [Outcome.OK] * 4
    assert len(door.bodies) == 2


def test_one_that_is_refused_right_after_its_login_is_not_opened_again(tmp_path: Path) -> None:
    door = Door()
    replies: dict[str, Any] = {"/in": door.login, "/a": (200, {}), "/no": (401, {}), "/b": (403, {})}
    with ApiServer(tmp_path, replies) as server:
        target = server.target()
        definition = probe("token", login_path="/in", token="result.ticket", **JSON)
        opened = open_session(target, target.endpoints[0], definition, credential())
        outcomes = [opened.fetch(get(p))[0].outcome for p in ("/no", "/no", "/b", "/a")]
        opened.close()
    assert outcomes == [Outcome.DENIED, Outcome.DENIED, Outcome.DENIED, Outcome.OK]
    assert len(door.bodies) == 1, "an account is not tried again and again"


def test_a_login_without_a_token_is_none(tmp_path: Path) -> None:
    with pytest.raises(SessionError, match="no token"):
        read(tmp_path, Door(), get("/a"), token="result.other", **JSON)


def test_a_key_goes_in_the_header_that_is_named(tmp_path: Path) -> None:
    keys = []

    def answer(handler: Handler) -> None:
        keys.append(handler.headers.get("X-Api-Key"))
        handler.send(200, [1])

    with ApiServer(tmp_path, {"/a": answer}) as server:
        target = server.target()
        opened = open_session(
            target, target.endpoints[0], probe("header", send={"X-Api-Key": "key {token}"}), credential()
        )
        [capture] = opened.fetch(get("/a"))
        opened.close()
    assert (capture.outcome, keys) == (Outcome.OK, [f"key {TOKEN}"])


def test_client_credentials(tmp_path: Path) -> None:
    from collector.model import Secret

    forms = []

    def login(handler: Handler) -> None:
        forms.append({k: v[0] for k, v in parse_qs(handler.body.decode()).items()})
        handler.send(200, {"access_token": TOKEN})

    account = replace(credential(), secrets={"client_secret": Secret("cs-11")}, options={"client_id": "id-1"})
    with ApiServer(tmp_path, {"/in": login, "/a": (200, [1])}) as server:
        target = server.target()
        opened = open_session(target, target.endpoints[0], probe("oauth2_client", login_path="/in"), account)
        [capture] = opened.fetch(get("/a"))
        opened.close()
    assert forms == [{"grant_type": "client_credentials", "client_id": "id-1", "client_secret": "cs-11"}]
    assert (capture.outcome, server.seen[1][2]) == (Outcome.OK, f"Bearer {TOKEN}")


@pytest.mark.parametrize(("said", "good"), [("2.10", True), ("2.9.9", False), (3, True), ("beta", False)])
def test_an_api_that_is_too_old_is_not_asked(tmp_path: Path, said: object, good: bool) -> None:
    version = {"path": "/v", "at": "api.version", "least": "2.10"}
    with ApiServer(tmp_path, {"/v": (200, {"api": {"version": said}}), "/a": (200, [1])}) as server:
        target = server.target()
        try:
            open_session(target, target.endpoints[0], probe("basic", version=version), credential()).close()
        except SessionError as error:
            assert not good and error.outcome == Outcome.UNSUPPORTED and "2.10" in str(error)
        else:
            assert good


SITES = RequestDef("sites", ("/sites",), "json", (), "GET")


def _each(path: str = "/sites/{each}/things", at: str = "[].id") -> RequestDef:
    return RequestDef("things", (path,), "json", (), "GET", send_options={"each": {"request": "sites", "at": at}})


@pytest.mark.parametrize(
    ("sites", "paths", "outcomes"),
    [
        ((200, [{"id": "a/b"}, {"id": 7}, {"id": "a/b"}]), ["/sites/a%2Fb/things", "/sites/7/things"], ["ok", "ok"]),
        ((200, []), [], ["ok"]),
        ((403, {}), [], ["denied"]),
        ((200, b"<html>"), [], ["unparsed"]),
    ],
)
def test_a_request_for_each_thing_that_another_lists(
    tmp_path: Path, sites: Any, paths: list[str], outcomes: list[str]
) -> None:
    things = {path: (200, [path]) for path in paths}
    with ApiServer(tmp_path, {"/sites": sites, **things}) as server:
        target = server.target()
        definition = replace(probe("none"), requests=(SITES, _each()))
        opened = open_session(target, target.endpoints[0], definition, credential())
        opened.fetch(SITES)
        captures = opened.fetch(_each())
        opened.close()
    assert [c.outcome.value for c in captures] == outcomes
    assert [path for _, path, _ in server.seen[1:]] == paths
    if not paths and outcomes == ["ok"]:
        assert captures[0].body == b"" and captures[0].detail, "nothing to ask for is a proven zero"


def test_a_request_for_each_thing_of_each_thing(tmp_path: Path) -> None:
    """Rooms of houses: the root room has an empty name, which a query may hold and a path may not."""
    houses = RequestDef("houses", ("/houses",), "json", (), "GET")
    rooms = RequestDef(
        "rooms",
        ("/houses/{each}/rooms",),
        "json",
        (),
        "GET",
        send_options={"each": {"request": "houses", "at": "[].id"}},
    )
    beds = RequestDef(
        "beds", ("/houses/{outer}/beds?room={each}",), "json", (), "GET",
        send_options={"each": {"request": "rooms", "at": "[].name"}},
    )  # fmt: skip
    replies = {
        "/houses": (200, [{"id": "a"}, {"id": "b"}]),
        "/houses/a/rooms": (200, [{"name": ""}, {"name": "x/1"}]),
        "/houses/b/rooms": (200, [{"name": ""}]),
        "/houses/a/beds": (200, [1]),
        "/houses/b/beds": (200, [2]),
    }
    with ApiServer(tmp_path, replies) as server:
        target = server.target()
        opened = open_session(
            target, target.endpoints[0], replace(probe("none"), requests=(houses, rooms, beds)), credential()
        )
        captures = [c for request in (houses, rooms, beds) for c in opened.fetch(request)]
        opened.close()
    assert {c.outcome for c in captures} == {Outcome.OK}
    assert [path for _, path, _ in server.seen[3:]] == [
        "/houses/a/beds?room=", "/houses/a/beds?room=x%2F1", "/houses/b/beds?room=",
    ]  # fmt: skip


@pytest.mark.parametrize("number", [".", ".."])
def test_an_id_cannot_lead_to_another_path(tmp_path: Path, number: str) -> None:
    with ApiServer(tmp_path, {"/sites": (200, [{"id": "ok"}, {"id": number}])}) as server:
        target = server.target()
        opened = open_session(
            target, target.endpoints[0], replace(probe("none"), requests=(SITES, _each())), credential()
        )
        opened.fetch(SITES)
        [capture] = opened.fetch(_each())
        opened.close()
        assert len(server.seen) == 1
    assert capture.outcome is Outcome.UNPARSED and "another path" in capture.detail


def test_a_total_in_a_header(tmp_path: Path) -> None:
    def pages(handler: Handler) -> None:
        number = int(handler.query["page"])
        handler.send(200, [{"n": number}] if number < 3 else [], {"X-Page-Total": "4"})

    paging = {"style": "page", "limit": "limit", "size": 1, "total": "header:X-Page-Total", "items": "@"}
    with ApiServer(tmp_path, {"/a": pages}) as server:
        target = server.target()
        opened = open_session(target, target.endpoints[0], probe("none"), credential())
        captures = opened.fetch(get("/a", paging=paging))
        opened.close()
    assert [c.outcome for c in captures] == [Outcome.OK] * 3 + [Outcome.UNPARSED]
    assert "2 of 4" in captures[-1].detail


def test_a_list_that_says_whether_more_follows(tmp_path: Path) -> None:
    def pages(handler: Handler) -> None:
        at = int(handler.query["index"])
        handler.send(200, {"list": [at, at + 1], "hasMore": at < 4})

    paging = {
        "style": "skip_limit",
        "skip": "index",
        "limit": "listSize",
        "size": 2,
        "items": "list",
        "more": "hasMore",
    }
    with ApiServer(tmp_path, {"/a": pages}) as server:
        target = server.target()
        opened = open_session(target, target.endpoints[0], probe("none"), credential())
        captures = opened.fetch(get("/a", paging=paging))
        opened.close()
    assert [c.outcome for c in captures] == [Outcome.OK] * 3
