"""How a scan reads a cloud with thousands of access points: wall time, CPU and peak memory of the program alone.

    python benchmarks/wireless.py                      # 5,000 access points on 20 sites, 20,000 clients

The cloud is simulated on loopback over HTTPS, in a process of its own, in the form that the probe `juniper_mist` reads (pages of
1,000 for access points, a call for each site for all else). The scan is whole: read, redact, hash, parse, store.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.sessions.api import ApiServer, Handler, credential  # noqa: E402

SITES = 20


def access_point(number: int) -> dict[str, Any]:
    band = {"channel": 36, "num_clients": number % 30, "util_all": number % 100, "noise_floor": -90, "power": 15}
    return {
        "name": f"ap-{number:05}", "mac": f"0053{number:08x}", "model": "AP45", "serial": f"A0530{number:07}",
        "status": "connected" if number % 100 else "disconnected", "site_id": f"site-{number % SITES}", "version": "0.14.29633",
        "map_id": "m1", "x": 1.0, "y": 2.0, "uptime": 86_400, "ip": "192.0.2.1", "num_clients": number % 30,
        "radio_stat": {"band_24": band, "band_5": band, "band_6": band},
    }  # fmt: skip


def client(site: int, number: int) -> dict[str, Any]:
    return {
        "mac": f"02{site:02x}{number:08x}", "ap_mac": f"0053{number:08x}", "ssid": "staff", "band": "5", "rssi": -60,
        "key_mgmt": "WPA2-EAP/CCMP", "is_guest": False, "hostname": f"tablet-{site}-{number}", "vlan_id": "30",
    }  # fmt: skip


def serve(folder: Path, access_points: int, clients: int, ready: Any) -> None:
    """Until the process is ended."""
    aps = [access_point(n) for n in range(access_points)]
    by_site = {f"site-{s}": json.dumps([client(s, n) for n in range(clients // SITES)]).encode() for s in range(SITES)}
    sle = {"end": int(time.time()), "impact": {"total_aps": access_points // SITES},
           "sle": {"samples": {"degraded": [1, 2], "total": [50, 60]}}}  # fmt: skip

    def devices(handler: Handler) -> None:
        page, limit = int(handler.query["page"]), int(handler.query["limit"])
        handler.send(200, aps[(page - 1) * limit : page * limit], {"X-Page-Total": str(access_points)})

    replies: dict[str, Any] = {
        "/api/v1/orgs/o": (200, {"id": "o", "name": "Simulated"}),
        "/api/v1/orgs/o/sites": lambda h: h.send(
            200, [{"id": s, "name": s} for s in by_site] if h.query["page"] == "1" else [], {"X-Page-Total": str(SITES)}
        ),
        "/api/v1/orgs/o/stats/devices": devices,
    }
    for site, body in by_site.items():
        root = f"/api/v1/sites/{site}"
        replies |= {
            f"{root}/wlans/derived": (
                200,
                [{"ssid": "staff", "enabled": True, "auth": {"type": "eap", "pairwise": ["wpa2-ccmp"]}}],
            ),
            f"{root}/stats/clients": (200, body),
            f"{root}/insights/rogues": (200, {"results": []}),
            f"{root}/setting/derived": (200, {"rogue": {"enabled": True}, "rtsa": {"enabled": False}}),
            f"{root}/stats/assets": (200, []),
        }
        for measure in ("coverage", "capacity", "successful-connect", "time-to-connect", "roaming", "throughput"):
            replies[f"{root}/sle/site/{site}/metric/{measure}/summary"] = (200, sle)
    with ApiServer(folder, replies) as server:
        ready.send(server.port)
        threading.Event().wait()


def scan(folder: Path, port: int) -> int:
    """A whole scan into a store; how many facts it gave."""
    from collector.data import probes_folder
    from collector.evidence.redact import redact
    from collector.model import Endpoint, Target, Transport
    from collector.probes.definition import load_probes
    from collector.scan import ScanOptions, run_scan
    from collector.store import Store
    from collector.store.values import TargetResult

    own = {"ca_file": str(folder / "ca.pem"), "values": {"org_id": "o"}}
    target = Target("cloud", "127.0.0.1", "juniper_mist", "wireless", endpoints=(
        Endpoint(Transport.HTTP, port, "api", 5, 600, own),
    ))  # fmt: skip
    with Store.open(folder / "store.db") as store:
        number = store.begin_scan("scan", datetime.now(UTC), "", [target])

        class Sink:
            def save_target(self, result: TargetResult) -> None:
                store.save_target(number, result)

        account = replace(credential(), name="api")
        options = ScanOptions(processes=1, threads=2, redact=partial(redact, key=b"k" * 32))
        run_scan([target], load_probes([probes_folder()]), {"api": account}, Sink(), options)
        store.finish_scan(number, datetime.now(UTC))
        bad = [o for o in store.outcomes(number) if o.outcome != "ok"]
        if bad:
            raise SystemExit(f"not read: {bad}")
        return sum(1 for kind in ("access_point", "radio", "wireless_client") for _ in store.facts(number, kind))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--access-points", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=20_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        here, there = multiprocessing.Pipe()
        cloud = multiprocessing.Process(
            target=serve, args=(folder, given.access_points, given.clients, there), daemon=True
        )
        cloud.start()
        port = here.recv()
        peak, over = [0], threading.Event()
        threading.Thread(target=watch, args=(cloud.pid, peak, over), daemon=True).start()
        began = time.monotonic()
        facts = scan(folder, port)
        wall = time.monotonic() - began
        over.set()
        used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        cpu = sum(u.ru_utime + u.ru_stime for u in used)  # the cloud has not ended, so it is not among the children
        print(f"{given.access_points} access points, {given.clients} clients: {facts} facts in {wall:.1f} s, "
              f"{cpu:.1f} s of CPU, at most {peak[0] / 1e6:.0f} MB")  # fmt: skip
        cloud.terminate()


def watch(cloud: int | None, peak: list[int], over: threading.Event) -> None:
    """The largest sum of the program's memory, the cloud's aside, looked at five times a second."""
    own = psutil.Process()
    while not over.wait(0.2):
        try:
            tree = [own, *(p for p in own.children(recursive=True) if p.pid != cloud)]
            peak[0] = max(peak[0], sum(p.memory_full_info().pss for p in tree))
        except (psutil.Error, OSError):
            continue


if __name__ == "__main__":
    main()
