"""Lists of ports with ranges in them, quoted words, and days in the many ways that devices write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from collector.parse.convert import day, port_list, words


@pytest.mark.parametrize(
    ("text", "ports"),
    [
        ("ethe 1/1/1 to 1/1/3 ethe 2/1/1", ["1/1/1", "1/1/2", "1/1/3", "2/1/1"]),
        ("e 1/1/24", ["1/1/24"]),
        ("1 to 2", ["1", "2"]),
        ("1/2/1,2/2/1,lg10", ["1/2/1", "2/2/1", "lg10"]),
        ("", []),
    ],
)
def test_ports(text: str, ports: list[str]) -> None:
    assert port_list(text) == ports


@pytest.mark.parametrize("text", ["to 3", "1/1/1 to", "1/1/1 to 2/1/4", "1/1/4 to 1/1/1", "1 to 99999999"])
def test_a_range_that_is_none_is_not_guessed(text: str) -> None:
    with pytest.raises(ValueError):
        port_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-08 01:49",
        "2026/02/08 01:49:00",
        "February 08, 2026",
        "Feb 8 2026",
        "feb/08/2026 09:38:39",
        "Sun Feb  8 06:10:40 2026",
        "Sun Feb 8 06:10:40 PST 2026",
        "08Feb2026",
        "8 February 2026",
    ],
)
def test_days(text: str) -> None:
    assert day(text) == datetime(2026, 2, 8, tzinfo=UTC)


@pytest.mark.parametrize("text", ["never", "N/A", "0", "Foo 31, 2026", "2026-02-30"])
def test_what_is_no_day_is_not_known(text: str) -> None:
    with pytest.raises(ValueError):
        day(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"port 1" "port2"', ["port 1", "port2"]),
        ("[ trust untrust ]", ["trust", "untrust"]),
        ("any", ["any"]),
        ('"unclosed x', ["unclosed", "x"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found
