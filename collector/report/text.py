"""Sentences that reports, the terminal and the questionnaire share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|\x1b\\[[0-9;?]*[A-Za-z]"
)


def plain(text: object) -> str:
    """Device text without control characters, escape sequences and bidirectional overrides."""
    return _HIDDEN.sub("", str(text))


def band_sentence(score: Mapping[str, Any], unknown: int) -> str:
    """The stage band in one sentence."""
    low, high = score["stage"]["low"], score["stage"]["high"]
    if low == high:
        return f"Stage {low}."
    count = f"{unknown} unknown{'s' if unknown != 1 else ''}"
    return f"Stage {low} proven, up to {high} if {'this' if unknown == 1 else 'these'} {count} turn{'s' if unknown == 1 else ''} out well."


def share_sentence(share: Mapping[str, float] | None) -> str:
    """A share as ``90 %``, an interval as ``70 to 90 %``, nothing where nothing is counted."""
    if share is None:
        return ""
    low, high = (round(100 * float(share[end]), 1) for end in ("low", "high"))
    return f"{low:g} %" if low == high else f"{low:g} to {high:g} %"


def unknown_reasons(answers: Sequence[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Why answers are unknown, by how many, the commonest first: what would narrow the band."""
    reasons = Counter(_why(a) for a in answers if a["final"] == "unknown")
    return reasons.most_common()


def _why(answer: Mapping[str, Any]) -> str:
    reason = str(answer["reason"])
    if reason.startswith("needs a person"):
        return "a person has to answer (no machine can)"
    if reason.startswith("no source"):
        return "no source at hand reads what the rule needs"
    return "a source is there, but part of it could not be read or seen"
