"""The SNMP agents, asked by net-snmp's tools and by pysnmp, and what they say of the hospital."""

from __future__ import annotations

import asyncio
import random
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lab.hospital import Hospital
from tests.lab.lab import Lab
from tests.lab.model import Place, Switch
from tests.lab.servers import snmp_ber as ber
from tests.lab.servers.snmp import Farm, access_of, engine_id
from tests.lab.servers.snmp_agent import Agent
from tests.lab.servers.snmp_mib import build_switch
from tests.lab.servers.snmp_mib_interfaces import if_name
from tests.lab.servers.snmp_mib_neighbors import chassis as chassis_id
from tests.lab.servers.snmp_mib_neighbors import port_id
from tests.lab.servers.snmp_mib_ups import build_ups

SYSTEM, IF_DESCR, LLDP_REMOTE = "1.3.6.1.2.1.1", "1.3.6.1.2.1.2.2.1.2", "1.0.8802.1.1.2.1.4.1.1"
V2C = "acc-02"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    over = {"switch": {V2C: {"snmp": "v2c"}}}
    with Lab(tmp_path_factory.mktemp("lab"), kinds=("snmp",), latency_s=0, tables=over) as running:
        yield running


def tool(name: str) -> str:
    """One of net-snmp's tools."""
    found = shutil.which(name)
    if not found:
        pytest.skip(f"{name} is not here (Debian package snmp)")
    return found


def ask(name: str, place: Place, *login: str, oid: str = SYSTEM, extra: tuple[str, ...] = ()) -> tuple[list[str], str]:
    """What a tool of net-snmp prints, by lines, and what it complains of."""
    command = [tool(name), *login, "-t1", "-r0", "-On", *extra, f"{place.address}:{place.port}", oid]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    return done.stdout.splitlines(), done.stderr + done.stdout


def v2c(lab: Lab) -> tuple[str, ...]:
    return ("-v2c", "-c", lab.hospital.logins.community)


def v3(lab: Lab, level: str = "authPriv", **other: str) -> tuple[str, ...]:
    logins = lab.hospital.logins
    auth, key = other.get("auth", logins.v3_auth), other.get("auth_key", logins.v3_auth_key)
    secret = other.get("priv_key", logins.v3_priv_key)
    given_user = ("-v3", "-l", level, "-u", other.get("user", logins.v3_user))
    private = ("-x", logins.v3_priv, "-X", secret) if level == "authPriv" else ()
    return (*given_user, *(("-a", auth, "-A", key) if level != "noAuthNoPriv" else ()), *private)


# ------------------------------------------------------------------------------------------------------ the protocol


def test_a_whole_walk_has_every_object_once(lab: Lab) -> None:
    switch = lab.hospital.switch(V2C)
    lines, _ = ask("snmpbulkwalk", switch.snmp, *v2c(lab), oid="1", extra=("-Cr40", "-Oqn", "-OU"))
    oids = [line.split(" ")[0] for line in lines if line.startswith(".1.") and "No more variables" not in line]
    assert len(oids) == len(set(oids)) == len(build_switch(switch).table())


def test_getnext_gives_the_same_as_getbulk(lab: Lab) -> None:
    place = lab.hospital.switch(V2C).snmp
    assert ask("snmpwalk", place, *v2c(lab), oid=IF_DESCR)[0] == ask("snmpbulkwalk", place, *v2c(lab), oid=IF_DESCR)[0]


@pytest.mark.parametrize("auth", ["SHA", "SHA-256", "SHA-512"])
def test_version_3_with_authentication_and_privacy(lab: Lab, auth: str) -> None:
    before = lab.hospital.logins.v3_auth
    lab.change(lambda tables: tables["logins"].update(v3_auth=auth))
    try:
        lines, said = ask("snmpbulkwalk", lab.hospital.switch("core-1").snmp, *v3(lab))
        assert "NX-OS" in lines[0], said
        assert ask("snmpbulkwalk", lab.hospital.upses[0].snmp, *v3(lab), oid="1.3.6.1.2.1.33.1.2")[0]
    finally:
        lab.change(lambda tables: tables["logins"].update(v3_auth=before))


def test_wrong_keys_users_and_levels_are_told_apart(lab: Lab) -> None:
    place = lab.hospital.switch("core-1").snmp
    assert "Authentication failure" in ask("snmpget", place, *v3(lab, auth_key="not-the-key-1"))[1]
    assert "Unknown user name" in ask("snmpget", place, *v3(lab, user="nobody"))[1]
    assert "ecryption error" in ask("snmpget", place, *v3(lab, priv_key="not-the-key-1"))[1]
    for level in ("authNoPriv", "noAuthNoPriv"):
        assert "authorizationError" in ask("snmpgetnext", place, *v3(lab, level))[1]


