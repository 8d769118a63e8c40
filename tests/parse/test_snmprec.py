"""Recorded agents in both forms: what they hold, what is damaged, and writing them again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.parse.snmprec import (
    ADDRESS,
    COUNTER64,
    GAUGE32,
    INTEGER,
    OCTETS,
    OID,
    TICKS,
    Damage,
    Value,
    oid,
    read_recording,
    write_snmprec,
)

SYS_DESCR, SYS_OBJECT, UPTIME = (1, 3, 6, 1, 2, 1, 1, 1, 0), (1, 3, 6, 1, 2, 1, 1, 2, 0), (1, 3, 6, 1, 2, 1, 1, 3, 0)

SNMPREC = b"""# a comment
1.3.6.1.2.1.1.3.0|67|718475737
1.3.6.1.2.1.1.1.0|4x|41636d650d0a4f53
1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.99999.1
1.3.6.1.2.1.4.20.1.1.10.0.0.1|64x|0a000001
1.3.6.1.2.1.31.1.1.1.6.1|70|18446744073709551615
1.3.6.1.2.1.99.1|129|
"""

WALK = b""".1.3.6.1.2.1.1.1.0 = STRING: "Acme
OS \\"seven\\""
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.99999.1
.1.3.6.1.2.1.1.3.0 = Timeticks: (718475737) 83 days, 3:45:57.37
.1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1B 2C 3D 4E 5F
.1.3.6.1.2.1.2.2.1.8.1 = INTEGER: up(1)
.1.3.6.1.2.1.4.20.1.1.10.0.0.1 = IpAddress: 10.0.0.1
.1.3.6.1.2.1.31.1.1.1.18.1 = ""
.1.3.6.1.2.1.99.1 = No Such Instance currently exists at this OID
"""


def test_snmprec_values_are_typed_and_sorted() -> None:
    found = read_recording(SNMPREC)
    assert found.form == "snmprec"
    assert found.values[SYS_DESCR] == Value(OCTETS, b"Acme\r\nOS")
    assert found.values[SYS_OBJECT] == Value(OID, (1, 3, 6, 1, 4, 1, 99999, 1))
    assert found.values[UPTIME] == Value(TICKS, 718475737)
    assert found.values[oid("1.3.6.1.2.1.4.20.1.1.10.0.0.1")] == Value(ADDRESS, bytes([10, 0, 0, 1]))
    assert found.values[oid("1.3.6.1.2.1.31.1.1.1.6.1")] == Value(COUNTER64, 2**64 - 1)
    assert oid("1.3.6.1.2.1.99.1") not in found.values, "noSuchInstance is no value"
    assert list(found.keys) == sorted(found.values)
    assert found.damaged == ()


def test_walk_text_holds_the_same() -> None:
    found = read_recording(WALK)
    assert found.form == "snmpwalk"
    assert found.values[SYS_DESCR] == Value(OCTETS, b'Acme\nOS "seven"')
    assert found.values[SYS_OBJECT] == Value(OID, (1, 3, 6, 1, 4, 1, 99999, 1))
    assert found.values[UPTIME] == Value(TICKS, 718475737)
    assert found.values[oid("1.3.6.1.2.1.2.2.1.6.1")] == Value(OCTETS, bytes.fromhex("001b2c3d4e5f"))
    assert found.values[oid("1.3.6.1.2.1.2.2.1.8.1")] == Value(INTEGER, 1)
    assert found.values[oid("1.3.6.1.2.1.31.1.1.1.18.1")] == Value(OCTETS, b"")
    assert len(found.values) == 7


def test_an_unreadable_value_is_a_cell_and_a_broken_oid_is_damage() -> None:
    found = read_recording(
        b"1.3.6.1.2.1.2.2.1.6.1|4x|0011XXYYZZ\n1.3.6.1.2.1.4.20.1.2.<removed>|2|3\n1.3.6.1.2.1.2.2.1.5.1|66|fast\nnonsense\n"
    )
    assert found.unreadable == {oid("1.3.6.1.2.1.2.2.1.6.1"), oid("1.3.6.1.2.1.2.2.1.5.1")}
    assert found.damaged == (Damage(2, oid("1.3.6.1.2.1.4.20.1.2")), Damage(4))
    assert len(found.damaged_under([oid("1.3.6.1.2.1.4.20")])) == 2
    assert found.damaged_under([oid("1.3.6.1.2.1.2.2")]) == (Damage(4),), "the other line lies elsewhere"
    assert found.has(oid("1.3.6.1.2.1.2.2.1.6"))
    assert list(found.under(oid("1.3.6.1.2.1.2.2.1.6"))) == [((1,), None)]


def test_of_an_oid_that_occurs_twice_the_first_counts() -> None:
    assert read_recording(b"1.3.1|2|1\n1.3.1|2|2\n").values == {(1, 3, 1): Value(INTEGER, 1)}


VALUES = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: Value(INTEGER, n)),
    st.integers(0, 2**32 - 1).map(lambda n: Value(GAUGE32, n)),
    st.integers(0, 2**64 - 1).map(lambda n: Value(COUNTER64, n)),
    st.binary(max_size=40).map(lambda b: Value(OCTETS, b)),
    st.binary(min_size=4, max_size=4).map(lambda b: Value(ADDRESS, b)),
    st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=9).map(lambda o: Value(OID, tuple(o))),
)


@given(st.dictionaries(st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=12).map(tuple), VALUES, max_size=20))
def test_what_is_written_reads_the_same(values: dict[tuple[int, ...], Value]) -> None:
    found = read_recording(write_snmprec(values))
    assert dict(found.values) == values
    assert found.damaged == () and not found.unreadable


@given(st.binary(max_size=300))
def test_anything_is_read_without_raising(body: bytes) -> None:
    read_recording(body)
