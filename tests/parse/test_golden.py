"""Every sample gives the facts of its golden file, and every request of a switch probe has a sample."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.parse.samples import SAMPLES, dump, golden, name_of, read, sample_files, switch_probes

#: Platforms that another one's samples serve too, because they extend it.
ALSO = {
    "cisco_xe": ("cisco_ios",),
    "cisco_ftd": ("cisco_asa",),
    "brocade_fastiron": ("ruckus_fastiron",),
    "cumulus_linux": ("linux",),
    "dell_sonic": ("linux",),
}


@pytest.mark.parametrize("sample", sample_files(), ids=name_of)
def test_sample_gives_the_golden_facts(sample: Path, request: pytest.FixtureRequest) -> None:
    found = golden(read(sample))
    expected = sample.with_suffix(".json")
    if request.config.getoption("--update", default=False):
        expected.write_text(dump(found), encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


def test_golden_files_belong_to_samples() -> None:
    assert [f for f in SAMPLES.glob("*/*/*.json") if not f.with_suffix(".txt").exists()] == []


def test_every_request_has_a_sample() -> None:
    """A platform that extends another is served by that one's samples too."""
    lacking = []
    for probe in switch_probes().values():
        platforms = [probe.platform, *ALSO.get(probe.platform, ())]
        for request in probe.requests:
            folders = [SAMPLES / p / sent.replace(" ", "_") for p in platforms for sent in request.send[:1]]
            if not any(list(folder.glob("*.txt")) for folder in folders):
                lacking.append(f"{probe.name}: {request.send[0]}")
    assert lacking == []
