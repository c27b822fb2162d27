"""All trainable numbers of a network in one flat array, each parameter a named view of it.

Optimisers and norms then run over one array; names, shapes and layouts are PyTorch's.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels.jit import padded
from engine.layers.buffers import aligned_zeros


class NetworkError(ValueError):
    """Weights or inputs that do not fit the network; the text says which and how."""


class Parameters:
    """Named parameters and their gradients.

    Attributes:
        shapes: name to shape, in the order of the state dict.
        values, gradients: all numbers in that order, and zeros up to a whole number of vectors.
        bounds: (parameters + 1,) int64, where each begins in the flat arrays.
    """

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], dtype: np.dtype[Any]) -> None:
        self.shapes = dict(shapes)
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        self.bounds: NDArray[np.int64] = np.cumsum([0, *sizes], dtype=np.int64)
        self.values = aligned_zeros(padded(int(self.bounds[-1])), dtype)
        self.gradients = aligned_zeros(self.values.size, dtype)
        self._place = {name: number for number, name in enumerate(self.shapes)}

    @property
    def names(self) -> tuple[str, ...]:
        """Parameter names, in order."""
        return tuple(self.shapes)

    @property
    def count(self) -> int:
        """Trainable numbers."""
        return int(self.bounds[-1] - self.bounds[0])

    def offset(self, name: str) -> int:
        """Where a parameter begins in the flat arrays."""
        return int(self.bounds[self._place[name]])

    def view(self, name: str) -> NDArray[Any]:
        """The parameter itself, not a copy."""
        return self._shaped(self.values, name)

    def gradient(self, name: str) -> NDArray[Any]:
        """The gradient of the parameter itself, not a copy."""
        return self._shaped(self.gradients, name)

    def _shaped(self, flat: NDArray[Any], name: str) -> NDArray[Any]:
        place = self._place[name]
        return flat[self.bounds[place] : self.bounds[place + 1]].reshape(self.shapes[name])

    def not_finite(self, flat: NDArray[Any]) -> tuple[str, tuple[int, ...]] | None:
        """Name and place of the first number of `flat`, laid out like the parameters, that is not finite."""
        for name in self.shapes:
            if (wrong := np.argwhere(~np.isfinite(self._shaped(flat, name)))).size:
                return name, tuple(wrong[0].tolist())
        return None

    def part(self, names: Mapping[str, str]) -> Parameters:
        """Neighbouring parameters under names of their own: the same numbers, for a module that knows only these.

        `names` gives the name here for each name there, in the order of the state dict.
        """
        places = [self._place[full] for full in names.values()]
        assert places == list(range(places[0], places[0] + len(places)))
        found = copy.copy(self)
        found.shapes = {own: self.shapes[full] for own, full in names.items()}
        found.bounds = self.bounds[places[0] : places[-1] + 2]
        found._place = {own: number for number, own in enumerate(names)}
        return found

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Copies of all parameters by name."""
        return {name: self.view(name).copy() for name in self.shapes}

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over every parameter; nothing changes unless all fit.

        Raises:
            NetworkError: a name missing or unknown, a wrong shape, a number that is not finite.
        """
        if not isinstance(state, Mapping):
            raise NetworkError(f"weights are a mapping from names to arrays, got {type(state)}")
        missing, unknown = self.shapes.keys() - state.keys(), state.keys() - self.shapes.keys()
        if missing or unknown:
            raise NetworkError(f"weights do not fit: missing {sorted(missing)}, unknown {sorted(unknown, key=str)}")
        fitting = {name: self._fitting(name, state[name]) for name in self.shapes}
        for name, array in fitting.items():
            self.view(name)[...] = array

    def _fitting(self, name: str, given: Any) -> NDArray[Any]:
        """A parameter as numbers of the network's own type."""
        try:
            array = np.asarray(given)
        except (TypeError, ValueError) as error:  # nested lists of unequal lengths
            raise NetworkError(f"weight {name} cannot be read as an array: {error}") from None
        if array.shape != self.shapes[name]:
            raise NetworkError(f"weight {name} has shape {array.shape}, the network takes {self.shapes[name]}")
        if array.dtype.kind not in "fiub":
            raise NetworkError(f"weight {name} must be numbers, got an array of {array.dtype}")
        with np.errstate(over="ignore"):  # a number too large for this type is an infinity
            array = array.astype(self.values.dtype)
        if not np.isfinite(array).all():
            raise NetworkError(f"weight {name} holds numbers that are not finite")
        return array


class Trainable:
    """What every network has: `parameters` under PyTorch's names, and packed copies of them for the kernels."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self._packed = False  # whether the kernels' copies are those of the parameters

    @property
    def names(self) -> tuple[str, ...]:
        """Parameter names, in the order of the state dict."""
        return self.parameters.names

    @property
    def parameter_count(self) -> int:
        """Trainable numbers."""
        return self.parameters.count

    def state_dict(self) -> dict[str, NDArray[Any]]:
        """Copies of all parameters under PyTorch's names."""
        return self.parameters.state_dict()

    def load_state_dict(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over every parameter. Raises `NetworkError` where names, shapes or numbers do not fit."""
        self.parameters.load_state_dict(state)
        self._packed = False

    def gradients(self) -> dict[str, NDArray[Any]]:
        """Copies of the last gradients under the parameters' names."""
        return {name: self.parameters.gradient(name).copy() for name in self.names}

    def changed(self) -> None:
        """Say that parameters were changed in place, as an optimiser does."""
        self._packed = False
