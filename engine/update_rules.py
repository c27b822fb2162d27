"""How a gradient becomes a step: one class a rule, each with what it remembers; the sums are in `kernels.optimizers`.

Definitions and defaults are those of the classes of torch.optim that the names say.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import TrainingConfig
from engine.kernels import optimizers as kernels
from engine.layers.buffers import aligned_zeros

Values = NDArray[Any]


class UpdateRule:
    """Moves parameters against their gradients.

    Attributes:
        state: All that is remembered from step to step, by name. The arrays are changed in place.
    """

    MEMORIES: tuple[str, ...] = ()  # arrays of the parameters' size, zero at first

    def __init__(self, training: TrainingConfig, values: Values) -> None:
        self.training = training
        self.state: dict[str, Values] = {name: aligned_zeros(values.size, values.dtype) for name in self.MEMORIES}

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """Change `values` in place, by `factor` times the gradient; `step` counts from 1.

        Returns 0, or NaN where a parameter or what is remembered of it is not finite now.
        """
        raise NotImplementedError


class GradientDescent(UpdateRule):
    """SGD without momentum."""

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """See `UpdateRule.move`."""
        return kernels.gradient_descent(values, gradients, factor, self.training.weight_decay, rate)


class Momentum(UpdateRule):
    """SGD with momentum, or with Nesterov's."""

    MEMORIES = ("velocity",)

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """See `UpdateRule.move`."""
        chosen, ahead = self.training, float(self.training.optimizer == "nesterov")
        velocity = self.state["velocity"]
        return kernels.momentum(values, gradients, velocity, factor, chosen.weight_decay, rate, chosen.momentum, ahead)


class RmsProp(UpdateRule):
    """Divides by the root of a running mean of squares."""

    MEMORIES = ("square",)

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """See `UpdateRule.move`."""
        chosen, square = self.training, self.state["square"]
        return kernels.rmsprop(
            values, gradients, square, factor, chosen.weight_decay, rate, chosen.smoothing, chosen.epsilon
        )


class Adagrad(UpdateRule):
    """Divides by the root of the sum of all squares so far."""

    MEMORIES = ("square",)
    EPSILON = 1e-10

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """See `UpdateRule.move`."""
        decay = self.training.weight_decay
        return kernels.adagrad(values, gradients, self.state["square"], factor, decay, rate, self.EPSILON)


class Adam(UpdateRule):
    """Adam, and AdamW, whose decay shrinks the parameters themselves instead of adding to the gradient."""

    MEMORIES = ("mean", "square")

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """See `UpdateRule.move`."""
        chosen, decay, shrink = self.training, self.training.weight_decay, 1.0
        if chosen.optimizer == "adamw":
            decay, shrink = 0.0, 1.0 - rate * chosen.decoupled_weight_decay
        return kernels.adam(
            values, gradients, self.state["mean"], self.state["square"], factor, decay, shrink, step, rate,
            chosen.beta1, chosen.beta2, chosen.epsilon,
        )  # fmt: skip


class NAdam(UpdateRule):
    """Adam with Nesterov's momentum; the momentum rises with the steps (Dozat 2016, as PyTorch has it)."""

    MEMORIES = ("mean", "square")
    MOMENTUM_DECAY = 4e-3

    def __init__(self, training: TrainingConfig, values: Values) -> None:
        super().__init__(training, values)
        self.state["product"] = np.ones(1)  # of the momenta so far

    def move(self, values: Values, gradients: Values, factor: float, step: int, rate: float) -> float:
        """See `UpdateRule.move`."""
        chosen, product = self.training, self.state["product"]
        now, following = self._momentum(step), self._momentum(step + 1)
        product *= now
        for_gradient = rate * (1 - now) / (1 - product[0])
        for_mean = rate * following / (1 - product[0] * following)
        return kernels.nadam(
            values, gradients, self.state["mean"], self.state["square"], factor, chosen.weight_decay, step,
            float(for_gradient), float(for_mean), chosen.beta1, chosen.beta2, chosen.epsilon,
        )  # fmt: skip

    def _momentum(self, step: int) -> float:
        return float(self.training.beta1 * (1 - 0.5 * 0.96 ** (step * self.MOMENTUM_DECAY)))


RULES: dict[str, type[UpdateRule]] = {
    "sgd": GradientDescent,
    "momentum": Momentum,
    "nesterov": Momentum,
    "rmsprop": RmsProp,
    "adagrad": Adagrad,
    "adam": Adam,
    "adamw": Adam,
    "nadam": NAdam,
}
