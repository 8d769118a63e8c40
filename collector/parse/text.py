"""Command-line replies into rows: ``read_textfsm`` by a template, ``read_regex`` by the probe's own patterns.

Options of both, under ``[request.reader_options]``:

``expect``       patterns that a reply of this command always has; without one of them it is another reply, and gives no row
``complete``     patterns that a whole reply has; without one of them it was cut short
``empty``        patterns that prove that there is nothing to list: no row is then a proven zero
``count``        a pattern whose group says how many rows there are: the sum of all its matches, a match without a number is one
``entries``      a pattern that stands once in every entry: as many rows must be read
``each``         ``{list = pattern}``: the same for the entries of a row's list
``unsupported``, ``denied``   patterns of this command's own refusals, beside those of ``[session] failure``
``start``, ``end``            only what stands between is read
``inner``        ``{field = pattern}``: that field's text becomes a list of the pattern's matches

``read_textfsm``: ``template`` names a file of ntc-templates without its ending, or of the folder
``templates`` beside the probe's file, which comes first.

``read_regex``: ``row`` (one pattern or several; a match is a row, its named groups the fields), or ``split`` (a match
starts a row that reaches to the next one, ``fields`` and ``lists`` are searched in it, rows without a field of
``required`` are left out), or ``fields`` and ``lists`` alone (one row),
or ``columns`` (names of the columns below a rule of dashes, or a list of such lists where tables differ in width; a line
without a first cell goes on with the row above it, and a blank line ends the table).
``carry``        ``{field = pattern}``: adds to a row the last match above it, as of a heading
``group``        rows with the same value of this field become one, with ``rows`` as the list of them
``ignore``       patterns of the other lines; where it is given, a line that is neither is an error
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import textfsm
from textfsm.parser import TextFSMError, TextFSMTemplateError

from collector.errors import DefinitionError
from collector.model import Capture, Outcome
from collector.parse.cut import partly, split_cut
from collector.parse.lines import Deadline, TooMuch, ends_open, patterns, said_no, shown, text_of, unread_line
from collector.parse.reading import Reading, Row
from collector.parse.table import rows_of, section
from collector.probes.definition import ProbeDef, RequestDef

#: A function from text to rows, and to the line that it could not read. The flag says that the text's last line has no end:
#: it may be cut within a word, and a value that reaches to its end is then not known.
_Read = Callable[[str, Deadline, bool], tuple[list[dict[str, Any]], str]]

#: Lines given to a template at once; the deadline is looked at in between.
_CHUNK = 400

_TEMPLATES = threading.Lock()


def read_regex(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """Rows by the patterns of the request's ``reader_options``."""
    options = request.reader_options
    ignored = patterns(options.get("ignore")) + patterns(options.get("empty"))

    def read(text: str, deadline: Deadline, open_end: bool) -> tuple[list[dict[str, Any]], str]:
        rows, spans = rows_of(text, options, deadline, open_end=open_end)
        unread = unread_line(text, spans, ignored) if "ignore" in options else None
        return rows, unread or ""

    return _read_all(probe, options, captures, read)


def read_textfsm(probe: ProbeDef, request: RequestDef, captures: Sequence[Capture]) -> Reading:
    """Rows by a TextFSM template; their keys are the template's value names in lower case."""
    options = request.reader_options
    path = template_path(probe, options["template"])

    def read(text: str, deadline: Deadline, open_end: bool) -> tuple[list[dict[str, Any]], str]:
        rows, unread = _run(path, text, deadline)
        if open_end:  # a template may take a line's first half for another line: what was not ended is not shown to it
            rows, _ = _run(path, text[: text.rfind("\n") + 1], deadline)
            rows[-1:] = map(partly, rows[-1:])
        return rows, unread

    return _read_all(probe, options, captures, read)


def template_path(probe: ProbeDef, name: str) -> Path:
    """The file of a template: the probe's own folder first, then ntc-templates."""
    own = probe.file.parent / "templates" / f"{name}.textfsm"
    if own.is_file():
        return own
    shared = _ntc_templates() / f"{name}.textfsm"
    if not shared.is_file():
        raise DefinitionError(
            f"{probe.file}: no template {name!r}", f"put it into {own.parent}, or name one of ntc-templates"
        )
    return shared


@cache
def _ntc_templates() -> Path:
    """ntc-templates' folder, found without importing the package (its import reads a 1,700-line index)."""
    spec = find_spec("ntc_templates")
    if spec is None or spec.origin is None:
        raise DefinitionError("ntc-templates is not installed", "install the project's dependencies")
    return Path(spec.origin).parent / "templates"


@cache
def _compiled(path: Path) -> Any:
    try:
        with path.open(encoding="utf-8") as file:
            machine: Any = textfsm.TextFSM  # untyped
            return machine(file)
    except TextFSMTemplateError as error:
        raise DefinitionError(f"{path}: {error}", "mend the template") from error


def _run(path: Path, text: str, deadline: Deadline) -> tuple[list[dict[str, Any]], str]:
    """A template is a machine with a state, so one reply at a time passes through it."""
    lines = text.split("\n")
    with _TEMPLATES:
        machine = _compiled(path)
        machine.Reset()
        names = [name.lower() for name in machine.header]
        result: list[list[Any]] = []
        unread = ""
        try:
            for start in range(0, len(lines), _CHUNK):
                chunk = lines[start : start + _CHUNK]
                result = machine.ParseText("\n".join(chunk), eof=start + _CHUNK >= len(lines))
                deadline.check(len(result))
        except TextFSMError as error:
            unread = _refused_line(str(error), lines)
            result = machine._result
        rows = [dict(zip(names, map(_stripped, row), strict=True)) for row in result]
        return [row for row in rows if any(row.values())], unread


