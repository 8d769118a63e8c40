"""What goes into the store and what comes out, as values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from collector.model import Capture, Outcome, Parsed, Target, Transport


@dataclass(frozen=True, slots=True)
class TargetResult:
    """Everything that a scan got of one target. ``status`` is ``ok`` or ``failed``; ``outcome`` says of what."""

    target: Target
    status: str
    outcome: Outcome
    detail: str = ""
    captures: tuple[Capture, ...] = ()
    parsed: Parsed = field(default_factory=Parsed)


@dataclass(frozen=True, slots=True)
class ScanRow:
    """A stored scan. ``kind`` is ``scan`` or ``import``; ``status`` ``running``, ``finished`` or ``interrupted``."""

    number: int
    kind: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    config_digest: str
    program: str


@dataclass(frozen=True, slots=True)
class ScanCounts:
    """A scan in figures: targets by status (``planned`` were not reached), outcomes of fact kinds, facts, captures."""

    targets: Mapping[str, int]
    outcomes: Mapping[str, int]
    facts: int
    captures: int


@dataclass(frozen=True, slots=True)
class StoredTarget:
    """A target of a scan as it was configured then. ``status`` is ``planned`` until it is read, then ``ok`` or ``failed``."""

    target: Target
    status: str
    outcome: Outcome | None
    detail: str


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture without its bytes: ``evidence`` names them (empty where there are none), ``size`` counts them."""

    scan: int
    target: str
    transport: Transport
    probe: str
    probe_version: str
    request: str
    verb: str
    what: str
    page: int
    at: datetime
    outcome: Outcome
    detail: str
    account: str
    evidence: str
    size: int

    def with_body(self, body: bytes | None) -> Capture:
        return Capture(
            target=self.target,
            transport=self.transport,
            probe=self.probe,
            probe_version=self.probe_version,
            request=self.request,
            verb=self.verb,
            what=self.what,
            at=self.at,
            outcome=self.outcome,
            detail=self.detail,
            page=self.page,
            account=self.account,
            body=body,
        )


@dataclass(frozen=True, slots=True)
class AnswerDocument:
    """An answer to keep: its document, its verdicts and its rule, all as plain JSON values and text.

    ``rule_hash`` is the rule's identity for drift; ``rule_text`` what a person reads under ``explain``.
    """

    criterion: str
    document: Mapping[str, Any]
    verdicts: Sequence[Mapping[str, Any]] = ()
    rule_hash: str = ""
    rule_text: str = ""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer without its verdicts; ``Store.verdicts`` has those."""

    criterion: str
    document: Mapping[str, Any]
    rule_hash: str
    rule_text: str


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    """One run of the rules over a scan. ``summary`` is what the run kept beside its answers (score, coverage ...)."""

    number: int
    scan: int
    made_at: datetime
    model: str
    model_hash: str
    program: str
    summary: Mapping[str, Any] = field(default_factory=dict)
