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

#: Escape sequences of a terminal (ECMA-48): control sequences, strings such as a window's title, character sets, the rest.
_ESCAPE = re.compile(
    r"[\x1b]\[[0-?]*[ -/]*[@-~]|[\x9b][0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)|\x1b[ -/]+[0-~]|\x1b."
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")
_OVERTYPED = re.compile(r"[^\x08\n]\x08")

#: What a device prints when the screen is full, alone on its line.
_MARK = "(?:{})".format(
    "|".join(
        (
            r"(?i:<?-{1,8} ?\(?more\b[^\n\r]{0,70})",  # --More--, <--- More --->, ---(more 40%)---, -- MORE --, next page: Space
            r"(?i:\(?more:? ?<space>[^\n\r]{0,70})",  # More: <space>, Quit: q
            r"(?i:press [^\n\r]{0,20}(?:key|space|enter)[^\n\r]{0,60}(?:quit|continue)[^\n\r]{0,40})",
            r"lines \d+-\d+(?:/\d+)?(?: \(END\))? *",
        )
    )
)
_PAGED = re.compile(rf"^[ \t]*{_MARK}[ \t]*(?:\r*\n|(?:\r[ \t]*(?=\r))*\r(?!\n))", re.MULTILINE)
_WIPED = re.compile(rf"^[ \t]*{_MARK}[ \t]*\r\x1b\[[0-2]?K", re.MULTILINE)
_STOPPED = re.compile(rf"^[ \t]*{_MARK}\s*\Z", re.MULTILINE)
_PAGED_INSIDE = re.compile(r"^[ \t]*(?:<?-{2,4} ?\(?(?i:more)\)? ?-{2,4}>?)[ \t]*\S", re.MULTILINE)


class TooMuch(Exception):
    """A reply past one of the bounds; its text says which."""


class Broken(TooMuch):
    """A reply that a screen's paging cut or mixed up; its text says how."""


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


def text_of(capture: Capture, max_line: int = MAX_LINE) -> str:
    """A capture's text: line ends ``\\n``, as it would stand on an endless screen, without the prompts around it.

    Raises TooMuch past the bounds, and where a screen's paging left the reply cut or mixed up. ``max_line`` is in characters.
    """
    body = capture.body or b""
    if len(body) > MAX_BYTES:
        raise TooMuch(f"a reply of {len(body)} bytes; at most {MAX_BYTES} are read")
    text = _screen(_decoded(body))
    longest = max(map(len, text.split("\n")), default=0)
    if longest > max_line:
        raise TooMuch(f"a line of {longest} characters; at most {max_line} are read")
    return _without_prompts(text, capture.what)


def _decoded(body: bytes) -> str:
    """UTF-8, or what the byte order mark says: terminals that save as Unicode write UTF-16."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8", "replace")


def _screen(text: str) -> str:
    """Text without escape sequences, overtyped characters and paging marks."""
    if "\r\x1b[" in text:
        text = _WIPED.sub("", text)
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPE.sub("", text.replace("\x1bE", "\n"))
    if "\x08" in text:
        for _ in range(256):  # one pass takes one layer away
            text, found = _OVERTYPED.subn("", text)
            if not found:
                break
    if _PAGED_HINT.search(text):
        text = _PAGED.sub("", text)
        if _STOPPED.search(text):
            raise Broken("the reply stops where the screen was full")
        if _PAGED_INSIDE.search(text):
            raise Broken("a screen's paging stands within the reply's lines")
    text = re.sub(r"\r+\n", "\n", text).replace("\r", "\n") if "\r" in text else text
    return _CONTROL.sub("", text).expandtabs()


_PAGED_HINT = re.compile(r"(?i)more|press |lines \d")

#: A prompt as platforms show it: a name in brackets, or before a mark, perhaps with a context before or a mode behind it.
_NAMED = (
    r"(?:[<\[][^\s<>\[\]]{1,64}(?: [^\s<>\[\]]{1,32})?[>\]](?: ?>)?"
    r"|(?:\([\w.-]{1,64}\) ?){0,2}[\w.()/:@~-]{0,64}(?: ?\[[\w.-]{1,32}\] ?)?[#>$%])"
)
_VERB = (
    r"/?(?:show|sho?|display|disp?|get|diag\w*|admin|run|do|dir|uname|cat|ip|info|vtysh|[\w-]+(?:[ /][\w-]+)* print)\b"
)
#: What a terminal's log has around a reply: the prompt with the command typed at it, and the prompt after the reply.
_ASKED = re.compile(rf"\s*(?P<prompt>{_NAMED})[ ]?{_VERB}[^\n]*\n")
_PROMPT = re.compile(rf"\n{_NAMED}\s*\Z")


def _without_prompts(text: str, command: str = "") -> str:
    """The reply alone; where the log goes on with the next command at the same prompt, up to there."""
    asked = _ASKED.match(text) or (
        re.match(rf"\s*(?P<prompt>{_NAMED}) ?{re.escape(command)} *\n", text) if command else None
    )
    if asked:
        text = text[asked.end() :]
        after = re.search(rf"^{re.escape(asked['prompt'])}[ ]?(?:{_VERB}[^\n]*)?\s*$", text, re.MULTILINE)
        return text[: after.start()] if after else text
    prompt = _PROMPT.search(text[-200:])
    return text[: len(text) - len(prompt[0]) + 1] if prompt else text


def ends_open(text: str) -> bool:
    """Whether the last line has no end: it may be cut, so what stands at its very end is not known."""
    return bool(text) and not text.endswith("\n")


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
