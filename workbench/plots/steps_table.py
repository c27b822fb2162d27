"""Courses over the steps of runs as one table: a row for each step at which one of them has a value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workbench.history import Values
from workbench.plots.saving import Table

Course = tuple[str, tuple[Values, Values]]  # a heading, with the steps and the values there


def steps_table(courses: Sequence[Course]) -> Table:
    """A column for each course, NaN where it has no value at a step that another has; empty of none."""
    if not courses:
        return (), []
    steps = np.unique(np.concatenate([own for _, (own, _) in courses]))
    columns = np.full((len(courses), len(steps)), np.nan)
    for column, (_, (own, values)) in zip(columns, courses, strict=True):
        column[np.searchsorted(steps, own)] = values
    rows = zip(steps.tolist(), *columns.tolist(), strict=True)
    return ("step", *(heading for heading, _ in courses)), [(int(step), *values) for step, *values in rows]
