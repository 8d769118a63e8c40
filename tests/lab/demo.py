"""`make demo`: the main job on a simulated hospital, over the real protocols, on this machine's loopback.

Scans the hospital, prints and writes what came of it, breaks an uplink and a backup job, scans again, and prints what
changed and why. Everything that it leaves is in the folder: config, store with the evidence, report, questionnaire.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.lab.lab import Lab


def main() -> None:
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--dir", type=Path, default=Path("demo"))
    folder: Path = parser.parse_args().dir
    if folder.exists() and any(folder.iterdir()) and not (folder / ".demo").exists():
        sys.exit(f"{folder} is not a folder that the demo made: name another with --dir")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / ".demo").touch()
    began = time.monotonic()
    with Lab(folder, tables={"annex": {"name": "mc-1"}}) as lab:
        title("The hospital is up on loopback. Scanning it over SSH, SNMP, LDAP and HTTPS")
        collector(folder, "scan")
        title("What it comes to")
        collector(folder, "score")
        title("One answer opened: are access switches dual-homed?")
        collector(folder, "explain", "TRN-3-03")
        title(
            "Breaking things: an uplink of acc-02 is pulled out, last night's backup failed, two servers' restore points age"
        )
        lab.change(break_things)
        collector(folder, "scan", quiet=True)
        title("What changed, and why")
        collector(folder, "drift")
    # The lab is gone: what follows needs no device.
    score = collector(folder, "score", "--json", "--scan", "1", keep=True)
    (folder / "score.json").write_text(score)
    collector(folder, "fill", str(questionnaire()), "-o", str(folder / "questionnaire.xlsx"), "--scan", "1", quiet=True)
    collector(folder, "report", "-o", str(folder), "--scan", "1", quiet=True)
    collector(folder, "evidence", "verify", quiet=True)
    title(f"Done in {time.monotonic() - began:.0f} s. Look at")
    for name, what in [
        ("report.html", "the report of the first scan; opens in any browser, no network needed"),
        ("questionnaire.xlsx", "the questionnaire, filled from the first scan"),
        ("score.json", "the first scan's score"),
        ("config.toml", "the configuration: every offline command works with it, as"),
    ]:
        print(f"  {folder / name}: {what}")
    for command in (
        "explain MOB-1-01",
        'query "SELECT target, model, version FROM device"',
        "drift",
        "evidence verify",
    ):
        print(f"    {Path(sys.executable).parent / 'collector'} {command} -c {folder / 'config.toml'}")


def break_things(tables: dict[str, Any]) -> None:
    """One uplink out on both ends; a nightly backup that has failed for over a week."""
    tables["unplugged"] = [*tables.get("unplugged", []), "acc-02 dist-2"]
    failed = {"job": "Clinical systems", "result": "failed", "message": "The target repository is not available."}
    others = [t for t in tables["backup"].get("trouble", []) if t["job"] != failed["job"]]
    tables["backup"]["trouble"] = [*others, *({**failed, "days_ago": day} for day in range(9))]


def questionnaire() -> Path:
    return Path(__file__).parents[2] / "mappings" / "infram-2018" / "questionnaire.xlsx"


def title(text: str) -> None:
    print(f"\n=== {text}\n", flush=True)


def collector(folder: Path, *arguments: str, quiet: bool = False, keep: bool = False) -> str:
    """Runs the command line as a user would; exit code 3 says that some targets failed, which is no reason to stop."""
    command = [sys.executable, "-m", "collector", *arguments, "-c", str(folder / "config.toml")]
    done = subprocess.run(command, stdout=subprocess.PIPE if quiet or keep else None, text=True, check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"collector {' '.join(arguments)} ended with {done.returncode}")
    return done.stdout or ""


if __name__ == "__main__":
    main()
