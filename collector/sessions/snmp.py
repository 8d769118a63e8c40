"""SNMP: scalars by GET, tables by GETBULK with several columns a PDU; never more than reading.

``send_options`` of a request: ``max_repetitions``, ``max_varbinds``. What an agent says is bounded: OIDs must increase,
a table has a largest size, and the whole session a deadline. A target that never answers is asked once. A column that
several requests of a session name is walked once, to its end; the later ones get the values that the first one read.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Iterator

from collector.errors import GuardError, SessionError
from collector.model import Capture, Outcome
from collector.probes.definition import RequestDef
from collector.sessions import guard
from collector.sessions.contract import Opening, denied, timed_out, unreachable
from collector.sessions.snmp_ber import Oid, Response, Varbind
from collector.sessions.snmp_discover import agent_is_there
from collector.sessions.snmp_loop import elsewhere, submit
from collector.sessions.snmp_wire import GET, GETBULK, GETNEXT, TRIES, Address, Wire, wire
from collector.sessions.snmprec import snmprec

_COLUMNS = 8
_SCALARS = 20
_TOO_BIG, _NO_SUCH_NAME, _NO_ACCESS, _AUTHORISATION = 1, 2, 6, 16
_NOTHING = (0x80, 0x81, 0x82)
"""noSuchObject, noSuchInstance, endOfMibView."""


class SnmpSession:
    """One agent. ``fetch`` is for threads; on the SNMP loop itself ``read`` is awaited."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._deadline = opening.deadline()
        self._version = str(opening.option("version", "2c"))
        self._wire: Wire | None = None
        self._answered = False
        self._dead: SessionError | None = None
        self._shared = _named_often(opening.probe.collected)
        self._walked: dict[Oid, dict[Oid, Varbind]] = {}

    def fetch(self, request: RequestDef) -> list[Capture]:
        return submit(self.read(request)).result()

    @property
    def opened(self) -> bool:
        """Whether the agent answered and took the credential."""
        return self._answered and self._dead is None

    def close(self) -> None:
        """SNMP has no connection to close."""

    async def read(self, request: RequestDef) -> list[Capture]:
        """The request's varbinds as one capture."""
        at = self._opening.now()
        try:
            guard.check(self._opening.probe, request)
            if self._dead:
                raise self._dead
            if self._answered or self._version != "3":
                varbinds = await self._in_time(request)
            else:
                varbinds = await self._by_turn(request)
            return [self._opening.capture(request, snmprec(varbinds), at=at)]
        except GuardError as error:
            return [self._opening.capture(request, None, Outcome.NOT_COLLECTED, str(error), at=at)]
        except SessionError as error:
            if not self._answered:  # the same would come of every other request
                self._dead = error
            return [self._opening.failed(request, error)]

    async def _by_turn(self, request: RequestDef) -> list[Varbind]:
        """The first request under a v3 user is its login. Waiting for the turn takes none of the target's time.

        A wrong v2c community is silence, so there is nothing to be locked out of and nothing to count.
        """
        if self._opening.credential is None:
            raise denied("no credential for SNMP", "name one in the target's [snmp] settings")
        address = self._address()
        if not await agent_is_there(address.host, address.port, address.timeout_s, TRIES):
            raise self._nobody()
        asked = time.monotonic()
        turn = self._opening.turn()
        await elsewhere(turn.__enter__)
        self._deadline.extend(time.monotonic() - asked)
        try:
            varbinds = await self._in_time(request)
        except BaseException as error:
            if self._answered:  # the user was taken, and something else failed
                turn.__exit__(None, None, None)
            else:
                turn.__exit__(type(error), error, error.__traceback__)
            raise
        turn.__exit__(None, None, None)
        return varbinds

    async def _in_time(self, request: RequestDef) -> list[Varbind]:
        try:
            async with asyncio.timeout(self._deadline.left() or 0.001):
                return await self._read(request)
        except TimeoutError:
            raise timed_out(f"the deadline of {self._deadline.seconds:g} s is over") from None

    async def _read(self, request: RequestDef) -> list[Varbind]:
        oids = [_oid(text) for text in request.send]
        options = request.send_options
        repetitions = int(options.get("max_repetitions", self._opening.option("max_repetitions", 25)))
        limit = int(options.get("max_varbinds", 400_000))
        found: dict[Oid, Varbind] = {}
        for group in _groups([o for o in oids if o[-1] == 0], _SCALARS):
            await self._scalars(group, found)
        columns = [o for o in oids if o[-1] != 0]
        shared = {_oid(text) for text in request.send if text in self._shared}
        for column in columns:
            found.update(self._walked.get(column, {}))
        for group in _groups([c for c in columns if c not in self._walked], _COLUMNS):
            await self._columns(group, repetitions, limit, found)
            for column in shared.intersection(group):
                self._walked[column] = {name: v for name, v in found.items() if name[: len(column)] == column}
        return list(found.values())

    async def _scalars(self, oids: list[Oid], found: dict[Oid, Varbind]) -> None:
        response = await self._ask(GET, oids)
        if response.status == _TOO_BIG and len(oids) > 1:
            for group in _groups(oids, (len(oids) + 1) // 2):
                await self._scalars(group, found)
            return
        if response.status == _NO_SUCH_NAME and len(oids) > 1:  # an agent of the old kind: one bad name spoils all
            for one in oids:
                await self._scalars([one], found)
            return
        if response.status == _NO_SUCH_NAME:
            return
        _raise_for(response)
        wanted = set(oids)
        found.update((v[0], v) for v in response.varbinds if v[0] in wanted and v[1] not in _NOTHING)

    async def _columns(self, columns: list[Oid], repetitions: int, limit: int, found: dict[Oid, Varbind]) -> None:
        """Walk the columns side by side; each goes on from its own last OID until it leaves its subtree."""
        cursors = dict(zip(columns, columns, strict=True))
        active = list(columns)
        while active:
            single = repetitions <= 1
            asked = [cursors[column] for column in active]
            response = await (self._ask(GETNEXT, asked) if single else self._ask(GETBULK, asked, repetitions))
            if response.status:
                if not single:
                    repetitions //= 2
                    continue
                if len(active) > 1:
                    for column in active:
                        await self._columns([column], 1, limit, found)
                    return
                if response.status == _NO_SUCH_NAME:
                    return
                _raise_for(response)
            if not response.varbinds:
                raise SessionError(Outcome.UNPARSED, "the agent answered a walk with nothing")
            active = _take(response.varbinds, active, cursors, found)
            if len(found) > limit:
                raise timed_out(f"the table does not end: cut after {len(found)} values")

    async def _ask(self, verb: str, oids: list[Oid], repetitions: int = 0) -> Response:
        if self._wire is None:
            self._wire = await wire(self._version, self._address(), self._opening.credential)
        response = await self._wire.ask(verb, oids, repetitions)
        if response is not None:
            self._answered = True
            return response
        if self._answered:
            raise timed_out("the agent stopped answering")
        raise self._nobody()

    def _address(self) -> Address:
        endpoint = self._opening.endpoint
        return Address(self._opening.target.address, endpoint.port, endpoint.connect_timeout_s / TRIES)

    def _nobody(self) -> SessionError:
        hint = "" if self._version == "3" else "a wrong community looks the same: agents drop it silently"
        return unreachable(f"no SNMP answer from {self._opening.where}", hint)


def _take(varbinds: list[Varbind], active: list[Oid], cursors: dict[Oid, Oid], found: dict[Oid, Varbind]) -> list[Oid]:
    """Sort a response's rows into their columns; the columns that go on."""
    going = dict.fromkeys(active, True)
    for at, varbind in enumerate(varbinds):
        column = active[at % len(active)]
        if not going[column]:
            continue
        name = varbind[0]
        if varbind[1] in _NOTHING or name[: len(column)] != column:
            going[column] = False
        elif name <= cursors[column]:
            raise SessionError(Outcome.UNPARSED, "the agent's OIDs do not increase, so the table has no end")
        else:
            cursors[column] = name
            found[name] = varbind
    return [column for column in active if going[column]]


def _named_often(requests: Iterable[RequestDef]) -> frozenset[str]:
    """The columns that more than one request asks for."""
    counts = Counter(text for request in requests for text in set(request.send))
    return frozenset(text for text, count in counts.items() if count > 1)


def _oid(text: str) -> Oid:
    return tuple(int(arc) for arc in text.split("."))


def _raise_for(response: Response) -> None:
    if response.status in (_NO_ACCESS, _AUTHORISATION):
        raise denied(f"the agent answered error-status {response.status}")
    if response.status:
        raise SessionError(Outcome.UNPARSED, f"the agent answered error-status {response.status}")


def _groups(oids: list[Oid], size: int) -> Iterator[list[Oid]]:
    return (oids[i : i + size] for i in range(0, len(oids), size))
