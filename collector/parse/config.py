"""Running configurations into facts' rows: sections and lines, by a small language that is data.

A reply becomes one row. Its plain values are the entries of ``one``, its lists the ``table`` entries, so that a
feed takes a list by ``rows = "interfaces"`` and a one-row kind takes the values themselves. Options, under
``[request.reader_options]``:

``syntax``      the language of the configuration, as netutils.config names its parsers
``separator``   the line that ends a section, where the syntax needs it and a device leaves it out before the next section
``expect``, ``complete``   as in ``collector.parse.text``; a configuration that was cut short gives nothing at all, because
                every "the line is not there" would be a guess
``head``        ``{name = pattern}`` searched in the raw text, comments included
``one``         ``{name = question}`` asked of the whole configuration
``table``       a list of ``{name, section, under, having, lacking, ask}``: a row for each line that ``section`` matches (its
                named groups are fields), with ``ask = {name = question}`` asked of the lines below it. ``under`` matches
                the line above (top level without it; its named groups are fields too); ``having`` and ``lacking`` match, or don't, some line below.
                ``join = [{on, with, as}]`` puts the row of table ``with`` whose ``name`` is this row's ``on`` into ``as``;
                with ``ranges = true`` all rows whose number is in ``on`` (``10,20-22``)
                ``place = NAME`` numbers the rows that have the same ``NAME``, from 1, as ``place``
``compare``     ``{ignore, absent}``: the second reply of the request is the saved configuration; ``saved`` says whether both
                agree, lines and sections that ``ignore`` matches aside. ``absent`` matches a reply that says there is none

The row also has ``fingerprint``: ``sha256:`` over the lines with what they stand under. Lines and sections that change without
meaning, as ``ignore`` of ``compare`` and of the probe's ``[drift]`` say, enter neither it nor ``saved``.

A question is a pattern or several (the first match gives text: group ``v``, else the first group, else the match) or a table:

``{first = [...]}``, ``{list = [...]}``, ``{count = [...]}``   text, a list of texts, how many different ones
``{yes = [...], no = [...], default = B}``   true if a line matches ``yes``, else false if one matches ``no``, else ``default``,
                not known without one: ``default = false`` says that absence means no
``{all = [...], default = B}``   true if each pattern matches some line

and with ``under = pattern`` it is asked of the lines below the matching lines, together; with ``each = true`` of each such section
by itself and the answers joined by "or", with ``every = true`` by "and" (``absent`` where there is no such section);
``having`` and ``lacking`` choose the sections. ``unknown = [...]`` comes after ``yes`` and ``all``: what matches it leaves the answer open.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from netutils.config.compliance import parser_map

from collector.errors import DefinitionError
from collector.model import Capture, Outcome
from collector.needle import may_match
from collector.parse.lines import TooMuch, ends_open, pattern, patterns, said_no, shown, text_of
from collector.parse.reading import Reading, Row
from collector.probes.definition import ProbeDef, RequestDef

_TAIL_LINES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a configuration, without its indentation, and the lines that it stands under."""

    text: str
    above: tuple[str, ...] = ()


Lines = Sequence[Line]


class Block:
    """Some lines, with their text at hand: most patterns of a probe fail on its plain words already."""

    __slots__ = ("_text", "_top", "lines")

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self._text: str | None = None
        self._top: Block | None = None

    @property
    def text(self) -> str:
        if self._text is None:
            self._text = "\n".join([line.text for line in self.lines])
        return self._text

    @property
    def top(self) -> Block:
        """The lines that stand under none; all of them where the first one does."""
        if self._top is None:
            whole = self.lines and not self.lines[0].above
            self._top = Block([line for line in self.lines if not line.above]) if whole else self
        return self._top

    def may_match(self, expression: re.Pattern[str]) -> bool:
        return may_match(expression, self.text)


@dataclass(frozen=True, slots=True)
class Section:
    """A line and all lines below it."""

    head: Line
    body: Block


