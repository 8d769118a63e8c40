"""The words that questionnaires use for answers and for their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

#: What a validation list may call each answer, the likeliest first. Compared without case and punctuation.
ANSWER_WORDS: Mapping[str, tuple[str, ...]] = {
    "yes": ("yes", "y", "fully", "fully met", "fully implemented", "met", "compliant", "implemented", "true", "complete"),
    "partial": (
        "partial", "partly", "partially", "partially met", "partially implemented", "partially compliant", "in part",
        "in progress", "somewhat",
    ),
    "no": ("no", "n", "not met", "not implemented", "non compliant", "not compliant", "none", "false"),
    "unknown": (
        "unknown", "not known", "not assessed", "dont know", "do not know", "unsure", "to be confirmed", "tbc", "tbd",
        "not reviewed", "open",
    ),
    "not_applicable": ("not applicable", "na", "n a", "not relevant", "out of scope"),
}  # fmt: skip

#: What is written where no validation list and no setting says otherwise.
DEFAULT_WORDS: Mapping[str, str] = {
    "yes": "Yes",
    "partial": "Partial",
    "no": "No",
    "unknown": "Unknown",
    "not_applicable": "Not applicable",
}

#: Words in a heading that give a column away, the more telling first.
COLUMN_WORDS: Mapping[str, tuple[str, ...]] = {
    "answer": ("answer", "response", "result", "compliance", "status"),
    "share": ("share", "measured", "percentage", "percent", "%"),
    "reason": ("reason", "comment", "comments", "justification", "rationale", "remarks", "notes", "explanation"),
    "evidence": ("evidence", "reference", "references", "proof"),
    "date": ("date", "as of", "assessed on"),
    "question": ("question", "criterion", "requirement", "statement"),
}


def folded(text: str) -> str:
    """Lower case, letters and digits only, single blanks; `%` stays, it heads columns."""
    return re.sub(r"[^\w%]+", " ", text.replace("'", "").replace("’", "").lower()).strip()


def choose(answer: str, allowed: Sequence[str]) -> str | None:
    """The word of a validation list that means the answer; None where the list has none."""
    by_folded = {folded(word): word for word in allowed}
    return next((by_folded[word] for word in ANSWER_WORDS[answer] if word in by_folded), None)


def column_of(heading: str) -> str | None:
    """What a column with this heading holds: one of COLUMN_WORDS' keys, or None."""
    words = folded(heading)
    parts = set(words.split())
    for column, telling in COLUMN_WORDS.items():
        if any(word == words or word in parts for word in telling):
            return column
    return None
