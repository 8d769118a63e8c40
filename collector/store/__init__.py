"""The store: scans, captures, facts and answers in SQLite, or PostgreSQL by URL."""

from collector.store.store import Store
from collector.store.values import (
    AnswerDocument,
    AssessmentRow,
    ScanCounts,
    ScanRow,
    StoredAnswer,
    StoredCapture,
    StoredTarget,
    TargetResult,
)

__all__ = [
    "AnswerDocument",
    "AssessmentRow",
    "ScanCounts",
    "ScanRow",
    "Store",
    "StoredAnswer",
    "StoredCapture",
    "StoredTarget",
    "TargetResult",
]
