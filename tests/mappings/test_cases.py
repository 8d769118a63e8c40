"""Every case of the model gives its answer, every rule has a case of each kind, and unread facts only widen an answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from zlib import crc32

import pytest

from collector.assess.answer import RANK, Answer, Word
from collector.assess.cases import Case, answer_case, case_files, read_cases
from collector.assess.load import load_model
from collector.assess.model import Model, Rule
from collector.data import mappings_folder
from collector.model import KindOutcome, Outcome


@cache
def model() -> Model:
    return load_model(mappings_folder() / "infram-2018", bind=False)


@cache
def cases() -> dict[str, list[Case]]:
    found: dict[str, list[Case]] = {}
    for path in case_files(model()):
        for case in read_cases(path, model()):
            found.setdefault(case.criterion, []).append(case)
    return found


def answered(case: Case) -> Answer:
    answer = answer_case(model(), case)
    assert isinstance(answer, Answer), answer
    return answer


@cache
def answers(id: str) -> dict[str, Answer]:
    """The answers to a criterion's cases as they stand, by name."""
    return {case.name: answered(case) for case in cases()[id]}


RULED = [c.id for c in model().criteria if c.rule]

#: Rules whose answer cannot be partial: what is seen has one threshold, and partial is the lower bound at best.
NEVER_PARTIAL = {"TRN-4-02", "MOB-2-01", "MOB-4-02"}


@pytest.mark.parametrize("id", RULED)
def test_cases(id: str) -> None:
    assert len(answers(id)) == len(cases()[id]), "two cases of one name"
    for case in cases()[id]:
        answer = answers(id)[case.name]
        wanted = (case.expect, case.low or answer.low, case.high or answer.high)
        assert (answer.answer, answer.low, answer.high) == wanted, f"{case.name}: {answer.reason}"


def test_cases_belong_to_rules() -> None:
    assert set(cases()) == set(RULED)


def _rule(id: str) -> Rule:
    criterion = model().criterion(id)
    assert criterion is not None and criterion.rule is not None
    return criterion.rule


def _half_unseen(id: str) -> bool:
    return any(part.unseen for part in _rule(id).parts)


@pytest.mark.parametrize("id", RULED)
def test_every_rule_has_a_case_of_each_kind(id: str) -> None:
    rule, own = _rule(id), cases()[id]
    expected = {case.expect for case in own}
    assert Word.NO in expected, "no case that ends in no"
    assert Word.UNKNOWN in expected, "no case that ends in unknown"
    if _half_unseen(id):
        assert Word.YES not in expected, "half of it is unseen, and it says yes"
        best = [c for c in own if c.expect is Word.UNKNOWN and c.low is Word.PARTIAL and c.high is Word.YES]
        assert best, "no case in which all that can be seen is right"
    else:
        assert Word.YES in expected, "no case that ends in yes"
    if (len(rule.parts) > 1 or rule.parts[0].partial_at is not None) and id not in NEVER_PARTIAL:
        assert Word.PARTIAL in expected, "no case that ends in partial"


@pytest.mark.parametrize("id", [id for id in RULED if any(p.yes_at != 1 for p in _rule(id).parts if not p.unseen)])
def test_every_threshold_has_a_case_on_it(id: str) -> None:
    """A case in which the share, or the count, is exactly the threshold."""
    found: dict[str, set[Fraction]] = {}
    for answer in answers(id).values():
        for counted in answer.parts:
            measured = counted.count or counted.share
            if measured is not None:
                found.setdefault(counted.name, set()).add(measured.low)
    for part in _rule(id).parts:
        if not part.unseen and part.yes_at != 1:
            assert part.yes_at in found[part.name], f"{part.name}: never exactly {part.yes_at}"


@pytest.mark.parametrize("id", RULED)
def test_what_is_not_read_is_unknown(id: str) -> None:
    """The same targets, and none of them answers: no rule may know anything."""
    case = cases()[id][0]
    lost = tuple(
        KindOutcome(target.name, kind, Outcome.UNREACHABLE, "no answer", 0, case.clock)
        for target in case.targets
        for kind in _rule(id).needs
    )
    answer = answered(replace(case, facts=(), outcomes=lost))
    assert (answer.answer, answer.low, answer.high) == (Word.UNKNOWN, Word.NO, Word.YES), answer.reason


@pytest.mark.parametrize("id", RULED)
def test_nothing_at_hand_is_no_source(id: str) -> None:
    """Targets that nobody plans to ask for the kinds: unknown, and the reason says that there is no source."""
    answer = answered(replace(cases()[id][0], facts=(), outcomes=()))
    assert (answer.answer, answer.low, answer.high) == (Word.UNKNOWN, Word.NO, Word.YES)
    assert "no source" in answer.reason


#: Cases in which an unread source hides more than the rule takes for sure, which is one item.
MORE_THAN_ONE_HIDDEN = {"access points on switch ports that no controller knows"}


@pytest.mark.parametrize("id", RULED)
def test_reading_less_only_widens_an_answer(id: str) -> None:
    """A case with a definite answer, one fact kind of one target unread: the answer stays inside the new bounds."""
    definite = [c for c in cases()[id] if c.expect in RANK and c.name not in MORE_THAN_ONE_HIDDEN]
    for case in definite[:3]:
        read = sorted((o.target, o.kind) for o in case.outcomes if o.outcome is Outcome.OK)
        target, kind = read[crc32(case.name.encode()) % len(read)]
        facts = tuple(f for f in case.facts if (f.target, f.kind) != (target, kind))
        lost = KindOutcome(target, kind, Outcome.TIMED_OUT, "", 0, case.clock)
        less = replace(
            case,
            facts=facts,
            outcomes=tuple(lost if (o.target, o.kind) == (target, kind) else o for o in case.outcomes),
            last={(target, kind): len(case.facts) - len(facts)} if len(facts) < len(case.facts) else {},
        )
        answer = answered(less)
        inside = RANK[answer.low] <= RANK[case.expect] <= RANK[answer.high]
        assert inside, f"{case.name}, without {kind} of {target}: {answer.low} to {answer.high}: {answer.reason}"
