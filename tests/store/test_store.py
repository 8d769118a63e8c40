"""What goes into the store comes out of it again, in SQLite and in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from collector.errors import NotFoundError, StoreError
from collector.model import Fact, KindOutcome, Outcome, Parsed
from collector.store import AnswerDocument, Store, TargetResult, schema
from tests.store.samples import NOW, by_key, capture, fact, result, target


def scan(store: Store, *results: TargetResult) -> int:
    number = store.begin_scan("scan", NOW, "sha256:c", [r.target for r in results])
    for one in results:
        store.save_target(number, one)
    store.finish_scan(number, NOW + timedelta(minutes=1))
    return number


def blobs(store: Store) -> int:
    with store._read() as connection:
        return connection.execute(select(func.count()).select_from(schema.blob)).scalar_one()


def test_a_scan_comes_out_as_it_went_in(store: Store) -> None:
    made = result()
    number = scan(store, made)
    row = store.scan()
    assert (row.number, row.kind, row.status, row.started_at) == (number, "scan", "finished", NOW)
    assert row.finished_at == NOW + timedelta(minutes=1)
    (stored,) = store.targets(number)
    assert (stored.target, stored.status, stored.outcome) == (made.target, "ok", Outcome.OK)
    found = store.load(store.captures(number))
    assert sorted(found, key=lambda c: c.request) == sorted(made.captures, key=lambda c: c.request)
    assert by_key(store.facts(number)) == by_key(made.parsed.facts)
    assert store.outcomes(number) == sorted(made.parsed.outcomes, key=lambda o: o.kind)
    counts = store.counts(number)
    assert (counts.targets, counts.outcomes, counts.facts, counts.captures) == ({"ok": 1}, {"ok": 2, "denied": 1}, 3, 3)


def test_facts_and_captures_by_name(store: Store) -> None:
    number = scan(store, result("a"), result("b", vlans=(30,)))
    assert [f.key for f in store.facts(number, "vlan", "b")] == ["30"]
    assert [c.request for c in store.captures(number, "a", "show_vlan")] == ["show_vlan"]
    assert [o.kind for o in store.outcomes(number, "b")] == ["aaa", "device", "vlan"]


def test_unchanged_content_is_shared_between_scans(store: Store) -> None:
    scan(store, result(uptime=5))
    before = blobs(store)
    second = scan(store, result(at=NOW + timedelta(days=1), uptime=6))
    # only what says the uptime is new: its reply and the device fact
    assert blobs(store) == before + 2
    (vlan, _) = store.facts(second, "vlan")
    assert vlan.observed_at == NOW + timedelta(days=1, seconds=2)
    assert vlan.evidence[1] == capture(request="show_version", body=b"uptime is 6 s").evidence


def test_two_captures_with_the_same_bytes_keep_their_own_times(store: Store) -> None:
    early, late = capture(request="one", body=b"x"), capture(request="two", body=b"x", at=NOW + timedelta(hours=1))
    facts = (fact("vlan", "1", (late,), id=1), fact("vlan", "2", (early,), id=2))
    outcomes = (KindOutcome("acc-01", "vlan", Outcome.OK, "", 2, late.at),)
    number = scan(store, TargetResult(target(), "ok", Outcome.OK, "", (early, late), Parsed(facts, outcomes)))
    assert tuple(store.facts(number)) == facts


def test_facts_without_a_capture_keep_their_evidence(store: Store) -> None:
    odd = Fact("vlan", "acc-01", "1", {"id": 1}, NOW, ("sha256:" + "0" * 64,))
    outcomes = (KindOutcome("acc-01", "vlan", Outcome.OK, "", 1, NOW),)
    number = scan(store, TargetResult(target(), "ok", Outcome.OK, parsed=Parsed((odd,), outcomes)))
    assert list(store.facts(number)) == [odd]


def test_hostile_text_is_stored(store: Store) -> None:
    bad = "a\0b\ud800c\x1b[31m<script>"
    made = capture(body=b"\xff\0", detail=bad)
    facts = (fact("vlan", "1", (made,), id=2**70, name=bad), fact("vlan", "2", (made,), id=2**63 - 1, name="\u202e"))
    outcomes = (KindOutcome("acc-01", "vlan", Outcome.UNPARSED, bad, 2, NOW),)
    number = scan(store, TargetResult(target(), "failed", Outcome.UNPARSED, bad, (made,), Parsed(facts, outcomes)))
    first, second = store.facts(number)
    assert (first.value["id"], first.value["name"]) == (None, "a\ufffdb\ufffdc\x1b[31m<script>")
    assert (second.value["id"], second.value["name"]) == (2**63 - 1, "\u202e")
    assert store.body(made.evidence) == b"\xff\0"


def test_a_target_is_stored_whole_or_not_at_all(store: Store) -> None:
    number = store.begin_scan("scan", NOW, "", [target("a"), target("b")])
    store.save_target(number, result("a"))
    broken = result("b")
    orphan = replace(broken, parsed=Parsed(broken.parsed.facts, broken.parsed.outcomes[:1]))
    with pytest.raises(StoreError, match="without an outcome"):
        store.save_target(number, orphan)
    assert {c.target for c in store.captures(number)} == {"a"}
    assert store.done_targets(number) == {"a"}
    assert {t.target.name: t.status for t in store.targets(number)} == {"a": "ok", "b": "planned"}


def test_a_target_read_again_replaces_itself(store: Store) -> None:
    number = scan(store, result())
    store.save_target(number, result(vlans=(99,)))
    assert [f.key for f in store.facts(number, "vlan")] == ["99"]
    assert store.counts(number).captures == 3


def test_facts_are_replaced_and_evidence_stays(store: Store) -> None:
    made = result()
    number = scan(store, made)
    (kept,) = (o for o in made.parsed.outcomes if o.kind == "device")
    facts = tuple(f for f in made.parsed.facts if f.kind == "device")
    store.replace_facts(number, "acc-01", Parsed(facts, (kept,)))
    assert tuple(store.facts(number)) == facts
    assert store.outcomes(number) == [kept]
    assert store.counts(number).captures == 3
    with pytest.raises(NotFoundError, match="no target nobody"):
        store.replace_facts(number, "nobody", Parsed())


def test_scans_by_number_moment_and_default(store: Store) -> None:
    with pytest.raises(NotFoundError, match="no scan yet"):
        store.scan()
    first, second = scan(store, result()), scan(store, result())
    running = store.begin_scan("scan", NOW, "", [])
    assert store.scan().number == second
    assert store.scan(running).status == "running"
    assert [s.number for s in store.scans()] == [first, second, running]
    assert store.scan_at(NOW + timedelta(minutes=2)).number in (first, second)
    with pytest.raises(NotFoundError, match="had ended by"):
        store.scan_at(NOW)
    with pytest.raises(NotFoundError, match="no scan 77"):
        list(store.facts(77))


def test_last_count_is_of_the_last_good_reading(store: Store) -> None:
    scan(store, result(vlans=(1, 2, 3)))
    scan(store, result(vlans=(1,)))
    lost = result()
    failed = tuple(replace(o, outcome=Outcome.DENIED, rows=0) for o in lost.parsed.outcomes)
    third = scan(store, replace(lost, parsed=Parsed((), failed)))
    assert store.last_count("acc-01", "vlan", third) == 1
    assert store.last_count("acc-01", "vlan", third + 1) == 1
    assert store.last_count("acc-01", "vlan", 1) is None
    assert store.last_count("other", "vlan", third) is None


def test_captures_are_found_by_their_bytes(store: Store) -> None:
    made = result()
    scan(store, made)
    scan(store, result(at=NOW + timedelta(days=1)))
    found = store.captures_of(made.captures[1].evidence)
    assert [(c.scan, c.request) for c in found] == [(1, "show_vlan"), (2, "show_vlan")]
    assert store.body(made.captures[1].evidence[:20]) == made.captures[1].body
    for wrong in ("sha256:" + "0" * 64, "sha256:xyz", ""):
        with pytest.raises(NotFoundError):
            store.body(wrong)


def test_assessments_follow_each_other(store: Store) -> None:
    number = scan(store, result())
    with pytest.raises(NotFoundError, match="no answers yet"):
        store.answers(number)
    verdicts = [{"target": "acc-01", "item": "Gi1", "verdict": "fail", "at": NOW}]
    old = AnswerDocument("X-1-01", {"answer": "no"}, verdicts, "sha256:1", "pass = 'a'")
    new = AnswerDocument("X-1-01", {"answer": "yes"}, (), "sha256:2", "pass = 'b'")
    first = store.save_assessment(number, [old], model="m", model_hash="h", made_at=NOW, summary={"stage": 1})
    assert [a.document for a in store.answers(number)] == [{"answer": "no"}]
    second = store.save_assessment(number, [new], model="m", model_hash="i", made_at=NOW)
    assert [(a.document, a.rule_hash, a.rule_text) for a in store.answers()] == [
        ({"answer": "yes"}, "sha256:2", "pass = 'b'")
    ]
    assert store.answers(number, first)[0].document == {"answer": "no"}
    assert store.verdicts(number, "X-1-01", first)[0]["at"] == "2026-11-23T19:30:00.250000Z"
    assert store.verdicts(None, "X-1-01") == []
    assert [(r.number, r.model_hash, r.summary) for r in store.assessments(number)] == [
        (first, "h", {"stage": 1}),
        (second, "i", {}),
    ]
    with pytest.raises(NotFoundError, match="no answer to Y"):
        store.verdicts(number, "Y")


def test_a_store_read_only_refuses_writes(store: Store, url: str) -> None:
    scan(store, result())
    with Store.open(url, read_only=True) as reader:
        assert reader.scan().number == 1
        with pytest.raises(StoreError, match="read only"):
            reader.begin_scan("scan", NOW, "", [])
