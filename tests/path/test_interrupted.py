"""Scans that don't go as planned: stopped by hand, run twice at once, or without one of their sources."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.lab.lab import Lab
from tests.path.conftest import Hospital

pytestmark = [pytest.mark.xdist_group("interrupted"), pytest.mark.timeout(300)]


def test_a_stopped_scan_keeps_what_it_read_and_goes_on(tmp_path: Path) -> None:
    hospital = Hospital(tmp_path)
    command = [sys.executable, "-m", "collector", "scan", "--json", "-c", str(tmp_path / "config.toml")]
    with Lab(tmp_path, latency_s=0.3, kinds=("ssh", "ldap"), access_switches=4):
        running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        wait_for_a_target(tmp_path)
        second = hospital.collector("scan", code=1)
        assert "a scan is running on this store already" in second.err and "Hint:" in second.err
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
        assert running.returncode == 130
        stopped = json.loads(out)
        assert stopped["status"] == "interrupted" and "--resume" in err
        assert 1 <= stopped["targets"]["ok"] < stopped["targets"]["total"]
        done = hospital.json("scan", "--resume")
        assert done["scan"] == stopped["scan"]
        assert done["targets"]["ok"] == done["targets"]["total"] == stopped["targets"]["total"]
        assert hospital.collector("scan", "--resume", code=2).err.count("was not interrupted") == 1


def wait_for_a_target(folder: Path) -> None:
    """Until the first target of the running scan is stored."""
    from collector.store import Store

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if (folder / "collector.db").exists():
            with Store.open(f"sqlite:///{folder / 'collector.db'}") as store:
                if any(s.status == "running" and store.done_targets(s.number) for s in store.scans()):
                    return
        time.sleep(0.1)
    raise AssertionError("no target was stored within a minute")


def test_a_source_that_falls_silent_leaves_as_many_unknown_items_as_it_had(tmp_path: Path) -> None:
    hospital = Hospital(tmp_path)
    with Lab(tmp_path, latency_s=0, kinds=("http",)) as lab:
        hospital.json("scan")
        lab.change(lambda tables: tables["down"].append("wlc-1"))
        done = hospital.json("scan", code=3)
    assert [(f["target"], f["outcome"]) for f in done["failures"]] == [("wlc-1", "unreachable")]
    was, now = answer(hospital, 1), answer(hospital, 2)
    assert was["final"] == "yes" and was["items"]["pass"] + was["items"]["fail"] == 60
    assert (now["final"], now["low"], now["high"]) == ("unknown", "no", "yes")
    assert now["items"] == {"pass": 0, "fail": 0, "unknown": 60, "not_applicable": 0}
    drift = hospital.json("drift")
    causes = {c["cause"] for a in drift["answers"] for c in a["causes"]}
    assert causes == {"coverage"}
    assert {a["direction"] for a in drift["answers"]} == {"unclear"}
    assert drift["facts"] == {"added": 0, "removed": 0, "changed": 0}


def answer(hospital: Hospital, scan: int) -> Any:
    return next(a for a in hospital.json("answers", "--scan", str(scan)) if a["criterion"] == "MOB-1-01")
