"""The documentation says what the program does: generated pages are current, and every name in them is real."""

import re
from pathlib import Path

import pytest

from collector.config.schema import ConfigFile
from collector.model import Outcome
from tools.questionnaire import FOLDER, workbook
from tools.reference import pages

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("path", pages(), ids=lambda p: p.name)
def test_generated_pages_are_current(path: Path) -> None:
    assert path.read_text() == pages()[path], "run `make docs`"


def test_every_outcome_and_exit_code_is_documented() -> None:
    page = (ROOT / "docs" / "cli.md").read_text()
    for outcome in Outcome:
        assert f"`{outcome.value}`" in page
    for code in (0, 1, 2, 3, 4, 5, 6, 130):
        assert f"| {code} |" in page


@pytest.mark.parametrize("path", GUIDES, ids=lambda p: p.name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text()):
        assert (path.parent / link).exists(), f"{path.name} links to {link}"


@pytest.mark.parametrize("path", GUIDES, ids=lambda p: p.name)
def test_commands_in_the_guides_exist(path: Path) -> None:
    known = set(re.findall(r"^## collector (.+)$", (ROOT / "docs" / "cli.md").read_text(), re.MULTILINE))
    groups = {name.split()[0] for name in known}
    for line in re.findall(r"(?:^|`)collector ([a-z]+(?: [a-z]+)?)", path.read_text(), re.MULTILINE):
        first = line.split()[0]
        assert first in groups, f"{path.name}: collector {line}"


def test_the_shipped_questionnaire_is_current() -> None:
    from collector.assess import load_model

    assert (FOLDER / "questionnaire.xlsx").read_bytes() == workbook(load_model(FOLDER)), (
        "run python -m tools.questionnaire"
    )


def test_top_level_tables_of_the_config_stand_in_the_example() -> None:
    text = (ROOT / "config.example.toml").read_text()
    for name in ConfigFile.model_fields:
        assert re.search(rf"\[\[?{name}[\].]", text), name
