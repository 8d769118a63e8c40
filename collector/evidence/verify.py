"""Recomputes every hash of the store and checks that everything that is referred to is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from collector.errors import CollectorError
from collector.store import Store
from collector.store.audit import Finding, audit

_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Check:
    """One line of INTERFACE's ``checks``."""

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "hint": self.hint}


@dataclass(frozen=True, slots=True)
class Verification:
    """All checks; ``ok`` only if each is. Its exit code is 6 where it is not."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        return {"ok": self.ok, "checks": [check.to_json() for check in self.checks]}


def verify(store: Store, scan: int | None = None) -> Verification:
    """The whole store, or one scan. What is damaged is named: scan, target, request and page."""
    if scan is not None:
        store.scan(scan)
    try:
        return Verification(tuple(_checks(store, scan)))
    except CollectorError as error:
        return Verification((Check("the store can be read", False, error.message, error.hint),))


def _checks(store: Store, scan: int | None) -> Iterator[Check]:
    report = audit(store, scan)
    for area in report.areas:
        findings = [f for f in report.findings if f.area == area.name]
        if not findings:
            yield Check(area.name, True, f"{area.checked} checked")
        for finding in findings[:_SHOWN]:
            yield Check(f"{area.name}: {finding.where}", False, finding.what, _hint(finding))
        if len(findings) > _SHOWN:
            yield Check(area.name, False, f"{len(findings) - _SHOWN} more are damaged", "restore the store from a copy")


def _hint(finding: Finding) -> str:
    return "restore the store from a copy, or scan again; answers that rest on it are not proven"
