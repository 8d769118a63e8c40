"""Asking a target what it is: one login a transport, and only the requests that tell its identity."""

from __future__ import annotations

from collections.abc import Mapping

from collector.errors import SessionError
from collector.identify.identity import Identity, identify_captures, identifying_requests, tells
from collector.model import Capture, Credential, Target
from collector.parse.choosing import requests_for
from collector.probes.definition import ProbeDef
from collector.sessions import open_session


def identify_target(
    target: Target, probes: Mapping[str, ProbeDef], credentials: Mapping[str, Credential]
) -> tuple[Identity, tuple[str, ...]]:
    """What a target is, from every transport that it is reached by, and why a transport gave nothing."""
    captures: list[Capture] = []
    faults: list[str] = []
    for endpoint in target.endpoints:
        wanted = [(p, r) for p, r in identifying_requests(probes, target.platform) if p.transport is endpoint.transport]
        for probe in dict.fromkeys(p.name for p, _ in wanted):
            try:
                session = open_session(target, endpoint, probes[probe], credentials.get(endpoint.credential))
            except SessionError as error:
                faults.append(f"{endpoint.transport}: {error.outcome}: {error}")
                break
            try:
                answers: list[Capture] = []
                for request in requests_for(probes[probe], probes, answers):
                    if tells(request):
                        answers += session.fetch(request)
                captures += answers
            finally:
                session.close()
    return identify_captures(captures, probes), tuple(faults)
