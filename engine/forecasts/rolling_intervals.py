"""Intervals that follow the errors before: wider after the truth fell outside, narrower while it lies inside.

Adaptive conformal inference (Gibbs and Candès 2021): the share α that may lie outside moves after each truth by
RATE · (1 - level - whether it lay outside), and the radius is the (1 - α) quantile of the errors known by then, the
largest of them where that asks for more. A radius is made of nothing that was not known when its forecast was made.
U steps ahead, N windows in order of time, O targets, P errors to begin with.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence

import numpy as np

from engine.data.scaling import Reals
from engine.forecasts.intervals import ROUNDING

RATE = 0.05  # ten times the paper's, whose series are some thousand steps long
MOST_KEPT = 100  # errors that a quantile is taken of; the oldest go


def kept(errors: Reals) -> Reals:
    """Of errors (U, N, O) in order of time as many as are needed to begin with, spread evenly: (P, U, O)."""
    known = np.isfinite(errors).sum(axis=1)
    count = min(MOST_KEPT, int(known.min(initial=MOST_KEPT)))
    found = np.zeros((count, *known.shape))
    for step, target in np.ndindex(known.shape):
        own = errors[step, :, target]
        own = own[np.isfinite(own)]
        found[:, step, target] = own[np.linspace(0, len(own) - 1, count).round().astype(np.int64)]
    return found


def following(begun: Reals, level: float, errors: Reals, behind: Sequence[int]) -> Reals:
    """Radii (U, N, O) around forecasts that went wrong by `errors` (U, N, O), NaN where the truth is not known.

    Args:
        begun: (P, U, O) absolute errors to begin with.
        level: Share of the truth that is to lie inside.
        errors: Absolute errors of forecasts in order of time.
        behind: (U,) how many windows later the error of a step is known: forecasts for two steps ahead wait two.
    """
    found = np.zeros(errors.shape)
    for step, target in np.ndindex(errors.shape[0], errors.shape[2]):
        own, known = errors[step, :, target].tolist(), begun[:, step, target].tolist()
        found[step, :, target] = _followed(known, own, behind[step], level)
    return found


def _followed(begun: list[float], errors: list[float], behind: int, level: float) -> list[float]:
    known, ordered, outside, radii = deque(begun), sorted(begun), 1 - level, list[float]()
    for window in range(len(errors)):
        before = window - behind
        if before >= 0 and math.isfinite(error := errors[before]):
            outside += RATE * (1 - level - (error > radii[before]))
            known.append(error)
            insort(ordered, error)
            if len(known) > MOST_KEPT:
                del ordered[bisect_left(ordered, known.popleft())]
        radii.append(_quantile(ordered, 1 - outside))
    return radii


def _quantile(ordered: list[float], share: float) -> float:
    """Which error a `share` of all and one more does not pass: between the least and the largest that are known."""
    if not ordered:
        return math.inf
    rank = math.ceil((len(ordered) + 1) * share - ROUNDING)
    return ordered[min(max(rank, 1), len(ordered)) - 1]
