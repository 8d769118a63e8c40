"""Durations as people write them: ``30s``, ``10m``, ``4h``, ``7d``."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_duration(text: str) -> timedelta:
    """The duration that ``text`` says; raises ValueError with the accepted form."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", text.strip())
    if not found:
        raise ValueError(f"{text!r} is not a duration: write a number and one of s, m, h, d, w, as 7d")
    return timedelta(**{_UNITS[found[2]]: float(found[1])})
