"""The whole path on the simulated hospital: JSON shapes and exit codes as documented, and figures that can be traced."""

from __future__ import annotations

import math
import shutil
import sqlite3
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from collector.facts.kinds import kinds
from collector.model import Outcome, rfc3339
from tests.lab.hospital import Hospital as Description
from tests.path.conftest import Hospital

pytestmark = [pytest.mark.xdist_group("path"), pytest.mark.timeout(300)]

Scanned = tuple[Hospital, Any, Any]
DISCLAIMER = "indicative pre-assessment, not a HIMSS validation"
POINTS = {"yes": Fraction(1), "partial": Fraction(1, 2), "no": Fraction(0)}


def answers(hospital: Hospital, scan: int = 1) -> dict[str, Any]:
    return {a["criterion"]: a for a in hospital.json("answers", "--scan", str(scan))}


def test_a_scan_says_what_it_did(scanned: Scanned) -> None:
    hospital, first, _ = scanned
    assert first["scan"] == 1
    assert first["targets"] == {"ok": 19, "failed": 0, "total": 19}
    assert first["failures"] == []
    assert set(first["outcomes"]) == {o.value for o in Outcome}
    assert first["outcomes"]["unparsed"] == 0
    tables = " UNION ALL ".join(f"SELECT count(*) AS n FROM {kind}" for kind in kinds())
    assert (
        first["facts"] == hospital.json("query", f"SELECT sum(n)::BIGINT AS n FROM ({tables})", "--scan", "1")[0]["n"]
    )
    assert 0 <= first["stage"]["low"] <= first["stage"]["high"] <= 7


def test_facts_agree_with_the_description(scanned: Scanned) -> None:
    """What was read over the wire is what the hospital's one file says, switch by switch."""
    hospital = scanned[0]
    truth = Description.load(hospital.folder / "hospital.toml")
    devices = {f["target"]: f["value"] for f in hospital.json("facts", "device", "--scan", "1")}
    for switch in truth.switches:
        assert devices[switch.name]["serial"] == switch.serial
        assert switch.version in devices[switch.name]["version"]
    points = hospital.json("facts", "access_point", "--scan", "1")
    assert {p["key"] for p in points} == {p.name for p in truth.controller.access_points}
    jobs = {job.id: job for job in truth.backup.jobs}
    since = truth.now - timedelta(days=20)
    told = {(jobs[r.job].name, rfc3339(r.ended_at)) for r in truth.backup.runs if r.ended_at and r.ended_at > since}
    read = {
        (f["value"]["job"], f["value"]["ended_at"]) for f in hospital.json("facts", "backup_job_run", "--scan", "1")
    }
    assert {r for r in told if jobs_named(truth, r[0]) != "verification"} <= read


def jobs_named(truth: Any, name: str) -> str:
    return str(next(j.type for j in truth.backup.jobs if j.name == name))


def test_links_are_seen_from_both_ends(hospital: Hospital) -> None:
    rows = hospital.json("query", "SELECT target, remote_host FROM neighbor", "--scan", "1")
    names = {t["target"] for t in hospital.json("targets") if t["family"] == "switch"}
    seen = {(r["target"], r["remote_host"]) for r in rows if r["remote_host"] in names}
    assert seen
    assert {(b, a) for a, b in seen} == seen


def test_every_criterion_has_an_answer_with_its_reason(hospital: Hospital) -> None:
    found = answers(hospital)
    assert len(found) == 132
    for a in found.values():
        assert a["final"] in ("yes", "partial", "no", "unknown", "not_applicable")
        assert a["reason"]
        assert (a["final"] == "unknown") == (a["low"] != a["high"])
        if a["share"]:
            assert 0 <= a["share"]["low"] <= a["share"]["high"] <= 1
        if a["answer"] != "unknown":
            assert a["evidence"] and a["observed_at"] and a["rule"].startswith("sha256:")


def test_the_band_can_be_worked_out_by_hand(hospital: Hospital) -> None:
    found = answers(hospital)
    score = hospital.json("score", "--scan", "1")
    assert DISCLAIMER in score["disclaimer"]
    reached = {"low": 0, "high": 0}
    for end in reached:
        for stage in score["stages"]:
            mine = [a for a in found.values() if a["stage"] == stage["stage"]]
            share = sum(POINTS[a[end]] for a in mine) / len(mine)
            assert math.isclose(stage[end], float(share), abs_tol=1e-4)
            assert stage["applicable"] == len(mine)
        for stage in score["stages"]:
            mine = [a for a in found.values() if a["stage"] == stage["stage"]]
            if sum(POINTS[a[end]] for a in mine) * 10 < 7 * len(mine):
                break
            reached[end] = stage["stage"]
    assert score["stage"] == reached
    counts = hospital.json(
        "query",
        "SELECT count(*) FILTER (outcome = 'ok') AS ok, count(*) AS n FROM outcome WHERE kind <> 'reading_conflict'",
        "--scan",
        "1",
    )[0]
    assert math.isclose(score["coverage"], counts["ok"] / counts["n"], abs_tol=1e-4)
    assert {d["domain"] for d in score["domains"]} == {
        "security",
        "data_center",
        "mobility",
        "transport",
        "collaboration",
    }
    assert all(step["because"] in ("fails", "unknown") for step in score["roadmap"])


