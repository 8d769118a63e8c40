"""The one way to a session; the transports' libraries are imported when first needed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from collector.model import Capture, Credential, Endpoint, Target, Transport
from collector.probes.definition import ProbeDef
from collector.sessions.contract import Opening, Session, Turn, free_turn, same, utc_now


def open_session(
    target: Target,
    endpoint: Endpoint,
    probe: ProbeDef,
    credential: Credential | None = None,
    *,
    redact: Callable[[Capture], Capture] = same,
    turn: Turn = free_turn,
    now: Callable[[], datetime] = utc_now,
) -> Session:
    """Connect, check who is there, log in once. Raises SessionError with the outcome that the failure means."""
    opening = Opening(target, endpoint, probe, credential, redact, turn, now)
    if endpoint.transport is Transport.SSH:
        from collector.sessions.ssh import SshSession

        return SshSession(opening)
    if endpoint.transport is Transport.SNMP:
        from collector.sessions.snmp import SnmpSession

        return SnmpSession(opening)
    if endpoint.transport is Transport.LDAP:
        from collector.sessions.ldap import LdapSession

        return LdapSession(opening)
    from collector.sessions.http import HttpSession

    return HttpSession(opening)
