"""The backup system's REST API: OAuth login, then collections with paging, filters and order. Read-only but for the login."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.lab.servers.http_backup import Rows
from tests.lab.servers.http_wire import Request, Response, document

VERSIONS = ("1.3-rev2", "1.3-rev1", "1.3-rev0", "1.2-rev1", "1.2-rev0")
LOGIN, LOGOUT = "/api/oauth2/token", "/api/oauth2/logout"
PAGE = 200
ENDLESS_TOTAL = 1_000_000_000

Row = dict[str, Any]


@dataclass(slots=True)
class Tokens:
    """The tokens given out, with the moment at which each ends."""

    life_s: float
    ends: dict[str, float] = field(default_factory=dict)

    def give(self) -> str:
        token = secrets.token_urlsafe(180)
        self.ends[token] = time.monotonic() + self.life_s
        return token


@dataclass(frozen=True, slots=True)
class Collection:
    """What a path lists: its rows, and the row's field that each filter looks at (``name`` when not said)."""

    rows: Callable[[Rows], list[Row]]
    filters: Mapping[str, str] = field(default_factory=dict)
    newest_first: bool = False


_NAMED = {"nameFilter": "name"}
_COMMON = _NAMED | {"typeFilter": "type"}
_TIMES = {"createdAfterFilter": "creationTime", "createdBeforeFilter": "creationTime"}
_ENDS = {"endedAfterFilter": "endTime", "endedBeforeFilter": "endTime"}
_SESSION = {"stateFilter": "state", "resultFilter": "result.result"}
_PLATFORM = {"platformNameFilter": "platformName", "platformIdFilter": "platformId"}
COLLECTIONS: Mapping[str, Collection] = {
    "/api/v1/jobs": Collection(lambda r: r.jobs, _COMMON),
    "/api/v1/jobs/states": Collection(
        lambda r: r.job_states,
        _COMMON | {"idFilter": "id", "lastResultFilter": "lastResult", "statusFilter": "status", "workloadFilter": "workload",
                   "repositoryIdFilter": "repositoryId", "lastRunAfterFilter": "lastRun", "lastRunBeforeFilter": "lastRun"},
    ),
    "/api/v1/sessions": Collection(
        lambda r: r.sessions,
        _NAMED | {"typeFilter": "sessionType", "jobIdFilter": "jobId"} | _TIMES | _ENDS | _SESSION,
        newest_first=True,
    ),
    "/api/v1/taskSessions": Collection(
        lambda r: r.task_sessions,
        _COMMON | {"sessionTypeFilter": "sessionType", "sessionIdFilter": "sessionId"} | _TIMES | _ENDS | _SESSION,
        newest_first=True,
    ),
    "/api/v1/backups": Collection(lambda r: r.backups, _NAMED | {"jobIdFilter": "jobId", "jobTypeFilter": "jobType"} | _TIMES),
    "/api/v1/backupObjects": Collection(lambda r: r.objects, _COMMON | {"viTypeFilter": "viType"} | _PLATFORM),
    "/api/v1/restorePoints": Collection(
        lambda r: r.restore_points,
        _COMMON | {"backupIdFilter": "backupId", "malwareStatusFilter": "malwareStatus"} | _PLATFORM | _TIMES,
        newest_first=True,
    ),
    "/api/v1/backupInfrastructure/repositories": Collection(
        lambda r: r.repositories, _COMMON | {"hostIdFilter": "hostId", "pathFilter": "repository.path"}
    ),
    "/api/v1/backupInfrastructure/repositories/states": Collection(
        lambda r: r.repository_states, _COMMON | {"idFilter": "id", "isOnlineFilter": "isOnline", "isOutOfDateFilter": "isOutOfDate"}
    ),
    "/api/v1/backupInfrastructure/scaleOutRepositories": Collection(lambda _: [], _NAMED),
    "/api/v1/backupInfrastructure/managedServers": Collection(lambda r: r.servers, _COMMON),
}  # fmt: skip


def answer(request: Request, rows: Rows, tokens: Tokens, fault: str = "") -> Response:
    """The reply to one request."""
    version = request.headers.get("x-api-version", "")
    path = "/" + "/".join(request.segments)
    if not path.startswith("/api/"):
        return error(404, "NotFound", "The requested resource was not found.")
    if version not in VERSIONS:
        said = f"The API version '{version}' is not supported." if version else "The x-api-version header is required."
        return error(400, "UnexpectedContent", said)
    if path == LOGIN:
        return _login(request, rows, tokens) if request.method == "POST" else _wrong_verb()
    if path == "/api/v1/serverTime" and request.method == "GET":
        return document(200, {"serverTime": _stamp(datetime.now(UTC)), "timeZone": "(UTC) Coordinated Universal Time"})
    refusal = _refused(request, tokens)
    if refusal:
        return refusal
    if path == LOGOUT:
        tokens.ends.pop(request.headers["authorization"].partition(" ")[2], None)
        return document(200, {}) if request.method == "POST" else _wrong_verb()
    if request.method != "GET":
        return error(403, "AccessDenied", "The account has the role of a viewer: it may only read.")
    if path == "/api/v1/serverInfo":
        return document(200, rows.server_info)
    collection = COLLECTIONS.get(path)
    if collection:
        return _listed(request, collection, rows, fault)
    return _one(request, path, rows, fault)


