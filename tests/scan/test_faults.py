"""Every kind of bad input, driven through the lab: each ends in its own outcome, on that target alone, within its deadline."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from collector.config import load_config
from collector.credentials import resolve_credentials
from collector.data import probe_folders
from collector.inventory import load_inventory
from collector.model import Outcome, Target, Transport
from collector.probes.definition import ProbeDef, load_probes
from collector.scan import ScanOptions, run_scan
from collector.scan.values import TargetResult
from tests.lab.lab import Lab

pytestmark = pytest.mark.slow

DEADLINE = 8.0
U, D, T, S, P = Outcome.UNREACHABLE, Outcome.DENIED, Outcome.TIMED_OUT, Outcome.UNSUPPORTED, Outcome.UNPARSED

#: Fault -> what it may end in, and a word of the reason. ``garbage`` and ``invalid_utf8`` are replies like any other.
SSH = {
    "refuse_login": ({D}, "refused"),
    "close_at_banner": ({U}, ""),
    "no_banner": ({U, T}, ""),
    "reset": ({U}, ""),
    "truncated": ({U}, "closed"),
    "stall": ({T}, "stopped"),
    "endless": ({T}, ""),
    "slow": ({T}, ""),
    "wrong_prompt": ({T}, "prompt"),
    "denied": ({D}, ""),
    "garbage": ({Outcome.OK, T, P}, ""),
    "invalid_utf8": ({Outcome.OK}, ""),
}
SNMP = {
    "silent": ({U}, "no SNMP answer"),
    "garbage": ({U}, ""),
    "truncated": ({U}, ""),
    "wrong_order": ({P}, "increase"),
    "loop": ({P}, "increase"),
    "endless": ({T, P}, ""),
}
HTTP = {
    "error_500": ({U}, "500"),
    "truncated": ({U, P}, ""),
    "endless": ({T}, ""),
    "slow": ({T}, ""),
    "wrong_name": ({U}, "identity"),
    "self_signed": ({U}, "identity"),
    "garbage": ({Outcome.OK}, ""),
}
LDAP = {
    "garbage": ({U, T, P}, ""),
    "truncated": ({U, T, P}, ""),
    "stall": ({T}, ""),
    "wrong_name": ({U}, "identity"),
    "self_signed": ({U}, "identity"),
}


class Kept:
    def __init__(self) -> None:
        self.results: dict[str, TargetResult] = {}

    def save_target(self, result: TargetResult) -> None:
        self.results[result.target.name] = result


def short(target: Target, *transports: Transport, deadline_s: float = DEADLINE) -> Target:
    """The target over these transports, with deadlines that suit a test."""
    chosen = [
        replace(e, deadline_s=deadline_s, connect_timeout_s=2.0)
        for e in target.endpoints
        if not transports or e.transport in transports
    ]
    return replace(target, endpoints=tuple(chosen))


def impatient(probes: dict[str, ProbeDef]) -> dict[str, ProbeDef]:
    return {n: replace(p, session={**p.session, "read_timeout_s": 2}) for n, p in probes.items()}


class Ward:
    """A lab, and scans of parts of it."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        config = load_config(lab.config)
        self.probes = impatient(load_probes(probe_folders()))
        self.targets = load_inventory(config, self.probes).targets
        used = {e.credential for t in self.targets for e in t.endpoints if e.credential}
        self.credentials = resolve_credentials(config, used)

    def scan(self, targets: list[Target]) -> tuple[dict[str, TargetResult], float]:
        kept = Kept()
        begun = time.monotonic()
        run_scan(targets, self.probes, self.credentials, kept, ScanOptions(processes=2, grace_s=4))
        return kept.results, time.monotonic() - begun

    def named(self, name: str) -> Target:
        return next(t for t in self.targets if t.name == name)


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ward]:
    faults = {f"acc-{n:02}": {"ssh": fault} for n, fault in enumerate(SSH, 1)}
    faults |= {f"acc-{n:02}": {"snmp": fault} for n, fault in enumerate(SNMP, 21)}
    with Lab(tmp_path_factory.mktemp("lab"), latency_s=0.0, tables={"fault": faults}, access_switches=30) as lab:
        yield Ward(lab)


def bad(result: TargetResult, transport: Transport) -> set[Outcome]:
    return {c.outcome for c in result.captures if c.transport is transport and c.outcome is not Outcome.OK}


def check(result: TargetResult, transport: Transport, expected: set[Outcome], word: str) -> None:
    captures = [c for c in result.captures if c.transport is transport]
    assert captures
    failed = [c for c in captures if c.outcome is not Outcome.OK and c.outcome is not S]
    if Outcome.OK not in expected:
        assert failed, "nothing failed"
    assert {c.outcome for c in failed} <= expected, {(c.outcome, c.detail) for c in failed}
    assert all(c.body is None for c in failed)
    assert not failed or any(word in c.detail for c in failed), failed[0].detail


def test_each_switch_fails_alone_and_in_time(ward: Ward) -> None:
    ssh = {f"acc-{n:02}": fault for n, fault in enumerate(SSH, 1)}
    snmp = {f"acc-{n:02}": fault for n, fault in enumerate(SNMP, 21)}
    sound = ["core-1", "acc-29", "acc-30"]
    targets = [short(ward.named(n), Transport.SSH) for n in (*ssh, *sound[1:])]
    targets += [short(ward.named(n), Transport.SNMP) for n in (*snmp, sound[0])]
    results, seconds = ward.scan(targets)
    assert set(results) == {t.name for t in targets}
    for name in sound:
        assert results[name].status == "ok", results[name].detail
        assert not bad(results[name], Transport.SSH) - {S}
        assert not bad(results[name], Transport.SNMP)
    for name, fault in ssh.items():
        check(results[name], Transport.SSH, *SSH[fault])
    for name, fault in snmp.items():
        check(results[name], Transport.SNMP, *SNMP[fault])
    refused = next(n for n, fault in ssh.items() if fault == "refuse_login")
    assert {o.outcome for o in results[refused].parsed.outcomes} == {D}
    assert seconds < DEADLINE * 4 + 20  # two cores shared with others; alone it takes about one deadline


@pytest.mark.parametrize(
    ("name", "transport", "fault"),
    [("backup-1", Transport.HTTP, f) for f in HTTP]
    + [("wlc-1", Transport.HTTP, f) for f in ("error_500", "self_signed", "slow")]
    + [("dc-1", Transport.LDAP, f) for f in LDAP],
)
def test_services(ward: Ward, name: str, transport: Transport, fault: str) -> None:
    ward.lab.change(lambda tables: tables["fault"].update({name: {transport.value: fault}}))
    try:
        results, seconds = ward.scan([short(ward.named(name), deadline_s=4.0)])
    finally:
        ward.lab.change(lambda tables: tables["fault"].pop(name))
    expected, word = (HTTP if transport is Transport.HTTP else LDAP)[fault]
    check(results[name], transport, expected, word)
    assert seconds < 4 + 12


def test_services_that_are_sound_are_read(ward: Ward) -> None:
    names = ("backup-1", "wlc-1", "dc-1", "ups-1")
    results, _ = ward.scan([short(ward.named(n), deadline_s=30.0) for n in names])
    for name in names:
        assert results[name].status == "ok", results[name].detail
