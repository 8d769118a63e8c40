"""HTTP: GET (and the searches by POST that a probe's allow-list names), after one login, over verified TLS.

``[session]`` of a probe: see collector.sessions.http_login. ``send_options`` of a request: ``paging``
(collector.sessions.http_paging), ``headers``, ``accept``, ``json`` (the body of a POST), ``empty_status`` (status codes that
prove an empty list, besides 204), ``each = { request, at }``: the path is asked once for each id that JMESPath ``at`` finds in
the answers of that earlier request, with the id for ``{each}``, and what that answer itself was asked for as ``{outer}``. Other names in braces are ``values`` of the target's ``[http]``.
"""

from __future__ import annotations

import contextlib
import http
import json
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import jmespath
import requests
from jmespath.exceptions import JMESPathError
from urllib3.exceptions import HTTPError

from collector.errors import GuardError, SessionError
from collector.model import Capture, Outcome
from collector.probes.definition import RequestDef
from collector.sessions import guard, tls
from collector.sessions.contract import Opening, denied, plain, timed_out, unreachable, unsupported
from collector.sessions.fill import fill
from collector.sessions.http_client import http_client
from collector.sessions.http_login import Login, found_in, older
from collector.sessions.http_paging import Page, first, follow, in_body, with_query
from collector.sessions.watchdog import watch

_BYTES = 64 * 2**20
_PAGES = 2_000
_REDIRECTS = 3
_REDIRECT = (301, 302, 303, 307, 308)
_BUSY = (429, 503)
_EACH = 10_000


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    body: bytes
    headers: Mapping[str, str]


