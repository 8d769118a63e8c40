"""Finding in a sheet where each criterion's answer goes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from collector.errors import CollectorError
from collector.questionnaire.sheet import Sheet, column_letters, column_number, split_ref
from collector.questionnaire.words import column_of


@dataclass(frozen=True, slots=True)
class Hints:
    """The config's [questionnaire] table: what a person said of the workbook. Empty means: find it."""

    sheet: str = ""
    header_row: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things are in one sheet: a row number for each criterion, a column's letters for each thing to write."""

    sheet: str
    rows: Mapping[str, int]
    columns: Mapping[str, str]


def locate(sheets: Mapping[str, Sheet], criteria: Collection[str], mapping: Hints) -> Layout:
    """The sheet with the most criterion ids in one column, and its columns by their headings or by the mapping."""
    if mapping.sheet and mapping.sheet not in sheets:
        raise CollectorError(
            f"the workbook has no sheet {mapping.sheet!r}",
            "questionnaire.sheet in the config; it has " + ", ".join(sheets),
        )
    names = {mapping.ids.get(c, c).strip().casefold(): c for c in criteria}
    best: tuple[str, str, dict[str, int]] = ("", "", {})
    for title, sheet in sheets.items():
        if mapping.sheet and title != mapping.sheet:
            continue
        for column, rows in _id_columns(sheet, names, mapping.columns.get("id", "")).items():
            if len(rows) > len(best[2]):
                best = (title, column, rows)
    title, id_column, rows = best
    if not rows:
        raise CollectorError(
            "no criterion id stands in any sheet of the workbook",
            "put the ids in a column, or name yours under [questionnaire] ids in the config",
        )
    columns = {**_headed(sheets[title], min(rows.values()), id_column, mapping.header_row), **_given(mapping)}
    if "answer" not in columns:
        raise CollectorError(
            f"no column of sheet {title!r} is headed answer, response or result",
            "set questionnaire.answer_column in the config",
        )
    return Layout(title, rows, {k: v for k, v in columns.items() if k != "id"})


def _given(mapping: Hints) -> dict[str, str]:
    return {k: v.upper() for k, v in mapping.columns.items() if v}


def _id_columns(sheet: Sheet, names: Mapping[str, str], only: str) -> dict[str, dict[str, int]]:
    """Per column the rows in which each criterion's id stands, the first of a repeated one."""
    found: dict[str, dict[str, int]] = {}
    for ref, cell in sheet.cells.items():
        criterion = names.get(cell.text.strip().casefold())
        if criterion:
            column, row = split_ref(ref)
            if not only or column == only.upper():
                found.setdefault(column, {}).setdefault(criterion, row)
    return found


def _headed(sheet: Sheet, first: int, id_column: str, header_row: int | None) -> dict[str, str]:
    """Columns by their headings: the row that says most of them, of those above the first id."""
    by_row: dict[int, dict[str, str]] = {}
    for ref, cell in sheet.cells.items():
        column, row = split_ref(ref)
        if column == id_column or not cell.text or row >= first or (header_row and row != header_row):
            continue
        meaning = column_of(cell.text)
        # A banner over several columns is no heading: a long text says what a sheet is, not what a column holds.
        if meaning and len(cell.text) <= 60:
            columns = by_row.setdefault(row, {})
            if meaning not in columns or column_number(column) < column_number(columns[meaning]):
                columns[meaning] = column
    return max(by_row.items(), key=lambda item: (len(item[1]), item[0]), default=(0, {}))[1]


def merged_home(sheet: Sheet, ref: str) -> str:
    """The cell that shows what is written to ``ref``: the first of the merged range that it lies in, or itself."""
    column, row = split_ref(ref)
    for area in sheet.merges:
        first, _, last = area.partition(":")
        (c1, r1), (c2, r2) = split_ref(first), split_ref(last or first)
        if r1 <= row <= r2 and column_number(c1) <= column_number(column) <= column_number(c2):
            return first
    return ref


def cells_of(area: str) -> list[str]:
    """Every cell of a range such as ``A2:B4``."""
    first, _, last = area.replace("$", "").partition(":")
    (c1, r1), (c2, r2) = split_ref(first), split_ref(last or first)
    return [
        f"{column_letters(c)}{r}" for r in range(r1, r2 + 1) for c in range(column_number(c1), column_number(c2) + 1)
    ]


def covers(areas: str, ref: str) -> bool:
    """Whether a cell lies in one of the blank-parted ranges of a validation."""
    column, row = split_ref(ref)
    for area in areas.replace("$", "").split():
        first, _, last = area.partition(":")
        try:
            (c1, r1), (c2, r2) = split_ref(first), split_ref(last or first)
        except ValueError:  # a whole column or row: A:A, 3:3
            c1, c2 = first.strip("0123456789"), (last or first).strip("0123456789")
            if c1 and column_number(c1) <= column_number(column) <= column_number(c2):
                return True
            continue
        if r1 <= row <= r2 and column_number(c1) <= column_number(column) <= column_number(c2):
            return True
    return False
