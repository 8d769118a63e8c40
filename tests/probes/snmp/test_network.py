"""Made-up agents of switches, routers, optical and access equipment: what they are, and what their makers' tables hold."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from collector.data import probes_folder
from collector.parse.recorded import parse_snmprec
from collector.probes.definition import load_probes

PROBES = load_probes([probes_folder()])
SAMPLES: dict[str, dict[str, Any]] = tomllib.loads(Path(__file__).with_name("samples_network.toml").read_text())
FILES = sorted((probes_folder() / "snmp" / "network").glob("*.toml"))


@pytest.mark.parametrize("name", SAMPLES)
def test_an_agent(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    recording = tmp_path / f"{name}.snmprec"
    recording.write_text(sample["agent"])
    facts = parse_snmprec(recording, PROBES).facts
    device = next(f.value for f in facts if f.kind == "device")
    assert {field: device[field] for field in sample["want"]} == sample["want"]
    assert [field for field in sample.get("unknown", ()) if device[field] is not None] == []
    for kind, wanted in sample.get("facts", {}).items():
        found = {f.key: f.value for f in facts if f.kind == kind}
        assert sorted(found) == sorted(wanted)
        assert {key: {n: found[key][n] for n in fields} for key, fields in wanted.items()} == wanted


def test_every_file_has_a_sample() -> None:
    """A sample is called after the file that it proves, with a word of its own behind a dash."""
    proven = {name.split("-")[0] for name in SAMPLES}
    assert [path.stem for path in FILES if path.stem not in proven | {"other_ports"}] == []
