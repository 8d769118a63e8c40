"""The errors that reach the command line: a message, what to do next, and an exit code."""

from __future__ import annotations


class CollectorError(Exception):
    """An error that a person can act on.

    ``message`` says what is wrong in one line, ``hint`` what to do next; ``exit_code`` is the
    process's exit code (1 an error, 2 wrong usage or configuration; nothing was done).
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ConfigError(CollectorError, ValueError):
    """A configuration that cannot be used. ``mistakes`` holds one line each, with key path and line number."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "", mistakes: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.mistakes = mistakes


class UsageError(CollectorError, ValueError):
    """A command called in a way that it can't follow."""

    exit_code = 2


class DefinitionError(CollectorError, ValueError):
    """A probe, a fact kind, a model or a rule file that cannot be used; says file and key.

    ``mistakes`` holds one line each where a whole folder was checked.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str = "", mistakes: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.mistakes = mistakes


class GuardError(CollectorError, PermissionError):
    """A request that is not on the read-only allow-list. Nothing was sent."""


class NotFoundError(CollectorError, LookupError):
    """Something asked for by name or number that is not there."""


class QueryError(CollectorError, ValueError):
    """A query that the fact tables refuse: wrong SQL, a write, or past its time or memory limit."""


class StoreError(CollectorError, RuntimeError):
    """The store cannot be opened, read or written."""


class EvidenceError(CollectorError, RuntimeError):
    """Stored evidence that does not verify."""

    exit_code = 6


class SessionError(CollectorError, ConnectionError):
    """A session that could not be opened or a reply that could not be read.

    ``outcome`` is the word of ``collector.model.Outcome`` that the failure means.
    """

    def __init__(self, outcome: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.outcome = outcome
