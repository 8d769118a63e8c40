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
