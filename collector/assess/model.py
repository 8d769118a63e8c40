"""A maturity model as its folder says it: domains, stages, criteria, rules and views.

``mappings/NAME/model.toml`` holds the model's frame, ``views.toml`` the named SQL views that rules share, and one
file a domain (``security.toml`` for the domain ``security``) its criteria::

    [[criterion]]
    id = "NET-3-03"; stage = 3; weight = 1; mode = "automatic"       # automatic, partly (a draft), person
    question = "..."; asked = "..."; proof = "..."; who = "..."; yes = "..."; partial = "..."
    confirm = "..."                   # partly: what a person still has to confirm
    [criterion.rule]                  # absent: unknown
    needs = ["neighbor", "interface"] # fact kinds that the answer rests on
    scope = "family = 'switch' AND role = 'access'"   # over table `target`: whose sources and items count
    lists = ["critical_servers"]      # lists of the config without which nothing can be said
    of = "access_uplinks"             # fact kind, `target`, `listed`, view, or a parenthesised SELECT with target and item
    drawn_from = ["neighbor"]         # kinds that items come from: an unread source hides items. [] where none can hide
    where = "..."                     # NULL: an unknown item; FALSE: not an item
    pass = "uplinks >= 2"             # NULL: unknown
    partly = "..."                    # a weaker pass, counted for the partial threshold
    value = "..."                     # 0..1, counts instead of pass
    why = "format('{} uplinks up', uplinks)"
    cites = "['interface ' || name]"  # 'KIND KEY' on the item's target, '@TARGET KIND KEY' on another
    measure = "share"                 # or "count"
    yes_at = 0.90; partial_at = 0.70
    empty = "no"                      # what a population that was read and is empty means
    reason = "{pass} of {n} access switches ({percent}) ..."
    [[criterion.rule.part]]           # several counts instead of one; each takes what it lacks of needs, scope, lists
    name = "uplinks"                  # from the rule. `must = true`: a no of this part is a no of the answer
    unseen = "..."                    # or, instead of a count: why no source can see this half. Its answer is unknown

Parts together: yes when all are yes; partial when ``partial_parts`` of them are yes (or, without that, one is at least
partial); else no.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any


class Mode(StrEnum):
    """Who can answer: the machine, the machine with a person's word on the rest, or a person."""

    AUTOMATIC = "automatic"
    PARTLY = "partly"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Domain:
    id: str
    title: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Stage:
    number: int
    title: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Published figures to set beside a score; none of them is ours."""

    average: Fraction | None = None
    most_at_stage: int | None = None
    domains: Mapping[str, Fraction] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """A named SELECT that rules share."""

    name: str
    doc: str
    sql: str


@dataclass(frozen=True, slots=True)
class Part:
    """One count of a rule: a population, what passes, and its thresholds; or ``unseen``, the half that nothing reads."""

    name: str = ""
    needs: tuple[str, ...] = ()
    scope: str = ""
    lists: tuple[str, ...] = ()
    of: str = ""
    drawn_from: tuple[str, ...] = ()
    where: str = ""
    passes: str = ""
    partly: str = ""
    value: str = ""
    why: str = ""
    cites: str = ""
    measure: str = "share"
    yes_at: Fraction = Fraction(1)
    partial_at: Fraction | None = None
    empty: str = ""
    reason: str = ""
    must: bool = False
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How facts answer a criterion. ``text`` is the rule as its file holds it, for people to read."""

    parts: tuple[Part, ...]
    partial_parts: int | None = None
    text: str = ""

    @property
    def needs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(kind for part in self.parts for kind in part.needs))

    @property
    def text_sql(self) -> str:
        """Everything in it that is SQL, to see which views it uses."""
        texts = ((p.scope, p.of, p.where, p.passes, p.partly, p.value, p.why, p.cites) for p in self.parts)
        return "\n".join(text for part in texts for text in part)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One question of the model. ``file`` is relative to the model's folder."""

    id: str
    domain: str
    stage: int
    mode: Mode
    question: str
    asked: str = ""
    proof: str = ""
    who: str = ""
    yes: str = ""
    partial: str = ""
    confirm: str = ""
    weight: Fraction = Fraction(1)
    rule: Rule | None = None
    hash: str = ""
    file: str = ""


@dataclass(frozen=True)
class Model:
    """A model, loaded. Criteria are in the order of domain, stage and id."""

    name: str
    title: str
    pass_mark: Fraction
    domains: tuple[Domain, ...]
    stages: tuple[Stage, ...]
    criteria: tuple[Criterion, ...] = ()
    views: tuple[View, ...] = ()
    disclaimer: str = ""
    reference: Reference = Reference()
    folder: Path = Path()

    @cached_property
    def _by_id(self) -> Mapping[str, Criterion]:
        return {c.id: c for c in self.criteria}

    def criterion(self, id: str) -> Criterion | None:
        return self._by_id.get(id)

    @cached_property
    def view_sql(self) -> Mapping[str, str]:
        """The views by name, in their order: what the fact tables take."""
        return {view.name: view.sql for view in self.views}

    @cached_property
    def hash(self) -> str:
        """``sha256:`` over every criterion's rule hash, weight and stage, and the pass mark."""
        rows = [[c.id, c.stage, str(c.weight), c.hash] for c in self.criteria]
        return fingerprint([str(self.pass_mark), rows])


def fingerprint(value: Any) -> str:
    """``sha256:`` of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
