"""What the measurements of a run mean, in plain language: what is seen, why, and what to change.

`Measurements` is filled by the run; each check looks at it and says one thing or nothing. Checks are listed
in `_CHECKS`; to add one, write a function and list it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from engine.config import Experiment
from engine.events import Evaluated, Finding, Floats, GradientByTime
from engine.measures import best_lag, share_left

RECENT_STEPS = 200  # steps that gradient norms are judged over
_RECENT_EVALUATIONS = 10
_VANISHED = 1e-3  # share of the gradient that is left at the far end of the sequence
_OFTEN = 0.5  # share of clipped steps that is worth saying
_EXPLODED = 1e4
_HIGHER_IS_BETTER = ("accuracy",)


@dataclass(slots=True)
class Measurements:
    """What a run has measured so far."""

    experiment: Experiment
    metric: str
    baselines: tuple[tuple[str, float], ...]
    evaluations: list[Evaluated] = field(default_factory=list)
    norms: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT_STEPS))
    clip_norm: float = 0.0
    by_time: GradientByTime | None = None
    truth: Floats | None = None  # (N,) held-out values of the first target, in real units
    forecast: Floats | None = None  # (N,)
    ended: bool = False
    final: tuple[float, tuple[tuple[str, float], ...]] | None = None  # metric and baselines of the test part

    @property
    def enough(self) -> bool:
        """Whether the run has had a fair chance: a fifth of its epochs, or all of them."""
        return self.ended or (
            bool(self.evaluations) and self.evaluations[-1].epoch >= max(3, self.experiment.training.epochs // 5)
        )

    def standing(self) -> tuple[str, float, float, str] | None:
        """(baseline, its score, ours, part): the strongest baseline beside our best score."""
        part, baselines, ours = "validation", self.baselines, self._best_metric()
        if self.final is not None:
            part, (ours, baselines) = "test", self.final
        known = [(name, value) for name, value in baselines if math.isfinite(value)]
        if not known or not math.isfinite(ours):
            return None
        name, value = min(known, key=lambda item: self._sign() * item[1])
        return name, value, ours, part

    def gain(self) -> float:
        """How much better than the strongest baseline, as a share of it; NaN where there is none."""
        standing = self.standing()
        if standing is None or standing[1] == 0:
            return math.nan
        return self._sign() * (standing[1] - standing[2]) / abs(standing[1])

    def _best_metric(self) -> float:
        scores = [e.metric for e in self.evaluations if e.best]
        return scores[-1] if scores else math.nan

    def _sign(self) -> int:
        return -1 if self.metric in _HIGHER_IS_BETTER else 1


class Diagnosis:
    """Turns measurements into findings, and says each only once until it changes."""

    def __init__(self, measurements: Measurements) -> None:
        self.measurements = measurements
        self._said: dict[str, Finding] = {}

    def news(self) -> list[Finding]:
        """Findings that are new, have changed, or no longer hold."""
        found = {finding.key: finding for check in _CHECKS if (finding := check(self.measurements))}
        over = [_withdrawn(f) for key, f in self._said.items() if key not in found and f.level in ("warning", "problem")]
        news = [finding for key, finding in found.items() if _headline(self._said.get(key)) != _headline(finding)]
        self._said |= {finding.key: finding for finding in [*news, *over]}
        return [*news, *over]


def _headline(finding: Finding | None) -> tuple[str, str] | None:
    return (finding.level, finding.title) if finding else None


def _withdrawn(finding: Finding) -> Finding:
    return Finding(finding.key, "good", f"No longer seen: {_lower(finding.title)}", "The latest measurements are fine.")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


# --- the checks -----------------------------------------------------------------------------------------


def _baseline(m: Measurements) -> Finding | None:
    standing, gain = m.standing(), m.gain()
    if standing is None or math.isnan(gain) or (gain <= 0 and not m.enough):
        return None
    name, theirs, ours, part = standing
    why = f"{m.metric} {ours:.4g} against {theirs:.4g} on the {part} part."
    if gain > 0:
        return Finding("baseline", "good", f"Beats {name} by {gain:.0%}", why)
    epochs = m.experiment.training.epochs
    if m.evaluations and m.evaluations[-1].epoch - _best(m).epoch <= max(2, epochs // 10):
        return Finding(
            "baseline", "warning", f"Does not beat {name} yet", why, "It was still improving: train for longer.",
            (("training.epochs", str(2 * epochs)),),
        )  # fmt: skip
    cure = "Try a longer look-back that covers a season, another transform, or more hidden units."
    return Finding("baseline", "warning", f"Does not beat {name}", why, cure)


def _copycat(m: Measurements) -> Finding | None:
    if m.truth is None or m.forecast is None or not m.enough:
        return None
    lag = best_lag(m.truth, m.forecast)
    if not 1 <= lag <= m.experiment.data.horizon:
        return None
    steps = "one step" if lag == 1 else f"{lag} steps"
    why = f"Held against the truth, the forecast fits best when it is moved back by {steps}: it repeats the last value it saw."
    if m.experiment.data.transform in ("difference", "log_difference"):
        return Finding("copycat", "warning", "The forecast is yesterday's value shifted", why, "Try a longer look-back or further inputs; a pure random walk has nothing better to offer.")  # fmt: skip
    positive = bool(np.nanmin(m.truth) > 0)
    change = "log_difference" if positive else "difference"
    cure = "Let the network learn the change from step to step instead of the level."
    return Finding(
        "copycat", "warning", "The forecast is yesterday's value shifted", why, cure, (("data.transform", change),)
    )


def _flat(m: Measurements) -> Finding | None:
    if m.truth is None or m.forecast is None or not m.enough:
        return None
    spread, moved = float(np.nanstd(m.truth)), float(np.nanstd(m.forecast))
    if not moved < 0.1 * spread:
        return None
    rate = min(10.0, 3 * m.experiment.training.learning_rate)
    return Finding(
        "flat", "warning", "The forecast is a flat line",
        f"It moves by {moved:.3g} where the truth moves by {spread:.3g}: the network answers with the mean.",
        "Train for longer or with a larger learning rate; where the clue lies far back, an LSTM or a GRU.",
        (("training.learning_rate", f"{rate:g}"),),
    )  # fmt: skip


def _vanishing(m: Measurements) -> Finding | None:
    if m.by_time is None or m.experiment.model.topology != "many_to_one":
        return None
    left = share_left(m.by_time)
    halves = min(m.by_time.half_life, default=math.inf)
    if not (left < _VANISHED and math.isfinite(halves)):
        return None
    model, level = m.experiment.model, "note" if m.gain() > 0 else "warning"
    title = f"Gradients halve every {_count(halves)}"
    why = f"At the far end of the sequence {left:.0e} of the gradient is left: what happened there is hardly learned."
    if model.cell == "elman":
        return Finding("vanishing", level, title, why, "An LSTM or a GRU carries the gradient further.", (("model.cell", "lstm"),))  # fmt: skip
    if model.num_layers > 1:
        return Finding("vanishing", level, title, why, "Fewer layers make the way shorter.", (("model.num_layers", str(model.num_layers - 1)),))  # fmt: skip
    return Finding("vanishing", level, title, why, "A shorter look-back loses nothing if the clues lie near.")


def _exploding(m: Measurements) -> Finding | None:
    if len(m.norms) < RECENT_STEPS // 4:
        return None
    norms = np.fromiter(m.norms, float)
    middle, largest = float(np.median(norms)), float(norms.max())
    if m.clip_norm <= 0:
        if largest < max(_EXPLODED, 1000 * middle):
            return None
        return Finding(
            "exploding", "problem", "Gradients explode", f"The longest of late has norm {largest:.3g}, the typical one {middle:.3g}.",
            "Clip the gradient.", (("training.clip_norm", "1"),),
        )  # fmt: skip
    share = float((norms > m.clip_norm).mean())
    if share < _OFTEN:
        return None
    level = "warning" if middle > 10 * m.clip_norm else "note"
    why = f"The typical gradient has norm {middle:.3g}, the limit is {m.clip_norm:g}."
    return Finding("exploding", level, f"The gradient is clipped in {round(share, 1):.0%} of the steps", why, "A smaller learning rate or a higher limit lets the gradient's own length count.")  # fmt: skip


def _restless(m: Measurements) -> Finding | None:
    losses = [e.training_loss for e in m.evaluations]
    if len(losses) < 4:
        return None
    jumps = np.diff(losses[-_RECENT_EVALUATIONS:])
    if int((jumps > 0.1 * losses[0]).sum()) < 3:
        return None
    rate = m.experiment.training.learning_rate / 3
    return Finding(
        "learning-rate", "warning", "The loss jumps up and down",
        f"In the last {len(jumps)} evaluations it rose {int((jumps > 0).sum())} times: steps this long overshoot.",
        "Lower the learning rate.", (("training.learning_rate", f"{rate:.2g}"),),
    )  # fmt: skip


def _overfitting(m: Measurements) -> Finding | None:
    if not m.evaluations:
        return None
    best, last = _best(m), m.evaluations[-1]
    patience = max(5, m.experiment.training.epochs // 10)
    rising = last.validation_loss > 1.1 * best.validation_loss and last.training_loss < best.training_loss
    if last.epoch - best.epoch < patience or not rising:
        return None
    hidden = m.experiment.model.hidden_size
    return Finding(
        "overfitting", "warning", f"Learns by heart since epoch {best.epoch}",
        f"Training loss still falls, validation loss rose from {best.validation_loss:.3g} to {last.validation_loss:.3g}.",
        "The weights of the best epoch are kept; fewer hidden units or more data help.",
        (("model.hidden_size", str(max(1, hidden // 2))),),
    )  # fmt: skip


_CHECKS: tuple[Callable[[Measurements], Finding | None], ...] = (
    _baseline,
    _copycat,
    _flat,
    _vanishing,
    _exploding,
    _restless,
    _overfitting,
)


def _best(m: Measurements) -> Evaluated:
    return [e for e in m.evaluations if e.best][-1] if any(e.best for e in m.evaluations) else m.evaluations[-1]


def _count(steps: float) -> str:
    return "step" if steps < 1.5 else f"{steps:.0f} steps"
