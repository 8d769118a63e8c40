"""One target of the lab read over one transport through a real session, and parsed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from collector.config import load_config
from collector.credentials import resolve_credential
from collector.data import probes_folder
from collector.inventory import load_inventory
from collector.model import Capture, Credential, Fact, KindOutcome, Parsed, Secret, Transport
from collector.parse.choosing import requests_for
from collector.parse.engine import parse_target
from collector.probes.definition import ProbeDef, load_probes
from collector.scan.plan import choose_probe
from collector.sessions import open_session


def probes() -> dict[str, ProbeDef]:
    return load_probes([probes_folder()])


def read(
    config: Path, name: str, transport: Transport, credential: Credential | None = None
) -> tuple[list[Capture], Parsed]:
    """Captures and facts of a target of the lab's configuration; ``credential`` in place of the configured one."""
    settings, known = load_config(config), probes()
    target = next(t for t in load_inventory(settings, known).targets if t.name == name)
    endpoint = target.endpoint(transport)
    assert endpoint is not None, f"{name} has no {transport}"
    probe = choose_probe(known, target.platform, transport)
    assert probe is not None
    account = credential or (resolve_credential(settings, endpoint.credential) if endpoint.credential else None)
    session = open_session(target, replace(endpoint, deadline_s=60.0), probe, account)
    try:
        captures: list[Capture] = []
        for request in requests_for(probe, known, captures):
            captures += session.fetch(request)
    finally:
        session.close()
    return captures, parse_target(known, captures)


def by_kind(parsed: Parsed) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in parsed.facts:
        found[fact.kind].append(fact)
    return found


def outcomes(parsed: Parsed) -> dict[str, KindOutcome]:
    return {outcome.kind: outcome for outcome in parsed.outcomes}


def account(username: str, password: str) -> Credential:
    return Credential("test", username, {"password": Secret(password)})
