"""Made-up agents of wireless controllers and firewalls, and one that nobody knows: identity, access points, networks."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collector.data import probes_folder
from collector.parse.recorded import parse_snmprec
from collector.probes.definition import load_probes

PROBES = load_probes([probes_folder()])
SAMPLES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("samples_wireless.toml").read_text())


@pytest.mark.parametrize("name", SAMPLES)
def test_an_agent(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    recording = tmp_path / f"{name}.snmprec"
    recording.write_text(sample["agent"])
    facts = parse_snmprec(recording, PROBES).facts
    device = next(f.value for f in facts if f.kind == "device")
    assert {field: device[field] or "" for field in sample["want"]} == sample["want"]
    assert {kind: sum(f.kind == kind for f in facts) for kind in sample["facts"]} == sample["facts"]
    assert [f.value["name"] for f in facts if f.kind == "access_point" and f.value["joined"]] == sample["joined"]
