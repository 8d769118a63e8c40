"""One answer opened down to the facts and captures that it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from collector.assess.answer import Answer, Verdict
from collector.assess.model import Model
from collector.assess.sql import used_views
from collector.model import Fact

#: The facts of a kind on a target; of one key, where it is given.
FactsOf = Callable[[str, str, str | None], Iterable[Fact]]

#: A verdict shows this many facts at most.
FACTS_LIMIT = 50


def explain(model: Model, answer: Answer, verdicts: Sequence[Verdict], facts_of: FactsOf) -> dict[str, Any]:
    """The answer's JSON with its verdicts, the facts and evidence under each, and the rule as a person reads it."""
    criterion = model.criterion(answer.criterion)
    parts = {part.name: part.needs for part in criterion.rule.parts} if criterion and criterion.rule else {}
    return {
        **answer.to_json(),
        "verdicts": [_verdict(verdict, parts.get(verdict.part, ()), facts_of) for verdict in verdicts],
        "rule_text": rule_text(model, answer.criterion),
        "rule_file": criterion.file if criterion else None,
        "help": {key: getattr(criterion, key) for key in ("asked", "proof", "who", "yes", "partial")}
        if criterion
        else {},
    }


def _verdict(verdict: Verdict, needs: Sequence[str], facts_of: FactsOf) -> dict[str, Any]:
    facts = facts_under(verdict, needs, facts_of)
    evidence = dict.fromkeys(capture for fact in facts for capture in fact.evidence)
    row = verdict.to_json()
    del row["cites"]
    return {
        **row,
        "facts": [fact.to_json() for fact in facts[:FACTS_LIMIT]],
        "facts_count": len(facts),
        "evidence": list(evidence),
    }


def facts_under(verdict: Verdict, needs: Sequence[str], facts_of: FactsOf) -> list[Fact]:
    """The facts that a verdict cites; where it cites none, all of the rule's kinds on its target."""
    if verdict.cites is not None:
        return [fact for c in verdict.cites for fact in facts_of(c.target, c.kind, c.key)]
    return [fact for kind in needs for fact in facts_of(verdict.target, kind, None)]


def rule_text(model: Model, id: str) -> str:
    """The rule of a criterion and the views that it uses; empty where it has none."""
    criterion = model.criterion(id)
    if criterion is None or criterion.rule is None:
        return ""
    texts = [criterion.rule.text]
    docs = {view.name: view.doc for view in model.views}
    for name in used_views(criterion.rule.text_sql, model.view_sql):
        texts.append(f"-- {name}: {docs[name]}\n{model.view_sql[name]}")
    return "\n\n".join(texts)
