# ruff: noqa: S608  the texts are a model's own files, and the tables answer nothing but one SELECT
"""Rules bound against the empty fact tables, so that a misspelt column is told when a model is loaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from collector.assess.model import Criterion, Model, Part, View
from collector.assess.partsql import population_sql, scope_sql, types_sql
from collector.assess.sql import with_views, words
from collector.assess.tables import Tables
from collector.errors import QueryError
from collector.facts.tables import empty_tables

_BOOLEAN = ("BOOLEAN", '"NULL"')
_NUMBER = ("INTEGER", "BIGINT", "HUGEINT", "SMALLINT", "TINYINT", "DOUBLE", "FLOAT", "DECIMAL", '"NULL"')
_TYPES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "in_population": ("where", _BOOLEAN),
    "passes": ("pass", _BOOLEAN),
    "weak": ("partly", _BOOLEAN),
    "points": ("value", _NUMBER),
    "why": ("why", ("VARCHAR", '"NULL"')),
    "cites": ("cites", ("VARCHAR[]", '"NULL"')),
}


def bind_mistakes(model: Model) -> list[str]:
    """What is wrong with the views and rules of a model, a line each; none when all bind."""
    try:
        tables = empty_tables(model.view_sql)
    except QueryError as error:
        return _mistakes_one_by_one(model) or [f"views.toml: {_short(error)}"]
    try:
        quick = [m for c in model.criteria for p in _counted(c) for m in _type_mistakes(_where(c, p), p, {}, tables)]
    finally:
        tables.close()
    return (_mistakes_one_by_one(model) or quick) if quick else []


def _mistakes_one_by_one(model: Model) -> list[str]:
    """The same in small pieces, each view and each key of a rule by itself, to say what is wrong in its own words."""
    tables = empty_tables()
    try:
        return _all_mistakes(model, tables)
    finally:
        tables.close()


def _all_mistakes(model: Model, tables: Tables) -> list[str]:
    good: dict[str, str] = {}
    mistakes: list[str] = []
    for view in model.views:
        error = _view_error(view, model, good, tables)
        if error:
            mistakes.append(f"views.toml: view {view.name}: {error}")
        else:
            good[view.name] = view.sql
    for criterion in model.criteria:
        for part in _counted(criterion):
            mistakes += _part_mistakes(criterion, part, good, model, tables)
    return mistakes


def _counted(criterion: Criterion) -> list[Part]:
    return [part for part in criterion.rule.parts if not part.unseen] if criterion.rule else []


def _where(criterion: Criterion, part: Part) -> str:
    return f"{criterion.file}: {criterion.id}: rule" + (f" part {part.name}" if part.name else "")


def _view_error(view: View, model: Model, good: Mapping[str, str], tables: Tables) -> str:
    later = words(view.sql) & (model.view_sql.keys() - good.keys())
    error = _error(with_views(f"SELECT * FROM (\n{view.sql}\n) AS v LIMIT 0", good), tables)
    if error and later:
        return f"{error} (uses {', '.join(sorted(later))}, which comes later, is itself, or does not bind)"
    return error


def _part_mistakes(
    criterion: Criterion, part: Part, good: Mapping[str, str], model: Model, tables: Tables
) -> Iterator[str]:
    where = _where(criterion, part)
    broken = words(part.of) & (model.view_sql.keys() - good.keys())
    if broken:
        yield f"{where}: of: the view {', '.join(sorted(broken))} does not bind"
        return
    population = population_sql(part.of)
    steps = [
        ("scope", f"{scope_sql(part.scope)} LIMIT 0"),
        ("of", f"SELECT target, item FROM ({population}) AS p LIMIT 0"),
        *(
            (key, f"SELECT (\n{text}\n) FROM ({population}) AS p LIMIT 0")
            for key, text in (
                ("where", part.where), ("pass", part.passes), ("partly", part.partly), ("value", part.value),
                ("why", part.why), ("cites", part.cites),
            )
            if text
        ),
    ]  # fmt: skip
    failed = False
    for key, select in steps:
        error = _error(with_views(select, good), tables)
        if error:
            failed = True
            yield f"{where}: {key}: {error}"
            if key == "of":
                return
    if not failed:
        yield from _type_mistakes(where, part, good, tables)


def _type_mistakes(where: str, part: Part, good: Mapping[str, str], tables: Tables) -> Iterator[str]:
    try:
        names, rows = tables.query(types_sql(part, good))
    except QueryError as error:
        yield f"{where}: {_short(error)}"
        return
    for name, type_ in zip(names, rows[0], strict=True):
        key, allowed = _TYPES[name]
        if str(type_).split("(")[0] not in allowed:
            yield f"{where}: {key}: is {type_}, has to be {allowed[0]}"


def _error(sql: str, tables: Tables) -> str:
    try:
        tables.query(sql)
    except QueryError as error:
        return _short(error)
    return ""


def _short(error: QueryError) -> str:
    """What is wrong, with the nearest names."""
    return (
        f"{error.message}. {error.hint}"
        if error.hint.startswith(("Candidate", "Did you", "Perhaps"))
        else error.message
    )
