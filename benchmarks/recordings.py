"""Recorded SNMP agents read and held against what is known of them: a table by field, by vendor, and the misses.

A local check: the recordings are no part of the project, and without them it says so and ends. They are found in
`../shared/recordings/snmp.tar.xz` beside the checkout with `snmp_truth.jsonl`, or in a folder given as `--folder` (with `dev/*.snmprec`).

    python benchmarks/recordings.py [--field version] [--name PART] [--vendors] [--misses] [--without-doubts]

Texts agree after folding case and punctuation where they are equal or one holds the other whole. A device's ports agree when
their number does, its VLANs when every id does, its neighbours one by one (port and remote name). `held` counts only what stands
somewhere in the recording, so that a reader could have found it. `doubts_*.toml` beside this file list where the truth is doubtful.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tarfile
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from agreement import agree, folded

from collector.data import probes_folder
from collector.parse.recorded import parse_snmprec
from collector.parse.snmprec import read_recording
from collector.probes.definition import ProbeDef, load_probes

SHARED = Path(__file__).resolve().parents[2] / "shared" / "recordings"
DOUBTS = sorted(Path(__file__).parent.glob("doubts_*.toml"))
FIELDS = ("hardware", "version", "serial", "interfaces", "neighbours", "vlans", "access points", "bgp peers")
AIMS = {
    "hardware": 90, "version": 90, "serial": 90, "interfaces": 97, "neighbours": 90, "vlans": 90, "access points": 90,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the truth names."""

    name: str
    field: str
    right: bool
    held: bool
    wanted: str
    found: str
    vendor: str
    os: str


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--truth", type=Path, default=SHARED / "snmp_truth.jsonl")
    parser.add_argument("--field", choices=FIELDS)
    parser.add_argument("--name", default="", help="only recordings whose name has this")
    parser.add_argument(
        "--type", default="", help="only this kind of device, as the truth names it: network, power ..."
    )
    parser.add_argument("--vendors", action="store_true", help="the table by vendor too")
    parser.add_argument("--misses", action="store_true", help="list what was missed")
    parser.add_argument("--without-doubts", action="store_true", help="leave out what doubts_*.toml list")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = chosen.folder
        if folder is None:
            archive = SHARED / "snmp.tar.xz"
            if not archive.is_file():
                print(f"skipped: no recordings at {archive}", file=sys.stderr)
                return 0
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            with tarfile.open(archive) as opened:
                opened.extractall(folder, filter="data")
        rows = [json.loads(line) for line in chosen.truth.read_text().splitlines()]
        rows = [r for r in rows if chosen.name in r["name"] and chosen.type in r["type"]]
        started = time.monotonic()
        with ProcessPoolExecutor() as pool:
            checks = [c for found in pool.map(_checked, [(folder, row) for row in rows], chunksize=8) for c in found]
        taken = time.monotonic() - started
    doubts = _doubts() if chosen.without_doubts else set()
    checks = [c for c in checks if (c.name, c.field) not in doubts and chosen.field in (None, c.field)]
    _report(checks, chosen.vendors, chosen.misses)
    print(f"\n{len(rows)} recordings in {taken:.0f} s, {60 * len(rows) / max(taken, 0.1):.0f} a minute")
    return 0


def _doubts() -> set[tuple[str, str]]:
    entries = [entry for path in DOUBTS for entry in tomllib.loads(path.read_text()).get("doubt", [])]
    return {(name, entry["field"]) for entry in entries if "names" in entry for name in entry["names"]}


def _report(checks: list[Check], vendors: bool, misses: bool) -> None:
    if misses:
        for check in sorted((c for c in checks if not c.right), key=lambda c: (c.field, c.os, c.name)):
            held = "" if check.held else " (not in the recording as such)"
            print(
                f"{check.field:13} {check.name:32} {check.vendor}: wanted {check.wanted!r}, read {check.found!r}{held}"
            )
        print()
    if vendors:
        by_vendor: dict[str, list[Check]] = defaultdict(list)
        for check in checks:
            by_vendor[check.vendor].append(check)
        for vendor, own in sorted(by_vendor.items(), key=lambda item: -len(item[1])):
            parts = [f"{f} {_share(own, f)}" for f in FIELDS if any(c.field == f for c in own)]
            print(f"{vendor:24} " + ", ".join(parts))
        print()
    print(f"{'field':14} {'right':>6} {'of':>6} {'share':>8} {'aim':>5}   held: right of share")
    for field in FIELDS:
        own = [c for c in checks if c.field == field]
        held = [c for c in own if c.held]
        if own:
            right, seen = sum(c.right for c in own), sum(c.right for c in held)
            aim = f"{AIMS[field]} %" if field in AIMS else ""
            print(
                f"{field:14} {right:6} {len(own):6} {100 * right / len(own):7.1f}% {aim:>5}"
                f"   {seen} of {len(held)} {100 * seen / max(1, len(held)):.1f}%"
            )


