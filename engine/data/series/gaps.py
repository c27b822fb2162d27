"""Missing values, filled without looking into the future of whoever reads them.

A window must not learn what lies behind its end. So a gap that is still open when a window ends is filled there
with the last known value, whatever the method; the line to the next known value is drawn only where the window
itself holds that next value. The same keeps later parts out of earlier ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Ints
from engine.data.scaling import Reals
from engine.wording.counting import counted

_NAMED = 8  # columns that are each told


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A table of values (N, C) without a NaN, and what is needed to fill each window by itself."""

    past: Reals  # (N, C) filled from what came before
    line: Reals | None  # (N, C) filled along lines; None where no line is wanted or no gap is
    next_known: Ints | None  # (N, C) row of the next measured value
    missing: NDArray[np.bool_] | None  # (N, C) where a value was filled in; None when nothing is missing

    def __len__(self) -> int:
        return len(self.past)

    def windows(self, starts: Ints, length: int) -> Reals:
        """Windows of `length` rows from each of `starts` (B,), as (T, B, C)."""
        rows = np.arange(length)[:, None] + starts
        values: Reals = self.past[rows]
        if self.line is None or self.next_known is None:
            return values
        inside = self.next_known[rows] < (starts + length)[:, None]
        return np.where(inside, self.line[rows], values)

    def rows(self, rows: Ints, limit: int | Ints) -> Reals:
        """Values of single rows, of any shape, knowing nothing from row `limit` on, its own or that of all."""
        if self.line is None or self.next_known is None:
            return self.past[rows]
        inside = self.next_known[rows] < np.asarray(limit)[..., None]
        return np.where(inside, self.line[rows], self.past[rows])

    def beginning(self, end: int) -> Reals:
        """The rows before row `end`, knowing nothing from there on; no copy where none of them has to be drawn anew."""
        return self.past[:end] if self.line is None else self.rows(np.arange(end), end)

    def measured(self, rows: Ints, columns: int) -> NDArray[np.bool_]:
        """Whether the first `columns` columns were all measured in these rows."""
        if self.missing is None:
            return np.ones(rows.shape, np.bool_)
        return np.asarray(~self.missing[rows][..., :columns].any(axis=-1))


def leading_gap(values: Reals) -> int:
    """Rows before every column of `values` (N, C) has had its first value; N when one never has."""
    known = ~np.isnan(values)
    first = np.where(known.any(axis=0), known.argmax(axis=0), len(values))
    return int(first.max(initial=0))


def fill(values: Reals, method: str, season: int = 1) -> Filled:
    """Fill `values` (N, C), whose first row has no gap, by "forward", "linear", "seasonal" or "mask".

    "mask" reads like "forward" here; that its answers are left out of the loss is for the caller.
    """
    missing = np.isnan(values)
    if not missing.any():
        return Filled(values, None, None, None)
    past = _forward(values, missing)
    if method == "seasonal" and season > 1:
        past = _seasonal(values, past, missing, season)
    if method != "linear":
        return Filled(past, None, None, missing)
    return Filled(past, _lines(values, missing), _next_known(missing), missing)


def _forward(values: Reals, missing: NDArray[np.bool_]) -> Reals:
    rows = np.where(missing, 0, np.arange(len(values))[:, None])
    return np.take_along_axis(values, np.maximum.accumulate(rows, axis=0), axis=0)


def _seasonal(values: Reals, past: Reals, missing: NDArray[np.bool_], season: int) -> Reals:
    """The value one season before, itself perhaps filled so; the last value where there is none."""
    filled = np.where(missing, past, values)
    for row, column in np.argwhere(missing):
        if row >= season:
            filled[row, column] = filled[row - season, column]
    return filled


def _lines(values: Reals, missing: NDArray[np.bool_]) -> Reals:
    rows, lines = np.arange(len(values)), values.copy()
    for column in np.flatnonzero(missing.any(axis=0)):
        gap = missing[:, column]
        lines[gap, column] = np.interp(rows[gap], rows[~gap], values[~gap, column])
    return lines


def _next_known(missing: NDArray[np.bool_]) -> Ints:
    count = len(missing)
    rows = np.where(missing, count, np.arange(count)[:, None])
    ahead: Ints = np.minimum.accumulate(rows[::-1], axis=0)[::-1]
    return ahead


def with_marks(values: Reals, columns: Ints) -> Reals:
    """`values` (N, C) and, for each of `columns` (M,), 1 where it is missing and 0 elsewhere: (N, C + M).

    Without such columns it is `values` itself, of which no second copy is made.
    """
    if not len(columns):
        return values
    return np.concatenate([values, np.isnan(values[:, columns])], axis=1)


def gap_notes(names: tuple[str, ...], values: Reals, method: str) -> list[str]:
    """How many values are missing, in how many gaps, and what was done: a sentence per column, of many columns one."""
    done = {
        "forward": "filled from the last value",
        "linear": "filled along a line",
        "seasonal": "filled from the last season",
        "mask": "left out of the loss",
    }[method]
    missing = np.isnan(values)
    counts = missing.sum(axis=0)
    gaps = (missing[1:] & ~missing[:-1]).sum(axis=0) + missing[:1].sum(axis=0)
    some = np.flatnonzero(counts)
    if len(some) > _NAMED:
        found = [(counts.sum(), f"in {len(some):,} columns", gaps.sum())]
    else:
        found = [(counts[at], f"of {names[at]!r}", gaps[at]) for at in some]
    return [f"{counted(int(n), 'missing value')} {where} in {counted(int(g), 'gap')}, {done}" for n, where, g in found]