def _login(request: Request, rows: Rows, tokens: Tokens) -> Response:
    if "application/x-www-form-urlencoded" not in request.headers.get("content-type", ""):
        return error(400, "UnexpectedContent", "The login has to be sent as a form.")
    form = request.form
    if form.get("grant_type", "").lower() != "password":
        return error(400, "UnexpectedContent", "This grant type is not supported.")
    if (form.get("username"), form.get("password")) != (rows.system.username, rows.system.password):
        return error(401, "AccessDenied", "Authentication failed: the user name or the password is incorrect.")
    now = datetime.now(UTC)
    content = {
        "access_token": tokens.give(),
        "token_type": "bearer",
        "refresh_token": secrets.token_urlsafe(90),
        "expires_in": int(tokens.life_s),
        ".issued": _stamp(now),
        ".expires": _stamp(now + timedelta(seconds=tokens.life_s)),
    }
    return document(200, content, Cache_Control="no-store")


def _refused(request: Request, tokens: Tokens) -> Response | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return error(401, "AccessDenied", "Authorization has been denied for this request.")
    end = tokens.ends.get(token)
    if end is None:
        return error(401, "InvalidToken", "The access token is not valid.")
    if end < time.monotonic():
        return error(401, "ExpiredToken", "The access token has expired.")
    return None


def _wrong_verb() -> Response:
    return error(405, "MethodNotAllowed", "The requested resource does not support this method.")


def _one(request: Request, path: str, rows: Rows, fault: str) -> Response:
    """A single row by its id, or what belongs to it."""
    head, _, tail = path.rpartition("/")
    if head in COLLECTIONS:
        found = next((row for row in COLLECTIONS[head].rows(rows) if row["id"] == tail.lower()), None)
        return document(200, found) if found else _unknown(tail)
    parent, _, number = head.rpartition("/")
    below: Mapping[tuple[str, str], tuple[str, str]] = {
        ("/api/v1/sessions", "taskSessions"): ("/api/v1/taskSessions", "sessionId"),
        ("/api/v1/backups", "objects"): ("/api/v1/backupObjects", "backupId"),
        ("/api/v1/backupObjects", "restorePoints"): ("/api/v1/restorePoints", ""),
    }
    if (parent, tail) not in below:
        return error(404, "NotFound", "The requested resource was not found.")
    owner = next((row for row in COLLECTIONS[parent].rows(rows) if row["id"] == number.lower()), None)
    if owner is None:
        return _unknown(number)
    listed, key = below[parent, tail]
    whole = COLLECTIONS[listed]
    if key:
        belongs = [row for row in whole.rows(rows) if row[key] == owner["id"]]
    else:
        belongs = [
            row for row in whole.rows(rows) if (row["name"], row["backupId"]) == (owner["name"], owner["backupId"])
        ]
    return _listed(request, Collection(lambda _: belongs, whole.filters, whole.newest_first), rows, fault)


def _unknown(number: str) -> Response:
    try:
        uuid.UUID(number)
    except ValueError:
        return error(404, "InvalidURI", "The URI has no valid identifier.")
    return error(404, "NotFound", f"There is no object with the ID '{number}'.")


def _listed(request: Request, collection: Collection, rows: Rows, fault: str) -> Response:
    try:
        found = [row for row in collection.rows(rows) if _wanted(row, request, collection.filters)]
        skip, limit = _count(request, "skip", 0), _count(request, "limit", PAGE)
    except ValueError as problem:
        return error(400, "UnexpectedContent", str(problem))
    order = request.one("orderColumn")
    ascending = request.one("orderAsc", "false" if collection.newest_first else "true").lower() == "true"
    if order:
        name = {"SessionType": "sessionType", "Result": "result.result"}.get(order, order[:1].lower() + order[1:])
        found.sort(key=lambda row: str(_field(row, name)), reverse=not ascending)
    elif collection.newest_first:
        found.sort(key=lambda row: str(row["creationTime"]), reverse=not ascending)
    if fault == "endless_pages" and found:
        page = [found[(skip + at) % len(found)] for at in range(limit)]
        return document(200, {"data": page, "pagination": _pagination(ENDLESS_TOTAL, len(page), skip, limit)})
    page = found[skip : skip + limit]
    return document(200, {"data": page, "pagination": _pagination(len(found), len(page), skip, limit)})


def _pagination(total: int, count: int, skip: int, limit: int) -> dict[str, int]:
    return {"total": total, "count": count, "skip": skip, "limit": limit}


def _count(request: Request, name: str, default: int) -> int:
    text = request.one(name)
    if not text:
        return default
    if not text.isdigit() or len(text) > 9:
        raise ValueError(f"{name} has to be a whole number that is not negative")
    return int(text)


def _wanted(row: Row, request: Request, filters: Mapping[str, str]) -> bool:
    for name, where in filters.items():
        values = request.query.get(name)
        if values is None:
            continue
        held = _field(row, where)
        if name.endswith(("AfterFilter", "BeforeFilter")):
            if held is None or (_moment(held) < _moment(values[0])) == name.endswith("AfterFilter"):
                return False
        elif name == "nameFilter":
            if not _like(str(held), values[0]):
                return False
        elif str(held).lower() not in {value.lower() for value in request.all(name)}:
            return False
    return True


def _like(text: str, pattern: str) -> bool:
    """The API's patterns: ``*`` stands for any characters; without one the whole name has to match."""
    first, *rest = pattern.lower().split("*")
    lower = text.lower()
    if not rest:
        return lower == first
    if not lower.startswith(first) or not lower.endswith(rest[-1]):
        return False
    at = len(first)
    for piece in rest:
        at = lower.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _field(row: Row, where: str) -> Any:
    here: Any = row
    for name in where.split("."):
        here = here.get(name) if isinstance(here, dict) else None
    return here


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+").replace("Z", "+00:00"))
    except ValueError as error:
        raise ValueError(f"{text!r} is no time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def error(status: int, code: str, message: str) -> Response:
    """An error in the API's own form."""
    return document(status, {"errorCode": code, "message": message, "resourceId": ""})
