"""What a directory does not show is not known: no attribute's absence becomes a fact by itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from collector.model import Capture, Outcome, Parsed
from collector.parse.engine import parse_target
from tests.probes.reading import by_kind, outcomes, probes
from tests.probes.recorded import captures

PROBES = probes()
SAMPLE = captures(PROBES["active_directory"])


def without(capture: Capture, *names: str) -> Capture:
    """The capture as an account sees it that may not read these attributes."""
    pattern = rf"(?im)^(?:{'|'.join(names)})::?[^\n]*\n"
    return replace(capture, body=re.sub(pattern.encode(), b"", capture.body or b""))


def read(*hidden: str) -> Parsed:
    return parse_target(PROBES, [without(c, *hidden) for c in SAMPLE])


def test_entries_that_show_their_names_and_classes_alone_deny_nothing() -> None:
    parsed = read(r"(?!dn:|objectClass:)[a-z][\w-]*")
    denied = {
        (fact.kind, name)
        for fact in parsed.facts
        for name, value in fact.value.items()
        if value is not None and value in (False, 0)
    }
    told_by_the_class = {("domain_controller", "read_only"), ("directory_policy", "default")}
    assert denied <= told_by_the_class
    assert by_kind(parsed)["directory_level"][0].value["managed_local_passwords"] is True, "its entry is there"


@pytest.mark.parametrize(
    ("hidden", "field"),
    [
        ("servicePrincipalName", "spn"),
        ("userAccountControl", "enabled"),
        ("userAccountControl", "delegation_unconstrained"),
        ("userAccountControl", "preauthentication"),
        ("primaryGroupID", "privileged"),
        ("objectSid", "privileged"),
        ("msLAPS-PasswordExpirationTime", "managed_local_password"),
        ("msDS-SupportedEncryptionTypes", "encryption_types"),
        ("msRTCSIP-UserEnabled|msExchUMEnabledFlags", "unified_messaging"),
    ],
)
def test_a_hidden_attribute_makes_what_hangs_on_it_unknown(hidden: str, field: str) -> None:
    before, after = (
        {f.key: f.value[field] for f in by_kind(p)["directory_account"]} for p in (read("none"), read(hidden))
    )
    assert any(value is not None for value in before.values())
    assert not any(value is False for value in after.values()), "absence is no denial"


def test_containers_that_are_not_visible_are_denied_and_not_empty() -> None:
    empty = [replace(c, body=b"# result: 0 success\n") for c in SAMPLE]
    told = outcomes(parse_target(PROBES, empty))
    assert {kind: o.outcome for kind, o in told.items() if o.outcome is Outcome.OK} == {}
    denied = {kind for kind, o in told.items() if o.outcome is Outcome.DENIED}
    assert denied >= {
        "directory_account",
        "directory_trust",
        "directory_sync",
        "certificate_template",
        "replication_link",
    }


def test_trusts_filter_identities_as_their_kind_does() -> None:
    trusts = {f.key: f.value for f in by_kind(parse_target(PROBES, SAMPLE))["directory_trust"]}
    assert {name: t["sid_filtering"] for name, t in trusts.items()} == {
        "clinic.test": True,  # a forest's, by default
        "partner.test": False,  # a forest that is treated as external
        "legacy": True,  # quarantined
    }
