"""SNMP sessions against a small agent that has the weaknesses of old and odd ones."""

from __future__ import annotations

import socket
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import rfc1905
from pysnmp.proto.api import v2c as _v2c

from collector.model import Capture, Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import open_session

v2c: Any = _v2c
Oid = tuple[int, ...]
ROWS: dict[Oid, Any] = {(1, 3, 6, 1, column, row): v2c.Integer32(row) for column in (1, 2, 3) for row in range(1, 41)}
ROWS |= {(1, 3, 6, 2, 0): v2c.OctetString("name"), (1, 3, 6, 3, 0): v2c.OctetString("place")}
TABLE = RequestDef("table", ("1.3.6.1.1", "1.3.6.1.2", "1.3.6.1.3"), "snmp", (), "GETBULK")
SCALARS = RequestDef("scalars", ("1.3.6.2.0", "1.3.6.3.0", "1.3.6.4.0"), "snmp", (), "GETBULK")

#: Verb, number of names asked -> error-status, or None to answer.
Rule = Callable[[str, int, int], int | None]


class Agent:
    """Answers v2c from ROWS, except where ``rule`` says with which error-status."""

    def __init__(self, rule: Rule, spoil: Callable[[bytes], bytes | None]) -> None:
        self.rule, self.spoil = rule, spoil
        self.asked = 0
        self.sender: socket.socket | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self._names = sorted(ROWS)

    def run(self) -> None:
        while True:
            try:
                data, where = self.socket.recvfrom(65535)
            except OSError:
                return
            if data == b"end":
                return
            self.asked += 1
            reply = self.spoil(self.answer(data))
            if reply is not None:
                (self.sender or self.socket).sendto(reply, where)

    def answer(self, data: bytes) -> bytes:
        message, _ = decoder.decode(data, asn1Spec=v2c.Message())
        pdu = v2c.apiMessage.get_pdu(message)
        bulk = isinstance(pdu, v2c.GetBulkRequestPDU)
        names = [tuple(n) for n, _ in v2c.apiPDU.get_varbinds(pdu)]
        repetitions = int(v2c.apiBulkPDU.get_max_repetitions(pdu)) if bulk else 1
        verb = "GETBULK" if bulk else "GETNEXT" if isinstance(pdu, v2c.GetNextRequestPDU) else "GET"
        response = v2c.apiPDU.get_response(pdu)
        status = self.rule(verb, len(names), repetitions)
        if status:
            v2c.apiPDU.set_varbinds(response, [(n, v2c.Null("")) for n in names])
            v2c.apiPDU.set_error_status(response, status)
            v2c.apiPDU.set_error_index(response, 1)
        elif verb == "GET":
            v2c.apiPDU.set_varbinds(response, [(n, ROWS.get(n, rfc1905.noSuchObject)) for n in names])
        else:
            v2c.apiPDU.set_varbinds(response, self.after(names, repetitions))
        v2c.apiMessage.set_pdu(message, response)
        return bytes(encoder.encode(message))

    def after(self, names: list[Oid], repetitions: int) -> list[tuple[Oid, Any]]:
        found: list[tuple[Oid, Any]] = []
        for _ in range(repetitions):
            for at, name in enumerate(names):
                place = bisect_right(self._names, name)
                last = place >= len(self._names)
                names[at] = name if last else self._names[place]
                found.append((names[at], rfc1905.endOfMibView if last else ROWS[names[at]]))
        return found


@contextmanager
def agent(
    rule: Rule = lambda verb, names, rows: None, spoil: Callable[[bytes], bytes | None] = lambda b: b
) -> Iterator[Agent]:
    made = Agent(rule, spoil)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.socket.sendto(b"end", ("127.0.0.1", made.port))
        thread.join(5)
        made.socket.close()


def read(
    where: Agent, *requests: RequestDef, wait: float = 0.6, deadline: float = 10, **options: object
) -> list[Capture]:
    endpoint = Endpoint(Transport.SNMP, where.port, "v2", wait, deadline, options)
    probe = ProbeDef("p", "*", Transport.SNMP, "any", "1", requests)
    credential = Credential("v2", "", {"community": Secret("public")})
    session = open_session(Target("t", "127.0.0.1", "any", endpoints=(endpoint,)), endpoint, probe, credential)
    return [c for request in requests for c in session.fetch(request)]


