"""The sentence that says why an answer is what it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from collector.assess.answer import Interval, Items, Judgement, Verdict
from collector.assess.interval import Tally
from collector.assess.model import Part

_NAMED = 3


def reason(part: Part, items: Items, tally: Tally, verdicts: Sequence[Verdict]) -> str:
    """The part's sentence filled in; failing and unread items are named even where it does not ask for them."""
    template = part.reason or ("{pass} of {n} pass ({percent})" if part.measure == "share" else "{pass} found")
    failing = _named(Judgement.FAIL, items.failing, verdicts)
    unread = _named(Judgement.UNKNOWN, items.unknown, verdicts)
    text = template.format_map(
        {
            "pass": items.passing,
            "fail": items.failing,
            "unknown": items.unknown,
            "n": items.n,
            "percent": percent(tally.share),
            "points": _span(tally.points),
            "failing": failing or "none",
            "unread": unread or "none",
        }
    ).rstrip(". ")
    if failing and "{failing}" not in template and "{fail}" not in template:
        text += f"; failing: {failing}"
    if unread and "{unread}" not in template and "{unknown}" not in template:
        text += f"; unknown: {unread}"
    return text


def percent(share: Interval | None) -> str:
    """``90 %``, ``70 to 90 %``; rounded down, so that what is short of a mark does not read as the mark."""
    if share is None:
        return "none"
    low, high = (_rounded(value * 100) for value in (share.low, share.high))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _span(points: Interval) -> str:
    low, high = _rounded(points.low), _rounded(points.high)
    return low if low == high else f"{low} to {high}"


def _rounded(value: Fraction) -> str:
    tenths = math.floor(value * 10)
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def _named(judgement: Judgement, count: int, verdicts: Sequence[Verdict]) -> str:
    """The first items of a judgement with their why, and how many more there are."""
    if not count:
        return ""
    chosen = [v for v in verdicts if v.verdict is judgement][:_NAMED]
    names = [f"{v.label} ({v.why})" if v.why else v.label for v in chosen]
    more = count - sum(v.count for v in chosen)
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
