"""Spoilt recordings of SNMP agents: nothing raises, and nothing is read that the whole recording did not hold.

- **Cut within a line**: the table in which a recording ends gives nothing, so that each fact is one of the whole recording, its fields
  equal or not known. Left out is `device`: what says most of it may stand in the part that is lost, and the next best is then told.
- **Lines shuffled or doubled**: every fact is read as before, as OIDs say where a value belongs.
- **Any bytes** give no fact.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.parse.recorded import parse_snmprec
from tests.parse.mutations import AT, joined, lines_of
from tests.probes.reading import probes
from tests.probes.recorded import SAMPLES

PROBES = probes()
AGENTS = sorted((SAMPLES / "generic_snmp").glob("*.snmprec"))
SOME = settings(
    max_examples=settings().max_examples,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
Facts = Mapping[tuple[str, str], Mapping[str, Any]]


def _facts(body: bytes, folder: Path) -> Facts:
    path = folder / "agent.snmprec"
    path.write_bytes(body)
    found = parse_snmprec(path, PROBES, AT).facts
    return {(fact.kind, fact.key): fact.value for fact in found if fact.kind != "reading_conflict"}


@cache
def _whole(agent: Path, folder: Path) -> Facts:
    return _facts(agent.read_bytes(), folder)


@SOME
@given(agent=st.sampled_from(AGENTS), at=st.integers(0, 2**30))
def test_cut_within_a_line(agent: Path, at: int, tmp_path: Path) -> None:
    body, whole = agent.read_bytes(), _whole(agent, tmp_path)
    at %= len(body)
    if b"\n" in (body[at - 1 : at], body[at : at + 1]):
        return
    for (kind, key), value in _facts(body[:at], tmp_path).items():
        if kind != "device":
            assert (kind, key) in whole
            assert {n: v for n, v in value.items() if v is not None and v != whole[kind, key][n]} == {}, (kind, key)


@SOME
@given(agent=st.sampled_from(AGENTS), seed=st.integers(0, 2**30))
def test_shuffled_and_doubled_lines(agent: Path, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    lines = lines_of(agent.read_bytes())
    at = chance.randrange(len(lines))
    doubled = lines + lines[at : at + 20]
    chance.shuffle(doubled)
    assert _facts(joined(doubled), tmp_path) == _whole(agent, tmp_path)


@SOME
@given(body=st.one_of(st.binary(max_size=300), st.text("0123456789.|x\n=: ", max_size=300).map(str.encode)))
def test_any_bytes(body: bytes, tmp_path: Path) -> None:
    assert _facts(body, tmp_path) == {}
