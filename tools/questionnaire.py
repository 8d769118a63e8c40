"""Makes the questionnaire that comes with a model: ``python -m tools.questionnaire`` writes it beside the model.

The bytes depend on the model alone, so a test can tell when the shipped workbook is out of date.
"""

from __future__ import annotations

import io
import math
from datetime import datetime
from pathlib import Path

import xlsxwriter

from collector.assess import load_model
from collector.assess.model import Model

FOLDER = Path(__file__).parents[1] / "mappings" / "infram-2018"
WORDS = ("Yes", "Partial", "No", "Unknown", "Not applicable")
#: Lines that every row has room for at least.
_LINES = 6
COLUMNS = (
    ("Id", 10),
    ("Domain", 14),
    ("Stage", 7),
    ("Question", 46),
    ("What is asked", 44),
    ("Yes when", 34),
    ("Partial when", 26),
    ("Answer", 14),
    ("Share", 11),
    ("Reason", 80),
    ("Evidence", 32),
    ("Date", 12),
    ("Remarks of the reviewer", 26),
)


def workbook(model: Model) -> bytes:
    """The workbook of a model."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": f"{model.title} questionnaire", "created": datetime(2026, 1, 1)})
    head = book.add_format(
        {"bold": True, "bg_color": "#1f5f8b", "font_color": "#ffffff", "valign": "top", "text_wrap": True}
    )
    text = book.add_format({"valign": "top", "text_wrap": True})
    middle = book.add_format({"valign": "top", "align": "center"})
    title = book.add_format({"bold": True, "font_size": 14})
    soft = book.add_format({"font_color": "#5a6877", "text_wrap": True, "valign": "top"})
    about = book.add_worksheet("About")
    about.set_column("A:A", 100, text)
    about.write("A1", f"{model.title} questionnaire", title)
    for i, line in enumerate(_about(model)):
        about.write(2 + i, 0, line, text)
    about.set_paper(9)  # A4
    about.fit_to_pages(1, 0)
    sheet = book.add_worksheet("Questionnaire")
    lists = book.add_worksheet("Lists")
    lists.write_column("A1", WORDS)
    lists.hide()
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 30)
    for i, (heading, width) in enumerate(COLUMNS):
        sheet.set_column(i, i, width, text)
        sheet.write(0, i, heading, head)
    domains = {d.id: d.title for d in model.domains}
    for row, criterion in enumerate(model.criteria, 1):
        sheet.write(row, 0, criterion.id, text)
        sheet.write(row, 1, domains[criterion.domain], text)
        sheet.write(row, 2, criterion.stage, middle)
        for column, value in enumerate((criterion.question, criterion.asked, criterion.yes, criterion.partial), 3):
            sheet.write(row, column, value, text if column == 3 else soft)
        for column in range(7, len(COLUMNS)):
            sheet.write_blank(row, column, None, text)
        # Programs differ in whether they fit rows to wrapped text on opening: the height is given, with room for a reason.
        shown = zip((criterion.question, criterion.asked, criterion.yes, criterion.partial), COLUMNS[3:7], strict=True)
        lines = max(_LINES, *(math.ceil(1.15 * len(value) / width) for value, (_, width) in shown))
        sheet.set_row(row, 15 * lines)
    last = len(model.criteria) + 1
    sheet.autofilter(0, 0, last - 1, len(COLUMNS) - 1)
    area = f"H2:H{last}"
    sheet.data_validation(area, {"validate": "list", "source": f"=Lists!$A$1:$A${len(WORDS)}"})
    for word, colour in zip(WORDS, ("#d5efdf", "#fbeccb", "#f8d7d4", "#dcdff5", "#e8eaed"), strict=True):
        shade = book.add_format({"bg_color": colour})
        sheet.conditional_format(area, {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": shade})
    sheet.hide_gridlines(0)  # printed too: they keep the rows apart
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer(f"&C{model.disclaimer}&R&P of &N")
    sheet.activate()
    book.close()
    return buffer.getvalue()


def _about(model: Model) -> list[str]:
    return [
        f"This is an {model.disclaimer}.",
        "`collector fill` writes answer, share, reason, evidence and date; what a person typed is kept.",
        "Answers are Yes, Partial, No, Unknown or Not applicable. Unknown is not no, and never yes.",
        "Not applicable leaves the denominator and needs a written reason in the reviewer's remarks.",
        "Evidence is named by the first 16 digits of a reply's SHA-256: `collector evidence show DIGITS` prints it.",
    ]


if __name__ == "__main__":
    (FOLDER / "questionnaire.xlsx").write_bytes(workbook(load_model(FOLDER)))
