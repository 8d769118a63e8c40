"""Every stored byte that changes is found, and what it belongs to is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from collector.errors import StoreError
from collector.evidence.verify import Verification, verify
from collector.store import AnswerDocument, Store
from tests.store.samples import NOW, result


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "store.db") as opened:
        number = opened.begin_scan("scan", NOW, "sha256:c", [])
        for name in ("a", "b"):
            opened.save_target(number, result(name))
        opened.finish_scan(number, NOW)
        answer = AnswerDocument("X-1", {"answer": "yes"}, [{"item": "a"}], "sha256:r", "pass = 'x'")
        opened.save_assessment(number, [answer], model="m", model_hash="h", made_at=NOW)
        yield opened


def change(store: Store, sql: str, **values: Any) -> None:
    with store._write() as connection:
        connection.execute(text(sql), values)


def failures(found: Verification) -> str:
    return "\n".join(f"{c.name}: {c.detail}" for c in found.checks if not c.ok)


def test_an_untouched_store_verifies(store: Store) -> None:
    for scan in (None, 1):
        found = verify(store, scan)
        assert found.ok, failures(found)
        assert found.to_json()["checks"][0].keys() == {"name", "ok", "detail", "hint"}
        assert len(found.checks) >= 6


def test_every_byte_of_a_capture_counts(store: Store) -> None:
    evidence = next(c.evidence for c in store.captures(1, "b", "show_vlan"))
    sha256 = bytes.fromhex(evidence.removeprefix("sha256:"))
    with store.connection() as connection:
        data = connection.execute(text("SELECT data FROM blob WHERE sha256 = :s"), {"s": sha256}).scalar()
    assert isinstance(data, bytes)
    for place in range(len(data)):
        broken = data[:place] + bytes([data[place] ^ 0x41]) + data[place + 1 :]
        change(store, "UPDATE blob SET data = :d WHERE sha256 = :s", d=broken, s=sha256)
        said = failures(verify(store))
        if "stored bytes" not in said:  # a bit that zstd does not look at: the bytes are still those
            assert store.body(evidence) == b"10 vlan\n20 vlan\n"
            continue
        assert evidence in said
        assert "scan 1, b, show_vlan, page 0" in said
    change(store, "UPDATE blob SET data = :d WHERE sha256 = :s", d=data, s=sha256)
    assert verify(store).ok


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        ("UPDATE capture SET at = at + 1 WHERE page = 0", "scan 1, a"),
        ("UPDATE capture SET outcome = 'ok' WHERE blob IS NULL", "show_running"),
        ("UPDATE capture SET account = 'somebody else'", "scan 1, b"),
        ("UPDATE capture SET blob = (SELECT max(id) FROM blob) WHERE blob IS NOT NULL", "scan 1, a"),
        (
            "DELETE FROM capture WHERE request = (SELECT id FROM request WHERE name = 'show_vlan')",
            "refers to show_vlan",
        ),
        ("UPDATE request SET what = 'show nothing' WHERE name = 'show_vlan'", "show_vlan"),
        ("UPDATE outcome SET outcome = 'ok' WHERE kind = 'aaa'", "scan 1, a"),
        ("UPDATE outcome SET rows = 7 WHERE kind = 'aaa'", "counts 7 facts and has none"),
        ("UPDATE outcome SET facts = NULL WHERE kind = 'vlan'", "scan 1, b, vlan"),
        ("UPDATE scan_target SET status = 'failed' WHERE name = 'b'", "scan 1, b"),
        ("UPDATE scan SET started_at = started_at + 1", "scan 1"),
        ("UPDATE scan SET config_digest = 'x'", "scan 1"),
        ("UPDATE answer SET document = verdicts", "assessment 1"),
        ("UPDATE answer SET rule_hash = 'x'", "assessment 1"),
        ("UPDATE assessment SET made_at = 7", "assessment 1"),
    ],
)
def test_what_is_in_no_blob_is_sealed(store: Store, sql: str, named: str) -> None:
    change(store, sql)
    found = verify(store)
    assert not found.ok
    assert named in failures(found)
    assert not verify(store, 1).ok


def test_a_target_that_is_gone_is_missed(store: Store) -> None:
    for table in ("capture", "outcome"):
        change(store, f"DELETE FROM {table} WHERE scan_target = (SELECT id FROM scan_target WHERE name = 'b')")
    change(store, "DELETE FROM scan_target WHERE name = 'b'")
    assert "targets was changed" in failures(verify(store))


def test_bytes_that_are_gone_are_missed(store: Store) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql(
            "DELETE FROM blob WHERE id IN (SELECT blob FROM capture) OR id IN (SELECT facts FROM outcome)"
        )
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
        connection.exec_driver_sql("BEGIN")
    said = failures(verify(store))
    assert "its bytes are gone" in said
    assert "its facts are gone" in said


def test_damage_on_disk_is_found(tmp_path: Path) -> None:
    path = tmp_path / "disk.db"
    with Store.open(path) as store:
        number = store.begin_scan("scan", NOW, "", [])
        store.save_target(number, result("a"))
        store.finish_scan(number, NOW)
        body = next(store.captures(1, "a", "show_vlan"))
    raw = path.read_bytes()
    with Store.open(path, read_only=True) as store, store.connection() as connection:
        found = text("SELECT data FROM blob WHERE sha256 = :s")
        data = connection.execute(found, {"s": bytes.fromhex(body.evidence[7:])}).scalar()
    assert isinstance(data, bytes)
    place = raw.index(data) + len(data) - 4
    path.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
    with Store.open(path, read_only=True) as store:
        assert "scan 1, a, show_vlan, page 0" in failures(verify(store))


def test_a_store_in_ruins_is_said_to_be_one(tmp_path: Path) -> None:
    path = tmp_path / "disk.db"
    with Store.open(path) as store:
        number = store.begin_scan("scan", NOW, "", [])
        for i in range(20):
            store.save_target(number, result(f"t-{i}"))
    raw = path.read_bytes()
    for start in range(4096, len(raw), 4096 * 3):
        path.write_bytes(raw[:start] + b"\xff" * 4096 + raw[start + 4096 :])
        try:
            with Store.open(path, read_only=True) as store:
                assert not verify(store).ok
        except StoreError as error:
            assert "\n" not in error.message
