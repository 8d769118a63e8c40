"""The model's content is whole: every criterion is there, with its help, and the lists are documented."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest

from collector.assess.load import load_model
from collector.assess.model import Criterion, Mode, Model
from collector.assess.sql import used_views
from collector.data import mappings_folder

FOLDER = mappings_folder() / "infram-2018"

#: Criteria by domain and stage 1 to 7, and by mode: automatic, partly, person.
STAGES = {
    "security": (4, 4, 5, 4, 5, 4, 3),
    "data_center": (3, 4, 6, 5, 4, 4, 3),
    "mobility": (3, 3, 4, 4, 4, 3, 3),
    "transport": (4, 4, 5, 5, 4, 4, 3),
    "collaboration": (2, 3, 3, 3, 4, 3, 3),
}
MODES = {
    "security": (20, 6, 3),
    "data_center": (20, 7, 2),
    "mobility": (15, 9, 0),
    "transport": (26, 3, 0),
    "collaboration": (14, 7, 0),
}

#: Lists that only add to what is read.
OPTIONAL = {"access_points", "legacy_ssids", "offsite_repositories"}


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(FOLDER)


def test_every_criterion_is_there(model: Model) -> None:
    wanted = [
        f"{domain.prefix}-{stage}-{number:02d}"
        for domain in model.domains
        for stage, count in enumerate(STAGES[domain.id], 1)
        for number in range(1, count + 1)
    ]
    assert [c.id for c in model.criteria] == wanted
    assert len(wanted) == 132
    assert all(c.id.split("-")[1] == str(c.stage) for c in model.criteria)


def test_modes_are_counted(model: Model) -> None:
    found = Counter((c.domain, c.mode) for c in model.criteria)
    assert {d: tuple(found[d, m] for m in Mode) for d in MODES} == MODES
    assert [sum(column) for column in zip(*MODES.values(), strict=True)] == [95, 32, 5]


def test_questions_and_modes_are_those_agreed(model: Model) -> None:
    """The digest changes with any question, stage or mode: whoever means to change one changes it here too."""
    lines = "\n".join(f"{c.id}|{c.stage}|{c.mode}|{c.question}|{c.yes}|{c.partial}" for c in model.criteria)
    assert (
        hashlib.sha256(lines.encode()).hexdigest() == "326482b0826e44bb9250c51d9b7eca392618967006d0a9ee914101f7cf9c23d6"
    )


def test_every_criterion_explains_itself_in_its_own_words(model: Model) -> None:
    for criterion in model.criteria:
        assert criterion.question.endswith("?"), criterion.id
        assert len(criterion.asked) > 60 and len(criterion.proof) > 40 and len(criterion.who) > 10, criterion.id
        assert criterion.yes and criterion.partial, criterion.id
    texts = [text for c in model.criteria for text in (c.asked, c.proof, c.question)]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_persons_have_no_rule_and_drafts_say_what_to_confirm(model: Model) -> None:
    assert [c.id for c in model.criteria if c.mode is Mode.PERSON and c.rule] == []
    drafts = [c for c in model.criteria if c.mode is Mode.PARTLY]
    assert [c.id for c in drafts if bool(c.rule) != bool(c.confirm)] == []


def test_rules_reach_all_domains_and_the_first_stages(model: Model) -> None:
    ruled = [c for c in model.criteria if c.rule]
    assert len(ruled) >= 40
    assert {c.domain for c in ruled} == set(STAGES)
    assert sum(c.stage == 1 for c in ruled) >= 11
    assert sum(c.stage == 2 for c in ruled) >= 9


def _sql(criterion: Criterion) -> str:
    parts = criterion.rule.parts if criterion.rule else ()
    return "\n".join(f"{p.of}\n{p.where}\n{p.passes}\n{p.partly}\n{p.value}" for p in parts)


def test_lists_are_documented_with_the_criteria_that_use_them(model: Model) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:4] for line in readme.splitlines() if line.startswith("| `") and line.count("|") == 4]
    documented = {
        name: set(re.findall(r"[A-Z]+-\d-\d\d", row[2])) for row in rows for name in re.findall(r"`(\w+)`", row[0])
    }
    needed: dict[str, set[str]] = {}
    for criterion in model.criteria:
        for part in criterion.rule.parts if criterion.rule else ():
            for name in part.lists:
                needed.setdefault(name, set()).add(criterion.id)
    assert needed.keys() | OPTIONAL == documented.keys()
    assert {name: ids for name, ids in needed.items() if ids - documented[name]} == {}
    named = set(re.findall(r"list = '(\w+)'|l\.list = '(\w+)'", "\n".join(model.view_sql.values())))
    assert {a or b for a, b in named} <= documented.keys()


def test_a_rule_that_reads_a_list_says_so(model: Model) -> None:
    """A view over a list that is not given is empty; without `lists` that would read as a judgement."""
    for criterion in model.criteria:
        for part in criterion.rule.parts if criterion.rule else ():
            used = _lists_of(part.of, model)
            assert used - OPTIONAL <= set(part.lists), f"{criterion.id} {part.name}"


def _lists_of(of: str, model: Model) -> set[str]:
    used = used_views(of, model.view_sql)
    # this view only marks networks by their lists; each rule over it asks for the marks that it needs
    return set(re.findall(r"list = '(\w+)'", "\n".join([of, *(model.view_sql[v] for v in used if v != "listed_wlan")])))


def test_every_view_is_used(model: Model) -> None:
    of = "\n".join(_sql(c) for c in model.criteria)
    assert set(model.view_sql) - set(used_views(of, model.view_sql)) == set()
