"""Bytes under their SHA-256, zstd-compressed, each stored once."""

from __future__ import annotations

import hashlib
import re
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
    table = schema.blob
    sha256 = resolve(connection, evidence)
    row = connection.execute(select(table.c.size, table.c.data).where(table.c.sha256 == sha256)).one()
    return unpack(sha256, row.size, bytes(row.data))


def resolve(connection: Connection, evidence: str) -> bytes:
    """The whole SHA-256 of a hash or of its first eight or more digits. Raises NotFoundError for none and for several."""
    digits = evidence.removeprefix("sha256:").lower()
    table = schema.blob
    found: Sequence[bytes] = ()
    if re.fullmatch(r"[0-9a-f]{8,64}", digits):
        low, high = bytes.fromhex(digits.ljust(64, "0")), bytes.fromhex(digits.ljust(64, "f"))
        statement = select(table.c.sha256).where(table.c.sha256.between(low, high)).limit(2)
        found = [bytes(sha) for sha in connection.execute(statement).scalars()]
    if len(found) > 1:
        raise NotFoundError(f"several stored hashes begin with {evidence}", "give more of its digits")
    if not found:
        raise NotFoundError(f"no stored bytes are named {evidence!r}", "`collector evidence list` lists what is stored")
    return found[0]
