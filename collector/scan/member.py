"""One worker process as its parent sees it."""

from __future__ import annotations

import contextlib
import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from collector.scan.messages import Setup

_SPAWN = multiprocessing.get_context("spawn")


@dataclass(slots=True, eq=False)
class Member:
    """A process, its pipe, and the work it holds: number -> when it must be over, on the monotonic clock."""

    name: str
    process: BaseProcess
    pipe: Connection
    work: dict[int, float] = field(default_factory=dict)
    lost: set[int] = field(default_factory=set)
    ready: bool = False
    alive: bool = True

    def say(self, message: object) -> None:
        """Tell the process; one that is gone hears nothing, which the next look at its pipe shows."""
        with contextlib.suppress(OSError, ValueError):
            self.pipe.send(message)

    def overdue(self) -> list[int]:
        now = time.monotonic()
        return [number for number, end in self.work.items() if end < now]

    def kill(self) -> None:
        self.alive = False
        with contextlib.suppress(OSError, ValueError, AttributeError):
            self.process.kill()
        with contextlib.suppress(OSError):
            self.pipe.close()

    def stop(self) -> None:
        """Ask it to end."""
        self.say(None)
        self.alive = False

    def join(self, seconds: float) -> None:
        self.process.join(seconds)
        if self.process.is_alive():
            self.kill()
            self.process.join(2)
        with contextlib.suppress(OSError):
            self.pipe.close()


def start(name: str, body: Callable[[Connection], None], setup: Setup) -> Member:
    """A new process that runs ``body`` and has been told ``setup``. Secrets go over the pipe, not the command line."""
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=body, args=(theirs,), name=name, daemon=True)
    process.start()
    theirs.close()
    member = Member(name, process, ours)
    member.say(setup)
    return member
