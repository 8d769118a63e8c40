"""Thresholds, bounds and how parts come together: properties of the arithmetic."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from collector.assess.answer import RANK, Bounds, Interval, Word
from collector.assess.interval import Tally, bounds, combine, grade

HUNDREDTHS = st.integers(1, 100).map(lambda n: Fraction(n, 100))
WORDS = st.sampled_from([Word.NO, Word.PARTIAL, Word.YES])


def tally(passing: int, failing: int, unknown: int) -> Tally:
    points = Interval(Fraction(passing), Fraction(passing + unknown))
    return Tally(passing + failing + unknown, points, points)


def within(inner: Bounds, outer: Bounds) -> bool:
    return RANK[outer.low] <= RANK[inner.low] <= RANK[inner.high] <= RANK[outer.high]


def test_the_border_is_exact() -> None:
    seven, nine = Fraction("0.7"), Fraction("0.9")
    assert bounds(tally(7, 3, 0), "share", nine, seven).answer is Word.PARTIAL
    assert bounds(tally(6999, 3001, 0), "share", nine, seven).answer is Word.NO
    assert bounds(tally(9, 1, 0), "share", nine, seven).answer is Word.YES
    assert grade(Fraction(1, 3) * 3, Fraction(1), Fraction(1), None) is Word.YES


def test_an_unknown_that_decides_nothing_leaves_the_answer_certain() -> None:
    nine, seven = Fraction("0.9"), Fraction("0.7")
    assert bounds(tally(95, 0, 5), "share", nine, seven).answer is Word.YES
    assert bounds(tally(0, 95, 5), "share", nine, seven).answer is Word.NO
    assert bounds(tally(75, 15, 10), "share", nine, seven).answer is Word.PARTIAL
    assert bounds(tally(85, 5, 10), "share", nine, seven) == Bounds(Word.PARTIAL, Word.YES)


@given(
    st.integers(0, 30),
    st.integers(0, 30),
    st.integers(1, 30),
    HUNDREDTHS,
    HUNDREDTHS,
    st.sampled_from(["share", "count"]),
)
def test_learning_of_an_unknown_stays_inside_the_bounds(
    passing: int, failing: int, unknown: int, first: Fraction, second: Fraction, measure: str
) -> None:
    yes_at, partial_at = max(first, second), min(first, second)
    if measure == "count":
        yes_at, partial_at = yes_at * 30, partial_at * 30
    before = bounds(tally(passing, failing, unknown), measure, yes_at, partial_at)
    for now in (tally(passing + 1, failing, unknown - 1), tally(passing, failing + 1, unknown - 1)):
        assert within(bounds(now, measure, yes_at, partial_at), before)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), HUNDREDTHS, HUNDREDTHS)
def test_the_bounds_are_the_answers_that_the_extremes_would_get(
    passing: int, failing: int, unknown: int, first: Fraction, second: Fraction
) -> None:
    if not passing + failing + unknown:
        return
    yes_at, partial_at = max(first, second), min(first, second)
    found = bounds(tally(passing, failing, unknown), "share", yes_at, partial_at)
    assert found.low is bounds(tally(passing, failing + unknown, 0), "share", yes_at, partial_at).answer
    assert found.high is bounds(tally(passing + unknown, failing, 0), "share", yes_at, partial_at).answer


@given(st.lists(st.tuples(WORDS, WORDS, WORDS, st.booleans()), min_size=1, max_size=5), st.integers(1, 4) | st.none())
def test_parts_combine_so_that_every_truth_lies_inside(
    rows: list[tuple[Word, Word, Word, bool]], at_least: int | None
) -> None:
    must = [m for *_, m in rows]
    spans = [sorted(words, key=lambda w: RANK[w]) for *words, _ in rows]
    whole = combine([Bounds(low, high) for low, _, high in spans], must, at_least)
    truth = combine([Bounds(middle, middle) for _, middle, _ in spans], must, at_least)
    assert truth.low is truth.high
    assert within(truth, whole)


def test_parts() -> None:
    yes, partial, no = (Bounds(w, w) for w in (Word.YES, Word.PARTIAL, Word.NO))
    neither = Bounds(Word.NOT_APPLICABLE, Word.NOT_APPLICABLE)
    open_ = Bounds(Word.NO, Word.YES)
    free = [False, False]
    assert combine([yes, yes], free).answer is Word.YES
    assert combine([yes, no], free).answer is Word.PARTIAL
    assert combine([partial, no], free, 1).answer is Word.NO
    assert combine([yes, no], [False, True]).answer is Word.NO
    assert combine([yes, open_], free) == Bounds(Word.PARTIAL, Word.YES)
    assert combine([no, open_], [True, False]) == Bounds(Word.NO, Word.NO)
    assert combine([yes, neither], free).answer is Word.YES
    assert combine([neither, neither], free).answer is Word.NOT_APPLICABLE
