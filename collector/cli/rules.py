"""Commands for those who write criteria: rules check, test, list."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from collector.cli.app import ConfigOption, JsonOption, app, cell, out, print_json, say, table
from collector.cli.context import Context, load_named_model
from collector.cli.setup import show_checks
from collector.errors import DefinitionError

rules = typer.Typer(no_args_is_help=True, help="Load, bind and test the mapping files.")
app.add_typer(rules, name="rules")

ModelOption = Annotated[
    Path | None, typer.Option("--model", help="A model's folder; default the config's, else infram-2018.")
]


def _folder(config: Path | None, model: Path | None) -> str | Path:
    if model is not None:
        return model
    context = Context(config)
    return context.config.file.model.name if context.path.exists() else "infram-2018"


def _load(config: Path | None, model: Path | None):  # type: ignore[no-untyped-def]
    from collector.assess import load_model

    wanted = _folder(config, model)
    return load_model(wanted) if isinstance(wanted, Path) else load_named_model(wanted)


@rules.command("check")
def check(model: ModelOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Load the model and bind every rule against the empty fact tables."""
    try:
        found = _load(config, model)
    except DefinitionError as error:
        mistakes = getattr(error, "mistakes", ()) or (error.message,)
        show_checks([{"name": "model", "ok": False, "detail": m, "hint": error.hint} for m in mistakes], as_json)
        raise typer.Exit(2) from error
    with_rule = sum(1 for c in found.criteria if c.rule is not None)
    detail = f"{len(found.criteria)} criteria, {with_rule} with rules, all bound"
    show_checks([{"name": found.name, "ok": True, "detail": detail, "hint": ""}], as_json)


@rules.command("test")
def test(
    criterion: Annotated[str | None, typer.Argument(help="One criterion; default all.")] = None,
    model: ModelOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run every rule's cases."""
    from collector.assess.cases import run_cases

    checks = [c.to_json() for c in run_cases(_load(config, model), criterion)]
    if as_json:
        show_checks(checks, as_json=True)
    else:
        failed = [c for c in checks if not c["ok"]]
        if failed:
            show_checks(failed, as_json=False)
        say(f"{len(checks) - len(failed)} of {len(checks)} cases pass.")
    if not all(c["ok"] for c in checks):
        raise typer.Exit(1)


@rules.command("list")
def list_(model: ModelOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """The criteria, who can answer them, and the fact kinds that their rules need."""
    found = _load(config, model)
    rows = [
        {
            "criterion": c.id,
            "domain": c.domain,
            "stage": c.stage,
            "mode": c.mode.value,
            "needs": list(c.rule.needs) if c.rule else [],
            "rule": c.hash or None,
            "question": c.question,
        }
        for c in found.criteria
    ]
    if as_json:
        print_json(rows)
        return
    view = table("Criterion", "Mode", "Needs", "Question")
    for row in rows:
        view.add_row(
            cell(row["criterion"], "bold"),
            cell(row["mode"]),
            cell(", ".join(row["needs"]) or "-"),
            cell(row["question"]),
        )
    out.print(view)
    say(f"{len(rows)} criteria, {sum(1 for r in rows if r['needs'])} with rules")
