"""What a scan would send, without sending it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from collector.model import Endpoint, Target, Transport
from collector.probes.agent import placed
from collector.probes.definition import ProbeDef, RequestDef
from collector.probes.detection import known_detections
from collector.scan.values import Unit
from collector.sessions import guard


def choose_probe(probes: Mapping[str, ProbeDef], platform: str, transport: Transport) -> ProbeDef | None:
    """The platform's own probe for the transport, else the one that any platform answers.

    A probe that asks nothing only helps to tell devices apart.
    """
    fitting = [p for p in probes.values() if p.transport is transport and p.collected and p.platform in (platform, "*")]
    return min(fitting, key=lambda p: (p.platform == "*", p.name), default=None)


def units(targets: Iterable[Target], probes: Mapping[str, ProbeDef]) -> list[Unit]:
    """Every target and endpoint that a probe reads, in the targets' order."""
    found: list[Unit] = []
    for target in targets:
        for endpoint in target.endpoints:
            probe = choose_probe(probes, target.platform, endpoint.transport)
            if probe is not None:
                found.append(Unit(len(found), target, endpoint, probe.name))
    return found


def plan(targets: Iterable[Target], probes: Mapping[str, ProbeDef]) -> list[dict[str, Any]]:
    """A row a target and transport, as INTERFACE's ``plan --json``.

    Every request has passed the guard: a probe that asks for more than reading raises GuardError here already.
    Requests without ``kinds`` belong to the login; ``logins`` says how often one is made, which is never more than once.
    ``if`` names what a device must turn out to be for a request to be sent, ``unless`` what it must not, ``instead_of`` what it
    must not have answered.
    """
    rows = []
    for target in targets:
        for endpoint in target.endpoints:
            probe = choose_probe(probes, target.platform, endpoint.transport)
            row: dict[str, Any] = {
                "target": target.name,
                "address": target.address,
                "transport": endpoint.transport.value,
                "port": endpoint.port,
                "probe": probe.name if probe else None,
                "logins": logins(probe),
                "requests": [],
            }
            if probe is not None:
                requests = [q for q in probe.collected if _may_concern(q, target, probes)]
                row["requests"] = list(_login(probe, endpoint)) + [r for q in requests for r in _rows(probe, q)]
            rows.append(row)
    return rows


#: Stands for an agent's own sysObjectID, which only the agent knows, while a request below it is checked.
_ANY_AGENT = "1.3.6.1.4.1.0.0"


def logins(probe: ProbeDef | None) -> int:
    """How often a scan logs in over a transport: once, or never where each message or request proves itself."""
    if probe is None or probe.transport is Transport.SNMP:
        return 0
    return 1 if probe.transport is not Transport.HTTP or probe.session.get("login_path") else 0


def _rows(probe: ProbeDef, request: RequestDef) -> list[dict[str, Any]]:
    guard.check(probe, replace(request, send=tuple(placed(line, _ANY_AGENT) or line for line in request.send)))
    condition = [f"may be {request.hints}"] if request.hints else list(request.serves)
    only = {"if": " or ".join(condition)} if condition else {}
    only |= {"unless": " or ".join(request.spares)} if request.spares else {}
    if request.instead_of:
        only |= {"instead_of": " ".join(probe.request(request.instead_of).send)}
    lines = _lines(probe, request)
    return [{"verb": verb, "what": what, "kinds": list(request.kinds), **only} for verb, what in lines]


def _may_concern(request: RequestDef, target: Target, probes: Mapping[str, ProbeDef]) -> bool:
    """Whether a conditional request may be sent to a target: to one of a known platform, only what fits that one."""
    if not (request.conditional or request.spares) or target.platform in ("", "*"):
        return True
    known = [e for e in known_detections(probes) if e.platform == target.platform]
    if not known:
        return True
    if request.hints:
        return any(request.hints == e.name for e in known)
    kept = [e.labels for e in known if not e.labels.intersection(request.spares)]
    return any(not request.serves or labels.intersection(request.serves) for labels in kept)


def _lines(probe: ProbeDef, request: RequestDef) -> list[tuple[str, str]]:
    match probe.transport:
        case Transport.SNMP:
            return [("GET" if oid.endswith(".0") else request.verb, oid) for oid in request.send]
        case Transport.LDAP:
            options = request.send_options
            base = str(options.get("base", "")) or "{base}"
            scope = "base" if base.lower() == "rootdse" else str(options.get("scope", "sub"))
            attributes = ",".join(options.get("attributes", ())) or "none"
            what = f"{''.join(request.send)} base={base} scope={scope} attributes={attributes}"
            return [(request.verb, what)]
        case _:
            return [(request.verb, line) for line in request.send]


def _login(probe: ProbeDef, endpoint: Endpoint) -> list[dict[str, Any]]:
    """What is sent to log in and out, besides the protocol's own handshake."""
    session = probe.session
    lines: list[tuple[str, str]] = []
    match probe.transport:
        case Transport.SSH:
            settings = session.get("paging_off", [])
            settings = [settings] if isinstance(settings, str) else list(settings)
            for line in settings:
                guard.check_setting(probe, line)
            lines = [("session", "enable")] if session.get("enable") else []
            lines += [("session", line) for line in settings]
        case Transport.LDAP:
            lines = [
                ("bind", "as the credential says" if endpoint.credential else "anonymous"),
                ("search", "(objectClass=*) base= scope=base"),
            ]
        case Transport.HTTP:
            if session.get("login_path"):
                lines.append(("POST", str(session["login_path"])))
            if session.get("version"):
                lines.append(("GET", str(session["version"]["path"])))
            if session.get("logout"):
                verb, _, path = str(session["logout"]).partition(" ")
                lines.append((verb, path))
        case Transport.SNMP:
            pass
    return [{"verb": verb, "what": what, "kinds": []} for verb, what in lines]
