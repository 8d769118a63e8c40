"""Made-up agents of wireless controllers and firewalls, and one that nobody knows: identity, access points, networks."""

from pathlib import Path

import pytest

from tests.probes.snmp.agents import read_checked, samples

SAMPLES = samples("wireless")


@pytest.mark.parametrize("name", SAMPLES)
def test_an_agent(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    facts = read_checked(sample, tmp_path).facts
    assert {kind: sum(f.kind == kind for f in facts) for kind in sample["facts"]} == sample["facts"]
    assert [f.value["name"] for f in facts if f.kind == "access_point" and f.value["joined"]] == sample["joined"]
