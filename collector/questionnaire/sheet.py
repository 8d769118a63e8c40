"""A worksheet's XML as cells with their places in the bytes, so that cells can be replaced and nothing else moves.

Source: ECMA-376 part 1, 18.3 (SpreadsheetML worksheets). Only expat reads the XML; a DOCTYPE is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from collector.errors import CollectorError

#: Characters that XML 1.0 cannot hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CELL_LIMIT = 32_767


@dataclass(slots=True)
class Cell:
    """A cell and the bytes ``start:end`` that it takes in the sheet."""

    ref: str
    type: str = ""
    style: str = ""
    text: str = ""
    formula: bool = False
    start: int = 0
    end: int = 0

    @property
    def filled(self) -> bool:
        return bool(self.text) or self.formula


@dataclass(slots=True)
class _Row:
    number: int
    start: int
    inside: int = 0  # where its first cell begins or would
    close: int = 0  # where its end tag begins; equals `inside` in <row/>
    end: int = 0
    empty_tag: bool = False
    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A parsed worksheet."""

    data: bytes
    prefix: str
    rows: list[_Row]
    cells: dict[str, Cell]
    validations: list[tuple[str, str]]
    merges: list[str]
    data_start: int
    data_end: int
    empty_tag: bool


def split_ref(ref: str) -> tuple[str, int]:
    """``BC12`` as column letters and row number."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d+)", ref)
    if not found:
        raise ValueError(ref)
    return found[1], int(found[2])


def column_number(letters: str) -> int:
    """``A`` is 1, ``AA`` is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def secure_parser() -> expat.XMLParserType:
    """An expat parser that refuses document types, and with them every kind of entity."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise CollectorError("the workbook's XML has a DOCTYPE", "no spreadsheet program writes one; don't trust it")

    parser.StartDoctypeDeclHandler = refuse
    return parser


def parse(parser: expat.XMLParserType, data: bytes, what: str) -> None:
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise CollectorError(
            f"{what} is not well-formed XML: {error}", "open and save the workbook, then try again"
        ) from error


def read_sheet(data: bytes, strings: list[str], what: str) -> Sheet:
    """The cells of a worksheet; ``strings`` are the workbook's shared strings."""
    reader = _Reader(data, strings)
    parse(reader.parser, data, what)
    return reader.sheet


class _Reader:
    """Expat's events into a Sheet."""

    def __init__(self, data: bytes, strings: list[str]) -> None:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise CollectorError("the worksheet is UTF-16", "open and save it in a spreadsheet program")
        self.sheet = Sheet(data, "", [], {}, [], [], 0, 0, False)
        self.parser = secure_parser()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._strings = strings
        self._cell: Cell | None = None
        self._row: _Row | None = None
        self._path: list[str] = []
        self._value: list[str] = []
        self._formula: list[str] = []
        self._sqref = ""
        self._list = False

    def _tag_end(self) -> tuple[int, bool]:
        """The byte after the start tag at the parser's place, and whether it closes itself."""
        place, data, quote = self.parser.CurrentByteIndex, self.sheet.data, 0
        while True:
            byte = data[place]
            if quote:
                quote = 0 if byte == quote else quote
            elif byte in b"\"'":
                quote = byte
            elif byte == 0x3E:
                return place + 1, data[place - 1] == 0x2F
            place += 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        prefix, _, local = name.rpartition(":")
        self._path.append(local)
        if local == "sheetData":
            self.sheet.prefix = f"{prefix}:" if prefix else ""
            self.sheet.data_start, self.sheet.empty_tag = self._tag_end()
        elif local == "row" and self._path[-2:-1] == ["sheetData"]:
            number = int(attributes.get("r") or (self.sheet.rows[-1].number + 1 if self.sheet.rows else 1))
            inside, empty = self._tag_end()
            self._row = _Row(number, self.parser.CurrentByteIndex, inside, empty_tag=empty)
        elif local == "c" and self._row is not None:
            ref = attributes.get("r") or self._next_ref(self._row)
            self._cell = Cell(ref, attributes.get("t", ""), attributes.get("s", ""), start=self.parser.CurrentByteIndex)
            self._value = []
        elif local == "f" and self._cell is not None:
            self._cell.formula = True
        elif local == "mergeCell":
            self.sheet.merges.append(attributes.get("ref", ""))
        elif local == "dataValidation":
            self._list, self._sqref, self._formula = attributes.get("type") == "list", attributes.get("sqref", ""), []

    def _next_ref(self, row: _Row) -> str:
        number = column_number(split_ref(row.cells[-1].ref)[0]) + 1 if row.cells else 1
        return f"{column_letters(number)}{row.number}"

    def _end(self, name: str) -> None:
        local = self._path.pop()
        place = self.parser.CurrentByteIndex
        if local == "sheetData":
            self.sheet.data_end = self.sheet.data_start if self.sheet.empty_tag else place
        elif local == "row" and self._row is not None:
            row, self._row = self._row, None
            row.close = row.inside if row.empty_tag else place
            row.end = row.inside if row.empty_tag else self.sheet.data.index(b">", place) + 1
            self.sheet.rows.append(row)
        elif local == "c" and self._cell is not None and self._row is not None:
            self._finish_cell(place)
        elif local == "dataValidation" and self._list:
            self.sheet.validations.append((self._sqref, "".join(self._formula).strip()))

    def _finish_cell(self, place: int) -> None:
        cell, self._cell = self._cell, None
        if cell is None or self._row is None:
            return
        # For <c/> expat puts the end at the tag itself: then the tag's own end is the cell's.
        cell.end = self.sheet.data.index(b">", place) + 1
        text = "".join(self._value)
        if cell.type == "s":
            text = self._strings[int(text)] if text.strip().isdigit() and int(text) < len(self._strings) else ""
        cell.text = text
        self._row.cells.append(cell)
        self.sheet.cells[cell.ref] = cell

    def _characters(self, text: str) -> None:
        here = self._path[-1]
        if self._cell is not None:
            if here == "v" or (here == "t" and "rPh" not in self._path):
                self._value.append(text)
        elif here == "formula1" or (here == "f" and "formula1" in self._path):
            self._formula.append(text)
        elif here == "sqref":
            self._sqref += text


