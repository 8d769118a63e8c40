"""BackupPC's metrics page, of a real server that ran a job that went well and one that failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.data import probes_folder
from collector.model import Outcome, Parsed, Secret
from collector.parse.engine import parse_target
from collector.probes.definition import load_probes
from collector.sessions import open_session
from tests.real.backuppc import ADMIN, back_up, page, running
from tests.sessions.api import ApiServer, credential

pytestmark = pytest.mark.real
PROBES = load_probes([probes_folder()])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    folder = tmp_path_factory.mktemp("backuppc")
    (folder / "files").mkdir()
    (folder / "files" / "a").write_text("x" * 1000)
    shares = {"files-1": folder / "files", "files-2": folder / "nowhere", "files-3": folder / "files"}
    users = {"files-1": "anna", "files-2": "bert", "files-3": "bert"}
    with running(folder, shares, users), page(folder, {**ADMIN, "anna": "pw-anna-1"}) as served:
        back_up(folder, "files-1", "files-2")
        yield served


def read(server: ApiServer, **account: Any) -> Parsed:
    target = server.target()
    session = open_session(target, target.endpoints[0], PROBES["backuppc"], replace(credential(), **account))
    try:
        captures = [c for request in PROBES["backuppc"].collected for c in session.fetch(request)]
    finally:
        session.close()
    return parse_target(PROBES, captures)


def facts(parsed: Parsed, kind: str) -> dict[str, dict[str, Any]]:
    return {f.key: dict(f.value) for f in parsed.facts if f.kind == kind}


def test_jobs_and_what_they_protect(server: ApiServer) -> None:
    parsed = read(server)
    assert {o.outcome for o in parsed.outcomes} == {Outcome.OK}, parsed.outcomes
    jobs, workloads = facts(parsed, "backup_job"), facts(parsed, "protected_workload")
    assert {k: v["last_result"] for k, v in jobs.items()} == {
        "files-1": "success",
        "files-2": "failed",
        "files-3": None,
    }
    assert {v["enabled"] for v in jobs.values()} == {True}
    newest = {k: v["newest_restore_point_at"] for k, v in workloads.items()}
    assert datetime.now(UTC) - newest["files-1"] < timedelta(minutes=10)
    assert newest["files-2"] is None and newest["files-3"] is None
    assert {k: v["restore_points"] for k, v in workloads.items()} == {"files-1": 1, "files-2": 0, "files-3": 0}
    assert facts(parsed, "device")[""]["version"].startswith("4.")


def test_an_account_that_is_no_administrator_sees_its_own_hosts_alone(server: ApiServer) -> None:
    """Which nothing in the page tells: the probe's words on rights say so."""
    parsed = read(server, username="anna", secrets={"password": Secret("pw-anna-1")})
    assert set(facts(parsed, "backup_job")) == {"files-1"}


def test_a_wrong_password_is_denied(server: ApiServer) -> None:
    parsed = read(server, secrets={"password": Secret("wrong")})
    assert parsed.facts == () and {o.outcome for o in parsed.outcomes} == {Outcome.DENIED}
