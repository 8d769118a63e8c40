"""The samples of structured interfaces give the facts of their golden files, now and when they are damaged never a lie."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.facts.kinds import kinds
from collector.model import Outcome
from collector.parse.engine import parse_target, read_request
from collector.parse.recorded import parse_snmprec
from tests.probes.reading import probes
from tests.probes.recorded import AT, SAMPLES, captures, dump, golden

PROBES = probes()
STRUCTURED = ("active_directory", "cisco_c9800", "veeam_vbr")
AGENTS = sorted((SAMPLES / "generic_snmp").glob("*.snmprec"))


def compare(found: dict[str, Any], expected: Path, request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update", default=False):
        expected.write_text(dump(found), encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", STRUCTURED)
def test_replies_give_the_golden_facts(name: str, request: pytest.FixtureRequest) -> None:
    parsed = parse_target(PROBES, captures(PROBES[name]))
    compare(golden(parsed.facts, parsed.outcomes), SAMPLES / name / "expected.json", request)


@pytest.mark.parametrize("agent", AGENTS, ids=lambda path: path.stem)
def test_recorded_agents_give_the_golden_facts(agent: Path, request: pytest.FixtureRequest) -> None:
    result = parse_snmprec(agent, PROBES, AT)
    compare(golden(result.facts, result.outcomes), agent.with_suffix(".json"), request)


def test_every_request_has_a_sample() -> None:
    lacking = [
        f"{name}: {request.name}"
        for name in STRUCTURED
        for request in PROBES[name].requests
        if request.name not in {c.request for c in captures(PROBES[name])}
    ]
    assert lacking == []


@pytest.mark.parametrize("name", STRUCTURED)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_replies_never_raise_and_never_prove_a_zero(name: str, data: st.DataObject) -> None:
    """One reply with bytes overwritten, cut out or cut off; a reply that lost all of its rows is not `ok`."""
    probe = PROBES[name]
    whole = captures(probe)
    place = data.draw(st.integers(0, len(whole) - 1))
    body = bytearray(whole[place].body or b"")
    start = data.draw(st.integers(0, max(0, len(body) - 1)))
    match data.draw(st.sampled_from(["cut", "take", "write"])):
        case "cut":
            del body[start:]
        case "take":
            del body[start : start + data.draw(st.integers(1, 200))]
        case _:
            body[start : start + 8] = data.draw(st.binary(min_size=8, max_size=8))
    broken = [replace(c, body=bytes(body)) if i == place else c for i, c in enumerate(whole)]
    parse_target(PROBES, broken)
    request = whole[place].request
    before = read_request(probe, request, [c for c in whole if c.request == request])
    after = read_request(probe, request, [c for c in broken if c.request == request])
    assert after.rows or not before.rows or after.outcome is not Outcome.OK


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_damaged_recordings_never_raise(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    body = bytearray((SAMPLES / "generic_snmp" / "ups-1.snmprec").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        body[start : start + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=12))
    path = tmp_path_factory.mktemp("agents") / "broken.snmprec"
    path.write_bytes(bytes(body))
    for outcome in parse_snmprec(path, PROBES, AT).outcomes:
        assert outcome.outcome is not Outcome.OK or outcome.rows or kinds()[outcome.kind].derived