def read_config(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """One row for a running configuration, compared with the saved one where the request reads that too."""
    options = request.reader_options
    running = next((c for c in captures if c.page == 0), None)
    if running is None:
        return Reading(outcome=Outcome.UNPARSED, detail="the running configuration is not among the replies")
    try:
        text = text_of(running)
        refused = said_no(text, probe, options)
        if refused is not None:
            return refused
        doubt = _doubt(text, options)
        if doubt:
            return Reading(outcome=Outcome.UNPARSED, detail=doubt)
        lines = config_lines(text, options["syntax"], options.get("separator", ""))
        row = _row(text, Block(lines), options)
        row["fingerprint"] = fingerprint(lines, _ignored(probe, options))
        saved = next((c for c in captures if c.page == 1), None)
        row["saved"] = _saved(text, lines, text_of(saved), probe, options) if saved is not None else None
    except (TooMuch, Unreadable) as error:
        return Reading(outcome=Outcome.UNPARSED, detail=str(error))
    return Reading((Row(row, running.evidence),))


class Unreadable(Exception):
    """A text that is no configuration of its syntax."""


def config_lines(text: str, syntax: str, separator: str = "") -> list[Line]:
    """The lines of a configuration with what they stand under; comments and blank lines are dropped."""
    if separator:
        text = re.sub(rf"^[ \t].*\n(?=\S)(?!{re.escape(separator)})", rf"\g<0>{separator}\n", text, flags=re.MULTILINE)
    try:
        parsed = _syntax(syntax)(text)
    except (IndexError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(
            f"not a configuration of this platform: {shown(str(error) or type(error).__name__)}"
        ) from error
    return [Line(line.config_line.strip(), tuple(map(str.strip, line.parents))) for line in parsed.config_lines]


@cache
def _syntax(name: str) -> Any:
    if name not in parser_map:
        raise DefinitionError(f"no configuration syntax {name!r}", "netutils has " + ", ".join(sorted(parser_map)))
    return parser_map[name]


def _doubt(text: str, options: Mapping[str, Any]) -> str:
    for expression in patterns(options.get("expect")):
        if not expression.search(text):
            return f"not a configuration of this platform: it has no {expression.pattern!r}"
    tail = "\n".join([line for line in text.split("\n") if line.strip()][-_TAIL_LINES:])
    for expression in patterns(options.get("complete")):
        if not expression.search(tail):
            return f"the configuration is cut short: it does not end with {expression.pattern!r}"
    last = text.rstrip().rpartition("\n")[2]
    if ends_open(text) and not any(p.search(last) for p in patterns(options.get("complete"))):
        return "the configuration is cut short: its last line has no end"
    if _unclosed(text):
        return "the configuration is cut short: a brace is not closed"
    return "" if text.strip() else "the reply is empty"


def _unclosed(text: str) -> bool:
    """Whether a configuration in braces opens more of them than it closes."""
    opened = len(_OPENS.findall(text))
    return opened >= _BRACES and opened != len(_CLOSES.findall(text))


#: So many lines that open a brace make a configuration one in braces; fewer may be part of a banner or a script.
_BRACES = 3
_OPENS = re.compile(r"^(?!\s*#).*\{ *(?:#.*)?$", re.MULTILINE)
_CLOSES = re.compile(r"^\s*\}[;,]? *(?:#.*)?$", re.MULTILINE)


def _row(text: str, lines: Block, options: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, entry in options.get("head", {}).items():
        row[name] = next((_value(m) for p in patterns(entry) if (m := p.search(text))), None)
    for name, question in options.get("one", {}).items():
        row[name] = ask(question, lines)
    for table in options.get("table", ()):
        row[table["name"]] = _table(table, lines)
    for table in options.get("table", ()):
        for join in table.get("join", ()):
            named = {other["name"]: other for other in row[join["with"]]}
            for entry in row[table["name"]]:
                wanted = entry.get(join["on"])
                if join.get("ranges"):
                    entry[join["as"]] = [other for name, other in named.items() if _in_ranges(name, wanted)]
                else:
                    entry[join["as"]] = named.get(wanted)
    return row


def _in_ranges(number: str, ranges: str | None) -> bool:
    """Whether a number is one of ``10,20-22``."""
    for part in (ranges or "").split(","):
        low, _, high = part.partition("-")
        if (
            low.isdigit()
            and number.isdigit()
            and int(low[:9]) <= int(number[:9]) <= int((high if high.isdigit() else low)[:9])
        ):
            return True
    return False


def _table(table: Mapping[str, Any], lines: Block) -> list[dict[str, Any]]:
    rows = []
    head = pattern(table["section"])
    for section in _sections(lines, table["section"], table):
        found = head.search(section.head.text)
        groups = _above(table, section.head) | (found.groupdict() if found else {})
        rows.append(groups | {name: ask(question, section.body) for name, question in table.get("ask", {}).items()})
    if "place" in table:
        seen: Counter[Any] = Counter()
        for row in rows:
            seen[row.get(table["place"])] += 1
            row["place"] = seen[row.get(table["place"])]
    return rows


def _above(table: Mapping[str, Any], line: Line) -> dict[str, Any]:
    """The named groups of ``under`` in the line that it matched."""
    if "under" not in table:
        return {}
    found = next((m for text in reversed(line.above) if (m := pattern(table["under"]).search(text))), None)
    return found.groupdict() if found else {}


def _sections(block: Block, head: str, options: Mapping[str, Any]) -> list[Section]:
    """The sections whose first line matches ``head`` at the place that ``under`` says."""
    expression = pattern(head)
    if not block.may_match(expression):
        return []
    under = pattern(options["under"]) if "under" in options and options["under"] != head else None
    having, lacking = patterns(options.get("having")), patterns(options.get("lacking"))
    found = []
    lines = block.lines
    for number, line in enumerate(lines):
        if not expression.search(line.text) or not _placed(line, under):
            continue
        end = number + 1
        while end < len(lines) and len(lines[end].above) > len(line.above):
            end += 1
        body = Block(lines[number + 1 : end])
        if all(_matches(p, body) for p in having) and not any(_matches(p, body) for p in lacking):
            found.append(Section(line, body))
    return found


def _placed(line: Line, under: re.Pattern[str] | None) -> bool:
    if under is None:
        return not line.above
    return bool(line.above) and any(under.search(text) for text in line.above)


def _matches(expression: re.Pattern[str], block: Block) -> bool:
    return block.may_match(expression) and any(expression.search(line.text) for line in block.lines)


def ask(question: Any, lines: Lines | Block) -> Any:
    """The answer that some lines give to a question; None where they give none."""
    block = lines if isinstance(lines, Block) else Block(lines)
    if isinstance(question, str | list):
        question = {"first": question}
    if "under" not in question:
        return _answer(question, block.top)
    sections = _sections(block, question["under"], {k: v for k, v in question.items() if k in ("having", "lacking")})
    if question.get("each") or question.get("every"):
        return _joined(question, [_answer(question, section.body) for section in sections])
    return _answer(question, Block([line for section in sections for line in section.body.lines]))


def _joined(question: Mapping[str, Any], answers: Sequence[bool | None]) -> bool | None:
    """Several sections' answers as one: any of them (``each``) or all of them (``every``), unknown where one could turn it."""
    if not answers:
        absent: bool | None = question.get("absent")
        return absent
    decisive = not question.get("every")
    if decisive in answers:
        return decisive
    return None if None in answers else not decisive


def _answer(question: Mapping[str, Any], lines: Block) -> Any:
    if "first" in question:
        return next(iter(_values(question["first"], lines)), question.get("default"))
    if "list" in question:
        return list(dict.fromkeys(_values(question["list"], lines)))
    if "count" in question:
        return len(set(_values(question["count"], lines)))
    if any(_matches(p, lines) for p in patterns(question.get("yes"))):
        return True
    if "all" in question and all(_matches(p, lines) for p in patterns(question["all"])):
        return True
    if any(_matches(p, lines) for p in patterns(question.get("unknown"))):
        return None
    if any(_matches(p, lines) for p in patterns(question.get("no"))):
        return False
    return question.get("default")


def _values(entry: Any, block: Block) -> list[str]:
    fitting = (p for p in patterns(entry) if block.may_match(p))
    return [_value(m) for p in fitting for line in block.lines if (m := p.search(line.text))]


def _value(found: re.Match[str]) -> str:
    if "v" in found.re.groupindex:
        return (found["v"] or "").strip()
    return next((g for g in found.groups() if g is not None), found[0]).strip()


def fingerprint(lines: Lines, ignored: Sequence[re.Pattern[str]]) -> str:
    """``sha256:`` over the lines that ``ignored`` does not match, each with what it stands under."""
    text = "\n".join(["\0".join((*line.above, line.text)) for line in _compared(lines, ignored)])
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _ignored(probe: ProbeDef, options: Mapping[str, Any]) -> tuple[re.Pattern[str], ...]:
    return patterns(options.get("compare", {}).get("ignore")) + probe.volatile


def _saved(running: str, lines: Lines, text: str, probe: ProbeDef, options: Mapping[str, Any]) -> bool | None:
    """Whether running and saved configuration agree; not known where the saved one was not read whole.

    Mostly they differ only in what stands above the first setting; then the saved one need not be taken apart.
    """
    compare = options.get("compare", {})
    if any(p.search(text) for p in patterns(compare.get("absent"))):
        return False
    if said_no(text, probe, options) is not None or _doubt(text, {**options, "expect": compare.get("expect", ())}):
        return None
    ignored = _ignored(probe, options)
    comment = tuple(getattr(_syntax(options["syntax"]), "comment_chars", ()))
    if _settings(running, comment, ignored) == _settings(text, comment, ignored):
        return True
    try:
        saved = config_lines(text, options["syntax"], options.get("separator", ""))
    except Unreadable:
        return None
    return _compared(lines, ignored) == _compared(saved, ignored)


def _settings(text: str, comment: tuple[str, ...], ignored: Sequence[re.Pattern[str]]) -> str:
    """The text from its first setting on."""
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        line = text[at:end].strip()
        if line and not line.startswith(comment) and not any(p.search(line) for p in ignored):
            break
        at = end
    return text[at:]


def _compared(lines: Lines, ignored: Sequence[re.Pattern[str]]) -> list[Line]:
    seen: dict[str, bool] = {}  # a line recurs above all that stands under it

    def left_out(text: str) -> bool:
        if text not in seen:
            seen[text] = any(p.search(text) for p in ignored)
        return seen[text]

    return [line for line in lines if not left_out(line.text) and not any(map(left_out, line.above))]
