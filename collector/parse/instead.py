"""Requests that stand in for others: a device is asked for a reply's older form only where it lacks the better one."""

from __future__ import annotations

from collections.abc import Sequence

from collector.model import Capture, Outcome
from collector.parse.engine import read_request
from collector.probes.definition import ProbeDef, RequestDef


def needed(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> bool:
    """Whether a request is to be sent after those that ``captures`` are of: always, unless what it stands in for was read."""
    if not request.instead_of:
        return True
    first = [capture for capture in captures if capture.request == request.instead_of]
    return bool(first) and read_request(probe, request.instead_of, first).outcome is not Outcome.OK
