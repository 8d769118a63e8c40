"""What a report is made of: plain documents, shaped as the command line's JSON, and nothing that needs a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Content:
    """``answers``, ``score``, ``drift`` as the command line's JSON; ``criteria`` the model's help.

    ``verdicts`` are the most telling items of each criterion, ``verdict_counts`` how many there are in all.
    ``captures`` are the evidence that answers name, by hash: target, what was asked, when, by which account.
    ``conflicts`` are the values of `reading_conflict` facts by target.
    """

    organisation: str
    scan: Document
    model: Document
    score: Document
    answers: Sequence[Document]
    criteria: Mapping[str, Document]
    verdicts: Mapping[str, Sequence[Document]] = field(default_factory=dict)
    verdict_counts: Mapping[str, int] = field(default_factory=dict)
    targets: Sequence[Document] = ()
    captures: Mapping[str, Document] = field(default_factory=dict)
    conflicts: Mapping[str, Sequence[Document]] = field(default_factory=dict)
    drift: Document | None = None
