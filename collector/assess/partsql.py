# ruff: noqa: S608  the texts are a model's own files, and the tables answer nothing but one SELECT
"""A part of a rule as SQL: its population, judged item by item."""

from __future__ import annotations

from collections.abc import Mapping

from collector.assess.model import Part
from collector.assess.sql import with_views
from collector.facts.kinds import kinds

#: Above this many items of one judgement, they are told per target and not one by one.
DETAIL_LIMIT = 5_000


def scope_sql(scope: str) -> str:
    """The targets whose sources count."""
    return f"SELECT target FROM target WHERE (\n{scope}\n)" if scope else "SELECT target FROM target"


def population_sql(of: str) -> str:
    """What ``of`` names, as a SELECT with the columns ``target`` and ``item``."""
    if of in kinds():
        return f"SELECT *, key AS item FROM {of}"
    if of == "target":
        return "SELECT *, target AS item FROM target"
    if of == "listed":
        return "SELECT * FROM (SELECT '' AS target, item, list FROM listed)"
    return f"SELECT * FROM {of}"


def _judged(part: Part) -> list[tuple[str, str]]:
    """The CTEs up to ``judged_items``: target, item, judgement, weak pass, points, why, cites."""
    passes = f"({part.value}\n) >= 1" if part.value else part.passes
    weak = f"(\n{part.partly}\n)" if part.partly else "FALSE"
    points = f"(\n{part.value}\n)" if part.value else "NULL"
    why = f"(\n{part.why}\n)" if part.why else "NULL"
    cites = f"(\n{part.cites}\n)" if part.cites else "NULL"
    return [
        ("scope_targets", scope_sql(part.scope)),
        (
            "population_items",
            f"{population_sql(part.of)} AS p WHERE p.target IS NULL OR p.target = '' "
            "OR p.target IN (SELECT target FROM scope_targets)",
        ),
        (
            "judged_items",
            f"SELECT coalesce(target, '') AS target, coalesce(item::VARCHAR, '') AS item, "
            f"(\n{part.where or 'TRUE'}\n) AS in_population, (\n{passes}\n) AS passes, {weak} AS weak, "
            f"{points} AS points, {why} AS why, {cites} AS cites FROM population_items",
        ),
        (
            "classed_items",
            "SELECT target, item, CASE WHEN NOT in_population THEN 'not_applicable' "
            "WHEN in_population IS NULL OR passes IS NULL THEN 'unknown' "
            "WHEN passes THEN 'pass' ELSE 'fail' END AS judgement, "
            "CASE WHEN in_population THEN weak END AS weak, CASE WHEN in_population THEN points END AS points, "
            "why, cites FROM judged_items",
        ),
    ]


def counts_sql(part: Part, views: Mapping[str, str]) -> str:
    """Items by target, judgement, weak pass and points, counted."""
    return with_views(
        "SELECT target, judgement, weak, points, count(*) AS items FROM classed_items GROUP BY ALL ORDER BY ALL",
        views,
        _judged(part),
    )


def items_sql(part: Part, views: Mapping[str, str], judgements: tuple[str, ...] = (), limit: int = 0) -> str:
    """The items one by one; of some judgements, or up to a limit."""
    chosen = ", ".join(f"'{j}'" for j in judgements)
    return with_views(
        "SELECT target, item, judgement, weak, points, why, cites FROM classed_items "
        + (f"WHERE judgement IN ({chosen}) " if chosen else "")
        + "ORDER BY judgement, target, item"
        + (f" LIMIT {limit}" if limit else ""),
        views,
        _judged(part),
    )


def types_sql(part: Part, views: Mapping[str, str]) -> str:
    """One row with the types of the judged columns, whatever the tables hold."""
    columns = ("in_population", "passes", "weak", "points", "why", "cites")
    types = ", ".join(f"typeof(j.{c}) AS {c}" for c in columns)
    return with_views(
        f"SELECT {types} FROM (SELECT 1 AS one) AS o LEFT JOIN judged_items AS j ON FALSE", views, _judged(part)
    )
