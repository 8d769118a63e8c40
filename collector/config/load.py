"""Reading ``config.toml``: every mistake at once, each with its key path and line."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from collector.config.lines import KeyPath, key_lines, line_of
from collector.config.schema import ConfigFile
from collector.errors import ConfigError
from collector.model import digest


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration that was checked, the file it came from, and that file's digest."""

    file: ConfigFile
    path: Path
    digest: str

    @property
    def folder(self) -> Path:
        """Relative paths in the file start here."""
        return self.path.parent

    @property
    def store_url(self) -> str:
        """The store's URL, with a relative SQLite path made absolute from the file's folder."""
        url, prefix = self.file.store.url, "sqlite:///"
        if not url.startswith(prefix) or url.startswith(prefix + "/"):
            return url
        return prefix + str((self.folder / url[len(prefix) :]).resolve())

    def resolve(self, path: str) -> str:
        return str((self.folder / Path(path).expanduser()).resolve())


def load_config(path: Path) -> Config:
    """The configuration in ``path``; raises ConfigError with all of its mistakes."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"no configuration at {path}", "`collector init` writes one to start from") from error
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "check the path and its permissions") from error
    try:
        text = raw.decode()
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not UTF-8 text", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: {error}", "mend the TOML at that place") from error
    lines = key_lines(text)
    mistakes = _crosscheck(table, lines)
    try:
        file = ConfigFile.model_validate(table)
    except ValidationError as error:
        formal = [_mistake(e, lines) for e in error.errors(include_url=False, include_input=False)]
        raise mistakes_error(path, sorted(formal + mistakes, key=_line_number)) from None
    if mistakes:
        raise mistakes_error(path, mistakes)
    return Config(file, path.resolve(), digest(raw))


def mistakes_error(path: Path, mistakes: list[str]) -> ConfigError:
    count = f"{len(mistakes)} mistake{'s' if len(mistakes) > 1 else ''}"
    return ConfigError(f"{path}: {count}", "mend them; nothing was done", tuple(mistakes))


def said(path: KeyPath, lines: dict[KeyPath, int], message: str) -> str:
    """A mistake as it is printed: ``line 12: target[3].address: ...``."""
    number = line_of(lines, path)
    dotted = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in path).lstrip(".")
    return f"line {number}: {dotted}: {message}" if number else f"{dotted}: {message}"


def _line_number(mistake: str) -> int:
    found = re.match(r"line (\d+)", mistake)
    return int(found[1]) if found else 0


def _mistake(error: Any, lines: dict[KeyPath, int]) -> str:
    path: KeyPath = tuple(p for p in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(path[-1]), _allowed(path[:-1]), 1)
        message = "unknown key" + (f": did you mean {near[0]!r}?" if near else "")
    elif error["type"] == "missing":
        message = "is missing"
    elif error["type"] == "string_pattern_mismatch":
        message = f"may not be written like this (it must match {error['ctx']['pattern']})"
    elif "ctx" in error and "expected" in error["ctx"]:
        message = f"must be {error['ctx']['expected']}"
    return said(path, lines, message)


def _allowed(path: KeyPath) -> list[str]:
    """The keys of the table at ``path``, for suggesting the nearest."""
    model: Any = ConfigFile
    for part in path:
        if isinstance(part, int):
            continue
        if not (isinstance(model, type) and issubclass(model, BaseModel)) or part not in model.model_fields:
            continue
        annotation = model.model_fields[part].annotation
        arguments = [a for a in getattr(annotation, "__args__", ()) if isinstance(a, type) and issubclass(a, BaseModel)]
        model = arguments[-1] if arguments else annotation
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _crosscheck(table: dict[str, Any], lines: dict[KeyPath, int]) -> list[str]:
    """Names that must exist elsewhere in the file, and names that may exist once.

    Reads the raw table, so that these mistakes are reported together with those of form.
    """
    credentials, sites = _table(table.get("credential")), _table(table.get("site"))
    targets = [_table(t) for t in table.get("target", []) if isinstance(table.get("target"), list)]
    places: list[tuple[KeyPath, dict[str, Any]]] = [(("defaults",), _table(table.get("defaults")))]
    places += [(("site", name), _table(t)) for name, t in sites.items()]
    places += [(("target", i), t) for i, t in enumerate(targets)]
    found = []
    for path, place in places:
        for transport in ("ssh", "snmp", "ldap", "http"):
            name = _table(place.get(transport)).get("credential")
            if isinstance(name, str) and name not in credentials:
                message = f"no [credential.{name}] in this file (there are: {', '.join(credentials) or 'none yet'})"
                found.append(said((*path, transport, "credential"), lines, message))
        site = place.get("site")
        if isinstance(site, str) and site and site not in sites:
            message = f"no [site.{site}] in this file (there are: {', '.join(sites) or 'none yet'})"
            found.append(said((*path, "site"), lines, message))
    seen: dict[str, int] = {}
    for i, target in enumerate(targets):
        name = str(target.get("name", ""))
        if name and name in seen:
            message = f"{name!r} is the name of target[{seen[name]}] too: names must differ"
            found.append(said(("target", i, "name"), lines, message))
        seen.setdefault(name, i)
    return found


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
