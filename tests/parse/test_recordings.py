"""Recorded agents of real equipment, where the folder with them is beside the checkout: no crash, and their truth."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from collector.facts.kinds import kinds
from collector.model import Outcome
from collector.parse.convert import host_name, interface_name
from collector.parse.files import FileResult
from collector.parse.recorded import parse_snmprec
from tests.probes.contract import recordings
from tests.probes.reading import probes

AGENTS, TRUTH = recordings("snmp.tar.xz"), recordings("snmp_truth.jsonl")
pytestmark = pytest.mark.skipif(
    AGENTS is None or TRUTH is None, reason="recordings of real agents (snmp.tar.xz) are not here"
)
Read = dict[str, tuple[dict[str, Any], FileResult]]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    assert AGENTS is not None and TRUTH is not None
    folder, known = tmp_path_factory.mktemp("agents"), probes()
    truth = {row["name"]: row for row in map(json.loads, TRUTH.read_text(encoding="utf-8").splitlines())}
    wanted = set(sorted(truth)[::3]) | {name for name, row in truth.items() if row["links"]}  # it shall take seconds
    found: Read = {}
    with tarfile.open(AGENTS) as tar:
        for member in tar:
            name = Path(member.name).name.removesuffix(".snmprec")
            if name not in wanted or not (file := tar.extractfile(member)):
                continue
            path = folder / Path(member.name).name
            path.write_bytes(file.read())
            found[name] = truth[name], parse_snmprec(path, known)
            path.unlink()
    return found


def test_none_is_left_out_and_none_proves_a_zero(read: Read) -> None:
    assert len(read) > 200
    for name, (_, result) in read.items():
        rows = {kind: sum(f.kind == kind for f in result.facts) for kind in {o.kind for o in result.outcomes}}
        for outcome in result.outcomes:
            proven = outcome.kind in (
                "neighbor",
                "bgp_peer",
                "vlan",
                "spanning_tree",
                "sensor",
                "lag",
                "poe_budget",
                "ups",
            )
            proven = proven or kinds()[outcome.kind].derived
            assert outcome.outcome is not Outcome.OK or rows[outcome.kind] or proven, (name, outcome)


def test_interfaces_are_all_there_and_in_their_state(read: Read) -> None:
    ports = seen = agree = told = 0
    for truth, result in read.values():
        by_index = {f.value["index"]: f.value for f in result.facts if f.kind == "interface"}
        for index, _, state, _ in truth["ports"] or ():
            ports += 1
            seen += index in by_index
            if index in by_index and state in ("up", "down"):
                told += 1
                agree += by_index[index]["oper_up"] is (state == "up")
    assert seen / ports > 0.99 and agree / told > 0.999


def test_neighbours_vlans_and_parts(read: Read) -> None:
    links = found_links = vlans = same_vlans = parts = same_parts = 0
    for truth, result in read.values():
        ends = {
            (f.value["local_interface"], str(f.value["remote_host"]).lower())
            for f in result.facts
            if f.kind == "neighbor"
        }
        for port, _, host, _ in truth["links"] or ():
            links += 1
            found_links += (interface_name(port), host_name(host or "").lower()) in ends
        if truth["vlans"]:
            vlans += 1
            same_vlans += {f.value["id"] for f in result.facts if f.kind == "vlan"} == set(truth["vlans"])
        if truth["entities"]:
            parts += 1
            same_parts += sum(f.kind == "component" for f in result.facts) == truth["entities"]
    assert found_links / links > 0.85 and same_vlans / vlans > 0.8 and same_parts / parts > 0.8
