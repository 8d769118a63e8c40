"""The hospital agrees with itself, and what its switches print says the same as the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from ntc_templates.parse import parse_output

from tests.lab.build.network import short_name
from tests.lab.cli import eos
from tests.lab.cli.answer import answer, table
from tests.lab.cli.text import ranges
from tests.lab.hospital import DEMO, Hospital, read_tables
from tests.lab.model import Port, Switch
from tests.lab.toml import dumps

NOW = datetime.now(UTC).replace(microsecond=0)
HOSPITAL = Hospital({**read_tables(DEMO), "now": NOW})
SWITCHES = {s.name: s for s in HOSPITAL.switches}
ONE_EACH = ("core-1", "dist-1", "acc-01", "acc-07", "acc-08", "acc-09")


def rows(switch: Switch, command: str) -> list[dict[str, Any]]:
    """A reply as ntc-templates reads it."""
    platform = "cisco_ios" if switch.platform == "cisco_xe" else switch.platform
    known = command if command != "show lldp neighbor-info detail" else "show lldp neighbors-info detail"
    return parse_output(platform=platform, command=known, data=answer(switch, command, NOW))


def on(*platforms: str) -> Iterable[str]:
    return [name for name in ONE_EACH if SWITCHES[name].platform in platforms]


def plain(mac: str) -> str:
    return mac.replace(":", "").replace(".", "").replace("-", "").lower()


# -- the model


def test_a_link_is_seen_from_both_ends() -> None:
    by_port_mac = {(s.name, p.name): p for s in SWITCHES.values() for p in s.ports}
    seen = 0
    for s in SWITCHES.values():
        for p in s.ports:
            for n in p.neighbors:
                other = SWITCHES.get(n.name.split(".")[0])
                if n.kind != "switch" or other is None:
                    continue
                back = [
                    (q.name, m)
                    for q in other.ports
                    for m in q.neighbors
                    if m.name.split(".")[0] == s.name and short_name(m.port_id) == short_name(p.name)
                ]
                assert len(back) == 1, (s.name, p.name, n)
                q = by_port_mac[other.name, back[0][0]]
                assert short_name(q.name) == short_name(n.port_id)
                assert (q.oper_up, q.speed_bps) == (p.oper_up, p.speed_bps) == (True, p.speed_bps)
                assert back[0][1].chassis == s.mac
                assert n.chassis == other.mac
                seen += 1
    assert seen == 2 * sum(link.up for link in HOSPITAL.plan.links) == 2 * (19 + 8)


def test_bundles_hold_ports_that_name_them() -> None:
    for s in SWITCHES.values():
        members = {(lag.name, m) for lag in s.lags for m in lag.members}
        assert members == {(p.lag, p.name) for p in s.ports if p.lag}
        assert {lag.name for lag in s.lags} == {p.name for p in s.ports if p.kind == "lag"}


def test_names_indexes_addresses_are_each_others_only_once() -> None:
    for s in SWITCHES.values():
        assert len({p.name for p in s.ports}) == len(s.ports)
        assert len({p.index for p in s.ports}) == len(s.ports)
    assert len({s.mac for s in SWITCHES.values()}) == len({s.serial for s in SWITCHES.values()}) == len(SWITCHES)
    places = [s.ssh for s in SWITCHES.values()] + [HOSPITAL.controller.http, HOSPITAL.backup.http]
    places += [HOSPITAL.directory.ldap, HOSPITAL.directory.ldaps]
    assert len(set(places)) == len(places)


def test_every_vlan_has_one_root_and_all_switches_agree_on_it() -> None:
    for vlan in (10, 20, 100):
        roots = {t.root_mac for s in SWITCHES.values() for t in s.stp if t.vlan == vlan}
        assert roots == {SWITCHES["core-1"].mac}
        assert [s.name for s in SWITCHES.values() for t in s.stp if t.vlan == vlan and t.is_root] == ["core-1"]


def test_access_points_stand_where_the_switches_see_them() -> None:
    heard = {
        n.name: (s.name, p.name)
        for s in SWITCHES.values()
        for p in s.ports
        for n in p.neighbors
        if n.kind == "access_point"
    }
    joined = {a.name: (a.switch, a.port) for a in HOSPITAL.controller.access_points if a.joined}
    assert heard == joined
    assert len(HOSPITAL.controller.access_points) == 60 == len(joined) + 1


def test_the_demo_hospital_has_its_faults() -> None:
    assert [s.name for s in SWITCHES.values() if s.services.telnet] == ["acc-07"]
    assert [s.name for s in SWITCHES.values() if not s.ntp.synchronised] == ["acc-05"]
    assert [s.name for s in SWITCHES.values() if not s.config_saved] == ["acc-03"]
    assert [s.name for s in SWITCHES.values() if s.role == "access" and len(s.lags[0].members) < 2] == ["acc-09"]
    stale = [
        u
        for u in HOSPITAL.directory.users
        if u.admin_count and u.enabled and u.last_logon_at and (NOW - u.last_logon_at).days > 180
    ]
    assert [u.name for u in stale] == ["adm.oldham"]
    assert sorted(r.result or "" for r in HOSPITAL.backup.runs if r.result != "success") == [
        "failed",
        "failed",
        "warning",
    ]


def test_loading_twice_gives_the_same_and_a_change_moves_nothing_else() -> None:
    again = Hospital({**read_tables(DEMO), "now": NOW})
    assert all(again.switch(n) == SWITCHES[n] for n in SWITCHES)
    assert (again.controller, again.backup, again.directory) == (
        HOSPITAL.controller,
        HOSPITAL.backup,
        HOSPITAL.directory,
    )
    tables = {**read_tables(DEMO), "now": NOW, "unplugged": ["acc-02 dist-1"]}
    pulled = Hospital(tables)
    changed = {n for n in SWITCHES if pulled.switch(n) != SWITCHES[n]}
    assert changed == {"acc-02", "dist-1"}
    assert pulled.switch("acc-02").lags[0].bundled == ("TenGigabitEthernet1/1/2",)
    assert not next(
        p for p in pulled.switch("dist-1").ports if "acc-02" in p.description and p.kind == "ethernet"
    ).oper_up


def test_a_device_that_is_off_is_gone_for_its_neighbours() -> None:
    off = Hospital({**read_tables(DEMO), "now": NOW, "off": ["dist-2"]})
    assert off.switch("dist-1").pair.peer_ok is False  # type: ignore[union-attr]
    assert all("dist-2" not in n.name for s in off.switches if s.name != "dist-2" for p in s.ports for n in p.neighbors)
    assert off.switch("dist-2").down


def test_a_toml_file_comes_back_as_it_was_written(tmp_path: Path) -> None:
    tables = read_tables(DEMO)
    tables["switch"]["acc-02"] = {"hostname": '<script>"x"\x1b[31m', "descriptions": {"GigabitEthernet1/0/1": "a\nb"}}
    path = tmp_path / "h.toml"
    path.write_text(dumps(tables))
    assert read_tables(path) == tables


def test_sizes_are_parameters_and_switches_come_one_by_one() -> None:
    big = Hospital.generate(access_switches=2000, access_points=10)
    assert len(big.nodes) == 2 + 100 + 2000
    last = big.switch("acc-2000")
    assert {n.name.split(".")[0] for p in last.ports for n in p.neighbors if n.kind == "switch"} == {
        "dist-99",
        "dist-100",
    }
    assert len({big.ssh_place(n) for n in big.nodes}) == len(big.nodes)


def test_values_are_frozen() -> None:
    with pytest.raises(AttributeError):
        SWITCHES["core-1"].hostname = "x"  # type: ignore[misc]
    assert is_dataclass(Switch)
    assert "ports" in {f.name for f in fields(Switch)}


# -- the command lines, read by ntc-templates


@pytest.mark.parametrize("name", SWITCHES)
def test_every_command_answers(name: str) -> None:
    s = SWITCHES[name]
    for command in table(s.platform):
        text = answer(s, command, NOW)
        assert text.strip(), command
        assert "<" not in text.split("\n")[0], command  # a value's repr


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos", "arista_eos"))
def test_show_version(name: str) -> None:
    s = SWITCHES[name]
    (row,) = rows(s, "show version")
    if s.platform in ("cisco_ios", "cisco_xe"):
        assert row["hostname"] == s.hostname
        assert row["version"] == s.version
        # a chassis is named by its processor board, and each member of a stack by its own table
        assert {m.serial for m in s.stack} <= set(row["serial"])
        assert row["hardware"][0] == s.model
        assert row["mac_address"][0].lower() == s.mac
        assert row["software_image"] == s.image
    elif s.platform == "cisco_nxos":
        assert (row["hostname"], row["os"], row["serial"]) == (s.hostname, s.version, s.serial)
    else:
        assert (row["model"], row["image"], row["serial_number"]) == (s.model, s.version, s.serial)
        assert plain(row["sys_mac"]) == plain(s.mac)


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos", "arista_eos"))
def test_show_inventory(name: str) -> None:
    s = SWITCHES[name]
    found = rows(s, "show inventory")
    serials = {r["sn"] for r in found}
    assert {c.serial for c in s.components if c.serial} <= serials
    if s.platform != "arista_eos":
        names = {r["name"] for r in found}
        assert {c.name for c in s.components if c.serial} <= names


@pytest.mark.parametrize("name", on("aruba_aoscx"))
def test_show_system_and_modules(name: str) -> None:
    s = SWITCHES[name]
    (row,) = rows(s, "show system")
    assert (row["hostname"], row["serial"], row["version"]) == (s.hostname, s.serial, s.version)
    assert plain(row["base_mac"]) == plain(s.mac)
    assert {r["serial"] for r in rows(s, "show module")} == {m.serial for m in s.stack}
    if len(s.stack) > 1:
        assert {r["serial_number"] for r in rows(s, "show vsf detail") if r["serial_number"]} == {
            m.serial for m in s.stack
        }


def _interfaces(s: Switch) -> dict[str, Port]:
    return {p.name: p for p in s.ports if not (s.platform == "aruba_aoscx" and p.kind == "management")}


@pytest.mark.parametrize("name", ONE_EACH)
def test_show_interfaces(name: str) -> None:
    s = SWITCHES[name]
    command = "show interfaces" if s.platform in ("cisco_ios", "cisco_xe", "arista_eos") else "show interface"
    found = {r["interface"]: r for r in rows(s, command)}
    assert set(found) == set(_interfaces(s))
    for port in _interfaces(s).values():
        row = found[port.name]
        assert (row["link_status"].split()[0] == "up") is port.oper_up, port.name
        description = row["interface_desc"] if s.platform == "aruba_aoscx" else row["description"]
        assert description == port.description, port.name
        if port.mac and port.kind in ("ethernet", "lag"):
            assert plain(row["mac_address"]) == plain(port.mac), port.name
        if port.kind == "ethernet":
            assert int(row["mtu"]) == port.mtu


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos"))
def test_show_interfaces_switchport(name: str) -> None:
    s = SWITCHES[name]
    nexus = s.platform == "cisco_nxos"
    found = rows(s, "show interface switchport" if nexus else "show interfaces switchport")
    ports = {
        p.name if nexus else short_name(p.name): p
        for p in s.ports
        if p.kind in ("ethernet", "lag") and p.mode in ("access", "trunk")
    }
    assert {r["interface"] for r in found} == set(ports)
    for row in found:
        port = ports[row["interface"]]
        if port.mode == "access":
            assert row["access_vlan"] == str(port.access_vlan)
            assert row["voice_vlan"] == (str(port.voice_vlan) if port.voice_vlan else "none")
        else:
            vlans = row["trunking_vlans"]
            assert (vlans if isinstance(vlans, str) else ",".join(vlans)) == ranges(port.trunk_vlans)


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos", "arista_eos"))
def test_show_interfaces_status(name: str) -> None:
    s = SWITCHES[name]
    found = {
        r["port"]: r
        for r in rows(s, "show interface status" if s.platform == "cisco_nxos" else "show interfaces status")
    }
    shorten = eos.short if s.platform == "arista_eos" else short_name
    for port in s.ports:
        if port.kind == "ethernet":
            assert (found[shorten(port.name)]["status"] == "connected") is port.oper_up


@pytest.mark.parametrize("name", ONE_EACH)
def test_show_vlan(name: str) -> None:
    s = SWITCHES[name]
    found = {int(r["vlan_id"]): r for r in rows(s, "show vlan") if int(r["vlan_id"]) < 1002}
    assert set(found) == {v.id for v in s.vlans}
    named = {v.id: "DEFAULT_VLAN_1" if v.id == 1 and s.platform == "aruba_aoscx" else v.name for v in s.vlans}
    assert {i: r.get("vlan_name", r.get("name")) for i, r in found.items()} == named


@pytest.mark.parametrize("name", ONE_EACH)
def test_show_lldp_neighbors_detail(name: str) -> None:
    s = SWITCHES[name]
    command = "show lldp neighbor-info detail" if s.platform == "aruba_aoscx" else "show lldp neighbors detail"
    found = rows(s, command)
    expected = {(p.name, n.name, n.port_id) for p in s.ports for n in p.neighbors if "lldp" in n.protocols}
    long = {short_name(p.name): p.name for p in s.ports}
    read = {
        (
            long.get(
                r.get("local_interface", r.get("local_port", "")), r.get("local_interface", r.get("local_port", ""))
            ),
            r.get("neighbor_name", ""),
            r.get("neighbor_port_id") or r.get("neighbor_interface") or "",
        )
        for r in found
    }
    assert read == expected


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos"))
def test_show_cdp_neighbors_detail(name: str) -> None:
    s = SWITCHES[name]
    found = rows(s, "show cdp neighbors detail")
    read = {(r["local_interface"], r["neighbor_name"].split(".")[0], r["mgmt_address"]) for r in found}
    assert read == {
        (p.name, n.name.split(".")[0], n.address) for p in s.ports for n in p.neighbors if "cdp" in n.protocols
    }


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos", "arista_eos"))
def test_bundles(name: str) -> None:
    s = SWITCHES[name]
    ios = s.platform in ("cisco_ios", "cisco_xe")
    shorten = eos.short if s.platform == "arista_eos" else short_name
    found = {r["bundle_name"]: r for r in rows(s, "show etherchannel summary" if ios else "show port-channel summary")}
    assert {n: tuple(r["member_interface"]) for n, r in found.items()} == {
        shorten(lag.name): tuple(shorten(m) for m in lag.members) for lag in s.lags
    }


@pytest.mark.parametrize("name", on("cisco_ios", "cisco_xe", "cisco_nxos"))
def test_show_spanning_tree_root(name: str) -> None:
    s = SWITCHES[name]
    found = {int(r["vlan_id"].removeprefix("VLAN")): r for r in rows(s, "show spanning-tree root")}
    assert set(found) == {t.vlan for t in s.stp}
    for t in s.stp:
        assert plain(found[t.vlan]["root_id"]) == plain(t.root_mac)


def test_what_only_some_platforms_say() -> None:
    core, stack, acc = SWITCHES["core-1"], SWITCHES["acc-01"], SWITCHES["acc-04"]
    assert {r["interface"] for r in rows(core, "show hsrp all")} == {v.name for v in core.svis if v.gateway}
    assert [(r["id"], r["status"]) for r in rows(core, "show vpc")] == [("1", "up"), ("20", "up")]
    assert "peer adjacency formed ok" in answer(core, "show vpc", NOW)
    assert rows(SWITCHES["dist-1"], "show mlag")[0]["state"] == "Active"
    assert len(rows(core, "show ip bgp summary")) == len(core.bgp.peers)  # type: ignore[union-attr]
    assert len(rows(SWITCHES["dist-1"], "show ip bgp summary")) == 2
    assert {r["vrf"] for r in rows(SWITCHES["dist-1"], "show vrf")} == {"default", "GUEST", "MEDICAL"}
    assert [r["status"] for r in rows(acc, "show environment power all")] == ["OK", "No Input Power"]
    assert [r["role"] for r in rows(stack, "show switch")] == ["Active", "Standby"]
    assert {r["power_supply_status"] for r in rows(SWITCHES["dist-1"], "show environment power")} == {"Ok"}
    sessions = rows(acc, "show authentication sessions")
    assert len(sessions) == sum(len(p.sessions) for p in acc.ports) > 5
    powered = [r for r in rows(acc, "show power inline") if r["operational_status"] == "on"]
    assert sum(float(r["power"]) for r in powered) == pytest.approx(acc.poe[0].used_w)
    (http,) = rows(SWITCHES["acc-07"], "show ip http server status")
    assert http["server_status"] == "Enabled"


def test_configurations_differ_exactly_where_they_were_not_saved() -> None:
    for s in SWITCHES.values():
        running, startup = answer(s, "show running-config", NOW), answer(s, "show startup-config", NOW)
        body = [r for r in running.splitlines() if "TEMPORARY-CHANGE" in r]
        assert bool(body) is not s.config_saved
        assert "TEMPORARY-CHANGE" not in startup


def test_hostile_text_reaches_the_reply() -> None:
    tables = {**read_tables(DEMO), "now": NOW}
    tables["switch"]["acc-02"] = {"hostname": "<script>", "descriptions": {"GigabitEthernet1/0/1": "\x1b[31mred"}}
    s = Hospital(tables).switch("acc-02")
    assert "hostname <script>" in answer(s, "show running-config", NOW)
    assert "\x1b[31mred" in answer(s, "show interfaces", NOW)


def test_an_unknown_command_gets_the_platforms_error() -> None:
    assert (
        answer(SWITCHES["acc-01"], "show vsx status", NOW) == " " * 12 + "^\n% Invalid input detected at '^' marker.\n"
    )
    assert "% Invalid command" in answer(SWITCHES["core-1"], "show mlag", NOW)
    assert answer(SWITCHES["dist-1"], "show vpc", NOW) == "% Invalid input"
    assert answer(SWITCHES["acc-08"], "show vpc", NOW) == "Invalid input: vpc"
