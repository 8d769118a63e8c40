"""One scan at a time on one store."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from collector.errors import CollectorError
from collector.model import rfc3339


class ScanRunningError(CollectorError, BlockingIOError):
    """Another scan holds the lock."""


@contextlib.contextmanager
def scan_lock(path: Path) -> Iterator[None]:
    """Hold the lock file while the block runs; raises ScanRunningError that says who holds it.

    The system lets go of the lock when the process ends, however it ends; a file that is left behind locks nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            holder = " ".join(file.read(200).split()) or "another process"
            raise ScanRunningError(
                f"a scan is running on this store already: {holder}", f"wait for it, or end it; the lock is {path}"
            ) from error
        file.truncate(0)
        file.write(f"process {os.getpid()}, since {rfc3339(datetime.now(UTC).replace(microsecond=0))}\n")
        file.flush()
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                file.truncate(0)
                fcntl.flock(file, fcntl.LOCK_UN)
