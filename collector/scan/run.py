"""The scan itself: hands work to worker processes, gathers each target's captures, has them parsed, and saves them.

One thread and one loop; everything that can hang is in another process with a deadline. A target is saved as soon as
it is whole, so a crash loses at most the targets in flight.
"""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import wait

from collector.errors import CollectorError
from collector.model import Capture, Credential, KindOutcome, Outcome, Parsed, Target, Transport
from collector.probes.definition import ProbeDef
from collector.scan.member import Member, start
from collector.scan.messages import Ask, Done, ParseJob, ParseReply, Ready, Report, StateIs, TurnIs
from collector.scan.pace import Gate, State
from collector.scan.plan import units
from collector.scan.values import Failure, Observer, ScanOptions, ScanSummary, Sink, TargetResult, Unit
from collector.scan.worker import collect_main, parse_main, setup_of

_BACKLOG = 200
"""Targets read and not yet parsed; when there are so many, reading waits."""

_STARTS_LOST = 3


class ScanInterrupted(KeyboardInterrupt):
    """Ctrl-C during a scan. What was read is saved; ``summary`` says what that is."""

    def __init__(self, summary: ScanSummary) -> None:
        super().__init__("interrupted")
        self.summary = summary


def run_scan(
    targets: Sequence[Target],
    probes: Mapping[str, ProbeDef],
    credentials: Mapping[str, Credential],
    sink: Sink,
    options: ScanOptions | None = None,
    observers: Iterable[Observer] = (),
) -> ScanSummary:
    """Read every target and save what came of it. Raises ScanInterrupted on Ctrl-C, and what the sink raises."""
    chosen = options or ScanOptions()
    scan = _Scan([t for t in targets if t.name not in chosen.skip], probes, credentials, sink, chosen, tuple(observers))
    try:
        scan.run()
    except KeyboardInterrupt:
        scan.interrupted()
        raise ScanInterrupted(scan.summary(len(targets), interrupted=True)) from None
    finally:
        scan.end()
    return scan.summary(len(targets))


@dataclass(slots=True)
class _Progress:
    """A target on its way."""

    target: Target
    open_units: set[int] = field(default_factory=set)
    started: bool = False
    units: list[tuple[Unit, bool, tuple[Capture, ...]]] = field(default_factory=list)


