"""What is shown while a scan runs."""

from __future__ import annotations

import io

from rich.console import Console

from collector.model import Outcome, Target
from collector.scan.progress import Counts, LineProgress, LiveProgress, duration, observer, summary
from collector.store.values import TargetResult

GOOD, BAD = Target("sw1", "10.0.0.1", "p"), Target("sw2", "10.0.0.2", "p")


def run(shown: LineProgress | LiveProgress) -> None:
    shown.scan_started(3)
    shown.target_started(GOOD)
    shown.target_started(BAD)
    shown.target_finished(TargetResult(GOOD, "ok", Outcome.OK))
    shown.target_finished(TargetResult(BAD, "failed", Outcome.DENIED, "ssh: \x1b[31m[bold]no"))


def test_lines_for_logs() -> None:
    stream = io.StringIO()
    shown = LineProgress(stream)
    run(shown)
    shown.scan_finished()
    text = stream.getvalue()
    assert "scanning 3 targets" in text and "sw2: denied: ssh:" in text and "2 of 3 done, 1 failed" in text
    assert "\x1b" not in text


def test_the_display_shows_device_text_as_text() -> None:
    stream = io.StringIO()
    console = Console(file=stream, width=120)
    shown = LiveProgress(console)
    run(shown)
    console.print(shown.draw())
    shown.scan_finished()
    assert "2 of 3 done" in stream.getvalue() and "[bold]no" in stream.getvalue() and "\x1b" not in stream.getvalue()


def test_the_display_suits_the_terminal() -> None:
    assert isinstance(observer(Console(file=io.StringIO())), LineProgress)
    assert isinstance(observer(Console(file=io.StringIO(), force_terminal=True)), LiveProgress)


def test_rate_and_time_left() -> None:
    counts = Counts()
    counts.total, counts.ok = 100, 20
    counts.begun -= 10
    assert summary(counts).startswith("20 of 100 done, 2.0/s, 40 s left")
    assert (duration(5), duration(300), duration(4 * 3600 + 1200)) == ("5 s", "5 min", "4 h 20 min")
