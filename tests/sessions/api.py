"""A small HTTPS API on loopback that does what a test tells it."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs

from collector.model import Credential, Endpoint, Secret, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef
from tests.real.conftest import certificate

USER, PASSWORD, TOKEN = "reader", "pw-Api-7741", "tok-Api-8852"

Reply = tuple[int, object] | Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    server: ApiServer  # type: ignore[assignment]
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: object) -> None: ...

    def do_GET(self) -> None:
        self.api.seen.append((self.command, self.path, self.headers.get("Authorization", "")))
        path, _, query = self.path.partition("?")
        reply = self.api.replies.get(path, (404, {"error": "no such thing"}))
        self.query = {k: v[0] for k, v in parse_qs(query).items()}
        if callable(reply):
            reply(self)
        else:
            self.send(*reply)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length)
        self.do_GET()

    do_DELETE = do_PUT = do_POST

    @property
    def api(self) -> ApiServer:
        return self.server.api  # type: ignore[attr-defined, no-any-return]

    def send(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        body = value if isinstance(value, bytes) else b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in (headers or {}).items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def login(self) -> None:
        """The token end of OAuth 2."""
        form = {k: v[0] for k, v in parse_qs(self.body.decode()).items()}
        self.api.logins.append(form.get("password", ""))
        good = form.get("grant_type") == "password" and (form.get("username"), form.get("password")) == (USER, PASSWORD)
        self.send(200, {"access_token": TOKEN}) if good else self.send(401, {"error": "invalid_grant"})


class ApiServer:
    """Replies by path; ``seen`` has every call with its Authorization header."""

    def __init__(self, folder: Path, replies: Mapping[str, Reply] | None = None, *, tls: bool = True) -> None:
        self.replies: dict[str, Reply] = {"/login": Handler.login, "/logout": (200, {}), **(replies or {})}
        self.seen: list[tuple[str, str, str]] = []
        self.logins: list[str] = []
        self.folder = folder
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.handle_error = lambda request, address: None  # type: ignore[method-assign]
        self._http.api = self  # type: ignore[attr-defined]
        self.tls = tls
        if tls:
            certificate(folder, "127.0.0.1", "api.example.test")
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "server.pem", folder / "server.key")
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.port = int(self._http.server_address[1])

    def __enter__(self) -> ApiServer:
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join(5)

    def target(self, **options: object) -> Target:
        own: dict[str, Any] = {
            "ca_file": str(self.folder / "ca.pem"),
            "scheme": "https" if self.tls else "http",
            **options,
        }
        deadline = float(own.pop("deadline", 15))
        endpoint = Endpoint(Transport.HTTP, self.port, "api", float(own.pop("wait", 3)), deadline, own)
        return Target("api", "127.0.0.1", "api", endpoints=(endpoint,))


def credential(password: str = PASSWORD) -> Credential:
    return Credential("api", USER, {"password": Secret(password), "token": Secret(TOKEN)})


def get(path: str, verb: str = "GET", **options: object) -> RequestDef:
    return RequestDef(path.strip("/").replace("/", "_"), (path,), "json", (), verb, send_options=options)


def probe(login: str = "none", **session: object) -> ProbeDef:
    return ProbeDef("api", "api", Transport.HTTP, "any", "1", (), session={"login": login, **session})
