"""When a value of ours agrees with one that others read: both benchmarks on recordings measure by these words."""

from __future__ import annotations

import re
from typing import Any


def folded(value: Any) -> str:
    """A value's letters and digits in lower case; nothing of ``None``."""
    return re.sub(r"[^0-9a-z]", "", "" if value is None else str(value).lower())


def agree(truth: Any, ours: Any) -> bool:
    """Equal after folding, or one holds the other whole."""
    one, other = folded(truth), folded(ours)
    return bool(one and other) and (one in other or other in one)
