"""Reads the varbinds of an SNMPv3 response without pyasn1, which spends nine tenths of a walk's time on them.

pysnmp goes on checking everything else: digest, decryption, time window, report handling, and which request a response
belongs to. It gets the decrypted response with one varbind in the place of all, a mark; the real ones wait here until
pysnmp, in the same call, hands that mark to the request that the response belongs to. Where the place in pysnmp is gone,
or a response is not understood here, pysnmp reads the whole of it as before.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from pyasn1.codec.ber import decoder as _pyasn1
from pysnmp.proto.secmod.rfc3414 import service as _service

from collector.sessions.snmp_ber import Oid, Varbind, cut_scoped

service: Any = _service  # pysnmp has no types

_ROOT: Oid = (1, 3, 6, 1, 3)
"""iso.org.dod.internet.experimental: marks lie below it. They never leave the process."""


class Shelf:
    """Stands in for pyasn1's decoder where pysnmp reads decrypted responses. Holds the varbinds of one response."""

    def __init__(self, decoder: Any) -> None:
        self._decoder = decoder
        self._numbers = count(1)
        self._mark: Oid = ()
        self._held: list[Varbind] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._decoder, name)

    def decode(self, data: Any, *given: Any, **options: Any) -> Any:
        """As pyasn1's, with the varbinds of a response taken out and kept."""
        self._mark, self._held = (), []
        number = next(self._numbers) & 0xFFFFFFFF
        mark = (*_ROOT, number >> 16, number & 0xFFFF)
        try:
            data, self._held = cut_scoped(bytes(data), mark)
            self._mark = mark
        except (ValueError, TypeError):
            pass  # no response, or one for pysnmp to judge
        return self._decoder.decode(data, *given, **options)

    def take(self, mark: Oid) -> list[Varbind] | None:
        """The varbinds kept under a mark, once; None where there are none."""
        if not self._mark or mark != self._mark:
            return None
        held, self._mark, self._held = self._held, (), []
        return held


def _install() -> Shelf:
    """The one shelf of the process, in pysnmp's place for a decoder if it still has that place."""
    shelf = Shelf(_pyasn1)
    if getattr(service, "decoder", None) is _pyasn1:
        service.decoder = shelf
    return shelf


SHELF = _install()
