"""The generated page says what the kinds are."""

from pathlib import Path

from collector.facts.kinds import kinds
from collector.facts.reference import facts_page

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == facts_page(), "run: python -m collector.facts.reference > docs/facts.md"


def test_the_page_names_every_kind_and_field() -> None:
    text = PAGE.read_text()
    for kind in kinds().values():
        section = text.split(f"### {kind.name}\n")[1].split("\n### ")[0]
        for field in kind.fields:
            assert f"| `{field}` |" in section
