"""How a scan goes, shown while it goes: a live display on a terminal, plain lines elsewhere. Both on stderr."""

from __future__ import annotations

import time
from typing import IO

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from collector.model import Target
from collector.scan.values import TargetResult

_FAILURES_SHOWN = 6


class Counts:
    """Done, running and failed targets, their rate and the time left. Reading needs no lock: one thread writes."""

    def __init__(self) -> None:
        self.total = self.ok = self.failed = 0
        self.running: dict[str, float] = {}
        self.begun = time.monotonic()

    @property
    def done(self) -> int:
        return self.ok + self.failed

    @property
    def rate(self) -> float:
        """Targets a second, of the whole scan so far."""
        return self.done / max(time.monotonic() - self.begun, 0.001)

    @property
    def left_s(self) -> float | None:
        """Seconds until the end at this rate; None while nobody can say."""
        return (self.total - self.done) / self.rate if self.done else None


class Progress:
    """An observer that keeps count and leaves showing to its children."""

    def __init__(self) -> None:
        self.counts = Counts()

    def scan_started(self, total: int) -> None:
        self.counts.total = total
        self.counts.begun = time.monotonic()

    def target_started(self, target: Target) -> None:
        self.counts.running[target.name] = time.monotonic()

    def target_finished(self, result: TargetResult) -> None:
        self.counts.running.pop(result.target.name, None)
        if result.status == "ok":
            self.counts.ok += 1
        else:
            self.counts.failed += 1

    def scan_finished(self) -> None: ...


class LineProgress(Progress):
    """A line every few seconds and one for each failed target, for logs."""

    def __init__(self, stream: IO[str], every_s: float = 10.0) -> None:
        super().__init__()
        self._stream = stream
        self._every = every_s
        self._last = time.monotonic()

    def scan_started(self, total: int) -> None:
        super().scan_started(total)
        self._say(f"scanning {total} targets")

    def target_finished(self, result: TargetResult) -> None:
        super().target_finished(result)
        if result.status != "ok":
            self._say(f"{result.target.name}: {result.outcome}: {result.detail}")
        if time.monotonic() - self._last >= self._every:
            self._last = time.monotonic()
            self._say(summary(self.counts))

    def scan_finished(self) -> None:
        self._say(summary(self.counts))

    def _say(self, text: str) -> None:
        print(printable(text), file=self._stream, flush=True)


class LiveProgress(Progress):
    """A display that is redrawn four times a second, from the scan's start to its end, however it ends."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._failures: list[str] = []
        self._live = Live(console=console, refresh_per_second=4, transient=True, get_renderable=self.draw)

    def scan_started(self, total: int) -> None:
        super().scan_started(total)
        self._live.start()

    def scan_finished(self) -> None:
        self._live.stop()

    def target_finished(self, result: TargetResult) -> None:
        super().target_finished(result)
        if result.status != "ok":
            self._failures.append(printable(f"{result.target.name}: {result.outcome}: {result.detail}"))

    def draw(self) -> Table:
        """The display as it stands now. What devices said is plain text, never markup."""
        counts = self.counts
        grid = Table.grid(padding=(0, 1))
        share = counts.done / counts.total if counts.total else 0.0
        width = 30
        bar = Text("█" * int(share * width), style="green") + Text("░" * (width - int(share * width)), style="dim")
        grid.add_row(bar, Text(summary(counts)))
        slow = sorted(counts.running.items(), key=lambda item: item[1])[:4]
        now = time.monotonic()
        if slow:
            names = ", ".join(f"{name} {now - since:.0f} s" for name, since in slow)
            grid.add_row(Text(f"{len(counts.running)} running", style="dim"), Text(printable(names), style="dim"))
        for line in self._failures[-_FAILURES_SHOWN:]:
            grid.add_row(Text("failed", style="red"), Text(line, overflow="ellipsis", no_wrap=True))
        return grid


def observer(console: Console) -> Progress:
    """The display that suits where the console writes to."""
    return LiveProgress(console) if console.is_terminal else LineProgress(console.file)


def summary(counts: Counts) -> str:
    """``12 of 30 done, 1 failed, 4.2/s, 5 s left``."""
    parts = [f"{counts.done} of {counts.total} done"]
    if counts.failed:
        parts.append(f"{counts.failed} failed")
    if counts.done and counts.done < counts.total:
        parts.append(f"{counts.rate:.1f}/s")
        parts.append(f"{duration(counts.left_s or 0)} left")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """``5 s``, ``3 min``, ``1 h 20 min``."""
    whole = round(seconds)
    if whole < 90:
        return f"{whole} s"
    minutes = round(whole / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def printable(text: str) -> str:
    """Text without control, format or direction characters, whatever a device put into it."""
    return "".join(c if c.isprintable() else "�" for c in text)
