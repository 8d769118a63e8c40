"""HTTP sessions against an API that answers, refuses, or misbehaves."""

from __future__ import annotations

import base64
import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collector.errors import SessionError
from collector.model import Capture, Outcome
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import open_session
from tests.sessions.api import PASSWORD, TOKEN, USER, ApiServer, Handler, credential, get, probe

OAUTH = {"login_path": "/login", "logout": "POST /logout"}
PAGING = {"style": "skip_limit", "limit": "limit", "size": 3, "total": "pagination.total", "items": "data"}


def read(
    server: ApiServer, definition: ProbeDef, *requests: RequestDef, password: str = PASSWORD, **options: object
) -> list[Capture]:
    target = server.target(**options)
    session = open_session(target, target.endpoints[0], definition, credential(password))
    try:
        return [c for request in requests for c in session.fetch(request)]
    finally:
        session.close()


def items(handler: Handler) -> None:
    """Ten items by skip and limit."""
    skip, limit = int(handler.query.get("skip", 0)), int(handler.query.get("limit", 100))
    handler.send(200, {"data": list(range(10))[skip : skip + limit], "pagination": {"total": 10}})


def test_basic_login_on_every_call(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (200, {"x": 1})}) as server:
        [capture] = read(server, probe("basic"), get("/a"))
    assert (capture.outcome, capture.body) == (Outcome.OK, b'{"x": 1}')
    expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    assert server.seen == [("GET", "/a", expected)]


def test_oauth2_logs_in_once_and_out_at_the_end(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (200, [1]), "/b": (200, [2])}) as server:
        captures = read(server, probe("oauth2_password", **OAUTH), get("/a"), get("/b"))
    assert [c.body for c in captures] == [b"[1]", b"[2]"]
    assert [(verb, path) for verb, path, _ in server.seen] == [
        ("POST", "/login"),
        ("GET", "/a"),
        ("GET", "/b"),
        ("POST", "/logout"),
    ]
    assert server.seen[1][2] == f"Bearer {TOKEN}"


def test_a_refused_login_is_denied_and_tried_once(tmp_path: Path) -> None:
    with ApiServer(tmp_path) as server, pytest.raises(SessionError, match="was refused") as caught:
        read(server, probe("oauth2_password", **OAUTH), get("/a"), password="wrong")
    assert caught.value.outcome == Outcome.DENIED
    assert server.logins == ["wrong"]


def test_a_refused_basic_login_is_tried_once(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (401, {}), "/b": (401, {})}) as server:
        captures = read(server, probe("basic"), get("/a"), get("/b"))
    assert [c.outcome for c in captures] == [Outcome.DENIED] * 2
    assert len(server.seen) == 1


def test_status_codes_become_outcomes(tmp_path: Path) -> None:
    replies = {"/403": (403, {}), "/404": (404, {}), "/405": (405, {}), "/500": (500, {}), "/204": (204, None)}
    with ApiServer(tmp_path, replies) as server:
        captures = read(server, probe(), *(get(path) for path in replies), get("/404", empty_status=[404]))
    assert [c.outcome for c in captures] == [
        Outcome.DENIED,
        Outcome.UNSUPPORTED,
        Outcome.UNSUPPORTED,
        Outcome.UNREACHABLE,
        Outcome.OK,
        Outcome.OK,
    ]
    assert [c.body for c in captures] == [None] * 4 + [b""] * 2
    assert captures[4].detail == "HTTP 204 No Content"


