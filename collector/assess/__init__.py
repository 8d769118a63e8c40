"""From facts to answers: a model's rules over the fact tables, the score, the roadmap and drift. Pure functions."""

from collector.assess.answer import Answer, Verdict
from collector.assess.cases import run_cases
from collector.assess.drift import Drift, Snapshot, drift
from collector.assess.evaluate import Assessment, assess, targets_in_scope
from collector.assess.explain import explain, rule_text
from collector.assess.load import load_model
from collector.assess.model import Criterion, Model
from collector.assess.score import Band, Score, coverage, score

__all__ = [
    "Answer",
    "Assessment",
    "Band",
    "Criterion",
    "Drift",
    "Model",
    "Score",
    "Snapshot",
    "Verdict",
    "assess",
    "coverage",
    "drift",
    "explain",
    "load_model",
    "rule_text",
    "run_cases",
    "score",
    "targets_in_scope",
]
