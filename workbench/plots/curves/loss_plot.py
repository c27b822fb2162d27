"""The loss of every batch and of every epoch over training, with the epoch that did best."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QPen

from workbench.later import later
from workbench.looks.theme import Theme
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.runs_beside import RunsBeside, value_at
from workbench.plots.curves.smoothing import Smoother
from workbench.plots.curves.steps_table import Course
from workbench.runs.beside import Beside
from workbench.runs.history import History

BATCHES = "training, each batch"
_SMOOTH, _TRAINING, _VALIDATION = "training, smoothed", "training, epoch", "validation"
_SMOOTHED_AT_ONCE = 50_000  # values, which take some 10 ms beside a run
_SPAN = 100  # times the least loss, beyond which a linear axis shows a flat line


class LossPlot(CurvePlot):
    """Of the run at hand, and of others beside it.

    Attributes:
        lowest_validation: step of the lowest validation loss that is drawn; None when none was measured.
    """

    unfinished = Signal()  # draw again: not all of the batches could be smoothed at once

    def __init__(self, theme: Theme, *, compact: bool = False) -> None:
        """`compact` leaves the single batches out of the key: what they are smoothed to stands for them."""
        super().__init__(theme, bottom="step", left="loss", counted=True)
        self.add_curve(BATCHES, _faint, key=not compact)  # fainter and finer than what it is smoothed to
        self.add_curve(_SMOOTH, "smooth")
        self.add_curve(_TRAINING, "smooth")
        self.add_curve(_VALIDATION, "validation", symbol=True)
        self._runs = RunsBeside(self, "validation_loss")
        self._lowest = self.add_line("good", upright=True)
        self._lowest.setZValue(-0.5)  # the point that it marks is seen
        self._moment = self.add_line("cursor", upright=True)
        self.lowest_validation: float | None = None
        self._smoother: Smoother | None = None
        self._smooths_on = False
        self._scored: tuple[object, ...] = ()  # what was last drawn of what is scored

    def smooth_over(self, steps: int) -> None:
        """Smooth over so many batches from now on; 0 for not at all."""
        self._smoother = Smoother(steps) if steps else None

    def draw(self, history: History, others: Sequence[Beside], moment: int | None) -> None:
        """What is in sight of a run and of `others`, with the values of the `moment` that is looked at."""
        shown = self.shown()
        self.show_curve(BATCHES, *history.line("loss", *shown, self.pixels), value_at(history, "loss", moment))
        self._draw_smooth(history, moment)
        self._draw_scored(history, others, moment)
        step, _ = history.lowest("validation_loss")
        self.lowest_validation = None if math.isnan(step) else step
        self.mark(self._lowest, self.lowest_validation)
        self.mark(self._moment, moment)

    def courses(self, history: History) -> list[Course]:
        """What is drawn of a run, at every step: its batches, what they are smoothed to, and its epochs."""
        found = [("training loss, each batch", history.raw("loss"))]
        if self._smoother is not None:
            self._smoother.catch_up(*history.raw("loss"), most=history.count("loss"))
            heading = f"training loss, smoothed over {self._smoother.window} steps"
            found.append((heading, self._smoother.history.raw("smooth")))
        found.append(("training loss, epoch", history.raw("training_loss")))
        return [*found, ("validation loss", history.raw("validation_loss"))]

    @property
    def falls_far(self) -> bool:
        """Whether all is in sight, and a linear axis would show little of it."""
        if math.isfinite(self.shown()[0]):
            return False
        values = np.concatenate([self.curves[name].y for name in (_SMOOTH, _VALIDATION)])
        known = values[np.isfinite(values)]
        return bool(known.size) and 0 < _SPAN * float(known.min()) < float(known.max())

    def forget(self) -> None:
        """No curves, no best epoch."""
        self._scored, self.lowest_validation = (), None
        if self._smoother is not None:
            self.smooth_over(self._smoother.window)
        for line in (self._lowest, self._moment):
            line.hide()
        self.clear()

    def _draw_smooth(self, history: History, moment: int | None) -> None:
        if self._smoother is None:
            self.show_curve(_SMOOTH, [], [])
            return
        done = self._smoother.catch_up(*history.raw("loss"), most=_SMOOTHED_AT_ONCE)
        if not (done or self._smooths_on):
            self._smooths_on = True
            later(0, self, self._smooth_on)
        smooth = self._smoother.history
        line = smooth.line("smooth", *self.shown(), self.pixels)
        self.show_curve(_SMOOTH, *line, value_at(smooth, "smooth", moment))

    def _smooth_on(self) -> None:
        self._smooths_on = False
        self.unfinished.emit()

    def _draw_scored(self, history: History, others: Sequence[Beside], moment: int | None) -> None:
        """What changes after an epoch, and with what is shown of it."""
        counts = [run.count("validation_loss") for run in (history, *(run.history for run in others))]
        shown = self.shown()
        scored = history.count("training_loss"), counts, shown, self.pixels, moment, others
        if scored == self._scored:
            return
        self._scored = scored
        self._draw_epochs(history)
        validation = history.line("validation_loss", *shown, self.pixels)
        self.show_curve(_VALIDATION, *validation, value_at(history, "validation_loss", moment))
        self._runs.show(others, *shown, moment)

    def _draw_epochs(self, history: History) -> None:
        """Before a run went on, its batches are not known any more: the means of its epochs stand for them."""
        batches = history.span("loss")[0] if history.count("loss") else math.inf
        if history.count("training_loss") and history.span("training_loss")[0] < batches:
            steps, values = history.line("training_loss", *self.shown(), self.pixels)
            before = steps < batches
            self.show_curve(_TRAINING, steps[before], values[before])


def _faint(theme: Theme) -> QPen:
    pen = theme.pen("train")
    pen.setColor(theme.color("train", 0.45))
    pen.setWidthF(1.0)  # on every screen: half-transparent, of thousands of points, a wider one takes 60 ms a frame
    return pen
