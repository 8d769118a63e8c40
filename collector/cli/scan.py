"""Commands that make scans and list them: scan, import, scans, reparse, rescore."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from collector.cli import readings
from collector.cli.app import ConfigOption, JsonOption, ScanOption, app, cell, err, note, out, print_json, say, table
from collector.cli.context import Context
from collector.errors import NotFoundError, UsageError
from collector.model import Outcome, Target, rfc3339
from collector.report.text import band_sentence, moment


@app.command()
def scan(
    site: Annotated[list[str] | None, typer.Option("--site", help="Only targets of this site.")] = None,
    role: Annotated[list[str] | None, typer.Option("--role", help="Only targets of this role.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Only targets with this tag.")] = None,
    target: Annotated[list[str] | None, typer.Option("--target", help="Only this target.")] = None,
    family: Annotated[list[str] | None, typer.Option("--family", help="Only targets of this family.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the scan that was interrupted.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be read, and read nothing.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read all targets, keep the evidence, answer the criteria: the main job."""
    context = Context(config)
    chosen = context.inventory.select(
        sites=tuple(site or ()),
        roles=tuple(role or ()),
        tags=tuple(tag or ()),
        names=tuple(target or ()),
        families=tuple(family or ()),
    )
    if not chosen:
        raise UsageError("no target is left to scan", "`collector targets` lists them with site, role and family")
    if dry_run:
        _dry_run(context, chosen, as_json)
        return
    from collector.scan.lock import scan_lock

    _ = context.model  # a model that does not load must not cost a night's scan
    with scan_lock(context.store_folder / f".{_store_name(context)}.lock"):
        code = _scan(context, chosen, resume, as_json)
    if code:
        raise typer.Exit(code)


def _store_name(context: Context) -> str:
    url = context.config.store_url
    return Path(url).name if url.startswith("sqlite:///") else "collector"


def _dry_run(context: Context, chosen: tuple[Target, ...], as_json: bool) -> None:
    from collector.scan.plan import plan

    rows = plan(chosen, context.probes)
    if as_json:
        print_json(rows)
        return
    requests = sum(len(r["requests"]) for r in rows)
    say(f"Would send {requests} requests to {len(chosen)} targets; `collector plan` prints them. Nothing was sent.")


def _scan(context: Context, chosen: tuple[Target, ...], resume: bool, as_json: bool) -> int:
    """Runs or goes on with a scan; the exit code of INTERFACE."""
    from collector.evidence.marks import load_key
    from collector.evidence.redact import redact
    from collector.scan import ScanInterrupted, ScanOptions, run_scan
    from collector.scan.progress import observer

    credentials = context.credentials(chosen)
    number, skip = _begin(context, chosen, resume)
    told = context.config.file.scan
    options = ScanOptions(
        processes=told.processes,
        threads=told.threads,
        snmp_in_flight=told.snmp_in_flight,
        max_refusals=told.max_refusals,
        skip=frozenset(skip),
        redact=partial(
            redact, key=load_key(context.store_folder), hashing=context.config.file.privacy.clients == "hashed"
        ),
    )
    wanted = [t for t in chosen if t.name not in skip]
    try:
        run_scan(wanted, context.probes, credentials, _Sink(context, number), options, [observer(err)])
    except ScanInterrupted:
        context.store.finish_scan(number, datetime.now(UTC), "interrupted")
        _finish(context, number, as_json)
        note("Interrupted. What was read is kept; `collector scan --resume` goes on.")
        return 130
    context.store.finish_scan(number, datetime.now(UTC))
    summary = _finish(context, number, as_json)
    if summary["targets"]["ok"] == 0:
        return 4
    return 3 if summary["targets"]["failed"] else 0


class _Sink:
    """Where finished targets go: into the store, one transaction each."""

    def __init__(self, context: Context, number: int) -> None:
        self._store, self._number = context.store, number

    def save_target(self, result: Any) -> None:
        self._store.save_target(self._number, result)


