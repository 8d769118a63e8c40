"""Bytes under their SHA-256, zstd-compressed, each stored once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import zstandard
from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from collector.errors import EvidenceError, NotFoundError
from collector.store import schema

_CHUNK = 500


def put(connection: Connection, bodies: Iterable[bytes]) -> dict[bytes, int]:
    """Row numbers by SHA-256 of every body; what is there already is not written again."""
    by_digest = {hashlib.sha256(body).digest(): body for body in bodies}
    found = _numbers(connection, list(by_digest))
    missing = [digest for digest in by_digest if digest not in found]
    if missing:
        compressor = zstandard.ZstdCompressor(level=3)
        rows = [{"sha256": d, "size": len(by_digest[d]), "data": compressor.compress(by_digest[d])} for d in missing]
        insert_new(connection, schema.blob, rows)
        found |= _numbers(connection, missing)
    return found


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Inserts the rows that are not there yet; another program may be inserting the same."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), rows)


def _numbers(connection: Connection, digests: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    rest = iter(digests)
    while chunk := list(islice(rest, _CHUNK)):
        table = schema.blob
        rows = connection.execute(select(table.c.sha256, table.c.id).where(table.c.sha256.in_(chunk)))
        found |= {bytes(sha): number for sha, number in rows}
    return found


def unpack(sha256: bytes, size: int, data: bytes) -> bytes:
    """The bytes of a row. Raises EvidenceError where they are not those that the hash names."""
    try:
        whole = zstandard.frame_content_size(data) == size  # else a damaged head could ask for any amount of memory
        body: bytes = zstandard.ZstdDecompressor().decompress(data) if whole else b""
    except zstandard.ZstdError:
        whole = False
    if not whole or hashlib.sha256(body).digest() != sha256:
        raise EvidenceError(
            f"the stored bytes of sha256:{sha256.hex()} are damaged", "`collector evidence verify` lists all damage"
        )
    return body


def get(connection: Connection, evidence: str) -> bytes:
    """The bytes that ``sha256:...`` names."""
    try:
        sha256 = bytes.fromhex(evidence.removeprefix("sha256:"))
    except ValueError:
        sha256 = b""
    table = schema.blob
    row = connection.execute(select(table.c.size, table.c.data).where(table.c.sha256 == sha256)).first()
    if row is None:
        raise NotFoundError(f"no stored bytes are named {evidence}", "`collector evidence list` lists what is stored")
    return unpack(sha256, row.size, bytes(row.data))
