"""What a target's sources make together: one fact a thing, whoever says so, and things of one name told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from collector.errors import DefinitionError
from collector.model import Capture, Outcome, Parsed, Transport
from collector.parse.convert import CONVERTERS
from collector.parse.engine import parse_target
from collector.parse.feed import facts_of
from collector.parse.reading import Reading, Row
from collector.probes.definition import Feed, FieldMap, ProbeDef, RequestDef, load_probes

AT = datetime(2026, 11, 23, tzinfo=UTC)
PARTS = {"name": FieldMap("name"), "class": FieldMap("class"), "serial": FieldMap("serial"), "ok": FieldMap("ok")}
BUDGET = {"group": FieldMap("group"), "power_w": FieldMap("watts", "integer")}
LINE = r"^(?P<name>[^,\n]+),(?P<class>\w+),(?P<serial>\w*)(?:,(?P<up>up|down))?$"


def _target(*sources: tuple[Feed, str, str]) -> Parsed:
    """The facts of sources, each a feed, a row's pattern and the reply that it reads."""
    requests = tuple(
        RequestDef(f"r{i}", (f"show {i}",), "regex", (feed,), reader_options={"row": row})
        for i, (feed, row, _) in enumerate(sources)
    )
    probe = ProbeDef("box", "box", Transport.SSH, "switch", "1", requests)
    captures = [
        Capture("t", Transport.SSH, "box", "1", f"r{i}", "show", f"show {i}", AT, Outcome.OK, body=body.encode())
        for i, (_, _, body) in enumerate(sources)
    ]
    return parse_target({"box": probe}, captures)


def _parts(*bodies: str) -> dict[str, str | None]:
    parsed = _target(*((Feed("component", "{name}", PARTS), LINE, body) for body in bodies))
    return {fact.key: fact.value["serial"] for fact in parsed.facts}


def test_a_part_that_a_second_source_names_otherwise_is_one_part() -> None:
    assert _parts("PSU 1/1,psu,A1\nPSU 1/2,psu,A2\n", "1/1,psu,A1\n1/2,psu,A2\n") == {"PSU 1/1": "A1", "PSU 1/2": "A2"}


def test_parts_without_a_number_or_of_another_class_stay_apart() -> None:
    assert set(_parts("Fan 1,fan,\n", "Tray 1,fan,\n")) == {"Fan 1", "Tray 1"}
    assert set(_parts("Switch 1,chassis,A1\n", "Stack,stack,A1\n")) == {"Switch 1", "Stack"}


def test_one_source_s_parts_of_one_number_are_two_and_that_number_tells_nothing() -> None:
    both = "Line module,module,A1\nManagement module,module,A1\n"
    assert set(_parts(both)) == {"Line module", "Management module"}
    assert set(_parts(both, "Module 1,module,A1\n")) == {"Line module", "Management module", "Module 1"}


def test_a_port_known_by_its_number_is_the_one_whose_name_ends_with_it() -> None:
    port = Feed("poe_port", "{interface}", {"interface": FieldMap("port", "own_port")})
    links = Feed("lag", "{name}", {"name": FieldMap("name"), "members": FieldMap("ports", "own_ports")})
    names = Feed("interface", "{name}", {"name": FieldMap("name", "interface_name")})
    parsed = _target(
        (port, r"^port (?P<port>\S+)$", "port 1/1/1\nport 1/2/1\nport 1/2/2\nport 7\n"),
        (links, r"^(?P<name>\w+): (?P<ports>.+)$", "lg1: 1/1/1 to 1/1/2\n"),
        (names, r"^(?P<name>\S+) is", "GigabitEthernet1/1/1 is\n10GigabitEthernet1/2/1 is\nmgmt7 is\n"
         "GigabitEthernet1/2/2 is\n10GigabitEthernet1/2/2 is\n"),
    )  # fmt: skip
    ports = [fact.key for fact in parsed.facts if fact.kind == "poe_port"]
    assert ports == ["GigabitEthernet1/1/1", "10GigabitEthernet1/2/1", "1/2/2", "7"]
    members = next(fact.value["members"] for fact in parsed.facts if fact.kind == "lag")
    assert members == ["GigabitEthernet1/1/1", "1/1/2"]


def _budgets(whole: str) -> Parsed:
    row = r"^(?P<group>\w+) (?P<watts>\d+)$"
    return _target(
        (Feed("poe_budget", "{group}", BUDGET, adds="else"), row, "system 1480\n"),
        (Feed("poe_budget", "{group}", BUDGET), row, whole),
    )


def test_a_stand_in_is_left_out_where_a_whole_source_was_read() -> None:
    parsed = _budgets("1 740\n2 740\n")
    assert [f.key for f in parsed.facts] == ["1", "2"]
    assert [(o.outcome, o.rows) for o in parsed.outcomes] == [(Outcome.OK, 2)]


def test_a_stand_in_stands_where_the_whole_source_failed() -> None:
    parsed = _budgets("garbage\n")
    assert [f.key for f in parsed.facts] == ["system"]
    assert [(o.outcome, o.rows) for o in parsed.outcomes] == [(Outcome.OK, 1)]


def _keys(distinct: str, *serials: str | None) -> list[str]:
    rows = tuple(Row({"name": "Card", "serial": serial}, "sha256:0") for serial in serials)
    return [f.key for f in facts_of(Feed("component", "{name}", PARTS, distinct=distinct), Reading(rows), "t", AT)]


def test_things_of_one_key_are_numbered() -> None:
    assert _keys("*", "b", "a", "a") == ["Card", "Card 2", "Card 3"]
    assert _keys("", "b", "a") == ["Card", "Card"]


def test_numbers_by_a_field_do_not_depend_on_the_order_of_the_reply() -> None:
    assert _keys("serial", "b", "a", "b", None) == ["Card 2", "Card", "Card 2", "Card"]
    assert _keys("serial", "a", "b") == ["Card", "Card 2"]


@pytest.mark.parametrize(
    ("line", "said"),
    [('collect = "no"', "collect = 'no'"), ('[[request.feed]]\nkind = "vlan"\ndistinct = "nmae"', "distinct = 'nmae'")],
)
def test_mistakes_of_a_probe_are_told(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "x.toml").write_text(
        'probe = "x"\nplatform = "x"\ntransport = "ssh"\nfamily = "switch"\nversion = "1"\n'
        f'[[request]]\nname = "a"\nsend = "show a"\nreader = "regex"\n{line}\n'
    )
    with pytest.raises(DefinitionError, match=said):
        load_probes([tmp_path])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("VL1", "VLAN0001"), ("VLAN10", "VLAN0010"), ("VLAN0300", "VLAN0300"), ("VLAN4094", "VLAN4094"),
        ("MST0", "MST0"), ("MST0002", "MST2"), ("MSTI3", "MST3"), ("CST", "CST"),
    ],
)  # fmt: skip
def test_spanning_tree_instances_have_one_name(given: str, name: str) -> None:
    assert CONVERTERS["tree_instance"](given) == name


def test_letters_of_cdp_are_not_those_of_lldp() -> None:
    convert = CONVERTERS["cdp_capabilities"]
    assert convert("R S I") == ["bridge", "router"]
    assert convert("H P") == ["telephone", "station"]
    assert convert("r") == ["repeater"]
    assert convert("I") == []
    assert CONVERTERS["capabilities"]("BR") == ["bridge", "router"]
    with pytest.raises(ValueError, match="Switch"):
        convert("Switch")
