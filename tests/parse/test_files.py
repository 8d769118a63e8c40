"""Recorded files by platform and command."""

from __future__ import annotations

from pathlib import Path

import pytest

from collector.errors import UsageError
from collector.parse.files import cli_probe, find_request, parse_file
from tests.parse.samples import SAMPLES, switch_probes

VERSION = SAMPLES / "cisco_xe" / "show_version" / "c9300.txt"


@pytest.mark.parametrize("command", ["show version", "  SHOW   version ", "sh ver", "show vers"])
def test_commands_may_be_shortened(command: str) -> None:
    result = parse_file(VERSION, switch_probes(), "cisco_xe", command)
    assert [f.value["version"] for f in result.facts if f.kind == "device"] == ["17.9.4a"]


def test_a_fact_names_file_target_and_bytes() -> None:
    found = parse_file(VERSION, switch_probes(), "cisco_xe", "show version").to_json()
    fact = found["facts"][0]
    assert found["file"] == str(VERSION)
    assert (fact["target"], fact["key"], fact["value"]["os"]) == ("c9300", "", "IOS-XE")
    assert fact["evidence"].startswith("sha256:")
    assert fact["observed_at"].endswith("Z")
    assert found["outcomes"][0] == {"kind": "device", "outcome": "ok", "detail": ""}


def test_details_give_facts_here_too() -> None:
    sample = SAMPLES / "cisco_ios" / "show_interfaces_switchport" / "mixed.txt"
    result = parse_file(sample, switch_probes(), "cisco_ios", "show interfaces switchport")
    assert {f.value["mode"] for f in result.facts} == {"access", "trunk", "routed", None}


@pytest.mark.parametrize(
    ("platform", "command", "said"),
    [
        ("no_such", "show version", "no_such"),
        ("cisco_xe", "show tea", "not known"),
        ("cisco_xe", "sh int sw detail", "not known"),
        ("arista_eos", "show environment p", ""),
    ],
)
def test_unknown_platforms_and_commands_are_usage_errors(platform: str, command: str, said: str) -> None:
    if not said:
        assert find_request(cli_probe(switch_probes(), platform), command)[0].name == "show_environment_power"
        return
    with pytest.raises(UsageError) as error:
        parse_file(VERSION, switch_probes(), platform, command)
    assert said in error.value.message
    assert "show version" in error.value.hint or "cisco_xe" in error.value.hint


def test_an_ambiguous_command_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="could be several"):
        find_request(cli_probe(switch_probes(), "arista_eos"), "show v")


@pytest.mark.parametrize("body", [b"", b"hello there\n", bytes(range(256)) * 40, None])
def test_a_file_that_is_something_else_is_unparsed_for_each_kind(tmp_path: Path, body: bytes | None) -> None:
    path = tmp_path / "sw.txt"
    if body is not None:
        path.write_bytes(body)
    for probe in switch_probes().values():
        for request in probe.requests:
            for command in request.send:
                result = parse_file(path, switch_probes(), probe.platform, command)
                assert result.facts == ()
                assert {o.kind for o in result.outcomes} == set(request.kinds)
                assert {str(o.outcome) for o in result.outcomes} == {"unparsed"}, (probe.name, request.name)
                assert all(o.detail for o in result.outcomes)


def test_one_command_s_reply_is_not_another_s() -> None:
    """Each sample read as each other command of its platform never proves that a table is empty, unless it really is."""
    for sample in sorted(SAMPLES.glob("*/*/*.txt")):
        platform, command = sample.relative_to(SAMPLES).parts[:2]
        probe = cli_probe(switch_probes(), platform)
        own = find_request(probe, command.replace("_", " "))[0].name
        truly = parse_file(sample, switch_probes(), platform, command.replace("_", " "))
        empty = {o.kind for o in truly.outcomes if str(o.outcome) == "ok" and o.rows == 0}
        if empty and len(sample.read_text().strip().split("\n")) <= 3:  # one sentence that answers several commands
            continue
        for request in probe.requests:
            if request.name == own or empty.intersection(request.kinds):
                continue
            result = parse_file(sample, switch_probes(), platform, request.send[0])
            proven = [o.kind for o in result.outcomes if str(o.outcome) == "ok" and o.rows == 0 and o.kind not in empty]
            assert not proven or result.facts, (str(sample), request.name, proven)
