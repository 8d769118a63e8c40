"""Stored captures through today's parsers: the facts of a scan as this version of the program reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from collector.facts.sets import canonical, clean_text
from collector.model import Capture, Fact, KindOutcome, Parsed
from collector.parse.engine import parse_target
from collector.probes.definition import ProbeDef
from collector.store import Store


@dataclass(frozen=True, slots=True)
class Reparsed:
    """What parsing again changed: facts by their kind, target and key; outcomes by their kind and target.

    ``unknown`` counts the captures whose probe or request is not defined any more; a target that has such is left as
    it was, or its facts would be lost.
    """

    targets: int = 0
    added: int = 0
    removed: int = 0
    changed: int = 0
    outcomes: int = 0
    unknown: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "targets": self.targets,
            "facts": {"added": self.added, "removed": self.removed, "changed": self.changed},
            "outcomes_changed": self.outcomes,
            "captures_unknown": self.unknown,
        }

    def sentence(self) -> str:
        if not (self.added or self.removed or self.changed or self.outcomes):
            said = "the same facts as before."
        else:
            said = (
                f"{self.added} facts are new, {self.removed} are gone, {self.changed} changed; "
                f"{self.outcomes} outcomes changed, on {self.targets} targets."
            )
        if self.unknown:
            said += (
                f" {self.unknown} captures are of requests that no probe has any more; their targets stay as they were."
            )
        return said


def reparse(store: Store, scan: int | None, probes: Mapping[str, ProbeDef]) -> Reparsed:
    """Reads a scan's captures anew and replaces the facts of the targets for which something changed."""
    number = store.scan(scan).number
    counts = dict.fromkeys(("targets", "added", "removed", "changed", "outcomes", "unknown"), 0)
    for found in store.targets(number):
        name = found.target.name
        captures = store.load(store.captures(number, name))
        unknown = _unknown(captures, probes)
        counts["unknown"] += unknown
        if unknown or not captures:
            continue
        before = Parsed(tuple(store.facts(number, target=name)), tuple(store.outcomes(number, name)))
        after = parse_target(probes, captures)
        difference = _difference(before, after)
        if any(difference.values()):
            store.replace_facts(number, name, after)
            counts["targets"] += 1
            for what, many in difference.items():
                counts[what] += many
    return Reparsed(**counts)


def _unknown(captures: Sequence[Capture], probes: Mapping[str, ProbeDef]) -> int:
    known = {(probe.name, request.name) for probe in probes.values() for request in probe.requests}
    return sum((c.probe, c.request) not in known for c in captures)


def _difference(before: Parsed, after: Parsed) -> dict[str, int]:
    old, new = _by_place(before.facts), _by_place(after.facts)
    old_outcomes, new_outcomes = _by_kind(before.outcomes), _by_kind(after.outcomes)
    both = old_outcomes.keys() | new_outcomes.keys()
    return {
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "changed": sum(old[place] != new[place] for place in old.keys() & new.keys()),
        "outcomes": sum(old_outcomes.get(kind) != new_outcomes.get(kind) for kind in both),
    }


def _by_place(facts: Sequence[Fact]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """Facts as the store would hold them. A field that a newer version brings is no change while it is empty."""
    return {
        (f.kind, clean_text(f.key)): (
            canonical({name: value for name, value in f.value.items() if value is not None}),
            f.observed_at,
            f.evidence,
        )
        for f in facts
    }


def _by_kind(outcomes: Sequence[KindOutcome]) -> dict[str, KindOutcome]:
    return {o.kind: replace(o, detail=clean_text(o.detail)) for o in outcomes}
