"""Norms, clipping and the optimisers' updates, over all parameters as one flat array.

Definitions and defaults are PyTorch's (torch.optim). No fast-math here: a NaN must stay one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.jit import kernel


@kernel
def squared_norms(values: Any, bounds: Any, result: Any) -> float:
    """Σ v² of each parameter ``bounds[p] … bounds[p + 1]`` into `result`; returns their total, in float64."""
    total = 0.0
    for p in range(result.size):
        first, last = bounds[p], bounds[p + 1]
        # Four sums hide the latency of the addition; their order is fixed.
        a, b, c, d = 0.0, 0.0, 0.0, 0.0
        i = first
        while i + 4 <= last:
            a += np.float64(values[i]) * values[i]
            b += np.float64(values[i + 1]) * values[i + 1]
            c += np.float64(values[i + 2]) * values[i + 2]
            d += np.float64(values[i + 3]) * values[i + 3]
            i += 4
        while i < last:
            a += np.float64(values[i]) * values[i]
            i += 1
        result[p] = (a + b) + (c + d)
        total += result[p]
    return total


@kernel
def scale(values: Any, factor: float) -> None:
    """Multiply in place, as clipping by norm does."""
    f = values.dtype.type(factor)
    for i in range(values.size):
        values[i] *= f


@kernel
def sgd(values: Any, gradients: Any, velocity: Any, rate: float, momentum: float) -> None:
    """v ← μ v + g; θ ← θ - η v (torch.optim.SGD)."""
    eta, mu = values.dtype.type(rate), values.dtype.type(momentum)
    for i in range(values.size):
        velocity[i] = mu * velocity[i] + gradients[i]
        values[i] -= eta * velocity[i]


@kernel
def adam(
    values: Any,
    gradients: Any,
    mean: Any,
    square: Any,
    step: int,
    rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
) -> None:
    """Kingma & Ba (2015), algorithm 1, with the bias corrections as torch.optim.Adam applies them."""
    kind = values.dtype.type
    size = kind(rate / (1.0 - beta1**step))
    root = kind(1.0 / math.sqrt(1.0 - beta2**step))
    b1, b2, one, eps = kind(beta1), kind(beta2), kind(1.0), kind(epsilon)
    for i in range(values.size):
        g = gradients[i]
        mean[i] += (g - mean[i]) * (one - b1)
        square[i] = square[i] * b2 + g * g * (one - b2)
        values[i] -= size * mean[i] / (np.sqrt(square[i]) * root + eps)
