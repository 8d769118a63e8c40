"""The backup system's objects as rows of its API; names and values are those of the vendor's OpenAPI description (1.3-rev2).

A verification of restore points (SureBackup) is seen in the sessions: the API does not list such jobs among its jobs.
"""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import datetime
from functools import cached_property
from typing import Any

from tests.lab.model import BackupSystem, Job, Repository, Run

Row = dict[str, Any]

_JOB_TYPE = {"backup": "VSphereBackup", "copy": "BackupCopy", "replica": "VSphereReplica"}
_SESSION_TYPE = {"backup": "BackupJob", "copy": "BackupCopyJob", "replica": "ReplicaJob", "verification": "SureBackup"}
_RESULT = {"success": "Success", "warning": "Warning", "failed": "Failed", None: "None"}
_REPOSITORY = {
    "linux_hardened": "LinuxHardened", "linux": "LinuxLocal", "windows": "WinLocal", "smb": "Smb", "nfs": "Nfs", "object": "S3Compatible",
}  # fmt: skip
_PLATFORM = {"vmware": "VMware", "agent": "WindowsPhysical", "hyperv": "HyperV"}
PLATFORM_ID = "00000000-0000-0000-0000-000000000000"


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00")


def derived(*parts: object) -> str:
    """An id that is the same each time for the same thing."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "/".join(map(str, parts))))


class Rows:
    """Every collection of one state of the backup system, made when first asked for."""

    def __init__(self, system: BackupSystem) -> None:
        self.system = system
        self._jobs = {job.id: job for job in system.jobs}
        self._stores = {r.id: r for r in system.repositories}
        self._workloads = {w.id: w for w in system.workloads}
        self._chains = {c.id: c for c in system.chains}

    @cached_property
    def server_info(self) -> Row:
        system = self.system
        return {
            "vbrId": derived(system.name),
            "name": system.hostname,
            "buildVersion": system.version,
            "patches": [],
            "databaseVendor": "PostgreSql",
            "sqlServerEdition": "",
            "sqlServerVersion": "17.5",
            "databaseSchemaVersion": "13.0.1",
            "databaseContentVersion": "13.0.1",
            "veeamRegistration": {"isRegistered": False},
            "platform": "Windows",
        }

    @property
    def _listed(self) -> list[Job]:
        return [job for job in self.system.jobs if job.type in _JOB_TYPE]

    @cached_property
    def jobs(self) -> list[Row]:
        return [self._copy_job(job) if job.type == "copy" else self._backup_job(job) for job in self._listed]

    def _backup_job(self, job: Job) -> Row:
        machines = [self._workloads[w] for w in job.workloads if w in self._workloads]
        includes = [
            {
                "platform": "VSphere",
                "type": "VirtualMachine",
                "hostName": w.host,
                "name": w.name,
                "objectId": w.object_id,
                "size": f"{w.size_gb} GB",
            }
            for w in machines
        ]
        return {
            "id": job.id,
            "name": job.name,
            "type": _JOB_TYPE[job.type],
            "isDisabled": not job.enabled,
            "description": job.description,
            "isHighPriority": False,
            "virtualMachines": {"includes": includes, "excludes": {"vms": [], "disks": []}},
            "storage": {
                "backupRepositoryId": job.repository,
                "backupProxies": {"autoSelectEnabled": True, "proxyIds": []},
                "retentionPolicy": {"type": "RestorePoints", "quantity": 14},
            },
            "guestProcessing": {
                "appAwareProcessing": {"isEnabled": True, "appSettings": []},
                "guestFSIndexing": {"isEnabled": False, "indexingSettings": []},
            },
            "schedule": {
                "runAutomatically": job.enabled,
                "daily": {"isEnabled": True, "localTime": f"{job.hour:02d}:00:00", "dailyKind": "Everyday", "days": []},
            },
        }

    def _copy_job(self, job: Job) -> Row:
        source = self._jobs.get(job.source)
        jobs = [{"id": source.id, "name": source.name, "type": _JOB_TYPE[source.type]}] if source else []
        return {
            "id": job.id,
            "name": job.name,
            "type": "BackupCopy",
            "isDisabled": not job.enabled,
            "description": job.description,
            "mode": "Periodic",
            "sourceObjects": {"includes": {"jobs": jobs, "repositories": [], "backups": []}},
            "target": {
                "backupRepositoryId": job.repository,
                "retentionPolicy": {"type": "RestorePoints", "quantity": 14},
            },
            "schedule": {
                "type": "Periodic",
                "runAutomatically": job.enabled,
                "daily": {"isEnabled": True, "localTime": f"{job.hour:02d}:00:00", "dailyKind": "Everyday", "days": []},
            },
        }

    @cached_property
    def job_states(self) -> list[Row]:
        newest: dict[str, Run] = {}
        for run in self.system.runs:
            if run.job not in newest or run.started_at > newest[run.job].started_at:
                newest[run.job] = run
        return [self._state(job, newest.get(job.id)) for job in self._listed]

    def _state(self, job: Job, last: Run | None) -> Row:
        store = self._stores.get(job.repository)
        running = last is not None and last.ended_at is None
        row: Row = {
            "id": job.id,
            "name": job.name,
            "type": _JOB_TYPE[job.type],
            "description": job.description,
            "status": "Disabled" if not job.enabled else "Running" if running else "Inactive",
            "lastResult": _RESULT[last.result if last else None],
            "workload": "Vm",
            "objectsCount": len(job.workloads),
            "highPriority": False,
            "progressPercent": 50 if running else 0,
        }
        if last:
            row |= {"lastRun": stamp(last.started_at), "sessionId": last.id}
        if job.next_run_at:
            row["nextRun"] = stamp(job.next_run_at)
        if store:
            row |= {"repositoryId": store.id, "repositoryName": store.name}
        return row

    @cached_property
    def sessions(self) -> list[Row]:
        return [self._session(run, self._jobs[run.job], at) for at, run in enumerate(self.system.runs)]

    def _session(self, run: Run, job: Job, at: int) -> Row:
        row: Row = {
            "id": run.id,
            "name": job.name,
            "jobId": job.id,
            "sessionType": _SESSION_TYPE[job.type],
            "creationTime": stamp(run.started_at),
            "state": "Stopped" if run.ended_at else "Working",
            "progressPercent": 100 if run.ended_at else 50,
            "result": {"result": _RESULT[run.result], "message": run.message, "isCanceled": False},
            "usn": 700_000 - at,
            "platformName": _PLATFORM.get(job.platform, "VMware"),
            "platformId": PLATFORM_ID,
            "initiatedBy": "Scheduler",
        }
        return row | ({"endTime": stamp(run.ended_at)} if run.ended_at else {})

    @cached_property
    def task_sessions(self) -> list[Row]:
        """One for each machine of a run that copies data. A failed run failed on its first machine."""
        found: list[Row] = []
        for run in self.system.runs:
            job = self._jobs[run.job]
            if job.type not in ("backup", "copy"):
                continue
            for place, number in enumerate(job.workloads[: run.workloads]):
                result = run.result if place == 0 or run.result is None else "success"
                row: Row = {
                    "id": derived(run.id, number),
                    "type": "Backup",
                    "sessionId": run.id,
                    "sessionType": _SESSION_TYPE[job.type],
                    "creationTime": stamp(run.started_at),
                    "name": self._workloads[number].name,
                    "algorithm": "Increment",
                    "repositoryId": job.repository,
                    "usn": 800_000 - len(found),
                    "state": "Stopped" if run.ended_at else "Working",
                    "result": {
                        "result": _RESULT[result],
                        "message": run.message if result == run.result else "Success",
                    },
                    "platformType": "VMware",
                    "platformId": PLATFORM_ID,
                }
                found.append(row | ({"endTime": stamp(run.ended_at)} if run.ended_at else {}))
        return found

    @cached_property
    def backups(self) -> list[Row]:
        return [
            {
                "id": chain.id,
                "jobId": chain.job,
                "name": chain.name,
                "platformName": _PLATFORM.get(chain.platform, "VMware"),
                "platformId": PLATFORM_ID,
                "creationTime": stamp(chain.created_at),
                "repositoryId": chain.repository,
                "repositoryName": self._stores[chain.repository].name if chain.repository in self._stores else "",
                "jobType": _JOB_TYPE.get(self._jobs[chain.job].type, "Unknown"),
            }
            for chain in self.system.chains
        ]

    @cached_property
    def objects(self) -> list[Row]:
        """A machine once for each backup that it is in."""
        counts = Counter((p.backup, p.workload) for p in self.system.restore_points)
        last = {run.job: run.result for run in sorted(self.system.runs, key=lambda run: run.started_at)}
        found: list[Row] = []
        for (backup, number), count in counts.items():
            machine = self._workloads[number]
            found.append(
                {
                    "id": derived(backup, number),
                    "name": machine.name,
                    "type": "VM",
                    "platformName": _PLATFORM.get(machine.platform, "VMware"),
                    "platformId": PLATFORM_ID,
                    "restorePointsCount": count,
                    "lastRunFailed": last.get(self._chains[backup].job) == "failed",
                    "backupId": backup,
                    "size": int(machine.size_gb * 2**30),
                    "objectId": machine.object_id,
                    "viType": "VirtualMachine",
                    "path": f"{machine.host}\\Datacenter\\{machine.name}",
                }
            )
        return found

    @cached_property
    def restore_points(self) -> list[Row]:
        runs = {(run.job, run.started_at): run.id for run in self.system.runs}
        found: list[Row] = []
        for point in self.system.restore_points:
            row: Row = {
                "id": point.id,
                "name": self._workloads[point.workload].name,
                "platformName": _PLATFORM.get(self._workloads[point.workload].platform, "VMware"),
                "platformId": PLATFORM_ID,
                "creationTime": stamp(point.created_at),
                "backupId": point.backup,
                "type": "Full" if point.kind == "full" else "Increment",
                "allowedOperations": ["StartViVMInstantRecovery", "StartFlrRestore"],
                "malwareStatus": "Clean",
                "guestOsFamily": "Windows",
                "originalSize": int(point.size_gb * 2**30),
            }
            session = runs.get((self._chains[point.backup].job, point.created_at))
            found.append(row | ({"sessionId": session} if session else {}))
        return found

    @cached_property
    def repositories(self) -> list[Row]:
        return [self._repository(r) for r in self.system.repositories]

    def _repository(self, store: Repository) -> Row:
        row: Row = {
            "id": store.id,
            "name": store.name,
            "description": store.description,
            "uniqueId": derived("unique", store.id),
            "type": _REPOSITORY[store.type],
        }
        if store.type == "object":
            locked = {
                "isEnabled": store.immutable_days > 0,
                "daysCount": store.immutable_days,
                "immutabilityMode": "RepositorySettings",
            }
            return row | {
                "taskLimitEnabled": False,
                "account": {
                    "servicePoint": f"https://{store.host}",
                    "regionId": "eu-west",
                    "credentialsId": derived("credentials", store.id),
                    "connectionSettings": {"connectionType": "Direct", "gatewayServerIds": []},
                },
                "bucket": {"bucketName": store.path, "folderName": "vbr", "immutability": locked},
            }
        settings: Row = {
            "path": store.path,
            "taskLimitEnabled": True,
            "maxTaskCount": 8,
            "readWriteLimitEnabled": False,
        }
        if store.type == "linux_hardened":
            settings |= {"useFastCloningOnXFSVolumes": True, "makeRecentBackupsImmutableDays": store.immutable_days}
        return row | {"hostId": derived("host", store.host), "repository": settings}

    @cached_property
    def repository_states(self) -> list[Row]:
        return [
            {
                "id": store.id,
                "name": store.name,
                "type": _REPOSITORY[store.type],
                "description": store.description,
                "path": store.path,
                "capacityGB": store.capacity_gb,
                "freeGB": store.free_gb,
                "usedSpaceGB": round(store.capacity_gb - store.free_gb, 2),
                "isOnline": store.online,
                "isOutOfDate": False,
            }
            | ({} if store.type == "object" else {"hostId": derived("host", store.host), "hostName": store.host})
            for store in self.system.repositories
        ]

    @cached_property
    def servers(self) -> list[Row]:
        hosts = {s.host: s for s in self.system.repositories if s.type != "object"}
        return [
            {
                "id": derived("host", name),
                "name": name,
                "description": store.description,
                "type": "WindowsHost" if store.type == "windows" else "LinuxHost",
                "status": "Available",
                "credentialsStorageType": "Permanent",
            }
            for name, store in hosts.items()
        ]