class _Scan:
    def __init__(
        self,
        targets: Sequence[Target],
        probes: Mapping[str, ProbeDef],
        credentials: Mapping[str, Credential],
        sink: Sink,
        options: ScanOptions,
        observers: tuple[Observer, ...],
    ) -> None:
        self._targets, self._probes, self._sink, self._options = targets, probes, sink, options
        self._observers = observers
        # All probes, not only those that ask something here: parsing tells platforms apart by the others' data too.
        self._setup = setup_of(probes, credentials, options.threads, options.redact)
        self._units = units(targets, probes)
        self._progress = {t.name: _Progress(t) for t in targets}
        self._threaded: deque[Unit] = deque()
        self._snmp: deque[Unit] = deque()
        self._suspects: deque[Unit] = deque()
        for unit in self._units:
            self._progress[unit.target.name].open_units.add(unit.number)
            (self._snmp if unit.endpoint.transport is Transport.SNMP else self._threaded).append(unit)
        self._tries: Counter[int] = Counter()
        self._gate: Gate[int] = Gate(options.max_refusals)
        self._collectors: list[Member] = []
        self._isolated: Member | None = None
        self._parsers: list[Member] = []
        self._to_parse: deque[int] = deque()
        self._results: dict[int, TargetResult] = {}
        self._lost_starts = 0
        self._started_at = datetime.now(UTC)
        self._ok = self._failed = self._facts = self._captures = 0
        self._outcomes: Counter[str] = Counter()
        self._failures: list[Failure] = []

    # The loop

    def run(self) -> None:
        for observer in self._observers:
            observer.scan_started(len(self._targets))
        for progress in list(self._progress.values()):
            if not progress.open_units:
                self._unread(progress)
        while self._progress:
            self._hand_out()
            self._listen()
            self._look_at_clock()

    def _listen(self) -> None:
        members = self._members()
        by_pipe = {m.pipe: m for m in members}
        for pipe in wait(list(by_pipe), timeout=0.5):
            member = by_pipe[pipe]  # type: ignore[index]
            for message in self._messages(member):
                self._hear(member, message)

    def _messages(self, member: Member) -> Iterator[object]:
        """What a process has said; its end is handled here, as a process that is gone or talks nonsense."""
        while member.alive:
            try:
                if not member.pipe.poll():
                    return
                message = member.pipe.recv()
            except (EOFError, OSError):
                self._died(member)
                return
            except Exception as error:  # noqa: BLE001 - what does not unpickle comes from a broken process
                self._died(member, f"it said something unreadable: {type(error).__name__}")
                return
            yield message

    def _members(self) -> list[Member]:
        isolated = [self._isolated] if self._isolated else []
        return [m for m in (*self._collectors, *isolated, *self._parsers) if m.alive]

    def _hear(self, member: Member, message: object) -> None:
        match message:
            case Ready():
                member.ready = True
            case Ask(unit, credential):
                if unit in member.work:
                    member.work[unit] = float("inf")  # waiting for a turn takes no time of its own
                self._grant(credential, self._gate.ask(credential, unit))
            case Report(unit, credential, target, result):
                before = self._gate.state(credential)
                free = self._gate.report(credential, unit, target, result)
                state = self._gate.state(credential)
                if state is not before:
                    for other in self._members():
                        if other not in self._parsers:
                            other.say(StateIs(credential, state, self._gate.why(credential)))
                self._grant(credential, free)
            case Done(unit, opened, captures):
                if unit in member.lost:
                    member.lost.discard(unit)
                elif member.work.pop(unit, None) is not None:
                    self._unit_done(self._units[unit], opened, captures)
            case ParseReply(number, parsed, error):
                if member.work.pop(number, None) is not None:
                    self._parsed(number, parsed, error)

    def _grant(self, credential: str, holders: Iterable[int]) -> None:
        state, why = self._gate.state(credential), self._gate.why(credential)
        for number in holders:
            for member in self._members():
                if number in member.work and member not in self._parsers:
                    member.work[number] = self._limit(self._units[number])
                    member.say(TurnIs(number, state, why))

    def _limit(self, unit: Unit) -> float:
        endpoint = unit.endpoint
        return time.monotonic() + endpoint.deadline_s + endpoint.connect_timeout_s + self._options.grace_s

    # Handing out

    def _hand_out(self) -> None:
        if self._suspects and self._isolated is None:
            self._isolated = start("collect-alone", collect_main, self._setup)
            self._tell_states(self._isolated)
        if self._suspects and self._isolated and self._isolated.alive and not self._isolated.work:
            self._hand(self._isolated, self._suspects.popleft())
        waiting = len(self._to_parse) + sum(len(p.work) for p in self._parsers)
        if waiting < _BACKLOG and (self._threaded or self._snmp):
            self._staff()
            for member in self._collectors:
                held = [self._units[n].endpoint.transport is Transport.SNMP for n in (*member.work, *member.lost)]
                for queue, window, busy in (
                    (self._threaded, self._options.threads, len(held) - sum(held)),
                    (self._snmp, self._options.snmp_in_flight, sum(held)),
                ):
                    fair = -(-len(queue) // len(self._collectors)) if not member.work else len(queue)
                    for _ in range(min(window - busy, fair)):
                        self._hand(member, queue.popleft())
        while self._to_parse and (parser := self._parser()) is not None:
            number = self._to_parse.popleft()
            parser.work[number] = time.monotonic() + self._options.parse_timeout_s
            parser.say(ParseJob(number, self._results[number].captures))

    def _hand(self, member: Member, unit: Unit) -> None:
        progress = self._progress[unit.target.name]
        if not progress.started:
            progress.started = True
            for observer in self._observers:
                observer.target_started(unit.target)
        member.work[unit.number] = self._limit(unit)
        member.say(unit)

    def _staff(self) -> None:
        """As many collecting processes as there is work for."""
        queued = len(self._threaded) + len(self._snmp)
        wanted = self._options.processes or max(2, os.cpu_count() or 1)
        wanted = min(wanted, max(1, queued // 4 + len(self._collectors)))
        while len(self._collectors) < wanted:
            member = start(f"collect-{len(self._collectors) + 1}", collect_main, self._setup)
            self._collectors.append(member)
            self._tell_states(member)

    def _tell_states(self, member: Member) -> None:
        for credential in self._setup.credentials:
            state = self._gate.state(credential)
            if state is not State.UNPROVEN:
                member.say(StateIs(credential, state, self._gate.why(credential)))

    def _parser(self) -> Member | None:
        idle = next((p for p in self._parsers if not p.work), None)
        if idle is None and len(self._parsers) < (self._options.parse_processes or max(1, os.cpu_count() or 1)):
            idle = start(f"parse-{len(self._parsers) + 1}", parse_main, self._setup)
            self._parsers.append(idle)
        return idle

    # What goes wrong

    def _look_at_clock(self) -> None:
        for member in self._members():
            for number in member.overdue():
                if member in self._parsers:
                    member.kill()
                    self._died(member, f"parsing took longer than {self._options.parse_timeout_s:g} s")
                    break
                del member.work[number]
                member.lost.add(number)
                self._give_up(number, Outcome.TIMED_OUT, "the target held its session past the deadline")
            if member in self._collectors and len(member.lost) * 2 >= self._options.threads:
                member.kill()  # half its threads hang; its other targets start anew elsewhere
                self._died(member)

    def _died(self, member: Member, why: str = "its process died") -> None:
        """A process is gone. What it held is tried once more, alone; what was alone is given up."""
        member.kill()
        if not member.ready:
            self._lost_starts += 1
            if self._lost_starts >= _STARTS_LOST:
                raise CollectorError("the scan's worker processes do not start", "run `collector doctor`")
        held = list(member.work)
        member.work.clear()
        if member in self._parsers:
            self._parsers.remove(member)
            for number in held:
                self._parsed(number, None, f"the parser did not come back: {why}")
            return
        if member is self._isolated:
            self._isolated = None
        else:
            self._collectors.remove(member)
        self._release({*held, *member.lost})
        for number in held:
            self._tries[number] += 1
            if self._tries[number] > 1 or not member.ready:
                self._give_up(number, Outcome.NOT_COLLECTED, f"the worker that read it was lost: {why}")
            else:
                self._suspects.append(self._units[number])

    def _release(self, numbers: set[int]) -> None:
        free = self._gate.gone(numbers)
        for number in free:
            self._grant(self._units[number].endpoint.credential, [number])

    def _give_up(self, number: int, outcome: Outcome, detail: str) -> None:
        self._release({number})
        unit = self._units[number]
        probe = self._probes[unit.probe]
        now = datetime.now(UTC)
        captures = tuple(
            Capture(
                target=unit.target.name,
                transport=unit.endpoint.transport,
                probe=probe.name,
                probe_version=probe.version,
                request=request.name,
                verb=request.verb,
                what=" ".join(request.send),
                at=now,
                outcome=outcome,
                detail=detail,
            )
            for request in probe.always
        )
        self._unit_done(unit, False, captures)

    # Finishing targets

    def _unit_done(self, unit: Unit, opened: bool, captures: tuple[Capture, ...]) -> None:
        progress = self._progress[unit.target.name]
        progress.open_units.discard(unit.number)
        progress.units.append((unit, opened, captures))
        if not progress.open_units:
            result = _result(progress)
            if not self._options.parse:
                self._save(result)
                return
            self._results[unit.number] = result
            self._to_parse.append(unit.number)

    def _unread(self, progress: _Progress) -> None:
        target = progress.target
        over = ", ".join(e.transport.value for e in target.endpoints) or "any transport"
        detail = f"no probe reads platform {target.platform!r} over {over}"
        self._save(TargetResult(target, "failed", Outcome.NOT_COLLECTED, detail))

    def _parsed(self, number: int, parsed: Parsed | None, error: str) -> None:
        result = self._results.pop(number)
        if parsed is None:
            parsed = Parsed((), self._unparsed(result, error))
        self._save(TargetResult(result.target, result.status, result.outcome, result.detail, result.captures, parsed))

    def _unparsed(self, result: TargetResult, error: str) -> tuple[KindOutcome, ...]:
        kinds = {
            kind: capture.at
            for capture in result.captures
            for kind in self._probes[capture.probe].request(capture.request).kinds
        }
        name = result.target.name
        return tuple(KindOutcome(name, kind, Outcome.UNPARSED, error, 0, at) for kind, at in kinds.items())

    def _save(self, result: TargetResult) -> None:
        self._sink.save_target(result)
        del self._progress[result.target.name]
        ok = result.status == "ok"
        self._ok += ok
        self._failed += not ok
        self._facts += len(result.parsed.facts)
        self._captures += sum(c.body is not None for c in result.captures)
        self._outcomes.update(o.outcome.value for o in result.parsed.outcomes)
        if not ok:
            self._failures.append(Failure(result.target.name, result.outcome, result.detail))
        for observer in self._observers:
            observer.target_finished(result)

    # Ending

    def interrupted(self) -> None:
        """Ctrl-C: nothing more is read; targets that are whole are still parsed and saved, for a few seconds."""
        for member in (*self._collectors, *([self._isolated] if self._isolated else [])):
            member.kill()
        self._collectors, self._isolated = [], None
        self._threaded.clear()
        self._snmp.clear()
        self._suspects.clear()
        end = time.monotonic() + 15
        try:
            while (self._to_parse or any(p.work for p in self._parsers)) and time.monotonic() < end:
                self._hand_out()
                self._listen()
                self._look_at_clock()
        except KeyboardInterrupt:
            pass  # they mean it

    def end(self) -> None:
        members = self._members()
        for member in members:
            member.stop()
        for member in members:
            member.join(2)
        for observer in self._observers:
            observer.scan_finished()

    def summary(self, total: int, *, interrupted: bool = False) -> ScanSummary:
        return ScanSummary(
            started_at=self._started_at,
            finished_at=datetime.now(UTC),
            total=len(self._targets),
            ok=self._ok,
            failed=self._failed,
            facts=self._facts,
            captures=self._captures,
            outcomes=dict(self._outcomes),
            failures=tuple(self._failures),
            interrupted=interrupted,
            skipped=total - len(self._targets),
            unverified=tuple(t.name for t in self._targets if _unverified(t)),
        )


def _result(progress: _Progress) -> TargetResult:
    """A target's status: ok when every session opened and something was read."""
    found = sorted(progress.units, key=lambda u: u[0].number)
    captures = tuple(c for _, _, captures in found for c in captures)
    closed = [(unit, captures) for unit, opened, captures in found if not opened]
    if not closed and any(c.outcome is Outcome.OK for c in captures):
        return TargetResult(progress.target, "ok", Outcome.OK, "", captures)
    unit, failed = closed[0] if closed else (found[0][0], captures)
    first = next((c for c in failed if c.outcome is not Outcome.OK), None)
    outcome, detail = (first.outcome, first.detail) if first else (Outcome.NOT_COLLECTED, "nothing was asked")
    return TargetResult(progress.target, "failed", outcome, f"{unit.endpoint.transport.value}: {detail}", captures)


def _unverified(target: Target) -> bool:
    return any(e.options.get("verify", True) is False for e in target.endpoints)
