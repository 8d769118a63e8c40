"""How readings of files and devices look to people: one block a file, how its kinds went, and a line that sums up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from collector.cli.app import cell, out, say, table
from collector.model import Fact, KindOutcome, Outcome

if TYPE_CHECKING:
    from collector.parse.files import FileResult

#: Facts of one kind that a file's block lists when several files are shown.
_ROWS_OF_MANY = 5


def show_results(results: Sequence[FileResult], shown: Any) -> None:
    """What was read from files, and a summary line. ``shown`` makes text of a value."""
    for result in results:
        say(result.file, "bold")
        _show_facts(result.facts, shown, _ROWS_OF_MANY if len(results) > 1 else None)
        for line in faults(result.outcomes):
            say(f"  {line}", "dim" if f": {Outcome.NOT_COLLECTED}" in line else "red")
    say(summary(results))


def _show_facts(facts: Iterable[Fact], shown: Any, most: int | None) -> None:
    by_kind: dict[str, list[Fact]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, []).append(fact)
    for kind, found in by_kind.items():
        for fact in found[:most]:
            values = ", ".join(f"{n}={shown(v)}" for n, v in fact.value.items() if v is not None)
            say(f"  {kind} {fact.key}: {values}")
        if most is not None and len(found) > most:
            say(f"  {kind}: {len(found) - most} more; --json prints all", "dim")


def faults(outcomes: Iterable[KindOutcome]) -> list[str]:
    """What was not read and why: kinds that share a reason share a line."""
    shared: dict[tuple[Outcome, str], list[str]] = {}
    for o in outcomes:
        if o.outcome is not Outcome.OK:
            reason = o.detail.rpartition(": ")[2] if o.outcome is Outcome.NOT_COLLECTED else o.detail
            shared.setdefault((o.outcome, reason), []).append(o.kind)
    return [
        f"{', '.join(kinds)}: {outcome.value}" + (f" ({detail})" if detail else "")
        for (outcome, detail), kinds in shared.items()
    ]


def summary(results: Sequence[FileResult]) -> str:
    """How many files were read whole, in part or not at all. What a recording does not hold is no fault of its reading."""
    whole = part = none = 0
    for result in results:
        told = [o for o in result.outcomes if o.outcome is not Outcome.NOT_COLLECTED]
        good = sum(o.outcome is Outcome.OK for o in told)
        if told and good == len(told):
            whole += 1
        elif good or result.facts:
            part += 1
        else:
            none += 1
    facts = sum(len(result.facts) for result in results)
    words = [f"{whole} read"] + [f"{n} {word}" for n, word in ((part, "in part"), (none, "not")) if n]
    return f"{len(results)} file{'s' if len(results) != 1 else ''}: {', '.join(words)}; {facts} fact{'s' if facts != 1 else ''}."


_FIELDS = ("vendor", "platform", "model", "version", "serial", "hostname")


def show_identity(found: Mapping[str, Any]) -> None:
    """One device: what is known of it, and what gave it away."""
    view = table("", "")
    for name in _FIELDS:
        view.add_row(cell(name, "bold"), cell("not known" if found[name] is None else found[name]))
    out.print(view)
    for reason in found["because"]:
        say(f"- {reason}")


def _short(name: str) -> str:
    """A file's own name: the folder is known to whoever named it."""
    return name.rpartition("/")[2] or name


def show_identities(found: Sequence[Mapping[str, Any]], what: str) -> None:
    """Several devices, a row each; for one of which nothing is known, why. ``what`` names the first column's key."""
    view = table(what.capitalize(), *(name.capitalize() for name in _FIELDS))
    view.columns[0].no_wrap = True
    for row in found:
        view.add_row(cell(_short(row[what])), *(cell(row[name]) for name in _FIELDS))
    out.print(view)
    unknown = [row for row in found if not row["platform"] and not row["vendor"]]
    for row in unknown:
        say(f"{row[what]}: not known: {'; '.join(row['because'])}", "red")
    say(
        f"{len(found)} {what}s: {len(found) - len(unknown)} identified" + (f", {len(unknown)} not." if unknown else ".")
    )


#: Targets that a line of failures names.
_NAMED = 5


def failure_lines(failures: Sequence[Mapping[str, Any]]) -> list[str]:
    """Failures for people; replies that were not understood in the same way on several targets are one line."""
    shared: dict[tuple[str, str], list[str]] = {}
    for failure in failures:
        shared.setdefault((failure["outcome"], failure["detail"]), []).append(failure["target"])
    lines = []
    for (outcome, detail), names in shared.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        lines.append(f"{', '.join(names[:_NAMED])}{more}: {outcome}: {detail}")
    return lines
