"""The SNMP server: one process, one socket an agent, tables built when they are first asked for."""

from __future__ import annotations

import asyncio
import hashlib
import random
import resource
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from tests.lab.hospital import Hospital
from tests.lab.model import Logins, Place, Switch, Ups
from tests.lab.servers.common import Live, Options
from tests.lab.servers.snmp_agent import Access, Agent
from tests.lab.servers.snmp_faults import SILENT, spoil, spoiled_table
from tests.lab.servers.snmp_mib import build_switch
from tests.lab.servers.snmp_mib_ups import build_ups
from tests.lab.servers.snmp_table import Table
from tests.lab.servers.snmp_usm import User

# Tables kept at a time; the oldest goes when a further agent is asked (somewhat less than a megabyte each).
KEPT_TABLES = 256


def engine_id(mac: str, name: str) -> bytes:
    """An engine id with a MAC address (RFC 3411, format 3); the name's hash makes equal MACs differ."""
    raw = bytes.fromhex(mac.replace(":", "")) if mac else hashlib.sha256(name.encode()).digest()[:6]
    return b"\x80\x00\x00\x09\x03" + raw


def access_of(device: Switch | Ups, logins: Logins) -> Access:
    """Who may read a device: on a switch, the communities and users of its own configuration."""
    users: dict[bytes, User] = {}
    communities: tuple[str, ...] = (logins.community,)
    known = {logins.v3_user}
    if isinstance(device, Switch):
        communities = device.services.snmp_communities
        known = {user.name for user in device.services.snmp_users}
    if logins.v3_user in known:
        user = User(logins.v3_user, logins.v3_auth, logins.v3_auth_key, logins.v3_priv, logins.v3_priv_key)
        users[logins.v3_user.encode()] = user
    return Access(frozenset(c.encode() for c in communities), users)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a device answers: who may ask, and what is wrong with it."""

    access: Access
    fault: str
    down: bool


class Farm:
    """All agents of a hospital. ``current`` gives the hospital as it is now; a new object means that it changed."""

    def __init__(self, current: Callable[[], Hospital]) -> None:
        self.current = current
        self._hospital: Hospital | None = None
        self._manners: dict[str, Manner] = {}
        self._agents: dict[str, Agent] = {}
        self._tables: OrderedDict[str, Table] = OrderedDict()

    def refresh(self) -> Hospital:
        hospital = self.current()
        if hospital is not self._hospital:
            self._hospital = hospital
            self._manners.clear()
            self._tables.clear()
        return hospital

    def places(self) -> dict[str, Place]:
        """Where each device listens, by its name."""
        hospital = self.refresh()
        return {name: hospital.snmp_place(name) for name in hospital.nodes} | {u.name: u.snmp for u in hospital.upses}

    def answer(self, name: str, datagram: bytes) -> bytes | None:
        """What the device of that name says to a datagram."""
        hospital = self.refresh()
        manner = self._manners.get(name)
        if manner is None:
            device = self._device(hospital, name)
            if device is None:
                return None
            fault = device.faults.get("snmp", "")
            manner = self._manners[name] = Manner(access_of(device, hospital.logins), fault, device.down)
            agent = self._agents.get(name)
            if agent is None:
                agent = Agent(engine_id(device.mac, name), manner.access, partial(self._table, name))
            agent.access = manner.access
            self._agents[name] = agent
        if manner.down or manner.fault in SILENT:
            return None
        reply = self._agents[name].answer(datagram)
        return spoil(manner.fault, reply) if reply and manner.fault else reply

    @staticmethod
    def _device(hospital: Hospital, name: str) -> Switch | Ups | None:
        if name in hospital.nodes:
            return hospital.switch(name)
        return next((ups for ups in hospital.upses if ups.name == name), None)

    def _table(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            assert self._hospital is not None
            device = self._device(self._hospital, name)
            assert device is not None
            made = build_switch(device) if isinstance(device, Switch) else build_ups(device)
            table = self._tables[name] = spoiled_table(device.faults.get("snmp", ""), made)
            while len(self._tables) > KEPT_TABLES:
                self._tables.popitem(last=False)
        else:
            self._tables.move_to_end(name)
        return table


class Port(asyncio.DatagramProtocol):
    """One device's socket."""

    def __init__(self, farm: Farm, name: str, delay_s: float) -> None:
        self.farm = farm
        self.name = name
        self.delay_s = delay_s
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        reply = self.farm.answer(self.name, data)
        if reply is None or self.transport is None:
            return
        if self.delay_s:
            wait = random.uniform(0.5, 1.5) * self.delay_s
            asyncio.get_running_loop().call_later(wait, self.transport.sendto, reply, addr)
        else:
            self.transport.sendto(reply, addr)


async def start(farm: Farm, delay_s: float = 0.0) -> list[asyncio.BaseTransport]:
    """Opens every device's socket; they answer from then on."""
    loop = asyncio.get_running_loop()
    opened: list[asyncio.BaseTransport] = []
    for name, place in farm.places().items():
        where = (place.address, place.port)
        transport, _ = await loop.create_datagram_endpoint(partial(Port, farm, name, delay_s), local_addr=where)
        opened.append(transport)
    return opened


async def serve(live: Live, options: Options) -> None:
    """Answers for all switches and UPSes until cancelled. An agent takes a tenth of what a command line takes."""
    _allow_sockets(len(live.hospital.nodes) + 100)
    await start(Farm(lambda: live.hospital), options.latency_s / 10)
    options.ready()
    await asyncio.Event().wait()


def _allow_sockets(wanted: int) -> None:
    """Raises the process's limit of open files as far as it may, where thousands of agents need it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
