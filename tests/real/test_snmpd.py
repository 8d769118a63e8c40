"""SNMP sessions against net-snmp's agent."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from collector.model import Capture, Credential, Endpoint, Outcome, Secret, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef
from collector.sessions import open_session
from tests.real.conftest import AUTH, COMMUNITY, PRIV, Server, needs

pytestmark = pytest.mark.real

SYSTEM = RequestDef("system", tuple(f"1.3.6.1.2.1.1.{n}.0" for n in (1, 2, 3, 4, 5, 6, 99)), "snmp", (), "GETBULK")
NAMES = RequestDef("names", ("1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.1"), "snmp", (), "GETBULK")
ALL = RequestDef("all", ("1.3.6.1.2.1",), "snmp", (), "GETBULK", send_options={"max_repetitions": 50})
PROBE = ProbeDef("p", "*", Transport.SNMP, "any", "1", (SYSTEM, NAMES, ALL))


def read(
    server: Server, credential: Credential, *requests: RequestDef, version: str = "2c", wait: float = 3
) -> list[Capture]:
    endpoint = Endpoint(Transport.SNMP, server.port, credential.name, wait, 30, {"version": version})
    target = Target("t", server.address, "any", endpoints=(endpoint,))
    session = open_session(target, endpoint, PROBE, credential)
    return [c for request in requests for c in session.fetch(request)]


def v3(user: str, auth: str = AUTH, priv: str = PRIV, protocol: str = "SHA-256", name: str = "") -> Credential:
    secrets = {"auth_key": Secret(auth), "priv_key": Secret(priv)}
    return Credential(
        name or f"v3-{user}-{auth}-{priv}", user, secrets, {"auth_protocol": protocol, "priv_protocol": "AES"}
    )


V2 = Credential("v2", "", {"community": Secret(COMMUNITY)})
CREDENTIALS: Mapping[str, tuple[str, Credential]] = {
    "v2c": ("2c", V2),
    "SHA, AES": ("3", v3("sha1", protocol="SHA")),
    "SHA-256, AES": ("3", v3("sha256")),
}


def lines(capture: Capture) -> dict[str, tuple[str, str]]:
    assert capture.outcome is Outcome.OK, capture.detail
    rows = [line.split("|", 2) for line in (capture.body or b"").decode("ascii").splitlines()]
    return {oid: (kind, value) for oid, kind, value in rows}


@pytest.mark.parametrize("name", CREDENTIALS)
def test_scalars_and_tables(snmpd: Server, name: str) -> None:
    version, credential = CREDENTIALS[name]
    system, names = read(snmpd, credential, SYSTEM, NAMES, version=version)
    found = lines(system)
    assert found["1.3.6.1.2.1.1.5.0"] == ("4", "real-snmpd")
    assert found["1.3.6.1.2.1.1.6.0"] == ("4", "Building A")
    assert found["1.3.6.1.2.1.1.3.0"][0] == "67"
    assert found["1.3.6.1.2.1.1.2.0"] == ("6", "1.3.6.1.4.1.8072.3.2.10")
    assert "1.3.6.1.2.1.1.99.0" not in found
    assert ("4", "lo") in lines(names).values()


def test_a_whole_walk_is_what_the_c_tool_reads(snmpd: Server) -> None:
    tool = needs("snmpbulkwalk", "snmp")
    [capture] = read(snmpd, V2, ALL)
    ours = lines(capture)
    where = f"{snmpd.address}:{snmpd.port}"
    command = [tool, "-v2c", "-c", COMMUNITY, "-On", "-m", "", "-Cr50", where, "1.3.6.1.2.1"]
    text = subprocess.run(command, capture_output=True, check=True, text=True, errors="replace").stdout
    theirs = {line.split(" = ")[0].lstrip(".") for line in text.splitlines() if line.startswith(".1.3")}
    moving = {
        oid
        for oid in theirs ^ set(ours)
        if oid.startswith(("1.3.6.1.2.1.6.", "1.3.6.1.2.1.7.", "1.3.6.1.2.1.4.", "1.3.6.1.2.1.25."))
    }
    assert theirs ^ set(ours) == moving
    assert len(ours) > 100
    assert [*ours] == sorted(ours, key=lambda oid: [int(arc) for arc in oid.split(".")])


def test_v3_reads_the_same_as_v2c(snmpd: Server) -> None:
    request = RequestDef("sys", ("1.3.6.1.2.1.1.9",), "snmp", (), "GETBULK")
    bodies = {read(snmpd, credential, request, version=version)[0].body for version, credential in CREDENTIALS.values()}
    assert len(bodies) == 1 and bodies != {b""}


def test_a_wrong_community_is_silence(snmpd: Server) -> None:
    begun = time.monotonic()
    wrong = Credential("wrong", "", {"community": Secret("not-the-community")})
    captures = read(snmpd, wrong, SYSTEM, NAMES, wait=1.5)
    assert [c.outcome for c in captures] == [Outcome.UNREACHABLE] * 2
    assert "community" in captures[0].detail
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "credential",
    [v3("sha256", auth="another-key-1"), v3("nobody"), v3("sha256", protocol="SHA", name="other-protocol")],
    ids=["wrong key", "unknown user", "wrong protocol"],
)
def test_v3_refusals_are_denied(snmpd: Server, credential: Credential) -> None:
    captures = read(snmpd, credential, SYSTEM, NAMES, version="3")
    assert [c.outcome for c in captures] == [Outcome.DENIED] * 2, captures[0].detail


def test_a_wrong_privacy_key_is_no_answer(snmpd: Server) -> None:
    [capture] = read(snmpd, v3("sha256", priv="another-key-2"), SYSTEM, version="3", wait=1.5)
    assert capture.outcome in (Outcome.DENIED, Outcome.UNREACHABLE)
    assert capture.body is None


def test_what_a_view_hides_is_not_there(snmpd: Server) -> None:
    system, names = read(snmpd, v3("narrow"), SYSTEM, NAMES, version="3")
    assert lines(system)["1.3.6.1.2.1.1.5.0"] == ("4", "real-snmpd")
    assert names.body == b""


def test_the_agent_never_sees_a_set(snmpd: Server, tmp_path: Path) -> None:
    request = RequestDef("set", ("1.3.6.1.2.1.1.5.0",), "snmp", (), "SET")
    [capture] = read(snmpd, V2, request)
    assert capture.outcome is Outcome.NOT_COLLECTED and "never sent" in capture.detail
