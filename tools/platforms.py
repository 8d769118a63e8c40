"""Writes ``docs/platforms.md``: what is read of each platform, over what, and what it was tested on."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from collector.data import probes_folder
from collector.model import Transport
from collector.probes.definition import ProbeDef, load_probes

ROOT = Path(__file__).parents[1]
MEASURED = ROOT / "docs" / "measured" / "cli.toml"
SAMPLES = (ROOT / "tests" / "parse" / "samples", ROOT / "tests" / "probes" / "samples")

#: What the simulated hospital (`tests/lab`) has servers for, and what is tested against a real server (`tests/real`).
LAB = frozenset(
    {
        "arista_eos",
        "aruba_aoscx",
        "cisco_ios",
        "cisco_nxos",
        "cisco_xe",
        "cisco_c9800",
        "veeam_vbr",
        "active_directory",
        "*",
    }
)
REAL: Mapping[str, str] = {
    "openldap": "slapd",
    "ds389": "389 Directory Server",
    "active_directory": "Samba",
    "restic": "restic",
    "borg": "Borg",
    "backuppc": "BackupPC",
    "*": "net-snmp",
}

_HEAD = """\
# Platforms

Made by `make docs` from `probes/`. What is read of each platform, over which transport, and what that was tested on:

- **recordings**: replies of real devices, of how many as many things were read as others read of them (counts in
  `docs/measured/cli.toml`, written by `benchmarks/cli_recordings.py`); the recordings are no part of this project
- **real**: a real server in the tests; **lab**: our own simulated devices, which say what we think that devices say
- **samples**: replies that we wrote ourselves; where nothing else stands, nobody has tried it on such a device

Kinds in *italics* are read of saved replies only (`collector parse`, `collector import`): a scan does not ask for them.
"""


def platforms_page() -> str:
    """A table for each family, then each platform with its fact kinds."""
    probes = load_probes([probes_folder()])
    measured = tomllib.loads(MEASURED.read_text(encoding="utf-8")) if MEASURED.is_file() else {}
    samples = _samples(probes.values())
    by_platform: dict[str, list[ProbeDef]] = {}
    for probe in sorted(probes.values(), key=lambda p: (p.platform, p.transport, p.name)):
        if probe.requests:
            by_platform.setdefault(probe.platform, []).append(probe)
    lines = [_HEAD]
    for family in sorted({found[0].family for found in by_platform.values()}):
        members = {name: found for name, found in by_platform.items() if found[0].family == family}
        lines += [f"## {family}", "", "| platform | over | fact kinds | tested on |", "|---|---|---|---|"]
        lines += [_row(name, found, measured, samples) for name, found in members.items()]
        lines.append("")
        for name, found in members.items():
            lines += _section(name, found)
    return "\n".join(lines)


def _title(platform: str) -> str:
    return "any, over SNMP" if platform == "*" else platform


def _row(name: str, probes: list[ProbeDef], measured: Mapping[str, Any], samples: Mapping[str, int]) -> str:
    over = ", ".join(dict.fromkeys(p.transport.value for p in probes))
    kinds = {kind for p in probes for r in p.requests for kind in r.kinds}
    said = []
    counts = measured.get(name, {})
    if counts.get("recordings"):
        said.append(f"recordings: {counts['same']} of {counts['recordings']}")
    if name in REAL:
        said.append(f"real: {REAL[name]}")
    if name in LAB:
        said.append("lab")
    if samples.get(name):
        said.append("samples")
    return f"| {_title(name)} | {over} | {len(kinds)} | {'; '.join(said) or 'nothing yet'} |"


def _section(name: str, probes: Iterable[ProbeDef]) -> list[str]:
    lines = [f"### {_title(name)}", ""]
    for probe in probes:
        kinds = dict.fromkeys(kind for request in probe.requests for kind in request.kinds)
        asked = set(probe.kinds)
        shown = ", ".join(f"`{kind}`" if kind in asked else f"*{kind}*" for kind in sorted(kinds))
        lines += [f"- {probe.transport.value} (`{probe.name}`{_rights(probe)}): {shown}"]
    return [*lines, ""]


def _rights(probe: ProbeDef) -> str:
    """What the account must be allowed to do, where the probe says it."""
    if "rights" in probe.session:
        return f"; account: {probe.session['rights']}"
    if probe.transport is Transport.SSH and probe.session.get("enable"):
        return "; account: privileged mode, for the configuration"
    return ""


def _samples(probes: Iterable[ProbeDef]) -> dict[str, int]:
    """How many sample replies each platform has."""
    counts: Counter[str] = Counter()
    for path in SAMPLES[0].glob("*/*/*.txt"):
        counts[path.relative_to(SAMPLES[0]).parts[0]] += 1
    for probe in probes:
        folder = SAMPLES[1] / probe.name
        counts[probe.platform] += sum(path.name not in ("expected.json", "index.json") for path in folder.glob("*.*"))
    return counts
