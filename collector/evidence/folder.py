"""Reads folders of recorded replies, those that ``export`` wrote and plain recordings, as the captures of a scan.

What is in a folder comes from outside: nothing in it can name a file elsewhere, a mistake in one file costs that file
alone, and every capture is redacted as a live one would be.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from collector.errors import NotFoundError
from collector.evidence.export import TARGET_FIELDS
from collector.evidence.plain import plain_captures, probe_for
from collector.evidence.redact import redact
from collector.identify import identify_snmprec
from collector.model import Capture, Endpoint, Outcome, Target, Transport, from_rfc3339
from collector.probes.definition import ProbeDef

_LARGEST = 256 * 2**20
_OWN_FILES = frozenset({"target.toml", "captures.jsonl"})
_PORTS = {Transport.SSH: 22, Transport.SNMP: 161, Transport.LDAP: 636, Transport.HTTP: 443}


@dataclass(frozen=True, slots=True)
class ImportedTarget:
    """A target that a folder describes and what was recorded of it."""

    target: Target
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a folder held; ``notes`` say of every file that was left out which it is and why."""

    targets: tuple[ImportedTarget, ...]
    notes: tuple[str, ...] = ()


def import_folder(folder: Path, probes: Mapping[str, ProbeDef], key: bytes) -> Imported:
    """``DIR/TARGET/...``; a folder that is itself one target's, or holds recorded agents as files, is read too.

    ``key`` is the store's for redaction. Raises NotFoundError where there is no such folder.
    """
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {folder}", "name the folder that holds a folder a target")
    notes: list[str] = []
    targets = [t for path, own in _places(folder) if (t := _Import(path, own, probes, key, notes).target())]
    seen: dict[str, ImportedTarget] = {}
    for found in targets:
        if found.target.name in seen:
            notes.append(f"{folder / found.target.name}: there is a target of that name already; left out")
        seen.setdefault(found.target.name, found)
    return Imported(tuple(seen.values()), tuple(notes))


def _places(folder: Path) -> Iterator[tuple[Path, list[Path]]]:
    """What is one target: a path that names it and its files."""
    if (folder / "target.toml").exists() or (folder / "captures.jsonl").exists():
        yield folder.resolve(), _files(folder)
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield path, _files(path)
        else:
            yield path, [path]


def _files(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.iterdir()) if not p.name.startswith(".")]


