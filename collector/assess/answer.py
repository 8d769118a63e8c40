"""Answers, their bounds and the verdicts under them, as values and as INTERFACE's JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from collector.model import from_rfc3339, rfc3339


class Word(StrEnum):
    """What an answer says. ``low`` and ``high`` are never ``unknown``."""

    NO = "no"
    PARTIAL = "partial"
    YES = "yes"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


#: Answers from worst to best, and what each is worth.
RANK: Mapping[Word, int] = {Word.NO: 0, Word.PARTIAL: 1, Word.YES: 2}
POINTS: Mapping[Word, Fraction] = {Word.NO: Fraction(0), Word.PARTIAL: Fraction(1, 2), Word.YES: Fraction(1)}


class Judgement(StrEnum):
    """What a rule says of an item."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The worst and the best answer that what is known allows."""

    low: Word
    high: Word

    @property
    def answer(self) -> Word:
        return self.low if self.low is self.high else Word.UNKNOWN


OPEN = Bounds(Word.NO, Word.YES)


@dataclass(frozen=True, slots=True)
class Citation:
    """One fact that a verdict rests on, by where it stands."""

    target: str
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a part of a rule says of one item, or of ``count`` alike items of a target (then ``item`` is empty).

    ``cites`` is None where the verdict rests on every fact of the part's kinds on the target.
    """

    part: str
    target: str
    item: str
    verdict: Judgement
    why: str = ""
    cites: tuple[Citation, ...] | None = None
    count: int = 1

    @property
    def label(self) -> str:
        """The item as a person names it."""
        if not self.item or self.item == self.target:
            return self.target
        return f"{self.target} {self.item}" if self.target else self.item

    def to_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "target": self.target,
            "item": self.item,
            "verdict": self.verdict.value,
            "why": self.why,
            "count": self.count,
            "cites": None if self.cites is None else [[c.target, c.kind, c.key] for c in self.cites],
        }

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> Verdict:
        cites = row.get("cites")
        return Verdict(
            part=row.get("part", ""),
            target=row["target"],
            item=row["item"],
            verdict=Judgement(row["verdict"]),
            why=row.get("why", ""),
            cites=None if cites is None else tuple(Citation(*c) for c in cites),
            count=row.get("count", 1),
        )


@dataclass(frozen=True, slots=True)
class Items:
    """How many items there are of each judgement."""

    passing: int = 0
    failing: int = 0
    unknown: int = 0
    not_applicable: int = 0

    @property
    def n(self) -> int:
        """The items that count."""
        return self.passing + self.failing + self.unknown

    def __add__(self, other: Items) -> Items:
        return Items(
            self.passing + other.passing,
            self.failing + other.failing,
            self.unknown + other.unknown,
            self.not_applicable + other.not_applicable,
        )

    def to_json(self) -> dict[str, int]:
        return {
            "pass": self.passing,
            "fail": self.failing,
            "unknown": self.unknown,
            "not_applicable": self.not_applicable,
        }

    @staticmethod
    def from_json(row: Mapping[str, int]) -> Items:
        return Items(row["pass"], row["fail"], row["unknown"], row["not_applicable"])


@dataclass(frozen=True, slots=True)
class Interval:
    """The least and the most that a share or a count can be."""

    low: Fraction
    high: Fraction

    def to_json(self) -> dict[str, float]:
        return {"low": as_float(self.low), "high": as_float(self.high)}

    @staticmethod
    def from_json(row: Mapping[str, float] | None) -> Interval | None:
        return None if row is None else Interval(Fraction(str(row["low"])), Fraction(str(row["high"])))


@dataclass(frozen=True, slots=True)
class PartAnswer:
    """What one part of a rule came to."""

    name: str
    bounds: Bounds
    reason: str
    items: Items = Items()
    share: Interval | None = None
    count: Interval | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "answer": self.bounds.answer.value,
            "low": self.bounds.low.value,
            "high": self.bounds.high.value,
            "reason": self.reason,
            "items": self.items.to_json(),
            "share": self.share.to_json() if self.share else None,
            "count": self.count.to_json() if self.count else None,
        }

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> PartAnswer:
        return PartAnswer(
            name=row["name"],
            bounds=Bounds(Word(row["low"]), Word(row["high"])),
            reason=row["reason"],
            items=Items.from_json(row["items"]),
            share=Interval.from_json(row["share"]),
            count=Interval.from_json(row["count"]),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a criterion.

    ``answer`` with its bounds is the machine's; ``final`` is a review's where a valid one stands. ``evidence`` names at
    most ``EVIDENCE_LIMIT`` captures of ``evidence_count``; ``observed_at`` is the oldest reading that it rests on.
    """

    criterion: str
    domain: str
    stage: int
    question: str
    answer: Word
    low: Word
    high: Word
    reason: str
    rule: str
    mode: str
    final: Word
    items: Items = Items()
    share: Interval | None = None
    count: Interval | None = None
    parts: tuple[PartAnswer, ...] = ()
    observed_at: datetime | None = None
    evidence: tuple[str, ...] = ()
    evidence_count: int = 0
    confirm: str = ""
    confirmed: bool = False
    review: Mapping[str, Any] | None = None

    @property
    def bounds(self) -> Bounds:
        """What scores count: a review's word where it says something else than the machine, else the machine's bounds."""
        if self.final is self.answer or self.final is Word.UNKNOWN:
            return Bounds(self.low, self.high)
        return Bounds(self.final, self.final)

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "domain": self.domain,
            "stage": self.stage,
            "question": self.question,
            "answer": self.answer.value,
            "low": self.low.value,
            "high": self.high.value,
            "reason": self.reason,
            "items": self.items.to_json(),
            "share": self.share.to_json() if self.share else None,
            "count": self.count.to_json() if self.count else None,
            "observed_at": rfc3339(self.observed_at) if self.observed_at else None,
            "rule": self.rule,
            "evidence": list(self.evidence),
            "evidence_count": self.evidence_count,
            "review": dict(self.review) if self.review is not None else None,
            "mode": self.mode,
            "confirm": self.confirm,
            "confirmed": self.confirmed,
            "final": self.final.value,
            "parts": [part.to_json() for part in self.parts],
        }

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> Answer:
        return Answer(
            criterion=row["criterion"],
            domain=row["domain"],
            stage=row["stage"],
            question=row["question"],
            answer=Word(row["answer"]),
            low=Word(row["low"]),
            high=Word(row["high"]),
            reason=row["reason"],
            rule=row["rule"],
            mode=row["mode"],
            final=Word(row["final"]),
            items=Items.from_json(row["items"]),
            share=Interval.from_json(row["share"]),
            count=Interval.from_json(row.get("count")),
            parts=tuple(PartAnswer.from_json(part) for part in row.get("parts", [])),
            observed_at=from_rfc3339(row["observed_at"]) if row["observed_at"] else None,
            evidence=tuple(row["evidence"]),
            evidence_count=row.get("evidence_count", len(row["evidence"])),
            confirm=row.get("confirm", ""),
            confirmed=row["confirmed"],
            review=row["review"],
        )


def as_float(value: Fraction, digits: int = 6) -> float:
    """A fraction for JSON, rounded down, so that what is short of a mark never prints as the mark."""
    scale: int = 10**digits
    return math.floor(value * scale) / scale
