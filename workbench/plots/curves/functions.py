"""The activation functions and their slopes on arrays, for drawing; the network's own are the kernels'."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Values: TypeAlias = NDArray[Any]
Function: TypeAlias = Callable[[Values], Any]

_GELU_FACTOR = math.sqrt(2 / math.pi)
_GELU_STEEPEST = 1.129  # at the root of two
_SATURATED = 0.1  # of the steepest slope


def sigmoid(x: Values) -> Any:
    """1 / (1 + e^-x)."""
    return 0.5 * np.tanh(0.5 * x) + 0.5


def _gelu(x: Values) -> Any:
    return 0.5 * x * (1 + np.tanh(_GELU_FACTOR * (x + 0.044715 * x**3)))


def _gelu_slope(x: Values) -> Any:
    inner = np.tanh(_GELU_FACTOR * (x + 0.044715 * x**3))
    return 0.5 * (1 + inner) + 0.5 * x * (1 - inner**2) * _GELU_FACTOR * (1 + 0.134145 * x**2)


FUNCTIONS: dict[str, tuple[Function, Function]] = {
    "tanh": (np.tanh, lambda x: 1 - np.tanh(x) ** 2),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * (1 - sigmoid(x))),
    "relu": (lambda x: np.maximum(x, 0.0), lambda x: (x > 0) * 1.0),
    "identity": (lambda x: x, np.ones_like),
    "softsign": (lambda x: x / (1 + np.abs(x)), lambda x: (1 + np.abs(x)) ** -2.0),
    "hard_sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), lambda x: (np.abs(x) < 3) / 6),
    "elu": (lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))), lambda x: np.exp(np.minimum(x, 0))),
    "gelu": (_gelu, _gelu_slope),
}


def flat_below(name: str) -> float:
    """A tenth of the steepest slope: with less a unit hardly learns."""
    steepest = {"sigmoid": 0.25, "hard_sigmoid": 1 / 6, "gelu": _GELU_STEEPEST}.get(name, 1.0)
    return _SATURATED * steepest


def saturated(name: str, x: Values) -> NDArray[np.bool_]:
    """Where the slope, up or down, is less than that."""
    flat: NDArray[np.bool_] = np.abs(FUNCTIONS[name][1](x)) < flat_below(name)
    return flat
