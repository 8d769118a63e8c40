"""The response decoder against pysnmp's encoder, and against damaged and hostile messages."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import encoder
from pysnmp.proto import rfc1905
from pysnmp.proto.api import v2c as _v2c

from collector.sessions.snmp_ber import decode_response, oid
from collector.sessions.snmprec import snmprec

v2c: Any = _v2c

arcs = st.integers(0, 2**32 - 1)
oids = st.tuples(st.just(1), st.just(3), st.just(6)).flatmap(
    lambda p: st.lists(arcs, max_size=12).map(lambda r: (*p, *r))
)
values = st.one_of(
    st.integers(-(2**31), 2**31 - 1).map(lambda n: v2c.Integer32(n)),
    st.binary(max_size=300).map(lambda b: v2c.OctetString(b)),
    oids.map(lambda o: v2c.ObjectIdentifier(o)),
    st.integers(0, 2**32 - 1).map(lambda n: v2c.Counter32(n)),
    st.integers(0, 2**32 - 1).map(lambda n: v2c.Gauge32(n)),
    st.integers(0, 2**32 - 1).map(lambda n: v2c.TimeTicks(n)),
    st.integers(0, 2**64 - 1).map(lambda n: v2c.Counter64(n)),
    st.binary(min_size=4, max_size=4).map(lambda b: v2c.IpAddress(b)),
    st.sampled_from([rfc1905.noSuchObject, rfc1905.noSuchInstance, rfc1905.endOfMibView]),
)
pairs = st.lists(st.tuples(oids, values), max_size=8)


def message(varbinds: list[tuple[tuple[int, ...], Any]], request_id: int = 7, status: int = 0, index: int = 0) -> bytes:
    pdu = v2c.ResponsePDU()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, request_id)
    v2c.apiPDU.set_error_status(pdu, status)
    v2c.apiPDU.set_error_index(pdu, index)
    v2c.apiPDU.set_varbinds(pdu, [(v2c.ObjectIdentifier(o), v) for o, v in varbinds])
    whole = v2c.Message()
    v2c.apiMessage.set_defaults(whole)
    v2c.apiMessage.set_community(whole, "public")
    v2c.apiMessage.set_pdu(whole, pdu)
    return bytes(encoder.encode(whole))


@given(pairs, st.integers(1, 2**31 - 1))
def test_what_pysnmp_encodes_is_read(varbinds: list[tuple[tuple[int, ...], Any]], request_id: int) -> None:
    found = decode_response(message(varbinds, request_id))
    assert found.request_id == request_id
    assert [v[0] for v in found.varbinds] == [o for o, _ in varbinds]
    for (_, tag, content), (_, value) in zip(found.varbinds, varbinds, strict=True):
        encoded = bytes(encoder.encode(value))
        assert encoded[0] == tag and encoded.endswith(content)


@given(pairs, st.data())
def test_damage_is_a_value_error_or_a_message(varbinds: list[tuple[tuple[int, ...], Any]], data: st.DataObject) -> None:
    whole = bytearray(message(varbinds))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(whole)))
    for damaged in (bytes(whole), bytes(whole[:cut])):
        try:
            found = decode_response(damaged)
        except ValueError:
            continue
        assert snmprec(found.varbinds).decode("ascii").count("\n") == len(found.varbinds)


@given(st.binary(max_size=400))
def test_noise_is_a_value_error_or_a_message(noise: bytes) -> None:
    with contextlib.suppress(ValueError):
        snmprec(decode_response(noise).varbinds)


@pytest.mark.parametrize(
    "content", [b"", b"\x80", b"\x2b\x86", b"\x2b" + b"\xff" * 700 + b"\x7f", b"\x2b\x90\x80\x80\x80\x00"]
)
def test_bad_object_identifiers(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"bad object|beyond"):
        oid(content)


def test_values_as_snmprec() -> None:
    found = decode_response(
        message(
            [
                ((1, 3, 6, 2), v2c.OctetString("Building A|1")),
                ((1, 3, 6, 1, 10), v2c.Integer32(-5)),
                ((1, 3, 6, 1, 9), v2c.OctetString(b"\x00\x1b\xff")),
                ((1, 3, 6, 3), v2c.IpAddress("10.0.0.1")),
                ((1, 3, 6, 4), v2c.Counter64(2**64 - 1)),
                ((1, 3, 6, 5), v2c.ObjectIdentifier("1.3.6.1.4.1.9")),
            ]
        )
    )
    assert snmprec(found.varbinds).decode().splitlines() == [
        "1.3.6.1.9|4x|001bff",
        "1.3.6.1.10|2|-5",
        "1.3.6.2|4|Building A|1",
        "1.3.6.3|64|10.0.0.1",
        "1.3.6.4|70|18446744073709551615",
        "1.3.6.5|6|1.3.6.1.4.1.9",
    ]
