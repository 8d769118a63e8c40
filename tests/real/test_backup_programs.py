"""Backup programs with repositories of their own, read over SSH on the host where they run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from collector.data import probes_folder
from collector.model import Outcome, Parsed
from collector.parse.engine import parse_target
from collector.probes.definition import load_probes
from collector.sessions import open_session
from tests.real.conftest import needs
from tests.real.host import Host
from tests.sessions.shell import credential

pytestmark = pytest.mark.real
PROBES = load_probes([probes_folder()])
SECRET = "repo-pw-4471"


def run(environment: Mapping[str, str], *command: str) -> None:
    subprocess.run(command, env={**os.environ, **environment}, check=True, capture_output=True, timeout=120)


def read(host: Host, folder: Path, platform: str) -> Parsed:
    target = host.target(folder, "backup-1")
    session = open_session(target, target.endpoints[0], PROBES[platform], credential())
    try:
        captures = [c for request in PROBES[platform].collected for c in session.fetch(request)]
    finally:
        session.close()
    assert not any(SECRET.encode() in (c.body or b"") for c in captures)
    return parse_target(PROBES, captures)


def facts(parsed: Parsed, kind: str) -> dict[str, dict[str, Any]]:
    return {f.key: dict(f.value) for f in parsed.facts if f.kind == kind}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("source")
    (folder / "patients.txt").write_text("nobody\n" * 100)
    return folder


def long_ago(days: int) -> datetime:
    return (datetime.now(UTC) - timedelta(days=days)).replace(microsecond=0)


@pytest.fixture
def restic(tmp_path: Path, source: Path) -> Iterator[Host]:
    needs("restic", "restic")
    (tmp_path / "pw").write_text(SECRET)
    environment = {
        "RESTIC_REPOSITORY": str(tmp_path / "repo"), "RESTIC_PASSWORD_FILE": str(tmp_path / "pw"), "HOME": str(tmp_path),
    }  # fmt: skip
    run(environment, "restic", "init")
    for host, day in (("app-1", 9), ("app-1", 2), ("db-1", 400)):
        moment = f"{long_ago(day):%Y-%m-%d %H:%M:%S}"
        run({**environment, "TZ": "UTC"}, "restic", "backup", str(source), "--host", host, "--time", moment)
    with Host(environment, "restic") as server:
        yield server


def test_restic(restic: Host, tmp_path: Path) -> None:
    parsed = read(restic, tmp_path, "restic")
    assert {o.outcome for o in parsed.outcomes} == {Outcome.OK}, parsed.outcomes
    workloads = facts(parsed, "protected_workload")
    assert {k: v["restore_points"] for k, v in workloads.items()} == {"app-1": 2, "db-1": 1}
    assert abs(workloads["app-1"]["newest_restore_point_at"] - long_ago(2)) < timedelta(minutes=5)
    [place] = facts(parsed, "backup_repository")
    assert {(c["workload"], c["repository"], c["type"]) for c in facts(parsed, "backup_copy").values()} == {
        ("app-1", place, "backup"), ("db-1", place, "backup"),
    }  # fmt: skip
    assert facts(parsed, "backup_repository")[place]["immutable_days"] is None, "the program does not tell"
    assert facts(parsed, "device")[""]["version"]


@pytest.fixture
def borg(tmp_path: Path, source: Path) -> Iterator[Host]:
    needs("borg", "borgbackup")
    environment = {"BORG_REPO": str(tmp_path / "repo"), "BORG_PASSPHRASE": SECRET, "HOME": str(tmp_path)}
    run(environment, "borg", "init", "-e", "repokey")
    for number, day in enumerate((9, 2)):
        moment = f"{long_ago(day):%Y-%m-%dT%H:%M:%S}"
        run(environment, "borg", "create", "--timestamp", moment, f"::files-{number}", str(source))
    with Host({**environment, "TZ": "Asia/Tokyo"}, "borg") as server:
        yield server


def test_borg(borg: Host, tmp_path: Path) -> None:
    """The host's own zone is far away: times are read in UTC all the same."""
    parsed = read(borg, tmp_path, "borg")
    assert {o.outcome for o in parsed.outcomes} == {Outcome.OK}, parsed.outcomes
    [workload] = facts(parsed, "protected_workload").values()
    assert workload["restore_points"] == 2
    assert abs(workload["newest_restore_point_at"] - long_ago(2)) < timedelta(minutes=5)
    assert set(facts(parsed, "backup_repository")) == {str(tmp_path / "repo")}
    [copy] = facts(parsed, "backup_copy").values()
    assert (copy["repository"], copy["type"]) == (str(tmp_path / "repo"), "backup")


@pytest.mark.parametrize(("platform", "program"), [("restic", "restic"), ("borg", "borg")])
def test_a_repository_that_cannot_be_opened_tells_nothing(tmp_path: Path, platform: str, program: str) -> None:
    needs(program, {"restic": "restic", "borg": "borgbackup"}[program])
    environment = {
        "HOME": str(tmp_path),
        "RESTIC_REPOSITORY": str(tmp_path / "none"),
        "BORG_REPO": str(tmp_path / "none"),
    }
    with Host({**environment, "RESTIC_PASSWORD": "x", "BORG_PASSPHRASE": "x"}, program) as host:
        parsed = read(host, tmp_path, platform)
    assert {f.kind for f in parsed.facts} == {"device"}
    assert all(o.outcome is not Outcome.OK for o in parsed.outcomes if o.kind != "device"), parsed.outcomes
