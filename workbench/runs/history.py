"""Growing scalar series with a min/max pyramid, so that ten million steps draw as a few thousand points."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

_BRANCH = 4  # buckets of one level that make one bucket of the next: memory grows by 2/3, detail is lost by at most 4

_DECIDING = ("validation_loss", "training_loss")  # which weights are the best; the second where the first is not known


class History:
    """Scalars of one run by name, each over its own steps. For one thread: the window's."""

    def __init__(self) -> None:
        self._series: dict[str, _Series] = {}

    def extend(self, name: str, steps: Sequence[float] | Values, values: Sequence[float] | Values) -> None:
        """Add values of one name, many at once; its steps do not fall."""
        self._of(name).extend(np.asarray(steps, np.float64), np.asarray(values, np.float64))

    def names(self) -> tuple[str, ...]:
        """Names that hold at least one value, in order of their first."""
        return tuple(self._series)

    def count(self, name: str) -> int:
        """How many values `name` holds."""
        return self._series[name].count if name in self._series else 0

    def latest(self, name: str, by: float | None = None) -> float:
        """The last value of `name`, of those up to step `by` where one is given; NaN when there is none."""
        steps, values = self.raw(name)
        count = len(steps) if by is None else int(np.searchsorted(steps, by, "right"))
        return float(values[count - 1]) if count else math.nan

    def latest_step(self, name: str) -> int:
        """The step of the latest value; 0 where there is none."""
        steps, _ = self.raw(name)
        return int(steps[-1]) if len(steps) else 0

    def lowest(self, name: str) -> tuple[float, float]:
        """Step and value of the lowest of `name`, the first of equals; NaN both where nothing finite was measured."""
        steps, values = self.raw(name)
        if not np.isfinite(values).any():
            return math.nan, math.nan
        least = int(np.nanargmin(values))
        return float(steps[least]), float(values[least])

    def best_step(self) -> float:
        """After which step the weights were best: by validation loss, or else by training loss; NaN where neither."""
        steps = (self.lowest(name)[0] for name in _DECIDING)
        return next((step for step in steps if not math.isnan(step)), math.nan)

    def span(self, name: str) -> tuple[float, float]:
        """First and last step of `name`; (0, 0) when there is none."""
        if name not in self._series:
            return 0.0, 0.0
        steps = self._series[name].steps
        return float(steps[0]), float(steps[-1])

    def raw(self, name: str) -> tuple[Values, Values]:
        """All steps and values of `name`, as read-only views of what is stored now."""
        if name not in self._series:
            return np.empty(0), np.empty(0)
        return self._series[name].steps, self._series[name].values

    def series(self, name: str, first: float, last: float, pixels: int) -> tuple[Values, Values, Values]:
        """What to draw of `name` between steps `first` and `last` on `pixels` columns.

        Returns:
            x, low, high, each (N,) with N at most about ``4 * pixels + 8``; low and high are equal where nothing
            was put together. One value beyond each end is kept, so that lines run to the edge. NaN is left out
            of a bucket that holds a number.
        """
        if name not in self._series:
            return np.empty(0), np.empty(0), np.empty(0)
        return self._series[name].between(first, last, max(int(pixels), 1))

    def line(self, name: str, first: float, last: float, pixels: int) -> tuple[Values, Values]:
        """`series` as one polyline: each column goes through its lowest and its highest value."""
        x, low, high = self.series(name, first, last, pixels)
        if np.array_equal(low, high, equal_nan=True):
            return x, low
        return np.repeat(x, 2), np.stack((low, high), axis=1).reshape(-1)

    def _of(self, name: str) -> _Series:
        found = self._series.get(name)
        if found is None:  # not `setdefault`, which would make one for every value
            found = self._series[name] = _Series()
        return found


