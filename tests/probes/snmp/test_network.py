"""Made-up agents of switches, routers, optical and access equipment: what they are, and what their makers' tables hold."""

from pathlib import Path

import pytest

from collector.data import probes_folder
from tests.probes.snmp.agents import read_checked, samples

SAMPLES = samples("network")
FILES = sorted((probes_folder() / "snmp" / "network").glob("*.toml"))


@pytest.mark.parametrize("name", SAMPLES)
def test_an_agent(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    facts = read_checked(sample, tmp_path).facts
    for kind, wanted in sample.get("facts", {}).items():
        found = {f.key: f.value for f in facts if f.kind == kind}
        assert sorted(found) == sorted(wanted)
        assert {key: {n: found[key][n] for n in fields} for key, fields in wanted.items()} == wanted


def test_every_file_has_a_sample() -> None:
    """A sample is called after the file that it proves, with a word of its own behind a dash."""
    proven = {name.split("-")[0] for name in SAMPLES}
    assert [path.stem for path in FILES if path.stem not in proven | {"other_ports"}] == []
