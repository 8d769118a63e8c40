"""A small SSH device on loopback that does what a test tells it: answers, or one of the faults."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

import asyncssh

from collector.model import Credential, Endpoint, Secret, Target, Transport
from collector.probes.definition import ProbeDef, load_probes

PASSWORD = "pw-Shell-9931"
SECRET = "en-Shell-5520"

PROBE = """
probe = "shell"
platform = "shell"
transport = "ssh"
family = "switch"
version = "1"
[session]
netmiko = "generic"
paging_off = ["terminal length 0"]
enable = ENABLE
read_timeout_s = 2
[session.failure]
unsupported = ['^% Invalid input']
denied = ['^% Authorization failed']
[guard]
allow = ['show [a-z -]+']
"""
REQUEST = """
[[request]]
name = "{0}"
send = "{1}"
reader = "regex"
[[request.feed]]
kind = "device"
"""


def probe(folder: Path, *commands: str, enable: bool = False) -> ProbeDef:
    """A probe that asks these commands."""
    folder.mkdir(parents=True, exist_ok=True)
    text = PROBE.replace("ENABLE", str(enable).lower()) + "".join(
        REQUEST.format(c.replace(" ", "_"), c) for c in commands
    )
    (folder / "shell.toml").write_text(text)
    return load_probes([folder])["shell"]


Answer = str | bytes | Callable[["Device"], None]


class Device(asyncssh.SSHServerSession[bytes]):
    """One shell: echoes, answers from a table, and lets a callable misbehave."""

    def __init__(self, server: ShellServer) -> None:
        self.server = server
        self.prompt = "sw1>" if server.enable else "sw1#"
        self.line = b""
        self.secret_asked = False

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        self.chan = chan

    def pty_requested(self, *args: object) -> bool:
        return True

    def shell_requested(self) -> bool:
        return True

    def session_started(self) -> None:
        if callable(self.server.greeting):
            self.server.greeting(self)
        else:
            self.write(self.server.greeting + "\r\n" + self.prompt)

    def write(self, text: str | bytes) -> None:
        if not self.chan.is_closing():
            self.chan.write(text.encode() if isinstance(text, str) else text)

    def data_received(self, data: bytes, datatype: object) -> None:
        for octet in data.replace(b"\r", b""):
            if octet == 10:
                line, self.line = self.line.decode(), b""
                asyncio.get_running_loop().call_later(self.server.latency, self.answer, line)
            else:
                self.line += bytes([octet])

    def answer(self, line: str) -> None:
        self.server.seen.append(line)
        if self.secret_asked:
            self.secret_asked = False
            if line == SECRET:
                self.prompt = "sw1#"
                self.write("\r\n" + self.prompt)
            else:
                self.write("\r\n% Access denied\r\n\r\n" + self.prompt)
            return
        self.write(line + "\r\n")
        if line == "enable" and self.server.enable:
            self.secret_asked = True
            self.write("Password: ")
            return
        if not line or line.startswith("terminal"):
            self.write(self.prompt)
            return
        found = self.server.answers.get(line, "% Invalid input detected at '^' marker.\n")
        if callable(found):
            found(self)
        else:
            text = found if isinstance(found, bytes) else found.replace("\n", "\r\n").encode()
            self.write(text + self.prompt.encode())

    def eof_received(self) -> bool:
        return False


class ShellServer:
    """Serves from a thread of its own; ``seen`` has every line that any client sent, ``logins`` every password tried."""

    def __init__(
        self,
        answers: Mapping[str, Answer] | None = None,
        *,
        enable: bool = False,
        greeting: str | Callable[[Device], None] = "",
        latency: float = 0.0,
        address: str = "127.0.0.1",
    ) -> None:
        self.answers = dict(answers or {})
        self.enable, self.greeting, self.latency, self.address = enable, greeting, latency, address
        self.refuse = False
        self.seen: list[str] = []
        self.logins: list[str] = []
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> ShellServer:
        self._thread.start()
        self._acceptor = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._acceptor.get_port()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _stop(self) -> None:
        self._acceptor.close()
        for connection in list(self.connections):
            connection.abort()
        await asyncio.sleep(0.02)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: _Login(self),
            self.address,
            0,
            server_host_keys=[self.key],
            line_editor=False,
            encoding=None,
            backlog=500,
        )

    def known_hosts(self, folder: Path) -> Path:
        file = folder / f"known_hosts-{self.port}"
        public = self.key.export_public_key().decode().strip()
        file.write_text(f"[{self.address}]:{self.port} {public}\n")
        return file

    def target(self, folder: Path, name: str = "sw1", **options: object) -> Target:
        own = {"known_hosts": str(self.known_hosts(folder)), **options}
        deadline = float(str(own.pop("deadline", 20)))
        endpoint = Endpoint(Transport.SSH, self.port, "shell", 5, deadline, own)
        return Target(name, self.address, "shell", endpoints=(endpoint,))


class _Login(asyncssh.SSHServer):
    def __init__(self, server: ShellServer) -> None:
        self._server = server

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.connections.discard(self._connection)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        self._server.logins.append(password)
        return password == PASSWORD and not self._server.refuse

    def session_requested(self) -> Device:
        return Device(self._server)


def credential(password: str = PASSWORD, secret: str = SECRET) -> Credential:
    return Credential("shell", "reader", {"password": Secret(password), "enable": Secret(secret)})
