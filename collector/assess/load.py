"""A model's folder into a ``Model``; every mistake of the whole folder is told at once."""

from __future__ import annotations

import difflib
import re
import string
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from collector.assess.bind import bind_mistakes
from collector.assess.model import Criterion, Domain, Mode, Model, Part, Reference, Rule, Stage, View, fingerprint
from collector.assess.sql import used_views
from collector.errors import DefinitionError
from collector.facts.kinds import kinds

_MODEL = {"model", "title", "pass_mark", "domain", "stage", "disclaimer", "reference"}
_REFERENCE = {"average", "most_at_stage", "domains", "source"}
_CRITERION = {
    "id", "stage", "weight", "mode", "question", "asked", "proof", "who", "yes", "partial", "confirm", "rule",
}  # fmt: skip
_PART = {
    "name", "needs", "scope", "lists", "of", "drawn_from", "where", "pass", "partly", "value", "why", "cites", "measure",
    "yes_at", "partial_at", "empty", "reason", "must", "unseen",
}  # fmt: skip
_RULE = (_PART - {"name", "must", "unseen"}) | {"part", "partial_parts"}
#: What a part takes from its rule when it does not say it itself.
_INHERITED = ("needs", "scope", "lists", "drawn_from")

#: The words that a ``reason`` can be made of.
REASON_WORDS = frozenset({"pass", "fail", "unknown", "n", "percent", "failing", "unread", "points"})

_EMPTY = ("", "yes", "no", "unknown", "not_applicable")
_NAME = re.compile(r"[a-z_][a-z0-9_]*")


class _Mistakes(list[str]):
    """The mistakes found so far, each with file and key."""

    def unknown_keys(self, where: str, table: Mapping[str, Any], allowed: set[str]) -> None:
        for key in sorted(set(table) - allowed):
            near = difflib.get_close_matches(key, allowed, 1)
            self.append(f"{where}: unknown key {key!r}" + (f", did you mean {near[0]!r}?" if near else ""))


def load_model(folder: Path, bind: bool = True) -> Model:
    """The model in ``folder``. Raises ``DefinitionError`` that lists every mistake, with file, criterion and key.

    ``bind`` checks every view and rule against the empty fact tables; a program that checked the files already
    (the collecting processes) can go without.
    """
    mistakes = _Mistakes()
    frame = _read(folder / "model.toml", mistakes)
    model = _frame(folder, frame, mistakes)
    model = replace(model, views=_views(folder, mistakes))
    model = replace(model, criteria=_criteria(folder, model, mistakes))
    if bind and not mistakes:
        mistakes += bind_mistakes(model)
    if mistakes:
        raise DefinitionError(
            f"{len(mistakes)} mistake{'s' * (len(mistakes) > 1)} in the model {folder}:\n  " + "\n  ".join(mistakes),
            "see docs/rules.md",
            tuple(mistakes),
        )
    return model


