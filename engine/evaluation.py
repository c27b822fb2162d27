"""Scoring a part of the data with the weights of the moment, without learning from it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

import numpy as np

from engine.data import Batch, Dataset
from engine.events import Floats
from engine.network import Network


@dataclass(frozen=True, slots=True)
class Score:
    """How a part came out."""

    loss: float = math.nan  # as training counts it, in the scaled world; NaN where nothing counts
    metrics: tuple[tuple[str, float], ...] = ()  # in real units, the dataset's own metric first

    @property
    def metric(self) -> float:
        """The main one; NaN where nothing was scored."""
        return self.metrics[0][1] if self.metrics else math.nan


def score(network: Network, dataset: Dataset, part: str, batch_size: int) -> Score:
    """Run the network over a whole part and compare with what was to be said."""
    scorer = dataset.scorer(part)
    total = weight = 0.0
    for batch, values in answers(network, dataset.batches(part, batch_size)):
        loss, count = loss_sum(values, batch, dataset.loss)
        total, weight = total + loss, weight + count
        scorer.add(batch, values)
    return Score(total / weight, scorer.result()) if weight else Score()


def answers(network: Network, batches: Iterable[Batch]) -> Iterator[tuple[Batch, Floats]]:
    """What the network says to each batch, the state carried over where one continues the one before.

    The values (B, O) or (T, B, O) may be overwritten by the next batch: use them or copy them.
    """
    state = None
    for batch in batches:
        output = network.forward(batch.inputs, batch.lengths, state if batch.continues else None)
        state = output.state
        yield batch, output.values


def loss_sum(values: Floats, batch: Batch, loss: str) -> tuple[float, float]:
    """The loss summed over the answers that count, and how many those are.

    Args:
        values: (B, O) or (T, B, O), what the network said.
        batch: Targets and weights of the same leading shape.
        loss: "mse", the mean over the outputs of an answer; or "cross_entropy", in nats, of unscaled scores.
    """
    counted = batch.weights != 0
    each = (_squared if loss == "mse" else _surprise)(values[counted], batch.targets[counted])
    weights = batch.weights[counted].astype(np.float64)
    return float(each @ weights), float(weights.sum())


def _squared(values: Floats, targets: Floats) -> Floats:
    """Mean squared error (N,) of answers (N, O)."""
    return cast(Floats, np.square(values - targets).mean(axis=-1))


def _surprise(values: Floats, targets: Floats) -> Floats:
    """Nats (N,) by which the right class (N,) surprises, from scores (N, V)."""
    shifted = values - values.max(axis=-1, keepdims=True)
    right = np.take_along_axis(shifted, targets[:, None].astype(np.int64), axis=-1)[:, 0]
    return np.log(np.exp(shifted).sum(axis=-1)) - right  # type: ignore[no-any-return]
