"""The one event loop that all of a process's SNMP runs on, in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


@cache
def loop() -> asyncio.AbstractEventLoop:
    """The process's SNMP loop, started when first asked for."""
    made = asyncio.new_event_loop()
    made.set_exception_handler(_ignore)
    made.set_default_executor(ThreadPoolExecutor(32, thread_name_prefix="names"))  # looking names up blocks
    threading.Thread(target=made.run_forever, name="snmp", daemon=True).start()
    return made


def submit(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run on the loop; the result arrives in a thread-safe future."""
    return asyncio.run_coroutine_threadsafe(work, loop())


async def elsewhere(call: Callable[[], T]) -> T:
    """Wait for something that blocks, in a thread that only such waiting uses, so that nothing else runs out of threads."""
    return await asyncio.get_running_loop().run_in_executor(_waiting(), call)


@cache
def _waiting() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1024, thread_name_prefix="waiting")


def _ignore(running: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A datagram that pysnmp cannot read is dropped as if it never came; the request then runs out of time."""
