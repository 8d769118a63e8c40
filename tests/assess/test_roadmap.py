"""The roadmap is the smallest way, checked against every other way."""

from fractions import Fraction
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from collector.assess import score
from collector.assess.answer import Word
from collector.assess.roadmap import Step, preference, smallest

from .small import answers_of, plain_model

YES, NO, HALF, OPEN = ("yes", "yes"), ("no", "no"), ("partial", "partial"), ("no", "yes")


def way(bounds: list[tuple[str, str]]) -> list[str]:
    model = plain_model([("d", 1, 1)] * len(bounds))
    return [step.criterion for step in score(model, answers_of(model, bounds), None).roadmap]


def test_only_the_next_stage_is_on_the_way() -> None:
    model = plain_model([("d", 1, 1), ("d", 2, 1), ("d", 3, 1)])
    steps = score(model, answers_of(model, [YES, NO, NO]), None).roadmap
    assert [(s.criterion, s.gain, s.because) for s in steps] == [("d-1", Fraction(1), "fails")]


def test_a_partial_answer_is_taken_first_where_it_is_enough() -> None:
    assert way([YES, YES, NO, HALF]) == ["d-3"]


def test_a_failure_is_taken_where_a_partial_is_not_enough() -> None:
    assert way([YES, NO, HALF]) == ["d-1"]


def test_an_unknown_is_read_before_a_failure_is_mended() -> None:
    assert way([YES, YES, NO, OPEN]) == ["d-3"]


def test_nothing_is_left_to_do_at_the_top() -> None:
    assert way([YES, YES]) == []


GAINS = st.sampled_from([Fraction(1, 2), Fraction(1), Fraction(3, 2), Fraction(2), Fraction(1, 3)])
STEPS = st.lists(
    st.builds(
        Step,
        criterion=st.just("x"),
        stage=st.just(1),
        answer=st.just(Word.NO),
        gain=GAINS,
        because=st.sampled_from(["fails", "unknown"]),
        half_done=st.booleans(),
    ),
    max_size=8,
)


@given(STEPS, st.fractions(Fraction(-1), Fraction(8), max_denominator=10))
def test_no_other_set_is_better(steps: list[Step], deficit: Fraction) -> None:
    ways = [
        chosen
        for size in range(len(steps) + 1)
        for chosen in combinations(range(len(steps)), size)
        if sum(steps[i].gain for i in chosen) >= deficit
    ]
    found = smallest(steps, deficit)
    if not ways:
        assert found == []
        return
    best = min(ways, key=lambda chosen: preference(steps, chosen))
    assert [id(s) for s in found] == [id(steps[i]) for i in best]


def test_a_large_stage_takes_no_time() -> None:
    steps = [Step(str(i), 1, Word.NO, Fraction(1 + i % 2, 2), "fails", i % 2 == 0) for i in range(200)]
    assert len(smallest(steps, Fraction(50))) == 50
