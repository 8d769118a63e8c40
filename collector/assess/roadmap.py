"""The smallest set of open criteria that lifts the next stage over the mark.

Of several such sets the one with the most criteria that are half done already; then the one that rests more on unknowns than
on failures, since reading a source costs less than rebuilding one; then the earliest in the model's order.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from collector.assess.answer import POINTS, Bounds, Word, as_float
from collector.assess.model import Model

if TYPE_CHECKING:
    from collector.assess.score import StageScore


@dataclass(frozen=True, slots=True)
class Step:
    """One criterion of the way. ``gain`` is the points that a yes would add to its stage."""

    criterion: str
    stage: int
    answer: Word
    gain: Fraction
    because: str
    half_done: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "criterion": self.criterion,
            "stage": self.stage,
            "answer": self.answer.value,
            "gain": as_float(self.gain, 4),
            "because": self.because,
        }


def roadmap(model: Model, bounds: Mapping[str, Bounds], stage: StageScore | None) -> tuple[Step, ...]:
    """The steps from where the low bound stands to the mark of ``stage``, largest gain first; none where it is reached."""
    if stage is None:
        return ()
    deficit = model.pass_mark * stage.applicable - stage.low_points
    steps = []
    for criterion in model.criteria:
        found = bounds[criterion.id]
        if criterion.stage != stage.stage or found.low in (Word.YES, Word.NOT_APPLICABLE):
            continue
        because = "fails" if found.low is found.high else "unknown"
        gain = criterion.weight * (1 - POINTS[found.low])
        steps.append(Step(criterion.id, criterion.stage, found.answer, gain, because, found.low is Word.PARTIAL))
    chosen = smallest(steps, deficit)
    return tuple(sorted(chosen, key=lambda s: -s.gain))


#: Size, what is not half done, failures to mend, places in the order: the less the better.
Preference = tuple[int, int, int, tuple[int, ...]]


def preference(steps: Sequence[Step], chosen: Sequence[int]) -> Preference:
    """How a choice of steps, by their indices, compares with others."""
    return (
        len(chosen),
        sum(not steps[i].half_done for i in chosen),
        sum(steps[i].because == "fails" for i in chosen),
        tuple(chosen),
    )


def smallest(steps: Sequence[Step], deficit: Fraction) -> list[Step]:
    """The preferred set of steps whose gains make up the deficit; empty where none is needed or none would do."""
    if deficit <= 0:
        return []
    scale = math.lcm(deficit.denominator, *(step.gain.denominator for step in steps))
    need = int(deficit * scale)
    # best choice by (steps taken, points gained, no more counted than needed)
    best: dict[tuple[int, int], Preference] = {(0, 0): (0, 0, 0, ())}
    for index, step in enumerate(steps):
        for (taken, gained), (size, fresh, failing, chosen) in list(best.items()):
            if gained >= need:
                continue
            place = (taken + 1, min(need, gained + int(step.gain * scale)))
            option = (size + 1, fresh + (not step.half_done), failing + (step.because == "fails"), (*chosen, index))
            if place not in best or option < best[place]:
                best[place] = option
    reaching = [choice for (_, gained), choice in best.items() if gained >= need]
    return [steps[i] for i in min(reaching)[3]] if reaching else []
