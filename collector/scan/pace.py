"""Logins at a pace that locks no account out.

While a credential is unproven, its logins go one at a time over all processes; a login that succeeds proves it, and
then as many go at once as there are workers. A refusal makes it unproven again. After ``max_refusals`` refusals with no
success between them the credential is stopped: nothing more is tried with it in this scan.

The parent process keeps the one ``Gate``; workers ask it through ``collector.scan.worker``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

Holder = TypeVar("Holder")


class State(StrEnum):
    UNPROVEN = "unproven"
    PROVEN = "proven"
    STOPPED = "stopped"


class Result(StrEnum):
    """How a login went: ``neither`` is a device that could not be reached, which says nothing of the credential."""

    SUCCESS = "success"
    REFUSED = "refused"
    NEITHER = "neither"


@dataclass(slots=True)
class _Account(Generic[Holder]):
    state: State = State.UNPROVEN
    refused_by: list[str] = field(default_factory=list)
    trying: Holder | None = None
    waiting: deque[Holder] = field(default_factory=deque)
    stopped_because: str = ""


class Gate(Generic[Holder]):
    """Turns by credential name. Pure bookkeeping: every call says who may go on now."""

    def __init__(self, max_refusals: int) -> None:
        self._max = max_refusals
        self._accounts: dict[str, _Account[Holder]] = {}

    def state(self, name: str) -> State:
        return self._account(name).state

    def why(self, name: str) -> str:
        """Why a stopped credential is not tried."""
        return self._account(name).stopped_because

    def ask(self, name: str, holder: Holder) -> list[Holder]:
        """``holder`` wants to log in. Those who may now are returned (also when stopped: they then read the state)."""
        account = self._account(name)
        if account.state is not State.UNPROVEN:
            return [holder]
        account.waiting.append(holder)
        return self._next(account)

    def report(self, name: str, holder: Holder, target: str, result: Result) -> list[Holder]:
        """How ``holder``'s login went; those who may go on now."""
        account = self._account(name)
        if account.trying == holder:
            account.trying = None
        if account.state is not State.STOPPED:
            if result is Result.SUCCESS:
                account.state = State.PROVEN
                account.refused_by.clear()
            elif result is Result.REFUSED:
                account.state = State.UNPROVEN
                account.refused_by.append(target)
                if len(account.refused_by) >= self._max:
                    account.state = State.STOPPED
                    by = ", ".join(account.refused_by)
                    account.stopped_because = f"not tried: credential {name} was refused by {by}"
        return self._next(account)

    def gone(self, holders: set[Holder]) -> list[Holder]:
        """These will never report (their process died); those who may go on now."""
        free: list[Holder] = []
        for account in self._accounts.values():
            account.waiting = deque(h for h in account.waiting if h not in holders)
            if account.trying in holders:
                account.trying = None
            free += self._next(account)
        return free

    def _account(self, name: str) -> _Account[Holder]:
        return self._accounts.setdefault(name, _Account())

    def _next(self, account: _Account[Holder]) -> list[Holder]:
        if account.state is not State.UNPROVEN:
            free = list(account.waiting)
            account.waiting.clear()
            return free
        if account.trying is None and account.waiting:
            account.trying = account.waiting.popleft()
            return [account.trying]
        return []
