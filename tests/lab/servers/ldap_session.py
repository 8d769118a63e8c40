"""One client's connection to the directory: who it is, what it asked, which pages it has still to fetch."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from tests.lab.model import Account
from tests.lab.servers import ldap_message as wire
from tests.lab.servers import tls
from tests.lab.servers.ldap_accounts import is_privileged
from tests.lab.servers.ldap_filter import matches
from tests.lab.servers.ldap_syntax import normal_dn
from tests.lab.servers.ldap_tree import Entry
from tests.lab.servers.ldap_world import World
from tests.lab.servers.snmp_ber import BerError, tlv

MAX_PAGE, MAX_VALUES = 1000, 1500
START_TLS, WHO_AM_I = "1.3.6.1.4.1.1466.20037", "1.3.6.1.4.1.4203.1.11.3"
DOMAIN_SCOPE = "1.2.840.113556.1.4.1339"
KNOWN_CONTROLS = frozenset(
    {wire.PAGED, DOMAIN_SCOPE, "1.2.840.113556.1.4.801", "1.2.840.113556.1.4.473", "1.2.840.113556.1.4.417",
     "1.2.840.113556.1.4.1340", "1.2.840.113556.1.4.805", "2.16.840.1.113730.3.4.2"}
)  # fmt: skip
NEEDS_TLS = (
    "00002028: LdapErr: DSID-0C090259, comment: The server requires binds to turn on integrity checking"
    " if SSL\\TLS are not already active on the connection, data 0, v4563"
)
NEEDS_BIND = (
    "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be"
    " completed on the connection., data 0, v4563"
)
REFUSED = "00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n"


def bad_login(code: str) -> str:
    return f"80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data {code}, v4563"


@dataclass(slots=True)
class Session:
    """``world`` gives the directory as it is now; ``secured`` says that the connection is encrypted."""

    world: Callable[[], World]
    certificates: tls.Certificates
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    latency_s: float
    secured: bool = False
    account: Account | None = None
    admin: bool = False
    pages: dict[bytes, Iterator[Entry]] = field(default_factory=dict)
    on_login: Callable[[], None] = lambda: None

    async def run(self) -> None:
        """Serves until the client leaves or sends what is no LDAP."""
        while data := await wire.read_message(self.reader):
            fault = self.world().fault
            if self.world().down:
                tls.abort(self.writer)
                return
            try:
                request = wire.read_request(data)
                if request.kind == wire.UNBIND:
                    return
                if request.kind == wire.ABANDON:
                    continue
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                out = self.answer(request)
            except BerError:
                self.writer.write(wire.notice("The server could not understand what it was sent"))
                return
            if fault and request.kind != wire.BIND and not await self._misbehave(fault, out):
                return
            if not fault or request.kind == wire.BIND:
                self.writer.write(out)
                await self.writer.drain()
            if request.kind == wire.EXTENDED and out.find(START_TLS.encode()) >= 0 and not self.secured:
                context = self.certificates.context(self.world().name, fault)
                if not await tls.secure(self.writer, context):
                    return
                self.secured = True

    async def _misbehave(self, fault: str, out: bytes) -> bool:
        """Answers as the fault says; false where the connection ends with it."""
        if fault == "stall":
            await asyncio.sleep(3600)
        elif fault == "garbage":
            self.writer.write(random.Random(7).randbytes(200))
        elif fault == "truncated":
            self.writer.write(out[: max(3, len(out) // 2)])
        else:
            self.writer.write(out)
            await self.writer.drain()
            return True
        await self.writer.drain()
        return False

    # ------------------------------------------------------------------------------------------------ operations

    def answer(self, request: wire.Request) -> bytes:
        """Everything that one request is answered with."""
        unknown = next((c.oid for c in request.controls if c.critical and c.oid not in KNOWN_CONTROLS), "")
        if request.kind not in wire.REPLY:
            raise BerError("no request of LDAP")
        if unknown:
            return wire.reply(
                request.number, request.kind, wire.CRITICAL_EXTENSION, f"control {unknown} is not supported"
            )
        if request.kind == wire.BIND:
            return self._bind(request)
        if request.kind == wire.EXTENDED:
            return self._extended(request)
        if request.kind == wire.SEARCH:
            return b"".join(self._search(request, wire.read_search(request.body)))
        if self.account is None:
            return wire.reply(request.number, request.kind, wire.OPERATIONS_ERROR, NEEDS_BIND)
        if request.kind == wire.COMPARE:
            return wire.reply(request.number, request.kind, wire.UNWILLING)
        return wire.reply(request.number, request.kind, wire.INSUFFICIENT_ACCESS, REFUSED)

    def _bind(self, request: wire.Request) -> bytes:
        self.account, self.admin = None, False
        self.pages.clear()
        version = request.body.integer()
        name = wire.text(request.body.take(wire.OCTETS))
        tag, end = request.body.header()
        password = wire.text(request.body.data[request.body.at : end])

        def said(code: int, message: str = "") -> bytes:
            return wire.reply(request.number, wire.BIND, code, message)

        if version != 3:
            return said(wire.PROTOCOL_ERROR, "this server speaks version 3")
        if tag != 0x80:
            return said(
                wire.AUTH_METHOD,
                "00002027: LdapErr: DSID-0C090514, comment: Invalid authentication method, data 0, v4563",
            )
        if not password:
            return said(wire.SUCCESS)
        world = self.world()
        if not self.secured and not world.plain_binds:
            return said(wire.STRONGER_AUTH, NEEDS_TLS)
        account, problem = world.login(name, password)
        if account is None:
            return said(wire.INVALID_CREDENTIALS, bad_login(problem))
        self.account = account
        self.on_login()
        self.admin = is_privileged(world.directory, account)
        return said(wire.SUCCESS)

    def _extended(self, request: wire.Request) -> bytes:
        tag, end = request.body.header()
        oid = wire.text(request.body.data[request.body.at : end]) if tag == 0x80 else ""
        if oid == START_TLS:
            if self.secured:
                return wire.reply(request.number, wire.EXTENDED, wire.OPERATIONS_ERROR, "TLS is already active")
            return wire.reply(request.number, wire.EXTENDED, wire.SUCCESS, extra=tlv(0x8A, oid.encode()))
        if oid == WHO_AM_I:
            who = f"u:{self.world().directory.netbios}\\{self.account.name}" if self.account else ""
            return wire.reply(request.number, wire.EXTENDED, wire.SUCCESS, extra=tlv(0x8B, who.encode()))
        return wire.reply(request.number, wire.EXTENDED, wire.PROTOCOL_ERROR, f"{oid} is not supported")

    # ------------------------------------------------------------------------------------------------ searching

    def _search(self, request: wire.Request, search: wire.Search) -> Iterator[bytes]:
        number = request.number

        def done(code: int, message: str = "", *, matched: str = "", controls: bytes = b"") -> bytes:
            return wire.reply(number, wire.SEARCH, code, message, matched=matched, controls=controls)

        world = self.world()
        if not search.base and search.scope == 0:
            # Active Directory's rootDSE has no objectClass, and matches every filter for it all the same.
            yield wire.entry(number, "", _selected(world.root(), search))
            yield done(wire.SUCCESS)
            return
        if self.account is None:
            yield done(wire.OPERATIONS_ERROR, NEEDS_BIND)
            return
        if search.base and "=" not in search.base:
            yield done(
                wire.INVALID_DN,
                "0000208F: NameErr: DSID-03100232, problem 2006 (BAD_NAME), data 8349, best match of:\n\t''\n",
            )
            return
        base = world.tree.by_dn.get(normal_dn(search.base))
        if base is None or (base.hidden and not self.admin):
            above = self._nearest(world, search.base)
            problem = "0000208D: NameErr: DSID-0310028D, problem 2001 (NO_OBJECT), data 0, best match of:\n\t"
            yield done(wire.NO_SUCH_OBJECT, f"{problem}'{above}'\n", matched=above)
            return
        paged = request.control(wire.PAGED)
        size, cookie = wire.read_page(paged) if paged else (0, b"")
        found = self.pages.pop(cookie, None) if cookie else None
        if cookie and (found is None or size == 0):
            yield done(wire.SUCCESS if size == 0 else wire.UNWILLING, "", controls=wire.page_control(b""))
            return
        if found is None:
            found = self._found(world, base, search)
        most = min(size or MAX_PAGE, MAX_PAGE)
        limited = 0 < search.size_limit < most or (search.size_limit > 0 and not paged)
        if limited:
            most = min(most, search.size_limit)
        for entry in islice(found, most):
            yield wire.entry(number, entry.dn, _selected(entry, search))
        further = next(found, None)
        if (
            search.scope
            and request.control(DOMAIN_SCOPE) is None
            and base.normal == normal_dn(world.directory.base_dn)
            and not cookie
        ):
            for part in ("DC=ForestDnsZones,", "DC=DomainDnsZones,", "CN=Configuration,"):
                host = part[3:-1] + "." if part.startswith("DC") else ""
                yield wire.reference(number, f"ldap://{host}{world.directory.domain}/{part}{world.directory.base_dn}")
        if further is not None and paged and not limited:
            new = random.randbytes(16)
            self.pages[new] = _again(further, found)
            yield done(wire.SUCCESS, controls=wire.page_control(new))
        elif further is not None:
            yield done(wire.SIZE_LIMIT, controls=wire.page_control(b"") if paged else b"")
        else:
            yield done(wire.SUCCESS, controls=wire.page_control(b"") if paged else b"")

    def _found(self, world: World, base: Entry, search: wire.Search) -> Iterator[Entry]:
        for entry in world.tree.below(base, search.scope, search.filter):
            if entry.hidden and not self.admin:
                continue
            if matches(search.filter, entry.normal, entry.values, world.tree):
                yield entry

    @staticmethod
    def _nearest(world: World, dn: str) -> str:
        """The nearest existing name above one that is not there."""
        parts = re.split(r"(?<!\\),", dn)
        for at in range(1, len(parts)):
            entry = world.tree.by_dn.get(normal_dn(",".join(parts[at:])))
            if entry is not None and not entry.hidden:
                return entry.dn
        return ""


def _again(first: Entry, rest: Iterator[Entry]) -> Iterator[Entry]:
    yield first
    yield from rest


_RANGE = re.compile(r"(.+);range=(\d+)-(\d+|\*)", re.IGNORECASE)


def _selected(entry: Entry, search: wire.Search) -> Iterator[tuple[str, Sequence[bytes]]]:
    """The attributes that a search wants, written as the directory writes them; long lists come in ranges."""
    wanted = [name.lower() for name in search.attributes]
    names = list(entry.shape) if not wanted or "*" in wanted else []
    ranges: dict[str, tuple[int, int | None]] = {}
    for asked in wanted:
        found = _RANGE.fullmatch(asked)
        name = found[1] if found else asked
        if found:
            ranges[name] = (int(found[2]), None if found[3] == "*" else int(found[3]))
        if name in entry.shape and name not in names:
            names.append(name)
    for name in names:
        values = entry.values(name)
        if not values:
            continue
        title = entry.shape[name][0]
        if name in ranges or len(values) > MAX_VALUES:
            start, end = ranges.get(name, (0, None))
            stop = min(end + 1 if end is not None else len(values), start + MAX_VALUES)
            title = f"{title};range={start}-{'*' if stop >= len(values) else stop - 1}"
            values = values[start:stop]
        yield title, () if search.types_only else values
