"""Norms, clipping and the optimisers' updates, over all parameters as one flat array.

Definitions and defaults are PyTorch's (torch.optim). No fast-math here: a NaN must stay one. Arrays hold whole
vectors; what lies past the last parameter is zero and stays so.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.jit import LANES, kernel
from engine.kernels.vectors import filled, load, square_root, store, total


@kernel
def squared_norms(values: Any, bounds: Any, result: Any) -> float:
    """Σ v² of each parameter ``bounds[p] … bounds[p + 1]`` into `result`; returns their sum."""
    found = 0.0
    for p in range(result.size):
        result[p] = _squared_norm(values, bounds[p], bounds[p + 1])
        found += result[p]
    return found


@kernel
def _squared_norm(values: Any, first: int, last: int) -> float:
    """Σ v² in vectors of the array's type, in float64 where that overflows."""
    whole = first + (last - first) // LANES * LANES
    sums = filled(load(values, np.int64(0)), 0.0)
    for i in range(first, whole, LANES):
        v = load(values, i)
        sums = sums + v * v
    found = float(total(sums))
    for i in range(whole, last):
        found += float(values[i]) * float(values[i])
    if not math.isfinite(found):
        found = 0.0
        for i in range(first, last):
            found += np.float64(values[i]) * np.float64(values[i])  # Numba's float() would keep float32
    return found


@kernel
def sgd(values: Any, gradients: Any, velocity: Any, factor: float, rate: float, momentum: float) -> None:
    """v ← μ v + c g; θ ← θ - η v (torch.optim.SGD), c the factor of clipping."""
    for i in range(0, values.size, LANES):
        v = momentum * load(velocity, i) + factor * load(gradients, i)
        store(velocity, i, v)
        store(values, i, load(values, i) - rate * v)


@kernel
def adam(
    values: Any, gradients: Any, mean: Any, square: Any, factor: float, step: int, rate: float, beta1: float,
    beta2: float, epsilon: float,
) -> None:  # fmt: skip
    """Kingma & Ba (2015), algorithm 1, with the bias corrections as torch.optim.Adam applies them."""
    size = rate / (1.0 - beta1**step)
    root = 1.0 / math.sqrt(1.0 - beta2**step)
    for i in range(0, values.size, LANES):
        g = factor * load(gradients, i)
        before = load(mean, i)
        m = before + (g - before) * (1.0 - beta1)
        v = load(square, i) * beta2 + g * g * (1.0 - beta2)
        store(mean, i, m)
        store(square, i, v)
        store(values, i, load(values, i) - size * m / (square_root(v) * root + epsilon))
