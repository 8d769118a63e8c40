"""What a scan is told, what it tells, and whom it tells."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from collector.model import Capture, Endpoint, Outcome, Secret, Target
from collector.probes.definition import ProbeDef
from collector.store.values import TargetResult

Redact = Callable[[Capture, ProbeDef, Collection[Secret]], Capture]


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How a scan is run. ``processes`` 0 means one a processor and at least two.

    ``redact`` is sent to the worker processes, so it must pickle (a function, or a partial of one); ``skip`` names the
    targets that an interrupted scan has already; times are in seconds. Without ``parse`` targets are saved with their captures
    alone, for `collector reparse` to read later.
    """

    processes: int = 0
    threads: int = 50
    snmp_in_flight: int = 50
    max_refusals: int = 3
    grace_s: float = 10.0
    parse_processes: int = 0
    parse_timeout_s: float = 120.0
    skip: frozenset[str] = frozenset()
    redact: Redact | None = None
    parse: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """One target over one transport: what is handed to a worker as a whole."""

    number: int
    target: Target
    endpoint: Endpoint
    probe: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A target of which nothing was read, for INTERFACE's ``failures``."""

    target: str
    outcome: Outcome
    detail: str


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """A scan in figures. ``outcomes`` counts those of fact kinds; ``unverified`` names targets read without verification."""

    started_at: datetime
    finished_at: datetime
    total: int
    ok: int
    failed: int
    facts: int
    captures: int
    outcomes: Mapping[str, int]
    failures: tuple[Failure, ...]
    interrupted: bool = False
    skipped: int = 0
    unverified: tuple[str, ...] = field(default=())


class Sink(Protocol):
    """Where a finished target goes; called in the scan's own thread, one target at a time."""

    def save_target(self, result: TargetResult) -> None: ...


class Observer(Protocol):
    """Told how the scan goes, in the scan's own thread. Must be quick."""

    def scan_started(self, total: int) -> None: ...

    def target_started(self, target: Target) -> None: ...

    def target_finished(self, result: TargetResult) -> None: ...

    def scan_finished(self) -> None: ...


__all__ = ["Failure", "Observer", "Redact", "ScanOptions", "ScanSummary", "Sink", "TargetResult", "Unit"]
