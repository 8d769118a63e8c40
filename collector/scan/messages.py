"""What the scan and its worker processes say to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.model import Capture, Credential, Parsed
from collector.probes.definition import ProbeDef
from collector.scan.pace import Result, State
from collector.scan.values import Redact


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message to a worker."""

    probes: Mapping[str, ProbeDef]
    credentials: Mapping[str, Credential]
    threads: int
    redact: Redact | None


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has started."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A unit wants to log in."""

    unit: int
    credential: str


@dataclass(frozen=True, slots=True)
class TurnIs:
    """A unit may log in now, or reads that its credential is stopped."""

    unit: int
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """How a unit's login went."""

    unit: int
    credential: str
    target: str
    result: Result


@dataclass(frozen=True, slots=True)
class StateIs:
    """A credential's state changed; told to every worker."""

    credential: str
    state: State
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """A unit is over. ``opened`` says whether its session was."""

    unit: int
    opened: bool
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class ParseJob:
    """A target's captures, to be parsed."""

    number: int
    captures: tuple[Capture, ...]


@dataclass(frozen=True, slots=True)
class ParseReply:
    """A target's facts, or the parser's fault."""

    number: int
    parsed: Parsed | None
    error: str
