"""Numbers that say something about a forecast or a gradient."""

from __future__ import annotations

import math

import numpy as np

from engine.inside_records import Floats

HIGHER_IS_BETTER = (
    "accuracy",
    "balanced accuracy",
    "micro F1",
    "exact match",
    "BLEU",
)  # metrics; of all others lower is
SHARES = ("accuracy", "balanced accuracy", "micro F1", "exact match")  # metrics of which 1 is all
_LAGS = 12


def resolution(values: Floats) -> float:
    """What cannot be told from nothing beside values of that size, in the precision that they are kept in."""
    known = np.abs(values[np.isfinite(values)])
    return float(np.finfo(np.float32).eps * known.max()) if known.size else 0.0


def lag_errors(truth: Floats, forecast: Floats) -> Floats:
    """Root mean square errors of the forecast (N,) moved back by 0, 1, … steps, all over the same points.

    At most a quarter of the points; empty for fewer than ten, or where one is missing.
    """
    lags = min(_LAGS, len(truth) // 4)
    if len(truth) < 10:
        return np.empty(0, np.float32)
    answer = forecast[lags:]
    errors = np.array([_rms(answer - truth[lags - k : len(truth) - k]) for k in range(lags + 1)], np.float32)
    return errors if np.isfinite(errors).all() else errors[:0]


def best_lag(truth: Floats, forecast: Floats) -> int:
    """By how many steps the forecast (N,) trails the truth (N,): the shift at which they fit best.

    0 is a forecast in its place, and the answer when there are too few points or a shift gains less than a
    fifth of the error.
    """
    errors = lag_errors(truth, forecast)
    if not errors.size or np.nanstd(truth[len(errors) - 1 :]) <= resolution(truth):
        return 0
    lag = int(np.argmin(errors))
    return lag if errors[lag] < 0.8 * errors[0] else 0


def half_life(norms: Floats) -> float:
    """Steps over which a gradient norm (T,), by steps back from the answer, halves; inf when it does not shrink.

    A line through the logarithms of the norms; steps at which nothing is left (zero) do not count. 0 where nothing goes
    even one step back.
    """
    alive = np.flatnonzero(np.isfinite(norms) & (norms > 0))
    if alive.tolist() == [0] and norms[1:2].tolist() == [0]:
        return 0.0
    if len(alive) < 2:
        return math.inf
    distance = alive - alive.mean()
    slope = float(distance @ np.log2(norms[alive].astype(float)) / (distance @ distance))
    return -1 / slope if slope < -1e-9 else math.inf


def _rms(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.sqrt(np.mean(np.square(known, dtype=np.float64)))) if len(known) else math.nan
