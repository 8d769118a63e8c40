"""Spoilt replies: nothing raises, and nothing is read that the whole reply did not hold.

What is promised of a saved reply, for every sample of every command-line probe (a live one ends at the prompt, so it is whole):

- **Cut within a line** (the last line has no end): each fact is one of the whole reply, its fields equal or not known, a key made of
  the parts that are known; and a table that had rows is not said to be empty.
- **Cut at a line's end**: reads as a shorter reply, unless the command has a mark of its end or states a count. Only the last entry may
  then say something else: it lacks the lines that would have followed. A configuration with a mark of its end gives nothing
  (one in braces may end after any section).
- **A line dropped, doubled or swapped** with the next: where a line is an entry, each fact is one of the whole reply. Where an entry has
  several lines, the text then says something else of at most two entries: the one that lost the line, and the one that took it up.
- **Saved otherwise** (line ends, UTF-16, byte order mark), **coloured**, **paged**, **in a terminal's log**: each fact is one of the whole
  reply; for line ends, UTF-16 and prompts, all of them are read.
- **A reply of another command** of the platform gives no fact that the command itself would not tell, and proves no zero.
- **Any bytes** give no fact and prove no zero.

A test runs the same examples each time; `--hypothesis-profile=long` tries new ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from collector.model import Fact, Outcome
from collector.parse.lines import patterns
from collector.probes.definition import RequestDef
from tests.parse import mutations
from tests.parse.mutations import (
    COLOURS,
    MARKS,
    PROMPTS,
    Asked,
    Read,
    asked,
    joined,
    lines_of,
    original,
    part,
    read,
)
from tests.parse.samples import SAMPLES, name_of, sample_files, switch_probes

#: Commands whose patterns fit a cut line in more ways than the reader can see, and why.
CUT_OTHERWISE: dict[str, str] = {}

#: Pairs of commands whose replies look alike, and why: what the first reads in a reply of the second may not hold.
ALIKE = {
    ("checkpoint_gaia", "show_hostname", "show_ntp_current"): "each is one word alone",
    ("checkpoint_gaia", "show_ntp_current", "*"): "one word alone",
    ("cisco_asa", "show_crypto_map_all", "show_crypto_map"): "the same, with what is inherited",
    ("cisco_wlc", "show_inventory", "show_ap_inventory_all"): "the same form: parts of access points",
    ("hp_comware", "display_dot1x_*", "display_mac_auth*"): "one form: the way to log in stands in the command",
    ("hp_comware", "display_mac_auth*", "display_dot1x_*"): "one form: the way to log in stands in the command",
    ("cisco_xr", "*", "*"): "one form for a VRF and for all: the VRF stands in the command",
}

#: Faults of probes that these tests found and that are still to be mended: the first reads a reply of the second.
TO_MEND: dict[tuple[str, str, str], str] = {}

SAMPLES_READ = [s for s in sample_files() if original(s).reading.outcome is Outcome.OK]
MANY = settings(max_examples=30 * settings().max_examples, suppress_health_check=[HealthCheck.too_slow])

samples = st.sampled_from(SAMPLES_READ)
places = st.integers(0, 2**20)


def _command(sample: Path) -> str:
    return "/".join(sample.relative_to(SAMPLES).parts[:2])


def _line_is_entry(request: RequestDef) -> bool:
    """Whether each entry of a reply is one line, that says nothing of others."""
    options = request.reader_options
    several = {"carry", "group", "split", "fields", "lists", "start", "end", "columns"} & options.keys()
    rows = options.get("row", ())
    texts = [rows] if isinstance(rows, str) else rows
    return (
        request.reader == "regex" and bool(texts) and not several and not any("\\n" in t or r"\s" in t for t in texts)
    )


@MANY
@given(samples, places)
def test_cut_within_a_line(sample: Path, at: int) -> None:
    body = sample.read_bytes()
    at %= len(body)
    assume(_command(sample) not in CUT_OTHERWISE and b"\n" not in (body[at - 1 : at], body[at : at + 1]))
    found = read(asked(sample), body[:at])
    assert mutations.strange_facts(found, original(sample)) == []
    _no_false_zero(found, original(sample))


@MANY
@given(samples, places)
def test_cut_at_a_line(sample: Path, at: int) -> None:
    lines = lines_of(sample.read_bytes())
    found = read(asked(sample), joined(lines[: at % len(lines)]))
    request = asked(sample).request
    braces = lines[-1].strip() == b"}"  # then it may end after any of its sections
    if request.reader == "config" and request.reader_options.get("complete") and not braces:
        assert found.reading.outcome is not Outcome.OK or not mutations.strange_facts(found, original(sample))
    elif request.reader != "config":
        _at_most(1, found, original(sample), part)


@MANY
@given(samples, places)
def test_lost_beginning(sample: Path, at: int) -> None:
    lines = lines_of(sample.read_bytes())
    request = asked(sample).request
    assume(request.reader != "config" and not {"carry", "group"} & request.reader_options.keys())
    _at_most(1, read(asked(sample), joined(lines[at % len(lines) :])), original(sample), part)


@MANY
@given(samples, places, st.sampled_from(["drop", "double", "swap"]))
def test_a_line_dropped_doubled_or_swapped(sample: Path, at: int, way: str) -> None:
    lines = lines_of(sample.read_bytes())
    at %= len(lines)
    spoilt = {
        "drop": lines[:at] + lines[at + 1 :],
        "double": lines[: at + 1] + lines[at:],
        "swap": lines[:at] + lines[at + 1 : at + 2] + [lines[at]] + lines[at + 2 :],
    }[way]
    request = asked(sample).request
    found = read(asked(sample), joined(spoilt))
    if _line_is_entry(request):
        assert mutations.strange_facts(found, original(sample)) == []
    elif request.reader != "config" and not {"carry", "group"} & request.reader_options.keys():
        _at_most(2, found, original(sample), part)


@MANY
@given(samples, st.randoms(use_true_random=False))
def test_shuffled_lines(sample: Path, chance: Any) -> None:
    lines = lines_of(sample.read_bytes())
    chance.shuffle(lines)
    found = read(asked(sample), joined(lines))
    if _line_is_entry(asked(sample).request):
        assert mutations.strange_facts(found, original(sample)) == []


_SAVED: Mapping[str, Callable[[str], bytes]] = {
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "terminal": lambda text: text.replace("\n", "\r\r\n").encode(),
    "cr": lambda text: text.replace("\n", "\r").encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "byte order mark": lambda text: text.encode("utf-8-sig"),
}


@MANY
@given(samples, st.sampled_from(sorted(_SAVED)), places, st.sampled_from(PROMPTS))
def test_saved_otherwise(sample: Path, way: str, at: int, prompt: str) -> None:
    """All is read, and nothing else; also between prompts."""
    what, whole, body = asked(sample), original(sample), sample.read_bytes()
    for spoilt in (_SAVED[way](body.decode()), mutations.logged(body, prompt, what.command)):
        found = read(what, spoilt)
        assert mutations.strange_facts(found, whole) == []
        assert mutations.strange_facts(whole, found) == []


@MANY
@given(samples, places, st.sampled_from(MARKS), st.integers(0, 3), st.sampled_from(COLOURS))
def test_what_a_screen_adds(sample: Path, at: int, mark: bytes, erased: int, colour: bytes) -> None:
    what, whole, body = asked(sample), original(sample), sample.read_bytes()
    for spoilt in (mutations.paged(body, at, mark, erased), mutations.coloured(body, at, colour)):
        assert mutations.strange_facts(read(what, spoilt), whole) == []


@MANY
@given(samples, st.sampled_from(["latin-1", "utf-16-le", "utf-16-be", "utf-32"]))
def test_encodings_that_nobody_names(sample: Path, encoding: str) -> None:
    text = sample.read_bytes().decode()
    assume(text.isascii())
    found = read(asked(sample), text.encode(encoding))
    assert mutations.strange_facts(found, original(sample)) == []


@pytest.mark.parametrize("platform", sorted({s.relative_to(SAMPLES).parts[0] for s in SAMPLES_READ}))
def test_a_reply_of_another_command(platform: str) -> None:
    """Each sample read as a reply of each other command: what is then told, the command itself tells too."""
    strange = Counter[tuple[str, str]]()
    for sample in (s for s in SAMPLES_READ if s.relative_to(SAMPLES).parts[0] == platform):
        own = asked(sample)
        told = _told(original(sample))
        for what in _requests(platform):
            if what.request.name == own.request.name or _alike(platform, what.request.name, own.request.name):
                continue
            found = read(what, sample.read_bytes())
            proven = (
                found.reading.outcome is Outcome.OK and not found.reading.rows and bool(original(sample).reading.rows)
            )
            if proven or any(not _holds(told, fact) for _, facts in found.facts for fact in facts):
                strange[what.request.name, name_of(sample)] += 1
    assert not strange


def _told(whole: Read) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    told: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for _, facts in whole.facts:
        for fact in facts:
            told.setdefault((fact.kind, fact.key), []).append(fact.value)
    return told


def _holds(told: Mapping[tuple[str, str], list[Mapping[str, Any]]], fact: Fact) -> bool:
    """Whether a fact says nothing against what was told of the same thing."""
    candidates = told.get((fact.kind, fact.key), [])
    return any(all(v is None or o[n] is None or v == o[n] for n, v in fact.value.items()) for o in candidates)


@cache
def _requests(platform: str) -> tuple[Asked, ...]:
    probe = next(p for p in switch_probes().values() if p.platform == platform)
    return tuple(Asked(probe, request, 0, request.send[0]) for request in probe.requests)


def _alike(platform: str, one: str, other: str) -> bool:
    def fits(pattern: str, name: str) -> bool:
        return name.startswith(pattern[:-1]) if pattern.endswith("*") else pattern in ("*", name)

    return any(fits(p, platform) and fits(a, one) and fits(b, other) for p, a, b in (*ALIKE, *TO_MEND))


words = st.sampled_from(
    ["up", "down", "1", "10", "0/0", "192.0.2.1", "Gi1/0/1", "-----", "  ", ":", "active", "name", "\n", "\n", "#"]
)
junk = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(words, max_size=40).map(lambda parts: " ".join(parts).encode()),
)


@MANY
@given(st.sampled_from([(p.name, r.name) for p in switch_probes().values() for r in p.requests]), junk)
def test_any_bytes(names: tuple[str, str], body: bytes) -> None:
    """No bytes raise; without a mark of its command (`expect`), none proves a zero."""
    probe = switch_probes()[names[0]]
    request = probe.request(names[1])
    found = read(Asked(probe, request, 0, request.send[0]), body)
    if found.reading.outcome is Outcome.OK and not found.reading.rows:
        text = body.decode("utf-8", "replace")
        proofs = (*patterns(request.reader_options.get("empty")), *patterns(request.reader_options.get("count")))
        assert any(p.search(text) for p in proofs), "a zero without a proof"
    if found.reading.outcome is Outcome.UNPARSED:
        assert found.reading.detail


def _no_false_zero(found: Read, whole: Read) -> None:
    if whole.reading.rows:
        assert found.reading.outcome is not Outcome.OK or found.reading.rows, "a cut reply proves no zero"


def _at_most(entries: int, found: Read, whole: Read, same: Any) -> None:
    """Not more than so many entries of a feed are strange."""
    for one in found.facts:
        pair = next(w for w in whole.facts if w[0] is one[0])
        alone = Read(found.reading, (one,)), Read(whole.reading, (pair,))
        strange = mutations.strange_facts(*alone, same)
        assert len(strange) <= entries, strange