def test_a_wrong_community_meets_silence(lab: Lab) -> None:
    assert "Timeout" in ask("snmpget", lab.hospital.switch(V2C).snmp, "-v2c", "-c", "wrong")[1]
    assert "Timeout" in ask("snmpget", lab.hospital.switch("core-1").snmp, *v2c(lab))[1]


def test_nothing_can_be_set(lab: Lab) -> None:
    place = lab.hospital.switch(V2C).snmp
    command = [tool("snmpset"), *v2c(lab), "-t1", "-r0", f"{place.address}:{place.port}", f"{SYSTEM}.5.0", "s", "mine"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    assert "noAccess" in done.stderr
    assert "mine" not in ask("snmpget", place, *v2c(lab), oid=f"{SYSTEM}.5.0")[0][0]


def test_what_is_not_there_is_said_by_kind(lab: Lab) -> None:
    place = lab.hospital.switch(V2C).snmp
    assert "No Such Instance" in ask("snmpget", place, *v2c(lab), oid=f"{IF_DESCR}.999999")[0][0]
    assert "No Such Object" in ask("snmpget", place, *v2c(lab), oid="1.3.6.1.2.1.999.1.0")[0][0]


def test_pysnmp_reads_the_interfaces(lab: Lab) -> None:
    from pysnmp.hlapi.v3arch import asyncio as hlapi

    import collector.sessions.snmp_wire  # noqa: F401 - its reading of responses must leave other engines alone

    switch = lab.hospital.switch("dist-1")
    logins = lab.hospital.logins

    async def read() -> list[str]:
        engine = hlapi.SnmpEngine()
        user = hlapi.UsmUserData(
            logins.v3_user,
            logins.v3_auth_key,
            logins.v3_priv_key,
            authProtocol=hlapi.USM_AUTH_HMAC192_SHA256,
            privProtocol=hlapi.USM_PRIV_CFB128_AES,
        )
        where = await hlapi.UdpTransportTarget.create((switch.snmp.address, switch.snmp.port), timeout=2, retries=1)
        names = []
        walk = hlapi.bulk_walk_cmd(
            engine, user, where, hlapi.ContextData(), 0, 25, hlapi.ObjectType(hlapi.ObjectIdentity(IF_DESCR)),
            lexicographicMode=False, lookupMib=False,
        )  # fmt: skip
        async for failed, status, _, bindings in walk:
            assert not failed, failed
            assert not status
            names += [str(value) for _, value in bindings]
        engine.close_dispatcher()
        return names

    assert asyncio.run(read()) == [port.name for port in sorted(switch.ports, key=lambda p: p.index)]


# ------------------------------------------------------------------------------------------------------ the content


def remotes(lab: Lab, switch: Switch) -> set[tuple[str, str, str]]:
    """Local port, remote system and remote port as LLDP-MIB tells them, over the network."""
    login = v2c(lab) if switch.services.snmp_communities else v3(lab)
    extra = ("-Oqn", "-OU")
    rows, _ = ask("snmpbulkwalk", switch.snmp, *login, oid=LLDP_REMOTE, extra=extra)
    ports, _ = ask("snmpbulkwalk", switch.snmp, *login, oid="1.0.8802.1.1.2.1.3.7.1.3", extra=extra)
    local = {line.split(" ")[0].rsplit(".", 1)[1]: line.split(" ", 1)[1].strip('"') for line in ports}
    cells: dict[tuple[str, str], str] = {}
    for line in (r for r in rows if r.startswith(".1.")):  # a sysDescr may have several lines
        oid, _, value = line.partition(" ")
        column, index = oid.removeprefix(f".{LLDP_REMOTE}.").split(".", 1)
        cells[column, index] = value.strip('"')
    return {
        (local[index.split(".")[1]], cells["9", index].split(".")[0], value)
        for (column, index), value in cells.items()
        if column == "7" and cells["6", index] == "5"
    }


def test_a_link_is_seen_from_both_ends(lab: Lab) -> None:
    hospital = lab.hospital
    seen = {name: remotes(lab, hospital.switch(name)) for name in ("core-1", "dist-1", "acc-01", "acc-08")}
    links = 0
    for name, found in seen.items():
        for local, other, remote in found:
            if other in seen:
                links += 1
                assert any(host == name and port == local and mine == remote for mine, host, port in seen[other])
    assert links >= 6


def test_an_unplugged_cable_is_gone_on_both_ends(lab: Lab) -> None:
    def between() -> tuple[bool, bool]:
        ends = remotes(lab, lab.hospital.switch("acc-01")), remotes(lab, lab.hospital.switch("dist-1"))
        return any(host == "dist-1" for _, host, _ in ends[0]), any(host == "acc-01" for _, host, _ in ends[1])

    assert between() == (True, True)
    lab.change(lambda tables: tables["unplugged"].append("acc-01 dist-1"))
    try:
        assert between() == (False, False)
    finally:
        lab.change(lambda tables: tables["unplugged"].clear())


def test_tables_agree_with_the_model() -> None:
    hospital = Hospital.load()
    for switch in hospital.switches:
        table = build_switch(switch).table()
        for port in switch.ports:
            assert value(table.get, f"{IF_DESCR}.{port.index}") == ber.octets(port.name)
            assert value(table.get, f"1.3.6.1.2.1.31.1.1.1.1.{port.index}") == ber.octets(
                if_name(switch.platform, port.name)
            )
            assert value(table.get, f"1.3.6.1.2.1.2.2.1.8.{port.index}") == ber.integer(1 if port.oper_up else 2)
        told = [n for port in switch.ports for n in port.neighbors if "lldp" in n.protocols]
        assert count(table.bindings, f"{LLDP_REMOTE}.5") == len(told)
        assert count(table.bindings, "1.0.8802.1.1.2.1.5.4795.1.3.1.1.3") == sum(n.med_class == 3 for n in told)
        if switch.platform.startswith("cisco"):
            cdp = sum("cdp" in n.protocols for port in switch.ports for n in port.neighbors)
            assert count(table.bindings, "1.3.6.1.4.1.9.9.23.1.2.1.1.6") == cdp
        if switch.platform != "cisco_ios":
            assert count(table.bindings, "1.3.6.1.2.1.17.7.1.4.3.1.1") == len(switch.vlans)
        assert count(table.bindings, "1.2.840.10006.300.43.1.1.1.1.2") == len(switch.lags)
        assert count(table.bindings, "1.3.6.1.2.1.15.3.1.2") == (len(switch.bgp.peers) if switch.bgp else 0)
        assert count(table.bindings, "1.3.6.1.2.1.105.1.3.1.1.2") == len(switch.poe)


def test_a_broken_power_supply_shows(lab: Lab) -> None:
    hospital = lab.hospital
    states = {p.ok for name in hospital.nodes for p in hospital.switch(name).components if p.cls == "psu"}
    assert states == {True, False}
    broken = hospital.switch("acc-04")
    rows, _ = ask("snmpbulkwalk", broken.snmp, *v3(lab), oid="1.3.6.1.4.1.9.9.117.1.1.2.1.2", extra=("-Oqn",))
    assert sorted(row.rsplit(" ", 1)[1] for row in rows) == ["2", "8"]


def test_a_ups_on_battery() -> None:
    on_battery = Hospital.generate(lambda t: t["ups"]["ups-1"].update(on_battery=True)).upses[0]
    table = build_ups(on_battery).table()
    assert value(table.get, "1.3.6.1.2.1.33.1.4.1.0") == ber.integer(5)
    assert value(table.get, "1.3.6.1.2.1.33.1.2.3.0") == ber.integer(on_battery.runtime_min)


def value(get: Callable[[ber.Oid], bytes], oid: str) -> bytes:
    """The encoded value of one object."""
    bound = get(ber.parse_oid(oid))
    _, inside = ber.Reader(bound, 0, len(bound)).inside(ber.SEQUENCE)
    inside.skip()
    return bound[inside.at :]


def count(bindings: list[bytes], column: str) -> int:
    body = ber.oid_body(ber.parse_oid(column))
    return sum(body in row[:40] and row[row.index(body) - 1] > len(body) for row in bindings if body in row[:40])


def test_ids_of_chassis_and_ports_keep_their_kind() -> None:
    assert chassis_id("00:11:22:33:44:55") == (4, ber.octets(bytes.fromhex("001122334455")))
    assert chassis_id("10.1.2.3") == (5, ber.octets(b"\x01\x0a\x01\x02\x03"))
    assert port_id("Ethernet1/1") == (5, ber.octets("Ethernet1/1"))
    assert port_id("00:11:22:33:44:55")[0] == 3


# ------------------------------------------------------------------------------------------------------ faults


@pytest.fixture
def broken(lab: Lab) -> Iterator[Callable[[str], Place]]:
    """Sets a fault of the switch that speaks v2c; gives where it is."""

    def breaks(fault: str) -> Place:
        lab.change(lambda tables: tables["fault"].update({V2C: {"snmp": fault}}))
        return lab.hospital.switch(V2C).snmp

    yield breaks
    lab.change(lambda tables: tables["fault"].clear())


@pytest.mark.parametrize("fault", ["silent", "garbage", "truncated"])
def test_agents_that_give_no_answer_to_use(lab: Lab, broken: Callable[[str], Place], fault: str) -> None:
    assert "Timeout" in ask("snmpget", broken(fault), *v2c(lab), oid=f"{SYSTEM}.1.0")[1]


@pytest.mark.parametrize("fault", ["wrong_order", "loop"])
def test_agents_that_do_not_go_forward(lab: Lab, broken: Callable[[str], Place], fault: str) -> None:
    rows, _ = ask("snmpbulkget", broken(fault), *v2c(lab), oid="1.3.6.1.2.1.2.2", extra=("-Cn0", "-Cr60"))
    oids = [ber.parse_oid(row.split(" ")[0]) for row in rows if row.startswith(".1.")]
    assert len(oids) > 5
    assert oids != sorted(set(oids))


def test_an_agent_whose_table_never_ends(lab: Lab, broken: Callable[[str], Place]) -> None:
    extra = ("-Cn0", "-Cr500", "-Oqn")
    rows, _ = ask("snmpbulkget", broken("endless"), *v2c(lab), oid=f"{IF_DESCR}.5000000", extra=extra)
    assert rows[0].startswith(f".{IF_DESCR}.5000001")


def test_a_device_that_is_down(lab: Lab) -> None:
    lab.change(lambda tables: tables["down"].append(V2C))
    try:
        assert "Timeout" in ask("snmpget", lab.hospital.switch(V2C).snmp, *v2c(lab))[1]
    finally:
        lab.change(lambda tables: tables["down"].clear())


# ------------------------------------------------------------------------------------------------------ the engine


@lru_cache
def agent(name: str = "acc-07") -> Agent:
    hospital = Hospital.load()
    switch = hospital.switch(name)
    table = build_switch(switch).table()
    return Agent(engine_id(switch.mac, name), access_of(switch, hospital.logins), lambda: table)


def bulk(community: str, oid: str, repetitions: int) -> bytes:
    bound = ber.tlv(ber.SEQUENCE, ber.varbind(ber.oid_body(ber.parse_oid(oid)), b"\x05\x00"))
    pdu = ber.tlv(ber.GETBULK, ber.integer(7) + ber.integer(0) + ber.integer(repetitions) + bound)
    return ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(community) + pdu)


