"""Optimisers over a network's parameters, with PyTorch's definitions; the arithmetic is in `kernels.optimizers`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import TrainingConfig
from engine.kernels import optimizers as kernels
from engine.network import Network


class NonFiniteError(ArithmeticError):
    """A number that is not finite appeared; the text names the tensor."""


class Optimizer:
    """Clips the gradient and takes a step.

    Adam (Kingma & Ba 2015) with β = (0.9, 0.999), ε = 1e-8; SGD with momentum: torch.optim's defaults.
    """

    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self, network: Network, training: TrainingConfig) -> None:
        self._network = network
        self._parameters = network.parameters
        self._adam, self._momentum = training.optimizer == "adam", training.momentum
        values = self._parameters.values
        self._first = np.zeros_like(values)  # Adam's mean, SGD's velocity
        self._second = np.zeros_like(values) if self._adam else np.zeros(0, values.dtype)
        self._squares = np.zeros(len(self._parameters.names), np.float64)
        self._factor = 1.0
        self._before = np.zeros(0, values.dtype)
        self.steps = 0
        self.watch_updates = False

    def step(self, learning_rate: float, clip_norm: float) -> float:
        """Shorten the gradient to `clip_norm` (0: never), move the parameters, return the norm before clipping.

        Raises:
            NonFiniteError: the gradient holds a NaN or an infinity; no parameter was changed.
        """
        norm = math.sqrt(kernels.squared_norms(self._parameters.gradients, self._parameters.bounds, self._squares))
        if not math.isfinite(norm):
            raise NonFiniteError(self._culprit())
        self._factor = min(1.0, clip_norm / (norm + 1e-6)) if clip_norm > 0 else 1.0
        self._before = self._parameters.values.copy() if self.watch_updates else self._before[:0]
        self._move(learning_rate)
        self._network.changed()
        return norm

    def _move(self, rate: float) -> None:
        values, gradients = self._parameters.values, self._parameters.gradients
        self.steps += 1
        shared = (values, gradients, self._first)
        if self._adam:
            kernels.adam(*shared, self._second, self._factor, self.steps, rate, self.BETA1, self.BETA2, self.EPSILON)
        else:
            kernels.sgd(*shared, self._factor, rate, self._momentum)

    def _culprit(self) -> str:
        for name in self._parameters.names:
            wrong = ~np.isfinite(self._parameters.gradient(name))
            if wrong.any():
                place = tuple(int(i) for i in np.argwhere(wrong)[0])
                return f"the gradient of {name} is not finite at {place} ({int(wrong.sum())} of {wrong.size} numbers)"
        largest = self._parameters.names[int(np.argmax(self._squares))]
        return f"the gradient of {largest} is too long for a number"

    def gradient_norms(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """L2 norm of each parameter's gradient in the last step, before and after clipping, (P,) each."""
        before = np.sqrt(self._squares).astype(np.float32)
        return before, (before * np.float32(self._factor)).astype(np.float32)

    def update_ratios(self) -> NDArray[np.float32]:
        """‖step‖ / ‖parameter‖ of the last step, (P,); NaN unless `watch_updates` was set before it."""
        bounds = self._parameters.bounds
        if not self._before.size:
            return np.full(bounds.size - 1, np.nan, np.float32)
        moved = np.zeros(bounds.size - 1)
        size = np.zeros(bounds.size - 1)
        kernels.squared_norms(self._parameters.values - self._before, bounds, moved)
        kernels.squared_norms(self._before, bounds, size)
        return np.sqrt(moved / np.maximum(size, 1e-30)).astype(np.float32)

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """What a checkpoint keeps."""
        return {"first": self._first.copy(), "second": self._second.copy(), "steps": np.array([self.steps])}

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state_dict` gave."""
        self._first[...] = state["first"]
        self._second[...] = state["second"]
        self.steps = int(state["steps"][0])
