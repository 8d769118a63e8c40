"""From facts to answers: a model's rules over the fact tables, the score, the roadmap and drift. Pure functions."""

from collector.assess.load import load_model
from collector.assess.model import Model

__all__ = ["Model", "load_model"]
