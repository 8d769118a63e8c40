"""From facts to answers: a model's rules over the fact tables, the score, the roadmap and drift. Pure functions."""

from collector.assess.answer import Answer, Verdict
from collector.assess.evaluate import Assessment, assess, targets_in_scope
from collector.assess.load import load_model
from collector.assess.model import Criterion, Model

__all__ = ["Answer", "Assessment", "Criterion", "Model", "Verdict", "assess", "load_model", "targets_in_scope"]
