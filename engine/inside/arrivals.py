"""The gradient that arrives at each time step of a batch, put together from the parts that it was learned from."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.findings.measures import half_life
from engine.inside_records import Arrived, Floats, GradientByTime, frozen
from engine.layers.looking import typical


def joined(
    arrived: Sequence[tuple[int, Arrived]], steps: int, *, ragged: bool = False, read: int | None = None
) -> GradientByTime:
    """The whole batch of one or more parts, at least one of them.

    Where parts overlap, the norm is the root of the sum of squares over them; a step that no part looked at has NaN.
    The half-life and the share that is left are medians over the parts, each with its own end.

    Args:
        arrived: The first step of each update in order, and what it left.
        steps: Of the batch; fewer than a part has count as many as it has.
        ragged: Whether to tell of one sequence by distance from its end as well.
        read: Steps before the first one that is written, where some are.
    """
    parts = [part for _, part in arrived]
    norms, cuts, together = _by_time(arrived, steps)
    return GradientByTime(
        names=parts[0].names,
        norms=norms,
        half_life=_medians([half_life(row) for row in part.by_distance] for part in parts),
        cuts=cuts,
        written_from=read,
        together=together,
        left=_medians(part.left for part in parts),
        by_distance=_by_distance([part.by_distance for part in parts]) if ragged else None,
        written=parts[0].written if ragged else None,
    )


def _by_time(arrived: Sequence[tuple[int, Arrived]], steps: int) -> tuple[Floats, tuple[int, ...], int]:
    """Norms (L·D, T), where a part begins, and how many parts there are at most over one step."""
    if len(arrived) == 1 and arrived[0][1].by_time.shape[1] >= steps:
        return frozen(arrived[0][1].by_time), (), 1
    courses = [(first, part.by_time) for first, part in arrived]
    rows = len(arrived[0][1].names)
    squares = np.zeros((rows, max(steps, *(first + norms.shape[1] for first, norms in courses))))
    seen = np.zeros(squares.shape[1], int)
    for first, norms in courses:
        squares[:, first : first + norms.shape[1]] += np.square(norms, dtype=np.float64)
        seen[first : first + norms.shape[1]] += 1
    cuts = tuple(sorted({first for first, _ in courses} - {0}))
    return frozen(np.where(seen > 0, np.sqrt(squares), np.nan)), cuts, int(seen.max())


def _by_distance(parts: Sequence[Floats]) -> Floats:
    """As `typical` is of sequences, of parts as far as any of them goes."""
    if len(parts) == 1:
        return frozen(_reached(parts[0]))
    lengths = np.array([np.isfinite(part).any(axis=0).sum() for part in parts])
    squares = np.zeros((len(parts[0]), max(part.shape[1] for part in parts), len(parts)), np.float32)
    for place, (part, length) in enumerate(zip(parts, lengths.tolist(), strict=True)):
        squares[:, :length, place] = np.square(part[:, :length])
    return frozen(_reached(np.stack([typical(row, lengths) for row in squares])))


def _reached(courses: NDArray[np.floating]) -> NDArray[np.floating]:
    """Without the distances that no sequence goes to, which are the last ones."""
    return courses[:, : np.isfinite(courses).any(axis=0).sum()]


def _medians(parts: Iterable[Sequence[float]]) -> tuple[float, ...]:
    return tuple(map(statistics.median_low, zip(*parts, strict=True)))