def _begin(context: Context, chosen: tuple[Target, ...], resume: bool) -> tuple[int, set[str]]:
    """A new scan's number; or the interrupted one's, with the targets that it has already."""
    if not resume:
        return context.store.begin_scan("scan", datetime.now(UTC), context.config.digest, chosen), set()
    last = context.store.scan()
    if last.kind != "scan" or last.status == "finished":
        raise UsageError(f"scan {last.number} was not interrupted", "leave --resume out to start a new one")
    planned = {t.target.name for t in context.store.targets(last.number)}
    gone = sorted({t.name for t in chosen} - planned)
    if gone:
        raise UsageError(f"scan {last.number} did not plan {', '.join(gone[:5])}", "start a new scan for new targets")
    context.store.resume_scan(last.number)
    return last.number, context.store.done_targets(last.number)


def _finish(context: Context, number: int, as_json: bool) -> dict[str, Any]:
    """Answers the criteria from what was read, and says what came of the scan."""
    from collector.pipeline import assess_scan

    assess_scan(context.store, number, context.model, context.config.file.lists)
    summary = summary_of(context, number)
    if as_json:
        print_json(summary)
    else:
        show_summary(context, summary)
    return summary


def summary_of(context: Context, number: int) -> dict[str, Any]:
    """A stored scan as `scan --json` says it."""
    from collector.pipeline import score_of

    row, counts = context.store.scan(number), context.store.counts(number)
    stored = context.store.targets(number)
    ok = sum(1 for t in stored if t.status == "ok")
    failures = [
        {
            "target": t.target.name,
            "outcome": (t.outcome or Outcome.NOT_COLLECTED).value,
            "detail": t.detail or ("the scan was interrupted before it" if t.status == "planned" else ""),
        }
        for t in stored
        if t.status != "ok"
    ]
    failed = {f["target"] for f in failures}
    failures += [  # a device that answered what nobody understood
        {"target": o.target, "outcome": o.outcome.value, "detail": f"{o.kind}: {o.detail}", "kind": o.kind}
        for o in context.store.outcomes(number)
        if o.outcome is Outcome.UNPARSED and o.target not in failed
    ]
    return {
        "scan": number,
        "kind": row.kind,
        "status": row.status,
        "started_at": rfc3339(row.started_at),
        "finished_at": rfc3339(row.finished_at) if row.finished_at else None,
        "targets": {"ok": ok, "failed": len(stored) - ok, "total": len(stored)},
        "outcomes": {o.value: counts.outcomes.get(o.value, 0) for o in Outcome},
        "facts": counts.facts,
        "captures": counts.captures,
        "failures": failures,
        "stage": score_of(context.store, number, context.model).band.to_json(),
    }


def show_summary(context: Context, summary: dict[str, Any]) -> None:
    from collector.pipeline import answers_of

    targets = summary["targets"]
    say(f"Scan {summary['scan']}: {targets['ok']} of {targets['total']} targets read, "
        f"{summary['facts']} facts from {summary['captures']} captures.", "bold")  # fmt: skip
    kinds = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in summary["outcomes"].items() if n)
    say(f"Fact kinds by target: {kinds or 'none'}.")
    for line in readings.failure_lines(summary["failures"]):
        say(f"  {line}", "red")
    conflicts: dict[str, int] = {}
    for fact in context.store.facts(summary["scan"], "reading_conflict"):
        conflicts[fact.target] = conflicts.get(fact.target, 0) + 1
    for name, count in conflicts.items():
        say(f"  {name}: {count} reading{'s' if count > 1 else ''} disagree{'' if count > 1 else 's'}; "
            f"see `collector facts reading_conflict --target {name}`", "yellow")  # fmt: skip
    unknown = sum(1 for a in answers_of(context.store, summary["scan"]) if a.final == "unknown")
    say(band_sentence(summary, unknown))
    say(
        "Next: `collector score`, `collector answers`, `collector explain CRITERION`, `collector report -o FOLDER`.",
        "dim",
    )


