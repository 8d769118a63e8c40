"""The command-line readers: what they read, and when they say that they did not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from collector.errors import DefinitionError
from collector.model import Capture, Outcome, Transport
from collector.parse import lines
from collector.parse.reading import Reading
from collector.parse.text import read_regex, read_textfsm
from collector.probes.definition import ProbeDef, RequestDef

AT = datetime(2026, 11, 23, tzinfo=UTC)


def _read(reader: Any, body: bytes | str, options: dict[str, Any], folder: Path = Path(), **session: Any) -> Reading:
    probe = ProbeDef("p", "p", Transport.SSH, "switch", "1", (), session=session, file=folder / "p.toml")
    data = body.encode() if isinstance(body, str) else body
    capture = Capture("t", Transport.SSH, "p", "1", "r", "show", "show x", AT, Outcome.OK, body=data)
    request = RequestDef("r", ("show x",), "regex", (), reader_options=options)
    result: Reading = reader(probe, request, [capture])
    return result


TABLE = "Port  State\n----  -----\n1     up\n2     down\n\nTotal: 2\n"
ROW = {"row": r"^(?P<port>\d+) +(?P<state>\w+) *$"}


def _values(reading: Reading) -> list[dict[str, Any]]:
    return [dict(row.values) for row in reading.rows]


def test_rows_are_the_named_groups() -> None:
    reading = _read(read_regex, TABLE, ROW)
    assert reading.outcome is Outcome.OK
    assert _values(reading) == [{"port": "1", "state": "up"}, {"port": "2", "state": "down"}]


def test_rows_name_the_capture_they_stand_in() -> None:
    from collector.model import digest

    assert _read(read_regex, TABLE, ROW).rows[0].evidence == digest(TABLE.encode())


def test_no_row_without_a_proof_is_unparsed() -> None:
    reading = _read(read_regex, "\nPort  State\n", ROW)
    assert (reading.outcome, reading.rows) == (Outcome.UNPARSED, ())
    assert reading.detail.endswith("that there is none: line 2 not understood: Port State")
    silent = _read(read_regex, "Port  State\n", ROW | {"ignore": ["^Port"]})
    assert (silent.outcome, silent.detail.count(":")) == (Outcome.UNPARSED, 0)


def test_no_row_with_a_proof_is_a_zero() -> None:
    reading = _read(read_regex, "no ports\n", ROW | {"empty": ["^no ports"]})
    assert (reading.outcome, reading.rows) == (Outcome.OK, ())


def test_a_stated_count_of_0_is_a_proof() -> None:
    assert _read(read_regex, "Total: 0\n", ROW | {"count": r"^Total: (\d+)"}).outcome is Outcome.OK


def test_a_count_that_differs_is_unparsed_and_keeps_the_rows() -> None:
    reading = _read(read_regex, TABLE.replace("Total: 2", "Total: 3"), ROW | {"count": r"^Total: (\d+)"})
    assert (reading.outcome, len(reading.rows)) == (Outcome.UNPARSED, 2)
    assert reading.detail == "the reply states 3 entries, 2 were read"


def test_entries_that_gave_no_row_are_told() -> None:
    options = {**ROW, "entries": r"^\d+ +\S"}
    assert _read(read_regex, TABLE, options).outcome is Outcome.OK
    reading = _read(read_regex, TABLE + "3     in an odd state\n", options)
    assert reading.outcome is Outcome.UNPARSED
    assert "3 entries, 2 were read" in reading.detail


def test_entries_of_a_list_that_were_not_read_are_told() -> None:
    options = {"lists": {"ports": ROW["row"]}, "each": {"ports": r"^\d+ +\S"}}
    assert _read(read_regex, TABLE, options).outcome is Outcome.OK
    reading = _read(read_regex, TABLE + "3     in an odd state\n", options)
    assert (reading.outcome, reading.detail) == (Outcome.UNPARSED, "the reply has 3 ports, 2 were read")
    assert len(reading.rows[0].values["ports"]) == 2


def test_a_line_that_is_neither_row_nor_ignored_is_told() -> None:
    reading = _read(read_regex, TABLE + "3     flapping?\n", ROW | {"ignore": ["^Port", "^-", "^Total"]})
    assert (reading.outcome, len(reading.rows)) == (Outcome.UNPARSED, 2)
    assert reading.detail == "line 7 not understood: 3 flapping?"


def test_an_empty_reply_is_no_answer() -> None:
    reading = _read(read_regex, " \n", ROW | {"empty": ["^ "]})
    assert (reading.outcome, reading.detail) == (Outcome.UNPARSED, "the reply is empty")


def test_another_command_s_reply_is_told() -> None:
    reading = _read(read_regex, TABLE, ROW | {"expect": ["^VLAN Name"]})
    assert reading.outcome is Outcome.UNPARSED
    assert reading.detail.startswith("not a reply of this command")


def test_a_reply_that_was_cut_short_is_told() -> None:
    reading = _read(read_regex, TABLE[:30], ROW | {"complete": [r"^Total: \d+"]})
    assert reading.outcome is Outcome.UNPARSED
    assert reading.detail.startswith("the reply is cut short")


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("        ^\n% Invalid input detected at '^' marker.\n", Outcome.UNSUPPORTED),
        ("% Authorization failed\n", Outcome.DENIED),
        (TABLE + "\n" * 9 + "x\n" * 9 + "% Invalid input\n", Outcome.OK),
    ],
)
def test_refusals_are_outcomes_only_at_the_head(text: str, outcome: Outcome) -> None:
    failure = {"unsupported": ["^% Invalid input"], "denied": ["^% Authorization failed"]}
    assert _read(read_regex, text, ROW, failure=failure).outcome is outcome


def test_a_prompt_around_the_reply_is_no_part_of_it() -> None:
    reading = _read(read_regex, f"sw-1#show x\n{TABLE}sw-1#\n", ROW | {"ignore": ["^Port", "^-", "^Total"]})
    assert (reading.outcome, len(reading.rows)) == (Outcome.OK, 2)


def test_blocks_end_where_the_next_begins_and_take_headings_over() -> None:
    text = "Area north\nDoor a\n lock: yes\n key: 1\n key: 2\nArea south\nDoor b\nDoor c\n lock: no\n"
    options = {
        "split": r"^Door (?P<door>\w+)",
        "fields": {"lock": r"^ lock: (\w+)"},
        "lists": {"keys": r"^ key: (\d)"},
        "carry": {"area": r"^Area (\w+)"},
        "required": ["lock"],
    }
    assert _values(_read(read_regex, text, options)) == [
        {"door": "a", "lock": "yes", "keys": ["1", "2"], "area": "north"},
        {"door": "c", "lock": "no", "keys": [], "area": "south"},
    ]


def test_a_cell_becomes_a_list_and_rows_become_groups() -> None:
    text = "1 g1 a(up) b(down)\n2 g2 c(up)\n3 g1 -\n"
    options = {
        "row": r"^(?P<id>\d) (?P<group>g\d) (?P<ports>.*)$",
        "inner": {"ports": r"(?P<name>\w)\((?P<state>\w+)\)"},
        "group": "group",
    }
    first, second = _values(_read(read_regex, text, options))
    assert (first["group"], [r["id"] for r in first["rows"]]) == ("g1", ["1", "3"])
    assert second["rows"][0]["ports"] == [{"name": "c", "state": "up"}]


RULED = """Port  Host    Since
----- ------- -----
1     a-long- 10
      name
