"""How an API is logged in to, as the ``[session]`` of a probe says it; what the server gives back, and where that is sent.

``login``
    "none", "basic" (RFC 7617), "bearer" (the credential's ``token``, RFC 6750), "header" (``send`` holds the key),
    "oauth2_password" and "oauth2_client" (RFC 6749, 4.3 and 4.4), "token" (one POST whose reply holds what proves the rest).
    Default: basic where there is an account
``login_path``, ``login_form`` or ``login_json``, ``login_basic``, ``login_headers``
    the POST that logs in: its path, its body (a form, or JSON), whether the account goes along as basic authentication
``token``
    where the reply has it: a JMESPath in its JSON, ``header:NAME`` or ``cookie:NAME``; ``""`` where cookies alone prove the rest
``csrf``, ``csrf_header``
    where the reply has the word that protects against forged requests, in the same words, and the header that takes it
``send``, ``send_query``
    headers and query values of every later call; default ``{ Authorization = "Bearer {session}" }``
``headers``, ``logout`` ("POST /path"), ``version`` (``{ path, at, least }``: the lowest version of the API that can be read)

``{username}``, ``{password}``, ``{token}``, ``{client_id}``, ``{client_secret}`` stand for the credential's, ``{session}`` for
what the login gave. Only `login_path` and `logout` may be called besides the requests: the guard knows them.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError

from collector.errors import SessionError
from collector.model import Outcome
from collector.sessions.contract import Opening, denied, unsupported

_FORMS: Mapping[str, Mapping[str, str]] = {
    "oauth2_password": {"grant_type": "password", "username": "{username}", "password": "{password}"},
    "oauth2_client": {
        "grant_type": "client_credentials",
        "client_id": "{client_id}",
        "client_secret": "{client_secret}",
    },
    "token": {},
}
_BEARER = {"Authorization": "Bearer {session}"}
_PLACE = re.compile(r"\{(\w+)\}")
#: Shorter values that a server hands out are no secrets, and would tear other words apart.
_SHORT = 8


class Login:
    """One way in, filled with one account. ``headers`` and ``query`` go with every call; both change by ``take``."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._session = session = opening.probe.session
        kind = str(session.get("login", "basic" if opening.account else "none"))
        self.headers = {str(k): str(v) for k, v in session.get("headers", {}).items()}
        self.query: dict[str, str] = {}
        self.version: Mapping[str, Any] = session.get("version", {})
        self.path = ""
        self.secrets: frozenset[str] = frozenset()
        if kind == "none":
            return
        if opening.credential is None:
            raise denied("no credential for HTTP", "name one in the target's [http] settings")
        if kind == "basic":
            self.headers["Authorization"] = self._basic()
        elif kind in ("bearer", "header"):
            own = {"Authorization": "Bearer {token}"} if kind == "bearer" else {}
            self.headers |= self._filled(own | dict(session.get("send", {})))
            self.query = self._filled(session.get("send_query", {}))
        elif kind in _FORMS:
            self.path = str(session.get("login_path", ""))
            self._prepare(_FORMS[kind])
        else:
            raise unsupported(f"no HTTP login {kind!r}")

    def _prepare(self, form: Mapping[str, str]) -> None:
        session = self._session
        self.call_headers = self._filled({"Accept": "application/json"} | session.get("login_headers", {}))
        if session.get("login_basic"):
            self.call_headers["Authorization"] = self._basic()
        self.document = self._filled_document(session["login_json"]) if "login_json" in session else None
        self.form = None if self.document is not None else self._filled({**form, **session.get("login_form", {})})

    @property
    def proves(self) -> bool:
        """Whether something goes with each call that a server may refuse."""
        return "Authorization" in self.headers or bool(self._session.get("send") or self._session.get("send_query"))

    def take(self, body: bytes, headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        """What a login's reply gives for the calls after it. Raises SessionError where it gives nothing."""
        session = self._session
        where = str(session.get("token", "access_token"))
        token = _given(where, body, headers, cookies) if where else ""
        if token is None or (not where and not cookies):
            raise SessionError(Outcome.UNPARSED, "the login's reply has no token")
        sent = session.get("send", {} if "send_query" in session or not token else _BEARER)
        self.headers |= self._filled(sent, token)
        self.query = self._filled(session.get("send_query", {}), token)
        csrf = _given(str(session["csrf"]), body, headers, cookies) if "csrf" in session else None
        if csrf:
            self.headers[str(session.get("csrf_header", "X-CSRF-Token"))] = csrf
        given = {token, csrf or "", *cookies.values()}
        self.secrets |= {text for text in given if len(text) >= _SHORT}

    def without_secrets(self, body: bytes) -> bytes:
        """A reply without what the server handed out: a capture is kept for years, and read by others."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            for form in {secret, json.dumps(secret)[1:-1], secret.replace("/", "\\/"), quote(secret, safe="")}:
                body = body.replace(form.encode(), b"<redacted session>")
        return body

    def _basic(self) -> str:
        pair = f"{self._opening.account}:{self._needed('password')}".encode()
        return f"Basic {base64.b64encode(pair).decode('ascii')}"

    def _filled(self, table: Mapping[str, Any], token: str = "") -> dict[str, str]:
        return {str(name): self._fill(str(text), token) for name, text in table.items()}

    def _filled_document(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {str(name): self._filled_document(inner) for name, inner in value.items()}
        return self._fill(value, "") if isinstance(value, str) else value

    def _fill(self, text: str, token: str) -> str:
        def value(found: re.Match[str]) -> str:
            match found[1]:
                case "session":
                    return token
                case "username":
                    return self._opening.account
                case "client_id":
                    credential = self._opening.credential
                    return str(credential.options.get("client_id", "")) if credential else ""
                case name:
                    return self._needed(name)

        return _PLACE.sub(value, text)

    def _needed(self, key: str) -> str:
        value = self._opening.secret(key)
        if not value:
            name = self._opening.credential.name if self._opening.credential else ""
            raise denied(f"credential {name} has no {key}", f"add `{key}` to it")
        return value


def _given(where: str, body: bytes, headers: Mapping[str, str], cookies: Mapping[str, str]) -> str | None:
    """A word of a login's reply; None where it has none that could be sent."""
    kind, _, name = where.partition(":")
    if kind in ("header", "cookie") and name:
        found = (headers if kind == "header" else cookies).get(name)
    else:
        found = found_in(body, where)
    return found if found and found.isascii() and found.isprintable() else None


def found_in(body: bytes, expression: str) -> str | None:
    """The text or number that a JMESPath finds in a JSON reply, as text."""
    try:
        found = jmespath.search(expression, json.loads(body))
    except (ValueError, RecursionError, JMESPathError):
        return None
    return str(found) if isinstance(found, str | int | float) and not isinstance(found, bool) else None


def older(said: str, least: str) -> bool:
    """Whether a version, number by number, comes before another; what is no version is older than any."""
    ours, wanted = ([int(n[:9]) for n in re.findall(r"\d+", text)] for text in (said, least))
    return ours < wanted
