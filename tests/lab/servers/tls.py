"""TLS for the lab's servers: a device's certificate, or the wrong one that its fault asks for."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

_SUFFIX = {"wrong_name": "-other", "self_signed": "-self"}


class Certificates:
    """The certificates of a lab's folder, loaded once each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contexts: dict[str, ssl.SSLContext] = {}

    def context(self, name: str, fault: str = "") -> ssl.SSLContext:
        """What the device of that name shows; another's or a self-signed certificate where the fault says so."""
        stem = name + _SUFFIX.get(fault, "")
        if stem not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            context.load_cert_chain(self._folder / f"{stem}.pem", self._folder / f"{stem}.key")
            self._contexts[stem] = context
        return self._contexts[stem]


async def secure(writer: asyncio.StreamWriter, context: ssl.SSLContext) -> bool:
    """Turns a connection that a server accepted into a TLS one; false where the client would not have it."""
    try:
        await writer.start_tls(context, ssl_handshake_timeout=10)
    except (TimeoutError, OSError):
        abort(writer)
        return False
    return True


def abort(writer: asyncio.StreamWriter) -> None:
    """Drops a connection at once, with a reset and without goodbyes."""
    transport = writer.transport
    if transport is not None:
        transport.abort()