def test_pages_by_skip_and_limit(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": items}) as server:
        captures = read(server, probe(), get("/a?x=1", paging=PAGING))
    assert [c.page for c in captures] == [0, 1, 2, 3]
    assert [path for _, path, _ in server.seen] == [f"/a?x=1&skip={n}&limit=3" for n in (0, 3, 6, 9)]
    assert captures[1].what == "/a?x=1&skip=3&limit=3"


def test_pages_of_a_search_are_told_in_its_body(tmp_path: Path) -> None:
    bodies: list[object] = []

    def search(handler: Handler) -> None:
        bodies.append(json.loads(handler.body))
        last = bodies[-1]["page"] == 3  # type: ignore[index, call-overload]
        handler.send(200, {"list": [{}] * (1 if last else 2), "more": not last})

    paging = {
        "style": "page",
        "in": "body",
        "page": "page",
        "limit": "limit",
        "size": 2,
        "items": "list",
        "more": "more",
    }
    asked = get("/find?kind=ap", "POST", paging=paging, json={"filters": []})
    allowing = replace(probe(), allow=(re.compile("POST /find"),))
    with ApiServer(tmp_path, {"/find": search}) as server:
        captures = read(server, allowing, asked)
    assert bodies == [{"filters": [], "page": n, "limit": 2} for n in (1, 2, 3)]
    assert [path for _, path, _ in server.seen] == ["/find?kind=ap"] * 3
    assert [c.what for c in captures] == [f"/find?kind=ap&page={n}&limit=2" for n in (1, 2, 3)]
    assert all(c.outcome is Outcome.OK for c in captures)


def test_pages_by_link_stay_on_the_host(tmp_path: Path) -> None:
    def first(handler: Handler) -> None:
        where = "/b" if handler.path == "/a" else "https://evil.example/c"
        handler.send(200, {"next": where})

    with ApiServer(tmp_path, {"/a": first, "/b": first}) as server:
        captures = read(server, probe(), get("/a", paging={"style": "next", "next": "next"}))
    assert [c.outcome for c in captures] == [Outcome.OK, Outcome.OK, Outcome.UNREACHABLE]
    assert "another host" in captures[2].detail


def test_pages_in_a_circle_end(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (200, {"next": "/a"})}) as server:
        captures = read(server, probe(), get("/a", paging={"style": "next", "next": "next"}))
    assert [c.outcome for c in captures] == [Outcome.OK, Outcome.UNPARSED]
    assert len(server.seen) == 1


def test_pages_without_end_are_cut_by_the_deadline(tmp_path: Path) -> None:
    def endless(handler: Handler) -> None:
        time.sleep(0.05)
        handler.send(200, {"data": [1, 2, 3], "pagination": {"total": 10**9}})

    with ApiServer(tmp_path, {"/a": endless}) as server:
        captures = read(server, probe(), get("/a", paging=PAGING), deadline=1.5)
    assert captures[-1].outcome is Outcome.TIMED_OUT


def test_redirects_on_the_same_host_only(tmp_path: Path) -> None:
    def to(place: str) -> object:
        return lambda handler: handler.send(302, None, {"Location": place})

    replies = {
        "/a": to("/b"),
        "/b": (200, [1]),
        "/c": to("https://evil.example/"),
        "/d": to("/d"),
        "/e": to("http://127.0.0.1/x"),
    }
    with ApiServer(tmp_path, replies) as server:  # type: ignore[arg-type]
        good, other, circle, plain = read(server, probe(), get("/a"), get("/c"), get("/d"), get("/e"))
    assert good.body == b"[1]"
    assert (other.outcome, plain.outcome) == (Outcome.UNREACHABLE, Outcome.UNREACHABLE)
    assert circle.outcome is Outcome.UNREACHABLE


def test_a_body_that_drips_is_cut_by_the_deadline(tmp_path: Path) -> None:
    def drip(handler: Handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b" ")
            time.sleep(0.1)

    with ApiServer(tmp_path, {"/a": drip}) as server:
        begun = time.monotonic()
        captures = read(server, probe(), get("/a"), get("/b"), deadline=1.5)
    assert [c.outcome for c in captures] == [Outcome.TIMED_OUT] * 2
    assert time.monotonic() - begun < 4


