"""What every session is, and what it is opened with."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol

from collector.errors import SessionError
from collector.model import Capture, Credential, Endpoint, Outcome, Target
from collector.probes.definition import ProbeDef, RequestDef


class Session(Protocol):
    """One logged-in connection that can only read."""

    def fetch(self, request: RequestDef) -> list[Capture]:
        """One capture a reply; a request that failed is a capture with its outcome. Never raises for what a device does."""
        ...

    def close(self) -> None:
        """Log out and let go of the connection; never raises."""
        ...


class Turn(Protocol):
    """Asked right before an account's name and secret are sent; see collector.scan.pace.

    Entering waits for the turn and raises SessionError ``denied`` when the credential is stopped. Leaving with a
    SessionError ``denied`` counts as a refusal, leaving without an error as a success, anything else as neither.
    """

    def __call__(self) -> AbstractContextManager[None]: ...


class _Free:
    """A turn that is always there: one target, one login."""

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


def free_turn() -> AbstractContextManager[None]:
    """No pacing, for a session that is opened alone."""
    return _Free()


def same(capture: Capture) -> Capture:
    """No redaction."""
    return capture


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Deadline:
    """When a session must be over, on the monotonic clock."""

    seconds: float
    end: float = field(init=False)

    def __post_init__(self) -> None:
        self.end = time.monotonic() + self.seconds

    def left(self) -> float:
        """Seconds that are left; 0 when it is over."""
        return max(0.0, self.end - time.monotonic())

    def over(self) -> bool:
        return time.monotonic() >= self.end

    def wait_less(self, seconds: float) -> float:
        """``seconds``, or what is left if that is less; never 0, which sockets take for "do not block"."""
        return max(0.001, min(seconds, self.left()))

    def extend(self, seconds: float) -> None:
        """Time spent waiting for a login's turn does not count."""
        self.end += seconds


@dataclass(frozen=True, slots=True)
class Opening:
    """All that a session is opened with. ``now`` gives the time that captures bear."""

    target: Target
    endpoint: Endpoint
    probe: ProbeDef
    credential: Credential | None = None
    redact: Callable[[Capture], Capture] = same
    turn: Turn = free_turn
    now: Callable[[], datetime] = utc_now

    @property
    def where(self) -> str:
        return f"{self.target.address}:{self.endpoint.port}"

    @property
    def account(self) -> str:
        return self.credential.username if self.credential else ""

    def secret(self, key: str) -> str:
        return self.credential.secret(key) if self.credential else ""

    def option(self, key: str, default: object = None) -> object:
        """A transport's setting for this target."""
        return self.endpoint.options.get(key, default)

    def deadline(self) -> Deadline:
        return Deadline(self.endpoint.deadline_s)

    def capture(
        self,
        request: RequestDef,
        body: bytes | None,
        outcome: Outcome = Outcome.OK,
        detail: str = "",
        *,
        page: int = 0,
        what: str = "",
        at: datetime | None = None,
    ) -> Capture:
        """A reply, or why there is none, as its redacted capture."""
        made = Capture(
            target=self.target.name,
            transport=self.endpoint.transport,
            probe=self.probe.name,
            probe_version=self.probe.version,
            request=request.name,
            verb=request.verb,
            what=what or " ".join(request.send),
            at=at or self.now(),
            outcome=outcome,
            detail=plain(detail),
            page=page,
            account=self.account,
            body=body,
        )
        return self.redact(made)

    def failed(self, request: RequestDef, error: SessionError, *, page: int = 0, what: str = "") -> Capture:
        """The capture of a request that failed."""
        return self.capture(request, None, Outcome(error.outcome), str(error), page=page, what=what)


def plain(text: str, limit: int = 400) -> str:
    """One printable line of what a device or a library said."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def unreachable(message: str, hint: str = "") -> SessionError:
    return SessionError(Outcome.UNREACHABLE, message, hint)


def denied(message: str, hint: str = "") -> SessionError:
    return SessionError(Outcome.DENIED, message, hint)


def timed_out(message: str, hint: str = "") -> SessionError:
    return SessionError(Outcome.TIMED_OUT, message, hint)


def unsupported(message: str, hint: str = "") -> SessionError:
    return SessionError(Outcome.UNSUPPORTED, message, hint)
