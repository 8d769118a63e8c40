"""The directory probes against real directories."""

from __future__ import annotations

import pytest

from collector.model import Credential, Endpoint, Outcome, Parsed, Secret, Target, Transport
from collector.parse.engine import parse_target
from collector.sessions import open_session
from tests.probes.reading import by_kind, outcomes, probes
from tests.real.conftest import AD_READER, READER, Server

pytestmark = pytest.mark.real
PROBES = probes()


def read(server: Server, platform: str, login: tuple[str, str]) -> Parsed:
    options = {"tls": "ldaps", "ca_file": str(server.ca_file), "server_name": server.name}
    endpoint = Endpoint(Transport.LDAP, server.tls_port, "reader", 5, 60, options)
    target = Target("directory", server.address, platform, endpoints=(endpoint,))
    account = Credential("reader", login[0], {"password": Secret(login[1])})
    session = open_session(target, endpoint, PROBES[platform], account)
    try:
        captures = [c for request in PROBES[platform].requests for c in session.fetch(request)]
    finally:
        session.close()
    return parse_target(PROBES, captures)


def test_openldap(slapd: Server) -> None:
    parsed = read(slapd, "openldap", READER)
    found, told = by_kind(parsed), outcomes(parsed)
    (level,) = found["directory_level"]
    assert (level.value["product"], level.value["domain"]) == ("openldap", "example.test")
    assert "reader" in {f.value["name"] for f in found["directory_account"]}
    assert told["directory_account"].outcome is Outcome.OK


def test_openldap_policies_say_what_they_enforce(slapd: Server) -> None:
    parsed = read(slapd, "openldap", READER)
    found = {f.value["name"]: f.value for f in by_kind(parsed)["directory_policy"]}
    read_of = {
        name: (p["min_password_length"], p["lockout_threshold"], p["lockout_duration_s"], p["max_password_age_s"])
        for name, p in found.items()
    }
    assert read_of == {
        "default": (14, 5, 0, 0),
        "unchecked": (0, 0, 0, 7776000),  # neither pwdCheckQuality nor pwdLockout: the two limits don't hold
        "hidden": (None, None, None, None),  # what the account may not read is not absent
    }
    assert [found[n]["complexity"] for n in ("default", "unchecked", "hidden")] == [None, False, None]
    assert [found[n]["default"] for n in ("default", "unchecked", "hidden")] == [True, None, None]


@pytest.mark.slow
def test_samba(samba: Server) -> None:
    parsed = read(samba, "active_directory", AD_READER)
    found, told = by_kind(parsed), outcomes(parsed)
    (level,) = found["directory_level"]
    assert level.value["product"] == "samba" and level.value["domain_level"] is not None
    users = {f.value["name"]: f.value for f in found["directory_account"] if f.value["kind"] == "user"}
    assert users["Administrator"]["privileged"] is True and users["Guest"]["privileged"] is False
    assert "Domain Admins" in users["Administrator"]["privileged_via"]
    assert users["krbtgt"]["enabled"] is False and users["krbtgt"]["password_set_at"] is not None
    assert told["directory_account"].outcome is Outcome.OK
    assert told["directory_policy"].outcome is Outcome.DENIED, "an ordinary account sees no fine-grained policies"
    (policy,) = found["directory_policy"]
    assert policy.value["min_password_length"] is not None and policy.value["default"] is True
    assert len(found["domain_controller"]) == 1
