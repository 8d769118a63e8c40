"""The report: hostile text stays text, every link leads somewhere, and a real browser shows and prints it."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from collector.assess import load_model
from collector.model import Capture, Fact, KindOutcome, Outcome, Parsed, Target, Transport
from collector.pipeline import assess_scan, content_of
from collector.report.html import render
from collector.report.picture import domains_svg
from collector.report.text import band_sentence, brief, percent, plain, share_sentence
from collector.store import Store, TargetResult

NOW = datetime(2026, 11, 23, 20, tzinfo=UTC)
EVIL = '"><script>alert(1)</script>\x1b[31m\u202e{{ 7*7 }}'
MODEL = load_model(Path(__file__).parents[2] / "mappings" / "infram-2018")


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report of ten switches, one of which calls itself something hostile and one that refused to answer."""
    folder = tmp_path_factory.mktemp("report")
    targets = [Target(f"acc-{i:02}", f"192.0.2.{i}", "some_switch", "switch", "main", "access") for i in range(1, 11)]
    with Store.open(f"sqlite:///{folder / 'collector.db'}") as store:
        scan = store.begin_scan("scan", NOW, "sha256:0", targets)
        for i, target in enumerate(targets):
            store.save_target(scan, result(target, hostile=i == 3, denied=i == 5))
        store.finish_scan(scan, NOW)
        assess_scan(store, scan, MODEL, {})
        return render(content_of(store, scan, MODEL, f"Hospital {EVIL}"))


def result(target: Target, *, hostile: bool, denied: bool) -> TargetResult:
    capture = Capture(
        target.name, Transport.SSH, "p", "1", "show_x", "show", f"show {EVIL if hostile else 'x'}", NOW, Outcome.OK,
        body=target.name.encode(), account="reader",
    )  # fmt: skip
    service = {
        "telnet": hostile, "ssh": True, "ssh_version": "2", "http": False, "https": True,
        "snmp_v1v2c": False, "snmp_v3": True,
    }  # fmt: skip
    name = EVIL if hostile else target.name
    device = dict.fromkeys(("vendor", "platform", "os", "model", "version", "serial", "uptime_s")) | {"hostname": name}
    facts = [Fact("device", target.name, "", device, NOW, (capture.evidence,))]
    outcomes = [KindOutcome(target.name, "device", Outcome.OK, "", 1, NOW)]
    if denied:
        outcomes.append(KindOutcome(target.name, "management_service", Outcome.DENIED, EVIL, 0, NOW))
    else:
        facts.append(Fact("management_service", target.name, "", service, NOW, (capture.evidence,)))
        outcomes.append(KindOutcome(target.name, "management_service", Outcome.OK, "", 1, NOW))
    if hostile:
        facts += [_conflict(target.name, capture.evidence, n) for n in range(30)]
        outcomes.append(KindOutcome(target.name, "reading_conflict", Outcome.OK, "", 30, NOW))
    return TargetResult(target, "ok", Outcome.OK, "", (capture,), Parsed(tuple(facts), tuple(outcomes)))


def _conflict(target: str, evidence: str, number: int) -> Fact:
    value = {
        "kind": "interface", "item": f"Port{number}", "field": "description",
        "values": ("desk", EVIL), "sources": ("ssh show_x", "snmp table"),
    }  # fmt: skip
    return Fact("reading_conflict", target, f"interface Port{number} description", value, NOW, (evidence,))


def test_readings_that_disagree_are_shown_with_their_sources(html: str) -> None:
    section = html.partition("<h2>Readings that disagree</h2>")[2].partition("<h2>")[0]
    assert "interface Port0: description" in section
    assert 'desk <span class="soft small">ssh show_x</span>' in section
    assert section.count("<tr>") == 1 + 25 + 1, "the header, those that are listed, and how many more there are"
    assert "and 5 more: collector facts reading_conflict --target acc-04" in section


def test_hostile_text_stays_text(html: str) -> None:
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "{{ 7*7 }}" in html, "a template's syntax in device text is text"
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", html)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        self.ids.add(found.get("id") or "")
        if tag == "a":
            self.links.add(found.get("href") or "")


def test_it_is_one_file_whose_links_lead_somewhere(html: str) -> None:
    page = _Links()
    page.feed(html)
    assert page.links and all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= page.ids
    assert not page.tags & {"script", "link", "iframe", "img", "object", "form"}
    assert {c.id for c in MODEL.criteria} <= page.ids


def test_it_says_what_is_proven_and_what_is_not(html: str) -> None:
    assert "Stage 0 – 7" in html
    assert "8 of 10 network devices (80 to 90 %)" in html
    for figure in ("3.66", "4.22", "2.46", "indicative pre-assessment, not a HIMSS validation"):
        assert figure in html


@pytest.mark.real
def test_a_browser_shows_and_prints_it(html: str, tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("no chromium: apt-get install chromium")
    page = tmp_path / "report.html"
    page.write_text(html)
    flags = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    shown = subprocess.run(
        [browser, *flags, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=60, check=True
    )
    assert shown.stdout.count("<details") == len(MODEL.criteria)
    printed = tmp_path / "report.pdf"
    subprocess.run(
        [browser, *flags, f"--print-to-pdf={printed}", page.as_uri()], capture_output=True, timeout=60, check=True
    )
    assert printed.read_bytes().startswith(b"%PDF")


def test_a_band_is_one_sentence() -> None:
    assert band_sentence({"stage": {"low": 3, "high": 3}}, 5) == "Stage 3."
    assert band_sentence({"stage": {"low": 3, "high": 4}}, 6) == (
        "Stage 3 proven, up to 4 if these 6 unknowns turn out well."
    )
    assert "this 1 unknown turns out well" in band_sentence({"stage": {"low": 0, "high": 1}}, 1)


@pytest.mark.parametrize(
    ("share", "said"), [(0.9, "90"), (0.6999, "69.9"), (0.99999, "99.9"), (1.0, "100"), (0.0, "0")]
)
def test_a_share_is_never_printed_as_more_than_it_is(share: float, said: str) -> None:
    assert percent(share) == said


def test_shares_with_bounds() -> None:
    assert share_sentence(None) == ""
    assert share_sentence({"low": 0.5, "high": 0.75}) == "50 to 75 %"


def test_terminals_get_no_control_characters() -> None:
    assert plain("a\x1b[31mb\x07\u202ec\r\n") == "abc\n"


def test_changes_are_said_in_words() -> None:
    assert brief(None) == "nothing" and brief(None, "duplex") == "unknown"
    assert (brief(True), brief(0), brief(["bridge", "router"])) == ("yes", "0", "bridge, router")
    assert brief({"remote_host": "dist-2", "remote_platform": None}) == "remote host dist-2"
    assert len(brief({"description": "x" * 300})) == 100


def test_names_and_times_are_for_people(html: str) -> None:
    evidence = html.partition("<h2>Evidence</h2>")[2]
    assert "2026-11-23 20:00:00 UTC" in evidence and "T20:00:00" not in evidence
    assert "<code>show x</code>" in evidence, "the verb of a command line is part of what is asked"
    assert "management service: " in html.partition("<h2>Targets</h2>")[2].partition("<h2>")[0]
    assert "<code>server_rooms</code>" in html and "`server_rooms`" not in html


def test_nothing_proven_draws_no_bar() -> None:
    picture = domains_svg([{"domain": "security", "low": 0.0, "high": 7.0}], {}, {})
    assert 'width="0.0" height="20" class="proven"' in picture


def test_every_table_has_a_head_that_paper_repeats(html: str) -> None:
    assert html.count("<table") == html.count("<thead><tr><th") > 4
