"""Writes the generated pages under docs/: ``python -m tools.reference``. A test tells when one is out of date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer.main

from collector.assess import load_model
from collector.assess.model import Mode, Model
from collector.cli import load_commands
from collector.facts.reference import facts_page
from collector.model import Outcome
from tools.platforms import platforms_page

ROOT = Path(__file__).parents[1]
MODEL = ROOT / "mappings" / "infram-2018"

_EXIT_CODES = (
    (0, "fine"),
    (1, "an error, said in one line with a hint"),
    (2, "wrong usage or configuration; nothing was done"),
    (3, "a scan finished but some targets failed"),
    (4, "a scan reached nothing"),
    (5, "`drift --fail-on regression` found one"),
    (6, "evidence does not verify"),
    (130, "interrupted with Ctrl-C; what was read is kept, `scan --resume` goes on"),
)

_OUTCOMES = {
    Outcome.OK: "it was read; no rows then means that there are none",
    Outcome.UNREACHABLE: "no connection, or whoever answers is not who it should be",
    Outcome.DENIED: "the login or the request was refused",
    Outcome.UNSUPPORTED: "the device says that it has no such thing",
    Outcome.UNPARSED: "a reply came that could not be read, or not be trusted to be whole",
    Outcome.TIMED_OUT: "no whole reply within the deadline",
    Outcome.NOT_COLLECTED: "it was planned and not asked for, or is too old to count",
}


def cli_page() -> str:
    """Every command with its arguments and options, the exit codes and the outcomes."""
    group: Any = typer.main.get_command(load_commands())
    lines = [
        "# The command line",
        "",
        "Made by `make docs` from the program itself. `--json` prints one JSON document on stdout and nothing else; progress and",
        "remarks go to stderr. `-c/--config FILE` names the configuration: default `config.toml` here, then `$COLLECTOR_CONFIG`.",
        "",
    ]
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        if inner:
            for sub, subcommand in inner.items():
                lines += _command(f"{name} {sub}", subcommand)
        else:
            lines += _command(name, command)
    lines += ["## Exit codes", "", "| code | means |", "|---|---|", *(f"| {c} | {m} |" for c, m in _EXIT_CODES), ""]
    lines += ["## Outcomes", "", "How reading a fact kind went on a target.", "", "| outcome | means |", "|---|---|"]
    lines += [f"| `{o.value}` | {_OUTCOMES[o]} |" for o in Outcome]
    return "\n".join(lines) + "\n"


def _command(name: str, command: Any) -> list[str]:
    lines = [f"## collector {name}", "", (command.help or "").strip(), ""]
    rows = []
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            shown = str(parameter.metavar or parameter.name).strip("[]").upper()
        else:
            shown = ", ".join((*parameter.opts, *parameter.secondary_opts))
        if "--help" not in shown:
            rows.append(f"| `{shown}` | {(parameter.help or '').strip()} |")
    return [*lines, "| | |", "|---|---|", *rows, ""] if rows else lines


def criteria_page(model: Model) -> str:
    """Each criterion with its words, who can answer it and what its rule reads."""
    who = {Mode.AUTOMATIC: "machine", Mode.PARTLY: "machine drafts, a person confirms", Mode.PERSON: "a person"}
    ruled = sum(1 for c in model.criteria if c.rule)
    lines = [
        f"# Criteria of {model.name}",
        "",
        f"Made by `make docs` from `mappings/{model.name}/`. {len(model.criteria)} criteria, {ruled} of them with a rule today; the",
        "others are unknown and say why. The criteria are this project's elaboration of the public stage statements.",
        "",
    ]
    for domain in model.domains:
        lines += [f"## {domain.title}", ""]
        for c in model.criteria:
            if c.domain != domain.id:
                continue
            lines += [
                f"### {c.id}",
                "",
                f"{c.question}",
                "",
                f"- stage {c.stage}, answered by: {who[c.mode]}",
                f"- yes: {c.yes}",
            ]
            lines += [f"- partial: {c.partial}"] if c.partial else []
            lines += [f"- proof: {c.proof}", f"- who knows: {c.who}"]
            lines += [f"- reads: {', '.join(f'`{k}`' for k in c.rule.needs)}" if c.rule else "- reads: no source yet"]
            lines += [f"- a person confirms: {c.confirm}"] if c.confirm else []
            lines.append("")
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """The generated pages by path."""
    return {
        ROOT / "docs" / "cli.md": cli_page(),
        ROOT / "docs" / "criteria.md": criteria_page(load_model(MODEL)),
        ROOT / "docs" / "facts.md": facts_page(),
        ROOT / "docs" / "platforms.md": platforms_page(),
    }


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
