"""The words of the project as values: targets, requests, captures, facts and outcomes.

Everything that crosses a package's border is one of these. They are frozen: a stage of the data's
path makes new values and changes none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any


class Outcome(StrEnum):
    """How reading went, of a request or of a fact kind on a target."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    DENIED = "denied"
    UNSUPPORTED = "unsupported"
    UNPARSED = "unparsed"
    TIMED_OUT = "timed_out"
    NOT_COLLECTED = "not_collected"


class Transport(StrEnum):
    """The four ways of reading a target."""

    SSH = "ssh"
    SNMP = "snmp"
    LDAP = "ldap"
    HTTP = "http"


class Secret:
    """A secret value that never prints itself; ``reveal()`` is the one way to its text."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)


@dataclass(frozen=True, slots=True)
class Credential:
    """A named account and its secrets, resolved. ``secrets`` has the keys that the transport needs:

    ssh ``password``, ``enable``, ``private_key`` (PEM text); snmp ``community``, ``auth_key``, ``priv_key``;
    ldap ``password``; http ``password``, ``token``, ``client_secret``. ``options`` are the plain settings
    (``auth_protocol``, ``priv_protocol``, ``client_id``, ``bind`` ...).
    """

    name: str
    username: str = ""
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def secret(self, key: str) -> str:
        """The text of one secret, empty where the credential has none of that name."""
        found = self.secrets.get(key)
        return found.reveal() if found else ""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How one transport reaches a target.

    ``options`` are the transport's settings after site and defaults were laid under the target's own
    (``known_hosts``, ``verify``, ``ca_file``, ``tls``, ``base_dn``, ``version`` ...); times are in seconds.
    """

    transport: Transport
    port: int
    credential: str = ""
    connect_timeout_s: float = 10.0
    deadline_s: float = 120.0
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Target:
    """One address that is queried."""

    name: str
    address: str
    platform: str
    family: str = ""
    site: str = ""
    role: str = ""
    tags: tuple[str, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()

    def endpoint(self, transport: Transport) -> Endpoint | None:
        return next((e for e in self.endpoints if e.transport == transport), None)


@dataclass(frozen=True, slots=True)
class Capture:
    """The redacted bytes of one reply and how they were asked for; or, without bytes, why there are none.

    ``request`` is the request's name in its probe, ``page`` counts the replies of one request from 0.
    ``body`` has the format of its transport: ssh plain text; snmp ``OID|type|value`` lines (snmprec);
    ldap LDIF; http the reply's body. ``outcome`` is the transport's word: a reply that arrived is ``ok``
    even when nobody can parse it.
    """

    target: str
    transport: Transport
    probe: str
    probe_version: str
    request: str
    verb: str
    what: str
    at: datetime
    outcome: Outcome
    detail: str = ""
    page: int = 0
    account: str = ""
    body: bytes | None = None

    @property
    def evidence(self) -> str:
        """``sha256:`` and the digest of the redacted bytes; empty where there are none."""
        return "" if self.body is None else digest(self.body)


@dataclass(frozen=True, slots=True)
class Fact:
    """One row of a fact kind. ``evidence`` names the captures that it was read from, the main one first."""

    kind: str
    target: str
    key: str
    value: Mapping[str, Any]
    observed_at: datetime
    evidence: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The fact as INTERFACE says it: ``evidence`` the main capture, ``also`` the others."""
        return {
            "kind": self.kind,
            "target": self.target,
            "key": self.key,
            "value": {k: json_value(v) for k, v in self.value.items()},
            "observed_at": rfc3339(self.observed_at),
            "evidence": self.evidence[0] if self.evidence else "",
            "also": list(self.evidence[1:]),
        }


@dataclass(frozen=True, slots=True)
class KindOutcome:
    """How one fact kind went on one target. ``rows`` counts its facts; ok with 0 rows is a proven zero."""

    target: str
    kind: str
    outcome: Outcome
    detail: str = ""
    rows: int = 0
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What parsing made of a target's captures."""

    facts: tuple[Fact, ...] = ()
    outcomes: tuple[KindOutcome, ...] = ()


@lru_cache(maxsize=64)
def digest(data: bytes) -> str:
    """``sha256:`` and the hex digest of ``data``. Every row of a reply names it: the last few are kept."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def rfc3339(moment: datetime) -> str:
    """A time in UTC as RFC 3339 with a ``Z``; fractions of a second only where there are some."""
    utc = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    spec = "microseconds" if utc.microsecond else "seconds"
    return utc.isoformat(timespec=spec).replace("+00:00", "Z")


def from_rfc3339(text: str) -> datetime:
    """The inverse of ``rfc3339``; a time without a zone is taken as UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def json_value(value: Any) -> Any:
    """A fact's value as JSON holds it: times become RFC 3339 text, tuples lists."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, list | tuple):
        return [json_value(v) for v in value]
    return value
