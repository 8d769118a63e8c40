"""The backup system: jobs that run by night onto three repositories, what failed, what could be restored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.lab.build.plan import Plan
from tests.lab.model import BackupChain, BackupSystem, Job, Repository, RestorePoint, Run, Workload

_HARDENED, _DISK, _AWAY = "Hardened repository A", "Disk repository B", "Off-site object storage"
_GROUPS: tuple[tuple[str, str, tuple[str, ...], int, int], ...] = (
    ("Clinical systems", _HARDENED, ("ehr-db-1", "ehr-db-2", "ehr-app-1", "ehr-app-2", "ehr-web-1"), 20, 1),
    ("Laboratory and radiology", _HARDENED, ("lis-db-1", "lis-app-1", "ris-app-1", "pacs-db-1"), 21, 1),
    ("File servers", _DISK, ("file-1", "file-2", "print-1"), 22, 1),
    ("Infrastructure", _HARDENED, ("dc-1", "dc-2", "dhcp-1", "wsus-1", "nms-1", "radius-1"), 23, 1),
)
_GOOD = "Success"


def build_backup(plan: Plan) -> BackupSystem:
    table: Mapping[str, Any] = plan.tables.get("backup", {})
    name = str(table.get("name", "backup-1"))
    repositories = _repositories(plan, table)
    workloads = _workloads(plan)
    jobs = _jobs(plan, table, repositories, workloads)
    runs = _runs(plan, table, jobs)
    chains, points = _kept(plan, jobs, runs, repositories, workloads)
    return BackupSystem(
        name=name,
        hostname=name,
        platform="veeam_vbr",
        site=plan.site,
        location="Building B, server room B-0.03",
        http=plan.place("backup", 0, "backup"),
        address="10.10.110.11",
        product="Veeam Backup & Replication",
        version="13.0.1.180",
        username=plan.logins.username,
        password=plan.logins.password,
        repositories=repositories,
        workloads=workloads,
        jobs=jobs,
        runs=runs,
        chains=chains,
        restore_points=points,
        faults=plan.faults(name),
        down=name in plan.down,
    )


def _repositories(plan: Plan, table: Mapping[str, Any]) -> tuple[Repository, ...]:
    rows = [
        Repository("", _HARDENED, "linux_hardened", "Site: Building A", "/backup", "bak-a", "Building A", 14, 80000, 31200),
        Repository("", _DISK, "windows", "Site: Building B", "E:\\Backups", "bak-b", "Building B", 0, 40000, 9800),
        Repository(
            "", _AWAY, "object", "Site: second data centre, 40 km away", "hospital-backup", "s3.dr.example", "Second data centre",
            30, 120000, 64000, off_site=True,
        ),
    ]  # fmt: skip
    own = table.get("repository", {})
    changed = [replace(r, **own.get(r.name, {})) for r in rows if own.get(r.name, {}) is not False]
    return tuple(replace(r, id=plan.chance.uuid("repository", r.name)) for r in changed)


def _workloads(plan: Plan) -> tuple[Workload, ...]:
    names = [n for _, _, members, _, _ in _GROUPS for n in members]
    return tuple(
        Workload(
            id=plan.chance.uuid("workload", n),
            name=n,
            platform="vmware",
            type="VirtualMachine",
            object_id=f"vm-{plan.chance.number(100, 9999, 'vm', n)}",
            host="vcenter-1",
            size_gb=float(plan.chance.number(40, 2400, "size", n)),
        )
        for n in names
    )


def _jobs(
    plan: Plan, table: Mapping[str, Any], repositories: tuple[Repository, ...], workloads: tuple[Workload, ...]
) -> tuple[Job, ...]:
    ids = {w.name: w.id for w in workloads}
    stores = {r.name: r.id for r in repositories}
    fallback = next(iter(stores.values()), "")
    jobs = [
        _job(plan, name, "backup", stores.get(store, fallback), tuple(ids[m] for m in members), hour, days)
        for name, store, members, hour, days in _GROUPS
    ]
    away = next((r.id for r in repositories if r.off_site), "")
    if away:
        both = jobs[0].workloads + jobs[1].workloads
        jobs.append(_job(plan, "Copy clinical off-site", "copy", away, both, 3, 1, jobs[0].id))
    tested = tuple(ids[n] for n in ("ehr-db-1", "ehr-app-1", "lis-db-1"))
    jobs.append(_job(plan, "Verify clinical restore", "verification", "", tested, 6, 7))
    off = set(table.get("disabled", ()))
    return tuple(replace(j, enabled=False, next_run_at=None) if j.name in off else j for j in jobs)


def _job(
    plan: Plan, name: str, kind: str, store: str, workloads: tuple[str, ...], hour: int, days: int, source: str = ""
) -> Job:
    return Job(
        id=plan.chance.uuid("job", name),
        name=name,
        type=kind,
        platform="vmware",
        description=f"{name}, {'every day' if days == 1 else 'every week'}",
        enabled=True,
        repository=store,
        workloads=workloads,
        hour=hour,
        every_days=days,
        next_run_at=_last_start(plan.now, hour) + timedelta(days=days),
        source=source,
    )


def _last_start(now: datetime, hour: int) -> datetime:
    """The newest start at that hour which leaves four hours until now, so that no run is going on."""
    start = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    while start > now - timedelta(hours=4):
        start -= timedelta(days=1)
    return start


def _runs(plan: Plan, table: Mapping[str, Any], jobs: tuple[Job, ...]) -> tuple[Run, ...]:
    trouble = {(str(t["job"]), int(t["days_ago"])): t for t in table.get("trouble", ())}
    runs = []
    for job in jobs:
        first = _last_start(plan.now, job.hour)
        for days in range(0, plan.size("backup_days", 30), job.every_days):
            bad = trouble.get((job.name, days), {})
            result = str(bad.get("result", "success"))
            start = first - timedelta(days=days)
            minutes = plan.chance.number(18, 170, "run", job.name, start.date())
            end = start + timedelta(minutes=minutes, seconds=plan.chance.number(0, 59, "run-s", job.name, start.date()))
            runs.append(
                Run(
                    id=plan.chance.uuid("run", job.name, start.date()),
                    job=job.id,
                    started_at=start,
                    ended_at=end,
                    result=result,
                    message=str(bad.get("message", "" if result != "success" else _GOOD)),
                    workloads=len(job.workloads),
                )
            )
    return tuple(sorted(runs, key=lambda r: r.started_at, reverse=True))


def _kept(
    plan: Plan,
    jobs: tuple[Job, ...],
    runs: tuple[Run, ...],
    repositories: tuple[Repository, ...],
    workloads: tuple[Workload, ...],
) -> tuple[tuple[BackupChain, ...], tuple[RestorePoint, ...]]:
    """Each run of the last fortnight that did not fail left a restore point of each of its machines.

    A copy is as old as what it is a copy of: one that runs while the backup fails makes nothing newer.
    """
    sizes = {w.id: w.size_gb for w in workloads}
    made: dict[str, list[datetime]] = {}
    chains, points = [], []
    for job in sorted(jobs, key=lambda j: j.type == "copy"):
        if job.type == "verification":
            continue
        chain = BackupChain(
            plan.chance.uuid("chain", job.name), job.name, job.id, job.repository, job.platform,
            plan.now - timedelta(days=400),
        )  # fmt: skip
        chains.append(chain)
        good = [r for r in runs if r.job == job.id and r.result != "failed" and r.ended_at]
        copied = set()
        for run in good[:14]:
            for w in job.workloads:
                at = run.started_at
                if job.type == "copy":
                    at = max((t for t in made.get(w, ()) if t <= run.started_at), default=at)
                    if (w, at) in copied or w not in made:
                        continue
                    copied.add((w, at))
                else:
                    made.setdefault(w, []).append(at)
                full = at.weekday() == 5
                kind, size = ("full", 0.55) if full else ("increment", 0.04)
                points.append(
                    RestorePoint(plan.chance.uuid("point", run.id, w), w, chain.id, at, kind, round(sizes[w] * size, 1))
                )
    return tuple(chains), tuple(points)
