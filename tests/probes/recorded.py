"""The samples of structured interfaces: what a probe's requests were answered with, and the facts that must come out.

``samples/PROBE/index.json`` names the replies of one device, ``expected.json`` the facts; ``samples/generic_snmp/NAME.snmprec``
is a whole agent, ``NAME.json`` its facts. The replies are those of the lab's small hospital at one moment.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.model import Capture, Fact, KindOutcome, Outcome, json_value
from collector.probes.definition import ProbeDef

SAMPLES = Path(__file__).with_name("samples")
AT = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)


def captures(probe: ProbeDef) -> list[Capture]:
    """The recorded replies of a probe's device, in the order in which they were asked for."""
    folder = SAMPLES / probe.name
    return [
        Capture(
            target="sample",
            transport=probe.transport,
            probe=probe.name,
            probe_version=probe.version,
            request=entry["request"],
            verb=probe.request(entry["request"]).verb,
            what=entry["what"],
            at=AT,
            outcome=Outcome.OK,
            page=entry["page"],
            body=(folder / entry["file"]).read_bytes(),
        )
        for entry in json.loads((folder / "index.json").read_text(encoding="utf-8"))
    ]


def golden(facts: tuple[Fact, ...], outcomes: tuple[KindOutcome, ...]) -> dict[str, Any]:
    """What a golden file holds: the values that are known."""
    return {
        "outcomes": {o.kind: " ".join((o.outcome.value, o.detail)).strip() for o in outcomes},
        "facts": [
            {"fact": f.kind, "key": f.key, **{k: json_value(v) for k, v in f.value.items() if v is not None}}
            for f in facts
        ],
    }


def dump(value: dict[str, Any]) -> str:
    """JSON with one fact a line, so that a difference shows the fact."""
    facts = ",\n".join("    " + json.dumps(f, ensure_ascii=False) for f in value["facts"])
    return f'{{\n  "outcomes": {json.dumps(value["outcomes"])},\n  "facts": [\n{facts}\n  ]\n}}\n'
