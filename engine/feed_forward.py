"""A network without memory on the same windows: what remembering is worth is its distance from the one that recurs.

All steps of a window lie side by side before one hidden layer, so every step has weights of its own (Rumelhart et al.
1986; over text, the network of Bengio et al. 2003 without its embedding). It has as many hidden units as bring it
nearest to the number of parameters of the recurrent network, and learns by the same loss, optimiser, schedule, batches
and number of epochs; the epoch with the best validation loss counts. At a constant rate it ends sooner, where so many
epochs have been worse than its best that more of them are idle.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.budget import fitted
from engine.cells import specification
from engine.config import Experiment, ModelConfig, TrainingConfig
from engine.data import Batch, Dataset
from engine.evaluation import score
from engine.layers.parameter_shapes import parameter_count
from engine.layers.passes import Examples, Output
from engine.losses import Loss
from engine.network import Network
from engine.non_finite import NonFiniteError
from engine.optimizers import Optimizer
from engine.schedules import Schedule

NAME = "feed-forward"
_CONTEXT = 8  # steps that it sees before each answer where every step has one
_PATIENCE = 100  # epochs at a constant rate without a better one, beside as many as it took to find the best
_TOO_LARGE = 1.5  # times the budget, with a single hidden unit


class Flattened:
    """A feed-forward network that answers the batches of a data set as the recurrent one does."""

    def __init__(self, experiment: Experiment, dataset: Dataset, width: int, budget: int) -> None:
        """`width` outputs for each target; as near to `budget` trainable numbers as whole hidden units come."""
        training = experiment.training
        longest = max(len(batch.inputs) for batch in dataset.batches("train", training.batch_size, training.seed))
        self._aligned = dataset.topology == "many_to_many"
        self.steps = min(longest, _CONTEXT) if self._aligned and dataset.kind != "series" else longest
        inputs, outputs = self.steps * dataset.input_size, dataset.output_size * width
        model = fitted(_model(experiment), budget, lambda model: parameter_count(model, inputs, outputs, False))
        self._symbols = np.eye(dataset.input_size + 1, dataset.input_size, dtype=np.float32) if dataset.tokens else None
        self.parameter_count = parameter_count(model, inputs, outputs, False)
        self.too_large = self.parameter_count > _TOO_LARGE * budget
        self._make = partial(Network, model, inputs, outputs, seed=training.seed, threads=training.threads)
        self._network: Network | None = None

    @property
    def name(self) -> str:
        """What it is called among the baselines."""
        return f"{NAME} ({self.parameter_count:,} parameters)"

    @property
    def network(self) -> Network:
        """Made when it is first needed: one that is too large never is."""
        self._network = self._network or self._make()
        return self._network

    def close(self) -> None:
        """Let its threads go; they start again with the next batch that it answers."""
        if self._network is not None:
            self._network.workers.close()

    def flat(self, batch: Examples, before: NDArray[Any] | None = None) -> Batch:
        """`batch` with its steps side by side, one row for each answer; `before` are the steps read just before it."""
        inputs = self._numbers(batch)
        if self._aligned:
            past = np.zeros((self.steps - 1, *inputs.shape[1:]), np.float32) if before is None else before
            seen = np.lib.stride_tricks.sliding_window_view(np.concatenate([past, inputs]), self.steps, axis=0)
            rows = np.moveaxis(seen, -1, 2).reshape(inputs.shape[0] * inputs.shape[1], -1)
        else:
            side_by_side = np.zeros((inputs.shape[1], self.steps, inputs.shape[2]), np.float32)
            side_by_side[:, : len(inputs)] = inputs[: self.steps].swapaxes(0, 1)
            rows = side_by_side.reshape(inputs.shape[1], -1)
        count = len(rows)
        return Batch(
            inputs=np.ascontiguousarray(rows, np.float32)[None],
            lengths=np.ones(count, np.int64),
            targets=batch.targets.reshape(count, *batch.targets.shape[2:]) if self._aligned else batch.targets,
            weights=batch.weights.reshape(count),
            continues=False,
            positions=np.arange(count),
        )

    def answer(self, batch: Examples, state: Any = None) -> Output:
        """Like `Network.answer`; the state is the last steps read."""
        values = self.network.answer(self.flat(batch, state)).values
        if self._aligned:
            values = values.reshape(*batch.inputs.shape[:2], -1)
        return Output(values, self.tail(batch, state))

    def tail(self, batch: Examples, before: NDArray[Any] | None = None) -> Any:
        """What a batch that continues this one has to know of it; None where none does."""
        if not self._aligned or self.steps < 2:
            return None
        inputs = self._numbers(batch)
        read = inputs if before is None else np.concatenate([before, inputs])
        missing = max(0, self.steps - 1 - len(read))
        return np.pad(read, ((missing, 0), (0, 0), (0, 0)))[-(self.steps - 1) :]

    def _numbers(self, batch: Examples) -> NDArray[np.float32]:
        """(T, B, I) float32, zero past the end of a sequence; of tokens, a one at each one's place."""
        inputs = batch.inputs if self._symbols is None else self._symbols[batch.inputs]
        inside = np.arange(len(inputs))[:, None] < batch.lengths
        return np.asarray(inputs * inside[..., None], np.float32)


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


def _model(experiment: Experiment) -> ModelConfig:
    own = experiment.model.activation
    known = own in specification("feedforward").activations
    return ModelConfig(
        topology="many_to_one", cell="feedforward", num_layers=1, activation=own if known else "tanh",
        initializer=experiment.model.initializer,
    )  # fmt: skip
