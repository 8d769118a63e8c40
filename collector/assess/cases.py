"""Cases: small made-up scans as data, each with the answer that a rule has to give.

``cases/ID.toml`` in a model's folder (ID a criterion's, or any name where each case says its ``criterion``)::

    [[case]]
    name = "two uplinks on nine of ten"
    expect = "yes"; low = "yes"; high = "yes"            # low and high where the case is about them
    lists = { critical_servers = ["a", "b"] }
    [[case.target]]
    name = "acc-{1..10}"; family = "switch"; role = "access"; site = "main"; platform = "any"; tags = []
    [[case.fact]]
    kind = "interface"; target = "acc-{1..10}"; key = "Gi1/0/{1..2}"; name = "{key}"; oper_up = true
    [[case.outcome]]
    target = "acc-10"; kind = "interface"; outcome = "denied"; last = 48

``{1..10}`` in a target's name, or in a fact's or outcome's target or key, stands for each number; ``target`` and ``kind``
also take lists. In a fact's text ``{key}``, ``{target}`` and ``{n}`` (the key's number) are filled in; a time is written as
such or from the case's clock: ``-3d``. Without ``key`` a fact's key is its first field's value. Kinds with facts are ``ok``
unless an outcome says otherwise; ``last`` is how many facts the target had when it was last read.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from collector.assess.answer import Answer, Word
from collector.assess.evaluate import answer_criterion
from collector.assess.model import Model
from collector.assess.sources import Sources
from collector.durations import parse_duration
from collector.errors import CollectorError, DefinitionError
from collector.facts.kinds import Kind, kinds
from collector.facts.tables import FactTables
from collector.model import Fact, KindOutcome, Outcome, Target

#: The clock of every case that names none; facts are read an hour before.
CLOCK = datetime(2026, 1, 15, 12, tzinfo=UTC)

_RANGE = re.compile(r"\{(\d+)\.\.(\d+)\}")
_CASE = {"name", "criterion", "expect", "low", "high", "clock", "lists", "target", "fact", "outcome", "note"}
_TARGET = {"name", "family", "role", "site", "platform", "address", "tags"}
_OUTCOME = {"target", "kind", "outcome", "detail", "last", "rows"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case, read. ``last`` is what earlier scans remember."""

    criterion: str
    name: str
    expect: Word
    low: Word | None
    high: Word | None
    clock: datetime
    targets: tuple[Target, ...]
    facts: tuple[Fact, ...]
    outcomes: tuple[KindOutcome, ...]
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    last: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Check:
    """A line of a check's result, as INTERFACE has it."""

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "detail": self.detail, "hint": self.hint}


def run_cases(model: Model, id: str | None = None) -> list[Check]:
    """A check for every case of the model, or of one criterion; a file that cannot be read is a failed check."""
    checks = []
    for path in case_files(model, id):
        try:
            cases = read_cases(path, model)
        except DefinitionError as error:
            checks.append(Check(path.name, False, error.message, error.hint))
            continue
        checks += [run_case(model, case) for case in cases if id is None or case.criterion == id]
    return checks


def case_files(model: Model, id: str | None = None) -> list[Path]:
    """The files of a model's cases; of one criterion, where it has its own file."""
    own = model.folder / "cases" / f"{id}.toml"
    return [own] if id and own.exists() else sorted((model.folder / "cases").glob("*.toml"))


def run_case(model: Model, case: Case) -> Check:
    """Whether the rule answers a case as it says."""
    name = f"{case.criterion}: {case.name}"
    answer = answer_case(model, case)
    if isinstance(answer, Check):
        return answer
    wanted = [("answer", case.expect, answer.answer), ("low", case.low, answer.low), ("high", case.high, answer.high)]
    wrong = [f"{what} is {got}, expected {want}" for what, want, got in wanted if want is not None and want is not got]
    if wrong:
        bounds = "" if answer.low is answer.high else f" ({answer.low} to {answer.high})"
        return Check(name, False, f"{', '.join(wrong)}{bounds}: {answer.reason}", "mend the rule or the case")
    return Check(name, True, answer.reason)


def answer_case(model: Model, case: Case) -> Answer | Check:
    """The answer of the case's criterion; a failed check where its tables cannot be made."""
    criterion = model.criterion(case.criterion)
    if criterion is None or criterion.rule is None:
        return Check(f"{case.criterion}: {case.name}", False, "no rule for that criterion", "check the id")
    try:
        tables = FactTables.build(case.targets, case.facts, case.outcomes, case.lists, case.clock)
    except CollectorError as error:
        return Check(f"{case.criterion}: {case.name}", False, error.message, error.hint)
    try:
        sources = Sources(tables, model.view_sql)
        return answer_criterion(criterion, sources, lambda target, kind: case.last.get((target, kind)))[0]
    finally:
        tables.close()


def read_cases(path: Path, model: Model) -> list[Case]:
    """The cases of a file. Raises DefinitionError with the first mistake of each case."""
    try:
        with path.open("rb") as file:
            table = tomllib.load(file, parse_float=Decimal)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(f"{path.name}: {error}", "mend the TOML") from error
    cases, mistakes = [], []
    for number, entry in enumerate(table.get("case", []), 1):
        try:
            cases.append(_case(path.stem, entry))
            if model.criterion(cases[-1].criterion) is None:
                raise ValueError(f"no criterion {cases[-1].criterion!r}")
        except KeyError as error:
            mistakes.append(f"case {entry.get('name', number)!r}: no {error.args[0]!r}")
        except (ValueError, TypeError) as error:
            mistakes.append(f"case {entry.get('name', number)!r}: {error}")
    if not table.get("case"):
        mistakes.append("no [[case]]")
    if mistakes:
        raise DefinitionError(f"{path.name}: " + "; ".join(mistakes), "see docs/rules.md", tuple(mistakes))
    return cases


