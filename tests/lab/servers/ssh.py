"""The switches' command lines over SSH: one process, a listener for each switch."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass

import asyncssh

from tests.lab.hostkeys import host_key, openssh_private
from tests.lab.model import Place
from tests.lab.servers.common import Live, Options
from tests.lab.servers.ssh_faults import RAW, raw_server
from tests.lab.servers.ssh_shell import Shell

_LOOK_S = 0.02


async def serve(live: Live, options: Options) -> None:
    """Listens for every switch; one that is down gets no listener, one with a fault below SSH another sort of it."""
    front = Front(live, options)
    await front.follow()
    options.ready()
    while True:
        await asyncio.sleep(_LOOK_S)
        await front.follow()


@dataclass(slots=True)
class _Listening:
    mode: str
    server: asyncssh.SSHAcceptor | asyncio.Server


class Front:
    """Which listeners there are, made to agree with the hospital whenever it changes."""

    def __init__(self, live: Live, options: Options) -> None:
        self.live = live
        self.options = options
        self.seed = (options.folder / "keys.seed").read_bytes()
        self._listening: dict[str, _Listening] = {}
        self._seen = -1

    async def follow(self) -> None:
        hospital = self.live.hospital
        if self._seen == self.live.generation:
            return
        self._seen = self.live.generation
        for name in hospital.nodes:
            fault = hospital.plan.faults(name).get("ssh", "")
            mode = "off" if name in hospital.plan.down else fault if fault in RAW else "ssh"
            await self._set(name, mode, hospital.ssh_place(name))

    async def _set(self, name: str, mode: str, place: Place) -> None:
        now = self._listening.get(name)
        if now and now.mode == mode:
            return
        if now:
            del self._listening[name]
            now.server.close()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(now.server.wait_closed(), 0.2)
        if mode == "off":
            return
        server = await (self._ssh(name, place) if mode == "ssh" else raw_server(mode, place))
        self._listening[name] = _Listening(mode, server)

    async def _ssh(self, name: str, place: Place) -> asyncssh.SSHAcceptor:
        key = asyncssh.import_private_key(openssh_private(host_key(self.seed, name)))
        return await asyncssh.create_server(
            lambda: Login(self, name),
            place.address,
            place.port,
            server_host_keys=[key],
            encoding=None,
            line_editor=False,
            login_timeout=30,
            reuse_address=True,
            backlog=200,
            server_version="Cisco-1.25" if name.startswith("acc") else "OpenSSH_9.1",
        )


class Login(asyncssh.SSHServer):
    """One connection: who may in."""

    def __init__(self, front: Front, name: str) -> None:
        self._front = front
        self._name = name

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        hospital = self._front.live.hospital
        logins = hospital.logins
        refused = hospital.plan.faults(self._name).get("ssh") == "refuse_login"
        good = not refused and (username, password) == (logins.username, logins.password)
        if good:
            self._front.options.login("ssh", self._name)
        return good

    def session_requested(self) -> asyncssh.SSHServerSession[bytes]:
        return Shell(self._front.live, self._name, self._front.options.latency_s)
