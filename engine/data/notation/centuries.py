"""Which hundred years are meant where years have two digits.

Exported Python files hold this very text, so it imports nothing of the workbench.
"""

from __future__ import annotations

from typing import Any

import numpy as np

NEWEST_BEGINNING, NEWEST_END = 29, 39  # of this century, where dates may begin and end: beyond are those of the last
ORDERED = 10_000  # years that are looked at in their order
IN_ORDER = 0.1  # share of steps back up to which rows are in the order of time
NO_GAP = 5  # years without a date that tell where dates begin, at least


def first_year(short: Any) -> int:
    """The first of the hundred years that years of two digits (N,), in the order of the file, belong to.

    Dates begin where fewest steps go back in time and the longest stretch of years without one ends: 49 to 08 are 1949
    to 2008. They are of this century where they begin before 2030 and end before 2040, and of the last one otherwise.
    Where all years come, in no order, those up to 29 are of this century, as spreadsheets take them.
    """
    years = np.unique(np.asarray(short, np.int64) % 100)
    if not len(years):
        return 1900 + NEWEST_BEGINNING + 1
    gaps = (years - np.roll(years, 1) - 1) % 100
    ordered = np.asarray(short[:ORDERED], np.int64)
    turns = np.array([fewest_turns((ordered - start) % 100) for start in years])
    if turns.min() <= IN_ORDER * len(ordered):
        gaps = np.where(turns == turns.min(), gaps, -1)
    elif gaps.max() < NO_GAP:
        return 1900 + NEWEST_BEGINNING + 1
    start = int(years[gaps.argmax()])
    end = start + int(((years - start) % 100).max())
    return start + (2000 if start <= NEWEST_BEGINNING and end <= NEWEST_END else 1900)


def fewest_turns(years: Any) -> int:
    """How many steps go back in time, or forward where most of them go back."""
    steps = np.diff(years)
    return int(min((steps < 0).sum(), (steps > 0).sum()))


def within(year: int, first: int) -> int:
    """The year of the same two last digits in the hundred years that begin with `first`."""
    return first + (year - first) % 100
