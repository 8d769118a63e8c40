"""Ways in which a saved reply gets spoilt, and what may then still be read of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from collector.model import Capture, Fact, Outcome
from collector.parse.engine import read_request
from collector.parse.feed import facts_of
from collector.parse.files import cli_probe, find_request
from collector.parse.reading import Reading
from collector.probes.definition import Feed, ProbeDef, RequestDef
from tests.parse.samples import SAMPLES, switch_probes

AT = datetime(2026, 11, 23, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of a probe, which of its commands, and the command."""

    probe: ProbeDef
    request: RequestDef
    page: int
    command: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of one reply: a feed's facts beside the feed."""

    reading: Reading
    facts: tuple[tuple[Feed, tuple[Fact, ...]], ...]


@cache
def asked(sample: Path) -> Asked:
    """What a sample answers, by its folders."""
    platform, command = sample.relative_to(SAMPLES).parts[:2]
    probe = cli_probe(switch_probes(), platform)
    request, page = find_request(probe, command.replace("_", " "))
    return Asked(probe, request, page, command.replace("_", " "))


def read(what: Asked, body: bytes) -> Read:
    """A reply's facts before they are merged by key."""
    capture = Capture(
        "t", what.probe.transport, what.probe.name, "1", what.request.name, "show", what.command, AT, Outcome.OK,
        page=what.page, body=body,
    )  # fmt: skip
    reading = read_request(what.probe, what.request.name, [capture])
    return Read(reading, tuple((feed, tuple(facts_of(feed, reading, "t", AT))) for feed in what.request.feeds))


@cache
def original(sample: Path) -> Read:
    return read(asked(sample), sample.read_bytes())


def base(feed: Feed, key: str) -> str:
    """A key without the number that tells things of one key apart."""
    return re.sub(r" \d+$", "", key) if feed.distinct else key


Same = Callable[[str, Any, Any], bool]


def equal(_: str, value: Any, before: Any) -> bool:
    return bool(value == before)


def part(_: str, value: Any, before: Any) -> bool:
    """Equal, or a list with fewer members."""
    return value == before or (isinstance(value, list) and isinstance(before, list) and set(value) <= set(before))


def strange_facts(found: Read, whole: Read, same: Same = equal) -> list[str]:
    """Facts that the whole reply did not hold: another key, or a field with another value. Unknown is never strange."""
    strange = []
    for (feed, facts), (_, before) in zip(found.facts, whole.facts, strict=True):
        held: dict[str, list[Mapping[str, Any]]] = {}
        for fact in before:
            for name in {fact.key, base(feed, fact.key)}:
                held.setdefault(name, []).append(fact.value)
        for fact in facts:
            parts = set(fact.key.split())  # of a key, the parts that are known
            names = {fact.key, base(feed, fact.key)}
            same_key = [v for name in names for v in held.get(name, ())]
            candidates = same_key + [v for k, values in held.items() if parts <= set(k.split()) for v in values]
            if not any(_within(fact.value, value, same) for value in candidates):
                strange.append(_said(fact, candidates))
    return strange


def strange_values(found: Read, whole: Read) -> list[str]:
    """Values that no fact of the kind had in that field; lists are compared by their members."""
    strange = []
    for (feed, facts), (_, before) in zip(found.facts, whole.facts, strict=True):
        known: dict[str, set[Any]] = {}
        for fact in before:
            for name, value in fact.value.items():
                known.setdefault(name, set()).update(_members(value))
        keys = {base(feed, fact.key) for fact in before}
        parts = {word for key in keys for word in key.split()}
        for fact in facts:
            odd = [n for n, v in fact.value.items() if v is not None and not _members(v) <= known.get(n, set())]
            key = base(feed, fact.key)
            if odd or (key not in keys and not set(key.split()) <= parts):
                strange.append(f"{fact.kind} {fact.key!r}: {', '.join(f'{n}={fact.value[n]!r}' for n in odd)}")
    return strange


def _members(value: Any) -> set[Any]:
    return set(value) if isinstance(value, list | tuple) else {value}


def _within(value: Mapping[str, Any], before: Mapping[str, Any], same: Same) -> bool:
    return all(v is None or same(name, v, before[name]) for name, v in value.items())


def _said(fact: Fact, candidates: Sequence[Mapping[str, Any]]) -> str:
    value = {n: v for n, v in fact.value.items() if v is not None}
    if not candidates:
        return f"{fact.kind} {fact.key!r} was not there: {value}"
    off = [{n: (v, c[n]) for n, v in value.items() if v != c[n]} for c in candidates]
    return f"{fact.kind} {fact.key!r}: {min(off, key=len)}"


# Mutations of bytes


def cut(body: bytes, at: int) -> bytes:
    return body[: at % (len(body) + 1)]


def lines_of(body: bytes) -> list[bytes]:
    return body.splitlines(keepends=True)


def joined(lines: Iterable[bytes]) -> bytes:
    return b"".join(lines)


MARKS = (
    b" --More-- ",
    b"--More--",
    b"---- More ----",
    b"<--- More --->",
    b"---(more 47%)---",
    b"-- MORE --, next page: Space, next line: Enter, quit: Control-C",
    b"--More-- or (q)uit",
    b"Press any key to continue (Q to quit)",
    b"More: <space>,  Quit: q or CTRL+Z, One line: <return> ",
)


def paged(body: bytes, at: int, mark: bytes, erased: int) -> bytes:
    """A paging mark before a line: left standing on its own line, overtyped by backspaces, or by a return."""
    lines = lines_of(body)
    place = at % max(len(lines), 1)
    back = len(mark)
    ways = (
        mark + b"\r\n",
        mark + b"\x08" * back + b" " * back + b"\x08" * back,
        mark + b"\r" + b" " * back + b"\r",
        mark + b"\r\x1b[K",
    )
    return joined([*lines[:place], ways[erased % len(ways)], *lines[place:]])


COLOURS = (b"\x1b[0m", b"\x1b[1;31m", b"\x1b[K", b"\x1b[?7h", b"\x1b]0;switch\x07", b"\x1b(B", b"\x1b=")


def coloured(body: bytes, at: int, sequence: bytes) -> bytes:
    place = at % (len(body) + 1)
    return body[:place] + sequence + body[place:]


PROMPTS = ("core-1#", "core-1>", "<core-1>", "[~core-1]", "user@core-1> ", "core-1$ ", "(core-1) #", "core-1(config)#")


def logged(body: bytes, prompt: str, command: str) -> bytes:
    """The reply in a terminal's log: the prompt with the command before it, the prompt behind it."""
    if not body.endswith(b"\n"):
        body += b"\n"
    return f"{prompt}{command}\n".encode() + body + prompt.encode()
