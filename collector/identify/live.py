"""Asking a target what it is: one login a transport, no more transports than needed, only what tells its identity."""

from __future__ import annotations

from collections.abc import Mapping

from collector.errors import SessionError
from collector.identify.identity import Identity, identify_captures, identifying_requests, tells
from collector.identify.shell import anybody, read_shell, shell_probe
from collector.model import Capture, Credential, Endpoint, Target, Transport
from collector.parse.choosing import requests_for
from collector.probes.definition import ProbeDef
from collector.sessions import open_session
from collector.sessions.contract import Opening


def identify_target(
    target: Target, probes: Mapping[str, ProbeDef], credentials: Mapping[str, Credential]
) -> tuple[Identity, tuple[str, ...]]:
    """What a target is, from the transports that it is reached by, and what else there is to say of each.

    SNMP comes first, which needs no login; the next transport is asked where something is still not known.
    """
    captures: list[Capture] = []
    notes: list[str] = []
    for endpoint in sorted(target.endpoints, key=lambda e: e.transport is not Transport.SNMP):
        sofar = identify_captures(captures, probes)
        if sofar.complete:
            notes.append(f"{endpoint.transport}: not asked, nothing was left to learn")
            continue
        credential = credentials.get(endpoint.credential)
        try:
            if endpoint.transport is Transport.SSH:
                probe = shell_probe(probes, sofar.platform) or shell_probe(probes, target.platform) or anybody(probes)
                reading = read_shell(Opening(target, endpoint, probe, credential), probes)
                captures += reading.captures
                notes += reading.because
            else:
                captures += _asked(target, endpoint, probes, credential)
        except SessionError as error:
            notes.append(f"{endpoint.transport}: {error.outcome}: {error}")
    return identify_captures(captures, probes), tuple(notes)


def _asked(
    target: Target, endpoint: Endpoint, probes: Mapping[str, ProbeDef], credential: Credential | None
) -> list[Capture]:
    """The answers over a transport whose probe is known beforehand."""
    wanted = [p for p, _ in identifying_requests(probes, target.platform) if p.transport is endpoint.transport]
    captures: list[Capture] = []
    for name in dict.fromkeys(p.name for p in wanted):
        session = open_session(target, endpoint, probes[name], credential)
        try:
            answers: list[Capture] = []
            for request in requests_for(probes[name], probes, answers):
                if tells(request):
                    answers += session.fetch(request)
            captures += answers
        finally:
            session.close()
    return captures
