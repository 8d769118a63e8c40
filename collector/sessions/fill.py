"""The few names in braces that a request may hold: times relative to the scan, and a directory's own bases."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from collector.durations import parse_duration
from collector.errors import SessionError
from collector.model import Outcome, rfc3339

_NAME = re.compile(r"\{(now(?:-(\d+[smhdw]))?|[a-z_]+)\}")


def fill(text: str, now: datetime, names: Mapping[str, str]) -> str:
    """``{now}``, ``{now-30d}`` as RFC 3339, and ``names``; raises SessionError for a name that nothing fills."""

    def value(found: re.Match[str]) -> str:
        if found[1].startswith("now"):
            moment = now - parse_duration(found[2]) if found[2] else now
            return rfc3339(moment.replace(microsecond=0))
        if found[1] not in names:
            raise SessionError(Outcome.UNSUPPORTED, f"the target does not say what {{{found[1]}}} is")
        return names[found[1]]

    return _NAME.sub(value, text)
