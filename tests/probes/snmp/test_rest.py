"""Made-up agents of power, servers, storage, appliances and environment monitors: what they are, and what they read."""

from pathlib import Path

import pytest

from tests.probes.snmp.agents import read, read_checked, samples

SAMPLES = {
    f"{theme}/{name}": sample
    for theme in ("power", "server", "storage", "appliance", "environment")
    for name, sample in samples(theme).items()
}


@pytest.mark.parametrize("name", SAMPLES)
def test_an_agent(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    facts = read_checked(sample, tmp_path).facts
    known = {(f.kind, f.key): f.value for f in facts}
    for wanted in sample.get("fact", ()):
        fields = {field: value for field, value in wanted.items() if field not in ("kind", "key")}
        found = known[wanted["kind"], wanted["key"]]
        assert {field: found[field] for field in fields} == fields
    for kind, number in sample.get("count", {}).items():
        assert sum(f.kind == kind for f in facts) == number, kind


def test_a_reading_that_is_none_is_not_known(tmp_path: Path) -> None:
    """Numbers by which agents say that there is no reading make neither a zero nor a state."""
    agent = (
        SAMPLES["power/eaton_epdu"]["agent"]
        + "1.3.6.1.4.1.534.6.6.7.6.5.1.3.0.2|2|-1\n1.3.6.1.4.1.534.6.6.7.6.6.1.2.0.2|2|-1\n"
    )
    outlet = next(f.value for f in read(agent, tmp_path).facts if f.kind == "power_outlet" and f.key == "0.2")
    assert (outlet["power_w"], outlet["on"], outlet["current_a"]) == (None, None, None)
