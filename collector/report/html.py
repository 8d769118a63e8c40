"""The report as one HTML file that opens anywhere without a network."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from collector.report.content import Content
from collector.report.picture import domains_svg, stages_svg
from collector.report.text import asked, band_sentence, brief, moment, plain, share_sentence, unknown_reasons, words

#: Captures of one answer that the evidence table lists. `collector explain` names them all.
_CAPTURES_SHOWN = 25

#: Conflicting readings of one target that are listed.
_CONFLICTS_SHOWN = 25


def render(content: Content) -> str:
    """The report's HTML. Everything from outside is escaped by the template engine and freed of control characters."""
    environment = Environment(
        loader=PackageLoader("collector.report"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: plain(value) if isinstance(value, str) and type(value) is str else value,
    )
    environment.globals["asked"] = asked
    environment.filters.update(share=share_sentence, brief=brief, moment=moment, words=words, marked=_marked)
    reference = content.model["reference"]
    score = content.score
    unknown = sum(1 for a in content.answers if a["final"] == "unknown")
    return environment.get_template("report.html.j2").render(
        content=content,
        score=score,
        band=band_sentence(score, unknown),
        unknown=unknown,
        reasons=unknown_reasons(content.answers),
        domains=domains_svg(score["domains"], content.model["domains"], reference["means"]),
        stages=stages_svg(score["stages"], float(score["pass_mark"])),
        by_stage=_by_stage(content),
        roadmap=[_step(content, step) for step in score["roadmap"]],
        cited=_cited(content),
        conflicts_shown=_CONFLICTS_SHOWN,
    )


def _marked(text: str) -> Markup:
    """The model's own prose, in which `names` to write as they are stand between backticks."""
    parts = [escape(part) for part in plain(text).split("`")]
    if len(parts) % 2 == 0:  # one backtick too many: it is no mark
        return escape(plain(text))
    return Markup("").join(Markup("<code>{}</code>").format(p) if i % 2 else p for i, p in enumerate(parts))


def _by_stage(content: Content) -> list[dict[str, Any]]:
    """The answers stage by stage, each with its items and how many more there are."""
    stages: dict[int, list[dict[str, Any]]] = {}
    for answer in content.answers:
        verdicts = content.verdicts.get(answer["criterion"], ())
        more = content.verdict_counts.get(answer["criterion"], len(verdicts)) - len(verdicts)
        row = {"answer": answer, "help": content.criteria[answer["criterion"]], "verdicts": verdicts, "more": more}
        stages.setdefault(answer["stage"], []).append(row)
    by_number = {s["stage"]: s for s in content.score["stages"]}
    return [{"number": n, "score": by_number[n], "rows": rows} for n, rows in sorted(stages.items())]


def _step(content: Content, step: Any) -> dict[str, Any]:
    return {**step, "question": content.criteria[step["criterion"]]["question"]}


def _cited(content: Content) -> list[tuple[str, Any]]:
    """The captures that shown items or answers rest on, so that every link in the report leads somewhere."""
    wanted: dict[str, None] = {}
    for answer in content.answers:
        wanted.update(dict.fromkeys(answer["evidence"][:_CAPTURES_SHOWN]))
    for verdicts in content.verdicts.values():
        for verdict in verdicts:
            wanted.update(dict.fromkeys(verdict["evidence"][:3]))
    return [(e, content.captures[e]) for e in wanted if e in content.captures]
