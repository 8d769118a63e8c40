"""The one event loop that all of a process's SNMP runs on, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The process's SNMP loop, started when first asked for."""
    made = asyncio.new_event_loop()
    made.set_exception_handler(_ignore)
    threading.Thread(target=made.run_forever, name="snmp", daemon=True).start()
    return made


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run on the loop; the result arrives in a thread-safe future."""
    return asyncio.run_coroutine_threadsafe(work, loop())


def _ignore(running: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A datagram that pysnmp cannot read is dropped as if it never came; the request then runs out of time."""
