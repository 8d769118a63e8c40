"""A writer that dies loses the target it was writing; readers read on while one writes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from collector.errors import StoreError
from collector.store import Store, results
from tests.store.samples import NOW, result, target

CONTEXT = multiprocessing.get_context("spawn")
NAMES = [f"sw-{i}" for i in range(5)]


def write_and_die(url: str) -> None:
    """Saves two targets and dies in the middle of the third, after its captures went out and before the commit."""
    store = Store.open(url)
    number = store.begin_scan("scan", NOW, "", [target(name) for name in NAMES])
    store.save_target(number, result(NAMES[0]))
    store.save_target(number, result(NAMES[1]))
    whole = results.save_parsed

    def dies(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    results.save_parsed = dies  # type: ignore[assignment]
    try:
        store.save_target(number, result(NAMES[2]))
    finally:
        results.save_parsed = whole


def test_a_crash_loses_only_the_target_in_flight(url: str) -> None:
    program = CONTEXT.Process(target=write_and_die, args=(url,))
    program.start()
    program.join(60)
    assert program.exitcode == -signal.SIGKILL
    with Store.open(url) as store:
        assert store.scan(1).status == "running"
        assert store.done_targets(1) == set(NAMES[:2])
        assert {c.target for c in store.captures(1)} == set(NAMES[:2])
        assert len(list(store.facts(1))) == 6
        for name in NAMES[2:]:
            store.save_target(1, result(name))
        store.finish_scan(1, NOW)
        assert store.counts(1).targets == {"ok": 5}


def write_slowly(url: str) -> None:
    with Store.open(url) as store:
        number = store.begin_scan("scan", NOW, "", [])
        for i in range(30):
            store.save_target(number, result(f"t-{i}"))
            time.sleep(0.005)
        store.finish_scan(number, NOW)


def test_two_programs_read_while_one_writes(url: str) -> None:
    with Store.open(url) as first, Store.open(url, read_only=True) as second:
        program = CONTEXT.Process(target=write_slowly, args=(url,))
        program.start()
        seen = set()
        while program.is_alive() or not seen:
            for reader in (first, second):
                scans = reader.scans()
                if scans:
                    # a target is there whole or not at all
                    counts = reader.counts(1)
                    assert counts.captures == 3 * counts.targets.get("ok", 0) or reader.counts(1) != counts
                    seen.add(len(list(reader.facts(1))) % 3)
        program.join(60)
        assert program.exitcode == 0
        assert seen == {0}
        assert second.counts(1).targets == {"ok": 30}


def test_threads_of_one_program_share_a_store(url: str) -> None:
    with Store.open(url) as store:
        number = store.begin_scan("scan", NOW, "", [])
        failed: list[BaseException] = []

        def save(name: str) -> None:
            try:
                store.save_target(number, result(name))
            except BaseException as error:  # noqa: BLE001
                failed.append(error)

        threads = [threading.Thread(target=save, args=(f"t-{i}",)) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failed
        assert store.counts(number).targets == {"ok": 12}


def test_a_folder_that_became_unwritable_is_said_in_one_line(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.db") as store:
        number = store.begin_scan("scan", NOW, "", [])
        with store._write() as connection:
            connection.exec_driver_sql("PRAGMA query_only = ON")
        with pytest.raises(StoreError) as caught:
            store.save_target(number, result())
        assert "\n" not in str(caught.value) and "INSERT" not in str(caught.value)
