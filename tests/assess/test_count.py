"""Items, hidden items and empty populations: rules over real fact tables."""

from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.assess import count as counting
from collector.assess import partsql
from collector.assess.answer import RANK, Judgement, Word
from collector.assess.interval import bounds

from .small import NOW, PORTS, Scan, model_of, rule

UP, DOWN = True, False


def test_shares_verdicts_reason_evidence_and_the_oldest_reading(tmp_path: Path) -> None:
    scan = Scan().ports("a", UP, UP, UP, UP, DOWN).ports("b", UP, UP, UP, UP, UP)
    assessment = scan.assess(model_of(tmp_path / "m"))
    answer = assessment.answers[0]
    assert answer.answer is Word.YES
    assert answer.share is not None
    assert answer.share.low == answer.share.high == Fraction(9, 10)
    assert answer.reason == "9 of 10 pass (90 %); failing: a p5 (up is false)"
    assert set(answer.evidence) == {"sha256:a-interface", "sha256:b-interface"}
    assert answer.observed_at is not None
    assert answer.observed_at.tzinfo is not None
    failing = [v for v in assessment.verdicts["ONE-1"] if v.verdict is Judgement.FAIL]
    assert [(v.target, v.item) for v in failing] == [("a", "p5")]
    assert failing[0].cites is not None
    assert [(c.target, c.kind, c.key) for c in failing[0].cites] == [("a", "interface", "p5")]


def test_null_is_unknown_and_widens_the_share(tmp_path: Path) -> None:
    answer = Scan().ports("a", *[UP] * 8, None, DOWN).answer(model_of(tmp_path / "m"))
    assert (answer.answer, answer.low, answer.high) == (Word.UNKNOWN, Word.PARTIAL, Word.YES)
    assert answer.items.to_json() == {"pass": 8, "fail": 1, "unknown": 1, "not_applicable": 0}
    assert "80 to 90 %" in answer.reason


def test_targets_out_of_scope_do_not_count(tmp_path: Path) -> None:
    scan = Scan().ports("a", UP).target("ups", family="ups").ports("ups", DOWN)
    assert scan.answer(model_of(tmp_path / "m")).items.n == 1


