"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "blob",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("sha256", name="blob_sha256"),
    )
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("finished_at", sa.BigInteger),
        sa.Column("config_digest", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("seal", sa.Text, nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "scan_target",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("scan", sa.Integer, sa.ForeignKey("scan.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("detail", sa.Text, nullable=False, server_default=""),
        sa.Column("document", _NUMBER, sa.ForeignKey("blob.id"), nullable=False),
        sa.Column("seal", sa.Text, nullable=False, server_default=""),
        sa.Column("facts_seal", sa.Text, nullable=False, server_default=""),
        sa.UniqueConstraint("scan", "name", name="scan_target_scan_name"),
    )
    op.create_index("scan_target_name", "scan_target", ["name", "scan"])
    op.create_table(
        "request",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sha256", sa.LargeBinary(32), nullable=False),
        sa.Column("transport", sa.Text, nullable=False),
        sa.Column("probe", sa.Text, nullable=False),
        sa.Column("probe_version", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("verb", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.UniqueConstraint("sha256", name="request_sha256"),
    )
    op.create_table(
        "capture",
        sa.Column("scan_target", _NUMBER, sa.ForeignKey("scan_target.id"), nullable=False),
        sa.Column("request", sa.Integer, sa.ForeignKey("request.id"), nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("blob", _NUMBER, sa.ForeignKey("blob.id")),
        sa.PrimaryKeyConstraint("scan_target", "request", "page", name="capture_key"),
        sqlite_with_rowid=False,
    )
    op.create_index("capture_blob", "capture", ["blob"])
    op.create_table(
        "outcome",
        sa.Column("scan_target", _NUMBER, sa.ForeignKey("scan_target.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("observed_at", sa.BigInteger),
        sa.Column("facts", _NUMBER, sa.ForeignKey("blob.id")),
        sa.PrimaryKeyConstraint("scan_target", "kind", name="outcome_key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "assessment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scan", sa.Integer, sa.ForeignKey("scan.id"), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("model_hash", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("summary", _NUMBER, sa.ForeignKey("blob.id"), nullable=False),
        sa.Column("seal", sa.Text, nullable=False, server_default=""),
        sqlite_autoincrement=True,
    )
    op.create_index("assessment_scan", "assessment", ["scan"])
    op.create_table(
        "answer",
        sa.Column("assessment", sa.Integer, sa.ForeignKey("assessment.id"), nullable=False),
        sa.Column("criterion", sa.Text, nullable=False),
        sa.Column("rule_hash", sa.Text, nullable=False),
        sa.Column("rule", _NUMBER, sa.ForeignKey("blob.id"), nullable=False),
        sa.Column("document", _NUMBER, sa.ForeignKey("blob.id"), nullable=False),
        sa.Column("verdicts", _NUMBER, sa.ForeignKey("blob.id"), nullable=False),
        sa.PrimaryKeyConstraint("assessment", "criterion", name="answer_key"),
        sqlite_with_rowid=False,
    )
