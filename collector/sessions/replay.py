"""Recorded captures behind the session's face: tests and imports take the same path as a live scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from collector.model import Capture, Outcome
from collector.probes.definition import RequestDef
from collector.sessions.contract import Opening


class ReplaySession:
    """Answers each request from captures kept by request name."""

    def __init__(self, opening: Opening, captures: Mapping[str, Sequence[Capture]]) -> None:
        self._opening = opening
        self._captures = captures

    def fetch(self, request: RequestDef) -> list[Capture]:
        kept = self._captures.get(request.name)
        if not kept:
            return [self._opening.capture(request, None, Outcome.NOT_COLLECTED, "not in the recording")]
        return [self._opening.redact(capture) for capture in kept]

    def close(self) -> None:
        """Nothing is open."""
