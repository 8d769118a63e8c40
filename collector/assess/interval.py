"""Counts with unknowns in them against thresholds, in exact fractions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from collector.assess.answer import RANK, Bounds, Interval, Word


@dataclass(frozen=True, slots=True)
class Tally:
    """Points of a population: what passes for sure, what may pass, and how many items count.

    ``weak`` is the same for the weaker pass that the partial threshold counts; every item that passes passes that too.
    """

    n: int
    points: Interval
    weak: Interval

    @property
    def share(self) -> Interval | None:
        """The share of items that pass; none of an empty population."""
        return Interval(self.points.low / self.n, self.points.high / self.n) if self.n else None


def grade(value: Fraction, weak: Fraction, yes_at: Fraction, partial_at: Fraction | None) -> Word:
    """The answer that a share or a count earns."""
    if value >= yes_at:
        return Word.YES
    if partial_at is not None and weak >= partial_at:
        return Word.PARTIAL
    return Word.NO


def bounds(tally: Tally, measure: str, yes_at: Fraction, partial_at: Fraction | None) -> Bounds:
    """The worst and best answer of a population: unknown items counted as failing, then as passing."""
    n = tally.n if measure == "share" else 1
    return Bounds(
        grade(tally.points.low / n, tally.weak.low / n, yes_at, partial_at),
        grade(tally.points.high / n, tally.weak.high / n, yes_at, partial_at),
    )


def combine(parts: Sequence[Bounds], must: Sequence[bool], partial_parts: int | None = None) -> Bounds:
    """Several parts into one answer; it is monotone in each part, so bounds combine bound by bound.

    Parts that do not apply are left out; when none is left, neither does the answer apply.
    """
    kept = [(b, m) for b, m in zip(parts, must, strict=True) if b.low is not Word.NOT_APPLICABLE]
    if not kept:
        return Bounds(Word.NOT_APPLICABLE, Word.NOT_APPLICABLE)
    musts = [m for _, m in kept]
    return Bounds(
        _together([b.low for b, _ in kept], musts, partial_parts),
        _together([b.high for b, _ in kept], musts, partial_parts),
    )


def _together(words: Sequence[Word], must: Sequence[bool], partial_parts: int | None) -> Word:
    if all(word is Word.YES for word in words):
        return Word.YES
    if any(needed and word is Word.NO for word, needed in zip(words, must, strict=True)):
        return Word.NO
    if partial_parts is None:
        reached = any(RANK[word] >= RANK[Word.PARTIAL] for word in words)
    else:
        reached = sum(word is Word.YES for word in words) >= min(partial_parts, len(words))
    return Word.PARTIAL if reached else Word.NO
