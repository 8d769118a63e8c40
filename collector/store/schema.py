"""The tables, the same in SQLite and PostgreSQL. Times are whole microseconds since 1970 UTC.

``blob`` holds every body, fact set, target and answer document once, zstd-compressed, under the SHA-256 of its bytes.
``request`` names what was asked once, whoever was asked. A ``capture`` is one reply; an ``outcome`` is how a fact kind
went on a target, with the set of its facts. Changes go through ``migrations``; a test compares both.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

#: Row numbers that may pass 2**31; SQLite numbers rows by itself only where the type is INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

metadata = MetaData()

blob = Table(
    "blob",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("sha256", name="blob_sha256"),
)

scan = Table(
    "scan",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("config_digest", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("seal", Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

scan_target = Table(
    "scan_target",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("scan", Integer, ForeignKey("scan.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("outcome", Text),
    Column("detail", Text, nullable=False, server_default=""),
    Column("document", _NUMBER, ForeignKey("blob.id"), nullable=False),
    Column("seal", Text, nullable=False, server_default=""),
    Column("facts_seal", Text, nullable=False, server_default=""),
    UniqueConstraint("scan", "name", name="scan_target_scan_name"),
    Index("scan_target_name", "name", "scan"),
)

request = Table(
    "request",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("transport", Text, nullable=False),
    Column("probe", Text, nullable=False),
    Column("probe_version", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("what", Text, nullable=False),
    UniqueConstraint("sha256", name="request_sha256"),
)

capture = Table(
    "capture",
    metadata,
    Column("scan_target", _NUMBER, ForeignKey("scan_target.id"), nullable=False),
    Column("request", Integer, ForeignKey("request.id"), nullable=False),
    Column("page", Integer, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("blob", _NUMBER, ForeignKey("blob.id")),
    PrimaryKeyConstraint("scan_target", "request", "page", name="capture_key"),
    Index("capture_blob", "blob"),
    sqlite_with_rowid=False,
)

outcome = Table(
    "outcome",
    metadata,
    Column("scan_target", _NUMBER, ForeignKey("scan_target.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("observed_at", BigInteger),
    Column("facts", _NUMBER, ForeignKey("blob.id")),
    PrimaryKeyConstraint("scan_target", "kind", name="outcome_key"),
    sqlite_with_rowid=False,
)

assessment = Table(
    "assessment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scan", Integer, ForeignKey("scan.id"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("model", Text, nullable=False),
    Column("model_hash", Text, nullable=False),
    Column("program", Text, nullable=False),
    Column("summary", _NUMBER, ForeignKey("blob.id"), nullable=False),
    Column("seal", Text, nullable=False, server_default=""),
    Index("assessment_scan", "scan"),
    sqlite_autoincrement=True,
)

answer = Table(
    "answer",
    metadata,
    Column("assessment", Integer, ForeignKey("assessment.id"), nullable=False),
    Column("criterion", Text, nullable=False),
    Column("rule_hash", Text, nullable=False),
    Column("rule", _NUMBER, ForeignKey("blob.id"), nullable=False),
    Column("document", _NUMBER, ForeignKey("blob.id"), nullable=False),
    Column("verdicts", _NUMBER, ForeignKey("blob.id"), nullable=False),
    PrimaryKeyConstraint("assessment", "criterion", name="answer_key"),
    sqlite_with_rowid=False,
)
