"""The gate that keeps accounts from being locked out, as bookkeeping."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from collector.scan.pace import Gate, Result, State


def test_logins_go_one_at_a_time_until_one_succeeds() -> None:
    gate: Gate[int] = Gate(3)
    assert gate.ask("a", 1) == [1]
    assert gate.ask("a", 2) == [] and gate.ask("a", 3) == []
    assert gate.report("a", 1, "sw1", Result.SUCCESS) == [2, 3]
    assert gate.ask("a", 4) == [4]
    assert gate.state("a") is State.PROVEN


def test_refusals_stop_a_credential_and_say_by_whom() -> None:
    gate: Gate[int] = Gate(3)
    for holder in (1, 2, 3):
        assert gate.ask("a", holder) == [holder]
        gate.report("a", holder, f"sw{holder}", Result.REFUSED)
    assert gate.state("a") is State.STOPPED
    assert gate.why("a") == "not tried: credential a was refused by sw1, sw2, sw3"
    assert gate.ask("a", 9) == [9]
    assert gate.state("b") is State.UNPROVEN


def test_those_who_wait_are_told_when_it_stops() -> None:
    gate: Gate[int] = Gate(1)
    gate.ask("a", 1)
    gate.ask("a", 2)
    gate.ask("a", 3)
    assert gate.report("a", 1, "sw1", Result.REFUSED) == [2, 3]
    assert gate.state("a") is State.STOPPED


def test_a_device_that_cannot_be_reached_says_nothing_of_the_credential() -> None:
    gate: Gate[int] = Gate(2)
    gate.ask("a", 1)
    gate.ask("a", 2)
    assert gate.report("a", 1, "sw1", Result.NEITHER) == [2]
    assert gate.state("a") is State.UNPROVEN


def test_a_later_refusal_makes_it_unproven_and_a_success_forgives() -> None:
    gate: Gate[int] = Gate(2)
    gate.ask("a", 1)
    gate.report("a", 1, "sw1", Result.SUCCESS)
    gate.report("a", 7, "sw7", Result.REFUSED)
    assert gate.state("a") is State.UNPROVEN
    assert gate.ask("a", 2) == [2] and gate.ask("a", 3) == []
    assert gate.report("a", 2, "sw2", Result.SUCCESS) == [3]
    gate.report("a", 8, "sw8", Result.REFUSED)
    assert gate.state("a") is State.UNPROVEN


def test_one_whose_process_died_gives_its_turn_back() -> None:
    gate: Gate[int] = Gate(2)
    gate.ask("a", 1)
    gate.ask("a", 2)
    gate.ask("a", 3)
    assert gate.gone({1, 2}) == [3]


@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from([*Result, None])), max_size=60), st.integers(1, 4))
def test_never_two_at_once_while_unproven_and_nobody_waits_for_ever(
    steps: list[tuple[int, Result | None]], most: int
) -> None:
    gate: Gate[int] = Gate(most)
    going: set[int] = set()
    waiting: set[int] = set()
    for holder, result in steps:
        if holder in going:
            going.discard(holder)
            free = gate.gone({holder}) if result is None else gate.report("a", holder, f"t{holder}", result)
        elif holder in waiting:
            continue
        else:
            before = gate.state("a")
            waiting.add(holder)
            free = gate.ask("a", holder)
            if before is State.UNPROVEN and gate.state("a") is State.UNPROVEN:
                assert len(free) <= 1
        waiting -= set(free)
        if gate.state("a") is not State.STOPPED:
            going |= set(free)
        assert not (waiting and not going and gate.state("a") is State.UNPROVEN)
        assert not waiting or gate.state("a") is State.UNPROVEN