def table() -> bytes:
    return "".join(f"1.3.6.1.{c}.{r}|2|{r}\n" for c in (1, 2, 3) for r in range(1, 41)).encode()


@pytest.mark.parametrize(
    "rule",
    [
        lambda verb, names, rows: None,
        lambda verb, names, rows: 1 if rows > 7 else None,
        lambda verb, names, rows: 5 if verb == "GETBULK" else None,
        lambda verb, names, rows: 5 if verb == "GETBULK" or names > 1 else None,
    ],
    ids=["sound", "too big", "no GETBULK", "one name at a time"],
)
def test_a_whole_table_from_weak_agents(rule: Rule) -> None:
    with agent(rule) as where:
        [capture] = read(where, TABLE)
    assert (capture.outcome, capture.body) == (Outcome.OK, table()), capture.detail


@pytest.mark.parametrize("repetitions", [1, 3, 25, 100])
def test_any_number_of_repetitions(repetitions: int) -> None:
    with agent() as where:
        [capture] = read(where, TABLE, max_repetitions=repetitions)
    assert capture.body == table()


@pytest.mark.parametrize("rule", [lambda v, n, r: None, lambda v, n, r: 1 if n > 1 else None], ids=["sound", "too big"])
def test_scalars_that_are_there(rule: Rule) -> None:
    with agent(rule) as where:
        [capture] = read(where, SCALARS)
    assert capture.body == b"1.3.6.2.0|4|name\n1.3.6.3.0|4|place\n"


@pytest.mark.parametrize(("status", "outcome"), [(5, Outcome.UNPARSED), (6, Outcome.DENIED), (16, Outcome.DENIED)])
def test_an_agent_that_refuses_everything(status: int, outcome: Outcome) -> None:
    with agent(lambda verb, names, rows: status) as where:
        captures = read(where, SCALARS, TABLE)
    assert [(c.outcome, c.body) for c in captures] == [(outcome, None)] * 2


def test_a_table_has_a_largest_size() -> None:
    small = RequestDef("table", TABLE.send, "snmp", (), "GETBULK", send_options={"max_varbinds": 50})
    with agent() as where:
        [capture] = read(where, small)
    assert capture.outcome is Outcome.TIMED_OUT and "does not end" in capture.detail


@pytest.mark.parametrize(
    "spoil",
    [lambda b: None, lambda b: b[: len(b) // 2], lambda b: b"\xff" * 40, lambda b: b[:-1] + b"\x00" * 3 + b"\x30\x84"],
    ids=["silence", "half", "noise", "odd end"],
)
def test_what_cannot_be_read_is_as_good_as_silence(spoil: Callable[[bytes], bytes | None]) -> None:
    with agent(spoil=spoil) as where:
        begun = time.monotonic()
        captures = read(where, SCALARS, TABLE)
        asked = where.asked
    assert time.monotonic() - begun < 5
    if captures[0].outcome is not Outcome.OK:
        assert [c.outcome for c in captures] == [Outcome.UNREACHABLE] * 2
        assert asked == 3  # three tries, and the second request is not sent at all


def test_an_answer_from_another_address_does_not_count() -> None:
    with agent() as where, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.9", 0))
        where.sender = other
        [capture] = read(where, SCALARS)
        assert where.asked == 3
    assert capture.outcome is Outcome.UNREACHABLE


def test_a_column_that_two_requests_name_is_walked_once() -> None:
    again = RequestDef("again", ("1.3.6.1.2", "1.3.6.1.3"), "snmp", (), "GETBULK")
    with agent() as where:
        [first] = read(where, TABLE)
        alone = where.asked
    with agent() as where:
        one, two = read(where, TABLE, again)
        assert where.asked == alone
    assert one.body == first.body == table()
    assert two.body == "".join(f"1.3.6.1.{c}.{r}|2|{r}\n" for c in (2, 3) for r in range(1, 41)).encode()


def test_a_column_that_could_not_be_walked_is_asked_again() -> None:
    short = RequestDef("short", ("1.3.6.1.1",), "snmp", (), "GETBULK", send_options={"max_varbinds": 5})
    whole = RequestDef("whole", ("1.3.6.1.1",), "snmp", (), "GETBULK")
    with agent() as where:
        cut, read_whole = read(where, short, whole)
    assert (cut.outcome, cut.body) == (Outcome.TIMED_OUT, None)
    assert read_whole.body is not None and read_whole.body.count(b"\n") == 40
