"""Seals: hashes over what is in no blob: what was asked, when, how it went, and which targets and answers there were.

They show damage and careless changes. They are no signature: who can write to the store can make a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from collector.facts.sets import canonical
from collector.store import schema


def target_seal(connection: Connection, number: int) -> str:
    """Over a target's row and its captures."""
    target, captured, request, body = schema.scan_target, schema.capture, schema.request, schema.blob
    row = connection.execute(
        select(target.c.name, target.c.status, target.c.outcome, target.c.detail, body.c.sha256)
        .outerjoin(body, target.c.document == body.c.id)
        .where(target.c.id == number)
    ).one()
    captures = connection.execute(
        select(
            request.c.sha256,
            captured.c.page,
            captured.c.at,
            captured.c.outcome,
            captured.c.detail,
            captured.c.account,
            body.c.sha256,
        )
        .outerjoin(request, captured.c.request == request.c.id)
        .outerjoin(body, captured.c.blob == body.c.id)
        .where(captured.c.scan_target == number)
    )
    return _seal([row], captures)


def facts_seal(connection: Connection, number: int) -> str:
    """Over a target's outcomes and which fact sets they have."""
    table, body = schema.outcome, schema.blob
    statement = (
        select(table.c.kind, table.c.outcome, table.c.detail, table.c.rows, table.c.observed_at, body.c.sha256)
        .outerjoin(body, table.c.facts == body.c.id)
        .where(table.c.scan_target == number)
    )
    return _seal(connection.execute(statement))


def scan_seal(connection: Connection, scan: int) -> str:
    """Over a scan's row and the seals of its targets: shows one that is missing."""
    row, target = schema.scan, schema.scan_target
    head = select(row.c.kind, row.c.status, row.c.started_at, row.c.finished_at, row.c.config_digest, row.c.program)
    targets = select(target.c.name, target.c.status, target.c.seal).where(target.c.scan == scan)
    return _seal(connection.execute(head.where(row.c.id == scan)), connection.execute(targets))


def assessment_seal(connection: Connection, number: int) -> str:
    """Over a run's row and which documents its answers have."""
    run, answer, body = schema.assessment, schema.answer, schema.blob
    rule, document, verdicts = (body.alias(name) for name in ("rule_blob", "document_blob", "verdicts_blob"))
    head = select(run.c.scan, run.c.made_at, run.c.model, run.c.model_hash, run.c.program, body.c.sha256)
    answers = (
        select(answer.c.criterion, answer.c.rule_hash, rule.c.sha256, document.c.sha256, verdicts.c.sha256)
        .outerjoin(rule, answer.c.rule == rule.c.id)
        .outerjoin(document, answer.c.document == document.c.id)
        .outerjoin(verdicts, answer.c.verdicts == verdicts.c.id)
        .where(answer.c.assessment == number)
    )
    found = connection.execute(head.outerjoin(body, run.c.summary == body.c.id).where(run.c.id == number))
    return _seal(found, connection.execute(answers))


def _seal(*parts: Iterable[Any]) -> str:
    listed = [sorted(canonical([_plain(value) for value in row]).decode() for row in part) for part in parts]
    return hashlib.sha256(canonical(listed)).hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value
