"""A worker process: threads for SSH, LDAP and HTTP, one event loop for SNMP. It is told what to do over a pipe.

It keeps no secret longer than it lives, writes no file, and hands on only redacted captures.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import signal
import threading
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any

from collector.errors import SessionError
from collector.model import Capture, Credential, Outcome, Secret, Transport
from collector.probes.definition import ProbeDef
from collector.scan.messages import Ask, Done, ParseJob, ParseReply, Ready, Report, Setup, StateIs, TurnIs
from collector.scan.pace import Result, State
from collector.scan.values import Redact, Unit
from collector.sessions.contract import Opening, Session, denied, plain
from collector.sessions.open import open_session


def collect_main(pipe: Connection) -> None:
    """The body of a collecting process."""
    setup = _begin(pipe)
    worker = _Worker(pipe, setup)
    worker.say(Ready())
    for message in _messages(pipe):
        worker.hear(message)
    os._exit(0)  # threads may hang on a device; nothing here needs a tidy end


def parse_main(pipe: Connection) -> None:
    """The body of a parsing process: captures in, facts out, one target at a time."""
    setup = _begin(pipe)
    from collector.parse.engine import parse_target

    pipe.send(Ready())
    for message in _messages(pipe):
        if isinstance(message, ParseJob):
            try:
                parsed, error = parse_target(setup.probes, message.captures), ""
            except Exception as caught:  # noqa: BLE001 - a parser's fault is this target's outcome
                parsed, error = None, plain(f"{type(caught).__name__}: {caught}")
            pipe.send(ParseReply(message.number, parsed, error))
    os._exit(0)


def _begin(pipe: Connection) -> Setup:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    setup = pipe.recv()
    assert isinstance(setup, Setup)  # noqa: S101 - our own parent speaks first
    return setup


def _messages(pipe: Connection) -> Any:
    """What the parent says, until it says nothing more or is gone."""
    with contextlib.suppress(EOFError, OSError):
        while (message := pipe.recv()) is not None:
            yield message


@dataclass(slots=True)
class _Wait:
    """A login that waits for its turn."""

    granted: threading.Event = field(default_factory=threading.Event)
    state: State = State.UNPROVEN
    why: str = ""


class _Worker:
    def __init__(self, pipe: Connection, setup: Setup) -> None:
        self._pipe = pipe
        self._saying = threading.Lock()
        self._setup = setup
        self._secrets = [s for c in setup.credentials.values() for s in c.secrets.values()]
        self._threads = ThreadPoolExecutor(setup.threads, thread_name_prefix="target")
        self._states: dict[str, tuple[State, str]] = {}
        self._waits: dict[int, _Wait] = {}

    def say(self, message: object) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        with self._saying, contextlib.suppress(OSError):  # a parent that is gone wants nothing more
            self._pipe.send_bytes(data)

    def hear(self, message: object) -> None:
        match message:
            case Unit() if message.endpoint.transport is Transport.SNMP:
                from collector.sessions.snmp_loop import submit

                submit(self._read_snmp(message))
            case Unit():
                self._threads.submit(self._read, message)
            case TurnIs(unit, state, why):
                wait = self._waits.pop(unit, None)
                if wait is not None:
                    wait.state, wait.why = state, why
                    wait.granted.set()
            case StateIs(credential, state, why):
                self._states[credential] = (state, why)

    # Reading a target

    def _read(self, unit: Unit) -> None:
        from collector.parse.instead import needed

        probe = self._setup.probes[unit.probe]
        opening = self._opening(unit, probe)
        try:
            session = self._open(opening)
        except SessionError as error:
            self.say(Done(unit.number, False, tuple(opening.failed(r, error) for r in probe.always)))
            return
        except Exception as error:  # noqa: BLE001 - a fault of ours is this target's outcome, not the scan's end
            self._fault(unit, opening, error)
            return
        captures: list[Capture] = []
        try:
            for request in probe.collected:
                if needed(probe, request, captures):
                    captures += session.fetch(request)
        except Exception as error:  # noqa: BLE001
            self._fault(unit, opening, error, captures)
            return
        finally:
            with contextlib.suppress(Exception):
                session.close()
        self.say(Done(unit.number, True, tuple(captures)))

    async def _read_snmp(self, unit: Unit) -> None:
        from collector.parse.choosing import requests_for
        from collector.sessions.snmp import SnmpSession

        probe = self._setup.probes[unit.probe]
        opening = self._opening(unit, probe)
        captures: list[Capture] = []
        try:
            session = SnmpSession(opening)
            for request in requests_for(probe, self._setup.probes, captures):
                captures += await session.read(request)
            self.say(Done(unit.number, session.opened, tuple(captures)))
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001
            self._fault(unit, opening, error, captures)

    def _fault(self, unit: Unit, opening: Opening, error: BaseException, captures: Collection[Capture] = ()) -> None:
        done = {c.request for c in captures}
        text = f"a fault in the program: {type(error).__name__}: {plain(str(error))}"
        failed = SessionError(Outcome.NOT_COLLECTED, text)
        rest = [opening.failed(r, failed) for r in opening.probe.always if r.name not in done]
        self.say(Done(unit.number, False, (*captures, *rest)))

    def _open(self, opening: Opening) -> Session:
        return open_session(
            opening.target,
            opening.endpoint,
            opening.probe,
            opening.credential,
            redact=opening.redact,
            turn=opening.turn,
        )

    def _opening(self, unit: Unit, probe: ProbeDef) -> Opening:
        credential = self._setup.credentials.get(unit.endpoint.credential)
        redact = _redactor(self._setup.redact, probe, self._secrets)
        return Opening(unit.target, unit.endpoint, probe, credential, redact, lambda: _Turn(self, unit))

    # Logging in by turns

    def enter(self, unit: Unit) -> bool:
        """Wait for the turn; False when the credential is proven and no turn is needed."""
        name = unit.endpoint.credential
        state, why = self._states.get(name, (State.UNPROVEN, ""))
        if state is State.UNPROVEN:
            wait = self._waits[unit.number] = _Wait()
            self.say(Ask(unit.number, name))
            wait.granted.wait()
            if wait.state is not State.STOPPED:
                return True
            state, why = wait.state, wait.why
        if state is State.STOPPED:
            raise denied(why)
        return False

    def leave(self, unit: Unit, error: BaseException | None, *, asked: bool) -> None:
        refused = isinstance(error, SessionError) and error.outcome == Outcome.DENIED
        result = Result.REFUSED if refused else Result.SUCCESS if error is None else Result.NEITHER
        if asked or refused:
            self.say(Report(unit.number, unit.endpoint.credential, unit.target.name, result))


class _Turn:
    """collector.sessions.contract.Turn, kept by the parent's gate."""

    def __init__(self, worker: _Worker, unit: Unit) -> None:
        self._worker = worker
        self._unit = unit
        self._asked = False

    def __enter__(self) -> None:
        self._asked = self._worker.enter(self._unit)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._worker.leave(self._unit, error, asked=self._asked)


def _redactor(redact: Redact | None, probe: ProbeDef, secrets: Collection[Secret]) -> Any:
    """What makes a capture fit to leave the process. A capture that cannot be redacted loses its bytes."""

    def apply(capture: Capture) -> Capture:
        if redact is None:
            return capture
        try:
            return redact(capture, probe, secrets)
        except Exception as error:  # noqa: BLE001
            detail = f"it could not be redacted: {type(error).__name__}"
            return replace(capture, outcome=Outcome.NOT_COLLECTED, detail=detail, body=None)

    return apply


def setup_of(
    probes: Mapping[str, ProbeDef], credentials: Mapping[str, Credential], threads: int, redact: Redact | None
) -> Setup:
    """What a worker is told first."""
    return Setup(dict(probes), dict(credentials), threads, redact)
