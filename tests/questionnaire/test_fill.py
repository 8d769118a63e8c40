"""Filling workbooks that spreadsheet users make: what is written, and that nothing else changes."""

import csv
import struct
import zipfile
import zlib
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from collector.errors import CollectorError
from collector.questionnaire.fill import fill
from collector.questionnaire.locate import Hints

CRITERIA = ["SEC-1-01", "SEC-1-03", "TRN-3-03", "MOB-1-01", "DC-1-02"]


def answer(criterion: str, final: str, **more: object) -> dict[str, object]:
    return {
        "criterion": criterion,
        "final": final,
        "answer": final,
        "reason": "9 of 10 access switches have two uplinks",
        "share": {"low": 0.9, "high": 0.9},
        "evidence": ["sha256:" + c * 64 for c in "abcdefg"],
        "observed_at": "2026-11-23T19:35:00Z",
        "mode": "automatic",
        "confirmed": False,
        **more,
    }


ANSWERS = [
    answer("SEC-1-01", "unknown", share=None, evidence=[], reason="no source: nothing reads a firewall"),
    answer("SEC-1-03", "yes", reason='=HYPERLINK("http://evil")'),
    answer("TRN-3-03", "partial", mode="partly"),
    answer("MOB-1-01", "no", share={"low": 0.5, "high": 0.75}),
    answer("DC-1-02", "not_applicable"),
]


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\xff\x00\x00\x00\xff\x00" * 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    """What a hospital's questionnaire may hold: lists, formats, a chart, a picture, a text box, a sparkline, rich text."""
    path = tmp_path / "asked.xlsx"
    (tmp_path / "logo.png").write_bytes(png())
    book = xlsxwriter.Workbook(str(path))
    bold = book.add_format({"bold": True})
    yellow = book.add_format({"bg_color": "#ffff00"})
    intro = book.add_worksheet("Intro & help")
    intro.write("A1", "Please answer every question.")
    intro.insert_textbox("B3", "A text box")
    sheet = book.add_worksheet("Questions")
    sheet.merge_range("A1:G1", "Assessment 2026: your answer counts", bold)
    for i, heading in enumerate(["Id", "Question", "Answer", "Measured", "Comments", "Evidence", "Date"]):
        sheet.write(2, i, heading, bold)
    for i, criterion in enumerate(CRITERIA):
        sheet.write(3 + i, 0, criterion)
        sheet.write_rich_string(3 + i, 1, "Is ", bold, "this", " so?")
        sheet.write_blank(3 + i, 2, None, yellow)
    sheet.write("E7", "typed by a person")
    sheet.data_validation("C4:C100", {"validate": "list", "source": ["Yes", "Partly", "No", "N/A"]})
    sheet.conditional_format("C4:C100", {"type": "cell", "criteria": "==", "value": '"No"', "format": yellow})
    sheet.write_formula("C20", '=COUNTIF(C4:C8,"Yes")', None, 0)
    sheet.add_sparkline("H4", {"range": "Questions!A1:A3"})
    sheet.insert_image("J2", str(tmp_path / "logo.png"))
    sheet.protect("secret")
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Questions!$C$20:$C$20"})
    sheet.insert_chart("J10", chart)
    sheet.write_comment("C4", "say yes or no")
    book.close()
    return path


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_answers_stand_in_their_cells_in_the_lists_own_words(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    done = fill(workbook, out, ANSWERS, Hints())
    sheet = openpyxl.load_workbook(out)["Questions"]
    assert [sheet[f"C{r}"].value for r in range(4, 9)] == [None, "Yes", "Partly", "No", "N/A"]
    assert [sheet[f"D{r}"].value for r in range(4, 8)] == [None, "90 %", "90 %", "50 to 75 %"]
    assert sheet["E4"].value == "no source: nothing reads a firewall"
    assert sheet["F6"].value.startswith("aaaaaaaaaaaaaaaa, ") and sheet["F6"].value.endswith("and 2 more")
    assert sheet["G6"].value == "2026-11-23"
    assert "a person has to confirm" in sheet["E6"].value
    assert done.notes == ("SEC-1-01: the cell allows no word for unknown: left empty",)


def test_a_formula_in_device_text_stays_text(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    fill(workbook, out, ANSWERS, Hints())
    cell = openpyxl.load_workbook(out)["Questions"]["E5"]
    assert cell.value == '=HYPERLINK("http://evil")'
    assert b'<c r="E5" t="inlineStr"' in parts(out)["xl/worksheets/sheet2.xml"]


def test_what_a_person_typed_is_kept_unless_told(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    fill(workbook, out, ANSWERS, Hints())
    assert openpyxl.load_workbook(out)["Questions"]["E7"].value == "typed by a person"
    again = tmp_path / "again.xlsx"
    other = [answer("MOB-1-01", "yes")]
    assert fill(out, again, other, Hints()).kept == ("MOB-1-01",)
    assert openpyxl.load_workbook(again)["Questions"]["C7"].value == "No"
    fill(out, again, other, Hints(), overwrite=True)
    assert openpyxl.load_workbook(again)["Questions"]["C7"].value == "Yes"


def test_every_other_part_has_its_bytes(workbook: Path, tmp_path: Path) -> None:
    out = tmp_path / "filled.xlsx"
    fill(workbook, out, ANSWERS, Hints())
    before, after = parts(workbook), parts(out)
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"xl/worksheets/sheet2.xml", "xl/workbook.xml"}
    # Take the filled cells out of both and the rest of the sheet is the same, byte for byte.
    import re

    cells = rb'<c r="[C-G][4-8]"(?: s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)'
    name = "xl/worksheets/sheet2.xml"
    assert re.sub(cells, b"", before[name]) == re.sub(cells, b"", after[name])
    assert b'<c r="C5" s="2" t="inlineStr">' in after[name], "the cell keeps its format"


def test_the_config_can_say_where_things_are(tmp_path: Path) -> None:
    path, out = tmp_path / "own.xlsx", tmp_path / "out.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Fragen")
    sheet.write("B5", "Q17")
    book.close()
    hints = Hints(
        sheet="Fragen", columns={"id": "B", "answer": "D"}, words={"partial": "teilweise"}, ids={"TRN-3-03": "Q17"}
    )
    done = fill(path, out, ANSWERS, hints)
    assert openpyxl.load_workbook(out)["Fragen"]["D5"].value == "teilweise"
    assert done.written == ("TRN-3-03",)
    assert "SEC-1-03" in done.missing


def test_a_list_in_another_sheet_is_read(tmp_path: Path) -> None:
    path, out = tmp_path / "lists.xlsx", tmp_path / "out.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet, lists = book.add_worksheet("Q"), book.add_worksheet("Word list's")
    lists.write_column("A1", ["Fully met", "Partially met", "Not met", "Not assessed"])
    sheet.write_row("A1", ["Id", "Response"])
    sheet.write_column("A2", CRITERIA)
    sheet.data_validation("B2:B9", {"validate": "list", "source": "='Word list''s'!$A$1:$A$4"})
    book.close()
    fill(path, out, ANSWERS, Hints())
    sheet = openpyxl.load_workbook(out)["Q"]
    assert [sheet[f"B{r}"].value for r in range(2, 6)] == ["Not assessed", "Fully met", "Partially met", "Not met"]


def test_csv_cells_never_start_a_formula(tmp_path: Path) -> None:
    path, out = tmp_path / "q.csv", tmp_path / "out.csv"
    path.write_text("Id;Question;Answer;Comment\nSEC-1-03;Clear text?;;\nMOB-1-01;APs?;Yes;mine\n")
    done = fill(path, out, ANSWERS, Hints())
    rows = list(csv.reader(out.read_text().splitlines(), delimiter=";"))
    assert rows[1] == ["SEC-1-03", "Clear text?", "Yes", '\'=HYPERLINK("http://evil")']
    assert rows[2] == ["MOB-1-01", "APs?", "Yes", "mine"]
    assert done.kept == ("MOB-1-01",)


@pytest.mark.parametrize("body", [b"not a zip", b""])
def test_what_is_no_workbook_is_said(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(body)
    with pytest.raises(CollectorError, match="not an XLSX workbook"):
        fill(path, tmp_path / "out.xlsx", ANSWERS, Hints())


def test_a_doctype_is_refused(workbook: Path, tmp_path: Path) -> None:
    evil = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(evil, "w") as archive:
        for name, data in parts(workbook).items():
            if name == "xl/worksheets/sheet2.xml":
                data = data.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1)
            archive.writestr(name, data)
    with pytest.raises(CollectorError, match="DOCTYPE"):
        fill(evil, tmp_path / "out.xlsx", ANSWERS, Hints())


def test_the_original_is_never_replaced(workbook: Path) -> None:
    with pytest.raises(CollectorError, match="would replace"):
        fill(workbook, workbook, ANSWERS, Hints())
