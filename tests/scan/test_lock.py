"""One scan at a time on one store."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.scan.lock import ScanRunningError, scan_lock


def test_a_second_scan_is_told_who_holds_the_lock(tmp_path: Path) -> None:
    held = f"process {os.getpid()}, since 20"
    with (
        scan_lock(tmp_path / "store.lock"),
        pytest.raises(ScanRunningError, match=held),
        scan_lock(tmp_path / "store.lock"),
    ):
        pass
    with scan_lock(tmp_path / "store.lock"):
        pass


def test_a_process_that_was_killed_locks_nothing(tmp_path: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from collector.scan.lock import scan_lock\n"
        "with scan_lock(Path(sys.argv[1])): print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "l")], capture_output=True, text=True)
    assert done.stdout == "held\n"
    with scan_lock(tmp_path / "l"):
        pass
