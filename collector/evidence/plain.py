"""Recordings made without this program, one a file: whose reply is it?

The end of the name says the transport, the name itself the request: ``show_version.txt`` holds the reply to
``show version``, ``jobs.json`` that to the request ``jobs``. A recorded agent holds the replies to all SNMP requests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from collector.errors import UsageError
from collector.model import Capture, Outcome, Target, Transport
from collector.parse.files import find_request
from collector.parse.recorded import recorded_captures
from collector.parse.snmprec import read_recording
from collector.probes.definition import ProbeDef, RequestDef

_TRANSPORTS = {
    ".snmprec": Transport.SNMP,
    ".snmpwalk": Transport.SNMP,
    ".walk": Transport.SNMP,
    ".txt": Transport.SSH,
    ".log": Transport.SSH,
    ".ldif": Transport.LDAP,
    ".json": Transport.HTTP,
}
_WALK = re.compile(rb"\s*\.?1\.3\.6\.1\.[\d.]+ ?[=|]")


def probes_of(probes: Mapping[str, ProbeDef], platform: str, transport: Transport) -> list[ProbeDef]:
    """The probes that fit: the platform's own first, then those that any platform answers."""
    fitting = [p for p in probes.values() if p.transport is transport and p.platform in (platform, "*")]
    return sorted(fitting, key=lambda p: (p.platform == "*", p.name))


def probe_for(probes: Mapping[str, ProbeDef], platform: str, transport: Transport, request: str) -> ProbeDef | None:
    """The fitting probe that has a request of this name."""
    fitting = probes_of(probes, platform, transport)
    return next((p for p in fitting if any(r.name == request for r in p.requests)), None)


def plain_captures(
    path: Path, body: bytes, target: Target, probes: Mapping[str, ProbeDef], at: datetime
) -> list[Capture]:
    """The captures that a file is; none where no probe of the target's platform asks for such a thing."""
    transport = _TRANSPORTS.get(path.suffix.lower())
    if transport is Transport.SSH and _WALK.match(body[:4096]):
        transport = Transport.SNMP
    if transport is None:
        return []
    if transport is Transport.SNMP:
        return _agent(body, target, probes, at)
    for probe in probes_of(probes, target.platform, transport):
        found = _request(probe, path.stem)
        if found is not None:
            return [_capture(probe, *found, body, target, at)]
    return []


def _agent(body: bytes, target: Target, probes: Mapping[str, ProbeDef], at: datetime) -> list[Capture]:
    """A recorded agent, as every fitting probe would have asked it."""
    if not read_recording(body).keys:
        return []
    own = [p for p in probes_of(probes, target.platform, Transport.SNMP) if p.collected]
    return recorded_captures(target.name, body, own[0], probes, at) if own else []


def _request(probe: ProbeDef, stem: str) -> tuple[RequestDef, int] | None:
    """The request and page that a file's name says, by the request's name or by what it sends."""
    name, _, number = stem.rpartition(".")
    page = int(number) if name and number.isdecimal() and len(number) < 6 else 0
    bare = name if name and number.isdecimal() else stem
    for request in probe.requests:
        if bare == request.name:
            return request, page
        for index, sent in enumerate(request.send):
            if _plain_name(sent) == _plain_name(bare):
                return request, index if len(request.send) > 1 else page
    if probe.transport is not Transport.SSH:
        return None
    try:
        return find_request(probe, bare.replace("_", " "))
    except UsageError:
        return None


def _plain_name(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _capture(probe: ProbeDef, request: RequestDef, page: int, body: bytes, target: Target, at: datetime) -> Capture:
    sent = (
        request.send[page] if probe.transport is Transport.SSH and page < len(request.send) else ", ".join(request.send)
    )
    return Capture(
        target=target.name,
        transport=probe.transport,
        probe=probe.name,
        probe_version=probe.version,
        request=request.name,
        verb=request.verb,
        what=sent,
        at=at,
        outcome=Outcome.OK,
        page=page,
        body=body,
    )
