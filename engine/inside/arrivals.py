"""The gradient that arrives at each time step of a batch, put together from the parts that it was learned from."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from engine.findings.measures import half_life
from engine.inside_records import Floats, GradientByTime, frozen

# First step, names of the layers, norms (L·D, steps) by time, and by distance from the end of a sequence.
Arrived: TypeAlias = tuple[int, tuple[str, ...], Floats, Floats]


def joined(arrived: Sequence[Arrived], steps: int) -> GradientByTime:
    """The whole batch of one or more parts, at least one of them.

    Where parts overlap, the norm is the root of the sum of squares over them; a step that no part looked at has NaN.
    The half-life is the median over the parts, each with its own end.

    Args:
        arrived: What each update left, in order.
        steps: Of the batch; fewer than a part has count as many as it has.
    """
    names = arrived[0][1]
    lives = [[half_life(row) for row in by_distance] for *_, by_distance in arrived]
    if len(arrived) == 1 and arrived[0][2].shape[1] >= steps:
        return GradientByTime(names, frozen(arrived[0][2]), tuple(lives[0]))
    squares = np.zeros((len(names), max(steps, *(first + norms.shape[1] for first, _, norms, _ in arrived))))
    seen = np.zeros(squares.shape[1], int)
    for first, _, norms, _ in arrived:
        squares[:, first : first + norms.shape[1]] += np.square(norms, dtype=np.float64)
        seen[first : first + norms.shape[1]] += 1
    cuts = tuple(sorted({first for first, *_ in arrived} - {0}))
    medians = tuple(map(statistics.median_low, zip(*lives, strict=True)))
    norms_of_all = frozen(np.where(seen > 0, np.sqrt(squares), np.nan))
    return GradientByTime(names, norms_of_all, medians, cuts, together=int(seen.max()))
