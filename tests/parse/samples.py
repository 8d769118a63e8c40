"""The samples: replies in each platform's format, made for these tests, with what must be read out of them.

``samples/PLATFORM/COMMAND/NAME.txt`` is the reply to a command (blanks are underscores), ``NAME.json`` beside it
the facts and outcomes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from collector.data import probes_folder
from collector.model import Transport
from collector.parse.files import FileResult, parse_file
from collector.probes.definition import ProbeDef, load_probes

AT = datetime(2026, 11, 23, tzinfo=UTC)
SAMPLES = Path(__file__).with_name("samples")


@cache
def switch_probes() -> dict[str, ProbeDef]:
    """Every probe that reads a command line."""
    return {n: p for n, p in load_probes([probes_folder()]).items() if p.transport is Transport.SSH}


def sample_files() -> list[Path]:
    return sorted(SAMPLES.glob("*/*/*.txt"))


def name_of(sample: Path) -> str:
    return str(sample.relative_to(SAMPLES))


def read(sample: Path) -> FileResult:
    platform, command = sample.relative_to(SAMPLES).parts[:2]
    return parse_file(sample, switch_probes(), platform, command.replace("_", " "))


def golden(result: FileResult) -> dict[str, Any]:
    """What a golden file holds: known values only, nothing that changes by itself, of a fingerprint that there is one."""
    found = result.to_json()
    return {
        "outcomes": {o["kind"]: " ".join((o["outcome"], o["detail"])).strip() for o in found["outcomes"]},
        "facts": [
            {"kind": f["kind"], "key": f["key"], **{k: _kept(k, v) for k, v in f["value"].items() if v is not None}}
            for f in found["facts"]
        ],
    }


def _kept(name: str, value: Any) -> Any:
    return str(value).partition(":")[0] if name == "fingerprint" else value


def dump(value: dict[str, Any]) -> str:
    """JSON with one fact a line, so that a difference shows the fact."""
    facts = ",\n".join("    " + json.dumps(f, ensure_ascii=False) for f in value["facts"])
    outcomes = json.dumps(value["outcomes"], ensure_ascii=False)
    return f'{{\n  "outcomes": {outcomes},\n  "facts": [{chr(10) + facts + chr(10) + "  " if facts else ""}]\n}}\n'