class _Import:
    """One target's folder, or its one file."""

    def __init__(
        self, path: Path, files: list[Path], probes: Mapping[str, ProbeDef], key: bytes, notes: list[str]
    ) -> None:
        self._path = path
        self._files = files
        self._probes = probes
        self._key = key
        self._notes = notes

    def target(self) -> ImportedTarget | None:
        """The target and its captures; None where the files are nobody's."""
        described = self._described()
        if described is None:
            return None
        listed, taken = self._listed(described)
        captures: dict[tuple[str, str, int], Capture] = {}
        for capture in (*listed, *self._plain(described, taken)):
            place = (capture.probe, capture.request, capture.page)
            if place in captures:
                self._note(self._path, f"{capture.request} page {capture.page} was recorded twice; the first is taken")
            captures.setdefault(place, capture)
        kept = tuple(redact(c, self._probes[c.probe], (), self._key) for c in captures.values())
        used = dict.fromkeys(c.transport for c in kept)
        endpoints = tuple(Endpoint(transport, _PORTS[transport]) for transport in used)
        return ImportedTarget(replace(described, endpoints=endpoints), kept)

    def _note(self, path: Path, text: str) -> None:
        self._notes.append(f"{path}: {text}")

    def _described(self) -> Target | None:
        """The target as ``target.toml`` says; without one, as an SNMP recording gives itself away."""
        file = self._path / "target.toml"
        if file.is_file():
            try:
                return _target(tomllib.loads(file.read_text(encoding="utf-8")), self._path.name)
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
                self._note(file, f"cannot be read: {error}")
                return None
        for path in self._files:
            if path.suffix in (".snmprec", ".snmpwalk", ".walk"):
                platform = identify_snmprec(path, self._probes).platform or ""
                family = next((p.family for p in self._probes.values() if p.platform == platform), "")
                return Target(path.stem if path == self._path else self._path.name, "", platform, family)
        self._note(self._path, "no target.toml says what it is; give at least its platform")
        return None

    def _listed(self, target: Target) -> tuple[list[Capture], set[Path]]:
        """What ``captures.jsonl`` lists, and the files that it names."""
        path = self._path / "captures.jsonl"
        found: list[Capture] = []
        taken: set[Path] = set()
        if not path.is_file():
            return found, taken
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if not line.strip():
                continue
            try:
                capture, file = self._capture(target, json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
                self._note(path, f"line {number} cannot be read: {type(error).__name__} {error}")
                continue
            if file is not None:
                taken.add(file)
            if capture.probe in self._probes:
                found.append(capture)
            else:
                self._note(
                    path,
                    f"line {number}: no probe asks {capture.request!r} of {target.platform!r} over {capture.transport}",
                )
        return found, taken

    def _capture(self, target: Target, line: Mapping[str, Any]) -> tuple[Capture, Path | None]:
        transport, request = Transport(line["transport"]), str(line["request"])
        outcome = Outcome(line["outcome"])
        file = self._named(line.get("file"))
        probe = self._probe_of(line, target, transport, request)
        asked = next((r for r in probe.requests if r.name == request), None) if probe else None
        page = int(line.get("page", 0))
        capture = Capture(
            target=target.name,
            transport=transport,
            probe=probe.name if probe and asked else "",
            probe_version=str(line.get("probe_version", probe.version if probe else "")),
            request=request,
            verb=str(line.get("verb", asked.verb if asked else "")),
            what=str(line.get("what", ", ".join(asked.send) if asked else "")),
            at=from_rfc3339(line["at"]),
            outcome=outcome,
            detail=str(line.get("detail") or ""),
            page=page,
            account=str(line.get("account") or ""),
            body=None if file is None else file.read_bytes(),
        )
        if outcome is Outcome.OK and file is None:
            raise ValueError("a reply that is ok needs a file")
        return capture, file

    def _probe_of(self, line: Mapping[str, Any], target: Target, transport: Transport, request: str) -> ProbeDef | None:
        """The probe that the line names, else the platform's own that asks this."""
        named = self._probes.get(str(line.get("probe", "")))
        if named is not None and any(r.name == request for r in named.requests):
            return named
        return probe_for(self._probes, target.platform, transport, request)

    def _named(self, name: Any) -> Path | None:
        """A file of this folder by its plain name; anything else is refused."""
        if name is None or name == "":
            return None
        path = self._path / str(name)
        if path.name != name or path.is_symlink() or not path.is_file():
            raise ValueError(f"{name!r} is no file of this folder")
        if path.stat().st_size > _LARGEST:
            raise ValueError(f"{name!r} is larger than {_LARGEST >> 20} MB")
        return path

    def _plain(self, target: Target, taken: set[Path]) -> Iterator[Capture]:
        """The recordings that no list names."""
        for path in self._files:
            if path in taken or path.name in _OWN_FILES:
                continue
            try:
                if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
                    self._note(path, "no plain file, or too large; left out")
                    continue
                at = datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)
                found = plain_captures(path, path.read_bytes(), target, self._probes, at)
            except OSError as error:
                self._note(path, f"cannot be read: {error.strerror}")
                continue
            if not found:
                self._note(path, f"no probe of {target.platform or 'an unknown platform'} asks for it; left out")
            yield from found


def _target(table: Mapping[str, Any], name: str) -> Target:
    fields = {field: table.get(field, "") for field in TARGET_FIELDS}
    tags = table.get("tags", [])
    if not all(isinstance(v, str) for v in (*fields.values(), *tags, table.get("name", name))):
        raise ValueError("name, address, platform, family, site, role and tags are text")
    return Target(**fields, name=table.get("name") or name, tags=tuple(tags))