@given(st.binary(max_size=200))
def test_noise_never_breaks_an_agent(noise: bytes) -> None:
    assert agent().answer(noise) is None or noise


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_request_never_breaks_an_agent(place: int, octet: int) -> None:
    good = bytearray(bulk("lab-public-ro", IF_DESCR, 10))
    good[place % len(good)] = octet
    reply = agent().answer(bytes(good))
    assert reply is None or reply[:1] == b"\x30"


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_come_back(number: int) -> None:
    coded = ber.integer(number)
    assert ber.Reader(coded, 0, len(coded)).integer() == number


@given(st.tuples(st.integers(0, 2), st.integers(0, 39)), st.lists(st.integers(0, 2**32 - 1), max_size=20))
def test_oids_come_back(head: tuple[int, int], rest: list[int]) -> None:
    oid = (*head, *rest)
    assert ber.read_oid(ber.oid_body(oid)) == oid


def test_a_reply_fits_into_a_packet_and_an_agent_is_fast() -> None:
    started, bindings = time.perf_counter(), 0
    for _ in range(400):
        reply = agent().answer(bulk("lab-public-ro", "1.3.6.1.2.1.2.2.1", 60))
        assert reply is not None
        assert len(reply) <= 1472
        bindings += reply.count(ber.oid_body(ber.parse_oid("1.3.6.1.2.1.2.2.1")))
    assert bindings / (time.perf_counter() - started) > 20_000


def test_two_thousand_agents_keep_few_tables() -> None:
    hospital = Hospital.generate(access_switches=2000)
    farm = Farm(lambda: hospital)
    assert len(farm.places()) > 2000
    names = random.Random(1).sample(sorted(farm.places()), 25)
    ask_one = partial(bulk, hospital.logins.community, SYSTEM, 3)
    assert all(farm.answer(name, ask_one()) is None for name in names if "acc" not in name)
    assert len(farm._tables) <= 25
