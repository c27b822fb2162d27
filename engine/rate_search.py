"""The learning-rate range test (Smith 2017): the rate grows with every batch, and the loss shows which rates help.

A network of its own is trained from its start values and thrown away; nothing else is touched. The loss is that of the
same training sequences after every step, so that the curve shows the rate and not the luck of the draw.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.config import Experiment, field_info
from engine.data import Batch, Dataset
from engine.losses import loss_for
from engine.networks import make_network
from engine.non_finite import NonFiniteError
from engine.training_loop.learner import Learner
from engine.training_loop.stopwatch import Stopwatch

STEPS = 120
LOWEST, HIGHEST = 1e-6, field_info("training", "learning_rate").maximum
_HOPELESS = 4.0  # times the loss at the start: from here on it only gets worse
_WATCHED = 64  # sequences whose loss is measured, or a batch where that is more
_SPREAD = 2.0  # steps of the bell that smooths the curve
_CLEARLY = 0.02  # share by which the loss has to fall before a rate is suggested
_BUMP = 0.25  # of the whole fall: to rise by less than that is the luck of a batch


@dataclass(frozen=True, slots=True)
class Tried:
    """One step of the test."""

    step: int  # from 1
    rate: float
    loss: float  # of the watched sequences, after the step


@dataclass(frozen=True, slots=True, eq=False)
class RateCurve:
    """What a test found: (N,) rates, the loss after each step, the same smoothed along the logarithm of the rate."""

    rates: NDArray[np.float64]
    losses: NDArray[np.float64]
    smooth: NDArray[np.float64]
    suggestion: float  # where the loss falls most steeply, to two digits; NaN where it falls nowhere
    lowest: float  # where the smoothed loss is lowest, before it first overshoots; NaN without any batch
    stopped: bool = False  # by a person, before all rates were tried


def try_rates(experiment: Experiment, dataset: Dataset, steps: int = STEPS) -> Iterator[Tried]:
    """Train batch after batch with rates from `LOWEST` to `HIGHEST`, at equal distances of their logarithm.

    Ends early where the loss has left all sense. Optimiser, clipping and all else are the experiment's; schedule and
    warm-up are left out. May be broken off at any batch.

    Raises:
        ConfigError: a loss that does not fit the data.
        NetworkError: a model that cannot be built.
    """
    training = replace(experiment.training, schedule="constant", warmup_steps=0)
    loss = loss_for(training, dataset)
    network = make_network(experiment.model, dataset, width=loss.width, seed=training.seed, threads=training.threads)
    learner = Learner(network, replace(experiment, training=training), dataset, loss)
    watched = next(dataset.batches("train", max(training.batch_size, _WATCHED), training.seed))
    start, _ = loss.mean(network.answer(watched).values, watched)
    try:
        for step, batch in zip(range(steps), _endless(dataset, training.batch_size, training.seed), strict=False):
            rate = learner.schedule.base = LOWEST * (HIGHEST / LOWEST) ** (step / max(1, steps - 1))
            learner.learn(batch, 1, Stopwatch(), None)
            now, _ = loss.mean(network.answer(watched).values, watched)
            if not math.isfinite(now):
                return
            yield Tried(step + 1, rate, now)
            if now > _HOPELESS * start:
                return
    except NonFiniteError:
        return  # the rate before was the last that could be borne
    finally:
        network.workers.close()


def _endless(dataset: Dataset, batch_size: int, seed: int) -> Iterator[Batch]:
    epoch = 0
    while True:
        yield from dataset.batches("train", batch_size, seed, epoch)
        epoch += 1


def curve(tried: Sequence[Tried], *, stopped: bool = False) -> RateCurve:
    """Smooth what was measured and look where the loss falls most steeply, before it is lowest or first overshoots."""
    rates = np.array([each.rate for each in tried])
    losses = np.array([each.loss for each in tried])
    smooth = _smoothed(losses)
    if len(tried) < 4:
        return RateCurve(rates, losses, smooth, math.nan, float(rates[-1]) if len(tried) else math.nan, stopped)
    risen = _overshoots(losses, smooth)
    bottom = int(np.argmin(smooth[: risen[0]] if risen.size else smooth)) if not risen.size or risen[0] else 0
    lowest = float(rates[bottom])
    if not smooth[bottom] < (1 - _CLEARLY) * smooth[0] or bottom < 2:
        return RateCurve(rates, losses, smooth, math.nan, lowest, stopped)
    slope = np.gradient(smooth, np.log(rates))[: bottom + 1]
    steepest = float(rates[int(np.argmin(slope))])
    return RateCurve(rates, losses, smooth, float(f"{steepest:.1e}"), lowest, stopped)


def verdict(found: RateCurve) -> str:
    """What a curve says, in a sentence or two."""
    if not len(found.rates):
        return "No batch was trained."
    overshoots = bool(_overshoots(found.losses, found.smooth).size)
    if found.stopped and not overshoots:
        return _verdict_so_far(found)
    if math.isnan(found.suggestion):
        where = "at none of the rates before it overshoots" if overshoots else "at none of the rates"
        return f"The loss falls {where}; look at the data and the loss, or try another seed."
    until = "Before it first overshoots, it" if overshoots else "It"
    return (
        f"The loss falls most steeply at a rate of {found.suggestion:g}, which is a good one to begin with. "
        f"{until} is lowest near {found.lowest:.1g}: that is the most a schedule should reach."
    )


def _verdict_so_far(found: RateCurve) -> str:
    """What a curve says that ends before the rates that are too high: nothing of those it did not come to."""
    came = f"Stopped after {len(found.rates)} of {STEPS} steps, at a rate of {found.rates[-1]:.1g}"
    if math.isnan(found.suggestion):
        return f"{came}: that is too early to tell which rate is a good one."
    return f"{came}. So far the loss falls most steeply at a rate of {found.suggestion:g}; a higher one may be better."


def _overshoots(losses: NDArray[np.float64], smooth: NDArray[np.float64]) -> NDArray[np.int64]:
    """Steps that led to clearly more than the loss began with, beside how far it falls."""
    return np.flatnonzero(losses - losses[0] > max(_CLEARLY * losses[0], _BUMP * (losses[0] - smooth.min())))


def _smoothed(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean around each point, weighed by a bell; without the lag of a running mean."""
    places = np.arange(len(losses))
    bell = np.exp(-0.5 * ((places[:, None] - places) / _SPREAD) ** 2)
    return np.asarray((bell * losses).sum(axis=1) / bell.sum(axis=1))
