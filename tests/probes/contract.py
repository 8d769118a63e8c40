"""Vendors' own descriptions of their interfaces, where the folder with them is beside the checkout."""

from __future__ import annotations

import json
import os
import re
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

Statement = tuple[str, str, list[Any]]

_FOLDERS = (os.environ.get("COLLECTOR_RECORDINGS", ""), "../shared/recordings")
_ROOT = Path(__file__).resolve().parents[2]


def recordings(name: str) -> Path | None:
    """A file of the recordings' folder, or nothing where the folder is absent."""
    for folder in filter(None, _FOLDERS):
        path = (_ROOT / folder / name).resolve()
        if path.exists():
            return path
    return None


@cache
def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.removeprefix("./") == name and (file := tar.extractfile(member)):
                return file.read()
    raise FileNotFoundError(name)


def openapi(archive: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_member(archive, name))
    return found


@cache
def yang(archive: Path) -> dict[str, list[Statement]]:
    """Every YANG module of the archive as its statements."""
    found: dict[str, list[Statement]] = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            if member.name.endswith(".yang") and (file := tar.extractfile(member)):
                (module,) = _statements(file.read().decode())
                found[module[1]] = module[2]
    return found


_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'[^\']*\'|//[^\n]*|/\*.*?\*/|[{};]|[^\s{};]+', re.DOTALL)


def _statements(text: str) -> list[Statement]:
    """RFC 7950 section 6.3: a keyword, an argument, and statements in braces."""
    tokens = iter([t for t in _TOKEN.findall(text) if not t.startswith(("//", "/*"))])
    return _block(tokens)


def _block(tokens: Iterator[str]) -> list[Statement]:
    found: list[Statement] = []
    for keyword in tokens:
        if keyword == "}":
            break
        argument, inner = "", []
        for token in tokens:
            if token in "{;":
                inner = _block(tokens) if token == "{" else []
                break
            argument += "" if token == "+" else token.strip("\"'")
        found.append((keyword, argument, inner))
    return found


class Schema:
    """What nodes there are below a path of the data tree, over all modules."""

    def __init__(self, modules: dict[str, list[Statement]]) -> None:
        self.modules = modules

    def node(self, path: str) -> tuple[str, list[Statement]] | None:
        """Module and statements of ``module:container/inner/leaf``; ``None`` where the schema has no such node."""
        module, _, rest = path.partition(":")
        statements = self.modules.get(module, [])
        for name in rest.split("/"):
            found = self._child(module, statements, name)
            if found is None:
                return None
            module, statements = found
        return module, statements

    def _child(self, module: str, statements: list[Statement], name: str) -> tuple[str, list[Statement]] | None:
        for keyword, argument, inner in statements:
            if keyword in ("container", "list", "leaf", "leaf-list") and argument == name:
                return module, inner
            if keyword in ("choice", "case") and (found := self._child(module, inner, name)):
                return found
            if keyword == "uses":
                home, body = self._defined(module, "grouping", argument)
                if body is not None and (found := self._child(home, body, name)):
                    return found
        return None

    def _defined(self, module: str, kind: str, name: str) -> tuple[str, list[Statement] | None]:
        prefix, _, bare = name.rpartition(":")
        home = self._prefixes(module).get(prefix, module) if prefix else module
        return home, next((s for k, a, s in self.modules.get(home, []) if (k, a) == (kind, bare)), None)

    def _prefixes(self, module: str) -> dict[str, str]:
        own = {a: module for k, a, _ in self.modules[module] if k == "prefix"}
        for keyword, argument, inner in self.modules[module]:
            if keyword == "import":
                own |= {a: argument for k, a, _ in inner if k == "prefix"}
        return own

    def enums(self, path: str) -> set[str]:
        """The words that a leaf may have; empty where it is no enumeration."""
        found = self.node(path)
        return self._enums(*found) if found else set()

    def _enums(self, module: str, statements: list[Statement]) -> set[str]:
        for keyword, argument, inner in statements:
            if keyword != "type":
                continue
            if argument == "enumeration":
                return {a for k, a, _ in inner if k == "enum"}
            home, body = self._defined(module, "typedef", argument)
            return self._enums(home, body) if body else set()
        return set()

    def default(self, path: str) -> str | None:
        found = self.node(path)
        return next((a for k, a, _ in found[1] if k == "default"), None) if found else None
