"""The typer application and what all commands share: where the config is, how to print, how errors look."""

from __future__ import annotations

import json
import os
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from collector.errors import CollectorError
from collector.report.text import plain

app = typer.Typer(
    name="collector",
    help="Reads a hospital's infrastructure, read-only, keeps the evidence, and answers the INFRAM criteria from it. "
    "Indicative pre-assessment, not a HIMSS validation.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="The configuration; default config.toml here, then $COLLECTOR_CONFIG."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
ScanOption = Annotated[int | None, typer.Option("--scan", help="A stored scan's number; default the latest.")]

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"collector {version('infra-evidence-collector')}")
        raise typer.Exit


@app.callback()
def common(
    _: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """Options of the program itself; its help is that of ``app``."""


def config_path(given: Path | None) -> Path:
    """The config to use: the option, else ``config.toml`` here, else what $COLLECTOR_CONFIG names."""
    if given is not None:
        return given
    here = Path("config.toml")
    named = os.environ.get("COLLECTOR_CONFIG")
    return here if here.exists() or not named else Path(named)


def print_json(document: Any) -> None:
    """One JSON document on stdout, whatever the terminal."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


def cell(value: Any, style: str = "") -> Text:
    """A value as a table's cell: device text is never markup and holds no control characters."""
    return Text("" if value is None else plain(value), style=style, overflow="fold")


def table(*columns: str, title: str = "") -> Table:
    return Table(*columns, title=title or None, title_justify="left", box=None, pad_edge=False, header_style="bold")


def say(text: str, style: str = "") -> None:
    """A line for people on stdout."""
    out.print(Text(plain(text), style=style), soft_wrap=True)


def note(text: str) -> None:
    """A line beside the result, on stderr."""
    err.print(Text(plain(text)), soft_wrap=True)


def say_error(error: CollectorError) -> None:
    """An error as people see it: what is wrong, every single mistake, what to do next."""
    err.print(Text.assemble(("Error: ", "bold red"), plain(error.message)), soft_wrap=True)
    for mistake in getattr(error, "mistakes", ()):
        err.print(Text("  " + plain(mistake)), soft_wrap=True)
    if error.hint:
        err.print(Text.assemble(("Hint: ", "bold"), plain(error.hint)), soft_wrap=True)


STYLES = {
    "yes": "green",
    "pass": "green",
    "ok": "green",
    "partial": "yellow",
    "no": "red",
    "fail": "red",
    "unknown": "blue",
    "not_applicable": "dim",
}
