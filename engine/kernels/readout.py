"""Kernels of the linear layer that turns hidden states into answers."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.jit import LANES, kernel
from engine.kernels.tiles import call_product
from engine.kernels.vectors import filled, load, store, total


@kernel
def affine(
    product: int, first: int, last: int, h: Any, h_at: int, h_row: int, inputs: int, panels: Any, bias: Any,
    y: Any, y_row: int,
) -> None:  # fmt: skip
    """y = h W + b for the rows ``first … last``."""
    for row in range(first, last):
        for column in range(0, y_row, LANES):
            store(y, row * y_row + column, load(bias, column))
    source, target = h_at + first * h_row, first * y_row
    call_product(product, h, source, h_row, 1, last - first, inputs, panels, 0, 0, y_row, y, target, y_row)


@kernel
def affine_to_one(
    first: int, last: int, h: Any, h_at: int, h_row: int, inputs: int, weight: Any, bias: Any, y: Any, y_row: int
) -> None:
    """`affine` to a single answer, which a tile would multiply with fifteen columns of zeros.

    `weight` and the rows of h are read in whole vectors; beyond `inputs` the weight is zero and h finite.
    """
    for row in range(first, last):
        source = h_at + row * h_row
        found = load(h, source) * load(weight, np.int64(0))
        for i in range(LANES, inputs, LANES):
            found = found + load(h, source + i) * load(weight, i)
        y[row * y_row] = total(found) + bias[0]


@kernel
def affine_backward(
    product: int, first: int, last: int, y: Any, y_row: int, outputs: int, panels: Any, d: Any, d_row: int
) -> None:
    """∂L/∂h = ∂L/∂y Wᵀ for the rows ``first … last``; `y` holds ∂L/∂y."""
    zero = filled(load(d, np.int64(0)), 0.0)
    for i in range(first * d_row, last * d_row, LANES):
        store(d, i, zero)
    source, target = first * y_row, first * d_row
    call_product(product, y, source, y_row, 1, last - first, outputs, panels, 0, 0, d_row, d, target, d_row)
