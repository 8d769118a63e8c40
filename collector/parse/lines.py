"""Text as a device sent it, made safe to read: bounded, free of control characters, split into lines."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from collector.errors import DefinitionError
from collector.model import Capture, Outcome
from collector.parse.reading import Reading
from collector.probes.definition import ProbeDef

#: A reply larger than this is not read: the largest configurations seen are a tenth of it.
MAX_BYTES = 16 * 1024 * 1024
#: No switch writes a longer line; patterns are only run on lines that keep to it, so that their cost stays bounded.
MAX_LINE = 8192
#: More rows than any table of a switch has.
MAX_ROWS = 200_000
#: Seconds that reading one reply may take before it is given up.
MAX_SECONDS = 20.0

#: Where a reply that is nothing but an error message says so.
_ERROR_LINES = 6

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\x00-\x08\x0b-\x1f\x7f]")


class TooMuch(Exception):
    """A reply past one of the bounds; its text says which."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment past which reading stops."""

    at: float

    @classmethod
    def start(cls) -> Deadline:
        return cls(time.monotonic() + MAX_SECONDS)

    def check(self, rows: int = 0) -> None:
        if time.monotonic() > self.at:
            raise TooMuch(f"not read within {MAX_SECONDS:g} s")
        if rows > MAX_ROWS:
            raise TooMuch(f"more than {MAX_ROWS} rows")


@lru_cache(maxsize=8192)
def pattern(text: str) -> re.Pattern[str]:
    """A probe's regular expression; ``^`` and ``$`` are a line's ends."""
    try:
        return re.compile(text, re.MULTILINE)
    except re.error as error:
        raise DefinitionError(f"{text!r}: {error}", "mend the regular expression in the probe") from error


def patterns(entry: Any) -> tuple[re.Pattern[str], ...]:
    """One pattern or a list of them."""
    return tuple(pattern(text) for text in ((entry,) if isinstance(entry, str) else entry or ()))


def text_of(capture: Capture) -> str:
    """A capture's text: UTF-8, line ends ``\\n``, no escape sequences. Raises TooMuch past the bounds."""
    body = capture.body or b""
    if len(body) > MAX_BYTES:
        raise TooMuch(f"a reply of {len(body)} bytes; at most {MAX_BYTES} are read")
    text = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROL.sub("", text).expandtabs()
    longest = max(map(len, text.split("\n")), default=0)
    if longest > MAX_LINE:
        raise TooMuch(f"a line of {longest} characters; at most {MAX_LINE} are read")
    return _without_prompts(text)


#: What a terminal's log has around a reply: the prompt with the command typed at it, and the prompt after the reply.
_ASKED = re.compile(r"\s*[\w.()/:@-]{1,64}[#>] ?sh(?:ow?)?\s[^\n]*\n")
_PROMPT = re.compile(r"\n[\w.()/:@-]{1,64}[#>]\s*\Z")


def _without_prompts(text: str) -> str:
    asked = _ASKED.match(text)
    text = text[asked.end() :] if asked else text
    prompt = _PROMPT.search(text[-200:])
    return text[: len(text) - len(prompt[0]) + 1] if prompt else text


def said_no(text: str, probe: ProbeDef, options: Mapping[str, Any]) -> Reading | None:
    """``unsupported`` or ``denied`` where the reply is the platform's error message instead of an answer.

    Only the first lines are looked at: a real refusal is short, and what follows a table's header is data.
    """
    head = "\n".join([line for line in text.split("\n") if line.strip()][:_ERROR_LINES])
    failure = probe.session.get("failure", {})
    for outcome in (Outcome.DENIED, Outcome.UNSUPPORTED):
        for expression in (*patterns(options.get(outcome.value)), *patterns(failure.get(outcome.value))):
            found = expression.search(head)
            if found:
                return Reading(outcome=outcome, detail=shown(found[0]))
    return None


def shown(text: str, limit: int = 120) -> str:
    """A piece of a reply for a message: one line, printable, cut to ``limit``."""
    line = re.sub(r"\s+", " ", text).strip()
    line = "".join(c if c.isprintable() else "�" for c in line)
    return line if len(line) <= limit else line[: limit - 1] + "…"


def unread_line(text: str, read: Iterable[tuple[int, int]], ignored: Sequence[re.Pattern[str]]) -> str | None:
    """The first line that no row was read from and that no pattern of ``ignored`` covers; None if there is none."""
    covered = sorted(read)
    at = position = 0
    for number, line in enumerate(text.split("\n"), 1):
        end = position + len(line)
        while at < len(covered) and covered[at][1] <= position:
            at += 1
        inside = at < len(covered) and covered[at][0] < max(end, position + 1)
        if line.strip() and not inside and not any(p.search(line) for p in ignored):
            return f"line {number} not understood: {shown(line)}"
        position = end + 1
    return None
