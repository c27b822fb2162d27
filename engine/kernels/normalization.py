"""Layer normalisation (Ba et al. 2016) of one row inside a cell's step.

A row lies in `blocks` of `width` numbers of which the first `units` count; the gain of the padding is zero.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from engine.kernels.jit import LANES, inner_kernel
from engine.kernels.vectors import filled, load, store, total

EPSILON: Final = 1e-5  # torch.nn.LayerNorm's


@inner_kernel
def normalize(x: Any, at: int, blocks: Any, width: int, units: int) -> float:
    """Bring the row to mean 0 and variance 1, in place; returns the scale it was multiplied by."""
    count = blocks * units
    mean = _sums_about(x, at, blocks, width, units, 0.0)[0] / count
    scale = 1.0 / math.sqrt(_sums_about(x, at, blocks, width, units, mean)[1] / count + EPSILON)
    for i in range(at, at + blocks * width, LANES):
        store(x, i, (load(x, i) - mean) * scale)
    return scale


@inner_kernel
def _sums_about(x: Any, at: int, blocks: int, width: int, units: int, centre: float) -> tuple[float, float]:
    """Σ (x - centre) and Σ (x - centre)² over the numbers that count."""
    whole = units // LANES * LANES
    sums = filled(load(x, at), 0.0)
    squares = sums
    rest, rest_of_squares = 0.0, 0.0
    for start in range(at, at + blocks * width, width):
        for i in range(start, start + whole, LANES):
            difference = load(x, i) - centre
            sums, squares = sums + difference, squares + difference * difference
        for i in range(start + whole, start + units):
            one = np.float64(x[i]) - centre
            rest, rest_of_squares = rest + one, rest_of_squares + one * one
    return rest + np.float64(total(sums)), rest_of_squares + np.float64(total(squares))


@inner_kernel
def normalize_backward(
    normal: Any, at: int, dy: Any, dy_at: int, gain: Any, gain_at: Any, d_gain: Any, d_gain_at: int,
    blocks: Any, width: int, units: int, scale: float,
) -> None:  # fmt: skip
    """From ∂L/∂(gain · normal) to ∂L/∂x, over `normal`; adds to ∂L/∂gain. `scale` is what `normalize` gave."""
    sums = filled(load(normal, at), 0.0)
    products = sums
    for i in range(0, blocks * width, LANES):
        x, d = load(normal, at + i), load(dy, dy_at + i)
        store(d_gain, d_gain_at + i, load(d_gain, d_gain_at + i) + d * x)
        d = d * load(gain, gain_at + i)
        sums = sums + d
        products = products + d * x
    count = blocks * units
    mean, slope = np.float64(total(sums)) / count, np.float64(total(products)) / count
    for i in range(0, blocks * width, LANES):
        d = load(dy, dy_at + i) * load(gain, gain_at + i)
        store(normal, at + i, (d - mean - load(normal, at + i) * slope) * scale)
