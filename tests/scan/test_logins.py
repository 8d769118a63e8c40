"""A scan logs in once to each device over each transport; the lab's servers count."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from collector.cli.context import Context
from collector.model import Transport
from collector.scan import ScanOptions, run_scan
from collector.scan.plan import plan
from collector.store.values import TargetResult
from tests.lab.lab import Lab


class _Kept:
    def __init__(self) -> None:
        self.status: dict[str, str] = {}

    def save_target(self, result: TargetResult) -> None:
        self.status[result.target.name] = f"{result.status} {result.detail}".strip()


def test_one_login_a_device_and_transport(tmp_path: Path) -> None:
    sizes = {"access_switches": 2, "access_points": 4, "users": 20, "computers": 10, "backup_days": 3}
    with Lab(tmp_path, latency_s=0, **sizes) as lab:
        context = Context(lab.config)
        targets, sink = context.inventory.targets, _Kept()
        run_scan(targets, context.probes, context.credentials(targets), sink, ScanOptions(processes=1, threads=4))
        counted = Counter((tmp_path / "logins").read_text().split("\n")[:-1])
    assert {t.name for t in targets} == set(sink.status)
    assert set(sink.status.values()) == {"ok"}, sink.status
    planned = {f"{row['transport']} {row['target']}": row["logins"] for row in plan(targets, context.probes)}
    assert counted == {place: number for place, number in planned.items() if number}
    assert set(counted.values()) == {1}
    assert {place.split()[0] for place in counted} == {"ssh", "ldap", "http"}
    assert all(number == 0 for place, number in planned.items() if place.startswith(Transport.SNMP))
