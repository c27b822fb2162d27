"""What training makes small: which losses fit which answers, and their measure and gradient over a batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.config import ConfigError, TrainingConfig
from engine.kernels import losses as kernels
from engine.kernels.jit import padded
from engine.layers import arguments
from engine.layers.parameters import NetworkError

if TYPE_CHECKING:  # a network knows its losses without any data
    from engine.data import Dataset

_KINDS = {
    "mse": kernels.SQUARED,
    "mae": kernels.ABSOLUTE,
    "huber": kernels.HUBER,
    "quantile": kernels.PINBALL,
    "binary_cross_entropy": kernels.LOGISTIC,
}
# What a data set suggests → all that fit its answers, and what those are.
FITTING = {
    "mse": (("mse", "mae", "huber", "quantile"), "numbers"),
    "cross_entropy": (("cross_entropy",), "one class out of several"),
    "binary_cross_entropy": (("binary_cross_entropy",), "any number of labels, each there or not"),
}


class Answers(Protocol):
    """What was to be said; `engine.data.Batch` is one."""

    @property
    def targets(self) -> NDArray[Any]:
        """(B, …) or (T, B, …)."""

    @property
    def weights(self) -> NDArray[Any]:
        """(B,) or (T, B)."""


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """A loss with its settings.

    Attributes:
        name: As `training.loss` takes it, but for "auto".
        delta: Huber: the difference from which on the loss grows along a line.
        quantiles: Quantile: the shares of the truth that are to lie below each answer, rising.
        class_weights: Cross-entropy: (classes,) how much each counts, as PyTorch's `weight`; None is 1 for all.

    Raises:
        NetworkError: a delta that is not above 0, a quantile that is not between 0 and 1, or class weights that are
            no finite numbers from 0 on, or for another loss.
    """

    name: str
    delta: float = 1.0
    quantiles: tuple[float, ...] = (0.1, 0.5, 0.9)
    class_weights: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        """Check the settings."""
        arguments.inside(0, np.inf, self.delta, "delta")
        arguments.inside(0, 1, self.quantiles, "quantiles", several=True)
        if self.class_weights is None:
            return
        if self.name != "cross_entropy":
            raise NetworkError(f"class weights are for cross_entropy; the loss is {self.name!r}")
        weights = arguments.array(self.class_weights, "class weights")
        if not (np.isfinite(weights).all() and (weights >= 0).all()):
            raise NetworkError(f"class weights are {weights.tolist()}; they take finite numbers from 0")
        object.__setattr__(self, "class_weights", weights)

    @property
    def width(self) -> int:
        """Outputs for each target."""
        return len(self.quantiles) if self.name == "quantile" else 1

    def over(
        self, outputs: NDArray[Any], row_size: int, shape: tuple[int, ...], batch: Answers,
        ends: NDArray[np.int64] | None = None,
    ) -> float:  # fmt: skip
        """The mean over what counts of `outputs`, answers of `shape` (…, O) as flat rows `row_size` apart.

        The outputs are replaced by ∂L/∂outputs. Of answers (T, B, O) none behind `ends` (B,) counts.

        Raises:
            NetworkError: targets or weights that do not fit the answers, or a loss that is none.
        """
        *lead, columns = shape
        weights = arguments.weights(batch.weights, tuple(lead), outputs.dtype, ends)
        if self.name == "cross_entropy":
            classes = arguments.classes(batch.targets, tuple(lead), columns, weights)
            if self.class_weights is not None:
                weights = np.asarray(weights * self._each_class(columns)[classes], weights.dtype)
            found = kernels.cross_entropy(outputs, row_size, columns, classes, weights)
        else:
            targets = arguments.targets(batch.targets, (*lead, self._targets(columns)), outputs.dtype)
            levels = np.array(self.quantiles if self.name == "quantile" else (self.delta,), np.float64)
            found = kernels.elementwise(_KINDS[self.name], outputs, row_size, columns, targets, weights, levels)
        if math.isnan(found) and (weights < 0).any():
            raise NetworkError(f"weights go down to {weights.min()}; an answer counts 0 or more")
        return float(found)

    def _targets(self, columns: int) -> int:
        """How many targets so many outputs answer."""
        if self.name not in _KINDS:
            raise NetworkError(f"the loss is {self.name!r}; it is one of cross_entropy, {', '.join(_KINDS)}")
        if not self.width or columns % self.width:
            raise NetworkError(f"{self.width} quantiles are to be answered by {columns} outputs: that does not go even")
        return columns // self.width

    def _each_class(self, columns: int) -> NDArray[np.float32]:
        assert self.class_weights is not None
        if self.class_weights.shape != (columns,):
            raise NetworkError(
                f"class weights have shape {self.class_weights.shape}; the network has {columns} classes"
            )
        return self.class_weights

    def weights(self, batch: Answers) -> NDArray[Any]:
        """How much each answer counts: (B,) or (T, B)."""
        if self.class_weights is None:
            return batch.weights
        return np.asarray(batch.weights * self.class_weights.take(batch.targets, mode="clip"))

    def mean(self, values: NDArray[Any], batch: Answers) -> tuple[float, float]:
        """The same mean of answers (B, O) or (T, B, O), which are left alone; and the weights' sum."""
        return self.slopes(values, batch)[0], float(self.weights(batch).sum(dtype=np.float64))

    def slopes(self, values: NDArray[Any], batch: Answers) -> tuple[float, NDArray[Any]]:
        """The same mean, and its gradient in the shape of the answers."""
        columns = values.shape[-1]
        rows = np.zeros((values.size // columns, padded(columns)), values.dtype)
        rows[:, :columns] = values.reshape(-1, columns)
        mean = self.over(rows.reshape(-1), rows.shape[1], values.shape, batch)
        return mean, rows[:, :columns].reshape(values.shape)

    def point(self, values: NDArray[Any]) -> NDArray[Any]:
        """One answer for each target, (…, targets): of several quantiles the one nearest to the median."""
        if self.width == 1:
            return values
        return values[..., self.middle :: self.width]

    @property
    def middle(self) -> int:
        """Which of the outputs for a target is its one answer."""
        return int(np.argmin(np.abs(np.array(self.quantiles) - 0.5))) if self.width > 1 else 0


def as_loss(given: str | Loss) -> Loss:
    """A loss by its name with the usual settings, or itself. Raises `NetworkError` where it is neither."""
    if not isinstance(given, str | Loss):
        raise NetworkError(f"the loss is {given!r}; it takes a name, as training.loss does, or a Loss")
    return _usual(given) if isinstance(given, str) else given


@lru_cache(maxsize=32)
def _usual(name: str) -> Loss:
    """The same for every step: to check its settings takes longer than a small batch's loss."""
    return Loss(name)


def configured(training: TrainingConfig, suggested: str = "") -> Loss:
    """The loss of the settings; `suggested` is what "auto" stands for. Says nothing of whether it fits."""
    chosen = suggested if training.loss == "auto" else training.loss
    return Loss(chosen, training.huber_delta, tuple(sorted(set(training.quantiles))))


def loss_named(suggested: str, training: TrainingConfig) -> Loss:
    """The loss that the settings ask for, where the data suggests one by name; all classes count the same.

    Raises:
        ConfigError: it does not fit what such data is answered by.
    """
    fitting, answers = FITTING[suggested]
    if training.loss not in ("auto", *fitting):
        raise ConfigError(
            f"training.loss is {training.loss!r}, but this data is answered by {answers}; "
            f"it takes auto or {', '.join(fitting)}"
        )
    return configured(training, suggested)


def loss_for(training: TrainingConfig, dataset: Dataset) -> Loss:
    """The loss of a run on this data, its classes weighed where the settings ask for it.

    Raises:
        ConfigError: it does not fit what the data is answered by.
    """
    found = loss_named(dataset.loss, training)
    if found.name != "cross_entropy" or training.class_weights == "none":
        return found
    return Loss(found.name, class_weights=_balanced(training, dataset))


def _balanced(training: TrainingConfig, dataset: Dataset) -> NDArray[np.float32]:
    """Rare classes count for as much as frequent ones: N / (classes seen · count), 0 for classes never seen."""
    counts = np.zeros(dataset.output_size)
    for batch in dataset.batches("train", training.batch_size):
        counts += np.bincount(batch.targets.reshape(-1), batch.weights.reshape(-1), dataset.output_size)
    seen = counts > 0
    weights = counts.sum() / (seen.sum() * np.where(seen, counts, 1.0))
    return np.where(seen, weights, 0.0).astype(np.float32)
