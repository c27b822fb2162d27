"""Courses over the steps of runs as one table: a row for each step at which one of them has a value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from workbench.plots.frame.saving import Cell, Table
from workbench.runs.history import Values

Course = tuple[str, tuple[Values, Values]]  # a heading, with the steps and the values there
Row = tuple[Cell, ...]

_AT_ONCE = 128  # rows that are made where one is asked for


def steps_table(courses: Sequence[Course]) -> Table:
    """A column for each course, NaN where it has no value at a step that another has; empty of none."""
    if not courses:
        return (), []
    return ("step", *(heading for heading, _ in courses)), StepRows([course for _, course in courses])


class StepRows(Sequence[Row]):
    """Made when they are read: of a long run there are many, and who looks at them sees few."""

    def __init__(self, courses: Sequence[tuple[Values, Values]]) -> None:
        self._courses = courses
        self._steps = all_steps(courses)
        self._made: dict[int, list[Row]] = {}

    def __len__(self) -> int:
        return len(self._steps)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        """One row, or some."""
        if isinstance(at, slice):
            return self._rows(self._steps[at])
        block, place = divmod(range(len(self))[at], _AT_ONCE)
        if block not in self._made:
            self._made[block] = self._rows(self._steps[block * _AT_ONCE :][:_AT_ONCE])
        return self._made[block][place]

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows(self._steps))

    def _rows(self, steps: Values) -> list[Row]:
        columns = [_at(steps, *course).tolist() for course in self._courses]
        return [(int(step), *values) for step, *values in zip(steps.tolist(), *columns, strict=True)]


def all_steps(courses: Sequence[tuple[Values, Values]]) -> Values:
    """Every step at which one of them has a value; most have one at each that the longest has."""
    longest = max((own for own, _ in courses), key=len)
    further = [own for own, _ in courses if not np.array_equal(own, longest)]
    return np.unique(np.concatenate([longest, *further]))


def _at(steps: Values, own: Values, values: Values) -> Values:
    """Of a course, the value at each of the steps."""
    if not len(own):
        return np.full(len(steps), np.nan)
    before = np.maximum(np.searchsorted(own, steps, "right") - 1, 0)
    return np.where(own[before] == steps, values[before], np.nan)