2     b       20

Legend of marks
"""


def test_cells_below_a_rule_go_on_in_the_next_line() -> None:
    options = {"columns": ["port", "host", "since"], "ignore": ["^Port", "^[- ]+$", "^Legend"]}
    reading = _read(read_regex, RULED, options)
    assert reading.outcome is Outcome.OK
    assert [tuple(row.values()) for row in _values(reading)] == [("1", "a-long-name", "10"), ("2", "b", "20")]
    assert _read(read_regex, RULED, {**options, "columns": ["port", "host"]}).outcome is Outcome.UNPARSED


def test_text_across_the_border_of_a_column_is_no_row() -> None:
    options = {"columns": ["port", "host", "since"], "ignore": ["^Port", "^[- ]+$", "^Legend"]}
    assert "line 5" in _read(read_regex, RULED.replace("2     b  ", "2 bad-or-b"), options).detail


def test_sections_leave_the_rest_out() -> None:
    options = ROW | {"start": "^----.*$", "end": "^Total"}
    assert len(_read(read_regex, "9     up\n" + TABLE + "8     up\n", options).rows) == 2


@pytest.mark.parametrize(
    ("body", "said"),
    [(b"x" * 9000, "a line of 9000 characters"), (b"1 up\n" * 4_000_000, "a reply of 20000000 bytes")],
)
def test_garbage_in_bulk_is_not_read(body: bytes, said: str) -> None:
    reading = _read(read_regex, body, ROW)
    assert reading.outcome is Outcome.UNPARSED
    assert said in reading.detail


def test_too_many_rows_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_ROWS", 3)
    reading = _read(read_regex, "1 up\n" * 9, ROW)
    assert (reading.outcome, reading.rows) == (Outcome.UNPARSED, ())


def test_a_slow_reading_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_SECONDS", -1.0)
    assert "not read within" in _read(read_regex, TABLE, ROW).detail


def test_escape_sequences_and_wrong_utf8_are_no_part_of_values() -> None:
    reading = _read(
        read_regex, b"\x1b[31m1     up\x1b[0m\r\n2     d\xffn\n", {"row": r"^(?P<port>\d+) +(?P<state>\S+)"}
    )
    assert _values(reading) == [{"port": "1", "state": "up"}, {"port": "2", "state": "d�n"}]


def test_a_template_beside_the_probe_comes_first(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "cisco_ios_show_version.textfsm").write_text(
        "Value PORT (\\d+)\nValue STATE (\\w+)\n\nStart\n  ^${PORT}\\s+${STATE}\\s*$$ -> Record\n  ^Port|^-|^Total|^\\s*$$\n  ^. -> Error\n\nEOF\n"
    )
    options = {"template": "cisco_ios_show_version"}
    assert _values(_read(read_textfsm, TABLE, options, tmp_path))[0] == {"port": "1", "state": "up"}
    wrong = _read(read_textfsm, TABLE + "what is this\n", options, tmp_path)
    assert wrong.outcome is Outcome.UNPARSED
    assert wrong.detail == "line 7 not understood: what is this"
    assert len(wrong.rows) == 2
    again = _read(read_textfsm, TABLE, options, tmp_path)
    assert (again.outcome, len(again.rows)) == (Outcome.OK, 2)


def test_a_template_that_matches_nothing_gives_no_row() -> None:
    reading = _read(read_textfsm, "nothing of the kind\n", {"template": "cisco_ios_show_version"})
    assert (reading.outcome, reading.rows) == (Outcome.UNPARSED, ())


def test_a_template_that_is_nowhere_is_a_mistake_of_the_probe() -> None:
    with pytest.raises(DefinitionError, match="no template"):
        _read(read_textfsm, TABLE, {"template": "no_such"})