def test_headers_that_drip_are_cut_by_the_deadline(tmp_path: Path) -> None:
    def drip(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        while True:
            handler.wfile.write(b"x")
            time.sleep(0.1)

    with ApiServer(tmp_path, {"/a": drip}) as server:
        begun = time.monotonic()
        [capture] = read(server, probe(), get("/a"), deadline=1.5)
    assert capture.outcome is Outcome.TIMED_OUT
    assert time.monotonic() - begun < 4


def test_a_body_that_breaks_off_is_no_answer(tmp_path: Path) -> None:
    def cut(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b'{"x": ')
        handler.close_connection = True

    with ApiServer(tmp_path, {"/a": cut, "/b": (200, [1])}) as server:
        first, second = read(server, probe(), get("/a"), get("/b"))
    assert (first.outcome, first.body) == (Outcome.UNREACHABLE, None)
    assert second.outcome is Outcome.OK


def test_headers_that_break_off_are_no_answer(tmp_path: Path) -> None:
    def cut(handler: Handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
        handler.close_connection = True

    with ApiServer(tmp_path, {"/a": cut}) as server:
        [capture] = read(server, probe(), get("/a"))
    assert (capture.outcome, capture.body) == (Outcome.UNPARSED, None)


def test_garbage_is_a_reply_like_any_other(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (200, b"\xff\xfe<html>")}) as server:
        [capture] = read(server, probe(), get("/a"))
    assert (capture.outcome, capture.body) == (Outcome.OK, b"\xff\xfe<html>")


@pytest.mark.parametrize("change", [{"ca_file": ""}, {"server_name": "other.example.test"}, {"ca_file": "/nowhere"}])
@pytest.mark.parametrize("login", ["basic", "oauth2_password"])
def test_a_certificate_that_does_not_verify_gets_no_password(
    tmp_path: Path, change: dict[str, str], login: str
) -> None:
    with ApiServer(tmp_path, {"/a": (200, [1])}) as server:
        try:
            captures = read(server, probe(login, **OAUTH), get("/a"), **change)
            outcome, detail = captures[0].outcome, captures[0].detail
        except SessionError as error:
            outcome, detail = Outcome(error.outcome), str(error)
        assert server.seen == []
    assert outcome is Outcome.UNREACHABLE
    assert "identity" in detail and "verify = false" in detail


def test_a_certificates_name_can_be_configured(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (200, [1])}) as server:
        assert read(server, probe("basic"), get("/a"), server_name="api.example.test")[0].outcome is Outcome.OK


def test_only_the_target_that_says_so_is_read_unverified(tmp_path: Path) -> None:
    """`verify = false` is a setting that the report shows; nothing else switches verification off."""
    with ApiServer(tmp_path, {"/a": (200, [1])}) as server:
        [passed] = read(server, probe("basic"), get("/a"), verify=False, ca_file="")
        [refused] = read(server, probe("basic"), get("/a"), verify="false", ca_file="")
    assert (passed.outcome, refused.outcome) == (Outcome.OK, Outcome.UNREACHABLE)


def test_nobody_there_is_unreachable(tmp_path: Path) -> None:
    with ApiServer(tmp_path) as server:
        target = server.target()
    session = open_session(target, target.endpoints[0], probe("basic"), credential())
    assert [session.fetch(get(p))[0].outcome for p in ("/a", "/b")] == [Outcome.UNREACHABLE] * 2
    session.close()


def test_a_busy_server_is_asked_again_a_little_later(tmp_path: Path) -> None:
    count = []

    def busy(handler: Handler) -> None:
        count.append(1)
        handler.send(429, None, {"Retry-After": "1"}) if len(count) == 1 else handler.send(200, [1])

    with ApiServer(tmp_path, {"/a": busy}) as server:
        [capture] = read(server, probe(), get("/a"))
    assert capture.outcome is Outcome.OK


def test_times_in_a_path_are_relative_to_the_scan(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/a": (200, [])}) as server:
        [capture] = read(server, probe(), get("/a?after={now-30d}"))
    assert re.fullmatch(r"/a\?after=20\d\d-\d\d-\d\dT[\d:]+Z", capture.what)


def test_a_post_needs_the_allow_list(tmp_path: Path) -> None:
    with ApiServer(tmp_path, {"/search": (200, [1])}) as server:
        [refused] = read(server, probe(), get("/search", verb="POST", json={"q": 1}))
        allowed = replace(probe(), allow=(re.compile("POST /search"),))
        [passed] = read(server, allowed, get("/search", verb="POST", json={"q": 1}))
    assert (refused.outcome, passed.outcome) == (Outcome.NOT_COLLECTED, Outcome.OK)
    assert len(server.seen) == 1
