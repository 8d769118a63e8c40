"""Made-up agents: samples by theme, what they are read as, and the check that they are what they say."""

import tomllib
from pathlib import Path
from typing import Any

from collector.data import probes_folder
from collector.model import Outcome
from collector.parse.files import FileResult
from collector.parse.recorded import parse_snmprec
from collector.probes.definition import load_probes

PROBES = load_probes([probes_folder()])


def samples(theme: str) -> dict[str, dict[str, Any]]:
    """The agents of ``samples_THEME.toml`` by name: the recording as ``agent``, the rest is what must be read from it."""
    return tomllib.loads(Path(__file__).with_name(f"samples_{theme}.toml").read_text())


def read(agent: str, folder: Path) -> FileResult:
    recording = folder / "agent.snmprec"
    recording.write_text(agent)
    return parse_snmprec(recording, PROBES)


def read_checked(sample: dict[str, Any], folder: Path) -> FileResult:
    """An agent's facts and outcomes, after a look at its device.

    ``want`` are fields of the device, empty where nothing is known; ``unknown`` are fields that nobody may guess. ``ok`` are
    kinds that were read, with facts or proof that there are none, ``not_ok`` are kinds of which nothing may be claimed.
    """
    result = read(sample["agent"], folder)
    device = next(f.value for f in result.facts if f.kind == "device")
    assert {field: device[field] or "" for field in sample["want"]} == sample["want"]
    assert [field for field in sample.get("unknown", ()) if device[field] is not None] == []
    said = {o.kind for o in result.outcomes if o.outcome is Outcome.OK}
    assert [kind for kind in sample.get("ok", ()) if kind not in said] == []
    assert [kind for kind in sample.get("not_ok", ()) if kind in said] == []
    return result
