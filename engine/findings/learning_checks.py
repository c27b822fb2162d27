"""Checks of how the network learns: its gradients and its loss over time.

Each looks at the measurements of a run and gives one finding or nothing.
"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from engine.events import Changes, Finding
from engine.findings.measurements import RECENT_STEPS, Measurements
from engine.inside_records import GradientByTime
from engine.wording.percentages import percent

_RECENT_JUMPS = 10
_VANISHED = 1e-3  # share of the gradient that is left at the far end of the sequence
_OFTEN = 0.5  # share of clipped steps that is worth saying
_EXPLODED = 1e4  # norm that no healthy gradient has
_NO_BETTER = 5, 100  # epochs without a lower validation loss that are looked at, at least and at most


def vanishing(m: Measurements) -> Finding | None:
    """Whether the far end of a sequence is hardly learned from."""
    if m.by_time is None or m.experiment.model.topology != "many_to_one":
        return None
    left, steps = min(m.by_time.left, default=math.inf), min(m.by_time.half_life, default=math.inf)
    if left >= _VANISHED or not math.isfinite(steps):
        return None
    standing = m.standing()
    level = "note" if standing and not standing.missed else "warning"
    if steps == 0:
        return Finding("vanishing", level, *_gone(m.by_time), *_revive(m))
    why = f"At the far end of the sequence {left:.0e} of the gradient is left: what happened there is hardly learned."
    return Finding("vanishing", level, f"Gradients halve every {_count(steps)}", why, *_carry_further(m))


def _carry_further(m: Measurements) -> tuple[str, Changes]:
    """What helps a gradient to reach the far end, for the model at hand."""
    layers, simple = m.experiment.model.num_layers, m.experiment.model.cell == "elman"
    if layers > (2 if simple else 1):
        return "Fewer layers make the way shorter.", (("model.num_layers", str((layers + 1) // 2)),)
    if simple:
        return "An LSTM or a GRU carries the gradient further.", (("model.cell", "lstm"),)
    return "A shorter look-back loses nothing if the clues lie near.", ()


def _gone(by_time: GradientByTime) -> tuple[str, str]:
    """That it ends beside the answer, and in which layers where others carry it further."""
    gone = [name for name, steps in zip(by_time.names, by_time.half_life, strict=True) if steps == 0]
    where = f" in {' and '.join(gone)}" if len(gone) < len(by_time.names) else ""
    why = "One step before the answer it is exactly 0: what happened earlier is not learned at all."
    return f"Nothing of the gradient goes one step back{where}", why


def _revive(m: Measurements) -> tuple[str, Changes]:
    """What brings units back whose slope is 0: ReLUs that are off on every sequence, or states at their limits."""
    changes: Changes = (("training.learning_rate", f"{m.experiment.training.learning_rate / 10:.2g}"),)
    if m.experiment.model.activation != "relu":
        return "Units stand at their limits: a smaller learning rate keeps them off.", changes
    ways = "tanh or a gated cell" if m.experiment.model.cell == "elman" else "or tanh"
    return f"The ReLUs may be dead: a smaller learning rate, {ways} keeps units alive.", changes


def exploding(m: Measurements) -> Finding | None:
    """Whether gradients are far longer than usual, or clipped most of the time."""
    if len(m.norms) < RECENT_STEPS // 4:
        return None
    norms = np.fromiter(m.norms, float)
    middle, longest = float(np.median(norms)), float(norms.max())
    if m.clip_norm > 0:
        return _clipped(m.clip_norm, middle, float((norms > m.clip_norm).mean()))
    if longest < max(_EXPLODED, 1000 * middle):
        return None
    why = f"The longest of the last {len(norms)} has norm {longest:.3g}, the typical one {middle:.3g}."
    changes: Changes = (("training.clip_norm", "1"),)
    return Finding("exploding", "problem", "Gradients explode", why, "Clip the gradient norm.", changes)


def _clipped(limit: float, middle: float, share: float) -> Finding | None:
    if share < _OFTEN:
        return None
    level = "warning" if middle > 10 * limit else "note"
    why = f"The typical gradient has norm {middle:.3g}, the limit {limit:g}: "
    why += f"{percent(share)} of the last steps were as long."
    cure = "Raise the limit if training is slow; lower the learning rate if the loss jumps."
    often = "nearly every step" if share > 0.9 else "most steps"
    return Finding("exploding", level, f"The gradient is clipped in {often}", why, cure)


def restless(m: Measurements) -> Finding | None:
    """Whether steps overshoot."""
    recent = [e.training_loss for e in m.evaluations[-_RECENT_JUMPS - 1 :]]
    jumps = [after - before for before, after in pairwise(recent)]
    leaps = sum(jump > 0.1 * m.evaluations[0].training_loss for jump in jumps)
    if leaps < 3:
        return None
    why = f"In the last {len(jumps)} evaluations it leapt up {leaps} times: steps this long overshoot."
    rate = m.experiment.training.learning_rate / 3
    changes: Changes = (("training.learning_rate", f"{rate:.2g}"),)
    return Finding("learning-rate", "warning", "The loss jumps up and down", why, "Lower the learning rate.", changes)


def overfitting(m: Measurements) -> Finding | None:
    """Whether the training part is learned by heart."""
    if m.best is None or m.nothing_left:
        return None
    best, last = m.best, m.evaluations[-1]
    rising = last.validation_loss > 1.1 * best.validation_loss and last.training_loss < best.training_loss
    least, most = _NO_BETTER
    if last.epoch - best.epoch < min(max(least, m.experiment.training.epochs // 10), most) or not rising:
        return None
    why = (
        "The training loss still falls, the validation loss rose "
        f"from {best.validation_loss:.3g} to {last.validation_loss:.3g}."
    )
    cure = "The weights of that epoch are kept; fewer hidden units or more data help."
    hidden = max(1, m.experiment.model.hidden_size // 2)
    title = f"Learns by heart since epoch {best.epoch}"
    return Finding("overfitting", "warning", title, why, cure, (("model.hidden_size", str(hidden)),))


def _count(steps: float) -> str:
    return "step" if steps < 1.5 else f"{steps:.0f} steps"
