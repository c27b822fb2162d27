"""Curves of other runs in the plot of the one at hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from workbench.looks.theme import Theme
from workbench.plots.curves.curves import CurvePlot
from workbench.runs.beside import Beside
from workbench.runs.history import History


class RunsBeside:
    """One for each of them; those that are no longer asked for go."""

    def __init__(self, plot: CurvePlot, what: str) -> None:
        """`what` of their histories is drawn in `plot`."""
        self._plot, self._what = plot, what
        self.names = set[str]()  # whose curves there are

    def show(self, others: Sequence[Beside], first: float, last: float, moment: int | None) -> None:
        """Draw them from step to step, with their values at the `moment` that is shown."""
        plot, names = self._plot, {run.title: run for run in others}
        for name in [name for name in plot.curves if name in self.names and name not in names]:
            plot.remove_curve(name)
        for name, run in names.items():
            if name not in plot.curves:
                curve = plot.add_curve(name, partial(Theme.series_pen, number=run.number), number=run.number)
                for item in curve.items:
                    item.setZValue(-1)  # under those of the run at hand, which the same seed would hide
            line = run.history.line(self._what, first, last, plot.pixels)
            plot.show_curve(name, *line, value_at(run.history, self._what, moment))
        self.names = set(names)


def value_at(history: History, what: str, moment: int | None) -> str:
    """For the key: the last value of the moment that is shown."""
    return number(history.latest(what, moment))


def number(value: float) -> str:
    """As it stands in a key; nothing for what was not measured."""
    return "" if math.isnan(value) else f"{value:.4g}"
