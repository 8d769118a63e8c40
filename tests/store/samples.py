"""Scan results of our own making for the store's tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from collector.facts.kinds import kinds
from collector.model import Capture, Endpoint, Fact, KindOutcome, Outcome, Parsed, Target, Transport
from collector.store import TargetResult

NOW = datetime(2026, 11, 23, 19, 30, 0, 250_000, tzinfo=UTC)


def target(name: str = "acc-01", **changes: Any) -> Target:
    endpoint = Endpoint(Transport.SSH, 22, "switch", options={"verify": False, "known_hosts": "known_hosts"})
    made = Target(name, "127.0.0.11", "a_platform", "switch", "main", "access", ("ward", "a"), (endpoint,))
    return replace(made, **changes)


def capture(
    name: str = "acc-01", request: str = "show_vlan", body: bytes | None = b"10 staff\n", **changes: Any
) -> Capture:
    asked = request.replace("_", " ")
    made = Capture(
        name, Transport.SSH, "a_probe", "1", request, "show", asked, NOW, Outcome.OK, account="reader", body=body
    )
    return replace(made, **changes)


def fact(kind: str, key: str, captures: tuple[Capture, ...], host: str = "acc-01", /, **values: Any) -> Fact:
    value = {**dict.fromkeys(kinds()[kind].fields), **values}
    return Fact(kind, host, key, value, captures[0].at, tuple(c.evidence for c in captures))


def result(
    name: str = "acc-01", at: datetime = NOW, uptime: int = 5, vlans: tuple[int, ...] = (10, 20)
) -> TargetResult:
    """A switch with two VLANs, a version and a request that was denied."""
    later = at + timedelta(seconds=2)
    version = capture(name, "show_version", b"uptime is %d s" % uptime, at=at)
    listed = capture(name, "show_vlan", "".join(f"{v} vlan\n" for v in vlans).encode(), at=later)
    denied = capture(name, "show_running", None, at=later, outcome=Outcome.DENIED, detail="needs level 15")
    facts = (
        fact("device", "", (version,), name, hostname=name, uptime_s=uptime),
        *(fact("vlan", str(v), (listed, version), name, id=v, name=f"vlan {v}", active=True) for v in vlans),
    )
    outcomes = (
        KindOutcome(name, "device", Outcome.OK, "", 1, at),
        KindOutcome(name, "vlan", Outcome.OK, "", len(vlans), later),
        KindOutcome(name, "aaa", Outcome.DENIED, "show_running: needs level 15", 0, later),
    )
    captures = (version, listed, denied)
    return TargetResult(target(name), "ok", Outcome.OK, "", captures, Parsed(facts, outcomes))


def by_key(facts: Any) -> list[Fact]:
    return sorted(facts, key=lambda f: (f.target, f.kind, f.key))
