"""Spoilt replies: nothing raises, and a zero is only claimed where the reply proves it."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.model import Capture, Outcome, Transport
from collector.parse.engine import read_request
from collector.parse.feed import facts_of
from collector.parse.files import cli_probe, find_request
from collector.parse.lines import patterns
from collector.probes.definition import RequestDef
from tests.parse.samples import SAMPLES, sample_files, switch_probes

AT = datetime(2026, 11, 23, tzinfo=UTC)
JUNK = [
    b"\x00\xff\xfe",
    b"\x1b[2J",
    b"%",
    b"^",
    b"-" * 60,
    b"9" * 4400,
    b"<script>",
    b"'; DROP TABLE x;--",
    b"\r\n",
    b"\n\n",
]


def _spoil(data: bytes, seed: int) -> bytes:
    """The reply cut, with lines doubled, lost or swapped, bytes changed, or junk put in."""
    chance = random.Random(seed)
    lines = data.split(b"\n")
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(lines))
        match chance.randrange(7):
            case 0:
                lines = lines[:at] or [b""]
            case 1:
                del lines[at]
                lines = lines or [b""]
            case 2:
                lines.insert(at, chance.choice(lines))
            case 3:
                lines[at] = lines[at][: chance.randint(0, len(lines[at]))]
            case 4:
                lines.insert(at, chance.choice(JUNK))
            case 5:
                line = bytearray(lines[at])
                if line:
                    line[chance.randrange(len(line))] = chance.randrange(256)
                lines[at] = bytes(line)
            case _:
                chance.shuffle(lines)
    return b"\n".join(lines)


def _proves_nothing(request: RequestDef, text: str) -> bool:
    options = request.reader_options
    return not any(p.search(text) for p in (*patterns(options.get("empty")), *patterns(options.get("count"))))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sample_files()), st.integers(0, 2**32))
def test_spoilt_samples(sample: Path, seed: int) -> None:
    platform, command = sample.relative_to(SAMPLES).parts[:2]
    probe = cli_probe(switch_probes(), platform)
    request, page = find_request(probe, command.replace("_", " "))
    body = _spoil(sample.read_bytes(), seed)
    capture = Capture(
        "t", Transport.SSH, probe.name, "1", request.name, "show", "x", AT, Outcome.OK, page=page, body=body
    )
    reading = read_request(probe, request.name, [capture])
    for feed in request.feeds:
        for fact in facts_of(feed, reading, "t", AT):
            assert fact.kind == feed.kind
    if reading.outcome is Outcome.OK and not reading.rows:
        assert not _proves_nothing(request, body.decode("utf-8", "replace")), "a zero without a proof"
    if reading.outcome is Outcome.UNPARSED:
        assert reading.detail


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(switch_probes())), st.data(), st.binary(max_size=600))
def test_any_bytes(name: str, data: st.DataObject, body: bytes) -> None:
    probe = switch_probes()[name]
    request = data.draw(st.sampled_from(probe.requests))
    capture = Capture("t", Transport.SSH, name, "1", request.name, "show", "x", AT, Outcome.OK, body=body)
    reading = read_request(probe, request.name, [capture])
    assert (
        reading.outcome is not Outcome.OK
        or reading.rows
        or not _proves_nothing(request, body.decode("utf-8", "replace"))
    )
