"""Norms, clipping and the optimisers' updates, over all parameters as one flat array.

Definitions and defaults are PyTorch's (torch.optim). No fast-math here: a NaN must stay one. Arrays hold whole
vectors; what lies past the last parameter is zero and stays so.

Every update takes the factor c of clipping and the L2 decay λ, and works with c g + λ θ. It returns 0 where all
new parameters and squares are finite and NaN where one is not, which costs an addition or two a vector in passing. A
square needs it: divided by the root of an infinity, a step is zero, and the parameter would stand still for good.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.kernels.jit import LANES, inner_kernel, kernel
from engine.kernels.vectors import filled, load, square_root, store, total, where_less


@kernel
def squared_norms(values: Any, bounds: Any, result: Any) -> float:
    """Σ v² of each parameter ``bounds[p] … bounds[p + 1]`` into `result`; returns their sum."""
    found = 0.0
    for p in range(result.size):
        result[p] = _squared_norm(values, bounds[p], bounds[p + 1])
        found += result[p]
    return found


@inner_kernel
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
def clamp(values: Any, limit: float) -> None:
    """Every number into ±limit, as torch.nn.utils.clip_grad_value_ does."""
    for i in range(0, values.size, LANES):
        v = load(values, i)
        highest = filled(v, limit)
        v = where_less(highest, v, highest, v)
        lowest = filled(v, -limit)
        store(values, i, where_less(v, lowest, lowest, v))


@inner_kernel
def _taken(values: Any, gradients: Any, at: int, factor: float, decay: float) -> Any:
    return factor * load(gradients, at) + decay * load(values, at)


@inner_kernel
def _moved(values: Any, at: int, new: Any, check: Any) -> Any:
    """Store new parameters; adds 0 to `check` for those that are finite, NaN for others."""
    store(values, at, new)
    return check + new * 0.0


@kernel
def gradient_descent(values: Any, gradients: Any, factor: float, decay: float, rate: float) -> float:
    """θ ← θ - η g (torch.optim.SGD without momentum)."""
    check = filled(load(values, np.int64(0)), 0.0)
    for i in range(0, values.size, LANES):
        g = _taken(values, gradients, i, factor, decay)
        check = _moved(values, i, load(values, i) - rate * g, check)
    return float(total(check))


@kernel
def momentum(
    values: Any, gradients: Any, velocity: Any, factor: float, decay: float, rate: float, keep: float, ahead: float
) -> float:
    """v ← μ v + g; θ ← θ - η v (torch.optim.SGD), or η (g + μ v) where `ahead` is 1: Nesterov's."""
    check = filled(load(values, np.int64(0)), 0.0)
    for i in range(0, values.size, LANES):
        g = _taken(values, gradients, i, factor, decay)
        v = keep * load(velocity, i) + g
        store(velocity, i, v)
        way = ahead * (g + keep * v) + (1.0 - ahead) * v
        check = _moved(values, i, load(values, i) - rate * way, check)
    return float(total(check))


@kernel
def rmsprop(
    values: Any, gradients: Any, square: Any, factor: float, decay: float, rate: float, smoothing: float,
    epsilon: float,
) -> float:  # fmt: skip
    """s ← α s + (1 - α) g²; θ ← θ - η g / (√s + ε) (torch.optim.RMSprop; Tieleman & Hinton 2012)."""
    check = filled(load(values, np.int64(0)), 0.0)
    for i in range(0, values.size, LANES):
        g = _taken(values, gradients, i, factor, decay)
        s = smoothing * load(square, i) + (1.0 - smoothing) * (g * g)
        store(square, i, s)
        check = _moved(values, i, load(values, i) - rate * g / (square_root(s) + epsilon), check + s * 0.0)
    return float(total(check))


@kernel
def adagrad(
    values: Any, gradients: Any, square: Any, factor: float, decay: float, rate: float, epsilon: float
) -> float:
    """s ← s + g²; θ ← θ - η g / (√s + ε) (torch.optim.Adagrad; Duchi et al. 2011)."""
    check = filled(load(values, np.int64(0)), 0.0)
    for i in range(0, values.size, LANES):
        g = _taken(values, gradients, i, factor, decay)
        s = load(square, i) + g * g
        store(square, i, s)
        check = _moved(values, i, load(values, i) - rate * g / (square_root(s) + epsilon), check + s * 0.0)
    return float(total(check))


@kernel
def adam(
    values: Any, gradients: Any, mean: Any, square: Any, factor: float, decay: float, shrink: float, step: int,
    rate: float, beta1: float, beta2: float, epsilon: float,
) -> float:  # fmt: skip
    """Kingma & Ba (2015), algorithm 1, with the bias corrections as torch.optim.Adam applies them.

    Parameters are multiplied by `shrink` first: 1 in Adam, 1 - η λ in AdamW (Loshchilov & Hutter 2019).
    """
    size = rate / (1.0 - beta1**step)
    root = 1.0 / math.sqrt(1.0 - beta2**step)
    check = filled(load(values, np.int64(0)), 0.0)
    for i in range(0, values.size, LANES):
        g = _taken(values, gradients, i, factor, decay)
        before = load(mean, i)
        m = before + (g - before) * (1.0 - beta1)
        v = load(square, i) * beta2 + g * g * (1.0 - beta2)
        store(mean, i, m)
        store(square, i, v)
        new = load(values, i) * shrink - size * m / (square_root(v) * root + epsilon)
        check = _moved(values, i, new, check + v * 0.0)
    return float(total(check))


@kernel
def nadam(
    values: Any, gradients: Any, mean: Any, square: Any, factor: float, decay: float, step: int, for_gradient: float,
    for_mean: float, beta1: float, beta2: float, epsilon: float,
) -> float:  # fmt: skip
    """θ ← θ - (a g + b m) / (√v̂ + ε) (torch.optim.NAdam; Dozat 2016); a, b: `for_gradient`, `for_mean`."""
    root = 1.0 / math.sqrt(1.0 - beta2**step)
    check = filled(load(values, np.int64(0)), 0.0)
    for i in range(0, values.size, LANES):
        g = _taken(values, gradients, i, factor, decay)
        before = load(mean, i)
        m = before + (g - before) * (1.0 - beta1)
        v = load(square, i) * beta2 + g * g * (1.0 - beta2)
        store(mean, i, m)
        store(square, i, v)
        way = (for_gradient * g + for_mean * m) / (square_root(v) * root + epsilon)
        check = _moved(values, i, load(values, i) - way, check + v * 0.0)
    return float(total(check))
