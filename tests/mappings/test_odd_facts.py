"""Rules over odd but possible facts: rows that tell nothing, empty text, extreme numbers. None may fail, none may say yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from collector.assess.answer import Word
from collector.assess.evaluate import assess
from collector.assess.load import load_model
from collector.data import mappings_folder
from collector.facts.kinds import Field, kinds
from collector.facts.tables import FactTables
from collector.model import Fact, KindOutcome, Outcome, Target

NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
ROLES = [("switch", "access"), ("switch", "distribution"), ("switch", "core"), ("router", "edge"), ("firewall", "")]
ROLES += [("wireless", ""), ("ups", ""), ("backup", ""), ("directory", "")]
TARGETS = [
    Target(f"{family}-{role or 'x'}-{n}", "192.0.2.1", "any", family, "main" if n else "", role, ("room",))
    for family, role in ROLES
    for n in range(2)
]
LISTS = [
    "critical_servers", "server_rooms", "staff_ssids", "guest_ssids", "voice_ssids", "clinical_areas", "areas", "guest_vlans",
    "staff_vlans", "medical_vlans", "management_vlans", "provider_as", "lifecycle", "access_points", "legacy_ssids",
    "offsite_repositories",
]  # fmt: skip


def _nothing(field: Field) -> Any:
    return None


def _empty(field: Field) -> Any:
    return {"text": "", "texts": [], "integers": [], "integer": 0, "real": 0.0, "boolean": False, "timestamp": NOW}[
        field.type
    ]


def _extreme(field: Field) -> Any:
    return {
        "text": "'); DROP TABLE target; -- \u202e<b>%s{}{0}",
        "texts": ["", "{}", "'"],
        "integers": [-1],
        "integer": 2**63 - 1,
        "real": float("inf"),
        "boolean": True,
        "timestamp": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
    }[field.type]


@pytest.mark.parametrize("value", [_nothing, _empty, _extreme])
@pytest.mark.parametrize("item", ["", "room", "%_'{}="])
def test_odd_rows_fail_no_rule(value: Callable[[Field], Any], item: str) -> None:
    facts = [
        Fact(kind.name, target.name, key, {f.name: value(f) for f in kind.fields.values()}, NOW, ("sha256:0",))
        for kind in kinds().values()
        for target in TARGETS
        for key in ("", "a b")
    ]
    outcomes = [KindOutcome(t.name, kind, Outcome.OK, "", 2, NOW) for t in TARGETS for kind in kinds()]
    tables = FactTables.build(TARGETS, facts, outcomes, {name: [item] for name in LISTS}, NOW)
    assessment = assess(load_model(mappings_folder() / "infram-2018", bind=False), tables, NOW)
    tables.close()
    assert [f"{a.criterion}: {a.reason}" for a in assessment.answers if "rule failed" in a.reason] == []
    if value is _nothing:
        # that a switch answers is told by the outcome alone
        sure = [
            f"{a.criterion}: {a.reason}"
            for a in assessment.answers
            if a.answer is Word.YES and a.criterion != "TRN-1-01"
        ]
        assert sure == []
