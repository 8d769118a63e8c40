"""The SNMP server: one process, one socket an agent, tables built when they are first asked for."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.lab.model import Logins, Switch, Ups
from tests.lab.servers.snmp_agent import Access, Agent
from tests.lab.servers.snmp_faults import SILENT, spoil, spoiled_table
from tests.lab.servers.snmp_mib import build_switch
from tests.lab.servers.snmp_mib_ups import build_ups
from tests.lab.servers.snmp_table import Table
from tests.lab.servers.snmp_usm import User

# Tables kept at a time; the oldest goes when a further agent is asked (about half a megabyte each).
KEPT_TABLES = 400


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


class Farm:
    """All agents of a hospital. ``current`` gives the hospital as it is now; a new object means that it changed."""

    def __init__(self, current: Callable[[], Any]) -> None:
        self.current = current
        self._hospital: Any = None
        self._devices: dict[str, Switch | Ups] = {}
        self._agents: dict[str, Agent] = {}
        self._tables: OrderedDict[str, Table] = OrderedDict()

    def refresh(self) -> None:
        hospital = self.current()
        if hospital is self._hospital:
            return
        self._hospital = hospital
        self._devices = {d.name: d for d in (*hospital.switches, *hospital.upses)}
        self._tables.clear()
        for name, agent in self._agents.items():
            if name in self._devices:
                agent.access = access_of(self._devices[name], hospital.logins)

    def devices(self) -> dict[str, Switch | Ups]:
        self.refresh()
        return self._devices

    def answer(self, name: str, datagram: bytes) -> bytes | None:
        """What the device of that name says to a datagram."""
        self.refresh()
        device = self._devices.get(name)
        fault = device.faults.get("snmp", "") if device else ""
        if device is None or device.down or fault in SILENT:
            return None
        reply = self._agent(device).answer(datagram)
        return spoil(fault, reply) if reply and fault else reply

    def _agent(self, device: Switch | Ups) -> Agent:
        agent = self._agents.get(device.name)
        if agent is None:
            engine = engine_id(device.mac, device.name)
            agent = Agent(engine, access_of(device, self._hospital.logins), partial(self._table, device.name))
            self._agents[device.name] = agent
        return agent

    def _table(self, name: str) -> Table:
        table = self._tables.get(name)
        if table is None:
            device = self._devices[name]
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
        assert isinstance(transport, asyncio.DatagramTransport)
        self.transport = transport

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
    for device in farm.devices().values():
        where = (device.snmp.address, device.snmp.port)
        transport, _ = await loop.create_datagram_endpoint(partial(Port, farm, device.name, delay_s), local_addr=where)
        opened.append(transport)
    return opened
