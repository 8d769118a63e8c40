"""Made-up agents: samples by theme, what they are read as, and the check that they are what they say."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collector.data import probes_folder
from collector.model import Fact
from collector.parse.recorded import parse_snmprec
from collector.probes.definition import load_probes

PROBES = load_probes([probes_folder()])


def samples(theme: str) -> dict[str, dict[str, Any]]:
    """The agents of ``samples_THEME.toml`` by name: the recording as ``agent``, the rest is what must be read from it."""
    return tomllib.loads(Path(__file__).with_name(f"samples_{theme}.toml").read_text())


def facts_of(agent: str, folder: Path) -> Sequence[Fact]:
    recording = folder / "agent.snmprec"
    recording.write_text(agent)
    return parse_snmprec(recording, PROBES).facts


def check_device(facts: Sequence[Fact], sample: dict[str, Any]) -> None:
    """``want`` are fields of the device, empty where nothing is known; ``unknown`` are fields that nobody may guess."""
    device = next(f.value for f in facts if f.kind == "device")
    assert {field: device[field] or "" for field in sample["want"]} == sample["want"]
    assert [field for field in sample.get("unknown", ()) if device[field] is not None] == []
