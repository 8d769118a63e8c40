"""Reads the varbinds of an SNMPv3 response without pyasn1, which spends nine tenths of a walk's time on them.

pysnmp goes on checking everything else: digest, decryption, time window, report handling, and which request a response
belongs to. It gets the decrypted response with one varbind in the place of all, a mark; the real ones wait here until
pysnmp, in the same call, hands that mark to the request that the response belongs to. Where a response is not understood
here, pysnmp reads the whole of it as before. Only engines made here do so: other users of pysnmp in the process don't notice.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from pysnmp.hlapi.v3arch import asyncio as _v3arch
from pysnmp.proto.secmod.rfc3414.service import SnmpUSMSecurityModel as _Usm

from collector.sessions.snmp_ber import Oid, Varbind, cut_scoped

v3arch: Any = _v3arch  # pysnmp has no types
Usm: Any = _Usm

_ROOT: Oid = (1, 3, 6, 1, 3)
"""iso.org.dod.internet.experimental: marks lie below it. They never leave the process."""


class Shelf:
    """Holds the varbinds of the response that was decrypted last."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._mark: Oid = ()
        self._held: list[Varbind] = []

    def put(self, data: bytes) -> bytes:
        """A decrypted scoped PDU with the varbinds of a response taken out and kept; anything else as it is."""
        self._mark, self._held = (), []
        number = next(self._numbers) & 0xFFFFFFFF
        mark = (*_ROOT, number >> 16, number & 0xFFFF)
        try:
            data, self._held = cut_scoped(data, mark)
            self._mark = mark
        except ValueError:
            pass  # no response, or one for pysnmp to judge
        return data

    def take(self, mark: Oid) -> list[Varbind] | None:
        """The varbinds kept under a mark, once; None where there are none."""
        if not self._mark or mark != self._mark:
            return None
        held, self._mark, self._held = self._held, (), []
        return held


class _Privacy:
    """One of pysnmp's privacy protocols; what it decrypts goes over the shelf."""

    def __init__(self, protocol: Any, shelf: Shelf) -> None:
        self._protocol = protocol
        self._shelf = shelf

    def __getattr__(self, name: str) -> Any:
        return getattr(self._protocol, name)

    def decrypt_data(self, *given: Any) -> bytes:
        return self._shelf.put(bytes(self._protocol.decrypt_data(*given)))


class _SecurityModel(Usm):  # type: ignore[misc]
    """pysnmp's user-based security with a shelf of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.PRIV_SERVICES = {kind: _Privacy(one, self.shelf) for kind, one in Usm.PRIV_SERVICES.items()}


def engine() -> Any:
    """A new engine of pysnmp that keeps the varbinds of decrypted responses on its shelf."""
    made = v3arch.SnmpEngine()
    made.security_models[Usm.SECURITY_MODEL_ID] = _SecurityModel()
    return made


def shelf_of(engine: Any) -> Shelf:
    """The shelf of an engine that ``engine()`` made."""
    found: Shelf = engine.security_models[Usm.SECURITY_MODEL_ID].shelf
    return found
