"""Whole scans with real worker processes, against devices on loopback."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import Capture, Outcome, Secret, Target
from collector.probes.definition import ProbeDef
from collector.scan import ScanInterrupted, ScanOptions, ScanSummary, run_scan
from collector.store.values import TargetResult
from tests.sessions.shell import Device, ShellServer, credential, probe

VERSION = "Some OS, Version 1.2\n"


class Kept:
    """A sink that keeps."""

    def __init__(self) -> None:
        self.results: dict[str, TargetResult] = {}

    def save_target(self, result: TargetResult) -> None:
        assert result.target.name not in self.results
        self.results[result.target.name] = result


def mask(capture: Capture, definition: ProbeDef, secrets: Collection[Secret]) -> Capture:
    body = capture.body
    for secret in secrets:
        body = body.replace(secret.reveal().encode(), b"***") if body is not None else None
    return replace(capture, body=body)


def poison(capture: Capture, definition: ProbeDef, secrets: Collection[Secret]) -> Capture:
    if capture.target == "poison":
        os._exit(3)
    if capture.target == "broken":
        raise RuntimeError("no")
    return capture


def hang(capture: Capture, definition: ProbeDef, secrets: Collection[Secret]) -> Capture:
    if capture.target == "hung":
        time.sleep(60)
    return capture


def scan(
    folder: Path, targets: list[Target], password: str = "", **options: object
) -> tuple[ScanSummary, dict[str, TargetResult]]:
    kept = Kept()
    account = credential(password) if password else credential()
    chosen = ScanOptions(**{"processes": 2, "threads": 10, **options})  # type: ignore[arg-type]
    probes = {"shell": probe(folder / "probe", "show version")}
    summary = run_scan(targets, probes, {"shell": account}, kept, chosen)
    return summary, kept.results


def targets(server: ShellServer, folder: Path, *names: str, **options: object) -> list[Target]:
    return [server.target(folder, name, **options) for name in names]


def test_a_scan_without_parsing_saves_the_captures_alone(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}) as server:
        summary, results = scan(tmp_path, targets(server, tmp_path, "sw1", "sw2"), parse=False)
    assert (summary.ok, summary.captures, summary.facts, dict(summary.outcomes)) == (2, 2, 0, {})
    for result in results.values():
        assert result.captures[0].body == VERSION.encode() and result.parsed.facts == result.parsed.outcomes == ()


@pytest.mark.parametrize("knows_json", [True, False])
def test_the_text_is_sent_only_to_a_device_that_lacks_the_better_form(tmp_path: Path, knows_json: bool) -> None:
    definition = probe(tmp_path / "probe", "show version json", "show version")
    first, second = definition.requests
    first = replace(first, reader="json")
    second = replace(second, instead_of=first.name, reader_options={"row": r"Version (?P<version>\S+)"})
    both = replace(definition, requests=(first, second))
    answers = {"show version": VERSION, **({"show version json": '{"release": "1.2"}\n'} if knows_json else {})}
    kept = Kept()
    with ShellServer(answers) as server:
        run_scan(targets(server, tmp_path, "sw1"), {"shell": both}, {"shell": credential()}, kept, ScanOptions())
        sent = [line for line in server.seen if line.startswith("show")]
        logins = len(server.logins)
    assert sent == ["show version json", *([] if knows_json else ["show version"])]
    assert logins == 1
    assert {(o.kind, o.outcome) for o in kept.results["sw1"].parsed.outcomes} == {("device", Outcome.OK)}


def test_every_target_is_read_parsed_and_saved_once(tmp_path: Path) -> None:
    names = [f"sw{n}" for n in range(30)]
    with ShellServer({"show version": f"{VERSION}password {credential().secret('password')}\n"}) as server:
        summary, results = scan(tmp_path, targets(server, tmp_path, *names), redact=mask)
    assert (summary.ok, summary.failed, summary.total, summary.captures) == (30, 0, 30, 30)
    assert set(results) == set(names)
    for result in results.values():
        [capture] = result.captures
        assert capture.body == f"{VERSION}password ***\n".encode()
        [outcome] = result.parsed.outcomes
        assert outcome.kind == "device"


def test_a_wrong_password_stops_after_three_refusals(tmp_path: Path) -> None:
    names = [f"sw{n}" for n in range(20)]
    with ShellServer() as server:
        summary, _ = scan(tmp_path, targets(server, tmp_path, *names), password="wrong")
        assert len(server.logins) == 3
    assert summary.failed == 20 and summary.outcomes == {"denied": 20}
    details = [f.detail for f in summary.failures]
    assert sum("not tried: credential shell was refused by" in d for d in details) == 17


def test_one_target_that_refuses_does_not_stop_the_others(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}) as server, ShellServer() as other:
        refusing = replace(other.target(tmp_path, "odd"))
        other.refuse = True
        summary, _ = scan(tmp_path, [*targets(server, tmp_path, *(f"sw{n}" for n in range(12))), refusing])
    assert summary.ok == 12
    assert [(f.target, f.outcome) for f in summary.failures] == [("odd", Outcome.DENIED)]


def test_targets_done_already_are_skipped(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}) as server:
        summary, results = scan(tmp_path, targets(server, tmp_path, "a", "b", "c"), skip=frozenset({"b"}))
    assert set(results) == {"a", "c"} and summary.skipped == 1


def test_a_platform_that_nothing_reads_is_said(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}) as server:
        strange = replace(server.target(tmp_path, "x"), platform="unheard_of")
        summary, results = scan(tmp_path, [strange, server.target(tmp_path, "a")])
    assert [(f.target, f.outcome) for f in summary.failures] == [("x", Outcome.NOT_COLLECTED)]
    assert results["a"].status == "ok"


def test_a_worker_that_dies_costs_only_the_target_that_killed_it(tmp_path: Path) -> None:
    names = ["a", "b", "poison", "c", "d", "broken", "e"]
    with ShellServer({"show version": VERSION}) as server:
        _, results = scan(tmp_path, targets(server, tmp_path, *names), redact=poison)
    assert {n for n, r in results.items() if r.status == "ok"} == {"a", "b", "c", "d", "e"}
    assert results["poison"].outcome is Outcome.NOT_COLLECTED
    assert "lost" in results["poison"].detail
    assert results["broken"].captures[0].body is None
    assert "could not be redacted" in results["broken"].captures[0].detail


def test_a_target_that_holds_its_thread_is_given_up_on(tmp_path: Path) -> None:
    with ShellServer({"show version": VERSION}) as server:
        begun = time.monotonic()
        found = targets(server, tmp_path, "a", "hung", "b", deadline=1)
        found = [replace(t, endpoints=tuple(replace(e, connect_timeout_s=1) for e in t.endpoints)) for t in found]
        _, results = scan(tmp_path, found, redact=hang, grace_s=1.0)
    assert time.monotonic() - begun < 20
    assert results["hung"].outcome is Outcome.TIMED_OUT
    assert {results["a"].status, results["b"].status} == {"ok"}


def test_an_unreachable_target_and_a_hanging_device_hold_nobody_up(tmp_path: Path) -> None:
    def stall(device: Device) -> None:
        device.write("Some OS, Ver")

    with ShellServer({"show version": VERSION}) as server, ShellServer({"show version": stall}) as slow:
        with ShellServer() as gone:
            dead = gone.target(tmp_path, "dead")
        summary, results = scan(tmp_path, [dead, slow.target(tmp_path, "slow"), *targets(server, tmp_path, "a", "b")])
    assert results["dead"].outcome is Outcome.UNREACHABLE
    assert results["slow"].outcome is Outcome.TIMED_OUT
    assert summary.ok == 2
    assert {o.outcome for o in results["slow"].parsed.outcomes} == {Outcome.TIMED_OUT}


def test_interrupt_keeps_what_was_read(tmp_path: Path) -> None:
    def slow(device: Device) -> None:
        pass

    with ShellServer({"show version": VERSION}) as server, ShellServer({"show version": slow}) as stuck:
        kept = Kept()
        probes = {"shell": probe(tmp_path / "probe", "show version")}
        mixed = [*targets(server, tmp_path, "a", "b"), stuck.target(tmp_path, "stuck", deadline=60)]
        definition = replace(probes["shell"], session={**probes["shell"].session, "read_timeout_s": 50})

        def interrupt() -> None:
            end = time.monotonic() + 20
            while len(kept.results) < 2 and time.monotonic() < end:
                time.sleep(0.05)
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt).start()
        begun = time.monotonic()
        with pytest.raises(ScanInterrupted) as caught:
            run_scan(mixed, {"shell": definition}, {"shell": credential()}, kept, ScanOptions(processes=2))
    assert time.monotonic() - begun < 20
    assert set(kept.results) == {"a", "b"}
    assert caught.value.summary.interrupted and caught.value.summary.ok == 2


def test_a_sink_that_fails_ends_the_scan(tmp_path: Path) -> None:
    class Full:
        def save_target(self, result: TargetResult) -> None:
            raise OSError("disk full")

    with ShellServer({"show version": VERSION}) as server, pytest.raises(OSError, match="disk full"):
        probes = {"shell": probe(tmp_path / "probe", "show version")}
        run_scan(targets(server, tmp_path, "a", "b"), probes, {"shell": credential()}, Full())