class HttpSession:
    """One API under one account."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._deadline = opening.deadline()
        self._sockets: list[socket.socket] = []
        self._requests = http_client(opening, self._sockets)
        scheme, host = str(opening.option("scheme", "https")), opening.target.address
        self._root = f"{scheme}://{f'[{host}]' if ':' in host else host}:{opening.endpoint.port}"
        self._dead: SessionError | None = None
        self._logged_in = False
        self._fresh = False
        self._sources = {
            str(r.send_options["each"]["request"]) for r in opening.probe.collected if "each" in r.send_options
        }
        self._answers: dict[str, list[tuple[Capture, str]]] = {}  # with the id that each was asked for
        self._watch = watch(self._deadline, self._kill)
        try:
            with self._errors():
                self._open()
        except BaseException:
            self.close()
            raise

    def fetch(self, request: RequestDef) -> list[Capture]:
        captures: list[Capture] = []
        ids: list[str] = []
        what = request.send[0] if request.send else ""
        try:
            guard.check(self._opening.probe, request)
            for what, number in self._paths(request):
                for capture in self._pages(request, what, len(captures)):
                    captures.append(capture)
                    ids.append(number)
            if not captures:
                captures.append(self._opening.capture(request, b"", detail="there is nothing to ask for"))
        except SessionError as error:
            captures.append(self._opening.failed(request, error, page=len(captures), what=what))
        except GuardError as error:
            captures.append(self._opening.capture(request, None, Outcome.NOT_COLLECTED, str(error), page=len(captures)))
        if request.name in self._sources:
            ids += [""] * (len(captures) - len(ids))
            self._answers[request.name] = list(zip(captures, ids, strict=True))
        return captures

    def _paths(self, request: RequestDef) -> Iterator[tuple[str, str]]:
        """The paths to ask, with the names in braces filled: once, or once for each id of an earlier answer, which stands beside."""
        given = self._opening.option("values", {})
        names = {str(k): quote(str(v), safe="") for k, v in given.items()} if isinstance(given, Mapping) else {}
        each = request.send_options.get("each")
        for path in request.send:
            if each is None:
                yield fill(path, self._opening.now(), names), ""
                continue
            for number, outer in self._ids(str(each["request"]), str(each["at"])):
                if not number and "={each}" not in path:
                    continue
                own = {"each": quote(number, safe=""), "outer": quote(outer, safe="")}
                yield fill(path, self._opening.now(), {**names, **own}), number

    def _ids(self, source: str, at: str) -> list[tuple[str, str]]:
        """What an earlier request's answers list, and what each answer was asked for. Raises SessionError where it failed."""
        found: dict[tuple[str, str], None] = {}
        for capture, outer in self._answers.get(source, ()):
            if capture.outcome is not Outcome.OK:
                raise SessionError(capture.outcome, f"it needs the answer to {source}: {capture.detail}")
            try:
                listed = jmespath.search(at, json.loads(capture.body or b"null"))
            except (ValueError, RecursionError, JMESPathError):
                raise SessionError(Outcome.UNPARSED, f"the answer to {source} is not JSON") from None
            ids = listed if isinstance(listed, list) else []
            found.update(dict.fromkeys((str(i), outer) for i in ids if isinstance(i, str | int)))
        if any(number in (".", "..") for number, _ in found):
            raise SessionError(Outcome.UNPARSED, f"{source} lists an id that would lead to another path")
        if source not in self._answers:
            raise SessionError(Outcome.NOT_COLLECTED, f"it needs the answer to {source}, which was not asked")
        if len(found) > _EACH:
            raise timed_out(f"{source} lists {len(found)} things; at most {_EACH} are asked one by one")
        return list(found)

    def close(self) -> None:
        verb, _, path = str(self._opening.probe.session.get("logout", "")).partition(" ")
        if self._logged_in and path and not self._deadline.over() and not self._dead:
            self._logged_in = False
            with contextlib.suppress(SessionError, GuardError):
                guard.check_login(self._opening.probe, verb, path)
                self._call(verb, path, {})
        self._watch.done()
        self._kill()
        with contextlib.suppress(Exception):
            self._requests.close()

    # Logging in

    def _open(self) -> None:
        self._login = Login(self._opening)
        self._requests.headers.update(self._login.headers)
        if self._login.path:
            self._reach()
            asked = time.monotonic()
            with self._opening.turn():
                self._waited(time.monotonic() - asked)
                self._log_in()
        if self._login.version:
            self._check_version()
        # what is sent with every call is proven by the first request that is answered; see _authorised

    def _log_in(self) -> None:
        """One call with the account; what the server gives for it goes with every later call."""
        login = self._login
        guard.check_login(self._opening.probe, "POST", login.path)
        self._requests.cookies.clear()
        reply = self._call("POST", login.path, login.call_headers, form=login.form, document=login.document)
        if reply.status in (400, 401, 403):
            raise denied(f"login as {self._opening.account!r} was refused: {_status(reply.status)}")
        self._raise_for(reply)
        cookies = {cookie.name: cookie.value or "" for cookie in self._requests.cookies}
        login.take(reply.body, reply.headers, cookies)
        self._requests.headers.update(login.headers)
        self._logged_in, self._fresh = True, True

    def _check_version(self) -> None:
        """An API older than the definition was written for is not asked: its fields may mean something else."""
        path, at, least = (str(self._login.version[key]) for key in ("path", "at", "least"))
        reply = self._call("GET", path, {"Accept": "application/json"})
        self._raise_for(reply)
        said = found_in(reply.body, at)
        if said is None:
            raise SessionError(Outcome.UNPARSED, f"{path} does not say which version the API has")
        if older(said, least):
            raise unsupported(
                f"the API is version {plain(said, 40)}; {least} is the first that can be read", "update it"
            )

    def _reach(self) -> None:
        """A connection and a certificate that verify, before the credential's turn is asked for."""
        host, port = self._opening.target.address, self._opening.endpoint.port
        wait = self._deadline.wait_less(self._opening.endpoint.connect_timeout_s)
        with socket.create_connection((host, port), timeout=wait) as plain_socket:
            if self._root.startswith("https"):
                name = str(self._opening.option("server_name") or host)
                tls.context(self._opening).wrap_socket(plain_socket, server_hostname=name).close()

    # Asking

    def _pages(self, request: RequestDef, path: str, number: int) -> Iterator[Capture]:
        options = request.send_options
        paging: Mapping[str, Any] = options.get("paging", {})
        headers = {"Accept": str(options.get("accept", "application/json")), **options.get("headers", {})}
        empty = (204, *options.get("empty_status", ()))
        asked = first(path, paging)
        seen, been = 0, set()
        for count in range(_PAGES):
            at = self._opening.now()
            with self._errors():
                reply = self._authorised(request, asked, headers)
            if reply.status in empty:
                yield self._opening.capture(
                    request, b"", detail=_status(reply.status), page=number + count, what=asked, at=at
                )
                return
            self._raise_for(reply)
            if not reply.body:
                raise SessionError(Outcome.UNPARSED, f"{_status(reply.status)} with an empty reply, which is no answer")
            body, what = (self._login.without_secrets(b) for b in (reply.body, asked.encode()))
            yield self._opening.capture(request, body, page=number + count, what=what.decode(), at=at)
            been.add(asked)
            following, seen = follow(path, Page(count, asked, reply.body, reply.headers, seen), paging)
            if following is None:
                return
            asked = self._same_host(following)
            if asked in been:
                raise SessionError(Outcome.UNPARSED, f"the pages go in a circle: {plain(asked)} was read before")
        raise timed_out(f"the pages do not end: cut after {_PAGES}")

    def _authorised(self, request: RequestDef, path: str, headers: Mapping[str, str]) -> _Reply:
        """A call; where no call logged in, the first of a session does, and waits for its turn.

        A session that has ended meanwhile (401) is opened anew, once for what it answers.
        """
        if self._dead:
            raise self._dead
        body = None
        if request.verb == "POST":
            options = request.send_options
            path, body = in_body(path, options.get("json"), options.get("paging", {}))
        if self._logged_in or not self._login.proves:
            reply = self._call(request.verb, path, headers, document=body)
            if reply.status == 401 and self._login.path and not self._fresh:
                with self._opening.turn():
                    self._log_in()
                reply = self._call(request.verb, path, headers, document=body)
            self._fresh = self._fresh and reply.status == 401
            return reply
        self._reach()
        asked = time.monotonic()
        try:
            with self._opening.turn():
                self._waited(time.monotonic() - asked)
                reply = self._call(request.verb, path, headers, document=body)
                if reply.status == 401:
                    raise denied(f"login as {self._opening.account!r} was refused: {_status(401)}")
        except SessionError as error:
            if error.outcome == Outcome.DENIED:  # never tried again on this target
                self._dead = error
            raise
        self._logged_in = True
        return reply

    def _call(
        self,
        verb: str,
        path: str,
        headers: Mapping[str, str],
        *,
        form: Mapping[str, str] | None = None,
        document: Any = None,
    ) -> _Reply:
        """One exchange, with redirects on the same host and a short wait for a busy server."""
        waited = 0
        redirects = 0
        while True:
            reply = self._send(verb, path, headers, form, document)
            if reply.status in _REDIRECT and verb == "GET" and redirects < _REDIRECTS and reply.headers.get("Location"):
                path = self._same_host(reply.headers["Location"])
                redirects += 1
                continue
            if reply.status in _BUSY and waited < 2:
                pause = reply.headers.get("Retry-After", "")
                seconds = min(float(pause) if pause.isdigit() else 2.0, 30.0)
                if seconds < self._deadline.left():
                    waited += 1
                    time.sleep(seconds)
                    continue
            return reply

    def _send(
        self, verb: str, path: str, headers: Mapping[str, str], form: Mapping[str, str] | None, document: Any
    ) -> _Reply:
        if self._deadline.over():
            raise timed_out(f"the deadline of {self._deadline.seconds:g} s is over")
        if self._login.query and form is None:
            path = with_query(path, self._login.query)
        wait = self._deadline.wait_less(self._opening.endpoint.connect_timeout_s)
        with self._requests.request(
            verb,
            self._root + quote(path, safe="/?&=%:;,+()!*'$@~-._[]"),
            headers=dict(headers),
            data=dict(form) if form is not None else None,
            json=document,
            timeout=(wait, self._deadline.wait_less(60.0)),
            allow_redirects=False,
            stream=True,
        ) as response:
            chunks, taken = [], 0
            for chunk in response.iter_content(65536):
                taken += len(chunk)
                if self._deadline.over():
                    raise timed_out(f"the deadline of {self._deadline.seconds:g} s is over")
                if taken > _BYTES:
                    raise timed_out(f"the reply does not end: cut after {taken} bytes")
                chunks.append(chunk)
            if self._deadline.over():  # the watchdog's closing looks like the end of a reply without a length
                raise timed_out(f"the deadline of {self._deadline.seconds:g} s is over")
            return _Reply(response.status_code, b"".join(chunks), response.headers)

    def _same_host(self, location: str) -> str:
        """The path of an address the server named; another host, port or scheme is never followed."""
        parts = urlsplit(location)
        if parts.scheme or parts.netloc:
            ours = urlsplit(self._root)
            named = (
                parts.scheme or ours.scheme,
                parts.hostname,
                parts.port or (443 if parts.scheme == "https" else 80),
            )
            alias = str(self._opening.option("server_name") or ours.hostname)
            if named[0] != ours.scheme or named[1] not in (ours.hostname, alias) or named[2] != ours.port:
                raise unreachable(
                    f"the server sends us on to another host: {plain(location)[:120]}", "nothing was sent there"
                )
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if not path.startswith("/"):
            raise unreachable(f"the server names an address that cannot be followed: {plain(location)[:120]}")
        return path

    def _raise_for(self, reply: _Reply) -> None:
        said = plain(self._login.without_secrets(reply.body)[:300].decode("utf-8", "replace"))
        text = f"{_status(reply.status)}: {said}" if said else _status(reply.status)
        if 200 <= reply.status < 300:
            return
        if reply.status in (401, 403):
            raise denied(text)
        if reply.status in (404, 405, 406, 410, 415, 501):
            raise unsupported(text)
        if reply.status in (400, 409, 412, 422):
            raise unsupported(text)
        if reply.status in (408, 504):
            raise timed_out(text)
        raise unreachable(text)

    # Ending

    def _waited(self, seconds: float) -> None:
        self._deadline.extend(seconds)
        self._watch.done()
        self._watch = watch(self._deadline, self._kill)

    def _kill(self) -> None:
        for open_socket in tuple(self._sockets):
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """The library's exceptions as outcomes."""
        try:
            yield
        except SessionError as error:
            if self._deadline.over() and error.outcome == Outcome.UNREACHABLE:
                raise timed_out(f"the deadline of {self._deadline.seconds:g} s is over") from None
            raise
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise self._meaning(error) from None

    def _meaning(self, error: Exception) -> SessionError:
        said = plain(str(error)) or type(error).__name__
        if self._deadline.over():
            return timed_out(f"the deadline of {self._deadline.seconds:g} s is over")
        if isinstance(error, requests.exceptions.SSLError | ssl.SSLError) and "certificate" in said.lower():
            self._dead = tls.unverified(self._opening, _reason(said))
            return self._dead
        if isinstance(error, requests.ConnectTimeout | requests.ConnectionError | ConnectionError | socket.gaierror):
            if isinstance(error, requests.ConnectionError) and "Read timed out" in said:
                return timed_out("the server stopped in the middle of its reply")
            self._dead = unreachable(f"no connection to {self._opening.where}: {said}")
            return self._dead
        if isinstance(error, requests.Timeout | TimeoutError):
            return timed_out("the server did not answer in time")
        return unreachable(f"the reply broke off: {said}")


def _status(code: int) -> str:
    try:
        return f"HTTP {code} {http.HTTPStatus(code).phrase}"
    except ValueError:
        return f"HTTP {code}"


def _reason(said: str) -> str:
    at = said.find("certificate verify failed")
    return said[at:] if at >= 0 else said
