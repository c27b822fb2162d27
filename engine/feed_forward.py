"""A network without memory on the same windows: what remembering is worth is its distance from the one that recurs.

The network (`flattened.py`) learns by the same loss, optimiser, schedule, batches and number of epochs as the one that
recurs; the epoch with the best validation loss counts. At a constant rate it ends sooner, where so many epochs have
been worse than its best that more of them are idle.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.config import Experiment, TrainingConfig
from engine.data import Dataset
from engine.evaluation import score
from engine.flattened import Flattened
from engine.losses import Loss
from engine.non_finite import NonFiniteError
from engine.optimizers import Optimizer
from engine.schedules import Schedule

_PATIENCE = 100  # epochs at a constant rate without a better one, beside as many as it took to find the best


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A feed-forward network that has learned, with its best weights."""

    network: Flattened
    validation: float  # in the data set's metric
    test: float


def trainable(experiment: Experiment, dataset: Dataset) -> bool:
    """Whether there is a window to lay side by side, and memory to do without."""
    model = experiment.model
    wide = dataset.topology in ("many_to_one", "many_to_many") and model.cell != "feedforward"
    return wide and dataset.kind != "pairs"


def train(
    experiment: Experiment, dataset: Dataset, loss: Loss, network: Flattened, epochs: int, stopped: Callable[[], bool]
) -> Trained | None:
    """Train `network` for so many epochs, fewer where more would be idle, and score it.

    None where it was `stopped`, or its numbers grew beyond bounds.

    The same experiment gives the same bits.
    """
    training = experiment.training
    schedule = Schedule(training, dataset.batch_count("train", training.batch_size))
    optimizer = Optimizer(network.network, training)
    best, found, weights = math.inf, 0, network.network.state_dict()
    patient = training.schedule != "constant" or not dataset.count("validation")
    try:
        for epoch in range(epochs):
            learned = _epoch(training, dataset, loss, network, optimizer, schedule, epoch, stopped)
            if learned is None:
                return None
            held_out = _scored(network, dataset, "validation", training, loss)
            deciding = held_out[0] if dataset.count("validation") else learned
            schedule.epoch_done(deciding)
            if deciding < best:
                best, found, weights = deciding, epoch, network.network.state_dict()
            if not patient and epoch >= 2 * found + _PATIENCE:
                break
    except NonFiniteError:
        return None
    network.network.load_state_dict(weights)
    parts = ("validation", "test")
    return Trained(network, *(_scored(network, dataset, part, training, loss)[1] for part in parts))


def _epoch(
    training: TrainingConfig, dataset: Dataset, loss: Loss, network: Flattened, optimizer: Optimizer,
    schedule: Schedule, epoch: int, stopped: Callable[[], bool],
) -> float | None:  # fmt: skip
    """The mean loss of one pass over the training part; None where it was stopped."""
    losses: list[float] = []
    before = None
    for batch in dataset.batches("train", training.batch_size, training.seed, epoch):
        if stopped():
            return None
        before = before if batch.continues else None
        step = network.network.loss_and_gradients(network.flat(batch, before), loss)
        before = network.tail(batch, before)
        if not math.isfinite(step.loss):
            raise NonFiniteError("the loss is not finite")
        optimizer.step(schedule.rate(optimizer.steps), training.clip_norm, training.clip_value)
        if loss.weights(batch).any():
            losses.append(step.loss)
    return math.fsum(losses) / max(1, len(losses))


def _scored(
    network: Flattened, dataset: Dataset, part: str, training: TrainingConfig, loss: Loss
) -> tuple[float, float]:
    found = score(network, dataset, part, training.batch_size, loss)
    return found.loss, found.metric
