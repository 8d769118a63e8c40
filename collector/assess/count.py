"""One part of a rule over the fact tables: its items, their verdicts, and the answer that they make."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from collector.assess.answer import OPEN, Bounds, Citation, Interval, Items, Judgement, PartAnswer, Verdict, Word
from collector.assess.interval import Tally, bounds
from collector.assess.model import Part
from collector.assess.partsql import DETAIL_LIMIT, counts_sql, items_sql
from collector.assess.reason import reason
from collector.assess.sources import KindSources, Sources, Unread
from collector.assess.tables import LastCount
from collector.errors import QueryError
from collector.facts.kinds import kinds


@dataclass(frozen=True, slots=True)
class Counted:
    """A part's answer and the verdicts under it."""

    answer: PartAnswer
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Group:
    """Alike items of one target."""

    target: str
    judgement: Judgement
    weak: bool | None
    points: Fraction | None
    count: int


def count_part(part: Part, sources: Sources, last_count: LastCount) -> Counted:
    """What a part of a rule says of a scan. What cannot be said is unknown, with the reason; it never raises for data."""
    if part.unseen:
        return _open(part, f"no source: {part.unseen}")
    missing = [name for name in part.lists if name not in sources.lists()]
    if missing:
        return _open(part, f"not given: the list {' and '.join(missing)} in [lists] of the config")
    try:
        of_kind = sources.of(part.scope)
        unplanned = [kind for kind in part.needs if kind not in of_kind]
        if unplanned:
            return _open(part, f"no source: nothing at hand reads {' or '.join(unplanned)}")
        return _counted(part, sources, of_kind, last_count)
    except QueryError as error:
        return _open(part, f"the rule failed: {error.message}")
    except ValueError as error:
        return _open(part, f"the rule failed: {error}")


def _open(part: Part, why: str) -> Counted:
    return Counted(PartAnswer(part.name, OPEN, why))


def _counted(part: Part, sources: Sources, of_kind: Mapping[str, KindSources], last_count: LastCount) -> Counted:
    groups, single = _population(part, sources, of_kind)
    hidden = _hidden(part, groups, of_kind, last_count)
    items = _items(groups, hidden)
    if not items.n:
        return _empty(part, of_kind, items)
    verdicts = (*single, *hidden)
    tally = _tally(groups, sum(v.count for v in hidden), items.n)
    counted = part.measure == "count"
    answer = PartAnswer(
        name=part.name,
        bounds=bounds(tally, part.measure, part.yes_at, part.partial_at),
        reason=reason(part, items, tally, verdicts),
        items=items,
        share=None if counted else tally.share,
        count=tally.points if counted else None,
    )
    return Counted(answer, verdicts)


def _population(
    part: Part, sources: Sources, of_kind: Mapping[str, KindSources]
) -> tuple[list[_Group], tuple[Verdict, ...]]:
    """The items, alike ones counted together, and their verdicts.

    A small population is asked for once, item by item; a large one is counted by the database first.
    """
    if sum(of_kind[kind].rows for kind in part.drawn_from) <= DETAIL_LIMIT:
        _, rows = sources.tables.query(items_sql(part, sources.views, limit=DETAIL_LIMIT + 1))
        if len(rows) <= DETAIL_LIMIT:
            same = Counter((target, judgement, weak, points) for target, _, judgement, weak, points, *_ in rows)
            told = tuple(_verdict(part, row) for row in rows if row[2] != Judgement.NOT_APPLICABLE)
            return [_group((*alike, count)) for alike, count in same.items()], told
    _, counts = sources.tables.query(counts_sql(part, sources.views))
    groups = [_group(row) for row in counts]
    return groups, _verdicts(part, sources, groups)


def _group(row: Sequence[Any]) -> _Group:
    target, judgement, weak, points, count = row
    exact = None
    if points is not None:
        exact = Fraction(points) if isinstance(points, int | Decimal) else Fraction(repr(points))
        if not 0 <= exact <= 1:
            raise ValueError(f"value is {points}, has to be from 0 to 1")
    return _Group(target, Judgement(judgement), weak, exact, count)


def _items(groups: Iterable[_Group], hidden: Iterable[Verdict]) -> Items:
    count = dict.fromkeys(Judgement, 0)
    for group in groups:
        count[group.judgement] += group.count
    for verdict in hidden:
        count[Judgement.UNKNOWN] += verdict.count
    return Items(*(count[j] for j in (Judgement.PASS, Judgement.FAIL, Judgement.UNKNOWN, Judgement.NOT_APPLICABLE)))


def _tally(groups: Iterable[_Group], hidden: int, n: int) -> Tally:
    low, high, weak_low, weak_high = Fraction(0), Fraction(hidden), Fraction(0), Fraction(hidden)
    for group in groups:
        if group.judgement is Judgement.NOT_APPLICABLE:
            continue
        least, most = _points(group)
        low += least * group.count
        high += most * group.count
        # an item that passes passes the weaker test too, whatever that test itself could tell
        weak_low += max(least, Fraction(group.weak is True)) * group.count
        weak_high += max(most, Fraction(_may_pass_weakly(group))) * group.count
    return Tally(n, Interval(low, high), Interval(weak_low, weak_high))


