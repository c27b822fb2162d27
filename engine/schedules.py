"""The learning rate of every step: torch.optim.lr_scheduler's definitions, in closed form where they have one.

A schedule begins with `training.learning_rate`, which may be changed during a run; what it remembers are plain
numbers. Step, exponential, cosine and plateau change with the epoch, one-cycle and warm-up with every step.
One-cycle moves the rate alone: it is OneCycleLR with `cycle_momentum=False`, where PyTorch's default lets the momentum
(Adam's β₁) fall and rise against the rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from engine.config import TrainingConfig

_PLATEAU_THRESHOLD = 1e-4  # share by which a loss must be better to count
_PLATEAU_SMALLEST = 1e-8  # smallest change of the rate worth making
_CYCLE_START, _CYCLE_END = 25.0, 25.0 * 1e4  # the highest rate is so many times the first, the last


class Schedule:
    """Gives the rate of each step, and is told the loss after each epoch.

    Args:
        training: Schedule, warm-up and their settings.
        steps_per_epoch: Batches in an epoch.

    Attributes:
        base: The rate that the schedule works on: the highest of the run.
    """

    def __init__(self, training: TrainingConfig, steps_per_epoch: int) -> None:
        self.base = training.learning_rate
        self._training, self._steps_per_epoch = training, max(1, steps_per_epoch)
        self._share = 1.0  # plateau: of the base rate that is left
        self._best, self._waited = math.inf, 0
        self._shape: Callable[[int, int], float] = {
            "constant": lambda _step, _epoch: self.base,
            "step": self._step,
            "exponential": lambda _step, epoch: self.base * training.exponential_factor**epoch,
            "cosine": self._cosine,
            "one_cycle": self._one_cycle,
            "plateau": lambda _step, _epoch: self.base * self._share,
        }[training.schedule]

    def rate(self, step: int) -> float:
        """The learning rate of a step; `step` counts from 0."""
        shaped = self._shape(step, step // self._steps_per_epoch)
        warm = self._training.warmup_steps  # LinearLR from 1 / warm to 1
        return shaped * min(1.0, (step + 1) / warm) if warm else shaped

    def epoch_done(self, loss: float) -> None:
        """Take in the loss of the validation part after an epoch (torch's ReduceLROnPlateau)."""
        if loss < self._best * (1 - _PLATEAU_THRESHOLD):
            self._best, self._waited = loss, 0
            return
        self._waited += 1
        if self._waited <= self._training.plateau_patience:
            return
        self._waited = 0
        now = self.base * self._share
        lower = max(now * self._training.decay_factor, self._training.lowest_rate)
        if now - lower > _PLATEAU_SMALLEST:
            self._share = lower / self.base

    def state_dict(self) -> dict[str, float]:
        """All that the next rates depend on, beside the settings and the step: plain numbers by name."""
        return {"base": self.base, "share": self._share, "best": self._best, "waited": float(self._waited)}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Go on from what `state_dict` gave."""
        self.base, self._share, self._best = float(state["base"]), float(state["share"]), float(state["best"])
        self._waited = int(state["waited"])

    def _step(self, _step: int, epoch: int) -> float:
        return float(self.base * self._training.decay_factor ** (epoch // self._training.step_epochs))

    def _cosine(self, _step: int, epoch: int) -> float:
        """Half a wave over the run (Loshchilov & Hutter 2017, equation 5), without restarts."""
        return _wave(self.base, min(self._training.lowest_rate, self.base), epoch / self._training.epochs)

    def _one_cycle(self, step: int, _epoch: int) -> float:
        """Up and down once (Smith & Topin 2018), both along half a wave, as OneCycleLR does."""
        last = max(1, self._training.epochs * self._steps_per_epoch - 1)
        peak = min(self._training.one_cycle_rise * (last + 1) - 1, float(last))  # before the run where it is short
        if step < peak:
            return _wave(self.base / _CYCLE_START, self.base, step / peak)
        return _wave(self.base, self.base / _CYCLE_END, min(1.0, (step - peak) / max(1e-9, last - peak)))


def _wave(first: float, last: float, share: float) -> float:
    """From `first` to `last` along half a cosine."""
    return last + (first - last) * (1 + math.cos(math.pi * share)) / 2
