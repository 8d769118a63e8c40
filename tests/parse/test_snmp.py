"""The reader of SNMP tables: joins, hints, lookups, proofs, and speed."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from collector.model import Capture, Outcome, Transport
from collector.parse.octets import HINTS
from collector.parse.reading import Reading
from collector.parse.snmp import read_snmp
from collector.parse.snmprec import OCTETS, Value
from collector.probes.definition import ProbeDef, RequestDef

PROBE = ProbeDef("p", "*", Transport.SNMP, "any", "1", ())
NAMES, DESCR, STATUS, BRIDGE = (
    "1.3.6.1.2.1.31.1.1.1.1",
    "1.3.6.1.2.1.2.2.1.2",
    "1.3.6.1.2.1.2.2.1.8",
    "1.3.6.1.2.1.17.1.4.1.2",
)


def read(body: str | bytes, **options: Any) -> Reading:
    raw = body.encode() if isinstance(body, str) else body
    request = RequestDef("r", (), "snmp", (), reader_options=options)
    at = datetime(2026, 11, 23, tzinfo=UTC)
    capture = Capture("t", Transport.SNMP, "p", "1", "r", "GETBULK", "", at, Outcome.OK, body=raw)
    return read_snmp(PROBE, request, [capture])


def rows(body: str, **options: Any) -> list[dict[str, Any]]:
    return [dict(row.values) for row in read(body, **options).rows]


def test_columns_are_joined_on_their_index_and_a_lacking_cell_is_not_known() -> None:
    found = rows(
        f"{NAMES}.1|4|Gi1/0/1\n{NAMES}.2|4|Gi1/0/2\n{STATUS}.2|2|1\n1.3.6.1.2.1.1.5.0|4|sw\n",
        columns={"name": NAMES, "status": STATUS, "host": "1.3.6.1.2.1.1.5.0"},
    )
    assert found == [
        {"name": "Gi1/0/1", "status": None, "host": "sw", "index": [1]},
        {"name": "Gi1/0/2", "status": 1, "host": "sw", "index": [2]},
    ]


def test_scalars_alone_are_one_row() -> None:
    assert rows("1.3.6.1.2.1.1.5.0|4|sw\n", columns={"name": "1.3.6.1.2.1.1.5.0"}) == [{"name": "sw", "index": []}]
    assert read("", columns={"name": "1.3.6.1.2.1.1.5.0"}).outcome is Outcome.UNSUPPORTED


def test_an_empty_table_is_zero_only_with_its_proof() -> None:
    columns, proof = {"name": NAMES}, ["1.0.8802.1.1.2.1.3.2.0"]
    assert read("1.3.6.1.2.1.1.5.0|4|sw\n", columns=columns, proof=proof).outcome is Outcome.UNSUPPORTED
    proven = read("1.0.8802.1.1.2.1.3.2.0|4x|001b2c3d4e5f\n", columns=columns, proof=proof)
    assert (proven.outcome, proven.rows) == (Outcome.OK, ())


def test_a_proof_may_want_a_value() -> None:
    """A protocol that runs proves nothing of its peers; one that is off has none."""
    columns, proof = {"state": "1.3.6.1.2.1.15.3.1.2"}, [{"oid": "1.3.6.1.2.1.15.2.0", "is": 0}]
    assert read("1.3.6.1.2.1.15.2.0|2|0\n", columns=columns, proof=proof).outcome is Outcome.OK
    assert read("1.3.6.1.2.1.15.2.0|2|64500\n", columns=columns, proof=proof).outcome is Outcome.UNSUPPORTED


def test_damage_under_the_table_makes_it_unparsed_and_elsewhere_does_not() -> None:
    damaged = read(f"{NAMES}.1|4|a\n{NAMES}.x|4|b\n", columns={"name": NAMES})
    assert (damaged.outcome, len(damaged.rows)) == (Outcome.UNPARSED, 1)
    assert read(f"{NAMES}.1|4|a\n1.3.6.1.2.1.4.20.x|4|b\n", columns={"name": NAMES}).outcome is Outcome.OK


def test_parts_of_the_index() -> None:
    found = rows(
        "1.3.6.1.2.1.15.3.1.2.10.0.0.7|2|6\n",
        columns={"state": "1.3.6.1.2.1.15.3.1.2"},
        parts={"peer": {"at": 0, "count": 4, "hint": "address"}, "last": {"at": 3}, "none": {"at": 9}},
    )
    assert found[0]["peer"] == "10.0.0.7"
    assert (found[0]["last"], found[0]["none"]) == (7, None)


def test_lookups_go_by_index_by_value_and_below_an_index() -> None:
    body = (
        f"{NAMES}.101|4|Gi1/0/1\n{NAMES}.102|4|Gi1/0/2\n{DESCR}.101|4|GigabitEthernet1/0/1\n{BRIDGE}.7|2|102\n"
        "1.9.1.7|4|GigabitEthernet1/0/1\n1.9.2.7.1|2|1\n1.9.2.7.2|2|2\n"
    )
    found = rows(
        body,
        columns={"said": "1.9.1"},
        lookups={
            "ifIndex": {"oid": BRIDGE, "by": "index"},
            "byNumber": {"oid": NAMES, "by": "ifIndex"},
            "byDescr": {"oid": NAMES, "match": DESCR, "by": "said"},
            "below": {"oid": "1.9.2", "by": "index", "below": True},
            "chosen": {"path": "byDescr || byNumber"},
            "absent": {"oid": NAMES, "by": "nothing"},
        },
    )
    assert found[0]["byNumber"] == "Gi1/0/2"
    assert (found[0]["byDescr"], found[0]["chosen"]) == ("Gi1/0/1", "Gi1/0/1")
    assert found[0]["below"] == [1, 2]
    assert found[0]["absent"] is None


def test_a_match_of_several_rows_is_no_match() -> None:
    body = f"1.9.1.7|4|same\n{NAMES}.1|4|a\n{NAMES}.2|4|b\n{DESCR}.1|4|same\n{DESCR}.2|4|same\n"
    entry = {"oid": NAMES, "match": DESCR, "by": "said"}
    one = rows(body, columns={"said": "1.9.1"}, lookups={"port": entry})
    every = rows(body, columns={"said": "1.9.1"}, lookups={"port": {**entry, "every": True}})
    assert (one[0]["port"], every[0]["port"]) == (None, ["a", "b"])


def test_tagged_vlans_of_a_port() -> None:
    egress, untagged = "1.3.6.1.2.1.17.7.1.4.3.1.2", "1.3.6.1.2.1.17.7.1.4.3.1.4"
    body = (
        f"1.9.1.1|2|10\n1.9.1.2|2|1\n{egress}.10|4x|c0\n{untagged}.10|4x|80\n{egress}.20|4x|40\n{untagged}.20|4x|00\n"
    )
    entry = {"oid": egress, "except": untagged, "by": "index", "holds": True}
    found = rows(body, columns={"pvid": "1.9.1"}, lookups={"tagged": entry})
    assert [row["tagged"] for row in found] == [[], [10, 20]]
    assert rows("1.9.1.1|2|10\n", columns={"pvid": "1.9.1"}, lookups={"tagged": entry})[0]["tagged"] is None


def test_repeated_names_are_told_apart() -> None:
    found = rows(f"{NAMES}.1|4|Fan\n{NAMES}.2|4|Fan\n", columns={"name": NAMES}, distinct="name")
    assert [row["name"] for row in found] == ["Fan", "Fan #2"]
    agent = f"{NAMES}.1|4|Fan\n{NAMES}.5|4|Fan\n"
    found = rows(agent, columns={"name": NAMES}, distinct="name", numbered=True)
    assert [row["name"] for row in found] == ["Fan", "Fan 2"]


def octets(text: str) -> Value:
    return Value(OCTETS, bytes.fromhex(text))


@pytest.mark.parametrize(
    ("hint", "value", "by", "expected"),
    [
        ("mac", octets("001b2c3d4e5f"), (), "00:1b:2c:3d:4e:5f"),
        ("mac", Value(OCTETS, b"0:1b:2c:3d:4e:5f".replace(b"0:1b", b"00:1b")), (), "00:1b:2c:3d:4e:5f"),
        ("address", octets("0a000001"), (), "10.0.0.1"),
        ("address", octets("20010db8000000000000000000000001"), (), "2001:db8::1"),
        ("date", octets("07ea0b170c1e0f00"), (), datetime(2026, 11, 23, 12, 30, 15, tzinfo=UTC)),
        ("date", octets("07ea0b170c1e0f002b0200"), (), datetime(2026, 11, 23, 10, 30, 15, tzinfo=UTC)),
        ("ports", octets("8001"), (), [1, 16]),
        ("bridge_mac", octets("1001001b2c3d4e5f"), (), "00:1b:2c:3d:4e:5f"),
        ("bridge_priority", octets("1001001b2c3d4e5f"), (), 4097),
        ("stp_instance", Value(2, 32778), (), "VLAN0010"),
        ("stp_instance", Value(2, 32768), (), "CST"),
        ("lldp_chassis", octets("001b2c3d4e5f"), (4,), "00:1b:2c:3d:4e:5f"),
        ("lldp_chassis", octets("010a000001"), (5,), "10.0.0.1"),
        ("lldp_chassis", Value(OCTETS, b"chassis-7"), (7,), "chassis-7"),
        ("lldp_port", octets("414243444546"), (3,), "41:42:43:44:45:46"),
        ("lldp_port", octets("414243444546"), (5,), "ABCDEF"),
        ("sensor", Value(2, 235), (9, 1), 23.5),
        ("sensor", Value(2, 12050), (8, 0), 12.05),
        ("percent_of", Value(2, 370), (740,), 50.0),
        ("mega", Value(66, 10000), (), 10_000_000_000),
    ],
)
def test_hints(hint: str, value: Value, by: tuple[Any, ...], expected: Any) -> None:
    assert HINTS[hint](value, *by) == expected


@pytest.mark.parametrize(
    ("hint", "value", "by"),
    [
        ("mac", octets("0011"), ()),
        ("date", octets("07ea0d170c1e0f00"), ()),
        ("address", octets("0a0000"), ()),
        ("sensor", Value(2, 1_000_000_000), (9, 0)),
        ("sensor", Value(2, 225), (9, None)),
        ("sensor", Value(2, 225), (None, 1)),
        ("percent_of", Value(2, 5), (0,)),
        ("percent_of", Value(2, 5), (None,)),
        ("bridge_mac", octets("001b2c3d4e5f"), ()),
    ],
)
def test_a_value_that_a_hint_cannot_read_is_not_known(hint: str, value: Value, by: tuple[Any, ...]) -> None:
    with pytest.raises((ValueError, TypeError)):
        HINTS[hint](value, *by)


def test_bits_and_flags_have_names() -> None:
    found = rows(
        "1.9.1.1|4x|28\n1.9.2.1|4x|00000090\n",
        columns={
            "bits": {"oid": "1.9.1", "bits": ["other", "repeater", "bridge", "wlan", "router"]},
            "flags": {"oid": "1.9.2", "flags": ["router", "", "", "", "station", "", "", "telephone"]},
        },
    )
    assert (found[0]["bits"], found[0]["flags"]) == (["bridge", "router"], ["station", "telephone"])


def test_thousands_of_rows_are_read_in_seconds() -> None:
    count = 5000
    body = "".join(
        f"{NAMES}.{i}|4|Ethernet{i}\n{DESCR}.{i}|4|Ethernet{i}\n{STATUS}.{i}|2|1\n{BRIDGE}.{i}|2|{i}\n"
        for i in range(1, count + 1)
    )
    started = time.process_time()
    found = read(
        body,
        columns={"name": NAMES, "descr": DESCR, "status": STATUS},
        lookups={"port": {"oid": BRIDGE, "by": "index"}, "same": {"oid": NAMES, "match": DESCR, "by": "descr"}},
    )
    assert len(found.rows) == count and found.rows[-1].values["same"] == f"Ethernet{count}"
    assert time.process_time() - started < 5, "0.2 s on an idle machine"
