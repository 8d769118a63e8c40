"""The HTTPS server: the wireless controllers' and the backup system's APIs, one process."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.lab.hospital import Hospital
from tests.lab.model import BackupSystem, Controller
from tests.lab.servers import http_arubaos, http_restconf, http_veeam, tls
from tests.lab.servers.common import Live, Options
from tests.lab.servers.http_backup import Rows
from tests.lab.servers.http_faults import send
from tests.lab.servers.http_wire import HEAD_MOST, BadRequestError, Request, Response, read_request
from tests.lab.servers.http_wireless import build_store

TOKEN_S = 900.0


@dataclass(frozen=True, slots=True)
class Site:
    """One API as it is now. ``answer`` gives the reply and whether the device's fault applies to it."""

    device: Controller | BackupSystem
    answer: Callable[[Request], tuple[Response, bool]]


class Sites:
    """The APIs; rebuilt when the hospital changed. Tokens outlive a change."""

    def __init__(self, live: Live, options: Options) -> None:
        self._live = live
        self._options = options
        self._hospital: Hospital | None = None
        self._sites: dict[str, Site] = {}
        self._tokens = http_veeam.Tokens(TOKEN_S)
        self._sessions = http_arubaos.Sessions()

    def of(self, kind: str) -> Site:
        hospital = self._live.hospital
        if hospital is not self._hospital:
            self._hospital = hospital
            self._sites.clear()
            self._tokens.life_s = float(hospital.tables.get("backup", {}).get("token_s", TOKEN_S))
        if kind not in self._sites:
            make = {"wireless": self._wireless, "annex": self._annex, "backup": self._backup}[kind]
            self._sites[kind] = make(hospital)
        return self._sites[kind]

    @staticmethod
    def _wireless(hospital: Hospital) -> Site:
        store = build_store(hospital.controller)
        return Site(hospital.controller, lambda request: (http_restconf.answer(request, store), True))

    def _annex(self, hospital: Hospital) -> Site:
        controller = hospital.annex
        assert controller is not None

        def answer(request: Request) -> tuple[Response, bool]:
            response = http_arubaos.answer(request, controller, self._sessions)
            if request.path == http_arubaos.LOGIN and response.status == 200:
                self._options.login("http", controller.name)
            return response, request.path not in (http_arubaos.LOGIN, http_arubaos.LOGOUT)

        return Site(controller, answer)

    def _backup(self, hospital: Hospital) -> Site:
        rows = Rows(hospital.backup)
        fault = hospital.backup.faults.get("http", "")

        def answer(request: Request) -> tuple[Response, bool]:
            login = request.path in (http_veeam.LOGIN, http_veeam.LOGOUT)
            response = http_veeam.answer(request, rows, self._tokens, fault)
            if request.path == http_veeam.LOGIN and response.status == 200:
                self._options.login("http", hospital.backup.name)
            return response, not login

        return Site(hospital.backup, answer)


async def serve(live: Live, options: Options) -> None:
    """Answers for all until cancelled."""
    sites = Sites(live, options)
    certificates = tls.Certificates(options.folder / "tls")
    hospital = live.hospital
    places = {"wireless": hospital.controller.http, "backup": hospital.backup.http}
    places |= {"annex": hospital.annex.http} if hospital.annex else {}
    for kind, place in places.items():
        talk = _talker(sites, kind, certificates, options.latency_s)
        await asyncio.start_server(talk, place.address, place.port, limit=HEAD_MOST, backlog=200)
    options.ready()
    await asyncio.Event().wait()


def _talker(
    sites: Sites, kind: str, certificates: tls.Certificates, latency_s: float
) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        device = sites.of(kind).device
        if device.down:
            tls.abort(writer)
            return
        if not await tls.secure(writer, certificates.context(device.name, device.faults.get("http", ""))):
            return
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await _converse(sites, kind, reader, writer, latency_s)
        writer.close()

    return talk


async def _converse(
    sites: Sites, kind: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, latency_s: float
) -> None:
    going = True
    while going:
        try:
            request = await read_request(reader)
        except BadRequestError as error:
            writer.write(Response(400, str(error).encode(), "text/plain").head(len(str(error))) + str(error).encode())
            return
        if request is None:
            return
        site = sites.of(kind)
        if site.device.down:
            tls.abort(writer)
            return
        if latency_s:
            await asyncio.sleep(latency_s)
        response, breakable = site.answer(request)
        fault = site.device.faults.get("http", "") if breakable else ""
        going = await send(writer, response, fault) and request.headers.get("connection", "").lower() != "close"
