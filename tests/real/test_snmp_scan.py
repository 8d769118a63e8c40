"""Scans of SNMPv3 agents: a wrong key stops after a few refusals, and agents that are off hold nobody up."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from pathlib import Path

import pytest

from collector.data import probes_folder
from collector.model import Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.probes.definition import ProbeDef, load_probes
from collector.scan import ScanOptions, run_scan
from collector.store.values import TargetResult
from tests.real.conftest import AUTH, PRIV, Server

pytestmark = pytest.mark.real

PROBE = """
probe = "few"
platform = "*"
transport = "snmp"
family = "any"
version = "1"
[[request]]
name = "system"
send = ["1.3.6.1.2.1.1.5.0"]
reader = "snmp"
[request.reader_options]
columns = { name = "1.3.6.1.2.1.1.5" }
[[request.feed]]
kind = "device"
[request.feed.fields]
hostname = "name"
"""


class Kept(dict[str, TargetResult]):
    def save_target(self, result: TargetResult) -> None:
        self[result.target.name] = result


def probes(folder: Path) -> dict[str, ProbeDef]:
    (folder / "few.toml").write_text(PROBE)
    return load_probes([folder])


def account(key: str = AUTH) -> Credential:
    secrets = {"auth_key": Secret(key), "priv_key": Secret(PRIV)}
    return Credential("v3", "sha256", secrets, {"auth_protocol": "SHA-256", "priv_protocol": "AES"})


def target(name: str, address: str, port: int) -> Target:
    endpoint = Endpoint(Transport.SNMP, port, "v3", 3, 20, {"version": "3"})
    return Target(name, address, "any", endpoints=(endpoint,))


def test_agents_that_are_off_hold_nobody_up(snmpd: Server, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        off = [target(f"off{n}", "127.0.0.1", silent.getsockname()[1]) for n in range(12)]
        on = [target(f"on{n}", snmpd.address, snmpd.port) for n in range(3)]
        kept = Kept()
        begun = time.monotonic()
        summary = run_scan([*off, *on], probes(tmp_path), {"v3": account()}, kept, ScanOptions(processes=2))
    assert time.monotonic() - begun < 12  # one after the other they would take 36 s
    assert (summary.ok, summary.failed) == (3, 12)
    assert {f.outcome for f in summary.failures} == {Outcome.UNREACHABLE}
    assert kept["on0"].parsed.facts[0].value["hostname"] == "real-snmpd"


def test_a_wrong_key_stops_after_three_refusals(snmpd: Server, tmp_path: Path) -> None:
    targets = [replace(target(f"t{n}", snmpd.address, snmpd.port)) for n in range(12)]
    summary = run_scan(targets, probes(tmp_path), {"v3": account("another-key-9")}, Kept(), ScanOptions(processes=2))
    assert {f.outcome for f in summary.failures} == {Outcome.DENIED}, summary.failures
    assert sum("not tried" in f.detail for f in summary.failures) == 9


def test_an_appliance_behind_a_shared_number_is_asked_what_its_maker_has(snmpd: Server) -> None:
    """net-snmp's own sysObjectID says nothing of the maker; that the agent has a maker's scalar does."""
    kept = Kept()
    run_scan([target("ap", snmpd.address, snmpd.port)], load_probes([probes_folder()]), {"v3": account()}, kept)
    asked = {c.request for c in kept["ap"].captures}
    device = next(f.value for f in kept["ap"].parsed.facts if f.kind == "device")
    assert (device["vendor"], device["model"], device["version"]) == ("Grandstream", "GWN7605", "1.0.19.12")
    assert {"hint_grandstream_ap", "identity_grandstream_ap"} <= asked
    assert not asked & {"identity_fortigate", "identity_siklu", "airespace_aps"}
