"""What a reader gives back: rows, and how sure it is that they are all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from collector.model import Capture, Outcome
from collector.probes.definition import ProbeDef, RequestDef


class CutList(list[Any]):
    """A list that may have had more members."""


class CutRow(dict[str, Any]):
    """A row within a row, of which the values named in ``cut`` were seen in part only."""

    __slots__ = ("cut",)

    def __init__(self, values: Mapping[str, Any], cut: frozenset[str]) -> None:
        super().__init__(values)
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a plain mapping, and the digest of the capture that it stands in.

    ``cut`` names values that were seen in part only: what is made of them is not known.
    """

    values: Mapping[str, Any]
    evidence: str
    cut: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows of one request. ``ok`` without rows is a proven zero: the reader saw that the table was empty.

    A reader that finds no row and no such proof says ``unparsed``, or ``unsupported`` where the reply says so.
    """

    rows: Sequence[Row] = ()
    outcome: Outcome = Outcome.OK
    detail: str = ""


class Reader(Protocol):
    """A parser family: ``textfsm``, ``config``, ``snmp``, ``json``, ``ldif`` ... It never raises for what a device said."""

    def __call__(self, probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading: ...
