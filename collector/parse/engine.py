"""One target's captures into its facts and the outcome of each fact kind.

Requests are read one by one, then merged by kind: rows with one key become one fact whose gaps later sources
fill, structured interfaces before command lines before SNMP. A kind is ``ok`` when one whole source of it is,
or all of its parts are. Where sources disagree, the first one's value stands, and the disagreement is a fact too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from collector.facts.kinds import kinds
from collector.model import Capture, Fact, KindOutcome, Outcome, Parsed, Transport
from collector.parse.choosing import detected
from collector.parse.conflicts import KIND as CONFLICT
from collector.parse.conflicts import Compared, Told, compare
from collector.parse.feed import facts_of
from collector.parse.ports import OWN_PORTS, port_numbers
from collector.parse.reading import Reading
from collector.parse.registry import reader
from collector.probes.definition import Feed, ProbeDef, RequestDef

_RANK = {Transport.HTTP: 0, Transport.LDAP: 0, Transport.SSH: 1, Transport.SNMP: 2}

#: Which of several failures to report for a kind: the one that a person can do most about.
_WORST = (
    Outcome.DENIED,
    Outcome.UNPARSED,
    Outcome.TIMED_OUT,
    Outcome.UNREACHABLE,
    Outcome.UNSUPPORTED,
    Outcome.NOT_COLLECTED,
)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What one request's captures say."""

    first: Capture
    request: RequestDef
    reading: Reading

    def facts(self, feed: Feed, ports: Mapping[str, str] | None = None) -> list[Fact]:
        return facts_of(feed, self.reading, self.first.target, self.first.at, ports)


@dataclass(frozen=True, slots=True)
class _Source:
    """One feed of one request, read."""

    feed: Feed
    transport: Transport
    request: str
    reading: Reading
    facts: tuple[Fact, ...]
    observed_at: datetime
    #: Asked for what the device was taken to be: one of several places where it may have an answer.
    guessed: bool = False

    @property
    def told(self) -> Told:
        lesser = self.guessed or self.feed.adds == "fields"
        return Told(self.transport, self.request, lesser, self.feed.adds == "rows" and not self.guessed)


@dataclass(frozen=True, slots=True)
class _Merged:
    """A kind's facts, and what each source said of each."""

    facts: tuple[Fact, ...]
    said: Mapping[str, Sequence[tuple[Told, Fact]]]


def parse_target(probes: Mapping[str, ProbeDef], captures: Sequence[Capture]) -> Parsed:
    """The facts and outcomes of one target, from all of its captures of one scan."""
    sources: dict[str, list[_Source]] = {}
    ordered = sorted(_by_request(captures).values(), key=lambda group: _place(probes[group[0].probe], group[0]))
    replies = _standing([_read(probes[group[0].probe], group) for group in ordered])
    ports = _ports(replies)
    for reply in replies:
        for source in _sources(reply, ports):
            sources.setdefault(source.feed.kind, []).append(source)
    target = captures[0].target if captures else ""
    known = {**detected(probes, captures).known(), **_known_device(probes, ordered)}
    facts: list[Fact] = []
    outcomes: list[KindOutcome] = []
    compared: list[Compared] = []
    for kind, found in sources.items():
        merged = _merge(found)
        facts += [_fill(fact, known) for fact in merged.facts] if kind == "device" else merged.facts
        outcomes.append(_outcome(target, kind, found, len(merged.facts)))
        if len(found) > 1:
            read = [(source.told, source.reading.outcome is Outcome.OK) for source in found]
            compared.append(compare(kind, merged.said, read))
    if any(c.any for c in compared):  # no conflict is then a proven zero
        conflicts = [fact for c in compared for fact in c.facts]
        facts += conflicts
        at = max(source.observed_at for found in sources.values() for source in found)
        outcomes.append(KindOutcome(target, CONFLICT, Outcome.OK, "", len(conflicts), at))
    return Parsed(tuple(facts), tuple(outcomes))


def read_request(probe: ProbeDef, request: str, captures: Sequence[Capture]) -> Reading:
    """The rows of one request's captures, pages in order. What did not arrive is said by the outcome."""
    definition = probe.request(request)
    spared = definition.send_options.get("optional_pages", ())  # whose failure says nothing against the other pages
    lost = [c for c in captures if c.outcome is not Outcome.OK]
    failed = next((c for c in lost if c.page not in spared), None)
    arrived = [c for c in captures if c.outcome is Outcome.OK and c.body is not None]
    if not arrived:
        outcome = lost[0].outcome if lost else Outcome.NOT_COLLECTED
        return Reading(outcome=outcome, detail=lost[0].detail if lost else "")
    reading = reader(definition.reader)(probe, definition, arrived)
    if failed is not None:  # the rows that were seen stand; the source is not whole
        return replace(reading, outcome=failed.outcome, detail=failed.detail)
    return reading


def _by_request(captures: Sequence[Capture]) -> dict[tuple[str, str], list[Capture]]:
    groups: dict[tuple[str, str], list[Capture]] = {}
    for capture in captures:
        groups.setdefault((capture.probe, capture.request), []).append(capture)
    for group in groups.values():
        group.sort(key=lambda c: c.page)
    return groups


