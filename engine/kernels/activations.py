"""Activation functions and their slopes on vectors.

float32: a rational function of our own fit for tanh (error below 3e-7, NaN passes through), a polynomial for
exp. float64: the C library, one lane at a time, for checking. A function is chosen by its code at run time,
so that a cell is compiled once for all of them; the branch is the same for a whole run and costs next to
nothing.
"""

from __future__ import annotations

from typing import Any, Final

from numba import types
from numba.extending import overload

from engine.kernels.jit import inner_kernel
from engine.kernels.vectors import filled, per_lane, rounded, scaled_by_power_of_two, where_less

TANH: Final = 0
SIGMOID: Final = 1
RELU: Final = 2
IDENTITY: Final = 3
SOFTSIGN: Final = 4
HARD_SIGMOID: Final = 5
ELU: Final = 6
GELU: Final = 7

CODES: dict[str, int] = {
    "tanh": TANH,
    "sigmoid": SIGMOID,
    "relu": RELU,
    "identity": IDENTITY,
    "softsign": SOFTSIGN,
    "hard_sigmoid": HARD_SIGMOID,
    "elu": ELU,
    "gelu": GELU,
}

_tanh_by_lane = per_lane("tanh")
_exp_by_lane = per_lane("exp")

# tanh(x) = x P(x²)/Q(x²), relative error of the fit 2e-8. At the bound tanh is 1 - 3e-7, so that rounding never
# carries the result past 1 and the slope 1 - y² below 0.
_BOUND = 7.9
_P = (0.9999999795187452, 0.13381007027189765, 0.003495566194448565, 2.0608731172726416e-05, 1.3354196848165637e-08)
_Q = (1.0, 0.4671432263565548, 0.025876898252485125, 0.0003285599346311483, 7.77636331591322e-07)
_LOG2_E = 1.4426950408889634
_LN2_HIGH = 0.693359375
_LN2_LOW = -2.12194440e-4
_SQRT_2_OVER_PI = 0.7978845608028654


@inner_kernel
def _clamped(x: Any, low: float, high: float) -> Any:
    bottom, top = filled(x, low), filled(x, high)
    return where_less(x, bottom, bottom, where_less(top, x, top, x))


def tanh(x: Any) -> Any:
    """Hyperbolic tangent of a vector."""


@overload(tanh, strict=False)
def _tanh(x: Any) -> Any:
    if x.dtype == types.float64:
        return lambda x: _tanh_by_lane(x)

    def rational(x: Any) -> Any:
        x = _clamped(x, -_BOUND, _BOUND)
        s = x * x
        above = x * (_P[0] + s * (_P[1] + s * (_P[2] + s * (_P[3] + s * _P[4]))))
        below = _Q[0] + s * (_Q[1] + s * (_Q[2] + s * (_Q[3] + s * _Q[4])))
        return above / below

    return rational


def exp(x: Any) -> Any:
    """Exponential of a vector."""


@overload(exp, strict=False)
def _exp(x: Any) -> Any:
    if x.dtype == types.float64:
        return lambda x: _exp_by_lane(x)

    def polynomial(x: Any) -> Any:
        bounded = _clamped(x, -87.0, 88.0)
        n = rounded(bounded * _LOG2_E)
        r = bounded - n * _LN2_HIGH - n * _LN2_LOW
        series = 1.0 + r * (1.0 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r / 5040))))))
        value = scaled_by_power_of_two(series, n)
        # Only a NaN is neither below, nor above, nor equal to itself: let it pass.
        return where_less(x, filled(x, 88.0), value, x - x + value)

    return polynomial


@inner_kernel
def sigmoid(x: Any) -> Any:
    """Logistic function of a vector."""
    return tanh(x * 0.5) * 0.5 + 0.5


@inner_kernel
def absolute(x: Any) -> Any:
    """|x| of a vector."""
    return where_less(x, filled(x, 0.0), 0.0 - x, x)


@inner_kernel
def activate(code: int, x: Any) -> Any:
    """f(x) for the activation function with this code (Numba compiles it once per dtype)."""
    if code == TANH:
        return tanh(x)
    if code == SIGMOID:
        return sigmoid(x)
    zero, one = filled(x, 0.0), filled(x, 1.0)
    if code == RELU:
        return where_less(x, zero, zero, x)
    if code == SOFTSIGN:
        return x / (1.0 + absolute(x))
    if code == HARD_SIGMOID:
        return _clamped(x / 6.0 + 0.5, 0.0, 1.0)
    if code == ELU:
        return where_less(x, zero, exp(where_less(zero, x, zero, x)) - one, x)
    if code == GELU:
        return 0.5 * x * (1.0 + tanh(_SQRT_2_OVER_PI * (x + 0.044715 * x * x * x)))
    return x


@inner_kernel
def slope(code: int, y: Any) -> Any:
    """f′ at the point where f = y, for every function that y tells it of (all but gelu)."""
    if code == TANH:
        return 1.0 - y * y
    if code == SIGMOID:
        return y * (1.0 - y)
    zero, one = filled(y, 0.0), filled(y, 1.0)
    if code == RELU:
        return where_less(zero, y, one, zero)
    if code == SOFTSIGN:
        rest = 1.0 - absolute(y)
        return rest * rest
    if code == HARD_SIGMOID:
        return where_less(zero, y, where_less(y, one, filled(y, 1.0 / 6.0), zero), zero)
    if code == ELU:
        return where_less(y, zero, y + one, one)
    return one


@inner_kernel
def slope_at(code: int, x: Any) -> Any:
    """f′(x), from the pre-activation."""
    if code == GELU:
        inner = tanh(_SQRT_2_OVER_PI * (x + 0.044715 * x * x * x))
        rise = _SQRT_2_OVER_PI * (1.0 + 3.0 * 0.044715 * x * x)
        return 0.5 * (1.0 + inner) + 0.5 * x * (1.0 - inner * inner) * rise
    return slope(code, activate(code, x))
