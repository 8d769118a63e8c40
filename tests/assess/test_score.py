"""Stages, bands and domain scores, exact at the border."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from collector.assess import Band, coverage, score
from collector.assess.answer import RANK, Answer, Word, as_float
from collector.model import KindOutcome, Outcome

from .small import answers_of, plain_model

YES, NO, HALF, OPEN, OUT = ("yes", "yes"), ("no", "no"), ("partial", "partial"), ("no", "yes"), ("not_applicable",) * 2


def band(stages: list[tuple[str, int, int]], bounds: list[tuple[str, str]]) -> Band:
    model = plain_model(stages)
    return score(model, answers_of(model, bounds), None).band


def test_seven_of_ten_reach_the_stage_and_a_hair_less_does_not() -> None:
    ten = [("d", 1, 1)] * 10
    assert band(ten, [YES] * 7 + [NO] * 3) == Band(1, 1)
    assert band(ten, [YES] * 6 + [HALF] + [NO] * 3) == Band(0, 0)
    assert band([("d", 1, 6999), ("d", 1, 3001)], [YES, NO]) == Band(0, 0)
    assert band([("d", 1, 7000), ("d", 1, 3000)], [YES, NO]) == Band(1, 1)


def test_what_is_short_of_a_mark_never_prints_as_the_mark() -> None:
    assert as_float(Fraction(699_999_999, 1_000_000_000), 4) == 0.6999
    assert as_float(Fraction(7, 10), 4) == 0.7
    assert as_float(Fraction(2, 3), 4) == 0.6666


def test_every_earlier_stage_has_to_be_reached() -> None:
    assert band([("d", 1, 1), ("d", 2, 1), ("d", 3, 1)], [YES, NO, YES]) == Band(1, 1)


def test_unknown_is_no_at_the_low_end_and_yes_at_the_high() -> None:
    assert band([("d", 1, 1), ("d", 2, 1)], [OPEN, OPEN]) == Band(0, 2)


def test_stages_pool_the_domains() -> None:
    stages = [("a", 1, 1)] * 7 + [("b", 1, 1)] * 3
    assert band(stages, [YES] * 7 + [NO] * 3) == Band(1, 1)


def test_not_applicable_leaves_the_denominator() -> None:
    assert band([("d", 1, 1)] * 4, [YES, NO, OUT, OUT]) == Band(0, 0)
    assert band([("d", 1, 1)] * 4, [YES, OUT, OUT, OUT]) == Band(1, 1)


def test_a_stage_without_applicable_criteria_is_passed_through_and_not_claimed() -> None:
    assert band([("d", 1, 1), ("d", 2, 1), ("d", 3, 1)], [YES, OUT, YES]) == Band(3, 3)
    assert band([("d", 1, 1), ("d", 2, 1)], [YES, OUT]) == Band(1, 1)


def test_a_domain_is_its_stage_and_the_fraction_of_the_next() -> None:
    model = plain_model([("a", 1, 1), ("a", 3, 1), ("a", 3, 1), ("b", 2, 1)])
    found = score(model, answers_of(model, [YES, HALF, OPEN, NO]), None)
    by_name = {d.domain: d for d in found.domains}
    assert (by_name["a"].low, by_name["a"].high) == (Fraction(5, 4), Fraction(3))
    assert by_name["b"].low == 0


def test_a_review_counts_and_leaves_the_bounds_behind() -> None:
    model = plain_model([("d", 1, 1)])
    answer = answers_of(model, [NO])[0]
    assert score(model, [replace(answer, final=Word.YES)], None).band == Band(1, 1)
    open_ = answers_of(model, [OPEN])[0]
    assert score(model, [open_], None).band == Band(0, 1)
    assert score(model, [replace(open_, final=Word.NOT_APPLICABLE)], None).band == Band(0, 0)


def test_a_criterion_without_an_answer_is_open() -> None:
    assert score(plain_model([("d", 1, 1)]), [], None).band == Band(0, 1)


def test_coverage_is_the_share_of_planned_kinds_that_came_back() -> None:
    outcomes = [KindOutcome("a", k, o) for k, o in (("x", Outcome.OK), ("y", Outcome.DENIED), ("z", Outcome.OK))]
    assert coverage(outcomes) == Fraction(2, 3)
    assert coverage([]) is None


def test_json_has_the_keys_that_others_rely_on() -> None:
    model = plain_model([("a", 1, 1), ("b", 2, 1)])
    row = score(model, answers_of(model, [YES, OPEN]), Fraction(1, 3), scan=12).to_json()
    assert row["stage"] == {"low": 1, "high": 2}
    assert row["scan"] == 12
    assert row["coverage"] == 0.3333
    assert {"stage", "low", "high", "applicable", "answered"} <= row["stages"][0].keys()
    assert {"domain", "low", "high", "stages"} <= row["domains"][0].keys()
    assert row["roadmap"] == [{"criterion": "b-1", "stage": 2, "answer": "unknown", "gain": 1.0, "because": "unknown"}]


SPANS = st.sampled_from([YES, NO, HALF, OPEN, ("no", "partial"), ("partial", "yes"), OUT])
ROWS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(1, 3), SPANS), min_size=1, max_size=12)


@given(ROWS, st.data())
def test_whatever_the_unknowns_turn_out_to_be_the_score_stays_in_its_band(
    rows: list[tuple[str, int, int, tuple[str, str]]], data: st.DataObject
) -> None:
    model = plain_model([(d, s, w) for d, s, w, _ in rows])
    answers = answers_of(model, [span for *_, span in rows])
    before = score(model, answers, None)
    after = score(model, [_settled(a, data) for a in answers], None)
    assert before.band.low <= after.band.low == after.band.high <= before.band.high
    for old, new in zip(before.domains, after.domains, strict=True):
        assert old.low <= new.low == new.high <= old.high


def _settled(answer: Answer, data: st.DataObject) -> Answer:
    if answer.answer is not Word.UNKNOWN:
        return answer
    inside = [w for w in RANK if RANK[answer.low] <= RANK[w] <= RANK[answer.high]]
    word = data.draw(st.sampled_from(inside))
    return replace(answer, answer=word, low=word, high=word, final=word)
