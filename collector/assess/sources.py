# ruff: noqa: S608  the texts are a model's own files, and the tables answer nothing but one SELECT
"""How reading the sources of a rule went: which targets were planned to give a kind, and which did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from collector.assess.partsql import scope_sql
from collector.assess.sql import with_views
from collector.assess.tables import Tables

#: An answer names this many captures at most; ``collector explain`` opens the rest item by item.
EVIDENCE_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Unread:
    """A target that was to give a kind and did not: unreachable, denied, stale ..."""

    target: str
    kind: str
    outcome: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}" + (f": {self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class KindSources:
    """The sources of one kind in a scope. ``rows`` counts the facts of those that were read."""

    planned: int = 0
    read: int = 0
    rows: int = 0
    observed_at: datetime | None = None
    unread: tuple[Unread, ...] = ()


@dataclass(slots=True)
class Sources:
    """The sources by scope and kind, asked for once each."""

    tables: Tables
    views: Mapping[str, str]
    _scopes: dict[str, dict[str, KindSources]] = field(default_factory=dict)
    _evidence: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    _lists: frozenset[str] | None = None

    def of(self, scope: str) -> Mapping[str, KindSources]:
        """The sources of each kind that some target in scope was planned to give."""
        if scope not in self._scopes:
            self._scopes[scope] = self._ask(scope)
        return self._scopes[scope]

    def _ask(self, scope: str) -> dict[str, KindSources]:
        judged = [
            ("scope_targets", scope_sql(scope)),
            (
                "judged_sources",
                "SELECT o.*, r.target IS NOT NULL AND o.outcome = 'ok' AS good FROM outcome AS o "
                "LEFT JOIN (SELECT DISTINCT target, kind FROM read_ok) AS r ON r.target = o.target AND r.kind = o.kind "
                "WHERE o.target IN (SELECT target FROM scope_targets)",
            ),
        ]
        _, rows = self.tables.query(
            with_views(
                'SELECT kind, count(*), count(*) FILTER (good), coalesce(sum("rows") FILTER (good), 0)::BIGINT, '
                "min(observed_at) FILTER (good), "
                "list([target, \"outcome\", coalesce(detail, '')] ORDER BY target) FILTER (NOT good) "
                "FROM judged_sources GROUP BY kind",
                self.views,
                judged,
            )
        )
        return {
            kind: KindSources(
                planned, read, facts, _utc(observed_at), tuple(Unread(t, kind, o, d) for t, o, d in bad or ())
            )
            for kind, planned, read, facts, observed_at, bad in rows
        }

    def evidence(self, scope: str, kind: str) -> tuple[int, tuple[str, ...]]:
        """How many captures the facts of a kind in scope were read from, and some of them."""
        if (scope, kind) not in self._evidence:
            judged = [
                ("scope_targets", scope_sql(scope)),
                (
                    "main_captures",
                    f"SELECT evidence[1] AS capture, min(target) AS target FROM {kind} "
                    "WHERE target IN (SELECT target FROM scope_targets) AND evidence[1] IS NOT NULL GROUP BY 1",
                ),
            ]
            select = (
                "SELECT capture, (SELECT count(*) FROM main_captures) FROM main_captures "
                f"ORDER BY target, capture LIMIT {EVIDENCE_LIMIT}"
            )
            _, rows = self.tables.query(with_views(select, self.views, judged))
            self._evidence[scope, kind] = (rows[0][1] if rows else 0, tuple(row[0] for row in rows))
        return self._evidence[scope, kind]

    def lists(self) -> frozenset[str]:
        """The lists of the config that name something."""
        if self._lists is None:
            self._lists = frozenset(row[0] for row in self.tables.query("SELECT DISTINCT list FROM listed")[1])
        return self._lists


def _utc(moment: datetime | None) -> datetime | None:
    """The tables hold UTC without a zone."""
    return moment.replace(tzinfo=UTC) if moment and not moment.tzinfo else moment
