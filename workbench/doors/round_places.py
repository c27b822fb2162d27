"""Rows of a series at which something round begins: a year, a quarter, a month, a day, a hundred."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d(?:[ T].+)?)?")
_YEAR, _MONTH, _DAY = 4, 7, 10  # letters of a date that tell it
_MONTHS = (1, 2, 3, 6)
_YEARS = (1, 2, 5, 10, 20, 50, 100)
_DAYS = (1, 2, 5, 10)
_COUNTS = tuple(factor * 10**power for power in range(8) for factor in (1, 2, 5))

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Level:
    """A way to cut the rows into periods: the period of each row, and how much of its name tells which."""

    periods: Ints
    letters: int
    at_first: bool  # a period begins with the first row, too


class RoundPlaces:
    """Of rows whose names are dates, or numbers, that never fall; of others it knows none."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels, self._levels = labels, _levels(labels)

    def within(self, first: int, last: int, room: Callable[[int], float]) -> list[tuple[int, str]]:
        """Rows `first` … `last` to be named and their short names, as many as fit: none where fewer than two would.

        `room` says how many rows the name of so many letters takes.
        """
        for level in self._levels:
            rows, needed = _begins(level, first, last), room(level.letters)
            if len(rows) > 1 and np.median(np.diff(rows)) >= needed:
                return [(row, self._labels[row][: level.letters]) for row in _apart(rows.tolist(), needed)]
        return []


def _begins(level: _Level, first: int, last: int) -> Ints:
    """Rows of `first` … `last` with which a period begins."""
    before = max(first - 1, 0)
    rows: Ints = np.flatnonzero(np.diff(level.periods[before : last + 1])) + before + 1
    return np.insert(rows, 0, 0) if first <= 0 and level.at_first else rows


def _apart(rows: Sequence[int], needed: float) -> list[int]:
    """Without those that are too near to the one before, as where rows are missing."""
    kept: list[int] = []
    for row in rows:
        if not kept or row - kept[-1] >= needed:
            kept.append(row)
    return kept


def _levels(labels: Sequence[str]) -> list[_Level]:
    """From the finest to the coarsest."""
    if len(labels) < 2:
        return []
    if all(label.isdecimal() for label in labels):
        return _cut(_COUNTS, [int(label) for label in labels], max(map(len, labels)), whole=True)
    if not all(_DATE.fullmatch(label) for label in labels):
        return []
    days = [label[_MONTH + 1 : _DAY] or "01" for label in labels]
    months = [12 * int(label[:_YEAR]) + int(label[_YEAR + 1 : _MONTH]) - 1 for label in labels]
    whole = days[0] == "01"
    found = _cut(_MONTHS, months, _MONTH, whole) + _cut([12 * years for years in _YEARS], months, _YEAR, whole)
    timed = len(labels[0]) > _DAY
    return (_cut(_DAYS, _ordinals(labels), _DAY, whole=False) + found) if found and timed else found


def _ordinals(labels: Sequence[str]) -> list[int]:
    return [datetime.date.fromisoformat(label[:_DAY]).toordinal() for label in labels]


def _cut(widths: Sequence[int], values: Sequence[int], letters: int, whole: bool) -> list[_Level]:
    """Levels of periods that are so wide; `whole` where the first value is reached with the first row, not before."""
    known = np.array(values, np.int64)
    if (np.diff(known) < 0).any():
        return []
    return [_Level(known // width, letters, whole and values[0] % width == 0) for width in widths]
