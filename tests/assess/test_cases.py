"""Cases as data: what their files can say, and that a wrong expectation is found."""

from pathlib import Path

import pytest

from collector.assess import run_cases
from collector.assess.cases import read_cases
from collector.errors import DefinitionError
from collector.facts.kinds import kinds
from collector.model import Outcome

from .small import model_of

CASES = """
[[case]]
name = "nine of ten"
expect = "yes"
[[case.target]]
name = "acc-{1..2}"
family = "switch"
[[case.fact]]
kind = "interface"
target = ["acc-{1..2}"]
key = "p{1..9}"
name = "{key}"
description = "{target} port {n}"
oper_up = true
[[case.fact]]
kind = "interface"
target = "acc-1"
name = "down"
oper_up = false

[[case]]
name = "one is denied"
expect = "unknown"
low = "no"
high = "yes"
[[case.target]]
name = "acc-{1..2}"
family = "switch"
[[case.fact]]
kind = "interface"
target = "acc-1"
key = "p1"
oper_up = true
[[case.outcome]]
target = "acc-2"
kind = "interface"
outcome = "denied"
last = 3
"""


def folder(tmp_path: Path, text: str, stem: str = "ONE-1") -> Path:
    made = tmp_path / "m"
    (made / "cases").mkdir(parents=True, exist_ok=True)
    (made / "cases" / f"{stem}.toml").write_text(text)
    return made


def test_cases_are_run_and_told_as_checks(tmp_path: Path) -> None:
    model = model_of(folder(tmp_path, CASES))
    checks = run_cases(model)
    assert [(c.name, c.ok) for c in checks] == [("ONE-1: nine of ten", True), ("ONE-1: one is denied", True)]
    assert checks[0].detail.startswith("18 of 19 pass")
    assert "3 items may be hidden" in checks[1].detail
    assert run_cases(model, "ONE-1") == checks


def test_a_wrong_expectation_is_found_with_the_reason(tmp_path: Path) -> None:
    model = model_of(folder(tmp_path, CASES.replace('expect = "yes"', 'expect = "no"')))
    check = run_cases(model)[0]
    assert not check.ok
    assert "answer is yes, expected no" in check.detail
    assert "18 of 19" in check.detail


def test_what_a_case_says_becomes_facts_and_outcomes(tmp_path: Path) -> None:
    model = model_of(folder(tmp_path, CASES))
    case = read_cases(model.folder / "cases" / "ONE-1.toml", model)[0]
    assert len(case.facts) == 19
    assert case.facts[0].value["name"] == "p1"
    assert case.facts[0].value["description"] == "acc-1 port 1"
    assert case.facts[-1].key == "down", "a fact without a key is named by its kind's first field"
    assert {(o.target, o.outcome, o.rows) for o in case.outcomes} == {
        ("acc-1", Outcome.OK, 10), ("acc-2", Outcome.OK, 9),
    }  # fmt: skip


def test_times_are_told_from_the_clock_and_every_fact_is_typed(tmp_path: Path) -> None:
    text = (
        '[[case]]\nname = "x"\nexpect = "yes"\n[[case.target]]\nname = "d"\n[[case.fact]]\n'
        'kind = "directory_account"\ntarget = "d"\ndn = "cn=a"\nfield_kind = "user"\npassword_set_at = "-3d"\n'
    )
    model = model_of(folder(tmp_path, text))
    case = read_cases(model.folder / "cases" / "ONE-1.toml", model)[0]
    value = case.facts[0].value
    assert (case.clock - value["password_set_at"]).days == 3
    assert value["kind"] == "user"
    fields = kinds()["directory_account"].fields
    assert all(fields[name].accepts(v) for name, v in value.items())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('kind = "interface"', 'kind = "interfaces"', "no fact kind 'interfaces'"),
        ("oper_up = false", 'oper_up = "maybe"', "'maybe' is not boolean"),
        ("oper_up = false", "up = false", "interface has no field up"),
        ('target = "acc-2"', 'target = "acc-9"', "no target acc-9"),
        ('expect = "unknown"', 'expect = "perhaps"', "perhaps"),
        ('name = "one is denied"', 'title = "x"', "unknown key title"),
    ],
)
def test_a_mistake_in_a_case_is_a_failed_check_and_stops_no_other_file(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in CASES
    model = model_of(folder(tmp_path, CASES.replace(old, new)))
    folder(tmp_path, CASES.replace("[[case]]", '[[case]]\ncriterion = "ONE-1"'), "more")
    checks = run_cases(model)
    assert told in checks[0].detail
    assert [c.ok for c in checks] == [False, True, True]
    with pytest.raises(DefinitionError):
        read_cases(model.folder / "cases" / "ONE-1.toml", model)
