"""Commands over the raw evidence: show, list, verify, export."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import ConfigOption, JsonOption, ScanOption, app, cell, out, print_json, say, table
from collector.cli.context import Context
from collector.cli.setup import show_checks
from collector.model import Transport, digest, rfc3339
from collector.report.text import asked, plain
from collector.store import StoredCapture

evidence = typer.Typer(no_args_is_help=True, help="The raw evidence; verify recomputes every hash.")
app.add_typer(evidence, name="evidence")


def document(capture: StoredCapture) -> dict[str, object]:
    return {
        "scan": capture.scan,
        "target": capture.target,
        "transport": capture.transport.value,
        "probe": capture.probe,
        "probe_version": capture.probe_version,
        "request": capture.request,
        "page": capture.page,
        "verb": capture.verb,
        "what": capture.what,
        "account": capture.account,
        "at": rfc3339(capture.at),
        "outcome": capture.outcome.value,
        "detail": capture.detail,
        "evidence": capture.evidence,
        "size": capture.size,
    }


@evidence.command("show")
def show(
    sha: Annotated[str, typer.Argument(help="A SHA-256, or its first eight or more digits.")],
    raw: Annotated[bool, typer.Option("--raw", help="The bytes alone, unchanged: for a file, not a terminal.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """One reply, redacted as it is stored, and where it came from."""
    store = Context(config).store
    body, captures = store.body(sha), store.captures_of(sha)
    whole = digest(body)
    if raw:
        sys.stdout.buffer.write(body)
        return
    text = body.decode("utf-8", "replace")
    if as_json:
        print_json({"evidence": whole, "size": len(body), "captures": [document(c) for c in captures], "body": text})
        return
    say(whole, "bold")
    for c in captures:
        say(
            f"scan {c.scan}, {c.target}, {c.at:%Y-%m-%d %H:%M:%S} UTC, as {c.account or 'nobody'}: {asked(c.verb, c.what)}"
        )
    out.print()
    typer.echo("\n".join(plain(line) for line in text.splitlines()))


@evidence.command("list")
def list_(
    target: Annotated[str | None, typer.Option("--target", help="Of this target alone.")] = None,
    transport: Annotated[Transport | None, typer.Option("--transport", help="Over this transport alone.")] = None,
    scan: ScanOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every request of a scan and what came of it."""
    store = Context(config).store
    rows = [c for c in store.captures(scan, target) if transport is None or c.transport is transport]
    if as_json:
        print_json([document(c) for c in rows])
        return
    view = table("Target", "Asked", "Outcome", "Bytes", "SHA-256")
    for c in rows:
        what = asked(c.verb, c.what) + (f" (page {c.page + 1})" if c.page else "")
        outcome = c.outcome.value + (f": {c.detail}" if c.detail else "")
        style = "green" if c.outcome == "ok" else "red"
        view.add_row(
            cell(c.target), cell(what[:100]), cell(outcome, style), cell(c.size or ""), cell(c.evidence[7:19], "dim")
        )
    out.print(view)
    say(f"{len(rows)} captures")


@evidence.command("verify")
def verify(
    scan: Annotated[int | None, typer.Option("--scan", help="One scan; default the whole store.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Recompute every hash and follow every reference."""
    from collector.evidence.verify import verify as check

    found = check(Context(config).store, scan)
    show_checks([c.to_json() for c in found.checks], as_json)
    if not found.ok:
        raise typer.Exit(6)


@evidence.command("export")
def export(
    captures: Annotated[Path, typer.Option("--captures", help="The folder to write, a subfolder a target.")],
    target: Annotated[str | None, typer.Option("--target", help="One target's alone.")] = None,
    scan: ScanOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a scan's captures as files that `collector import` reads."""
    from collector.evidence.export import export_captures

    made = export_captures(Context(config).store, scan, captures, target)
    if as_json:
        print_json({"ok": True, "folders": [str(p) for p in made]})
        return
    say(f"Wrote {len(made)} targets' captures to {captures}")
