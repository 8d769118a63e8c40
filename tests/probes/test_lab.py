"""The lab's servers, read through real sessions: the facts are those of the hospital that they serve."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from collector.errors import SessionError
from collector.model import Outcome, Transport
from tests.lab.lab import Lab
from tests.probes.reading import account, by_kind, outcomes, read


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab(tmp_path_factory.mktemp("lab"), latency_s=0, kinds=("snmp", "http", "ldap")) as running:
        yield running


def test_a_switch_over_snmp_is_the_hospitals(lab: Lab) -> None:
    _, parsed = read(lab.config, "acc-01", Transport.SNMP)
    switch, found = lab.hospital.switch("acc-01"), by_kind(parsed)
    (device,) = found["device"]
    assert (device.value["hostname"], device.value["serial"]) == (switch.hostname, switch.serial)
    assert (device.value["platform"], device.value["version"]) == (switch.platform, switch.version)
    by_name = {i.value["name"]: i.value for i in found["interface"]}
    assert {p.name for p in switch.ports} <= set(by_name)
    for port in switch.ports:
        assert by_name[port.name]["oper_up"] is port.oper_up
        assert by_name[port.name]["admin_up"] is port.admin_up
    assert {v.value["id"] for v in found["vlan"]} == {v.id for v in switch.vlans}


def test_a_link_is_seen_from_both_ends(lab: Lab) -> None:
    ends = set()
    for name in ("dist-1", "acc-01", "acc-09"):
        _, parsed = read(lab.config, name, Transport.SNMP)
        for fact in by_kind(parsed)["neighbor"]:
            v = fact.value
            ends.add((name, v["local_interface"], v["remote_host"], v["remote_interface"]))
    inner = {e for e in ends if {e[0], e[2]} <= {"dist-1", "acc-01", "acc-09"}}
    assert len(inner) == 4
    assert {(there, port, here, local) for here, local, there, port in inner} == inner


def test_an_unplugged_uplink_is_gone_and_its_port_is_down(lab: Lab) -> None:
    before = {f.key for f in by_kind(read(lab.config, "acc-02", Transport.SNMP)[1])["neighbor"]}
    lab.change(lambda tables: tables["unplugged"].append("acc-02 dist-1"))
    try:
        parsed = read(lab.config, "acc-02", Transport.SNMP)[1]
    finally:
        lab.change(lambda tables: tables["unplugged"].clear())
    found = by_kind(parsed)
    (lost,) = before - {f.key for f in found["neighbor"]}
    port, host = lost.split()
    assert host == "dist-1"
    assert next(i for i in found["interface"] if i.key == port).value["oper_up"] is False


def test_a_ups_lacks_some_tables_and_is_not_asked_for_what_it_cannot_have(lab: Lab) -> None:
    _, parsed = read(lab.config, "ups-1", Transport.SNMP)
    (ups,), told = by_kind(parsed)["ups"], outcomes(parsed)
    assert (ups.value["battery_status"], ups.value["on_battery"]) == ("normal", False)
    assert told["neighbor"].outcome is Outcome.UNSUPPORTED
    assert not {"vlan", "spanning_tree", "bgp_peer", "poe_port"} & told.keys()


def test_a_wireless_controller_is_the_hospitals(lab: Lab) -> None:
    _, parsed = read(lab.config, "wlc-1", Transport.HTTP)
    controller, found = lab.hospital.controller, by_kind(parsed)
    assert all(o.outcome is Outcome.OK for o in parsed.outcomes), parsed.outcomes
    joined = {f.value["name"]: f.value["joined"] for f in found["access_point"]}
    assert joined == {ap.name: ap.joined for ap in controller.access_points}
    for wlan in controller.wlans:
        (fact,) = [f for f in found["wlan"] if f.key == wlan.ssid]
        told = ("enabled", "security", "key_management", "encryption", "qos", "wmm", "fast_transition")
        assert [fact.value[k] for k in told] == [getattr(wlan, k) for k in told]
    assert len(found["wireless_client"]) == len(controller.clients)
    assert {f.value["authentication"] for f in found["wireless_client"]} == {
        c.authentication for c in controller.clients
    }
    assert {f.value["mac"]: f.value["on_wire"] for f in found["rogue"]} == {r.mac: r.on_wire for r in controller.rogues}
    (pair,) = found["redundancy"]
    assert pair.value["peer_ok"] is controller.ha.peer_ok


@pytest.fixture(scope="module")
def annexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    tables = {"annex": {"name": "mc-1", "missing": ["AP-D1-03"]}}
    with Lab(tmp_path_factory.mktemp("annex"), latency_s=0, kinds=("http",), tables=tables) as running:
        yield running


def test_another_makers_controller_is_the_hospitals(annexed: Lab) -> None:
    _, parsed = read(annexed.config, "mc-1", Transport.HTTP)
    controller, found = annexed.hospital.annex, by_kind(parsed)
    assert controller is not None
    assert all(o.outcome is Outcome.OK for o in parsed.outcomes), parsed.outcomes
    (device,) = found["device"]
    assert [device.value[k] for k in ("hostname", "model", "version")] == ["mc-1", "7210", controller.version]
    told = ("name", "mac", "serial", "joined", "site", "location")
    assert {tuple(f.value[k] for k in told) for f in found["access_point"]} == {
        (ap.name, ap.mac, ap.serial, ap.joined, ap.site_tag, ap.location) for ap in controller.access_points
    }
    radios = {f.key: f.value for f in found["radio"]}
    live = [(ap, radio) for ap in controller.access_points if ap.joined for radio in ap.radios]
    assert len(live) == len(radios) == 14
    for ap, radio in live:
        value = radios[f"{ap.name} {radio.slot}"]
        assert (value["band"], value["channel"], value["utilisation_percent"]) == (
            radio.band,
            radio.channel,
            radio.utilisation,
        )
    for wlan in controller.wlans:
        (fact,) = [f for f in found["wlan"] if f.key == wlan.ssid]
        names = ("security", "key_management", "encryption")
        assert [fact.value[k] for k in names] == [getattr(wlan, k) for k in names]
        assert fact.value["vlan"] == str(wlan.vlan)
    assert len(found["wireless_client"]) == len(controller.clients) > 0
    assert {f.value["authentication"] for f in found["wireless_client"]} == {"dot1x", "web", None}


def test_an_account_that_another_makers_controller_refuses_is_denied(annexed: Lab) -> None:
    with pytest.raises(SessionError) as refused:
        read(annexed.config, "mc-1", Transport.HTTP, account("somebody", "else"))
    assert refused.value.outcome is Outcome.DENIED


def test_an_access_point_that_left_is_not_joined(lab: Lab) -> None:
    lab.change(lambda tables: tables["wireless"].__setitem__("missing", ["AP-A1-02"]))
    try:
        controller = lab.hospital.controller
        _, parsed = read(lab.config, "wlc-1", Transport.HTTP)
    finally:
        lab.change(lambda tables: tables["wireless"].pop("missing"))
    gone = {ap.name for ap in controller.access_points if not ap.joined}
    assert "AP-A1-02" in gone
    assert {f.key for f in by_kind(parsed)["access_point"] if f.value["joined"] is False} == gone


def test_a_backup_system_is_the_hospitals(lab: Lab) -> None:
    captures, parsed = read(lab.config, "backup-1", Transport.HTTP)
    system, found = lab.hospital.backup, by_kind(parsed)
    assert all(o.outcome is Outcome.OK for o in parsed.outcomes), parsed.outcomes
    jobs = {job.id: job for job in system.jobs}
    month = lab.hospital.now - timedelta(days=29)  # the window is 30 days, of which the first is cut into
    copying = [run for run in system.runs if jobs[run.job].type != "verification" and run.started_at > month]
    told = ("job", "started_at", "ended_at", "result", "workloads")
    assert {tuple(f.value[k] for k in told) for f in found["backup_job_run"] if f.value["started_at"] > month} == {
        (jobs[run.job].name, run.started_at, run.ended_at, run.result, run.workloads) for run in copying
    }
    assert any(run.result != "success" for run in copying)
    assert {f.value["workload"] for f in found["protected_workload"]} == {w.name for w in system.workloads}
    stores = {r.name: (r.type, r.immutable_days, r.location.lower()) for r in system.repositories}
    for fact in found["backup_repository"]:
        kind, days, place = stores[fact.key]
        assert (fact.value["type"], fact.value["immutable_days"]) == (kind, days)
        assert fact.value["location"].lower() == place
    assert len(found["restore_test"]) == sum(jobs[r.job].type == "verification" for r in system.runs)
    assert max(c.page for c in captures if c.request == "runs") > 2, "the task sessions take several pages"


def test_a_directory_is_the_hospitals(lab: Lab) -> None:
    _, parsed = read(lab.config, "dc-1", Transport.LDAP)
    directory, found = lab.hospital.directory, by_kind(parsed)
    assert all(o.outcome is Outcome.OK for o in parsed.outcomes), parsed.outcomes
    users = {f.value["name"]: f.value for f in found["directory_account"] if f.value["kind"] == "user"}
    assert set(users) == {a.name for a in directory.users}
    for user in directory.users:
        assert users[user.name]["enabled"] is user.enabled
        assert users[user.name]["password_set_at"] == user.password_set_at
    privileged = {name for name, v in users.items() if v["privileged"]}
    assert {"adm.hale", "adm.oldham", "svc-backup", "Administrator"} <= privileged, "nested, direct, and other groups"
    assert not privileged & {"user001", "svc-sql", "krbtgt"}
    policies = {f.value["name"]: f.value for f in found["directory_policy"]}
    assert policies["default"]["min_password_length"] == directory.policy.min_length
    assert {p.name for p in directory.fine_grained} == set(policies) - {"default"}
    assert {f.value["name"] for f in found["domain_controller"]} == {c.dns_name for c in directory.controllers}
    assert {f.key for f in found["network_server"] if f.value["service"] == "dhcp"} == {
        f"dhcp {s.name}" for s in directory.dhcp_servers
    }


def test_an_ordinary_account_does_not_see_all_policies_and_says_so(lab: Lab) -> None:
    directory = lab.hospital.directory
    plain = account(directory.bind_name, directory.bind_password)
    _, parsed = read(lab.config, "dc-1", Transport.LDAP, plain)
    told = outcomes(parsed)["directory_policy"]
    assert told.outcome is Outcome.DENIED
    assert len(by_kind(parsed)["directory_policy"]) == 1, "the domain's own policy stands"
    assert outcomes(parsed)["directory_account"].outcome is Outcome.OK
