"""Pre-filling a questionnaire: answers, shares, reasons, evidence and dates into the cells that wait for them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from collector.errors import CollectorError
from collector.questionnaire.locate import Hints, Layout, cells_of, covers, locate, merged_home
from collector.questionnaire.package import Package, read_package, recalculated, write_package
from collector.questionnaire.sheet import Sheet, write_cells
from collector.questionnaire.words import DEFAULT_WORDS, choose, column_of
from collector.report.text import share_sentence

_EVIDENCE_SHOWN = 5

#: An answer as `answers --json` has it.
Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """What was done: criteria written, those whose cells a person had filled, and what could not be written and why."""

    written: tuple[str, ...]
    kept: tuple[str, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]


def fill(workbook: Path, out: Path, answers: Sequence[Answer], mapping: Hints, *, overwrite: bool = False) -> Filled:
    """Writes a filled copy of the workbook (XLSX, XLSM or CSV) to ``out``; ``workbook`` itself is not touched."""
    if workbook.resolve() == out.resolve():
        raise CollectorError("the filled workbook would replace the original", "name another file with -o")
    if workbook.suffix.lower() == ".csv":
        return _fill_csv(workbook, out, answers, mapping, overwrite)
    package = read_package(workbook)
    sheets = {name: package.sheet(name) for name in package.sheets}
    layout = locate(sheets, [a["criterion"] for a in answers], mapping)
    sheet = sheets[layout.sheet]
    values, kept, notes = _values(package, sheets, layout, answers, mapping, overwrite)
    changed = {package.sheets[layout.sheet]: write_cells(sheet, values)} if values else {}
    write_package(package, {**changed, **(recalculated(package) if values else {})}, out)
    done = tuple(a["criterion"] for a in answers if a["criterion"] in layout.rows and a["criterion"] not in kept)
    missing = tuple(a["criterion"] for a in answers if a["criterion"] not in layout.rows)
    return Filled(done, tuple(kept), tuple(notes), missing)


def texts(answer: Answer) -> dict[str, str]:
    """What goes into each column for an answer, but for the answer's own word."""
    evidence = list(answer.get("evidence") or ())
    more = f" and {len(evidence) - _EVIDENCE_SHOWN} more" if len(evidence) > _EVIDENCE_SHOWN else ""
    reason = str(answer["reason"])
    if answer.get("mode") == "partly" and not answer.get("confirmed") and answer["final"] != "unknown":
        reason += " (draft: a person has to confirm it)"
    return {
        "share": share_sentence(answer.get("share")),
        "reason": reason,
        "evidence": ", ".join(e.removeprefix("sha256:")[:16] for e in evidence[:_EVIDENCE_SHOWN]) + more,
        "date": str(answer.get("observed_at") or "")[:10],
    }


def _values(
    package: Package,
    sheets: Mapping[str, Sheet],
    layout: Layout,
    answers: Sequence[Answer],
    mapping: Hints,
    overwrite: bool,
) -> tuple[dict[str, str], list[str], list[str]]:
    """The cells to write; the criteria whose answer a person typed; remarks."""
    sheet = sheets[layout.sheet]
    values: dict[str, str] = {}
    kept: list[str] = []
    notes: list[str] = []
    for answer in answers:
        row = layout.rows.get(answer["criterion"])
        if row is None:
            continue
        homes = {c: merged_home(sheet, f"{letters}{row}") for c, letters in layout.columns.items() if c != "question"}
        if not overwrite and _filled(sheet, homes["answer"]):
            kept.append(answer["criterion"])  # a person's answer: what we think of it is not mixed into the row
            continue
        allowed = _allowed(package, sheets, layout.sheet, homes["answer"])
        word = _word(answer["final"], allowed, mapping.words)
        if word is None:
            notes.append(f"{answer['criterion']}: the cell allows no word for {answer['final']}: left empty")
        for column, text in {"answer": word or "", **texts(answer)}.items():
            home = homes.get(column)
            if home and text and (overwrite or not _filled(sheet, home)):
                values[home] = text
    return values, kept, notes


def _filled(sheet: Sheet, ref: str) -> bool:
    return ref in sheet.cells and sheet.cells[ref].filled


def _word(answer: str, allowed: Sequence[str] | None, words: Mapping[str, str]) -> str | None:
    """The word for an answer: the config's, where the cell allows it, else one that the cell's list allows."""
    told = words.get(answer)
    if allowed is None:
        return told if told is not None else DEFAULT_WORDS[answer]
    if told is not None and told in allowed:
        return told
    return choose(answer, allowed)


def _allowed(package: Package, sheets: Mapping[str, Sheet], title: str, ref: str) -> list[str] | None:
    """The words that a cell's validation list allows; None where it has no list or one that can't be read here."""
    for areas, formula in sheets[title].validations:
        if covers(areas, ref):
            return _listed(package, sheets, title, formula)
    return None


def _listed(package: Package, sheets: Mapping[str, Sheet], title: str, formula: str) -> list[str] | None:
    if formula.startswith('"'):
        return [word.strip() for word in formula.strip('"').split(",")]
    formula = package.names.get(formula, formula).lstrip("=")
    name, found, area = formula.rpartition("!")
    sheet = sheets.get(name.strip("'").replace("''", "'")) if found else sheets[title]
    if sheet is None:
        return None
    try:
        cells = [sheet.cells[ref].text for ref in cells_of(area) if ref in sheet.cells]
    except ValueError:  # INDIRECT, OFFSET and the like: only the spreadsheet program can tell
        return None
    return [text for text in cells if text] or None


def _fill_csv(workbook: Path, out: Path, answers: Sequence[Answer], mapping: Hints, overwrite: bool) -> Filled:
    """A CSV questionnaire: the row of headings decides; columns that are missing are not added."""
    try:
        text = workbook.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectorError(f"cannot read {workbook}", "it must be a CSV file in UTF-8") from error
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    by_id = {mapping.ids.get(a["criterion"], a["criterion"]).casefold(): a for a in answers}
    header = next((r for r in rows if any(column_of(c) == "answer" for c in r)), None)
    if header is None:
        raise CollectorError("no column is headed answer, response or result", "give the CSV a row of headings")
    columns: dict[str, int] = {}
    for i, heading in enumerate(header):
        meaning = column_of(heading)
        if meaning:
            columns.setdefault(meaning, i)
    written, kept = [], []
    for row in rows:
        answer = next((by_id[c.strip().casefold()] for c in row if c.strip().casefold() in by_id), None)
        if answer is None or row is header:
            continue
        row += [""] * (len(header) - len(row))
        if row[columns["answer"]].strip() and not overwrite:
            kept.append(answer["criterion"])
            continue
        word = mapping.words.get(answer["final"], DEFAULT_WORDS[answer["final"]])
        for column, value in {"answer": word, **texts(answer)}.items():
            if column in columns and (overwrite or not row[columns[column]].strip()):
                row[columns[column]] = harmless(value)
        written.append(answer["criterion"])
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\n").writerows(rows)
    out.write_text(buffer.getvalue(), encoding="utf-8")
    seen = {*written, *kept}
    return Filled(tuple(written), tuple(kept), (), tuple(a["criterion"] for a in answers if a["criterion"] not in seen))


def harmless(text: str) -> str:
    """Text that a spreadsheet program will not take for a formula when it opens a CSV file."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
