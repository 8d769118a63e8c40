"""The switch probes read all that the simulated hospital's switches answer, and read it as the hospital is."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from collector.model import Capture, Outcome, Parsed, Transport
from collector.parse.convert import interface_name
from collector.parse.engine import parse_target, read_request
from collector.parse.files import cli_probe
from tests.lab.cli import answer
from tests.lab.hospital import Hospital
from tests.lab.model import Switch
from tests.parse.samples import switch_probes

NOW = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)


@cache
def _hospital() -> Hospital:
    return Hospital.load(Path(answer.__file__).parents[1] / "hospital.toml")


def _captures(switch: Switch, *, collected: bool = False) -> list[Capture]:
    probe = cli_probe(switch_probes(), switch.platform)
    return [
        Capture(
            switch.name, Transport.SSH, probe.name, probe.version, request.name, "show", command, NOW, Outcome.OK,
            page=page, body=(answer.answer(switch, command, NOW).rstrip("\n") + "\n").encode(),
        )
        for request in (probe.collected if collected else probe.requests)
        for page, command in enumerate(request.send)
    ]  # fmt: skip


@cache
def _parsed(name: str) -> Parsed:
    return parse_target(switch_probes(), _captures(_switch(name), collected=True))


def _switch(name: str) -> Switch:
    return next(s for s in _hospital().switches if s.name == name)


NAMES = [s.name for s in _hospital().switches]


@pytest.mark.parametrize("name", NAMES)
def test_every_reply_is_read(name: str) -> None:
    """A command may be unknown to a model; none may be misread."""
    captures = _captures(_switch(name))
    probe = cli_probe(switch_probes(), _switch(name).platform)
    wrong = {}
    for request in probe.requests:
        reading = read_request(probe, request.name, [c for c in captures if c.request == request.name])
        if reading.outcome not in (Outcome.OK, Outcome.UNSUPPORTED):
            wrong[request.name] = reading.detail
    assert wrong == {}


@pytest.mark.parametrize("name", NAMES)
def test_ports_are_as_they_are(name: str) -> None:
    found = {f.key: f.value for f in _parsed(name).facts if f.kind == "interface"}
    for port in _switch(name).ports:
        if port.name == "mgmt":  # `show interface` of AOS-CX leaves this one out
            continue
        fact = found[interface_name(port.name)]
        assert (fact["admin_up"], fact["oper_up"]) == (port.admin_up, port.oper_up), port.name
        assert (fact["mac"] or "", fact["description"] or "") == (port.mac, port.description), port.name


@pytest.mark.parametrize("name", NAMES)
def test_neighbours_are_as_they_are(name: str) -> None:
    found = {(f.value["local_interface"], f.value["remote_host"]) for f in _parsed(name).facts if f.kind == "neighbor"}
    links = {
        (interface_name(port.name), end.name.split(".")[0])
        for port in _switch(name).ports
        for end in port.neighbors
        if port.oper_up
    }
    assert links <= found


def test_links_between_switches_are_seen_from_both_ends() -> None:
    ends = {
        (name, f.value["local_interface"], f.value["remote_host"], f.value["remote_interface"])
        for name in NAMES
        for f in _parsed(name).facts
        if f.kind == "neighbor" and f.value["remote_host"] in NAMES
    }
    assert ends
    assert {(b, bp, a, ap) for a, ap, b, bp in ends} == ends


@pytest.mark.parametrize("name", NAMES)
def test_what_makes_one_row_is_as_it_is(name: str) -> None:
    switch = _switch(name)
    rows = {f.kind: f.value for f in _parsed(name).facts if f.key == ""}
    assert rows["device"]["hostname"] == switch.hostname
    assert rows["device"]["serial"] == switch.serial
    assert rows["management_service"]["telnet"] is switch.services.telnet
    assert rows["config_state"]["saved"] is switch.config_saved
    assert rows["ntp_status"]["synchronised"] is switch.ntp.synchronised


@pytest.mark.parametrize("name", NAMES)
def test_the_clock_is_as_far_off_as_it_is(name: str) -> None:
    """One platform has no command that tells it."""
    switch = _switch(name)
    fact = next(f.value for f in _parsed(name).facts if f.kind == "ntp_status")
    chosen = next((p for p in switch.ntp.peers if p.selected), None)
    told = chosen is not None and switch.platform != "cisco_nxos"
    assert fact["offset_s"] == (pytest.approx(chosen.offset_ms / 1000, abs=1e-6) if chosen and told else None)


@pytest.mark.parametrize("name", NAMES)
def test_sessions_have_the_segment_that_they_were_given(name: str) -> None:
    switch = _switch(name)
    if switch.platform not in ("cisco_xe", "aruba_aoscx"):
        return
    found = {f.key: f.value for f in _parsed(name).facts if f.kind == "port_authentication"}
    sessions = {f"{interface_name(p.name)} {a.mac}": a for p in switch.ports for a in p.sessions}
    assert set(found) == set(sessions)
    for key, session in sessions.items():
        if session.authorised and switch.platform == "cisco_xe":
            assert (found[key]["vlan"], found[key]["assigned"]) == (session.vlan or None, bool(session.vlan)), key


def test_the_default_route_goes_where_it_leads() -> None:
    def hops(name: str) -> set[tuple[str, str, str]]:
        found = [f.value for f in _parsed(name).facts if f.kind == "route"]
        return {(row["vrf"], row["protocol"], row["next_hop"]) for row in found}

    assert hops("core-1") == {("default", "bgp", "10.10.251.2"), ("management", "static", "10.99.0.1")}
    assert hops("dist-1") == {("default", "static", "10.10.250.1")}
    assert hops("acc-01") == {("default", "gateway", "10.99.0.1")}


def test_a_core_without_its_edge_router_leaves_through_the_other_core() -> None:
    broken = Hospital.generate(lambda t: t["switch"].setdefault("core-1", {}).update(bgp_down=["wan-1"]))
    reply = answer.answer(broken.switch("core-1"), "show ip route 0.0.0.0 vrf all", NOW)
    assert "*via 10.10.250.2, [200/0]" in reply
    assert "10.10.251.2" not in reply


@pytest.mark.parametrize("name", [n for n in NAMES if _switch(n).platform in ("cisco_nxos", "arista_eos")])
def test_a_tree_has_its_root_port(name: str) -> None:
    switch = _switch(name)
    found = [f.value for f in _parsed(name).facts if f.kind == "stp_port"]
    roots = {(row["instance"], row["interface"]) for row in found if row["role"] == "root"}
    assert roots == {(f"VLAN{t.vlan:04d}", interface_name(t.root_port)) for t in switch.stp if t.root_port}
    assert {row["instance"] for row in found} == {f"VLAN{t.vlan:04d}" for t in switch.stp}


def test_policies_count_what_a_port_sent() -> None:
    switch = _switch("acc-01")
    sent: dict[tuple[str, str], int] = {}
    for fact in (f.value for f in _parsed("acc-01").facts if f.kind == "qos_class"):
        place = (fact["interface"], fact["direction"])
        sent[place] = sent.get(place, 0) + fact["packets"]
    ports = [p for p in switch.ports if p.kind == "ethernet"]
    assert sent == {
        **{(p.name, "in"): p.counters.in_packets for p in ports if p.policy_in},
        **{(p.name, "out"): p.counters.out_packets for p in ports if p.policy_out},
    }
