"""Commands that show what the facts mean: answers, explain, score, drift."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from collector.cli.app import STYLES, ConfigOption, JsonOption, ScanOption, app, cell, note, out, print_json, say, table
from collector.cli.context import Context
from collector.errors import UsageError
from collector.report.text import band_sentence, brief, share_sentence, unknown_reasons

_ITEMS_SHOWN = 40


@app.command()
def answers(
    domain: Annotated[str | None, typer.Option("--domain", help="One domain's.")] = None,
    stage: Annotated[int | None, typer.Option("--stage", help="One stage's.")] = None,
    answer: Annotated[str | None, typer.Option("--answer", help="yes, partial, no, unknown or not_applicable.")] = None,
    scan: ScanOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """The answers."""
    from collector.pipeline import answers_of

    context = Context(config)
    domains = [d.id for d in context.model.domains]
    if domain is not None and domain not in domains:
        raise UsageError(f"no domain {domain!r}", "there are " + ", ".join(domains))
    if answer is not None and answer not in ("yes", "partial", "no", "unknown", "not_applicable"):
        raise UsageError(f"no answer is {answer!r}", "yes, partial, no, unknown or not_applicable")
    rows = [
        a.to_json()
        for a in answers_of(context.store, scan)
        if (domain is None or a.domain == domain)
        and (stage is None or a.stage == stage)
        and (answer is None or a.final == answer)
    ]
    if as_json:
        print_json(rows)
        return
    view = table("Criterion", "Answer", "Question", "Why")
    for row in rows:
        view.add_row(
            cell(row["criterion"], "bold"),
            cell(row["final"], STYLES[row["final"]]),
            cell(row["question"]),
            cell(row["reason"]),
        )
    out.print(view)
    say(f"{len(rows)} answers")


@app.command()
def explain(
    criterion: Annotated[str, typer.Argument(help="A criterion's id; `collector answers` lists them.")],
    scan: ScanOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """One answer opened down to its evidence."""
    from collector.pipeline import explain_of

    context = Context(config)
    found = explain_of(context.store, scan, context.model, criterion)
    if as_json:
        print_json(found)
        return
    show_explanation(found)


def show_explanation(found: dict[str, Any]) -> None:
    say(f"{found['criterion']}: {found['question']}", "bold")
    say(found["final"].replace("_", " "), STYLES[found["final"]] + " bold")
    say(found["reason"])
    if found["final"] == "unknown":
        say(f"Between {found['low']} and {found['high']}.")
    if found["share"]:
        say(f"Share: {share_sentence(found['share'])}")
    if found["mode"] == "partly" and not found["confirmed"]:
        say("A draft: " + (found.get("confirm") or "a person has to confirm it") + ".", "yellow")
    for heading, key in (("Yes when", "yes"), ("Partial when", "partial"), ("Proof", "proof"), ("Who knows", "who")):
        if found["help"].get(key):
            say(f"{heading}: {found['help'][key]}", "dim")
    if found["verdicts"]:
        order = {"fail": 0, "unknown": 1, "not_applicable": 2, "pass": 3}
        view = table("Item", "Verdict", "Why", "Evidence")
        for v in sorted(found["verdicts"], key=lambda v: order[v["verdict"]])[:_ITEMS_SHOWN]:
            item = v["item"] if v["item"] in ("", v["target"]) or not v["target"] else f"{v['item']} ({v['target']})"
            name = item or f"{v['target']}: {v.get('count', 1)} not seen"
            hashes = " ".join(e.removeprefix("sha256:")[:12] for e in v["evidence"][:2])
            view.add_row(cell(name), cell(v["verdict"], STYLES[v["verdict"]]), cell(v["why"]), cell(hashes, "dim"))
        out.print()
        out.print(view)
        if len(found["verdicts"]) > _ITEMS_SHOWN:
            say(f"and {len(found['verdicts']) - _ITEMS_SHOWN} more items: --json prints all")
    if found["evidence"]:
        say(
            "\nOpen the bytes with: collector evidence show " + found["evidence"][0].removeprefix("sha256:")[:12], "dim"
        )
    if found["rule_text"]:
        say(f"Rule {found['rule'][:19]} in {found['rule_file']}; --json prints it.", "dim")


@app.command()
def score(scan: ScanOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """The stage band, stages, domains, coverage and roadmap."""
    from collector.pipeline import answers_of, score_of

    context = Context(config)
    found = score_of(context.store, scan, context.model).to_json()
    if as_json:
        print_json(found)
        return
    rows = [a.to_json() for a in answers_of(context.store, scan)]
    show_score(found, rows, {d.id: d.title for d in context.model.domains})


def show_score(found: dict[str, Any], rows: list[dict[str, Any]], titles: dict[str, str]) -> None:
    """A score on the terminal."""
    unknown = sum(1 for r in rows if r["final"] == "unknown")
    say(band_sentence(found, unknown), "bold")
    say(f"Scan {found['scan']}, model {found['model']}. This is an {found['disclaimer']}.", "dim")
    out.print()
    view = table("Domain", "Proven", "Possible", "")
    for d in found["domains"]:
        view.add_row(
            cell(titles[d["domain"]]),
            cell(f"{d['low']:.2f}"),
            cell(f"{d['high']:.2f}"),
            cell(bar(d["low"], d["high"], 7)),
        )
    out.print(view)
    out.print()
    view = table("Stage", "Proven", "Possible", "Answered", "")
    for s in found["stages"]:
        answered = f"{s['answered']:g} of {s['applicable']:g}"
        view.add_row(
            cell(s["stage"]),
            cell(f"{s['low']:.0%}"),
            cell(f"{s['high']:.0%}"),
            cell(answered),
            cell(bar(s["low"], s["high"], 1)),
        )
    out.print(view)
    if found["coverage"] is not None:
        say(f"\nCoverage: {found['coverage']:.1%} of the planned fact kinds were read.")
    for reason, count in unknown_reasons(rows):
        say(f"{count} unknown: {reason}")
    if found["roadmap"]:
        say(f"\nRoadmap: the fewest criteria that reach stage {found['stage']['low'] + 1}", "bold")
        questions = {r["criterion"]: r["question"] for r in rows}
        view = table("Criterion", "Now", "What it takes", "Points", "Question")
        for step in found["roadmap"]:
            takes = "mend what fails" if step["because"] == "fails" else "find out"
            view.add_row(
                cell(step["criterion"], "bold"),
                cell(step["answer"], STYLES[step["answer"]]),
                cell(takes),
                cell(f"+{step['gain']:g}"),
                cell(questions.get(step["criterion"], "")),
            )
        out.print(view)


def bar(low: float, high: float, full: float, width: int = 28) -> str:
    """Proven as solid, possible as shaded blocks."""
    solid = int(low / full * width)
    return "█" * solid + "▒" * (int(high / full * width) - solid)


@app.command()
def drift(
    before: Annotated[
        int | None, typer.Argument(metavar="[FROM]", help="The earlier scan; default the last but one.")
    ] = None,
    after: Annotated[int | None, typer.Argument(metavar="[TO]", help="The later scan; default the last.")] = None,
    fail_on: Annotated[str | None, typer.Option("--fail-on", help="regression: end with exit code 5 on one.")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """What changed between two scans, by cause."""
    from collector.pipeline import drift_of, previous_scan

    if fail_on not in (None, "regression"):
        raise UsageError(f"--fail-on {fail_on}: not known", "there is: regression")
    context = Context(config)
    last = context.store.scan(after).number
    first = context.store.scan(before).number if before is not None else previous_scan(context.store, last)
    if first is None:
        raise UsageError("there is only one scan", "drift needs two; run `collector scan` again")
    found = drift_of(context.store, first, last, context.model)
    document = found.to_json()
    if as_json:
        print_json(document)
    else:
        show_drift(document)
    if fail_on == "regression" and found.regressed:
        raise typer.Exit(5)


def show_drift(found: dict[str, Any]) -> None:
    facts = found["facts"]
    was, now = found["stage"]["from"], found["stage"]["to"]
    say(f"Scan {found['from']} to scan {found['to']}", "bold")
    say(f"Stage band {was['low']}-{was['high']} to {now['low']}-{now['high']}. "
        f"Facts: {facts['added']} added, {facts['removed']} removed, {facts['changed']} changed.")  # fmt: skip
    if not found["answers"]:
        say("No answer changed.")
    for change in found["answers"]:
        style = {"better": "green", "worse": "red"}.get(change["direction"], "blue")
        say(f"\n{change['criterion']}: {change['from']} → {change['to']} ({change['direction']})", style)
        reason = change.get("reason")
        if reason:
            say(f"  was: {reason['from']}")
            say(f"  is:  {reason['to']}")
        for cause in change["causes"][:12]:
            place = " ".join(str(cause[k]) for k in ("target", "kind", "key", "field") if cause[k])
            sides = (brief(cause[side], cause["field"]) for side in ("from", "to"))
            say(f"  {cause['cause']}: {place}: {' → '.join(sides)}")
        if len(change["causes"]) > 12:
            note(f"  and {len(change['causes']) - 12} more causes: --json prints all")