@app.command("import")
def import_(
    directory: Annotated[Path, typer.Argument(help="A folder of recorded replies, a subfolder a target.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a scan of a folder of recorded replies, exactly as if it had been read live."""
    from collector.evidence.folder import import_folder
    from collector.evidence.marks import load_key
    from collector.parse.engine import parse_target
    from collector.store import TargetResult

    context = Context(config)
    found = import_folder(directory, context.probes, load_key(context.store_folder))
    if not found.targets:
        raise NotFoundError(
            f"{directory} holds no target", "it needs DIR/TARGET/target.toml or recorded files in DIR/TARGET/"
        )
    number = context.store.begin_scan(
        "import", datetime.now(UTC), context.config.digest, [t.target for t in found.targets]
    )
    for imported in found.targets:
        parsed = parse_target(context.probes, imported.captures)
        good = any(c.outcome is Outcome.OK for c in imported.captures)
        outcome = Outcome.OK if good else next((c.outcome for c in imported.captures), Outcome.NOT_COLLECTED)
        detail = "" if good else next((c.detail for c in imported.captures), "no recorded reply was recognised")
        status = "ok" if good else "failed"
        result = TargetResult(imported.target, status, outcome, detail, tuple(imported.captures), parsed)
        context.store.save_target(number, result)
    context.store.finish_scan(number, datetime.now(UTC))
    for line in found.notes:
        note(line)
    summary = _finish(context, number, as_json)
    if summary["targets"]["ok"] == 0:
        raise typer.Exit(4)
    if summary["targets"]["failed"]:
        raise typer.Exit(3)


@app.command()
def scans(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Stored scans with counts and outcomes."""
    context = Context(config)
    rows: list[dict[str, Any]] = []
    for row in context.store.scans():
        counts = context.store.counts(row.number)
        total = sum(counts.targets.values())
        ok = counts.targets.get("ok", 0)
        rows.append(
            {
                "scan": row.number,
                "kind": row.kind,
                "status": row.status,
                "started_at": rfc3339(row.started_at),
                "finished_at": rfc3339(row.finished_at) if row.finished_at else None,
                "targets": {"ok": ok, "failed": total - ok, "total": total},
                "outcomes": {o.value: counts.outcomes.get(o.value, 0) for o in Outcome},
                "facts": counts.facts,
                "captures": counts.captures,
            }
        )
    if as_json:
        print_json(rows)
        return
    view = table("Scan", "Kind", "Status", "Started (UTC)", "Targets", "Facts", "Captures", "Not read")
    for r in rows:
        bad = sum(n for word, n in r["outcomes"].items() if word != "ok")
        view.add_row(
            *(cell(r[n]) for n in ("scan", "kind", "status")),
            cell(moment(r["started_at"]).removesuffix(" UTC")),
            cell(f"{r['targets']['ok']} of {r['targets']['total']}"),
            *(cell(v) for v in (r["facts"], r["captures"], bad)),
        )
    out.print(view)
    if not rows:
        say("No scan yet: `collector scan` makes one.")


@app.command()
def reparse(scan: ScanOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Stored captures through today's parsers, then through today's rules."""
    from collector.evidence.reparse import reparse as again
    from collector.pipeline import assess_scan

    context = Context(config)
    number = context.store.scan(scan).number
    changed = again(context.store, number, context.probes)
    assess_scan(context.store, number, context.model, context.config.file.lists)
    if as_json:
        print_json({"ok": True, "scan": number, **changed.to_json()})
        return
    say(f"Scan {number} parsed again: {changed.sentence()}")


@app.command()
def rescore(scan: ScanOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Stored facts through today's rules."""
    from collector.pipeline import answers_of, assess_scan, score_of

    context = Context(config)
    number = context.store.scan(scan).number
    try:
        before = {a.criterion: a.final for a in answers_of(context.store, number)}
    except NotFoundError:
        before = {}
    found = assess_scan(context.store, number, context.model, context.config.file.lists)
    changed = [a.criterion for a in found.answers if before.get(a.criterion) != a.final]
    band = score_of(context.store, number, context.model).band.to_json()
    if as_json:
        print_json({"ok": True, "scan": number, "changed": changed, "stage": band})
        return
    say(f"Scan {number} answered again: {len(changed)} of {len(found.answers)} answers changed"
        + (": " + ", ".join(changed[:20]) if changed else "") + f". Stage band {band['low']}-{band['high']}.")  # fmt: skip
