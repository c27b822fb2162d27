"""The metric of the validation part over training, against what it has to beat."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from workbench.looks.theme import Theme
from workbench.plots.curves.curve import baseline_stroke
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.runs_beside import RunsBeside, number, value_at
from workbench.plots.key.keys import Key
from workbench.runs.beside import Beside
from workbench.runs.history import History, Values

_NOT_YET = "none before an epoch ends"
_STRIDE = 1.05  # by which straight lines are drawn ahead of the last step


class MetricPlot(CurvePlot):
    """It stands below the plot of the loss, over the same steps."""

    def __init__(self, theme: Theme, leader: CurvePlot) -> None:
        super().__init__(theme, bottom="step", left="metric", counted=True)
        self._above = leader
        self._others = RunsBeside(self, "metric")
        self._moment = self.add_line("cursor", upright=True)
        self.named = ""  # whose curve there is
        self._drawn: tuple[object, ...] = ()
        self.follow(leader)

    def name_curves(self, metric: str, baselines: Sequence[tuple[str, float]]) -> None:
        """Make a curve of the metric, and one for each baseline, unless they are there."""
        if metric != self.named:
            self._remove_own()
            self.named, self._drawn = metric, ()
            self.add_curve(metric, "validation", symbol=True)
            self.left.rename(metric)
        for index, (name, _) in enumerate(baselines):
            if name not in self.curves:
                self.add_curve(name, baseline_stroke(index))

    def draw(
        self, history: History, baselines: Sequence[tuple[str, float]], others: Sequence[Beside], moment: int | None,
        since: str,
    ) -> bool:  # fmt: skip
        """Draw the curves that were named, and those of `others`; `since` stands behind the value in the key.

        False where all of it is there: with most batches nothing is scored.
        """
        first, last = history.span("loss")
        first = min(first, history.span("metric")[0] or first)  # of a run that went on, scores are known from before
        shown, reach = self._above.shown(), _reach(last)
        drawn = history, history.count("metric"), baselines, others, moment, since, first, reach, shown, self.pixels
        if drawn == self._drawn:
            return False
        self._drawn = drawn
        steps: Values = np.array([first, reach])
        line = history.line("metric", *shown, self.pixels)
        self.show_curve(self.named, *line, value_at(history, "metric", moment) + since)
        self.mark(self._moment, moment)
        for name, value in baselines:
            self.show_curve(name, steps, np.full(2, value), number(value))
        self._others.show(others, *shown, moment)
        return True

    def tell(self, *, to_come: bool, left_out: Sequence[Key]) -> None:
        """A metric that is still `to_come` stands in the key, too: it is what the others are there to be beaten by."""
        entries = [Key(self.named, self.curves[self.named].pen(self._theme), _NOT_YET)] if to_come else []
        self.show_key([*entries, *left_out])

    def forget(self) -> None:
        """No curves; those of other runs are made ready to be drawn again, which they mostly are."""
        self.named, self._drawn = "", ()
        self._moment.hide()
        self._remove_own()
        self.clear()

    def _remove_own(self) -> None:
        for name in list(self.curves):
            if name not in self._others.names:
                self.remove_curve(name)


def _reach(last: float) -> float:
    """A place at `last` or a little beyond, for some time the same: what ends there need not be drawn every frame."""
    return _STRIDE ** math.ceil(math.log(last, _STRIDE)) if last > 0 else last
