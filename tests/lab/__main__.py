"""``python -m tests.lab --dir DIR``: the lab, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import threading
from pathlib import Path

from tests.lab.lab import KINDS, Lab


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description="A simulated hospital on loopback.")
    parser.add_argument("--dir", type=Path, required=True, help="where config.toml and all else is written")
    parser.add_argument("--switches", type=int, default=10, help="access switches")
    parser.add_argument("--latency-ms", type=float, default=30.0, help="how long a reply takes")
    parser.add_argument("--only", nargs="+", choices=KINDS, default=list(KINDS), help="protocols to serve")
    given = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with Lab(
        given.dir, latency_s=given.latency_ms / 1000, kinds=tuple(given.only), access_switches=given.switches
    ) as lab:
        print(f"ready: {len(lab.hospital.nodes)} switches, {lab.config}", flush=True)
        over.wait()


main()
