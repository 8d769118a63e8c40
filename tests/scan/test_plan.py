"""The plan shows what a scan sends, and nothing gets onto it that the guard refuses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from collector.data import probe_folders
from collector.errors import GuardError
from collector.model import Endpoint, Target, Transport
from collector.probes.definition import ProbeDef, RequestDef, load_probes
from collector.scan.plan import choose_probe, plan, units
from tests.sessions.shell import ShellServer, credential, probe

SNMP = ProbeDef(
    "generic",
    "*",
    Transport.SNMP,
    "any",
    "1",
    (RequestDef("sys", ("1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.2.2.1.2"), "snmp", (), "GETBULK"),),
)


def endpoint(transport: Transport) -> Endpoint:
    return Endpoint(transport, 1, "c")


def test_a_row_a_target_and_transport(tmp_path: Path) -> None:
    shell = probe(tmp_path, "show version", enable=True)
    target = Target("t", "10.0.0.1", "shell", endpoints=(endpoint(Transport.SSH), endpoint(Transport.SNMP)))
    ssh, snmp = plan([target], {"shell": shell, "generic": SNMP})
    assert (ssh["target"], ssh["address"], ssh["transport"]) == ("t", "10.0.0.1", "ssh")
    assert ssh["requests"] == [
        {"verb": "session", "what": "enable", "kinds": []},
        {"verb": "session", "what": "terminal length 0", "kinds": []},
        {"verb": "show", "what": "show version", "kinds": ["device"]},
    ]
    assert (ssh["logins"], snmp["logins"]) == (1, 0)
    assert [(r["verb"], r["what"]) for r in snmp["requests"]] == [
        ("GET", "1.3.6.1.2.1.1.1.0"),
        ("GETBULK", "1.3.6.1.2.1.2.2.1.2"),
    ]


def test_the_platforms_own_probe_comes_before_the_generic_one() -> None:
    own = replace(SNMP, name="own", platform="shell")
    probes = {p.name: p for p in (SNMP, own)}
    assert choose_probe(probes, "shell", Transport.SNMP) is own
    assert choose_probe(probes, "other", Transport.SNMP) is SNMP
    assert choose_probe(probes, "shell", Transport.SSH) is None


def test_what_a_scan_does_not_ask_for_is_not_in_the_plan(tmp_path: Path) -> None:
    definition = probe(tmp_path, "show version", "show users")
    quiet = replace(definition, requests=(definition.requests[0], replace(definition.requests[1], collect=False)))
    target = Target("t", "10.0.0.1", "shell", endpoints=(endpoint(Transport.SSH),))
    [row] = plan([target], {"shell": quiet})
    assert "show version" in [r["what"] for r in row["requests"]]
    assert "show users" not in [r["what"] for r in row["requests"]]
    assert [r.send for r in quiet.collected] == [("show version",)]
    nothing = replace(quiet, requests=quiet.requests[1:])
    assert choose_probe({"shell": nothing}, "shell", Transport.SSH) is None


def test_the_plan_says_what_a_request_stands_in_for(tmp_path: Path) -> None:
    definition = probe(tmp_path, "show version json", "show version")
    first, second = definition.requests
    both = replace(definition, requests=(first, replace(second, instead_of=first.name)))
    target = Target("t", "10.0.0.1", "shell", endpoints=(endpoint(Transport.SSH),))
    [row] = plan([target], {"shell": both})
    assert [r.get("instead_of") for r in row["requests"] if r["kinds"]] == [None, "show version json"]


def test_a_search_says_which_attributes_it_asks_for() -> None:
    target = Target("dc", "127.0.0.1", "active_directory", endpoints=(endpoint(Transport.LDAP),))
    [row] = plan([target], load_probes(probe_folders()))
    [accounts] = [r["what"] for r in row["requests"] if "directory_account" in r["kinds"]]
    assert accounts.startswith("(|(objectClass=group)") and " base={base} scope=sub attributes=objectClass," in accounts
    assert "PasswordExpirationTime" in accounts and "msLAPS-Password," not in accounts


def test_what_no_probe_reads_has_an_empty_row_and_no_unit() -> None:
    target = Target("t", "10.0.0.1", "unheard_of", endpoints=(endpoint(Transport.SSH),))
    [row] = plan([target], {})
    assert row["requests"] == [] and row["probe"] is None
    assert units([target], {}) == []


def test_a_probe_that_would_write_has_no_plan(tmp_path: Path) -> None:
    target = Target("t", "10.0.0.1", "shell", endpoints=(endpoint(Transport.SSH),))
    with pytest.raises(GuardError):
        plan([target], {"shell": probe(tmp_path, "configure terminal")})


def test_every_probe_that_comes_with_the_project_can_be_planned() -> None:
    probes = load_probes(probe_folders())
    for one in probes.values():
        target = Target("t", "10.0.0.1", one.platform, endpoints=(endpoint(one.transport),))
        [row] = plan([target], probes)
        assert len(row["requests"]) >= sum(len(r.send) for r in one.collected) or one.transport is Transport.LDAP


def test_a_device_gets_exactly_what_the_plan_says(tmp_path: Path) -> None:
    from collector.sessions import open_session

    with ShellServer({"show version": "x 1\n", "show users": "y 1\n"}, enable=True) as server:
        definition = probe(tmp_path / "p", "show version", "show users", enable=True)
        target = server.target(tmp_path)
        session = open_session(target, target.endpoints[0], definition, credential())
        for request in definition.requests:
            session.fetch(request)
        session.close()
        [row] = plan([target], {"shell": definition})
        planned = {r["what"] for r in row["requests"]}
        secret = credential().secret("enable")
        assert {line for line in server.seen if line} - {secret} == planned


def test_a_device_is_not_asked_for_what_its_kind_rules_out() -> None:
    probes = load_probes(probe_folders())

    def asked(platform: str) -> dict[str, str]:
        [row] = plan([Target("t", "10.0.0.1", platform, endpoints=(endpoint(Transport.SNMP),))], probes)
        return {kind: r.get("unless", "") for r in row["requests"] for kind in r["kinds"]}

    assert {"ups", "device"} <= asked("ups").keys() and not {"vlan", "bgp_peer", "poe_port"} & asked("ups").keys()
    assert {"vlan", "bgp_peer", "poe_port"} <= asked("cisco_xe").keys() and "ups" not in asked("cisco_xe")
    unsure = asked("")
    assert {"vlan", "ups"} <= unsure.keys() and unsure["vlan"] == "ups"