def _share(checks: list[Check], field: str) -> str:
    own = [c for c in checks if c.field == field]
    return f"{sum(c.right for c in own)}/{len(own)}"


@cache
def _probes() -> dict[str, ProbeDef]:
    return load_probes([probes_folder()])


def _checked(job: tuple[Path, dict[str, Any]]) -> list[Check]:
    folder, row = job
    path = folder / "dev" / f"{row['name']}.snmprec"
    result = parse_snmprec(path, _probes())
    facts: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for fact in result.facts:
        facts[fact.kind].append(dict(fact.value))
    device = facts["device"][0] if facts["device"] else {}
    text = folded(" ".join(_values(path)))
    vendor = str(device.get("vendor") or "?")
    return [
        Check(row["name"], field, right, held is None or folded(held) in text, wanted, found, vendor, row["os"])
        for field, right, held, wanted, found in _compared(row, device, facts)
    ]


_Compared = tuple[str, bool, str | None, str, str]


def _compared(
    row: dict[str, Any], device: dict[str, Any], facts: dict[str, list[dict[str, Any]]]
) -> Iterator[_Compared]:
    for field, own in (("hardware", "model"), ("version", "version"), ("serial", "serial")):
        if row[field]:
            found = str(device.get(own) or "")
            yield field, agree(row[field], found), row[field], str(row[field]), found
    if row["ports"]:
        wanted, found = len(row["ports"]), len(facts["interface"])
        yield "interfaces", wanted == found, None, str(wanted), str(found)
    if row["links"]:
        yield from _neighbours(row["links"], facts["neighbor"])
    if row["vlans"]:
        ids = {int(v) for v in row["vlans"]}
        read = {int(v["id"]) for v in facts["vlan"] if v.get("id") is not None}
        yield "vlans", ids == read, None, _ids(ids - read, "missing"), _ids(read - ids, "more")
    if row["ap_count"]:
        joined = sum(ap.get("joined") is not False for ap in facts["access_point"])
        summary = facts["wireless_summary"][0].get("access_points") if facts["wireless_summary"] else None
        yield (
            "access points",
            row["ap_count"] in (joined, summary),
            None,
            str(row["ap_count"]),
            f"{joined}, says {summary}",
        )
    if row["bgp_peers"]:
        peers = {str(p["address"]): str(p["state"]) for p in facts["bgp_peer"]}
        for address, state in row["bgp_peers"]:
            found = peers.get(address)
            yield (
                "bgp peers",
                found is not None and (not state or found == state),
                None,
                f"{address} {state}",
                str(found),
            )


def _ids(ids: set[int], word: str) -> str:
    return f"{len(ids)} {word} {sorted(ids)[:8]}"


def _neighbours(links: list[list[Any]], facts: list[dict[str, Any]]) -> Iterator[_Compared]:
    """Each link of the truth: a neighbour of that name on that port; names whose domain or serial number differs agree."""
    known = [
        (_port(f.get("local_interface")), folded(f.get("remote_host")), folded(f.get("remote_chassis"))) for f in facts
    ]
    for port, _, host, _remote in links:
        wanted = folded(host)
        right = any(
            any(one and wanted and (one in wanted or wanted in one) for one in (name, chassis))
            and (not port or not local or local in _port(port) or _port(port) in local)
            for local, name, chassis in known
        )
        near = next((f"{p} {n}" for p, n, _ in known if p == _port(port)), "")
        yield "neighbours", right, None, f"{port} {host}", near


def _port(name: Any) -> str:
    """A port's name without the letters that long and short forms differ in."""
    text = str(name or "").lower()
    digits = re.search(r"\d.*", text)
    return folded(text[:2] + digits[0]) if digits else folded(text)


def _values(path: Path) -> Iterator[str]:
    for value in read_recording(path.read_bytes()).values.values():
        yield value.data.decode("utf-8", "replace") if isinstance(value.data, bytes) else str(value.data)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
