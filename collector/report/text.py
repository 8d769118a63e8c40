"""Sentences that reports, the terminal and the questionnaire share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Any

#: Escape sequences first, as a whole: what would be left of one is no text either.
_HIDDEN = re.compile(
    "\x1b\\[[0-?]*[ -/]*[@-~]|\x1b\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?|\x1b."
    "|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


def plain(text: object) -> str:
    """Device text without control characters, escape sequences and bidirectional overrides."""
    return _HIDDEN.sub("", str(text))


def words(name: str) -> str:
    """A name of ours as a person reads it: ``routing_neighbor`` is a routing neighbor."""
    return name.replace("_", " ")


def brief(value: object, field: str | None = None) -> str:
    """One side of a change in a few words: of a field, or of a whole fact, which is there or isn't."""
    match value:
        case None:
            return "unknown" if field else "nothing"
        case bool():
            return "yes" if value else "no"
        case Mapping():
            known = ", ".join(f"{words(str(k))} {brief(v)}" for k, v in value.items() if v not in (None, [], ()))
            return known if len(known) <= 100 else f"{known[:97]}..."
        case list() | tuple():
            return ", ".join(brief(one) for one in value) or "none"
    return str(value)


def asked(verb: str, what: str) -> str:
    """What was sent, with its verb: a command line has its own in it."""
    return what if verb == "show" else f"{verb} {what}"


def moment(at: str) -> str:
    """A time in UTC as a person reads it, to the second: ``2026-11-23 20:00:05 UTC``."""
    return f"{at[:19].replace('T', ' ')} UTC"


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
    low, high = (percent(share[end]) for end in ("low", "high"))
    return f"{low} %" if low == high else f"{low} to {high} %"


def percent(share: float) -> str:
    """A share in percent, cut to one decimal: what is short of a mark is never printed as the mark."""
    return f"{(Decimal(str(share)) * 100).quantize(Decimal('0.1'), ROUND_FLOOR).normalize():f}"


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
