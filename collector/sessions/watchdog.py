"""Ends connections whose deadline is over, whatever the library that reads them is waiting for.

One thread a process closes the socket under the reader; the reader's library then raises, and the session says `timed_out`.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Callable

from collector.sessions.contract import Deadline


class Watch:
    """One connection under watch; ``done()`` ends the watch."""

    __slots__ = ("active", "deadline", "kill")

    def __init__(self, deadline: Deadline, kill: Callable[[], None]) -> None:
        self.deadline = deadline
        self.kill = kill
        self.active = True

    def done(self) -> None:
        self.active = False
        self.kill = _nothing  # lets go of the connection at once; the heap forgets the entry later


class Watchdog:
    """The watched connections of one process, soonest deadline first."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Watch]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def watch(self, deadline: Deadline, kill: Callable[[], None]) -> Watch:
        """Call ``kill`` in the watchdog's thread when the deadline is over. ``kill`` must not block."""
        entry = Watch(deadline, kill)
        with self._changed:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            soonest = not self._heap or deadline.end < self._heap[0][0]
            heapq.heappush(self._heap, (deadline.end, next(self._count), entry))
            if soonest:
                self._changed.notify()
        return entry

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._heap or self._heap[0][0] > time.monotonic():
                    self._changed.wait(self._heap[0][0] - time.monotonic() if self._heap else None)
                _, _, entry = heapq.heappop(self._heap)
                if entry.active and entry.deadline.end > time.monotonic():  # it was extended
                    heapq.heappush(self._heap, (entry.deadline.end, next(self._count), entry))
                    continue
            if entry.active:
                with contextlib.suppress(Exception):
                    entry.kill()


def _nothing() -> None:
    """A watch that has ended."""


_WATCHDOG = Watchdog()
watch = _WATCHDOG.watch
