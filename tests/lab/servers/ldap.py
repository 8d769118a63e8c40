"""The directory server: LDAPS and LDAP with StartTLS, one process, read-only."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from tests.lab.servers import tls
from tests.lab.servers.common import Live, Options
from tests.lab.servers.ldap_session import Session
from tests.lab.servers.ldap_world import World


def watched(live: Live) -> Callable[[], World]:
    """Gives the directory as the hospital's file has it now."""
    kept: dict[str, object] = {}

    def world() -> World:
        hospital = live.hospital
        if kept.get("hospital") is not hospital:
            kept["hospital"], kept["world"] = hospital, World(hospital.directory)
        current = kept["world"]
        assert isinstance(current, World)
        return current

    return world


async def serve(live: Live, options: Options) -> None:
    """Answers for the domain controller until cancelled."""
    world = watched(live)
    certificates = tls.Certificates(options.folder / "tls")

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, secured: bool) -> None:
        if world().down:
            tls.abort(writer)
            return
        if secured and not await tls.secure(writer, certificates.context(world().name, world().fault)):
            return
        session = Session(world, certificates, reader, writer, options.latency_s / 10, secured)
        session.on_login = lambda: options.login("ldap", world().name)
        with contextlib.suppress(ConnectionError):
            await session.run()
        writer.close()

    async def talk_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer, secured=False)

    async def talk_secured(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(reader, writer, secured=True)

    directory = live.hospital.directory
    await asyncio.start_server(talk_plain, directory.ldap.address, directory.ldap.port, backlog=200)
    await asyncio.start_server(talk_secured, directory.ldaps.address, directory.ldaps.port, backlog=200)
    options.ready()
    await asyncio.Event().wait()