def _read(path: Path, mistakes: _Mistakes) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            return tomllib.load(file, parse_float=Decimal)
    except OSError as error:
        mistakes.append(f"{path}: {error.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(f"{path}: {error}")
    return {}


def _frame(folder: Path, table: dict[str, Any], mistakes: _Mistakes) -> Model:
    mistakes.unknown_keys("model.toml", table, _MODEL)
    reference = table.get("reference", {})
    mistakes.unknown_keys("model.toml: reference", reference, _REFERENCE)
    average = reference.get("average")
    try:
        return Model(
            name=table["model"],
            title=table["title"],
            pass_mark=fraction(table["pass_mark"]),
            domains=tuple(Domain(d["id"], d["title"], d["prefix"]) for d in table["domain"]),
            stages=tuple(Stage(s["number"], s["title"]) for s in table["stage"]),
            disclaimer=table["disclaimer"],
            reference=Reference(
                average=None if average is None else fraction(average),
                most_at_stage=reference.get("most_at_stage"),
                domains={name: fraction(v) for name, v in reference.get("domains", {}).items()},
                source=reference.get("source", ""),
            ),
            folder=folder,
        )
    except KeyError as error:
        if table:
            mistakes.append(f"model.toml: no {error.args[0]!r}")
    except (TypeError, ValueError) as error:
        mistakes.append(f"model.toml: {error}")
    return Model(folder.name, "", Fraction(7, 10), (), ())


def _views(folder: Path, mistakes: _Mistakes) -> tuple[View, ...]:
    path = folder / "views.toml"
    table = _read(path, mistakes) if path.exists() else {}
    mistakes.unknown_keys("views.toml", table, {"view"})
    views: list[View] = []
    taken = set(kinds()) | {"target", "outcome", "listed", "clock", "read_ok"}
    for name, entry in table.get("view", {}).items():
        where = f"views.toml: view {name}"
        mistakes.unknown_keys(where, entry, {"doc", "sql"})
        if not _NAME.fullmatch(name):
            mistakes.append(f"{where}: write the name in lower case letters, digits and _")
        elif name in taken:
            mistakes.append(f"{where}: there is a table of that name")
        elif not entry.get("doc") or not entry.get("sql"):
            mistakes.append(f"{where}: needs `doc` and `sql`")
        else:
            views.append(View(name, entry["doc"], entry["sql"].strip().rstrip(";")))
    return tuple(views)


def _criteria(folder: Path, model: Model, mistakes: _Mistakes) -> tuple[Criterion, ...]:
    found: dict[str, Criterion] = {}
    for domain in model.domains:
        file = f"{domain.id}.toml"
        if not (folder / file).exists():
            continue
        table = _read(folder / file, mistakes)
        mistakes.unknown_keys(file, table, {"criterion"})
        for number, entry in enumerate(table.get("criterion", []), 1):
            criterion = _criterion(file, number, entry, domain, model, mistakes)
            if criterion is None:
                continue
            if criterion.id in found:
                mistakes.append(f"{file}: {criterion.id}: there are two criteria of that id")
            found[criterion.id] = criterion
    known = {"model.toml", "views.toml"} | {f"{d.id}.toml" for d in model.domains}
    if model.domains:
        mistakes += [f"{p.name}: no domain of that name" for p in sorted(folder.glob("*.toml")) if p.name not in known]
    order = [d.id for d in model.domains]
    return tuple(sorted(found.values(), key=lambda c: (order.index(c.domain), c.stage, c.id)))


def _criterion(
    file: str, number: int, table: dict[str, Any], domain: Domain, model: Model, mistakes: _Mistakes
) -> Criterion | None:
    id = str(table.get("id", ""))
    where = f"{file}: {id or f'criterion {number}'}"
    before = len(mistakes)
    mistakes.unknown_keys(where, table, _CRITERION)
    mistakes += [f"{where}: no {key!r}" for key in ("id", "stage", "mode", "question") if not table.get(key)]
    if id and not id.startswith(domain.prefix):
        mistakes.append(f"{where}: the id does not start with the domain's prefix {domain.prefix!r}")
    if table.get("stage") not in {s.number for s in model.stages}:
        mistakes.append(f"{where}: stage {table.get('stage')!r} is not one of the model's")
    if table.get("mode") not in set(Mode):
        mistakes.append(f"{where}: mode {table.get('mode')!r}: write automatic, partly or person")
    weight = _number(where, "weight", table.get("weight", 1), mistakes)
    if weight is not None and weight <= 0:
        mistakes.append(f"{where}: weight has to be above 0")
    rule = _rule(where, table["rule"], mistakes) if "rule" in table else None
    if len(mistakes) > before:
        return None
    texts = {key: table.get(key, "") for key in ("asked", "proof", "who", "yes", "partial", "confirm")}
    criterion = Criterion(
        id=id,
        domain=domain.id,
        stage=table["stage"],
        mode=Mode(table["mode"]),
        question=table["question"],
        weight=weight or Fraction(1),
        rule=rule,
        file=file,
        **texts,
    )
    return replace(criterion, hash=_hash(criterion, model.view_sql))


def _rule(where: str, table: dict[str, Any], mistakes: _Mistakes) -> Rule | None:
    mistakes.unknown_keys(f"{where}: rule", table, _RULE)
    entries = table.get("part", [])
    if entries:
        own = set(table) - set(_INHERITED) - {"part", "partial_parts"}
        if own:
            mistakes.append(f"{where}: rule: has parts, so {', '.join(sorted(own))} belong into a part")
        shared = {key: table[key] for key in _INHERITED if key in table}
        parts = [
            _part(f"{where}: rule part {p.get('name', n)}", {**shared, **p}, mistakes) for n, p in enumerate(entries, 1)
        ]
    else:
        parts = [_part(f"{where}: rule", {k: v for k, v in table.items() if k != "part"}, mistakes)]
    names = [p.name for p in parts if p is not None]
    if entries and ("" in names or len(set(names)) < len(names)):
        mistakes.append(f"{where}: rule: give every part a name of its own")
    at_least = table.get("partial_parts")
    if at_least is not None and (not isinstance(at_least, int) or not 1 <= at_least < max(len(entries), 1)):
        mistakes.append(f"{where}: rule: partial_parts has to be from 1 to below the number of parts")
    return Rule(tuple(p for p in parts if p is not None), at_least, _text(table))


def _part(where: str, table: dict[str, Any], mistakes: _Mistakes) -> Part | None:
    before = len(mistakes)
    mistakes.unknown_keys(where, table, _PART)
    if table.get("unseen"):
        own = set(table) - set(_INHERITED) - {"name", "must", "unseen"}
        if own:
            mistakes.append(f"{where}: unseen, so it cannot have {', '.join(sorted(own))}")
        return Part(name=table.get("name", ""), unseen=table["unseen"], must=bool(table.get("must")))
    for key in ("needs", "lists", "drawn_from"):
        if not isinstance(table.get(key, []), list) or not all(isinstance(v, str) for v in table.get(key, [])):
            mistakes.append(f"{where}: {key}: write a list of names")
            return None
    for key in (k for k in _PART - {"needs", "lists", "drawn_from", "yes_at", "partial_at", "must"} if k in table):
        if not isinstance(table[key], str):
            mistakes.append(f"{where}: {key}: write text")
            return None
    mistakes += [f"{where}: no {key!r}" for key in ("needs", "of") if not table.get(key)]
    if not table.get("pass") and not table.get("value"):
        mistakes.append(f"{where}: no 'pass' (or 'value')")
    for key in ("needs", "drawn_from"):
        mistakes += [f"{where}: {key}: {_no_kind(kind)}" for kind in table.get(key, []) if kind not in kinds()]
    of = table.get("of", "").strip()
    drawn_from = table.get("drawn_from")
    if drawn_from is None and of in kinds():
        drawn_from = [of]
    elif drawn_from is None and of not in ("target", "listed", ""):
        mistakes.append(f"{where}: say with drawn_from which kinds the items come from, [] where none can hide items")
    if table.get("measure", "share") not in ("share", "count"):
        mistakes.append(f"{where}: measure: write share or count")
    if table.get("empty", "") not in _EMPTY:
        mistakes.append(f"{where}: empty: write one of {', '.join(_EMPTY[1:])}")
    yes_at = _number(where, "yes_at", table.get("yes_at", 1), mistakes)
    partial_at = _number(where, "partial_at", table["partial_at"], mistakes) if "partial_at" in table else None
    if table.get("partly") and partial_at is None:
        partial_at = yes_at
    if yes_at is not None and partial_at is not None:
        if partial_at > yes_at and not table.get("partly"):
            mistakes.append(f"{where}: partial_at is above yes_at")
        if table.get("measure", "share") == "share" and not (0 < yes_at <= 1 and 0 < partial_at <= 1):
            mistakes.append(f"{where}: a share's yes_at and partial_at are above 0 and at most 1")
    if table.get("value") and table.get("partly"):
        mistakes.append(f"{where}: has value, so it cannot have partly")
    _check_reason(where, table.get("reason", ""), mistakes)
    if len(mistakes) > before or yes_at is None:
        return None
    texts = {
        key: table.get(key, "").strip()
        for key in ("name", "scope", "where", "partly", "value", "why", "cites", "empty", "reason")
    }
    return Part(
        needs=tuple(dict.fromkeys([*table["needs"], *(drawn_from or ())])),
        lists=tuple(table.get("lists", ())),
        of=of,
        drawn_from=tuple(drawn_from or ()),
        passes=table.get("pass", "").strip(),
        measure=table.get("measure", "share"),
        yes_at=yes_at,
        partial_at=partial_at,
        must=bool(table.get("must")),
        **texts,
    )


def _check_reason(where: str, text: str, mistakes: _Mistakes) -> None:
    try:
        words = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        mistakes.append(f"{where}: reason: {error}")
        return
    mistakes += [
        f"{where}: reason: no word {{{word}}}, there are {', '.join(sorted(REASON_WORDS))}"
        for word in sorted(words - REASON_WORDS)
    ]


def _no_kind(name: str) -> str:
    near = difflib.get_close_matches(name, kinds(), 3)
    return f"no fact kind {name!r}" + (f"; near ones are {', '.join(near)}" if near else "; see docs/facts.md")


def _number(where: str, key: str, value: Any, mistakes: _Mistakes) -> Fraction | None:
    try:
        return fraction(value)
    except (TypeError, ValueError, ZeroDivisionError):
        mistakes.append(f"{where}: {key}: {value!r} is not a number")
        return None


def fraction(value: Any) -> Fraction:
    """An exact number from TOML: an integer, a decimal as its text says it, or text like ``7/10``."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal | Fraction):
        raise TypeError(f"{value!r} is not a number")
    return Fraction(value)


def _hash(criterion: Criterion, views: Mapping[str, str]) -> str:
    """``sha256:`` over what decides the answer: the rule, and the views that it uses, through other views too."""
    rule = criterion.rule
    if rule is None:
        return fingerprint([criterion.id, criterion.mode, None])
    return fingerprint(
        [criterion.id, criterion.mode, rule.text, [[v, views[v]] for v in used_views(rule.text_sql, views)]]
    )


def _text(table: Mapping[str, Any]) -> str:
    """A rule as lines of ``key = value``, its parts under their own heads."""
    lines = [f"{key} = {_value(value)}" for key, value in table.items() if key != "part"]
    for part in table.get("part", []):
        lines += ["", "[[part]]", *(f"{key} = {_value(value)}" for key, value in part.items())]
    return "\n".join(lines)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