class _Series:
    """One series: raw values, and levels of which each holds min and max of `_BRANCH` buckets of the level below.

    Levels are brought up to date when somebody looks, many buckets at once, so that appending costs next to nothing.
    """

    def __init__(self) -> None:
        self._steps = _Column()
        self._values = _Column()
        self._levels: list[tuple[_Column, _Column]] = []

    @property
    def count(self) -> int:
        return self._values.count

    @property
    def steps(self) -> Values:
        return self._steps.filled

    @property
    def values(self) -> Values:
        return self._values.filled

    def extend(self, steps: Values, values: Values) -> None:
        if len(steps) != len(values):
            raise ValueError(f"{len(steps)} steps for {len(values)} values")
        self._steps.extend(steps)
        self._values.extend(values)

    def between(self, first: float, last: float, pixels: int) -> tuple[Values, Values, Values]:
        start = max(int(np.searchsorted(self.steps, first, "left")) - 1, 0)
        stop = min(int(np.searchsorted(self.steps, last, "right")) + 1, self.count)
        level = _level_for(stop - start, pixels)
        if level == 0:
            values = self.values[start:stop]
            return self.steps[start:stop], values, values
        self._build(level)
        return self._buckets(level, start, stop)

    def _buckets(self, level: int, start: int, stop: int) -> tuple[Values, Values, Values]:
        """Whole buckets of `level` inside [start, stop); what is left at both ends is put together from raw values."""
        width = _BRANCH**level
        low, high = (column.filled for column in self._levels[level - 1])
        head, tail = -(-start // width), stop // width
        if tail <= head:
            return self._joined([(start, stop)], (self.steps[:0], low[:0], high[:0]), [])
        middle = (self.steps[head * width : tail * width : width], low[head:tail], high[head:tail])
        return self._joined([(start, head * width)], middle, [(tail * width, stop)])

    def _joined(
        self, before: list[tuple[int, int]], middle: tuple[Values, Values, Values], after: list[tuple[int, int]]
    ) -> tuple[Values, Values, Values]:
        edges = [[self._reduced(a, b) for a, b in pieces if a < b] for pieces in (before, after)]
        x, low, high = zip(*edges[0], middle, *edges[1], strict=True)
        return np.concatenate(x), np.concatenate(low), np.concatenate(high)

    def _reduced(self, start: int, stop: int) -> tuple[Values, Values, Values]:
        values = self.values[start:stop]
        return self.steps[start : start + 1], np.fmin.reduce(values)[None], np.fmax.reduce(values)[None]

    def _build(self, level: int) -> None:
        below_low, below_high = self.values, self.values
        for index in range(level):
            if index == len(self._levels):
                self._levels.append((_Column(), _Column()))
            low, high = self._levels[index]
            new = slice(low.count * _BRANCH, len(below_low) // _BRANCH * _BRANCH)
            low.extend(_of_each(np.fmin, below_low[new]))
            high.extend(_of_each(np.fmax, below_high[new]))
            below_low, below_high = low.filled, high.filled


def _of_each(least: np.ufunc, values: Values) -> Values:
    """`least` of every `_BRANCH` values, by whole columns: reducing so short an axis takes ten times as long."""
    columns = values.reshape(-1, _BRANCH).T
    return np.asarray(functools.reduce(least, columns))


def _level_for(count: int, pixels: int) -> int:
    level = 0
    while count > 4 * pixels * _BRANCH**level:
        level += 1
    return level


class _Column:
    """A float64 column that doubles its room when it is full."""

    def __init__(self) -> None:
        self._room = np.empty(256)
        self.count = 0
        self.filled = self._seen()

    def _seen(self) -> Values:
        view = self._room[: self.count]
        view.flags.writeable = False
        return view

    def extend(self, values: Values) -> None:
        end = self.count + len(values)
        if end > len(self._room):
            self._grow(end)
        self._room[self.count : end] = values
        self.count = end
        self.filled = self._seen()

    def _grow(self, least: int) -> None:
        room = np.empty(max(2 * len(self._room), least))
        room[: self.count] = self._room[: self.count]
        self._room = room
