"""Enough of YANG (RFC 7950) to say whether JSON (RFC 7951) has only members and values that a module allows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:[^\"\\]|\\.)*\"|'[^']*'|[{};]|[^\s{};\"']+", re.DOTALL)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_MAC = re.compile(r"([0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}")
_RANGES = {f"{sign}int{bits}": (0 if sign else -(2 ** (bits - 1)), 2 ** (bits if sign else bits - 1) - 1)
           for sign in ("", "u") for bits in (8, 16, 32, 64)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Statement:
    keyword: str
    argument: str
    below: tuple[Statement, ...]

    def first(self, keyword: str) -> Statement | None:
        return next((s for s in self.below if s.keyword == keyword), None)


def parse(text: str) -> Statement:
    """A module as its statements."""
    tokens = [found[0] for found in _TOKEN.finditer(text) if not found[0].startswith(("//", "/*"))]
    statements, _ = _statements(tokens, 0)
    return statements[0]


def _statements(tokens: list[str], at: int) -> tuple[tuple[Statement, ...], int]:
    found: list[Statement] = []
    while at < len(tokens) and tokens[at] != "}":
        keyword, at = tokens[at], at + 1
        words: list[str] = []
        while tokens[at] not in "{;":
            if tokens[at] != "+":
                words.append(tokens[at].strip("\"'"))
            at += 1
        below: tuple[Statement, ...] = ()
        if tokens[at] == "{":
            below, at = _statements(tokens, at + 1)
        found.append(Statement(keyword, "".join(words), below))
        at += 1
    return tuple(found), at


class Modules:
    """Modules that know each other's types and groupings."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._roots: dict[str, Statement] = {}
        self._types: dict[str, Statement] = {}
        self._groupings: dict[str, Statement] = {}
        for text in texts.values():
            module = parse(text)
            for statement in module.below:
                if statement.keyword == "typedef":
                    self._types[statement.argument] = statement
                elif statement.keyword == "grouping":
                    self._groupings[statement.argument] = statement
                elif statement.keyword in ("container", "list", "leaf"):
                    self._roots[f"{module.argument}:{statement.argument}"] = statement

    def complaints(self, data: Mapping[str, Any]) -> Iterator[str]:
        """What is wrong with a document whose members are ``module:name``; nothing when all is well."""
        for name, value in data.items():
            if name not in self._roots:
                yield f"{name}: no such node"
            else:
                yield from self._node(self._roots[name], value, name)

    def _children(self, statement: Statement) -> Iterator[Statement]:
        for below in statement.below:
            if below.keyword == "uses":
                grouping = self._groupings.get(below.argument.rpartition(":")[2])
                if grouping:
                    yield from self._children(grouping)
            elif below.keyword in ("choice", "case"):
                yield from self._children(below)
            elif below.keyword in ("container", "list", "leaf", "leaf-list"):
                yield below

    def _node(self, statement: Statement, value: Any, path: str) -> Iterator[str]:
        if statement.keyword == "list":
            if not isinstance(value, list):
                yield f"{path}: a list has to be an array"
                return
            keys = statement.first("key")
            for row in value:
                yield from self._members(statement, row, path)
                for key in keys.argument.split() if keys else ():
                    if key not in row:
                        yield f"{path}: a row without its key {key}"
        elif statement.keyword == "container":
            yield from self._members(statement, value, path)
        elif statement.keyword == "leaf-list":
            for one in value:
                yield from self._leaf(statement, one, path)
        else:
            yield from self._leaf(statement, value, path)

    def _members(self, statement: Statement, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path}: has to be an object"
            return
        children = {child.argument: child for child in self._children(statement)}
        for name, inner in value.items():
            if name not in children:
                yield f"{path}/{name}: no such node"
            else:
                yield from self._node(children[name], inner, f"{path}/{name}")

    def _leaf(self, statement: Statement, value: Any, path: str) -> Iterator[str]:
        kind = statement.first("type")
        assert kind is not None
        name = kind.argument.rpartition(":")[2]
        while name in self._types:
            if name in ("date-and-time", "mac-address"):
                break
            inner = self._types[name].first("type")
            assert inner is not None
            kind, name = inner, inner.argument.rpartition(":")[2]
        if not _allowed(kind, name, value):
            yield f"{path}: {value!r} is no {name}"


def _allowed(kind: Statement, name: str, value: Any) -> bool:
    if name == "enumeration":
        return value in {s.argument for s in kind.below if s.keyword == "enum"}
    if name == "boolean":
        return isinstance(value, bool)
    if name in _RANGES:
        low, high = _RANGES[name]
        wide = name.endswith("64")
        return isinstance(value, str if wide else int) and not isinstance(value, bool) and low <= int(value) <= high
    if name == "empty":
        return bool(value == [None])
    if name == "date-and-time":
        return isinstance(value, str) and _DATE.fullmatch(value) is not None
    if name == "mac-address":
        return isinstance(value, str) and _MAC.fullmatch(value) is not None
    if name == "bits":
        known = {s.argument for s in kind.below if s.keyword == "bit"}
        return isinstance(value, str) and set(value.split()) <= known
    return isinstance(value, str)