def _case(stem: str, table: Mapping[str, Any]) -> Case:
    _known(table, _CASE, "case")
    clock = table.get("clock", CLOCK)
    clock = clock if clock.tzinfo else clock.replace(tzinfo=UTC)
    targets = [t for entry in table.get("target", []) for t in _targets(entry)]
    facts = [f for entry in table.get("fact", []) for f in _facts(entry, clock)]
    outcomes, last = _outcomes(table.get("outcome", []), facts, clock)
    strange = {name for name, _ in outcomes} - {t.name for t in targets}
    if strange:
        raise ValueError(f"no target {', '.join(sorted(strange))}")
    return Case(
        criterion=table.get("criterion", stem),
        name=table["name"],
        expect=Word(table["expect"]),
        low=Word(table["low"]) if "low" in table else None,
        high=Word(table["high"]) if "high" in table else None,
        clock=clock,
        targets=tuple(targets),
        facts=tuple(facts),
        outcomes=tuple(outcomes.values()),
        lists=table.get("lists", {}),
        last=last,
    )


def _targets(entry: Mapping[str, Any]) -> Iterator[Target]:
    _known(entry, _TARGET, "target")
    for name, _ in _each(entry["name"]):
        yield Target(
            name=name,
            address=entry.get("address", "192.0.2.1"),
            platform=entry.get("platform", "any"),
            family=entry.get("family", ""),
            site=entry.get("site", ""),
            role=entry.get("role", ""),
            tags=tuple(entry.get("tags", ())),
        )


def _facts(entry: Mapping[str, Any], clock: datetime) -> Iterator[Fact]:
    kind = kinds().get(entry["kind"])
    if kind is None:
        raise ValueError(f"no fact kind {entry['kind']!r}")
    # `kind`, `target` and `key` place the fact; a kind's own field of such a name is written `field_kind`
    values = {k.removeprefix("field_"): v for k, v in entry.items() if k not in ("kind", "target", "key")}
    strange = values.keys() - kind.fields.keys()
    if strange:
        raise ValueError(f"{kind.name} has no field {', '.join(sorted(strange))}; it has {', '.join(kind.fields)}")
    key_text = str(entry.get("key", _default_key(kind, values)))
    for (target, _), (key, number) in itertools.product(_each(entry["target"]), list(_each(key_text))):
        filled = {n: _value(kind, n, values.get(n), target, key, number, clock) for n in kind.fields}
        observed_at = clock - timedelta(hours=1)
        yield Fact(kind.name, target, key, filled, observed_at, (f"case:{target}/{kind.name}",))


def _default_key(kind: Kind, values: Mapping[str, Any]) -> str:
    if kind.key.startswith("empty"):
        return ""
    return str(values.get(next(iter(kind.fields)), ""))


def _value(kind: Kind, name: str, value: Any, target: str, key: str, number: str, clock: datetime) -> Any:
    type_ = kind.fields[name].type
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, str) and type_ == "timestamp":
        sign = -1 if value.startswith("-") else 1
        value = clock + sign * parse_duration(value.lstrip("+-"))
    elif isinstance(value, str):
        text = _RANGE.sub("{n}", value)
        value = text.replace("{key}", key).replace("{target}", target).replace("{n}", number)
    elif isinstance(value, datetime) and not value.tzinfo:
        value = value.replace(tzinfo=UTC)
    if not kind.fields[name].accepts(value):
        raise ValueError(f"{kind.name}.{name}: {value!r} is not {type_}")
    return value


def _outcomes(
    entries: Sequence[Mapping[str, Any]], facts: Sequence[Fact], clock: datetime
) -> tuple[dict[tuple[str, str], KindOutcome], dict[tuple[str, str], int]]:
    read_at = clock - timedelta(hours=1)
    rows: dict[tuple[str, str], int] = {}
    for fact in facts:
        rows[fact.target, fact.kind] = rows.get((fact.target, fact.kind), 0) + 1
    found = {place: KindOutcome(*place, Outcome.OK, "", n, read_at) for place, n in rows.items()}
    last: dict[tuple[str, str], int] = {}
    for entry in entries:
        _known(entry, _OUTCOME, "outcome")
        named = [entry["kind"]] if isinstance(entry["kind"], str) else list(entry["kind"])
        strange = [kind for kind in named if kind not in kinds()]
        if strange:
            raise ValueError(f"no fact kind {', '.join(strange)}")
        for (target, _), kind in itertools.product(_each(entry["target"]), named):
            outcome = Outcome(entry["outcome"])
            found[target, kind] = KindOutcome(
                target, kind, outcome, entry.get("detail", ""), rows.get((target, kind), 0), read_at
            )
            if "last" in entry:
                last[target, kind] = entry["last"]
    return found, last


def _each(text: str | Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every text that ``{1..10}`` stands for, with its number."""
    for one in [text] if isinstance(text, str) else text:
        found = _RANGE.search(one)
        if not found:
            yield one, ""
            continue
        for number in range(int(found[1]), int(found[2]) + 1):
            yield one[: found.start()] + str(number) + one[found.end() :], str(number)


def _known(table: Mapping[str, Any], allowed: set[str], what: str) -> None:
    strange = table.keys() - allowed
    if strange:
        raise ValueError(f"{what}: unknown key {', '.join(sorted(strange))}")
