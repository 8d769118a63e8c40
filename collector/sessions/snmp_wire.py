"""SNMP requests over pysnmp: v2c by its v1arch dispatcher, v3 by its engine, one of each a process and credential.

``Wire.ask`` sends one PDU (GET, GETNEXT or GETBULK; there is no way to name another) and gives the response's varbinds.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, Protocol

from pyasn1.codec.ber import encoder
from pysnmp.entity.rfc3413 import cmdgen as _cmdgen
from pysnmp.hlapi.v1arch import asyncio as _v1arch
from pysnmp.hlapi.v3arch import asyncio as _v3arch
from pysnmp.hlapi.v3arch.asyncio import auth as _usm
from pysnmp.hlapi.v3arch.asyncio.cmdgen import LCD
from pysnmp.proto import errind
from pysnmp.proto.api import v2c as _v2c

from collector.errors import SessionError
from collector.model import Credential, Outcome
from collector.sessions import snmp_usm
from collector.sessions.contract import denied, plain, unreachable
from collector.sessions.snmp_ber import Oid, Response, Varbind, decode_response, oid

cmdgen: Any = _cmdgen  # pysnmp has no types
v1arch: Any = _v1arch
v3arch: Any = _v3arch
usm: Any = _usm
v2c: Any = _v2c

GET, GETNEXT, GETBULK = "GET", "GETNEXT", "GETBULK"
TRIES = 3


@dataclass(frozen=True, slots=True)
class Address:
    """Where an agent listens, and how long one of the three tries waits for it."""

    host: str
    port: int
    timeout_s: float


class Wire(Protocol):
    """One agent under one credential."""

    async def ask(self, verb: str, oids: list[Oid], repetitions: int = 0) -> Response | None:
        """The response, or None where none came. Raises SessionError where the agent refuses."""
        ...


async def wire(version: str, address: Address, credential: Credential | None) -> Wire:
    """The wire to an agent; raises SessionError for a name that does not resolve or a credential that lacks something."""
    if credential is None:
        raise denied("no credential for SNMP", "name one in the target's [snmp] settings")
    return await (_V3.open(address, credential) if version == "3" else _V2c.open(address, credential))


def _pdu(verb: str, oids: list[Oid], repetitions: int) -> Any:
    kind = {GET: v2c.GetRequestPDU, GETNEXT: v2c.GetNextRequestPDU, GETBULK: v2c.GetBulkRequestPDU}[verb]
    pdu = kind()
    if verb == GETBULK:
        v2c.apiBulkPDU.set_defaults(pdu)
        v2c.apiBulkPDU.set_non_repeaters(pdu, 0)
        v2c.apiBulkPDU.set_max_repetitions(pdu, repetitions)
    else:
        v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_varbinds(pdu, [(v2c.ObjectIdentifier(o), v2c.Null("")) for o in oids])
    return pdu


async def _target(address: Address, kinds: tuple[Any, Any]) -> Any:
    try:
        kind = kinds[1] if ":" in address.host else kinds[0]
        return await kind.create((address.host, address.port), timeout=address.timeout_s, retries=TRIES - 1)
    except Exception as error:  # noqa: BLE001 - pysnmp raises its own kinds for a name that does not resolve
        raise unreachable(f"{address.host}: {plain(str(error))}") from None


class _Dispatcher(v1arch.SnmpDispatcher):  # type: ignore[misc]
    """pysnmp's dispatcher (transport, retries, time-outs) with our reading of responses.

    A response counts only from the address that was asked; what cannot be read is dropped.
    """

    def _recv_callback(self, engine: Any, domain: Any, address: Any, message: bytes) -> None:
        try:
            response = decode_response(bytes(message))
        except ValueError:
            return
        waiting = self._pendingReqs.get(response.request_id)
        if waiting is None or tuple(waiting["transportTarget"].transport_address)[:2] != tuple(address)[:2]:
            return
        del self._pendingReqs[response.request_id]
        self.transport_dispatcher.job_finished(id(self))
        waiting["cbFun"](self, response.request_id, None, response, waiting["cbCtx"])


_DISPATCHER: list[_Dispatcher] = []


class _V2c:
    def __init__(self, target: Any, community: Any) -> None:
        self._target = target
        self._community = community

    @classmethod
    async def open(cls, address: Address, credential: Credential) -> _V2c:
        community = credential.secret("community")
        if not community:
            raise denied(f"credential {credential.name} has no community", "add `community` to it")
        if not _DISPATCHER:
            _DISPATCHER.append(_Dispatcher())
        target = await _target(address, (v1arch.UdpTransportTarget, v1arch.Udp6TransportTarget))
        return cls(target, v1arch.CommunityData(community, mpModel=1))

    async def ask(self, verb: str, oids: list[Oid], repetitions: int = 0) -> Response | None:
        future: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        _DISPATCHER[0].send_pdu(self._community, self._target, _pdu(verb, oids, repetitions), _arrived, future)
        return await future


def _arrived(
    dispatcher: Any, request_id: int, error: Any, response: Response | None, future: asyncio.Future[Response | None]
) -> None:
    if not future.done():
        future.set_result(None if error else response)


_AUTH = {
    "MD5": usm.USM_AUTH_HMAC96_MD5,
    "SHA": usm.USM_AUTH_HMAC96_SHA,
    "SHA-224": usm.USM_AUTH_HMAC128_SHA224,
    "SHA-256": usm.USM_AUTH_HMAC192_SHA256,
    "SHA-384": usm.USM_AUTH_HMAC256_SHA384,
    "SHA-512": usm.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    "DES": usm.USM_PRIV_CBC56_DES,
    "AES": usm.USM_PRIV_CFB128_AES,
    "AES-192": usm.USM_PRIV_CFB192_AES,
    "AES-256": usm.USM_PRIV_CFB256_AES,
}
_GENERATORS = {
    GET: cmdgen.GetCommandGenerator(),
    GETNEXT: cmdgen.NextCommandGeneratorSingleRun(),
    GETBULK: cmdgen.BulkCommandGeneratorSingleRun(),
}
_ENGINES: dict[Credential, Any] = {}
_REFUSED = (
    errind.WrongDigest,
    errind.UnknownUserName,
    errind.UnknownSecurityName,
    errind.AuthenticationFailure,
    errind.AuthenticationError,
    errind.DecryptionError,
    errind.UnsupportedSecurityLevel,
    errind.UnsupportedAuthProtocol,
    errind.UnsupportedPrivProtocol,
)


class _V3:
    def __init__(self, engine: Any, user: Any, target: Any) -> None:
        self._engine = engine
        self._user = user
        self._address = LCD.configure(engine, user, target, b"")[0]

    @classmethod
    async def open(cls, address: Address, credential: Credential) -> _V3:
        engine = _ENGINES.get(_key(credential))
        if engine is None:
            engine = _ENGINES[_key(credential)] = snmp_usm.engine()
        target = await _target(address, (v3arch.UdpTransportTarget, v3arch.Udp6TransportTarget))
        return cls(engine, _user(credential), target)

    async def ask(self, verb: str, oids: list[Oid], repetitions: int = 0) -> Response | None:
        future: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        varbinds = [(v2c.ObjectIdentifier(o), v2c.Null("")) for o in oids]
        bulk = (0, repetitions) if verb == GETBULK else ()
        _GENERATORS[verb].send_varbinds(self._engine, self._address, None, b"", *bulk, varbinds, _arrived_v3, future)
        return await future


def _arrived_v3(
    engine: Any,
    handle: Any,
    error: Any,
    status: Any,
    index: Any,
    varbinds: Any,
    future: asyncio.Future[Response | None],
) -> None:
    if future.done():
        return
    if error is None or not error:
        future.set_result(Response(0, int(status), int(index), _own(engine, varbinds)))
    elif isinstance(error, errind.RequestTimedOut):
        future.set_result(None)
    elif isinstance(error, _REFUSED):
        future.set_exception(denied(f"SNMPv3 was refused: {plain(str(error))}", "check user, keys and protocols"))
    elif isinstance(error, errind.NoSuchContext | errind.NotInView | errind.NoAccessEntry | errind.NoGroupName):
        future.set_exception(denied(plain(str(error))))
    else:
        future.set_exception(SessionError(Outcome.UNREACHABLE, f"SNMPv3: {plain(str(error))}"))


def _own(engine: Any, varbinds: Any) -> list[Varbind]:
    """What the shelf kept of this response, else what pysnmp read of it."""
    if len(varbinds) == 1 and (held := snmp_usm.shelf_of(engine).take(tuple(varbinds[0][0]))) is not None:
        return held
    return [_plain(name, value) for name, value in varbinds]


def _plain(name: Any, value: Any) -> tuple[Oid, int, bytes]:
    """pysnmp's objects as the decoder of v2c gives them."""
    encoded = encoder.encode(value)
    tag = encoded[0]
    length = encoded[1]
    start = 2 if length < 0x80 else 2 + (length & 0x7F)
    return tuple(name), tag, encoded[start:]


def _key(credential: Credential) -> Credential:
    return Credential(credential.name, credential.username, _Frozen(credential.secrets), _Frozen(credential.options))


class _Frozen(dict[str, Any]):
    """A mapping that hashes by what it holds, so that changed keys get their own engine."""

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


def _user(credential: Credential) -> Any:
    auth, priv = credential.secret("auth_key"), credential.secret("priv_key")
    for name, key in (("auth_key", auth), ("priv_key", priv)):
        if key and len(key) < 8:
            raise denied(
                f"credential {credential.name}: {name} is shorter than 8 characters", "SNMPv3 needs at least 8"
            )
    return v3arch.UsmUserData(
        credential.username,
        auth or None,
        priv or None,
        authProtocol=_AUTH[credential.options.get("auth_protocol", "SHA")] if auth else usm.USM_AUTH_NONE,
        privProtocol=_PRIV[credential.options.get("priv_protocol", "AES")] if priv else usm.USM_PRIV_NONE,
    )


__all__ = ["GET", "GETBULK", "GETNEXT", "TRIES", "Address", "Wire", "oid", "wire"]
