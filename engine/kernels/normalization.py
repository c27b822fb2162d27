"""Layer normalisation (Ba et al. 2016) inside a cell's step: of one row, or of two rows side by side.

A row lies in blocks of `width` numbers of which the first `units` count; the gain of the padding is zero. A sum waits
for the addition before, so two rows at once take little longer than one.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from engine.kernels.jit import LANES, inner_kernel
from engine.kernels.vectors import filled, load, store, total

EPSILON: Final = 1e-5  # torch.nn.LayerNorm's
BLOCKS: Final = 4  # of each of two rows


@inner_kernel
def normalize(x: Any, at: int, width: int, units: int) -> float:
    """Bring one block to mean 0 and variance 1, in place; returns the scale it was multiplied by."""
    whole = units // LANES * LANES
    sums = filled(load(x, at), 0.0)
    squares, rest, rest_of_squares = sums, 0.0, 0.0
    for i in range(at, at + whole, LANES):
        sums = sums + load(x, i)
    for i in range(at + whole, at + units):
        rest += np.float64(x[i])
    mean = (rest + np.float64(total(sums))) / units
    for i in range(at, at + whole, LANES):
        off = load(x, i) - mean
        squares = squares + off * off
    for i in range(at + whole, at + units):
        rest_of_squares += (np.float64(x[i]) - mean) ** 2
    scale = 1.0 / math.sqrt((rest_of_squares + np.float64(total(squares))) / units + EPSILON)
    for i in range(at, at + width, LANES):
        store(x, i, (load(x, i) - mean) * scale)
    return scale


@inner_kernel
def normalize_two(x: Any, at: int, width: int, units: int) -> tuple[float, float]:
    """`normalize` of two rows of four blocks, the second behind the first."""
    second, count = at + BLOCKS * width, BLOCKS * units
    sum_a, sum_b = _sums(x, at, second, width, units)
    mean_a, mean_b = sum_a / count, sum_b / count
    square_a, square_b = _squares(x, at, second, width, units, mean_a, mean_b)
    scale_a, scale_b = 1.0 / math.sqrt(square_a / count + EPSILON), 1.0 / math.sqrt(square_b / count + EPSILON)
    for i in range(0, BLOCKS * width, LANES):
        store(x, at + i, (load(x, at + i) - mean_a) * scale_a)
        store(x, second + i, (load(x, second + i) - mean_b) * scale_b)
    return scale_a, scale_b


@inner_kernel
def _sums(x: Any, at: int, second: int, width: int, units: int) -> tuple[float, float]:
    """Σ x of both rows, over the numbers that count."""
    whole = units // LANES * LANES
    a = filled(load(x, at), 0.0)
    b, rest_a, rest_b = a, 0.0, 0.0
    for start in range(0, BLOCKS * width, width):
        for i in range(start, start + whole, LANES):
            a, b = a + load(x, at + i), b + load(x, second + i)
        for i in range(start + whole, start + units):
            rest_a, rest_b = rest_a + np.float64(x[at + i]), rest_b + np.float64(x[second + i])
    return rest_a + np.float64(total(a)), rest_b + np.float64(total(b))


@inner_kernel
def _squares(x: Any, at: int, second: int, width: int, units: int, mean_a: float, mean_b: float) -> tuple[float, float]:
    """Σ (x - mean)² of both rows, over the numbers that count."""
    whole = units // LANES * LANES
    a = filled(load(x, at), 0.0)
    b, rest_a, rest_b = a, 0.0, 0.0
    for start in range(0, BLOCKS * width, width):
        for i in range(start, start + whole, LANES):
            off_a, off_b = load(x, at + i) - mean_a, load(x, second + i) - mean_b
            a, b = a + off_a * off_a, b + off_b * off_b
        for i in range(start + whole, start + units):
            rest_a += (np.float64(x[at + i]) - mean_a) ** 2
            rest_b += (np.float64(x[second + i]) - mean_b) ** 2
    return rest_a + np.float64(total(a)), rest_b + np.float64(total(b))


@inner_kernel
def normalize_backward(
    normal: Any, at: int, dy: Any, dy_at: int, gain: Any, gain_at: int, d_gain: Any, d_gain_at: int,
    width: int, units: int, scale: float,
) -> None:  # fmt: skip
    """From ∂L/∂(gain · normal) to ∂L/∂x, over `normal`; adds to ∂L/∂gain. `scale` is what `normalize` gave."""
    sums = filled(load(normal, at), 0.0)
    products = sums
    for i in range(0, width, LANES):
        x, d = load(normal, at + i), load(dy, dy_at + i)
        store(d_gain, d_gain_at + i, load(d_gain, d_gain_at + i) + d * x)
        d = d * load(gain, gain_at + i)
        sums, products = sums + d, products + d * x
    mean, slope = np.float64(total(sums)) / units, np.float64(total(products)) / units
    for i in range(0, width, LANES):
        d = load(dy, dy_at + i) * load(gain, gain_at + i)
        store(normal, at + i, (d - mean - load(normal, at + i) * slope) * scale)


@inner_kernel
def normalize_two_backward(
    normal: Any, at: int, dy: Any, dy_at: int, extra: Any, d_extra: Any, extra_at: int, width: int, units: int,
    scale_a: float, scale_b: float,
) -> None:  # fmt: skip
    """From ∂L/∂(gain · normal + second gain · second normal + bias) to ∂L/∂x of both rows, over `normal`.

    `extra` begins with both gains and the bias, of four blocks each, and `d_extra` from `extra_at` on takes their
    gradients.
    """
    row = BLOCKS * width
    second, count = at + row, BLOCKS * units
    sums_a = filled(load(normal, at), 0.0)
    sums_b, products_a, products_b = sums_a, sums_a, sums_a
    for i in range(0, row, LANES):
        a, b, d, e = load(normal, at + i), load(normal, second + i), load(dy, dy_at + i), extra_at + i
        store(d_extra, e, load(d_extra, e) + d * a)
        store(d_extra, e + row, load(d_extra, e + row) + d * b)
        store(d_extra, e + 2 * row, load(d_extra, e + 2 * row) + d)
        d_a, d_b = d * load(extra, i), d * load(extra, row + i)
        sums_a, products_a = sums_a + d_a, products_a + d_a * a
        sums_b, products_b = sums_b + d_b, products_b + d_b * b
    mean_a, slope_a = np.float64(total(sums_a)) / count, np.float64(total(products_a)) / count
    mean_b, slope_b = np.float64(total(sums_b)) / count, np.float64(total(products_b)) / count
    for i in range(0, row, LANES):
        d, a, b = load(dy, dy_at + i), load(normal, at + i), load(normal, second + i)
        store(normal, at + i, (d * load(extra, i) - mean_a - a * slope_a) * scale_a)
        store(normal, second + i, (d * load(extra, row + i) - mean_b - b * slope_b) * scale_b)
