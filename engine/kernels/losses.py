"""Losses with their gradients, averaged over what counts.

``outputs`` lie (rows, columns padded); weights (rows,) say how much each row counts, 0 for none. Each kernel
writes ∂L/∂outputs over the outputs and returns L, summed in float64.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.activations import exp
from engine.kernels.jit import LANES, kernel
from engine.kernels.vectors import filled, load, store


@kernel
def mean_squared_error(outputs: Any, row_size: int, columns: int, targets: Any, weights: Any) -> float:
    """L = Σ w (y - t)² / (columns Σ w); the same as PyTorch's ``mse_loss`` where all weights are 1."""
    count = 0.0
    for row in range(weights.size):
        count += weights[row]
    scale = 1.0 / max(count * columns, 1e-30)
    loss = 0.0
    for row in range(weights.size):
        for column in range(row_size):
            at = row * row_size + column
            if column >= columns or weights[row] == 0.0:
                outputs[at] = 0.0
                continue
            difference = np.float64(outputs[at]) - targets[row * columns + column]
            loss += weights[row] * difference * difference
            outputs[at] = 2.0 * scale * weights[row] * difference
    return loss * scale


@kernel
def cross_entropy(outputs: Any, row_size: int, columns: int, targets: Any, weights: Any) -> float:
    """L = Σ w (log Σ exp y - y[target]) / Σ w; the same as PyTorch's ``cross_entropy`` where all weights are 1."""
    count = 0.0
    for row in range(weights.size):
        count += weights[row]
    scale = 1.0 / max(count, 1e-30)
    loss = 0.0
    for row in range(weights.size):
        at = row * row_size
        if weights[row] == 0.0:
            outputs[at : at + row_size] = 0.0
            continue
        highest = outputs[at]
        for column in range(1, columns):
            highest = max(highest, outputs[at + column])
        wanted = np.float64(outputs[at + targets[row]]) - highest
        _exponentials(outputs, at, row_size, highest)
        outputs[at + columns : at + row_size] = 0.0
        total = 0.0
        for column in range(columns):
            total += outputs[at + column]
        loss += weights[row] * (math.log(total) - wanted)
        factor = scale * weights[row] / total
        for column in range(columns):
            outputs[at + column] *= factor
        outputs[at + targets[row]] -= scale * weights[row]
    return loss * scale


@kernel
def _exponentials(outputs: Any, at: int, count: int, highest: float) -> None:
    for column in range(at, at + count, LANES):
        v = load(outputs, column)
        store(outputs, column, exp(v - filled(v, highest)))
