"""A structured form is preferred; the text stands in for it where it is refused, and then nothing is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.errors import DefinitionError
from collector.model import Capture, Outcome, Parsed, Transport
from collector.parse.engine import parse_target
from collector.parse.instead import needed
from collector.probes.definition import ProbeDef, load_probes

AT = datetime(2026, 11, 24, tzinfo=UTC)
PROBE = r"""
probe = "box"
platform = "box"
transport = "ssh"
family = "switch"
version = "1"
[session.failure]
unsupported = ['^% Invalid']
[guard]
allow = ['show version(?: \| json)?']
[[request]]
name = "json"
send = "show version | json"
reader = "json"
reader_options = { expect = ["release"], rows = "@" }
[[request.feed]]
kind = "device"
fields = { version = "release" }
[[request.feed]]
kind = "gateway"
key = "{interface}"
where = "gateway"
adds = "part"
fields = { interface = "gateway" }
[[request]]
name = "text"
instead_of = "json"
send = "show version"
reader = "regex"
reader_options = { fields = { version = '^Release (\S+)' }, required = ["version"] }
[[request.feed]]
kind = "device"
fields = { version = "version" }
[[request.feed]]
kind = "gateway"
key = "{interface}"
where = "gateway"
adds = "part"
fields = { interface = "gateway" }
"""
GOOD, REFUSED = b'{"release": "4.2"}', b"% Invalid input\n"


def _probe(tmp_path: Path, text: str = PROBE) -> ProbeDef:
    (tmp_path / "box.toml").write_text(text, encoding="utf-8")
    return load_probes([tmp_path])["box"]


def _capture(request: str, body: bytes | None, outcome: Outcome = Outcome.OK) -> Capture:
    return Capture("t", Transport.SSH, "box", "1", request, "show", "show version", AT, outcome, body=body)


def _read(probe: ProbeDef, *captures: Capture) -> tuple[list[str | None], dict[str, Outcome]]:
    parsed: Parsed = parse_target({"box": probe}, captures)
    return [f.value["version"] for f in parsed.facts if f.kind == "device"], {
        o.kind: o.outcome for o in parsed.outcomes
    }


@pytest.mark.parametrize(
    ("capture", "asked"),
    [
        (_capture("json", GOOD), False),
        (_capture("json", None, Outcome.UNSUPPORTED), True),
        (_capture("json", None, Outcome.DENIED), True),
        (_capture("json", REFUSED), True),
        (_capture("json", b'{"release": "4.'), True),
        (_capture("json", b'{"other": 1}'), True),
    ],
)
def test_the_text_is_asked_for_where_the_better_form_cannot_be_read(
    tmp_path: Path, capture: Capture, asked: bool
) -> None:
    probe = _probe(tmp_path)
    assert needed(probe, probe.request("json"), [])
    assert needed(probe, probe.request("text"), [capture]) is asked


def test_what_was_not_asked_for_needs_no_stand_in(tmp_path: Path) -> None:
    probe = _probe(tmp_path)
    assert not needed(probe, probe.request("text"), [])


def test_a_refusal_that_another_request_stood_in_for_is_no_gap(tmp_path: Path) -> None:
    """Not even for kinds of which every part has to be read."""
    probe = _probe(tmp_path)
    refused = _capture("json", None, Outcome.UNSUPPORTED)
    ok = {"device": Outcome.OK, "gateway": Outcome.OK}
    assert _read(probe, refused, _capture("text", b"Release 4.1\n")) == (["4.1"], ok)
    assert _read(probe, _capture("json", GOOD)) == (["4.2"], ok)


def test_the_stand_in_s_own_failure_counts(tmp_path: Path) -> None:
    probe = _probe(tmp_path)
    captures = (_capture("json", None, Outcome.UNSUPPORTED), _capture("text", None, Outcome.TIMED_OUT))
    assert _read(probe, *captures) == ([], {"device": Outcome.TIMED_OUT, "gateway": Outcome.TIMED_OUT})
    alone = _read(probe, _capture("json", None, Outcome.UNSUPPORTED))
    assert alone == ([], {"device": Outcome.UNSUPPORTED, "gateway": Outcome.UNSUPPORTED})


def test_a_saved_error_message_is_a_refusal(tmp_path: Path) -> None:
    assert _read(_probe(tmp_path), _capture("json", REFUSED))[1]["device"] is Outcome.UNSUPPORTED


def test_a_document_on_one_long_line_is_read(tmp_path: Path) -> None:
    body = b'{"release": "4.2", "more": "' + b"x" * 20_000 + b'"}'
    assert _read(_probe(tmp_path), _capture("json", body))[0] == ["4.2"]


def test_it_stands_in_for_what_was_asked_before(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="instead_of"):
        _probe(tmp_path, PROBE.replace('instead_of = "json"', 'instead_of = "jsn"'))
    with pytest.raises(DefinitionError, match="instead_of"):
        _probe(tmp_path, PROBE.replace('name = "json"\n', 'name = "json"\ncollect = false\n'))
