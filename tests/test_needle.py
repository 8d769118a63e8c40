"""The quick look before a search never hides a match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.data import probe_folders
from collector.needle import may_match, needles
from collector.probes.definition import load_probes

PATTERNS = sorted({p for probe in load_probes(probe_folders()).values() for p in probe.redact}, key=lambda p: p.pattern)


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        (r"^enable (?:secret|password)(?: \d+)? (\S+)", (("enable ",), ("secret", "password"))),
        (r"\buser(?:name)+ \S+ .*?\bpriv", (("user",), ("name",), ("priv",))),
        (r"(?:tacacs|radius)-server key", (("tacacs", "radius"), ("-server key",))),
        (r"(?i:secret) word", ((" word",),)),
        (r"(?i)secret word", ()),
        (r"(?=ahead)x*(?!behind)y?", ()),
        (r"(abc)?(?:def){0,3}[ghi]jkl|mno", (("jkl", "mno"),)),
        (r"(?>abc)d++efg", (("abc",), ("efg",))),
        (r"a(?# note )bc", (("abc",),)),
        (r"(?:one|two \\d+three|x) four", ((" four",),)),
    ],
)
def test_what_every_match_holds(expression: str, found: tuple[str, ...]) -> None:
    assert needles(re.compile(expression)) == found


def test_a_verbose_pattern_is_always_searched() -> None:
    assert needles(re.compile("a b c d", re.VERBOSE)) == ()


@given(st.data())
def test_a_match_of_a_probes_pattern_is_never_missed(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(PATTERNS))
    text = data.draw(st.from_regex(pattern))
    assert pattern.search(text)
    assert may_match(pattern, text)


def test_most_patterns_of_the_probes_have_something_to_look_for() -> None:
    assert sum(bool(needles(p)) for p in PATTERNS) > 0.8 * len(PATTERNS)
