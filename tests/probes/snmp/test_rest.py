"""Made-up agents of power, servers, storage, appliances and environment monitors: what they are, and what they read."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collector.data import probes_folder
from collector.parse.recorded import parse_snmprec
from collector.probes.definition import load_probes

PROBES = load_probes([probes_folder()])
FOLDER = Path(__file__).parent
SAMPLES: dict[str, dict[str, Any]] = {
    f"{theme}/{name}": sample
    for theme in ("power", "server", "storage", "appliance", "environment")
    for name, sample in tomllib.loads((FOLDER / f"samples_{theme}.toml").read_text()).items()
}


@pytest.mark.parametrize("name", SAMPLES)
def test_an_agent(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    recording = tmp_path / "agent.snmprec"
    recording.write_text(sample["agent"])
    facts = parse_snmprec(recording, PROBES).facts
    device = next(f.value for f in facts if f.kind == "device")
    assert {field: device[field] or "" for field in sample["want"]} == sample["want"]
    known = {(f.kind, f.key): f.value for f in facts}
    for wanted in sample.get("fact", ()):
        fields = {field: value for field, value in wanted.items() if field not in ("kind", "key")}
        found = known[wanted["kind"], wanted["key"]]
        assert {field: found[field] for field in fields} == fields
    assert len(known) >= len(sample.get("fact", ()))
    for kind, number in sample.get("count", {}).items():
        assert sum(f.kind == kind for f in facts) == number, kind


def test_a_reading_that_is_none_is_not_known(tmp_path: Path) -> None:
    """Numbers by which agents say that there is no reading make neither a zero nor a state."""
    sample = (
        SAMPLES["power/eaton_epdu"]["agent"]
        + "1.3.6.1.4.1.534.6.6.7.6.5.1.3.0.2|2|-1\n1.3.6.1.4.1.534.6.6.7.6.6.1.2.0.2|2|-1\n"
    )
    recording = tmp_path / "agent.snmprec"
    recording.write_text(sample)
    outlet = next(
        f.value for f in parse_snmprec(recording, PROBES).facts if f.kind == "power_outlet" and f.key == "0.2"
    )
    assert (outlet["power_w"], outlet["on"], outlet["current_a"]) == (None, None, None)
