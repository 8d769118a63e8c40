"""Writes and reads what a scan got of its targets: captures, outcomes and fact sets."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from collector.errors import StoreError
from collector.facts.sets import CaptureIndex, FactSet, Source, canonical, clean_text, encode, references
from collector.model import Capture, Fact, KindOutcome, Outcome, Parsed, Transport
from collector.store import blobs, schema
from collector.store.documents import target_document
from collector.store.seals import facts_seal, target_seal
from collector.store.times import loaded, stored
from collector.store.values import StoredCapture, TargetResult

_CHUNK = 200


def save_target(connection: Connection, scan: int, result: TargetResult) -> None:
    """One target's whole result; what an earlier try of the same scan left of it is replaced."""
    document = target_document(result.target)
    number = _target_row(connection, scan, result, document)
    _save_captures(connection, number, result.captures)
    save_parsed(connection, number, result.parsed, result.captures)
    sealed = target_seal(connection, number)
    connection.execute(update(schema.scan_target).where(schema.scan_target.c.id == number).values(seal=sealed))


def _target_row(connection: Connection, scan: int, result: TargetResult, document: bytes) -> int:
    """The row of the target, cleared of an earlier try; made where the scan had not planned it."""
    table = schema.scan_target
    values = {
        "status": result.status,
        "outcome": str(result.outcome),
        "detail": clean_text(result.detail),
        "document": next(iter(blobs.put(connection, [document]).values())),
    }
    number = connection.execute(
        select(table.c.id).where(table.c.scan == scan, table.c.name == result.target.name)
    ).scalar()
    if number is None:
        made = connection.execute(insert(table).values(scan=scan, name=result.target.name, **values))
        return int(made.inserted_primary_key[0])  # type: ignore[index]
    connection.execute(delete(schema.capture).where(schema.capture.c.scan_target == number))
    connection.execute(update(table).where(table.c.id == number).values(**values))
    return int(number)


def _save_captures(connection: Connection, number: int, captures: Sequence[Capture]) -> None:
    bodies = {id(c): hashlib.sha256(c.body).digest() for c in captures if c.body is not None}
    numbers = blobs.put(connection, (c.body for c in captures if c.body is not None))
    requests = _requests(connection, captures)
    rows = [
        {
            "scan_target": number,
            "request": requests[_request_digest(c)],
            "page": c.page,
            "at": stored(c.at),
            "outcome": str(c.outcome),
            "detail": clean_text(c.detail),
            "account": clean_text(c.account),
            "blob": None if c.body is None else numbers[bodies[id(c)]],
        }
        for c in captures
    ]
    if rows:
        connection.execute(insert(schema.capture), rows)


def _asked(capture: Capture) -> dict[str, str]:
    asked = (capture.transport, capture.probe, capture.probe_version, capture.request, capture.verb, capture.what)
    names = ("transport", "probe", "probe_version", "name", "verb", "what")
    return {name: clean_text(str(value)) for name, value in zip(names, asked, strict=True)}


def _request_digest(capture: Capture) -> bytes:
    return request_digest(_asked(capture))


def request_digest(asked: Mapping[str, str]) -> bytes:
    """The SHA-256 that a row of ``request`` is known by."""
    return hashlib.sha256(canonical(asked)).digest()


def _requests(connection: Connection, captures: Sequence[Capture]) -> dict[bytes, int]:
    """Row numbers of what was asked, by digest."""
    wanted = {_request_digest(c): _asked(c) for c in captures}
    table = schema.request
    known = select(table.c.sha256, table.c.id).where(table.c.sha256.in_(list(wanted)))
    found = {bytes(sha): number for sha, number in connection.execute(known)}
    missing = [{"sha256": digest, **wanted[digest]} for digest in wanted if digest not in found]
    if missing:
        blobs.insert_new(connection, table, missing)
        found = {bytes(sha): number for sha, number in connection.execute(known)}
    return found


def save_parsed(connection: Connection, number: int, parsed: Parsed, captures: Iterable[Capture]) -> None:
    """A target's outcomes and fact sets, in place of those it had."""
    sets = _documents(parsed, CaptureIndex(captures))
    orphans = set(sets) - {o.kind for o in parsed.outcomes}
    if orphans:
        raise StoreError(f"facts without an outcome: {', '.join(sorted(orphans))}", "this is a mistake in a parser")
    numbers = blobs.put(connection, sets.values())
    rows = [
        {
            "scan_target": number,
            "kind": o.kind,
            "outcome": str(o.outcome),
            "detail": clean_text(o.detail),
            "rows": o.rows,
            "observed_at": stored(o.observed_at) if o.observed_at else None,
            "facts": numbers[hashlib.sha256(sets[o.kind]).digest()] if o.kind in sets else None,
        }
        for o in parsed.outcomes
    ]
    connection.execute(delete(schema.outcome).where(schema.outcome.c.scan_target == number))
    if rows:
        connection.execute(insert(schema.outcome), rows)
    target = schema.scan_target
    connection.execute(update(target).where(target.c.id == number).values(facts_seal=facts_seal(connection, number)))


def _documents(parsed: Parsed, captures: CaptureIndex) -> dict[str, bytes]:
    by_kind: dict[str, list[Fact]] = {}
    for fact in parsed.facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    return {kind: encode(facts, captures) for kind, facts in by_kind.items()}


def captures(
    connection: Connection, scan: int, target: str | None = None, request: str | None = None
) -> Iterator[StoredCapture]:
    """What a scan asked and got, without the bytes, by target, probe, request and page."""
    statement = _CAPTURES.where(schema.scan_target.c.scan == scan)
    if target is not None:
        statement = statement.where(schema.scan_target.c.name == target)
    if request is not None:
        statement = statement.where(schema.request.c.name == request)
    order = (schema.scan_target.c.name, schema.request.c.probe, schema.request.c.name, schema.capture.c.page)
    for row in connection.execute(statement.order_by(*order)).mappings():
        yield _capture(row)


