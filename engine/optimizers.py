"""Clipping, gradient noise and a step of the parameters, with what was measured on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import TrainingConfig
from engine.kernels import optimizers as kernels
from engine.layers import arguments
from engine.layers.parameters import NetworkError
from engine.networks import AnyNetwork
from engine.non_finite import NonFiniteError
from engine.update_rules import RULES

_NOISE_STREAM = 1 << 64  # in the upper half of the generator's key, where no seed reaches
_NOISE_FADES = 0.55


class Optimizer:
    """Clips the gradient, adds noise to it where that is asked for, and takes a step by `training.optimizer`.

    Noise is Gaussian with variance η / (1 + t)^0.55 (Neelakantan et al. 2015, section 3), t the steps before, η
    `training.gradient_noise`; added after clipping, and drawn from the seed and the number of the step alone.
    """

    def __init__(self, network: AnyNetwork, training: TrainingConfig) -> None:
        self._network = network
        self._parameters = network.parameters
        self._training = training
        self._rule = RULES[training.optimizer](training, network.parameters.values)
        self._squares = np.zeros(len(self._parameters.names), np.float64)
        self._left = self._squares  # the same after clipping by value
        self._factor = 1.0
        self._before = np.zeros(0, network.parameters.values.dtype)
        self.steps = 0
        self.clipped = False  # whether the last step's gradient was
        self.watch_updates = False

    def step(self, learning_rate: float, clip_norm: float, clip_value: float = 0.0) -> float:
        """Clip the gradient, move the parameters, return the gradient's norm before clipping.

        Args:
            learning_rate: Of this step.
            clip_norm: Longest gradient; longer ones are shortened to it. 0: never.
            clip_value: Largest size of one number of the gradient, cut before the norm is taken. 0: never.

        Raises:
            NetworkError: a rate or a clip that is no number from 0 on.
            NonFiniteError: the gradient holds a NaN or an infinity, and no parameter was changed; or a parameter, or
                what the optimiser remembers of it, became one in this step.
        """
        arguments.step_sizes(learning_rate, clip_norm=clip_norm, clip_value=clip_value)
        norm = math.sqrt(kernels.squared_norms(self._parameters.gradients, self._parameters.bounds, self._squares))
        if not math.isfinite(norm):
            raise self._culprit()
        self._clip(norm, clip_norm, clip_value)
        self._before = self._parameters.values.copy() if self.watch_updates else self._before[:0]
        factor = self._with_noise() if self._training.gradient_noise > 0 else self._factor
        self.steps += 1
        self._network.step = self.steps
        values, gradients = self._parameters.values, self._parameters.gradients
        check = self._rule.move(values, gradients, factor, self.steps, learning_rate)
        self._network.changed()
        if check != 0:
            raise self._lost_number()
        return norm

    def _clip(self, norm: float, clip_norm: float, clip_value: float) -> None:
        self._left, left = self._squares, norm
        if clip_value > 0:
            kernels.clamp(self._parameters.gradients, clip_value)
            self._left = np.zeros_like(self._squares)
            left = math.sqrt(kernels.squared_norms(self._parameters.gradients, self._parameters.bounds, self._left))
        self._factor = min(1.0, clip_norm / (left + 1e-6)) if clip_norm > 0 else 1.0
        self.clipped = self._factor < 1.0 or left < norm

    def _with_noise(self) -> float:
        """Add noise to the clipped gradient; what is left to multiply it by."""
        gradients, count = self._parameters.gradients, self._parameters.count
        key = _NOISE_STREAM + self._training.seed
        random = np.random.Generator(np.random.Philox(key=key, counter=self.steps << 192))
        deviation = math.sqrt(self._training.gradient_noise / (1 + self.steps) ** _NOISE_FADES)
        gradients *= gradients.dtype.type(self._factor)
        gradients[:count] += gradients.dtype.type(deviation) * random.standard_normal(count, gradients.dtype)
        return 1.0

    def _culprit(self) -> NonFiniteError:
        for name in self._parameters.names:
            wrong = ~np.isfinite(self._parameters.gradient(name))
            if wrong.any():
                place = tuple(int(i) for i in np.argwhere(wrong)[0])
                text = f"the gradient of {name} is not finite at {place} ({int(wrong.sum())} of {wrong.size} numbers)"
                return NonFiniteError(text, name, place)
        largest = self._parameters.names[int(np.argmax(self._squares))]
        return NonFiniteError(f"the gradient of {largest} is too long for a number", largest)

    def _lost_number(self) -> NonFiniteError:
        values = self._parameters.values
        memories = {f"the optimiser's {kind} of ": flat for kind, flat in self._rule.state.items()}
        for whose, flat in {"": values, **memories}.items():
            if flat.size == values.size and (found := self._parameters.not_finite(flat)):
                name, place = found
                return NonFiniteError(f"{whose}{name} is not finite at {place} after the step", name, place)
        raise AssertionError("an update said that a number is not finite, and all are")

    def gradient_norms(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """L2 norm of each parameter's gradient in the last step, before and after clipping, (P,) each."""
        before, after = np.sqrt(self._squares), self._factor * np.sqrt(self._left)
        return before.astype(np.float32), after.astype(np.float32)

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
        """Copies of all that the next step depends on, beside parameters and settings: arrays by name."""
        return {"steps": np.array([self.steps])} | {name: array.copy() for name, array in self._rule.state.items()}

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Go on from what `state_dict` gave; the next steps are then the same to the last bit.

        Raises:
            NetworkError: the state is another optimiser's, another network's, or holds what is no finite number.
        """
        own = self._rule.state
        arguments.instance(state, Mapping, "the state of the optimiser")
        found = {name: arguments.array(array, f"{name} of the optimiser") for name, array in state.items()}
        wanted = {"steps": (1,)} | {name: array.shape for name, array in own.items()}
        if {name: array.shape for name, array in found.items()} != wanted:
            raise NetworkError(
                f"the state of the optimiser does not fit: it holds {', '.join(sorted(map(str, found))) or 'nothing'}; "
                f"{self._training.optimizer} takes {', '.join(sorted(wanted))}, of this network's size"
            )
        for name, array in found.items():
            if not np.isfinite(array).all():
                raise NetworkError(f"{name} of the optimiser holds numbers that are not finite")
        arguments.between(0, arguments.LARGEST, steps=found["steps"].tolist()[0])
        self._network.step = self.steps = int(found["steps"][0])
        for name, array in own.items():
            array[...] = found[name]