def test_an_answer_opens_down_to_its_bytes(hospital: Hospital) -> None:
    found = hospital.json("explain", "TRN-3-03", "--scan", "1")
    assert found["rule_text"]
    failing = [v for v in found["verdicts"] if v["verdict"] == "fail"]
    assert [v["target"] for v in failing] == ["acc-09"]
    fact = next(f for f in failing[0]["facts"] if f["kind"] == "neighbor")
    shown = hospital.json("evidence", "show", fact["evidence"])
    assert any(c["target"] == "acc-09" for c in shown["captures"])
    assert fact["value"]["remote_host"] in shown["body"]


def test_breaking_one_thing_moves_exactly_what_depends_on_it(scanned: Scanned) -> None:
    hospital, _, second = scanned
    assert second["scan"] == 2
    drift = hospital.json("drift", "1", "2")
    moved = {a["criterion"]: a for a in drift["answers"]}
    assert set(moved) == {"TRN-3-03", "DC-1-02", "DC-3-04"}
    assert all(a["direction"] == "worse" for a in moved.values())
    uplink = moved["TRN-3-03"]["causes"]
    assert {(c["cause"], c["target"]) for c in uplink} == {("infrastructure", "acc-02")}
    assert ("interface", "oper_up", True, False) in {
        (c["kind"], c["field"], c["from"], c["to"]) for c in uplink if c["field"]
    }
    assert {c["kind"] for c in moved["DC-1-02"]["causes"]} == {"protected_workload"}
    hospital.collector("drift", "1", "2", "--fail-on", "regression", code=5)


def test_nothing_drifts_from_a_scan_to_itself(hospital: Hospital) -> None:
    drift = hospital.json("drift", "1", "1")
    assert drift["answers"] == []
    assert drift["facts"] == {"added": 0, "removed": 0, "changed": 0}


def test_parsing_again_gives_identical_facts(hospital: Hospital, tmp_path: Path) -> None:
    copy = copied(hospital, tmp_path)
    before = {
        k: copy.json("facts", k, "--scan", "1")
        for k in ("interface", "neighbor", "backup_job_run", "directory_account")
    }
    done = copy.json("reparse", "--scan", "1")
    assert set(done["facts"].values()) == {0}
    assert {k: copy.json("facts", k, "--scan", "1") for k in before} == before
    assert copy.json("rescore", "--scan", "1")["changed"] == []


def test_an_export_imports_to_the_same_facts_and_answers(hospital: Hospital, tmp_path: Path) -> None:
    hospital.collector("evidence", "export", "--captures", str(tmp_path / "captures"), "--scan", "1")
    other = Hospital(tmp_path / "other")
    other.folder.mkdir()
    shutil.copy(hospital.folder / "config.toml", other.folder)
    done = other.json("import", str(tmp_path / "captures"))
    assert done["targets"] == {"ok": 19, "failed": 0, "total": 19}
    mine, theirs = answers(hospital), answers(other)
    assert {c: (a["final"], a["low"], a["high"], a["items"]) for c, a in mine.items()} == {
        c: (a["final"], a["low"], a["high"], a["items"]) for c, a in theirs.items()
    }


def copied(hospital: Hospital, folder: Path) -> Hospital:
    copy = Hospital(folder / "copy")
    shutil.copytree(hospital.folder, copy.folder, ignore=shutil.ignore_patterns("*.sock"))
    return copy


