"""The network without memory itself: all steps of a window lie side by side before one hidden layer.

So every step has weights of its own (Rumelhart et al. 1986; over text, the network of Bengio et al. 2003 without its
embedding). It has as many hidden units as bring it nearest to the number of parameters of the recurrent network. What
an encoder–decoder writes step by step it answers at once, with an output for each of the U steps ahead.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import specification
from engine.config import Experiment, ModelConfig
from engine.data import Batch, Dataset, PairBatch
from engine.data.series.path_dataset import PathDataset
from engine.layers.budget import fitted
from engine.layers.parameter_shapes import parameter_count
from engine.layers.passes import Examples, Output
from engine.losses import Loss
from engine.network import Network

NAME = "feed-forward"
_CONTEXT = 8  # steps that it sees before each answer where every step has one
_TOO_LARGE = 1.5  # times the budget, with a single hidden unit


class Flattened:
    """A feed-forward network that answers the batches of a data set as the recurrent one does."""

    def __init__(self, experiment: Experiment, dataset: Dataset, width: int, budget: int) -> None:
        """`width` outputs for each target; as near to `budget` trainable numbers as whole hidden units come."""
        training = experiment.training
        longest = max(len(batch.inputs) for batch in dataset.batches("train", training.batch_size, training.seed))
        self._aligned = dataset.topology == "many_to_many"
        self.steps = min(longest, _CONTEXT) if self._aligned and dataset.kind != "series" else longest
        self._written = (
            dataset.steps if isinstance(dataset, PathDataset) and dataset.topology == "encoder_decoder" else 0
        )
        self._targets, told = dataset.output_size, max(0, dataset.heard_size - dataset.output_size)
        inputs = self.steps * dataset.input_size + self._written * told
        outputs = dataset.output_size * width * max(1, self._written)
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
        if isinstance(batch, PairBatch):
            return self._at_once(batch, inputs)
        if self._aligned:
            past = np.zeros((self.steps - 1, *inputs.shape[1:]), np.float32) if before is None else before
            seen = np.lib.stride_tricks.sliding_window_view(np.concatenate([past, inputs]), self.steps, axis=0)
            rows = np.moveaxis(seen, -1, 2).reshape(inputs.shape[0] * inputs.shape[1], -1)
            targets = batch.targets.reshape(len(rows), *batch.targets.shape[2:])
            return _single(rows, targets, batch.weights.reshape(len(rows)))
        return _single(self._side_by_side(inputs), batch.targets, batch.weights)

    def learn(self, batch: Examples, before: NDArray[Any] | None, loss: Loss) -> float:
        """The loss over a batch, whose gradient the network then has.

        Where some steps of what is to be written were not measured the others count, as they do for a decoder.
        """
        flat = self.flat(batch, before)
        weights = batch.weights
        if not isinstance(batch, PairBatch) or (weights.min(axis=0) == weights.max(axis=0)).all():
            return self.network.loss_and_gradients(flat, loss).loss
        values = self.network.forward(flat.inputs, flat.lengths).values
        found, slopes = loss.slopes(self._by_step(values), batch)
        self.network.backward(slopes.swapaxes(0, 1).reshape(values.shape))
        return found

    def _by_step(self, values: NDArray[Any]) -> NDArray[Any]:
        """Answers (B, U · O) to all steps ahead as (U, B, O)."""
        return values.reshape(len(values), self._written, -1).swapaxes(0, 1)

    def _at_once(self, batch: PairBatch, inputs: NDArray[np.float32]) -> Batch:
        """All steps that an encoder–decoder writes as one answer; it reads ahead what a decoder is told ahead."""
        count, known = inputs.shape[1], batch.before[..., self._targets :]
        rows = [self._side_by_side(inputs), known.swapaxes(0, 1).reshape(count, -1)]
        targets = np.ascontiguousarray(batch.targets.swapaxes(0, 1)).reshape(count, -1)
        return _single(np.concatenate(rows, axis=1), targets, batch.weights.max(axis=0))

    def _side_by_side(self, inputs: NDArray[Any]) -> NDArray[np.float32]:
        """(T, B, I) as (B, steps · I)."""
        rows = np.zeros((inputs.shape[1], self.steps, inputs.shape[2]), np.float32)
        rows[:, : len(inputs)] = inputs[: self.steps].swapaxes(0, 1)
        return rows.reshape(inputs.shape[1], -1)

    def forward(self, inputs: NDArray[Any]) -> Output:
        """Like `Network.forward` of windows (T, B, I), each answered once."""
        return self.network.forward(self._side_by_side(inputs)[None])

    def answer(self, batch: Examples, state: Any = None) -> Output:
        """Like `Network.answer`; the state is the last steps read."""
        values = self.network.answer(self.flat(batch, state)).values
        if self._aligned:
            values = values.reshape(*batch.inputs.shape[:2], -1)
        if self._written:
            values = self._by_step(values)
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


def _single(rows: NDArray[Any], targets: NDArray[Any], weights: NDArray[Any]) -> Batch:
    """One step for each answer."""
    count = len(rows)
    inputs = np.ascontiguousarray(rows, np.float32)[None]
    return Batch(inputs, np.ones(count, np.int64), targets, weights, False, np.arange(count))


def _model(experiment: Experiment) -> ModelConfig:
    own = experiment.model.activation
    known = own in specification("feedforward").activations
    return ModelConfig(
        topology="many_to_one", cell="feedforward", num_layers=1, activation=own if known else "tanh",
        initializer=experiment.model.initializer,
    )  # fmt: skip
