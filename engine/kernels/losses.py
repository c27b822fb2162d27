"""Losses with their gradients, averaged over what counts.

``outputs`` lie (rows, columns padded); weights (rows,) say how much each row counts, 0 for none. Each kernel
writes ∂L/∂outputs over the outputs and returns L, summed in float64; NaN, and nothing written, where a weight is below
0. What lies in the padding is read by nobody.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.activations import exp
from engine.kernels.jit import LANES, inner_kernel, kernel
from engine.kernels.vectors import filled, load, store

SQUARED, ABSOLUTE, HUBER, PINBALL, LOGISTIC = range(5)


@kernel
def elementwise(kind: int, outputs: Any, row_size: int, columns: int, targets: Any, weights: Any, levels: Any) -> float:
    """L = Σ w ℓ(y, t) / (columns Σ w), ℓ one of the losses above; PyTorch's mean where all weights are 1.

    Each target is answered by as many columns as there are `levels` (float64): one for each quantile, else one,
    which is Huber's δ.
    """
    count = _sum(weights)
    if count < 0.0:
        return math.nan
    scale = 1.0 / max(count * columns, 1e-30)
    loss, width = 0.0, levels.size
    asked = columns // width
    for row in range(weights.size):
        first, weight = row * row_size, weights[row]
        answered = asked if weight != 0.0 else 0
        for question in range(answered):
            target = np.float64(targets[row * asked + question])
            for level in range(width):
                at = first + question * width + level
                output = np.float64(outputs[at])
                if kind == SQUARED:
                    value, slope = float((output - target) ** 2), float(2.0 * (output - target))
                else:
                    value, slope = _loss_and_slope(kind, output, target, levels[level])
                loss += weight * value
                outputs[at] = scale * weight * slope
        for at in range(first + answered * width, first + columns):
            outputs[at] = 0.0
    return loss * scale


@inner_kernel
def _sum(weights: Any) -> float:
    """Σ w, or -1 where one is below 0."""
    count = 0.0
    for row in range(weights.size):
        if weights[row] < 0.0:
            return -1.0
        count += weights[row]
    return count


@inner_kernel
def _loss_and_slope(kind: int, output: float, target: float, level: float) -> tuple[float, float]:
    """ℓ and ∂ℓ/∂y of one number, but for the squared difference, as torch.nn.functional defines them; pinball after
    Koenker & Bassett (1978)."""
    difference = output - target
    size = abs(difference)
    sign = 1.0 if difference > 0 else (-1.0 if difference < 0 else difference)  # a NaN stays one
    if kind == ABSOLUTE:
        return size, sign
    if kind == HUBER and size >= level:
        return level * (size - 0.5 * level), level * sign
    if kind == HUBER:
        return 0.5 * difference * difference, difference
    if kind == PINBALL:
        share = 1.0 - level if difference > 0 else level
        return share * size, share * sign
    tail = math.exp(-abs(output))
    chance = (1.0 if output >= 0 else tail) / (1.0 + tail)
    return max(output, 0.0) - output * target + math.log1p(tail), chance - target


@kernel
def cross_entropy(outputs: Any, row_size: int, columns: int, targets: Any, weights: Any) -> float:
    """L = Σ w (log Σ exp y - y[target]) / Σ w; the same as PyTorch's ``cross_entropy`` where all weights are 1."""
    count = _sum(weights)
    if count < 0.0:
        return math.nan
    scale = 1.0 / max(count, 1e-30)
    loss = 0.0
    for row in range(weights.size):
        at = row * row_size
        if weights[row] == 0.0:
            outputs[at : at + columns] = 0.0
            continue
        highest = outputs[at]
        for column in range(1, columns):
            highest = max(highest, outputs[at + column])
        wanted = np.float64(outputs[at + targets[row]]) - highest
        _exponentials(outputs, at, row_size, highest)
        total = 0.0
        for column in range(columns):
            total += outputs[at + column]
        loss += weights[row] * (math.log(total) - wanted)
        factor = scale * weights[row] / total
        for column in range(columns):
            outputs[at + column] *= factor
        outputs[at + targets[row]] -= scale * weights[row]
    return loss * scale


@inner_kernel
def _exponentials(outputs: Any, at: int, count: int, highest: float) -> None:
    for column in range(at, at + count, LANES):
        v = load(outputs, column)
        store(outputs, column, exp(v - filled(v, highest)))
