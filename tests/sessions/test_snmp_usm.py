"""Varbinds taken out of decrypted SNMPv3 responses: the same as pysnmp reads, and never those of another response."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pysnmp.hlapi.v3arch import asyncio as _v3arch
from pysnmp.proto.api import v2c as _v2c
from pysnmp.proto.mpmod import rfc3412 as _rfc3412

from collector.sessions.snmp_ber import cut_scoped
from collector.sessions.snmp_usm import Shelf, engine, shelf_of
from tests.sessions.test_snmp_ber import pairs

v2c: Any = _v2c
rfc3412: Any = _rfc3412
v3arch: Any = _v3arch
MARK = (1, 3, 6, 1, 3, 70_000, 200)
Pairs = list[tuple[tuple[int, ...], Any]]


def scoped(varbinds: Pairs, kind: Any = v2c.ResponsePDU, status: int = 0, padding: bytes = b"") -> bytes:
    """A scoped PDU as it stands after decryption."""
    pdu = kind()
    v2c.apiPDU.set_defaults(pdu)
    v2c.apiPDU.set_request_id(pdu, 7)
    if status:
        v2c.apiPDU.set_error_status(pdu, status)
        v2c.apiPDU.set_error_index(pdu, 1)
    v2c.apiPDU.set_varbinds(pdu, [(v2c.ObjectIdentifier(o), v) for o, v in varbinds])
    whole = rfc3412.ScopedPDU()
    whole.setComponentByPosition(0, b"\x80\x00\x00\x09\x03abc")
    whole.setComponentByPosition(1, b"")
    data = whole.setComponentByPosition(2).getComponentByPosition(2)
    data.setComponentByType(pdu.tagSet, pdu, verifyConstraints=False, matchTags=False, matchConstraints=False)
    return bytes(encoder.encode(whole)) + padding


def read(data: bytes) -> tuple[Any, bytes]:
    """The PDU as pysnmp reads it, and what follows."""
    whole, rest = decoder.decode(data, asn1Spec=rfc3412.ScopedPDU())
    return whole.getComponentByPosition(2).getComponent(), rest


def names(pdu: Any) -> list[tuple[int, ...]]:
    return [tuple(name) for name, _ in v2c.apiPDU.get_varbinds(pdu)]


@given(pairs, st.integers(0, 18), st.binary(max_size=8))
def test_pysnmp_reads_the_rest_of_the_response_unchanged(varbinds: Pairs, status: int, padding: bytes) -> None:
    cut, found = cut_scoped(scoped(varbinds, status=status, padding=padding), MARK)
    assert [name for name, _, _ in found] == [name for name, _ in varbinds]
    for (_, tag, content), (_, value) in zip(found, varbinds, strict=True):
        encoded = bytes(encoder.encode(value))
        assert encoded[0] == tag and encoded.endswith(content)
    pdu, rest = read(cut)
    assert rest == padding
    assert (int(v2c.apiPDU.get_request_id(pdu)), int(v2c.apiPDU.get_error_status(pdu))) == (7, status)
    assert names(pdu) == [MARK]


@given(pairs, st.data())
def test_damage_is_left_to_pysnmp(varbinds: Pairs, data: st.DataObject) -> None:
    whole = bytearray(scoped(varbinds))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))])
    shelf = Shelf()
    for damaged in (bytes(whole), cut):
        try:
            pdu, _ = read(shelf.put(damaged))
            marks = names(pdu)
        except (PyAsn1Error, AttributeError, TypeError):
            continue  # nothing reaches a request then
        held = shelf.take(marks[0]) if len(marks) == 1 else None
        if held is None:
            assert marks == names(read(damaged)[0])


@pytest.mark.parametrize("kind", [v2c.GetRequestPDU, v2c.ReportPDU])
def test_only_responses_are_taken_apart(kind: Any) -> None:
    shelf = Shelf()
    pdu, _ = read(shelf.put(scoped([((1, 3, 6, 1), v2c.Integer32(1))], kind)))
    assert names(pdu) == [(1, 3, 6, 1)]
    assert shelf.take((1, 3, 6, 1)) is None


def test_varbinds_are_given_once_and_only_for_their_own_mark() -> None:
    shelf = Shelf()
    [first] = names(read(shelf.put(scoped([((1, 3, 6, 1), v2c.Integer32(1))])))[0])
    [second] = names(read(shelf.put(scoped([((1, 3, 6, 2), v2c.Integer32(2))])))[0])
    assert first != second
    assert shelf.take(first) is None  # a later response has taken its place
    assert shelf.take(second) == [((1, 3, 6, 2), 0x02, b"\x02")]
    assert shelf.take(second) is None


def test_a_device_cannot_name_a_mark() -> None:
    shelf = Shelf()
    [mark] = names(read(shelf.put(scoped([((1, 3, 6, 1), v2c.Integer32(1))])))[0])
    forged = (*mark[:-1], mark[-1] + 1)
    [given] = names(read(shelf.put(scoped([(forged, v2c.Integer32(9))])))[0])
    assert shelf.take(given) == [(forged, 0x02, b"\x09")]  # it is a varbind like any other


def test_other_engines_of_the_process_read_all_by_themselves() -> None:
    key, sent = (
        v2c.OctetString(bytes(range(16))),
        scoped([((1, 3, 6, 1), v2c.Integer32(1)), ((1, 3, 6, 2), v2c.Integer32(2))]),
    )
    ours, others = engine(), v3arch.SnmpEngine()

    def received(by: Any) -> list[tuple[int, ...]]:
        privacy = by.security_models[3].PRIV_SERVICES[v3arch.USM_PRIV_CFB128_AES]
        encrypted, salt = privacy.encrypt_data(key, (1, 2, None), sent)
        return names(read(bytes(privacy.decrypt_data(key, (1, 2, salt), encrypted)))[0])

    [mark] = received(ours)
    assert received(others) == [(1, 3, 6, 1), (1, 3, 6, 2)]
    assert [name for name, _, _ in shelf_of(ours).take(mark) or []] == [(1, 3, 6, 1), (1, 3, 6, 2)]