def captures_of_bytes(connection: Connection, evidence: str) -> Iterator[StoredCapture]:
    """Every capture of any scan that has these bytes: the way back up from a hash."""
    statement = _CAPTURES.where(schema.blob.c.sha256 == blobs.resolve(connection, evidence))
    order = (schema.scan_target.c.scan, schema.scan_target.c.name, schema.request.c.name, schema.capture.c.page)
    for row in connection.execute(statement.order_by(*order)).mappings():
        yield _capture(row)


_CAPTURES = (
    select(
        schema.scan_target.c.scan,
        schema.scan_target.c.name.label("target"),
        schema.request.c.transport,
        schema.request.c.probe,
        schema.request.c.probe_version,
        schema.request.c.name.label("request"),
        schema.request.c.verb,
        schema.request.c.what,
        schema.capture.c.page,
        schema.capture.c.at,
        schema.capture.c.outcome,
        schema.capture.c.detail,
        schema.capture.c.account,
        schema.blob.c.sha256,
        schema.blob.c.size,
    )
    .select_from(schema.capture)
    .join(schema.scan_target, schema.capture.c.scan_target == schema.scan_target.c.id)
    .join(schema.request, schema.capture.c.request == schema.request.c.id)
    .outerjoin(schema.blob, schema.capture.c.blob == schema.blob.c.id)
)


def _capture(row: RowMapping) -> StoredCapture:
    values: dict[str, Any] = dict(row)
    sha256, size = values.pop("sha256"), values.pop("size")
    values["transport"] = Transport(values["transport"])
    values["outcome"] = Outcome(values["outcome"])
    values["at"] = loaded(values["at"])
    return StoredCapture(**values, evidence=f"sha256:{bytes(sha256).hex()}" if sha256 else "", size=size or 0)


def fact_sets(
    connection: Connection, scan: int, kinds: Collection[str] | None = None, target: str | None = None
) -> Iterator[FactSet]:
    """The sets of a scan, target by target; a chunk of targets is in memory at a time."""
    table = schema.scan_target
    statement = select(table.c.id, table.c.name).where(table.c.scan == scan).order_by(table.c.name)
    if target is not None:
        statement = statement.where(table.c.name == target)
    names = {row.id: row.name for row in connection.execute(statement)}
    numbers = list(names)
    for start in range(0, len(numbers), _CHUNK):
        chunk = numbers[start : start + _CHUNK]
        sources = _sources(connection, chunk)
        for number, kind, document in _stored_sets(connection, chunk, kinds):
            known = sources.get(number, {})
            # a reference without a probe is the digest itself: facts that came without their captures
            found = tuple(known[r] if r[0] else Source(r[1], loaded(0)) for r in references(document))
            yield FactSet(kind, names[number], document, found)


def _sources(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[tuple[str, str, int], Source]]:
    """Of each target, the digest of each page and when its request was asked."""
    statement = (
        select(
            schema.capture.c.scan_target,
            schema.request.c.probe,
            schema.request.c.name,
            schema.capture.c.page,
            schema.capture.c.at,
            schema.blob.c.sha256,
        )
        .join(schema.request, schema.capture.c.request == schema.request.c.id)
        .outerjoin(schema.blob, schema.capture.c.blob == schema.blob.c.id)
        .where(schema.capture.c.scan_target.in_(numbers))
        .order_by(schema.capture.c.scan_target, schema.request.c.probe, schema.request.c.name, schema.capture.c.page)
    )
    found: dict[int, dict[tuple[str, str, int], Source]] = {}
    asked: dict[tuple[int, str, str], int] = {}
    for number, probe, request, page, at, sha256 in connection.execute(statement):
        first = asked.setdefault((number, probe, request), at)
        evidence = f"sha256:{bytes(sha256).hex()}" if sha256 else ""
        found.setdefault(number, {})[(probe, request, page)] = Source(evidence, loaded(first))
    return found


def _stored_sets(
    connection: Connection, numbers: Sequence[int], kinds: Collection[str] | None
) -> Iterator[tuple[int, str, bytes]]:
    table = schema.outcome
    statement = (
        select(table.c.scan_target, table.c.kind, schema.blob.c.sha256, schema.blob.c.size, schema.blob.c.data)
        .join(schema.blob, table.c.facts == schema.blob.c.id)
        .where(table.c.scan_target.in_(numbers))
        .order_by(table.c.scan_target, table.c.kind)
    )
    if kinds is not None:
        statement = statement.where(table.c.kind.in_(list(kinds)))
    for number, kind, sha256, size, data in connection.execute(statement):
        yield number, kind, blobs.unpack(bytes(sha256), size, bytes(data))


def outcomes(connection: Connection, scan: int, target: str | None = None) -> Iterator[KindOutcome]:
    """How each fact kind went on each target."""
    names, table = schema.scan_target, schema.outcome
    statement = (
        select(names.c.name, table.c.kind, table.c.outcome, table.c.detail, table.c.rows, table.c.observed_at)
        .join(names, table.c.scan_target == names.c.id)
        .where(names.c.scan == scan)
        .order_by(names.c.name, table.c.kind)
    )
    if target is not None:
        statement = statement.where(names.c.name == target)
    for name, kind, word, detail, rows, at in connection.execute(statement):
        yield KindOutcome(name, kind, Outcome(word), detail, rows, None if at is None else loaded(at))