def _place(probe: ProbeDef, capture: Capture) -> tuple[int, bool, str, int]:
    """Where a request stands among a target's: the facts must not depend on which reply came first."""
    number = probe.requests.index(probe.request(capture.request))
    return _RANK[capture.transport], probe.platform == "*", probe.name, number


def _read(probe: ProbeDef, group: Sequence[Capture]) -> _Reply:
    request = probe.request(group[0].request)
    reading = read_request(probe, request.name, group) if request.feeds else Reading()
    return _Reply(group[0], request, reading)


def _standing(replies: Sequence[_Reply]) -> list[_Reply]:
    """The replies that feed facts, without the unread ones that another one stands in for: what that one says counts."""
    replaced = {(reply.first.probe, reply.request.instead_of) for reply in replies}
    return [
        reply
        for reply in replies
        if reply.request.feeds
        and (reply.reading.outcome is Outcome.OK or (reply.first.probe, reply.request.name) not in replaced)
    ]


def _ports(replies: Sequence[_Reply]) -> dict[str, str]:
    """The device's ports by number, where one of its commands names them by that alone."""
    feeds = [(reply, feed) for reply in replies for feed in reply.request.feeds]
    if not any(entry.convert in OWN_PORTS for _, feed in feeds for entry in feed.fields.values()):
        return {}
    known = [fact for reply, feed in feeds if feed.kind == "interface" for fact in reply.facts(feed)]
    return port_numbers(fact.key for fact in known)


def _sources(reply: _Reply, ports: Mapping[str, str]) -> Iterator[_Source]:
    first, request = reply.first, reply.request
    for feed in request.feeds:
        facts = tuple(reply.facts(feed, ports))
        yield _Source(feed, first.transport, request.name, reply.reading, facts, first.at, request.conditional)


def _merge(sources: Sequence[_Source]) -> _Merged:
    """One fact a key: whole sources and parts first, in order, then those that only fill gaps."""
    merged: dict[str, Fact] = {}
    said: dict[str, list[tuple[Told, Fact]]] = {}
    known: dict[tuple[Any, ...], str] = {}
    for source in sorted(sources, key=lambda s: s.feed.adds == "fields"):
        if source.feed.adds == "else" and _whole(sources):
            continue
        met: dict[tuple[Any, ...], str] = {}
        told = source.told
        for fact in source.facts:
            identity = _identity(fact)
            key = fact.key if fact.key in merged else known.get(identity) or fact.key
            if key in merged:
                merged[key] = _fill_from(merged[key], fact)
            elif source.feed.adds != "fields":
                merged[key] = fact
            else:
                continue
            said.setdefault(key, []).append((told, fact))
            if identity:
                met[identity] = key if met.get(identity, key) == key else ""  # two of one number: it tells nothing
        known = met | known  # only what another source said: one source's rows are things of their own
    return _Merged(tuple(merged.values()), said)


def _identity(fact: Fact) -> tuple[Any, ...]:
    """What makes two sources' rows one thing though their keys differ; empty where it isn't known."""
    values = tuple(fact.value[name] for name in kinds()[fact.kind].same)
    return values if all(values) else ()


def _whole(sources: Sequence[_Source]) -> bool:
    """Whether a source of the kind was read that no stand-in is needed for."""
    return any(s.feed.adds == "rows" and s.reading.outcome is Outcome.OK for s in sources)


def _fill_from(fact: Fact, other: Fact) -> Fact:
    value = {name: other.value[name] if v is None else v for name, v in fact.value.items()}
    return replace(fact, value=value, evidence=tuple(dict.fromkeys(fact.evidence + other.evidence)))


def _outcome(target: str, kind: str, sources: Sequence[_Source], rows: int) -> KindOutcome:
    whole = [s for s in sources if s.feed.adds in ("rows", "else")]
    parts = [s for s in sources if s.feed.adds == "part"]
    good = [s for s in whole if s.reading.outcome is Outcome.OK]
    if not good and parts and all(s.reading.outcome is Outcome.OK for s in parts):
        good = parts
    if good:
        return KindOutcome(target, kind, Outcome.OK, "", rows, max(s.observed_at for s in good))
    tried = whole + parts
    if not tried:
        return KindOutcome(target, kind, Outcome.NOT_COLLECTED, "only details of it were asked for", rows)
    failed = min(
        (s for s in tried if s.reading.outcome is not Outcome.OK), key=lambda s: _WORST.index(s.reading.outcome)
    )
    detail = f"{failed.request}: {failed.reading.detail}" if failed.reading.detail else failed.request
    return KindOutcome(target, kind, failed.reading.outcome, detail, rows, failed.observed_at)


def _known_device(probes: Mapping[str, ProbeDef], groups: Sequence[Sequence[Capture]]) -> dict[str, object]:
    """What the probes' definitions say of every such device, most specific first."""
    known: dict[str, object] = {}
    for group in groups:
        for name, value in probes[group[0].probe].device.items():
            known.setdefault(name, value)
    return known


def _fill(fact: Fact, known: Mapping[str, object]) -> Fact:
    fields = kinds()["device"].fields
    value = {n: known.get(n) if v is None and n in fields else v for n, v in fact.value.items()}
    return replace(fact, value=value)
