"""What memory is worth on the data at hand: beside a network that has none, and with the order of the steps taken away.

Measured once, after the last epoch and with the best weights, so that the run itself is as fast as without; a run that
is stopped does without it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from engine.config import Experiment
from engine.data import Batch, Dataset
from engine.data.series.path_dataset import PathDataset
from engine.held_out.evaluation import score
from engine.losses import Loss
from engine.memoryless import feed_forward
from engine.memoryless.flattened import Flattened
from engine.networks import AnyNetwork

_READ_WHOLE = ("many_to_one", "encoder_decoder")  # topologies that answer after a whole sequence

_AHEAD = {
    "recursive": "Its own forecasts of one step are fed back, as the network's are.",
    "direct": "It has an output for each step ahead, as the network has.",
    "encoder_decoder": "It writes nothing: it has an output for each step ahead (direct), from the same windows.",
}  # by strategy


@dataclass(frozen=True, slots=True, eq=False)
class MemoryWorth:
    """Scores on the test part, in the data set's metric; NaN where there is none."""

    trained: feed_forward.Trained | None
    shuffled: float  # of the recurrent network itself, on sequences whose steps come in another order
    note: str = ""  # why there is no feed-forward network, where one was to be expected
    ahead: str = ""  # how it comes to forecasts over several steps, where they are asked for

    @property
    def validation_baselines(self) -> tuple[tuple[str, float], ...]:
        """The feed-forward network among the baselines."""
        return ((self.trained.network.name, self.trained.validation),) if self.trained else ()

    @property
    def test_baselines(self) -> tuple[tuple[str, float], ...]:
        """The same on the test part."""
        return ((self.trained.network.name, self.trained.test),) if self.trained else ()

    def beside(self, by_step: tuple[Mapping[str, float], ...]) -> tuple[Mapping[str, float], ...]:
        """Scores by step ahead, with the RMSE of the feed-forward network behind those of the simple forecasts."""
        if self.trained is None:
            return by_step
        pairs = zip(by_step, self.trained.by_step, strict=True)
        return tuple({**own, self.trained.network.name: theirs["RMSE"]} for own, theirs in pairs)


def memory_worth(
    experiment: Experiment, dataset: Dataset, loss: Loss, network: AnyNetwork, epochs: int, stopped: Callable[[], bool]
) -> MemoryWorth:
    """Measure it for a `network` with its best weights, which learned for so many `epochs`."""
    chosen = experiment.training.memory_check
    if chosen == "never":
        return MemoryWorth(None, math.nan)
    without = math.nan
    if _order_counts(experiment, dataset) and dataset.count("test"):
        batch_size = experiment.training.batch_size
        without = score(network, dataset, "test", batch_size, loss, shuffled).metric
    if not feed_forward.trainable(experiment, dataset) or (dataset.topology == "many_to_many" and chosen == "auto"):
        return MemoryWorth(None, without)
    return _beside(experiment, dataset, loss, network, epochs, stopped, without)


def _order_counts(experiment: Experiment, dataset: Dataset) -> bool:
    """Whether the order can be taken away: a single step has none, and forecasts that are fed back are made of the
    windows, not of a batch.
    """
    fed_back = isinstance(dataset, PathDataset) and dataset.preparation.strategy == "recursive"
    if dataset.topology not in _READ_WHOLE or experiment.model.cell == "feedforward" or fed_back:
        return False
    return any(len(batch.inputs) > 1 for batch in dataset.batches("test", experiment.training.batch_size))


def _beside(
    experiment: Experiment, dataset: Dataset, loss: Loss, network: AnyNetwork, epochs: int,
    stopped: Callable[[], bool], without: float,
) -> MemoryWorth:  # fmt: skip
    other = Flattened(experiment, dataset, loss.width, network.parameter_count)
    if other.too_large:
        note = (
            f"no feed-forward network beside it: over {other.steps:,} steps side by side even a single hidden unit "
            f"takes {other.parameter_count:,} parameters, the network has {network.parameter_count:,}"
        )
        return MemoryWorth(None, without, note)
    try:
        trained = feed_forward.train(experiment, dataset, loss, other, epochs, stopped)
    finally:
        other.close()
    note = "" if trained else "the feed-forward network beside it came to no result"
    ahead = _AHEAD[dataset.preparation.strategy] if isinstance(dataset, PathDataset) else ""
    return MemoryWorth(trained, without, note, ahead)


def shuffled(batch: Batch, seed: int = 0) -> Batch:
    """`batch` with the steps of each sequence in another order, within its own length; the same for the same seed."""
    random = np.random.Generator(np.random.Philox(key=seed))
    inputs = batch.inputs.copy()
    for column, length in enumerate(batch.lengths.tolist()):
        inputs[:length, column] = batch.inputs[random.permutation(length), column]
    return replace(batch, inputs=inputs)
