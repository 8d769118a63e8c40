"""One SNMP agent: a datagram in, a datagram or nothing out. GET, GETNEXT and GETBULK over v2c and v3; SET is refused."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.lab.servers import snmp_ber as ber
from tests.lab.servers import snmp_usm as usm
from tests.lab.servers.snmp_table import Table, end_of_view

# Largest reply, as an agent with the usual packet size sends it (no fragments on Ethernet).
MAX_REPLY = 1472
MAX_REPETITIONS = 1000
TOO_BIG, NO_ACCESS, GEN_ERR, AUTHORIZATION_ERROR = 1, 6, 5, 16
USM_STATS = "1.3.6.1.6.3.15.1.1"
UNSUPPORTED_LEVEL, NOT_IN_TIME, UNKNOWN_USER, UNKNOWN_ENGINE, WRONG_DIGEST, DECRYPTION_ERROR = 1, 2, 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Access:
    """Who may read: communities of v2c, users of v3, who have to authenticate and encrypt."""

    communities: frozenset[bytes]
    users: dict[bytes, usm.User]


@dataclass(slots=True)
class Agent:
    """An agent with its engine. ``table`` gives the MIB view, built when it is first wanted."""

    engine: bytes
    access: Access
    table: Callable[[], Table]
    started: float = field(default_factory=time.monotonic)
    boots: int = 7
    reports: dict[int, int] = field(default_factory=dict)

    def answer(self, datagram: bytes) -> bytes | None:
        """The reply; ``None`` where a real agent says nothing (wrong community, broken message, SNMPv1)."""
        try:
            _, message = ber.Reader(datagram, 0, len(datagram)).inside(ber.SEQUENCE)
            version = message.integer()
            if version == 1:
                return self._v2c(message)
            if version == 3:
                return self._v3(datagram, message)
        except (ber.BerError, ValueError):
            return None
        return None

    def _v2c(self, message: ber.Reader) -> bytes | None:
        community = message.take(ber.OCTETS)
        if community not in self.access.communities:
            return None
        pdu = self._pdu(message, MAX_REPLY - len(community) - 20)
        return ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(community) + pdu)

    # ------------------------------------------------------------------------------------------------ version 3

    def _v3(self, datagram: bytes, message: ber.Reader) -> bytes | None:
        _, head = message.inside(ber.SEQUENCE)
        message_id, max_size, flags, model = head.integer(), head.integer(), head.take(ber.OCTETS), head.integer()
        if model != 3 or len(flags) != 1 or flags[0] & 3 == 2:
            return None
        level, reportable = flags[0] & 3, bool(flags[0] & 4)
        _, outer = message.inside(ber.OCTETS)
        _, security = outer.inside(ber.SEQUENCE)
        engine, boots, moment = security.take(ber.OCTETS), security.integer(), security.integer()
        name, sent_digest = security.take(ber.OCTETS), security.take(ber.OCTETS)
        digest_at = security.at - len(sent_digest)
        salt = security.take(ber.OCTETS)

        def report(counter: int, keys: usm.Keys | None = None) -> bytes | None:
            if not reportable:
                return None
            return self._message(
                message_id, name if keys else b"", self._report(counter, level, message), keys, private=False
            )

        if engine != self.engine:
            return report(UNKNOWN_ENGINE)
        user = self.access.users.get(name)
        if user is None:
            return report(UNKNOWN_USER)
        keys = usm.localised(user, self.engine)
        if level & 1:
            blank = datagram[:digest_at] + bytes(len(sent_digest)) + datagram[digest_at + len(sent_digest) :]
            if len(sent_digest) != keys.digest_size or not hmac.compare_digest(keys.digest(blank), sent_digest):
                return report(WRONG_DIGEST)
            if boots != self.boots or abs(moment - self._time()) > usm.TIME_WINDOW_S:
                return report(NOT_IN_TIME, keys)
        if level & 2:
            cipher = message.take(ber.OCTETS)
            if len(salt) != 8:
                return report(DECRYPTION_ERROR)
            plain = usm.decrypt(keys.priv, boots, moment, salt, cipher)
            try:
                _, scoped = ber.Reader(plain, 0, len(plain)).inside(ber.SEQUENCE)
            except ber.BerError:
                return report(DECRYPTION_ERROR)
        else:
            _, scoped = message.inside(ber.SEQUENCE)
        scoped.skip()
        context = scoped.take(ber.OCTETS)
        limit = max(484, min(max_size, MAX_REPLY)) - 120 - len(name) - len(context) - 2 * len(self.engine)
        pdu = self._pdu(scoped, limit, refuse=level != 3)
        return self._message(
            message_id, name, pdu, keys if level & 1 else None, private=bool(level & 2), context=context
        )

    def _report(self, counter: int, level: int, message: ber.Reader) -> bytes:
        count = self.reports[counter] = self.reports.get(counter, 0) + 1
        request = 0
        if not level & 2:
            try:
                _, scoped = ber.Reader(message.data, message.at, message.end).inside(ber.SEQUENCE)
                scoped.skip()
                scoped.skip()
                _, pdu = scoped.inside(ber.GET, ber.GETNEXT, ber.GETBULK, ber.SET)
                request = pdu.integer()
            except ber.BerError:
                request = 0
        bound = ber.varbind(ber.oid_body(ber.parse_oid(f"{USM_STATS}.{counter}.0")), ber.counter32(count))
        return _pdu(ber.REPORT, request, 0, 0, bound)

    def _message(
        self, message_id: int, name: bytes, pdu: bytes, keys: usm.Keys | None, *, private: bool, context: bytes = b""
    ) -> bytes:
        now = self._time()
        scoped = ber.tlv(ber.SEQUENCE, ber.octets(self.engine) + ber.octets(context) + pdu)
        salt = b""
        if private and keys:
            cipher, salt = usm.encrypt(keys.priv, self.boots, now, scoped)
            scoped = ber.octets(cipher)
        digest = bytes(keys.digest_size) if keys else b""
        flags = (1 if keys else 0) | (2 if salt else 0)
        head = ber.tlv(
            ber.SEQUENCE, ber.integer(message_id) + ber.integer(65507) + ber.octets(bytes((flags,))) + ber.integer(3)
        )
        before = ber.octets(self.engine) + ber.integer(self.boots) + ber.integer(now) + ber.octets(name)
        security = ber.octets(ber.tlv(ber.SEQUENCE, before + ber.octets(digest) + ber.octets(salt)))
        whole = ber.tlv(ber.SEQUENCE, ber.integer(3) + head + security + scoped)
        if not keys:
            return whole
        # The digest's place counted from the end: after it come the salt and the scoped data.
        at = len(whole) - len(scoped) - len(ber.octets(salt)) - len(digest)
        return whole[:at] + keys.digest(whole) + whole[at + len(digest) :]

    def _time(self) -> int:
        return int(time.monotonic() - self.started) + 4000

    # ------------------------------------------------------------------------------------------------ the PDU

    def _pdu(self, message: ber.Reader, limit: int, *, refuse: bool = False) -> bytes:
        kind, pdu = message.inside(ber.GET, ber.GETNEXT, ber.GETBULK, ber.SET)
        request, first, second = pdu.integer(), pdu.integer(), pdu.integer()
        _, bindings = pdu.inside(ber.SEQUENCE)
        asked: list[ber.Oid] = []
        raw = bindings.data[bindings.at : bindings.end]
        while bindings.more:
            _, one = bindings.inside(ber.SEQUENCE)
            asked.append(one.oid())
            one.skip()
        if refuse:
            return _pdu(ber.RESPONSE, request, AUTHORIZATION_ERROR, 1 if asked else 0, raw)
        if kind == ber.SET:
            return _pdu(ber.RESPONSE, request, NO_ACCESS, 1 if asked else 0, raw)
        table = self.table()
        if kind == ber.GETBULK:
            return _pdu(ber.RESPONSE, request, 0, 0, _bulk(table, asked, first, second, limit - 40))
        found = b"".join(table.get(oid) if kind == ber.GET else _next(table, oid) for oid in asked)
        if len(found) > limit - 40:
            return _pdu(ber.RESPONSE, request, TOO_BIG, 0, b"")
        return _pdu(ber.RESPONSE, request, 0, 0, found)


def _next(table: Table, oid: ber.Oid) -> bytes:
    at = table.after(oid)
    return table.binding(at) if at < len(table) else end_of_view(ber.oid_body(oid))


def _bulk(table: Table, asked: list[ber.Oid], single: int, repetitions: int, limit: int) -> bytes:
    """The bindings of a GETBULK, as many as fit in ``limit`` octets (RFC 3416 section 4.2.3)."""
    single = max(0, min(single, len(asked)))
    out = [_next(table, oid) for oid in asked[:single]]
    size = sum(map(len, out))
    walks = [table.after(oid) for oid in asked[single:]]
    last = [ber.oid_body(oid) for oid in asked[single:]]
    total = len(table)
    for turn in range(min(max(repetitions, 0), MAX_REPETITIONS) if walks else 0):
        ended = True
        for column, start in enumerate(walks):
            at = start + turn
            if at < total:
                one = table.binding(at)
                ended = False
            else:
                body = ber.oid_body(_unpack(table.keys[-1])) if start < total else last[column]
                one = end_of_view(body)
            size += len(one)
            if size > limit:
                return b"".join(out)
            out.append(one)
        if ended:
            break
    return b"".join(out)


def _unpack(key: bytes) -> ber.Oid:
    return tuple(int.from_bytes(key[i : i + 4], "big") for i in range(0, len(key), 4))


def _pdu(kind: int, request: int, status: int, index: int, bindings: bytes) -> bytes:
    return ber.tlv(
        kind, ber.integer(request) + ber.integer(status) + ber.integer(index) + ber.tlv(ber.SEQUENCE, bindings)
    )
