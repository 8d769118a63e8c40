"""The command that makes a scan run by itself."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import ConfigOption, JsonOption, app, print_json, say
from collector.cli.context import Context
from collector.errors import UsageError
from collector.schedule import cron_line, systemd_units


@app.command()
def schedule(
    at: Annotated[str, typer.Option("--at", help="Time of day for a daily scan, as 02:30.")] = "02:30",
    cron: Annotated[bool, typer.Option("--cron", help="Print a cron line instead of systemd units.")] = False,
    directory: Annotated[
        Path | None, typer.Option("--write", help="Write the units into this folder; default: print them.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the units.")] = "collector-scan",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """A systemd service and timer, or a cron line, that scan every day with a lock against overlap."""
    context = Context(config)
    program = shutil.which("collector") or f"{sys.executable} -m collector"
    path = context.config.path
    files = {"crontab": cron_line(program, path, at)} if cron else systemd_units(program, path, at, name)
    if directory is not None and not cron:
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            if (directory / file).exists() and (directory / file).read_text() != text:
                raise UsageError(f"{directory / file} exists and differs", "remove it first, or choose another --name")
        for file, text in files.items():
            (directory / file).write_text(text)
    if as_json:
        print_json({"ok": True, "files": files, "written": str(directory) if directory and not cron else None})
        return
    for file, text in files.items():
        say(f"# {directory / file if directory and not cron else file}", "bold")
        typer.echo(text)
    if not cron:
        say(f"Then: systemctl daemon-reload && systemctl enable --now {name}.timer")
