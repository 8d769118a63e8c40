"""The directory probes against real directories."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from collector.model import Capture, Credential, Endpoint, Outcome, Parsed, Secret, Target, Transport
from collector.parse.engine import parse_target
from collector.sessions import open_session
from tests.probes.reading import by_kind, outcomes, probes
from tests.real import ds389
from tests.real.conftest import AD_ADMINISTRATOR, AD_READER, READER, Server
from tests.real.domain import LOCAL_PASSWORD

pytestmark = pytest.mark.real
PROBES = probes()


def captures(
    server: Server, platform: str, login: tuple[str, str], bind: str = "simple", tls: str = "ldaps"
) -> list[Capture]:
    options = {"tls": tls, "ca_file": str(server.ca_file), "server_name": server.name}
    endpoint = Endpoint(Transport.LDAP, server.port if tls == "none" else server.tls_port, "reader", 5, 60, options)
    target = Target("directory", server.address, platform, endpoints=(endpoint,))
    account = Credential("reader", login[0], {"password": Secret(login[1])}, {"bind": bind})
    session = open_session(target, endpoint, PROBES[platform], account)
    try:
        return [c for request in PROBES[platform].requests for c in session.fetch(request)]
    finally:
        session.close()


def read(server: Server, platform: str, login: tuple[str, str], bind: str = "simple", tls: str = "ldaps") -> Parsed:
    return parse_target(PROBES, captures(server, platform, login, bind, tls))


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


@pytest.fixture(scope="module")
def directory_389(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with ds389.running(tmp_path_factory.mktemp("ds389")) as server:
        yield server


def test_389_shows_its_policy_to_its_manager(directory_389: Server) -> None:
    parsed = read(directory_389, "ds389", ds389.MANAGER, tls="none")
    found, told = by_kind(parsed), outcomes(parsed)
    (level,), (policy,), (device,) = found["directory_level"], found["directory_policy"], found["device"]
    assert level.value["product"] == "389-directory" and level.value["domain"] == "example.test"
    assert level.value["signing_required"] is False, "this very bind passed in the clear"
    assert level.value["anonymous_search"] is True and level.value["unauthenticated_bind"] is False
    assert re.fullmatch(r"\d+\.\d+\.\d+", device.value["version"])
    limits = [policy.value[n] for n in ("min_password_length", "lockout_threshold", "lockout_duration_s")]
    assert limits == [13, 7, 0] and policy.value["max_password_age_s"] == 0
    assert told["directory_policy"].outcome is Outcome.OK


def test_389_hides_its_policy_from_others(directory_389: Server) -> None:
    parsed = read(directory_389, "ds389", ds389.PERSON, tls="none")
    assert outcomes(parsed)["directory_policy"].outcome is Outcome.DENIED
    people = named(parsed, "directory_account")
    assert {name: p["enabled"] for name, p in people.items()} == {"reader": True, "anna": True, "carl": False}
    assert datetime.now(UTC) - people["anna"]["password_set_at"] < timedelta(hours=1)
    assert people["carl"]["password_set_at"] is None, "the server notes changes only"


@pytest.fixture(scope="module")
def domain(samba: Server) -> Parsed:
    """What an ordinary account reads."""
    return read(samba, "active_directory", AD_READER)


def named(parsed: Parsed, kind: str) -> dict[str, dict[str, Any]]:
    return {str(f.value.get("name") or f.key): dict(f.value) for f in by_kind(parsed)[kind]}


@pytest.mark.slow
def test_every_kind_but_the_hidden_one_is_read(domain: Parsed) -> None:
    told = outcomes(domain)
    assert {kind: o.outcome for kind, o in told.items() if o.outcome is not Outcome.OK} == {
        "directory_policy": Outcome.DENIED  # an ordinary account sees no fine-grained policies
    }
    [policy] = by_kind(domain)["directory_policy"]
    assert policy.value["min_password_length"] == 14 and policy.value["lockout_threshold"] == 10
    assert policy.value["default"] is True


@pytest.mark.slow
def test_an_administrator_sees_the_fine_grained_policies(samba: Server) -> None:
    parsed = read(samba, "active_directory", AD_ADMINISTRATOR)
    policies = named(parsed, "directory_policy")
    assert outcomes(parsed)["directory_policy"].outcome is Outcome.OK
    assert set(policies) == {"default", "Clinicians"}
    fine = policies["Clinicians"]
    assert (fine["min_password_length"], fine["lockout_threshold"], fine["lockout_duration_s"]) == (16, 8, 900)
    assert (fine["max_password_age_s"], fine["precedence"], fine["applies_to"]) == (7776000, 10, ["Helpdesk"])


@pytest.mark.slow
def test_levels_and_settings(domain: Parsed) -> None:
    [level] = by_kind(domain)["directory_level"]
    assert level.value["product"] == "samba" and level.value["domain_level"] == 4 and level.value["forest_level"] == 4
    made = datetime.now(UTC) - level.value["ticket_key_set_at"]
    assert timedelta(0) < made < timedelta(hours=1), "krbtgt was made with the domain"
    assert level.value["signing_offered"] is True and "GSSAPI" in level.value["sasl_mechanisms"]
    assert level.value["managed_local_passwords"] is True and level.value["machine_account_quota"] == 10
    assert level.value["anonymous_search"] is False
    assert (level.value["signing_required"], level.value["channel_binding_required"]) == (None, None)


@pytest.mark.slow
def test_a_bind_that_passed_shows_what_is_not_demanded(samba: Server) -> None:
    parsed = read(samba, "active_directory", ("LAB\\reader", AD_READER[1]), bind="ntlm")
    [level] = by_kind(parsed)["directory_level"]
    assert level.value["channel_binding_required"] is False and level.value["signing_required"] is None


@pytest.mark.slow
def test_privilege_through_nesting_and_primary_groups(domain: Parsed) -> None:
    found = named(domain, "directory_account")
    privileged = {name for name, account in found.items() if account["privileged"]}
    assert privileged == {"Administrator", "anna", "berta"}, "anna through two groups, berta by her primary group"
    assert "Domain Admins" in found["anna"]["privileged_via"] and "Domain Admins" in found["berta"]["privileged_via"]
    assert all(account["privileged"] is not None for account in found.values())


@pytest.mark.slow
def test_accounts_tell_how_they_are_guarded(domain: Parsed) -> None:
    found = named(domain, "directory_account")
    assert found["krbtgt"]["enabled"] is False and found["krbtgt"]["password_set_at"] is not None
    assert found["carl"]["last_logon_at"] == datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert found["carl"]["password_never_expires"] is True and found["anna"]["password_never_expires"] is False
    assert (found["dora"]["preauthentication"], found["anna"]["preauthentication"]) == (False, True)
    assert (found["dora"]["password_not_required"], found["anna"]["password_not_required"]) == (True, False)
    service = found["svc-pacs"]
    assert (service["spn"], found["anna"]["spn"]) == (True, False)
    assert service["encryption_types"] == ["rc4"] and found["anna"]["encryption_types"] is None
    assert service["delegation_to"] == ["cifs/files.lab.example.test"] and service["delegation_any_protocol"] is True
    assert (found["SRV-OLD$"]["delegation_unconstrained"], found["SRV-NEW$"]["delegation_unconstrained"]) == (
        True,
        False,
    )
    assert {found[name]["kind"] for name in ("SRV-OLD$", "DC1$")} == {"computer"}
    assert found["svc-lab$"]["kind"] == "managed"
    assert found["SRV-OLD$"]["operating_system"] == "Windows Server 2012 R2 Standard"


@pytest.mark.slow
def test_managed_local_passwords_by_their_expiry_alone(samba: Server, domain: Parsed) -> None:
    found = named(domain, "directory_account")
    managed = {name: found[name]["managed_local_password"] for name in ("SRV-NEW$", "SRV-OLD$", "anna")}
    assert managed == {"SRV-NEW$": True, "SRV-OLD$": False, "anna": None}
    assert found["SRV-NEW$"]["managed_local_password_expires_at"] == datetime(2026, 12, 16, tzinfo=UTC)
    for capture in captures(samba, "active_directory", AD_ADMINISTRATOR):  # who may read the password itself
        assert LOCAL_PASSWORD.encode() not in (capture.body or b""), capture.request


@pytest.mark.slow
def test_hosts_of_the_directory_and_what_ties_them(domain: Parsed) -> None:
    controllers = named(domain, "domain_controller")
    assert set(controllers) == {"dc1.lab.example.test", "dc2.lab.example.test"}
    assert controllers["dc1.lab.example.test"]["global_catalog"] is True
    [link] = by_kind(domain)["replication_link"]
    assert (link.value["server"], link.value["partner"]) == ("dc1.lab.example.test", "dc2.lab.example.test")
    assert link.value["enabled"] is True and link.value["automatic"] is True
    assert named(domain, "site_link")["DEFAULTIPSITELINK"]["sites"] == ["Default-First-Site-Name"]
    servers = {(f.value["service"], f.value["name"]): f.value["address"] for f in by_kind(domain)["network_server"]}
    assert servers == {
        ("dhcp", "dhcp1.lab.example.test"): "192.0.2.67",
        ("dns", "dc1.lab.example.test"): None,  # and not the internet's root servers
    }


@pytest.mark.slow
def test_trusts_synchronisation_and_certificates(domain: Parsed) -> None:
    [trust] = by_kind(domain)["directory_trust"]
    assert (trust.key, trust.value["direction"], trust.value["type"]) == ("clinic.example.test", "both", "domain")
    assert trust.value["forest"] is False and trust.value["sid_filtering"] is True
    assert trust.value["selective_authentication"] is False and trust.value["encryption_types"] == ["aes128", "aes256"]
    traces = by_kind(domain)["directory_sync"]
    assert {(f.value["type"], f.value["tenant"], f.value["host"]) for f in traces} == {
        ("connector", "lab-hospital.example", "srv-sync"),
        ("device registration", "lab-hospital.example", None),
    }
    templates = named(domain, "certificate_template")
    assert templates["WardLogin"]["offered_by"] == ["Lab CA"] and templates["Signed"]["offered_by"] == []
    assert (templates["WardLogin"]["subject_by_requester"], templates["Signed"]["subject_by_requester"]) == (
        True,
        False,
    )
    assert (templates["WardLogin"]["approval"], templates["Signed"]["approval"]) == (False, True)
    assert templates["WardLogin"]["valid_s"] == 365 * 86400
    assert named(domain, "certificate_authority")["Lab CA"]["templates"] == ["WardLogin"]


@pytest.mark.slow
def test_what_needs_only_a_count_is_one(domain: Parsed) -> None:
    counts = {f.key: f.value["count"] for f in by_kind(domain)["directory_count"]}
    accounts = by_kind(domain)["directory_account"]
    assert counts["user"] + counts["computer"] + counts["msds-groupmanagedserviceaccount"] == len(accounts)
    assert counts["group"] > 30 and counts["grouppolicycontainer"] == 2
