"""Whom a TLS connection trusts, for LDAP and HTTP alike."""

from __future__ import annotations

import ssl
from functools import lru_cache
from pathlib import Path

from collector.errors import SessionError
from collector.sessions.contract import Opening, plain, unreachable


def ca_file(opening: Opening) -> str | None:
    """The CA file to verify by; None means the system's own. Raises SessionError where it can't be read."""
    file = opening.option("ca_file")
    if not file:
        return None
    if not Path(str(file)).is_file():
        raise unverified(opening, f"cannot read ca_file {file}")
    return str(file)


def verifies(opening: Opening) -> bool:
    return opening.option("verify", True) is not False


def unverified(opening: Opening, why: str) -> SessionError:
    """A certificate that does not verify: nobody knows who answered, so nothing was sent."""
    return unreachable(
        f"the identity of {opening.where} could not be verified: {plain(why)}",
        "name the CA's file in `ca_file` and the certificate's name in `server_name`, or set `verify = false` for this "
        "target, which the report then shows",
    )


def context(opening: Opening) -> ssl.SSLContext:
    """A client's context, TLS 1.2 or later; old versions only where verification is off anyway."""
    return _context(ca_file(opening), verifies(opening))


@lru_cache(maxsize=64)
def _context(file: str | None, verify: bool) -> ssl.SSLContext:
    made = ssl.create_default_context(cafile=file)
    if not verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    return made
