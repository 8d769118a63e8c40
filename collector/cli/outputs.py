"""Commands that write for people outside: fill, report."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import ConfigOption, JsonOption, ScanOption, app, note, print_json, say
from collector.cli.context import Context
from collector.errors import UsageError


@app.command()
def fill(
    workbook: Annotated[Path, typer.Argument(help="A questionnaire, XLSX or CSV.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The filled copy.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace what a person typed.")] = False,
    scan: ScanOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Pre-fill a questionnaire; what a person typed and everything else in it stay as they are."""
    from collector.pipeline import answers_of
    from collector.questionnaire.fill import fill as write
    from collector.questionnaire.locate import Hints

    context = Context(config)
    told = context.config.file.questionnaire
    columns = ("id", "question", "answer", "share", "reason", "evidence", "date")
    hints = Hints(
        sheet=told.sheet,
        header_row=told.header_row,
        columns={name: letters for name in columns if (letters := getattr(told, f"{name}_column"))},
        words={str(answer): word for answer, word in told.words.items()},
        ids=told.ids,
    )
    rows = [a.to_json() for a in answers_of(context.store, scan)]
    done = write(workbook, output, rows, hints, overwrite=overwrite)
    if as_json:
        print_json(
            {
                "ok": True,
                "output": str(output),
                "written": list(done.written),
                "kept": list(done.kept),
                "notes": list(done.notes),
                "missing": list(done.missing),
            }
        )
        return
    for line in done.notes:
        note(line)
    kept = f", {len(done.kept)} left as a person answered them" if done.kept else ""
    missing = f", {len(done.missing)} criteria are not in the workbook" if done.missing else ""
    say(f"{output}: {len(done.written)} criteria filled{kept}{missing}.")


FORMATS = ("html", "json", "csv")


@app.command()
def report(
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write into.")],
    formats: Annotated[
        list[str] | None, typer.Option("--format", help="html, json, csv; several times for several.")
    ] = None,
    scan: ScanOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Reports: one HTML file for people, JSON and CSV for programs."""
    from collector.pipeline import content_of
    from collector.questionnaire.fill import harmless
    from collector.report.html import render

    wanted = formats or ["html"]
    strange = [f for f in wanted if f not in FORMATS]
    if strange:
        raise UsageError(f"no report format {strange[0]!r}", "there are " + ", ".join(FORMATS))
    context = Context(config)
    content = content_of(context.store, scan, context.model, context.config.file.organisation.name)
    output.mkdir(parents=True, exist_ok=True)
    texts = {}
    if "html" in wanted:
        texts["report.html"] = render(content)
    if "json" in wanted:
        document = {
            "scan": content.scan,
            "score": content.score,
            "answers": content.answers,
            "targets": content.targets,
            "conflicts": content.conflicts,
        }
        texts["report.json"] = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    if "csv" in wanted:
        buffer = io.StringIO()
        names = ("criterion", "domain", "stage", "question", "final", "low", "high", "reason", "observed_at", "mode")
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([harmless(str(a[n] if a[n] is not None else "")) for n in names] for a in content.answers)
        texts["answers.csv"] = buffer.getvalue()
    for name, text in texts.items():
        (output / name).write_text(text, encoding="utf-8")
    if as_json:
        print_json({"ok": True, "files": [str(output / name) for name in texts]})
        return
    for name in texts:
        say(f"Wrote {output / name}")