def test_evidence_verifies_until_a_byte_is_changed(hospital: Hospital, tmp_path: Path) -> None:
    assert hospital.json("evidence", "verify")["ok"] is True
    copy = copied(hospital, tmp_path)
    with sqlite3.connect(copy.folder / "collector.db") as store:
        number, data = store.execute("SELECT rowid, data FROM blob ORDER BY size DESC LIMIT 1").fetchone()
        spoilt = bytearray(data)
        spoilt[len(spoilt) // 2] ^= 0xFF
        store.execute("UPDATE blob SET data = ? WHERE rowid = ?", (bytes(spoilt), number))
    found = copy.json("evidence", "verify", code=6)
    assert found["ok"] is False
    assert any(not c["ok"] for c in found["checks"])


def test_no_secret_is_kept_anywhere(scanned: Scanned) -> None:
    """The lab's own secrets, in every file that a scan writes and in everything that it prints."""
    hospital, first, second = scanned
    secrets = {p.read_text().strip() for p in (hospital.folder / "secrets").iterdir()}
    truth = Description.load(hospital.folder / "hospital.toml")
    secrets |= {str(truth.tables["network"]["tacacs_key"])}
    assert len(secrets) >= 6
    texts = {p.name: p.read_bytes() for p in hospital.folder.glob("collector.db*")}
    texts["scan"] = repr((first, second)).encode()
    texts["doctor"] = hospital.collector("doctor", code=None).out.encode()
    texts["bodies"] = all_bodies(hospital)
    for name, text in texts.items():
        for secret in secrets:
            assert secret.encode() not in text, f"a secret stands in {name}"


def all_bodies(hospital: Hospital) -> bytes:
    from collector.store import Store

    with Store.open(f"sqlite:///{hospital.folder / 'collector.db'}", read_only=True) as store:
        return b"\n".join(store.body(e) for e in {c.evidence for c in store.captures(1) if c.evidence})


def test_the_plan_holds_all_that_was_sent(hospital: Hospital) -> None:
    planned = {(r["target"], q["what"]) for r in hospital.json("plan") for q in r["requests"]}
    rows = hospital.json("plan")
    assert all(set(r) >= {"target", "address", "transport", "requests"} for r in rows)
    for capture in hospital.json("evidence", "list", "--scan", "1"):
        if capture["transport"] == "ssh":
            assert (capture["target"], capture["what"]) in planned


def test_offline_commands_work_without_the_hospital(hospital: Hospital, tmp_path: Path) -> None:
    hospital.collector("report", "-o", str(tmp_path), "--format", "html", "--format", "json", "--format", "csv")
    html = (tmp_path / "report.html").read_text()
    assert DISCLAIMER in html
    assert "3.66" in html and "4.22" in html and "2.46" in html
    for address in ("http://", "https://", "<script", "@import", "url(http"):
        assert address not in html.replace("http://www.w3.org", ""), address
    book = Path(__file__).parents[2] / "mappings" / "infram-2018" / "questionnaire.xlsx"
    done = hospital.json("fill", str(book), "-o", str(tmp_path / "filled.xlsx"))
    assert len(done["written"]) == 132 and not done["missing"]
    assert [s["scan"] for s in hospital.json("scans")] == [1, 2]
    assert hospital.json("query", "SELECT count(*) AS n FROM target")[0]["n"] == 19


@pytest.mark.parametrize(
    "arguments",
    [
        ("query", "DROP TABLE device"),
        ("query", "SELECT * FROM read_csv('/etc/passwd')"),
        ("query", "SELECT nosuch FROM device"),
        ("explain", "SEC-9-99"),
        ("score", "--scan", "99"),
        ("evidence", "show", "00000000"),
    ],
)
def test_errors_say_what_to_do(hospital: Hospital, arguments: tuple[str, ...]) -> None:
    done = hospital.collector(*arguments, code=1)
    assert done.out == ""
    assert "Error:" in done.err and "Hint:" in done.err and "Traceback" not in done.err


@pytest.mark.parametrize(
    "arguments", [("nosuch",), ("scan", "--role", "nobody"), ("identify",), ("schedule", "--at", "25:00")]
)
def test_wrong_usage_ends_with_2(hospital: Hospital, arguments: tuple[str, ...]) -> None:
    assert "Traceback" not in hospital.collector(*arguments, code=2).err


def test_a_config_with_mistakes_ends_with_2(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[store]\nurll = "x"\n[credential.a]\npassword = "p4ssw0rd"\n')
    done = Hospital(tmp_path).collector("scan", code=2)
    assert "line 2: store.urll" in done.err and "line 4: credential.a.password" in done.err
    assert "p4ssw0rd" not in done.err


def test_init_refuses_to_overwrite(tmp_path: Path) -> None:
    import subprocess
    import sys

    command = [sys.executable, "-m", "collector", "init", str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    (tmp_path / "config.toml").write_text("mine")
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    assert again.returncode == 2 and (tmp_path / "config.toml").read_text() == "mine"


def test_a_schedule_can_be_written(hospital: Hospital, tmp_path: Path) -> None:
    hospital.collector("schedule", "--at", "03:15", "--write", str(tmp_path))
    timer = (tmp_path / "collector-scan.timer").read_text()
    assert "OnCalendar=*-*-* 03:15:00" in timer and "Persistent=true" in timer
    assert "ExecStart=" in (tmp_path / "collector-scan.service").read_text()
    assert hospital.collector("schedule", "--cron").out.count("15 3") == 0


def test_rules_check_and_list(hospital: Hospital) -> None:
    assert hospital.json("rules", "check")["ok"] is True
    rows = hospital.json("rules", "list")
    assert len(rows) == 132
    assert len([r for r in rows if r["needs"]]) >= 35
    assert {r["domain"] for r in rows if r["needs"]} == {
        "security",
        "data_center",
        "mobility",
        "transport",
        "collaboration",
    }
    for stage, least in ((1, 10), (2, 8)):
        assert len([r for r in rows if r["needs"] and r["stage"] == stage]) >= least


def test_a_hospital_that_is_off_reaches_nothing(hospital: Hospital, tmp_path: Path) -> None:
    """The lab is gone: every target is unreachable, exit code 4, and no answer is yes or no."""
    copy = copied(hospital, tmp_path)
    done = copy.json("scan", "--role", "access", code=4)
    assert done["targets"]["ok"] == 0
    assert {f["outcome"] for f in done["failures"]} == {"unreachable"}
    assert {a["final"] for a in answers(copy, 3).values()} == {"unknown"}
    assert done["stage"] == {"low": 0, "high": 7}
