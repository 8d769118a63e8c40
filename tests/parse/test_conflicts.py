"""What two readings of one device disagree in, and what is no disagreement."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.facts.kinds import kinds
from collector.model import Capture, Fact, Outcome, Parsed, Transport
from collector.parse.conflicts import KIND, Told, compare
from collector.parse.engine import parse_target
from tests.lab.lab import Lab
from tests.probes.reading import probes, read

AT = datetime(2026, 11, 23, tzinfo=UTC)
CLI = Told(Transport.SSH, "show", whole=True)
AGENT = Told(Transport.SNMP, "table", whole=True)
DETAIL = Told(Transport.SNMP, "detail", fills=True)


def _fact(kind: str, key: str, told: Told, **values: Any) -> Fact:
    value = dict.fromkeys(kinds()[kind].fields) | values
    return Fact(kind, "t", key, value, AT, (f"sha256:{told.request}",))


def _found(kind: str, *rows: tuple[Told, str, dict[str, Any]], ok: bool = True) -> dict[str, tuple[Any, ...]]:
    """The conflicts of some rows by their key: the values of each source."""
    things: dict[str, list[tuple[Told, Fact]]] = {}
    for told, key, values in rows:
        things.setdefault(key, []).append((told, _fact(kind, key, told, **values)))
    sources = [(told, ok) for told in dict.fromkeys((CLI, AGENT))]
    return {f.key: tuple(f.value["values"]) for f in compare(kind, things, sources).facts}


def _two(kind: str, one: dict[str, Any], other: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    return _found(kind, (CLI, "x", one), (AGENT, "x", other))


@pytest.mark.parametrize(
    ("kind", "field", "one", "other"),
    [
        ("device", "hostname", "SW-1", "sw-1.hospital.example"),
        ("device", "version", "15.2(7)E3", "15.2(7)E3, RELEASE SOFTWARE (fc3)"),
        ("device", "serial", None, "00530001"),
        ("device", "serial", "", "00530001"),
        ("device", "uptime_s", 10, 90),
        ("device", "vendor", "One", "Another"),
        ("interface", "oper_up", True, False),
        ("interface", "in_octets", 10, 90),
        ("interface", "description", "to the second floor, we", "to the second floor, west wing"),
        ("neighbor", "local_interface", "Gi1/0/1", "GigabitEthernet1/0/1"),
        ("lag", "members", ["Gi1/0/1", "Gi1/0/2"], ["GigabitEthernet1/0/2", "GigabitEthernet1/0/1"]),
        ("lag", "members", [], ["GigabitEthernet1/0/1"]),
        ("poe_port", "limit_w", 30.0, 30.1),
    ],
)
def test_these_agree_or_may_rightly_differ(kind: str, field: str, one: Any, other: Any) -> None:
    assert _two(kind, {field: one}, {field: other}) == {}


@pytest.mark.parametrize(
    ("kind", "field", "one", "other", "shown"),
    [
        ("device", "serial", "A1", "A2", ("A1", "A2")),
        ("device", "hostname", "sw-1", "sw-10", ("sw-1", "sw-10")),
        ("interface", "admin_up", True, False, ("true", "false")),
        ("interface", "access_vlan", 10, 11, ("10", "11")),
        ("interface", "description", "desk", "chair", ("desk", "chair")),
        ("lag", "members", ["Gi1/0/1"], ["Gi1/0/1", "Gi1/0/2"], ("Gi1/0/1", "Gi1/0/1, Gi1/0/2")),
        ("poe_port", "limit_w", 30.0, 15.4, ("30.0", "15.4")),
    ],
)
def test_these_are_conflicts(kind: str, field: str, one: Any, other: Any, shown: tuple[str, str]) -> None:
    assert _two(kind, {field: one}, {field: other}) == {f"{kind} x {field}": shown}


def test_what_fills_gaps_is_held_against_another_transport_only() -> None:
    rows = (AGENT, "", {"model": "A"}), (DETAIL, "", {"model": "B"})
    assert _found("device", *rows) == {}
    assert _found("device", (CLI, "", {"model": "A"}), (DETAIL, "", {"model": "B"})) == {"device model": ("A", "B")}


@pytest.mark.parametrize(
    ("told", "compared"), [((CLI,), False), ((AGENT, DETAIL), False), ((CLI, DETAIL), True), ((CLI, AGENT), True)]
)
def test_what_was_not_read_twice_proves_nothing(told: tuple[Told, ...], compared: bool) -> None:
    rows = [(t, _fact("device", "", t, model="A")) for t in told]
    assert compare("device", {"": rows}, [(t, True) for t in told]).any is compared


def test_a_source_that_says_two_things_of_a_field_agrees_with_either() -> None:
    rows = (CLI, "x", {"name": "A"}), (AGENT, "x", {"name": "B"}), (AGENT, "x", {"name": "A"})
    assert _found("vlan", *rows) == {}


def test_a_vlan_that_one_transport_lacks() -> None:
    rows = (CLI, "10", {"id": 10}), (AGENT, "10", {"id": 10}), (CLI, "20", {"id": 20}), (AGENT, "30", {"id": 30})
    assert _found("vlan", *rows) == {"vlan 20": ("present", "absent"), "vlan 30": ("present", "absent")}
    assert _found("vlan", *rows, ok=False) == {}, "a table that was not read whole lacks nothing"
    assert _found("vlan", (CLI, "10", {"id": 10}), (CLI, "1002", {"id": 1002})) == {"vlan 10": ("present", "absent")}


@given(st.text(max_size=40), st.text(max_size=40), st.lists(st.text(max_size=9), max_size=3))
def test_any_text_can_be_compared_and_agrees_with_itself(one: str, other: str, members: list[str]) -> None:
    there, back = (_two("vlan", {"name": a}, {"name": b}) for a, b in ((one, other), (other, one)))
    assert bool(there) is bool(back)
    assert _two("vlan", {"name": one}, {"name": one}) == {}
    assert _two("lag", {"members": members}, {"members": members[::-1]}) == {}


def test_ports_that_one_transport_lacks_are_none() -> None:
    assert _found("interface", (CLI, "a", {}), (AGENT, "b", {})) == {}


def test_many_of_one_sort_are_one() -> None:
    rows = [
        (told, str(n), {"mac": f"00:53:00:00:{n:02x}:0{side}"})
        for n in range(30)
        for side, told in enumerate((CLI, AGENT))
    ]
    found = _found("interface", *rows)
    assert found == {"interface * mac": ("30 rows, as 0: 00:53:00:00:00:00", "30 rows, as 0: 00:53:00:00:00:01")}


def test_a_field_name_of_every_mark_exists() -> None:
    assert any(f.varies for kind in kinds().values() for f in kind.fields.values())
    assert {k.name for k in kinds().values() if k.derived} == {KIND}


# Whole devices


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    platforms = {"platforms": ["cisco_xe", "cisco_ios", "aruba_aoscx"]}
    with Lab(
        tmp_path_factory.mktemp("lab"),
        latency_s=0,
        kinds=("ssh", "snmp"),
        access_switches=3,
        tables={"access": platforms},
    ) as running:
        yield running


NODES = ["core-1", "dist-1", "acc-01", "acc-02", "acc-03"]


def _both(lab: Lab, name: str, between: dict[str, Any]) -> tuple[list[Capture], Parsed]:
    """A switch over SSH, then, after it was changed, over SNMP."""
    captures = read(lab.config, name, Transport.SSH)[0]
    lab.change(lambda tables: tables.setdefault("switch", {}).update({name: between}) if between else None)
    try:
        captures += read(lab.config, name, Transport.SNMP)[0]
    finally:
        lab.change(lambda tables: tables.get("switch", {}).pop(name, None))
    return captures, parse_target(probes(), captures)


@pytest.mark.parametrize("name", NODES)
def test_a_switch_that_says_the_same_over_both_has_proven_no_conflict(lab: Lab, name: str) -> None:
    parsed = _both(lab, name, {})[1]
    assert [f for f in parsed.facts if f.kind == KIND] == []
    told = next(o for o in parsed.outcomes if o.kind == KIND)
    assert (told.outcome, told.rows) == (Outcome.OK, 0)


def test_a_switch_that_changed_in_between_disagrees_with_itself(lab: Lab) -> None:
    port = lab.hospital.switch("acc-01").ports[0]
    captures, parsed = _both(lab, "acc-01", {"serial": "FOC5300X001", "descriptions": {port.name: "swapped"}})
    found = {f.key: f for f in parsed.facts if f.kind == KIND}
    assert {"device serial", f"interface {port.name} description"} <= set(found), sorted(found)
    conflict = found["device serial"]
    device = next(f for f in parsed.facts if f.kind == "device")
    assert conflict.value["values"][0] == device.value["serial"], "the first source's word stands"
    assert "FOC5300X001" in conflict.value["values"]
    assert conflict.value["sources"][0].startswith("ssh ")
    assert set(conflict.evidence) <= {c.evidence for c in captures if c.body}
    assert len(conflict.evidence) >= 2


def test_one_transport_alone_proves_nothing_of_the_other(lab: Lab) -> None:
    captures = read(lab.config, "core-1", Transport.SSH)[0]
    only = [c for c in captures if c.request == "show_version"]
    assert KIND not in {o.kind for o in parse_target(probes(), only).outcomes}
