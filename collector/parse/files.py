"""What parsing a recorded file gives: its facts and how each kind went, as ``parse --json`` writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.model import Fact, KindOutcome


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file's facts and outcomes. A file that is not what it was said to be has an outcome ``unparsed``."""

    file: str
    facts: tuple[Fact, ...] = ()
    outcomes: tuple[KindOutcome, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "facts": [fact.to_json() for fact in self.facts],
            "outcomes": [{"kind": o.kind, "outcome": o.outcome.value, "detail": o.detail} for o in self.outcomes],
        }