def _refused_line(error: str, lines: Sequence[str]) -> str:
    """The line at which a template's ``Error`` rule stopped, numbered where it stands only once; TextFSM says just its text."""
    line = error.partition("Input Line: ")[2].removesuffix(".")
    places = [number for number, text in enumerate(lines, 1) if text.rstrip() == line.rstrip()]
    where = f"line {places[0]}" if len(places) == 1 else "a line"
    return f"{where} not understood: {shown(line or error)}"


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _read_all(probe: ProbeDef, options: Mapping[str, Any], captures: Sequence[Capture], read: _Read) -> Reading:
    """The readings of all pages as one: the rows of all, ok only when every page is."""
    readings = [_read_one(probe, options, capture, read) for capture in captures]
    failed = next((r for r in readings if r.outcome is not Outcome.OK), None)
    rows = tuple(row for r in readings for row in r.rows)
    return replace(failed, rows=rows) if failed else Reading(rows)


def _read_one(probe: ProbeDef, options: Mapping[str, Any], capture: Capture, read: _Read) -> Reading:
    try:
        text = text_of(capture)
        refused = said_no(text, probe, options)
        if refused is not None:
            return refused
        strange = _strange(text, options)
        if strange:
            return Reading(outcome=Outcome.UNPARSED, detail=strange)
        part = section(text, options)
        deadline = Deadline.start()
        found, unread = read(part, deadline, False)
        cut = _cut(text, options) or _miscounted(text, options, found)
        if cut or (ends_open(text) and text.endswith(part) and not _closed(text, options)):
            found, _ = read(part, deadline, True)
    except TooMuch as limit:
        return Reading(outcome=Outcome.UNPARSED, detail=str(limit))
    rows = tuple(Row(values, capture.evidence, cut) for values, cut in map(split_cut, found))
    doubt = _cut(text, options) or unread or cut or _unproven(text, part, options, rows)
    return Reading(rows, Outcome.UNPARSED, doubt) if doubt else Reading(rows)


def _strange(text: str, options: Mapping[str, Any]) -> str:
    """Why this is no reply of the command: nothing is read from it then."""
    if not text.strip():
        return "the reply is empty"
    if any(p.search(text) for p in patterns(options.get("empty"))):
        return ""
    lacking = next((p for p in patterns(options.get("expect")) if not p.search(text)), None)
    return f"not a reply of this command: it has no {lacking.pattern!r}" if lacking else ""


def _cut(text: str, options: Mapping[str, Any]) -> str:
    """Why this is not the whole reply: the rows that were seen stand."""
    if any(p.search(text) for p in patterns(options.get("empty"))):
        return ""
    lacking = next((p for p in patterns(options.get("complete")) if not p.search(text)), None)
    return f"the reply is cut short: it has no {lacking.pattern!r}" if lacking else ""


def _closed(text: str, options: Mapping[str, Any]) -> bool:
    """Whether a mark of the reply's end, or a count of what was read, stands in the last line."""
    last = text.rstrip().rfind("\n") + 1
    marks = [m for p in patterns(options.get("complete")) for m in p.finditer(text)]
    counts = [
        m for p in patterns(options.get("count")) for m in p.finditer(text) if m.re.groups and (m[1] or "").isdecimal()
    ]
    return any(found.end() > last for found in marks + counts)


def _stated(text: str, options: Mapping[str, Any]) -> int | None:
    """How many entries the reply says that it has, all its counts together."""
    said = [m for p in patterns(options.get("count")) for m in p.finditer(text)]
    numbers = [m[1] or "" if m.re.groups else "" for m in said]
    return sum(int(number[:9]) if number.isdecimal() else 1 for number in numbers) if said else None


def _miscounted(text: str, options: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    """A reply that states how many entries it has is held to it: templates are known to drop rows silently."""
    total = _stated(text, options)
    if total is not None and total != len(rows):
        return f"the reply states {total} entries, {len(rows)} were read"
    counted = [("entries", options.get("entries"), len(rows))]
    for name, entry in options.get("each", {}).items():
        counted.append((name, entry, sum(len(row.get(name) or ()) for row in rows)))
    for name, entry, read in counted:
        there = sum(1 for p in patterns(entry) for _ in p.finditer(text))
        if there > read:
            return f"the reply has {there} {name}, {read} were read"
    return ""


def _unproven(text: str, part: str, options: Mapping[str, Any], rows: Sequence[Row]) -> str:
    """No row is a zero only where the reply says so, by words or by a stated count of 0. Else its first line is told.

    Where the last line has no end, more may have followed: then only a whole sentence or a count says so.
    """
    if rows:
        return ""
    if _stated(text, options) == 0:
        return ""
    proofs = [m for p in patterns(options.get("empty")) for m in p.finditer(text)]
    if proofs and not ends_open(text):
        return ""
    if proofs:
        sentence = re.search(r"(?<![^\s(])[^\W\d_]{2,}\)?[.!]\s*\Z", text) and max(
            m.end() for m in proofs
        ) > text.rstrip().rfind("\n")
        return "" if sentence else "no entry was read, and the last line has no end: more may have followed"
    first = unread_line(part, (), patterns(options.get("ignore")))
    return "no entry was read, and the reply does not say that there is none" + (f": {first}" if first else "")
