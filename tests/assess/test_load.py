"""A model's folder: what it holds, and how its mistakes are told."""

from fractions import Fraction
from pathlib import Path

import pytest

from collector.assess import load_model
from collector.errors import DefinitionError

from .small import FRAME, PORTS, model_of, rule, write_model


def test_thresholds_are_exact_and_the_prefix_tells_the_domain(tmp_path: Path) -> None:
    model = model_of(tmp_path / "m", two=PORTS.replace("ONE-1", "TWO-1"))
    assert [c.domain for c in model.criteria] == ["one", "two"]
    assert model.criteria[0].rule is not None
    part = model.criteria[0].rule.parts[0]
    assert (part.yes_at, part.partial_at) == (Fraction(9, 10), Fraction(7, 10))
    assert model.pass_mark == Fraction(7, 10)
    assert part.drawn_from == ("interface",), "items of a fact kind are drawn from that kind"


def test_every_mistake_is_told_at_once_with_file_and_key(tmp_path: Path) -> None:
    broken = (
        PORTS.replace('needs = ["interface"]', 'needs = ["interfaces"]').replace("partial_at", "partial_att")
        + PORTS.replace("stage = 1", "stage = 9").replace("ONE-1", "ONE-2")
        + PORTS.replace("ONE-1", "TWO-3").replace('"automatic"', '"magic"')
    )
    with pytest.raises(DefinitionError) as caught:
        load_model(write_model(tmp_path / "m", broken, views="[view.Bad]\ndoc = 'x'\nsql = 'SELECT 1'\n"))
    told = "\n".join(caught.value.mistakes)
    assert "views.toml: view Bad" in told
    assert "ONE-1: rule: unknown key 'partial_att', did you mean 'partial_at'?" in told
    assert "ONE-1: rule: needs: no fact kind 'interfaces'; near ones are interface" in told
    assert "ONE-2: stage 9" in told
    assert "TWO-3: the id does not start" in told
    assert "TWO-3: mode 'magic'" in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('pass = "oper_up"', 'pass = "oper_upp"', 'one.toml: ONE-1: rule: pass: .*"oper_upp" .*oper_up'),
        ('pass = "oper_up"', 'pass = "name"', "one.toml: ONE-1: rule: pass: is VARCHAR, has to be BOOLEAN"),
        ("'up is ' || oper_up", "speed_bps", "rule: why: is BIGINT, has to be VARCHAR"),
        ("['interface ' || name]", "'interface'", r"rule: cites: is VARCHAR, has to be VARCHAR\[\]"),
        ("family = 'switch'", "familly = 'switch'", 'rule: scope: .*"familly".*family'),
        ('of = "interface"', 'of = "interfaze"\ndrawn_from = []', 'rule: of: .*interfaze .*"interface"'),
        ('of = "interface"', 'of = "(SELECT target FROM target)"\ndrawn_from = []', 'rule: of: .*"item"'),
        ('pass = "oper_up"', 'pass = "oper_up)"', "rule: pass: .*syntax"),
        ('pass = "oper_up"', 'value = "oper_up"', "rule: value: is BOOLEAN"),
    ],
)
def test_a_rule_that_does_not_bind_is_told_with_the_nearest_names(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in PORTS
    with pytest.raises(DefinitionError, match=told):
        model_of(tmp_path / "m", PORTS.replace(old, new))


def test_a_view_that_does_not_bind_is_told_once_and_those_that_use_it_by_its_name(tmp_path: Path) -> None:
    views = (
        "[view.first]\ndoc = 'x'\nsql = 'SELECT target, nmae AS item FROM interface'\n"
        "[view.second]\ndoc = 'x'\nsql = 'SELECT * FROM first'\n"
    )
    one = rule('needs = ["interface"]\nof = "second"\ndrawn_from = []\npass = "TRUE"')
    with pytest.raises(DefinitionError) as caught:
        model_of(tmp_path / "m", one, views=views)
    first, second, third = caught.value.mistakes
    assert "view first" in first
    assert "name" in first
    assert "uses first" in second
    assert "the view second does not bind" in third


def test_a_population_that_is_no_kind_says_what_it_is_drawn_from(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="say with drawn_from"):
        model_of(
            tmp_path / "m",
            rule('needs = ["vlan"]\nof = "(SELECT target, name AS item FROM vlan)"\npass = "TRUE"'),
        )


def test_parts_need_names_and_an_unseen_part_has_no_count(tmp_path: Path) -> None:
    nameless = 'needs = ["vlan"]\n[[criterion.rule.part]]\nof = "vlan"\npass = "active"\n'
    unseen = '[[criterion.rule.part]]\nname = "b"\nunseen = "nobody looks"\npass = "TRUE"\n'
    with pytest.raises(DefinitionError) as caught:
        model_of(tmp_path / "m", rule(nameless + unseen))
    told = "\n".join(caught.value.mistakes)
    assert "give every part a name" in told
    assert "unseen, so it cannot have pass" in told


VIEWS = """
[view.lower]
doc = "x"
sql = "SELECT target, name AS item, oper_up FROM interface"
[view.upper]
doc = "x"
sql = "SELECT * FROM lower"
[view.other]
doc = "x"
sql = "SELECT 1 AS one"
"""


def test_the_rule_hash_covers_the_rule_and_the_views_that_it_uses(tmp_path: Path) -> None:
    body = 'needs = ["interface"]\nof = "upper"\ndrawn_from = ["interface"]\npass = "oper_up"\nyes_at = 0.9'
    one = rule(body)
    base = model_of(tmp_path / "m", one, views=VIEWS).criteria[0].hash

    def changed(text: str = one, views: str = VIEWS) -> bool:
        return model_of(tmp_path / "m", text, views=views).criteria[0].hash != base

    assert base.startswith("sha256:")
    assert not changed()
    assert not changed(text=one.replace('question = "?"', 'question = "??"')), "help text decides nothing"
    assert not changed(views=VIEWS.replace("SELECT 1 AS one", "SELECT 2 AS one")), "a view that it does not use"
    assert changed(views=VIEWS.replace("name AS item", "key AS item")), "a view under the view that it uses"
    assert changed(text=one.replace("0.9", "0.8"))


def test_a_missing_folder_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match=r"model.toml"):
        load_model(tmp_path / "none")


def test_a_file_of_no_domain_is_told(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "m", frame=FRAME)
    (folder / "three.toml").write_text("")
    with pytest.raises(DefinitionError, match=r"three.toml: no domain of that name"):
        load_model(folder)
