"""Writes a scan's captures as folders of plain files: readable without this program, and importable again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from collector.errors import EvidenceError
from collector.model import Target, Transport, rfc3339
from collector.store import Store, StoredCapture

SUFFIXES = {Transport.SSH: ".txt", Transport.SNMP: ".snmprec", Transport.LDAP: ".ldif", Transport.HTTP: ".json"}
TARGET_FIELDS = ("address", "platform", "family", "site", "role")


def export_captures(store: Store, scan: int | None, folder: Path, target: str | None = None) -> list[Path]:
    """A folder a target under ``folder``; gives them. Raises EvidenceError where there is something in the way."""
    row = store.scan(scan)
    made = []
    for found in store.targets(row.number):
        if found.status == "planned" or (target is not None and found.target.name != target):
            continue
        path = folder / safe_name(found.target.name)
        if path.exists() and any(path.iterdir()):
            raise EvidenceError(f"{path} is there and not empty", "name a new folder")
        path.mkdir(parents=True, exist_ok=True)
        _write_target(path, found.target)
        _write_captures(store, path, list(store.captures(row.number, found.target.name)))
        made.append(path)
    return made


def safe_name(name: str) -> str:
    """A name that is one file's on every system."""
    return re.sub(r"[^A-Za-z0-9._@-]", "_", name).lstrip(".") or "_"


def _write_target(path: Path, target: Target) -> None:
    # a JSON string is a TOML string as well
    lines = [f"name = {json.dumps(target.name)}"]
    lines += [f"{field} = {json.dumps(getattr(target, field))}" for field in TARGET_FIELDS]
    lines.append(f"tags = {json.dumps(list(target.tags))}")
    (path / "target.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_captures(store: Store, path: Path, captures: Sequence[StoredCapture]) -> None:
    taken: set[str] = set()
    with (path / "captures.jsonl").open("w", encoding="utf-8") as lines:
        for capture in captures:
            file = _file_name(capture, taken) if capture.evidence else None
            if file is not None:
                (path / file).write_bytes(store.body(capture.evidence))
            lines.write(json.dumps(_line(capture, file)) + "\n")


def _file_name(capture: StoredCapture, taken: set[str]) -> str:
    """The request's name and page; with the transport where two requests have one name."""
    page = f".{capture.page}" if capture.page else ""
    stem = safe_name(capture.request)
    names = (f"{stem}{page}", f"{stem}-{capture.transport}{page}", f"{stem}-{safe_name(capture.probe)}{page}")
    suffix = SUFFIXES[capture.transport]
    name = next(n + suffix for n in names if (n + suffix).lower() not in taken)
    taken.add(name.lower())
    return name


def _line(capture: StoredCapture, file: str | None) -> dict[str, Any]:
    return {
        "file": file,
        "transport": str(capture.transport),
        "request": capture.request,
        "at": rfc3339(capture.at),
        "outcome": str(capture.outcome),
        "detail": capture.detail,
        "page": capture.page,
        "probe": capture.probe,
        "probe_version": capture.probe_version,
        "verb": capture.verb,
        "what": capture.what,
        "account": capture.account,
        "evidence": capture.evidence or None,
    }
