"""Facts become documents and come back as they were."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from collector.facts.sets import CaptureIndex, FactSet, Source, encode, pack
from collector.model import Fact

NOW = datetime(2026, 11, 23, 19, 30, tzinfo=UTC)


def fact(key: str, value: dict[str, Any], kind: str = "directory_account") -> Fact:
    return Fact(kind, "t", key, value, NOW, ("sha256:a",))


def facts_of(document: bytes) -> list[Fact]:
    return list(FactSet("directory_account", "t", document, (Source("sha256:a", NOW),)).facts())


def test_the_order_of_facts_and_fields_does_not_matter() -> None:
    one = [fact("a", {"dn": "a", "name": "x"}), fact("b", {"dn": "b"})]
    other = [fact("b", {"dn": "b"}), fact("a", {"name": "x", "dn": "a"})]
    assert encode(one, CaptureIndex(())) == encode(other, CaptureIndex(()))


def test_times_come_back_as_times() -> None:
    made = fact("a", {"password_set_at": NOW, "last_logon_at": None, "name": "2026-11-23T19:30:00Z"})
    assert facts_of(encode([made], CaptureIndex(()))) == [made]


def test_what_no_database_holds_is_not_known() -> None:
    made = fact("a", {"real": math.nan, "big": 2**80, "ok": 2**63 - 1, "text": "a\0\ud800", "list": [math.inf, 1.5]})
    (found,) = facts_of(encode([made], CaptureIndex(())))
    assert found.value == {"real": None, "big": None, "ok": 2**63 - 1, "text": "a\ufffd\ufffd", "list": [None, 1.5]}


@given(
    st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9))
)
def test_any_value_becomes_a_document(value: dict[str, Any]) -> None:
    document = encode([fact("k", value)], CaptureIndex(()))
    again = facts_of(document)
    assert encode(again, CaptureIndex(())) == document
    json.loads(document.decode())


def test_packing_keeps_every_fact() -> None:
    facts = [fact(str(i), {"name": str(i)}) for i in range(4500)] + [fact("v", {"id": 1}, "vlan")]
    sets = list(pack(facts))
    assert [f for s in sets for f in s.facts()] == facts
    assert len(sets) == 4
