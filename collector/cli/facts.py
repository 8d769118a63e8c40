"""Commands that show what was read: facts, query, parse."""

from __future__ import annotations

import csv
import sys
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from collector.cli.app import ConfigOption, JsonOption, ScanOption, app, cell, note, out, print_json, say, table
from collector.cli.context import Context
from collector.errors import NotFoundError, UsageError
from collector.facts.kinds import kinds
from collector.model import from_rfc3339, json_value

AtOption = Annotated[str | None, typer.Option("--at", help="The scan that was the latest at this time (RFC 3339).")]

#: Rows that `query` shows without --csv or --json; a wrong join can make millions.
_ROWS_SHOWN = 1000
_ROWS_LIMIT = 1_000_000


def scan_number(context: Context, scan: int | None, at: str | None) -> int:
    """The scan that --scan or --at names, else the latest."""
    if scan is not None and at is not None:
        raise UsageError("--scan and --at name a scan twice", "use one of them")
    if at is None:
        return context.store.scan(scan).number
    try:
        moment: datetime = from_rfc3339(at)
    except ValueError as error:
        raise UsageError(f"{at!r} is not a time", "write it as 2026-11-23T02:30:00Z") from error
    return context.store.scan_at(moment).number


@app.command()
def facts(
    kind: Annotated[str, typer.Argument(help="A fact kind; docs/facts.md lists them.")],
    target: Annotated[str | None, typer.Option("--target", help="Of this target alone.")] = None,
    scan: ScanOption = None,
    at: AtOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The facts of one kind, and how its reading went where it was not ok."""
    known = kinds().get(kind)
    if known is None:
        raise NotFoundError(f"no fact kind {kind!r}", "there are " + ", ".join(sorted(kinds())))
    context = Context(config)
    number = scan_number(context, scan, at)
    found = list(context.store.facts(number, kind, target))
    if as_json:
        print_json([f.to_json() for f in found])
        return
    names = [n for n in known.fields if any(f.value.get(n) is not None for f in found)]
    view = table("target", *names)
    for f in found:
        view.add_row(cell(f.target), *(cell(shown(f.value.get(n))) for n in names))
    out.print(view)
    say(f"{len(found)} rows of scan {number}")
    for o in context.store.outcomes(number, target):
        if o.kind == kind and o.outcome != "ok":
            note(f"{o.target}: {o.outcome}" + (f" ({o.detail})" if o.detail else ""))


def shown(value: Any) -> str:
    """A value for people: lists with commas, nothing for what is not known."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(v) for v in value)
    return str(json_value(value))


@app.command()
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT over the fact tables.")],
    scan: ScanOption = None,
    at: AtOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """SQL over the fact tables, read-only; the model's views can be used too."""
    from collector.pipeline import tables_of

    context = Context(config)
    number = scan_number(context, scan, at)
    tables = tables_of(context.store, number, context.config.file.lists, context.model.view_sql)
    try:
        columns, rows = tables.query(sql, limit=_ROWS_LIMIT, seconds=60)
    finally:
        tables.close()
    if as_json:
        print_json([dict(zip(columns, map(json_value, row), strict=True)) for row in rows])
    elif as_csv:
        from collector.questionnaire.fill import harmless

        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([harmless(v) if isinstance(v, str) else shown(v) for v in row] for row in rows)
    else:
        view = table(*columns)
        for row in rows[:_ROWS_SHOWN]:
            view.add_row(*(cell(shown(v)) for v in row))
        out.print(view)
        more = f", {_ROWS_SHOWN} shown: --csv or --json prints all" if len(rows) > _ROWS_SHOWN else ""
        say(f"{len(rows)} rows of scan {number}{more}")


@app.command()
def parse(
    files: Annotated[list[Path] | None, typer.Argument(help="Recorded replies.")] = None,
    platform: Annotated[str | None, typer.Option("--platform", help="Whose command-line replies they are.")] = None,
    command: Annotated[str | None, typer.Option("--command", help="The command that they answer.")] = None,
    snmprec: Annotated[list[Path] | None, typer.Option("--snmprec", help="Recorded SNMP agents.")] = None,
    probe: Annotated[str | None, typer.Option("--probe", help="A probe's name, with --request.")] = None,
    request: Annotated[str | None, typer.Option("--request", help="One of its requests.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Facts read from recorded replies. Touches no network, no store and needs no configuration."""
    from collector.data import probe_folders
    from collector.parse.files import parse_file, parse_request
    from collector.parse.recorded import parse_snmprec
    from collector.probes.definition import load_probes

    given = files or []
    probes = load_probes(probe_folders())
    if snmprec and not (platform or command or probe or request):
        # typer takes one value an option: what follows the first file lands among the arguments
        results = [parse_snmprec(f, probes) for f in chain(snmprec, given)]
    elif given and platform and command and not (snmprec or probe or request):
        results = [parse_file(f, probes, platform, command) for f in given]
    elif given and probe and request and not (snmprec or platform or command):
        results = [parse_request(f, probes, probe, request) for f in given]
    else:
        raise UsageError(
            "say what the files are",
            "FILE... --platform P --command CMD, --snmprec FILE..., or FILE... --probe P --request R",
        )
    if as_json:
        print_json({"files": [r.to_json() for r in results]})
        return
    from collector.cli.readings import show_results

    show_results(results, shown)
