"""Writes and reads the runs of the rules: answers, verdicts and the rules' own text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from collector.facts.sets import canonical
from collector.store import blobs, schema
from collector.store.seals import assessment_seal
from collector.store.times import loaded, stored
from collector.store.values import AnswerDocument, AssessmentRow, StoredAnswer


def save(
    connection: Connection,
    scan: int,
    answers: Iterable[AnswerDocument],
    made_at: datetime,
    model: tuple[str, str],
    program: str,
    summary: Mapping[str, Any],
) -> int:
    """A new run; ``model`` is its name and hash. Earlier runs over the scan stay."""
    packed = [(a, canonical(a.document), canonical(list(a.verdicts)), a.rule_text.encode()) for a in answers]
    kept = canonical(summary)
    numbers = blobs.put(connection, [kept, *(body for _, *bodies in packed for body in bodies)])

    def number(body: bytes) -> int:
        return numbers[hashlib.sha256(body).digest()]

    made = connection.execute(
        insert(schema.assessment).values(
            scan=scan,
            made_at=stored(made_at),
            model=model[0],
            model_hash=model[1],
            program=program,
            summary=number(kept),
        )
    )
    run = int(made.inserted_primary_key[0])  # type: ignore[index]
    rows = [
        {
            "assessment": run,
            "criterion": answer.criterion,
            "rule_hash": answer.rule_hash,
            "rule": number(rule),
            "document": number(document),
            "verdicts": number(verdicts),
        }
        for answer, document, verdicts, rule in packed
    ]
    if rows:
        connection.execute(insert(schema.answer), rows)
    sealed = assessment_seal(connection, run)
    connection.execute(update(schema.assessment).where(schema.assessment.c.id == run).values(seal=sealed))
    return run


def runs(connection: Connection, scan: int) -> list[AssessmentRow]:
    """The runs over a scan, oldest first."""
    table, body = schema.assessment, schema.blob
    statement = (
        select(table, body.c.sha256, body.c.size, body.c.data)
        .join(body, table.c.summary == body.c.id)
        .where(table.c.scan == scan)
        .order_by(table.c.id)
    )
    return [
        AssessmentRow(
            number=row.id,
            scan=row.scan,
            made_at=loaded(row.made_at),
            model=row.model,
            model_hash=row.model_hash,
            program=row.program,
            summary=json.loads(blobs.unpack(bytes(row.sha256), row.size, bytes(row.data))),
        )
        for row in connection.execute(statement)
    ]


def answers(connection: Connection, run: int) -> list[StoredAnswer]:
    """The answers of a run by criterion."""
    table = schema.answer
    document, rule = schema.blob.alias("document_blob"), schema.blob.alias("rule_blob")
    statement = (
        select(
            table.c.criterion,
            table.c.rule_hash,
            document.c.sha256,
            document.c.size,
            document.c.data,
            rule.c.sha256,
            rule.c.size,
            rule.c.data,
        )
        .join(document, table.c.document == document.c.id)
        .join(rule, table.c.rule == rule.c.id)
        .where(table.c.assessment == run)
        .order_by(table.c.criterion)
    )
    return [
        StoredAnswer(
            criterion=r[0],
            document=json.loads(blobs.unpack(bytes(r[2]), r[3], bytes(r[4]))),
            rule_hash=r[1],
            rule_text=blobs.unpack(bytes(r[5]), r[6], bytes(r[7])).decode(),
        )
        for r in connection.execute(statement)
    ]


def verdicts(connection: Connection, run: int, criterion: str) -> list[Mapping[str, Any]] | None:
    """The verdicts of one criterion; None where the run has no such criterion."""
    table, body = schema.answer, schema.blob
    row = connection.execute(
        select(body.c.sha256, body.c.size, body.c.data)
        .join(table, table.c.verdicts == body.c.id)
        .where(table.c.assessment == run, table.c.criterion == criterion)
    ).first()
    if row is None:
        return None
    found: list[Mapping[str, Any]] = json.loads(blobs.unpack(bytes(row.sha256), row.size, bytes(row.data)))
    return found