def _points(group: _Group) -> tuple[Fraction, Fraction]:
    """The least and the most that an item of the group counts."""
    if group.judgement is Judgement.UNKNOWN:
        return Fraction(0), Fraction(1)
    points = Fraction(group.judgement is Judgement.PASS) if group.points is None else group.points
    return points, points


def _may_pass_weakly(group: _Group) -> bool:
    return group.weak is not False or group.judgement is Judgement.UNKNOWN


def _hidden(
    part: Part, groups: Sequence[_Group], of_kind: Mapping[str, KindSources], last_count: LastCount
) -> tuple[Verdict, ...]:
    """Unknown items in place of what unread sources hide: one verdict a target, with their number."""
    unread: dict[str, list[Unread]] = {}
    for kind in part.drawn_from:
        for source in of_kind.get(kind, KindSources()).unread:
            unread.setdefault(source.target, []).append(source)
    if not unread:
        return ()
    seen: dict[str, int] = {}
    for group in groups:
        if group.judgement is not Judgement.NOT_APPLICABLE:
            seen[group.target] = seen.get(group.target, 0) + group.count
    per_kind = {kind: _Peers.of(of_kind.get(kind, KindSources()), seen) for kind in part.drawn_from}
    hidden = []
    for target, faults in sorted(unread.items()):
        number = max(per_kind[f.kind].expected(last_count(target, f.kind)) for f in faults)
        number = max(1, number - seen.get(target, 0))
        if part.measure == "count":  # no number of its own bounds what an unread source may hold
            number = max(number, math.ceil(part.yes_at))
        said = "; ".join(str(fault) for fault in faults)
        why = f"{said}; {number} item{'s' * (number > 1)} may be hidden"
        hidden.append(Verdict(part.name, target, "", Judgement.UNKNOWN, why, (), number))
    return tuple(hidden)


@dataclass(frozen=True, slots=True)
class _Peers:
    """The sources of a kind that were read, as a measure for those that were not."""

    sources: int
    facts: int
    items: int

    @staticmethod
    def of(kind: KindSources, seen: Mapping[str, int]) -> _Peers:
        lost = {source.target for source in kind.unread}
        return _Peers(kind.read, kind.rows, sum(count for target, count in seen.items() if target not in lost))

    def expected(self, last: int | None) -> int:
        """How many items a source of ``last`` facts has; without a memory, as many as its peers have on average."""
        if last is not None:  # of the facts seen last, as many were items as are with the peers
            part = Fraction(self.items, self.facts) if self.facts else Fraction(1)
            return math.ceil(last * part)
        return math.ceil(Fraction(self.items, self.sources)) if self.sources else 1


def _empty(part: Part, of_kind: Mapping[str, KindSources], items: Items) -> Counted:
    """A population without items: it means something only when everything that it rests on was read."""
    unread = [source for kind in part.needs for source in of_kind[kind].unread]
    if unread:
        first = unread[0]
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        return _open(part, f"nothing found, but not everything was read: {first.target}: {first}{more}")
    if part.empty == "unknown" or (not part.empty and part.measure == "share"):
        return Counted(PartAnswer(part.name, OPEN, "nothing was found that this could be judged by", items))
    word = Word(part.empty) if part.empty else Word.NO
    if not part.empty:  # a count of what is not there is zero
        word = bounds(_tally((), 0, 0), "count", part.yes_at, part.partial_at).low
    zero = Interval(Fraction(0), Fraction(0)) if part.measure == "count" else None
    return Counted(
        PartAnswer(part.name, Bounds(word, word), "everything was read and there is none", items, count=zero)
    )


def _verdicts(part: Part, sources: Sources, groups: Sequence[_Group]) -> tuple[Verdict, ...]:
    """The items one by one, or per target where a judgement has too many."""
    count = dict.fromkeys((Judgement.FAIL, Judgement.PASS, Judgement.UNKNOWN), 0)
    for group in groups:
        if group.judgement in count:
            count[group.judgement] += group.count
    single = tuple(j.value for j, n in count.items() if 0 < n <= DETAIL_LIMIT)
    many = {j for j, n in count.items() if n > DETAIL_LIMIT}
    verdicts: list[Verdict] = []
    if single:
        verdicts += [_verdict(part, row) for row in sources.tables.query(items_sql(part, sources.views, single))[1]]
    summed: dict[tuple[Judgement, str], int] = {}
    for group in groups:
        if group.judgement in many:
            summed[group.judgement, group.target] = summed.get((group.judgement, group.target), 0) + group.count
    verdicts += [Verdict(part.name, target, "", j, f"{n} items", None, n) for (j, target), n in summed.items()]
    return tuple(verdicts)


def _verdict(part: Part, row: Sequence[Any]) -> Verdict:
    target, item, judgement, _, _, why, cites = row
    return Verdict(part.name, target, item, Judgement(judgement), why or "", _cites(target, cites))


def _cites(target: str, texts: Sequence[str] | None) -> tuple[Citation, ...] | None:
    """``KIND KEY`` on the item's target or ``@TARGET KIND KEY``; a text that is neither names no fact."""
    if texts is None:
        return None
    found = []
    for text in texts:
        if not text:
            continue
        where = target
        if text.startswith("@"):
            where, _, text = text[1:].partition(" ")
        kind, _, key = text.partition(" ")
        if kind in kinds():
            found.append(Citation(where, kind, key))
    return tuple(dict.fromkeys(found))