def test_where_leaves_items_out_and_its_null_makes_them_unknown(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", PORTS + 'where = "admin_up"')
    scan = Scan()
    for name, admin in (("x", True), ("y", False), ("z", None)):
        scan.fact("a", "interface", name, name=name, admin_up=admin, oper_up=True)
    assert scan.answer(model).items.to_json() == {"pass": 1, "fail": 0, "unknown": 1, "not_applicable": 1}


# ------------------------------------------------------------------------------------------------ hidden items


def hidden(scan: Scan, model_folder: Path, last: dict[tuple[str, str], int] | None = None, more: str = "") -> int:
    return scan.answer(model_of(model_folder / "m", PORTS + more), last).items.unknown


def test_an_unread_source_hides_as_many_items_as_it_had(tmp_path: Path) -> None:
    scan = Scan().ports("a", *[UP] * 4).outcome("b", "interface", "denied")
    assert hidden(scan, tmp_path, {("b", "interface"): 48}) == 48


def test_without_a_memory_the_mean_of_its_peers_rounded_up(tmp_path: Path) -> None:
    scan = Scan().ports("a", *[UP] * 4).ports("b", *[UP] * 3).outcome("c", "interface", "unreachable")
    assert hidden(scan, tmp_path) == 4


def test_without_peers_at_least_one(tmp_path: Path) -> None:
    scan = Scan().outcome("a", "interface", "unparsed")
    answer = scan.answer(model_of(tmp_path / "m"))
    assert answer.items.unknown == 1
    assert (answer.low, answer.high) == (Word.NO, Word.YES)


def test_items_already_seen_are_not_hidden_too_but_one_always_is(tmp_path: Path) -> None:
    scan = Scan().ports("a", *[UP] * 10).ports("b", *[UP] * 3).outcome("b", "interface", "timed_out")
    assert hidden(scan, tmp_path, {("b", "interface"): 10}) == 7
    assert hidden(scan, tmp_path, {("b", "interface"): 2}) == 1


def test_a_filtered_population_hides_in_proportion_to_its_peers(tmp_path: Path) -> None:
    scan = Scan()
    for number in range(8):
        scan.fact("a", "interface", f"p{number}", name=f"p{number}", admin_up=number < 2, oper_up=True)
    scan.outcome("b", "interface", "denied")
    assert hidden(scan, tmp_path, {("b", "interface"): 40}, 'where = "admin_up"') == 10


def test_a_stale_reading_hides_items(tmp_path: Path) -> None:
    scan = Scan().ports("a", UP, UP).outcome("a", "interface", "ok", rows=2, at=NOW - timedelta(days=9))
    answer = scan.answer(model_of(tmp_path / "m"))
    assert (answer.items.passing, answer.items.unknown) == (0, 1)
    assert "stale: read 9 d ago" in answer.reason


def test_a_target_that_was_not_planned_hides_nothing(tmp_path: Path) -> None:
    scan = Scan().ports("a", UP).target("silent")
    assert scan.answer(model_of(tmp_path / "m")).answer is Word.YES


# ------------------------------------------------------------------------------------------------ nothing there


def test_no_source_is_unknown_and_not_no(tmp_path: Path) -> None:
    answer = Scan().target("a").answer(model_of(tmp_path / "m"))
    assert (answer.low, answer.high) == (Word.NO, Word.YES)
    assert answer.reason == "no source: nothing at hand reads interface"


@pytest.mark.parametrize("word", ["yes", "no", "not_applicable"])
def test_an_empty_population_that_was_read_means_what_the_rule_says(tmp_path: Path, word: str) -> None:
    scan = Scan().outcome("a", "interface", "ok")
    assert scan.answer(model_of(tmp_path / "m", PORTS + f'empty = "{word}"')).answer.value == word


def test_an_empty_population_says_nothing_by_default(tmp_path: Path) -> None:
    assert Scan().outcome("a", "interface", "ok").answer(model_of(tmp_path / "m")).answer is Word.UNKNOWN


def test_an_empty_population_says_nothing_where_something_it_needs_was_not_read(tmp_path: Path) -> None:
    body = (
        'needs = ["interface", "vlan"]\nof = "(SELECT target, name AS item FROM vlan)"\ndrawn_from = []\n'
        'pass = "TRUE"\nempty = "no"'
    )
    scan = Scan().outcome("a", "interface", "denied").outcome("a", "vlan", "ok")
    answer = scan.answer(model_of(tmp_path / "m", rule(body)))
    assert answer.answer is Word.UNKNOWN
    assert "not everything was read: a: interface denied" in answer.reason


def test_a_list_that_is_not_given_is_asked_for(tmp_path: Path) -> None:
    body = 'needs = ["interface"]\nlists = ["rooms"]\nof = "listed"\nwhere = "list = \'rooms\'"\npass = "TRUE"'
    model = model_of(tmp_path / "m", rule(body))
    scan = Scan().ports("a", UP)
    assert scan.answer(model).reason == "not given: the list rooms in [lists] of the config"
    scan.lists["rooms"] = ["east", "west"]
    answer = scan.answer(model)
    assert answer.answer is Word.YES
    assert answer.items.passing == 2


# ------------------------------------------------------------------------------------------------ other measures


def test_a_count_is_judged_by_its_number(tmp_path: Path) -> None:
    model = model_of(
        tmp_path / "m",
        rule(
            'needs = ["interface"]\nof = "interface"\npass = "oper_up"\nmeasure = "count"\nyes_at = 2\npartial_at = 1'
        ),
    )
    assert Scan().ports("a", UP, UP, DOWN).answer(model).answer is Word.YES
    assert Scan().ports("a", UP, DOWN).answer(model).answer is Word.PARTIAL
    assert Scan().outcome("a", "interface", "ok").answer(model).answer is Word.NO
    open_ = Scan().ports("a", UP, None).answer(model)
    assert (open_.low, open_.high) == (Word.PARTIAL, Word.YES)
    assert open_.share is None
    assert open_.count is not None


def test_an_unread_source_leaves_a_count_open(tmp_path: Path) -> None:
    model = model_of(
        tmp_path / "m", rule('needs = ["interface"]\nof = "interface"\npass = "oper_up"\nmeasure = "count"\nyes_at = 9')
    )
    for scan in (Scan().ports("a", UP).outcome("b", "interface", "denied"), Scan().outcome("a", "interface", "denied")):
        answer = scan.answer(model)
        assert (answer.low, answer.high) == (Word.NO, Word.YES)


def test_a_value_counts_in_part(tmp_path: Path) -> None:
    value = "CASE result WHEN 'success' THEN 1 WHEN 'warning' THEN 0.5 WHEN 'failed' THEN 0 END"
    body = f'needs = ["backup_job_run"]\nof = "backup_job_run"\nvalue = "{value}"\nyes_at = 0.75\npartial_at = 0.7'
    model = model_of(tmp_path / "m", rule(body))
    scan = Scan().target("b", family="backup")
    for number, result in enumerate(["success", "warning"]):
        scan.fact("b", "backup_job_run", f"{number}", result=result)
    answer = scan.answer(model)
    assert answer.share is not None
    assert answer.share.low == Fraction(3, 4)
    assert answer.answer is Word.YES
    scan.fact("b", "backup_job_run", "9", result=None)
    answer = scan.answer(model)
    assert answer.share is not None
    assert (answer.share.low, answer.share.high) == (Fraction(1, 2), Fraction(5, 6))


def test_a_value_out_of_bounds_is_a_failed_rule_and_not_a_share(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", rule('needs = ["vlan"]\nof = "vlan"\nvalue = "id"'))
    answer = Scan().fact("a", "vlan", "7", id=7).answer(model)
    assert answer.answer is Word.UNKNOWN
    assert answer.reason == "the rule failed: value is 7, has to be from 0 to 1"


def test_partly_is_the_weaker_test_of_the_partial_threshold(tmp_path: Path) -> None:
    body = (
        'needs = ["directory_policy"]\nof = "directory_policy"\n'
        'pass = "min_password_length >= 8 AND lockout_threshold BETWEEN 1 AND 10"\n'
        'partly = "min_password_length >= 8 OR lockout_threshold BETWEEN 1 AND 10"'
    )
    model = model_of(tmp_path / "m", rule(body))

    def said(length: int | None, lockout: int | None) -> tuple[Word, Word]:
        values = {"min_password_length": length, "lockout_threshold": lockout}
        answer = Scan().fact("d", "directory_policy", "x", **values).answer(model)
        return answer.low, answer.high

    assert said(8, 5) == (Word.YES, Word.YES)
    assert said(8, 0) == (Word.PARTIAL, Word.PARTIAL)
    assert said(7, 0) == (Word.NO, Word.NO)
    assert said(8, None) == (Word.PARTIAL, Word.YES)
    assert said(7, None) == (Word.NO, Word.PARTIAL)
    assert said(None, None) == (Word.NO, Word.YES)


# ------------------------------------------------------------------------------------------------ parts and faults


PARTS = """needs = ["interface"]
of_placeholder
[[criterion.rule.part]]
name = "ports"
of = "interface"
pass = "oper_up"
[[criterion.rule.part]]
name = "archive"
unseen = "nothing reads the archive"
""".replace("of_placeholder\n", "")


def test_an_unseen_part_keeps_the_answer_from_yes(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", rule(PARTS))
    answer = Scan().ports("a", UP).answer(model)
    assert (answer.answer, answer.low, answer.high) == (Word.UNKNOWN, Word.PARTIAL, Word.YES)
    assert answer.reason == "ports: 1 of 1 pass (100 %); archive: no source: nothing reads the archive"
    assert [p.name for p in answer.parts] == ["ports", "archive"]


def test_a_part_that_must_hold_decides_alone_when_it_fails(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", rule(PARTS.replace('name = "ports"', 'name = "ports"\nmust = true')))
    assert Scan().ports("a", DOWN).answer(model).answer is Word.NO


def test_a_rule_that_fails_on_odd_data_is_unknown_and_stops_no_other(tmp_path: Path) -> None:
    odd = rule('needs = ["vlan"]\nof = "vlan"\npass = "name::INTEGER > 1"')
    model = model_of(tmp_path / "m", odd + PORTS.replace("ONE-1", "ONE-2"))
    assessment = Scan().ports("a", UP).fact("a", "vlan", "1", id=1, name="abc").assess(model)
    first, second = assessment.answers
    assert first.answer is Word.UNKNOWN
    assert "the rule failed" in first.reason
    assert "abc" in first.reason
    assert second.answer is Word.YES


def test_many_items_are_counted_exactly_and_told_per_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert partsql.DETAIL_LIMIT >= 1000
    monkeypatch.setattr(counting, "DETAIL_LIMIT", 5)
    scan = Scan().ports("a", *[UP] * 4, DOWN).ports("b", *[UP] * 5)
    assessment = scan.assess(model_of(tmp_path / "m"))
    verdicts = assessment.verdicts["ONE-1"]
    assert assessment.answers[0].items.passing == 9
    assert sorted((v.target, v.item, v.verdict.value, v.count) for v in verdicts) == [
        ("a", "", "pass", 4),
        ("a", "p5", "fail", 1),
        ("b", "", "pass", 5),
    ]


def test_facts_of_other_targets_are_cited_by_name(tmp_path: Path) -> None:
    model = model_of(
        tmp_path / "m", PORTS.replace("['interface ' || name]", "['@core neighbor ' || name, 'nonsense x', NULL]")
    )
    verdicts = Scan().ports("a", UP).assess(model).verdicts["ONE-1"]
    assert verdicts[0].cites is not None
    assert [(c.target, c.kind, c.key) for c in verdicts[0].cites] == [("core", "neighbor", "p1")]


def test_modes_without_a_rule_say_why_they_are_open(tmp_path: Path) -> None:
    head = '[[criterion]]\nid = "ONE-{}"\nstage = 1\nmode = "{}"\nquestion = "?"\nwho = "the owner"\n'
    model = model_of(tmp_path / "m", head.format(1, "person") + head.format(2, "automatic"))
    first, second = Scan().assess(model).answers
    assert first.reason == "needs a person: the owner"
    assert second.reason.startswith("no source")
    assert {(a.answer, a.low, a.high) for a in (first, second)} == {(Word.UNKNOWN, Word.NO, Word.YES)}


def test_a_draft_is_not_confirmed(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", PORTS.replace('"automatic"', '"partly"\nconfirm = "that these are the ports"'))
    answer = Scan().ports("a", UP).answer(model)
    assert (answer.answer, answer.confirmed, answer.confirm) == (Word.YES, False, "that these are the ports")


# ------------------------------------------------------------------------------------------------ settled unknowns

PASS_OR_NOT = st.sampled_from([Judgement.PASS, Judgement.FAIL, Judgement.UNKNOWN])
STATES = st.lists(
    st.tuples(PASS_OR_NOT, st.sampled_from([True, False, None]), st.integers(1, 4)), min_size=1, max_size=8
)


@given(STATES, st.integers(0, 3), st.data())
def test_however_the_unknown_items_turn_out_the_answer_lies_inside_its_bounds(
    states: list[tuple[Judgement, bool | None, int]], hidden: int, data: st.DataObject
) -> None:
    groups = [counting._Group("t", judgement, weak, None, n) for judgement, weak, n in states]
    settled = []
    for judgement, weak, n in [*states, *[(Judgement.UNKNOWN, None, 1)] * hidden]:
        now = (
            data.draw(PASS_OR_NOT.filter(lambda j: j is not Judgement.UNKNOWN))
            if judgement is Judgement.UNKNOWN
            else judgement
        )
        then = data.draw(st.booleans()) if weak is None else weak
        settled.append(counting._Group("t", now, then, None, n))
    n = sum(g.count for g in settled)
    thresholds = "share", Fraction(9, 10), Fraction(7, 10)
    before = bounds(counting._tally(groups, hidden, n), *thresholds)
    after = bounds(counting._tally(settled, 0, n), *thresholds)
    assert after.low is after.high
    assert RANK[before.low] <= RANK[after.low] <= RANK[before.high]