def column_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def write_cells(sheet: Sheet, values: Mapping[str, str]) -> bytes:
    """The worksheet with these cells' texts replaced or put in; every other byte stays as it was."""
    edits: list[tuple[int, int, bytes]] = []
    rows = {row.number: row for row in sheet.rows}
    fresh: dict[int, dict[str, str]] = {}
    for ref, text in values.items():
        number = split_ref(ref)[1]
        if ref in sheet.cells:
            cell = sheet.cells[ref]
            edits.append((cell.start, cell.end, _cell_xml(sheet, ref, text, cell.style)))
        else:
            fresh.setdefault(number, {})[ref] = text
    for number, cells in fresh.items():
        edits += _into_row(sheet, rows[number], cells) if number in rows else [_new_row(sheet, number, cells)]
    return _apply(sheet, edits)


def _cell_xml(sheet: Sheet, ref: str, text: str, style: str = "") -> bytes:
    p = sheet.prefix
    styled = f' s="{style}"' if style else ""
    clean = escape(_ILLEGAL.sub("", text)[:_CELL_LIMIT])
    xml = f'<{p}c r="{ref}"{styled} t="inlineStr"><{p}is><{p}t xml:space="preserve">{clean}</{p}t></{p}is></{p}c>'
    return xml.encode()


def _into_row(sheet: Sheet, row: _Row, cells: Mapping[str, str]) -> list[tuple[int, int, bytes]]:
    """New cells at their places among the row's own, which must stay sorted by column."""
    if row.empty_tag:
        inner = b"".join(_cell_xml(sheet, ref, cells[ref]) for ref in sorted(cells, key=_column_of))
        tag = sheet.data[row.start : row.inside]
        return [(row.start, row.end, tag[:-2].rstrip() + b">" + inner + f"</{sheet.prefix}row>".encode())]
    edits = []
    for ref in sorted(cells, key=_column_of):
        after = next((c for c in row.cells if _column_of(c.ref) > _column_of(ref)), None)
        place = after.start if after else row.close
        edits.append((place, place, _cell_xml(sheet, ref, cells[ref])))
    return edits


def _column_of(ref: str) -> int:
    return column_number(split_ref(ref)[0])


def _new_row(sheet: Sheet, number: int, cells: Mapping[str, str]) -> tuple[int, int, bytes]:
    after = next((row for row in sheet.rows if row.number > number), None)
    place = after.start if after else sheet.data_end
    inner = b"".join(_cell_xml(sheet, ref, cells[ref]) for ref in sorted(cells, key=_column_of))
    p = sheet.prefix.encode()
    return place, place, b'<%brow r="%d">%b</%brow>' % (p, number, inner, p)


def _apply(sheet: Sheet, edits: list[tuple[int, int, bytes]]) -> bytes:
    if sheet.empty_tag and edits:
        raise CollectorError("the worksheet is empty", "fill a sheet that has the questions in it")
    done, place = [], 0
    # Stable: insertions at one place keep the order they were made in.
    for start, end, new in sorted(edits, key=lambda e: (e[0], e[1])):
        done += [sheet.data[place:start], new]
        place = end
    return b"".join([*done, sheet.data[place:]])
