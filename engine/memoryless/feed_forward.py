"""A network without memory on the same windows: what remembering is worth is its distance from the one that recurs.

The network (`flattened.py`) learns by the same loss, optimiser, schedule, batches and number of epochs as the one that
recurs; the epoch with the best validation loss counts. At a constant rate it ends sooner, where so many epochs have
been worse than its best that more of them are idle.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from engine.config import Experiment, TrainingConfig
from engine.data import Dataset
from engine.data.series.path_dataset import PathDataset
from engine.held_out.evaluation import mean_loss, score
from engine.losses import Loss
from engine.memoryless.flattened import Flattened
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
    by_step: tuple[Mapping[str, float], ...] = ()  # of the test part's forecasts over several steps


def trainable(experiment: Experiment, dataset: Dataset) -> bool:
    """Whether there is a window to lay side by side, and memory to do without."""
    model = experiment.model
    reads = ("many_to_one", "many_to_many", *(("encoder_decoder",) if isinstance(dataset, PathDataset) else ()))
    return dataset.topology in reads and model.cell != "feedforward" and dataset.kind != "pairs"


def train(
    experiment: Experiment, dataset: Dataset, loss: Loss, network: Flattened, epochs: int, stopped: Callable[[], bool]
) -> Trained | None:
    """Train `network` for so many epochs, fewer where more would be idle, and score it.

    None where it was `stopped`, its numbers grew beyond bounds, or no answer counts.

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
            held_out = mean_loss(network, dataset, "validation", training.batch_size, loss)
            deciding = held_out if dataset.count("validation") else learned
            schedule.epoch_done(deciding)
            if deciding < best:
                best, found, weights = deciding, epoch, network.network.state_dict()
            if not patient and epoch >= 2 * found + _PATIENCE:
                break
    except NonFiniteError:
        return None
    network.network.load_state_dict(weights)
    parts = ("validation", "test")
    known, tested = (score(network, dataset, part, training.batch_size, loss) for part in parts)
    return Trained(network, known.metric, tested.metric, tested.by_step)


def _epoch(
    training: TrainingConfig, dataset: Dataset, loss: Loss, network: Flattened, optimizer: Optimizer,
    schedule: Schedule, epoch: int, stopped: Callable[[], bool],
) -> float | None:  # fmt: skip
    """The mean loss of one pass over the training part; None where it was stopped, or no answer counted."""
    losses: list[float] = []
    before = None
    for batch in dataset.batches("train", training.batch_size, training.seed, epoch):
        if stopped():
            return None
        before = before if batch.continues else None
        found = network.learn(batch, before, loss)
        before = network.tail(batch, before)
        if not math.isfinite(found):
            raise NonFiniteError("the loss is not finite")
        optimizer.step(schedule.rate(optimizer.steps), training.clip_norm, training.clip_value)
        if loss.weights(batch).any():
            losses.append(found)
    return math.fsum(losses) / len(losses) if losses else None
