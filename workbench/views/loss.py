"""Loss over training, and the metric against what it has to beat."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from workbench.later import later
from workbench.looks.theme import GRID
from workbench.plots.curves.key_cursor import ReadCursor
from workbench.plots.curves.loss_plot import LossPlot
from workbench.plots.curves.metric_plot import MetricPlot
from workbench.plots.curves.runs_beside import number
from workbench.plots.curves.steps_table import Course, all_steps, steps_table
from workbench.plots.frame.saving import Table
from workbench.plots.frame.scrolled import scrolled
from workbench.plots.key.keys import Key
from workbench.runs.beside import Beside, Company
from workbench.runs.history import History
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import ElidedBox

_WINDOWS, _USUAL = (0, 10, 20, 50, 200, 1000), 10  # steps
_AFTERWARDS_MS = 60  # when what was drawn is painted, too
_LOSS, _METRIC = 14 * GRID, 12 * GRID  # pixels of height of a plot at least, with text of the usual size
_OFTEN_MS = 85  # for which a curve in a small place stands at least
_UNSEEN, _UNSEEN_MS = 2.0, 400  # columns of pixels: what has grown by less is not missed for so long
_OTHER_LOSS, _OTHER_METRIC = "not drawn: another loss", "not drawn: another metric"  # of runs beside the one at hand


class Loss(LiveView):
    """Raw and smoothed training loss, validation loss with its best epoch, and the metric with its baselines."""

    key = "loss"
    title = "Loss"
    order = 10
    question = "Does the network learn, and does it also get better on what it has never seen?"
    waiting = "Press Run (F5): the loss of every batch is drawn here, and of the validation part after every epoch."

    def build(self) -> Iterator[None]:
        """Two plots over the same steps; the metric stands below the loss where there is room."""
        self._loss = LossPlot(self.theme, compact=self.compact)
        self._told: tuple[object, ...] = ()  # what does not wait; numbers alone are read no oftener than that
        self._telling = self.calm(self._tell, "history")
        yield
        self._metric = MetricPlot(self.theme, self._loss)
        self._walked = ReadCursor(self._loss, self._words, self.read_out)
        yield
        self._metric.hide()
        pictures = QVBoxLayout(inside := QWidget())
        pictures.setContentsMargins(0, 0, 0, 0)
        pictures.addWidget(self._loss, 3)
        pictures.addWidget(self._metric, 2)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside, f"{self.key}.plots", f"{self.title}: loss and metric"))
        self._drawn = -1.0  # the last step
        self._often, self._seldom = (
            self.calm(self._draw_again, "history", rest_ms=rest) for rest in (_OFTEN_MS, _UNSEEN_MS)
        )
        self._build_controls()
        for plot in (self._loss, self._metric):
            plot.hovered.connect(self._walked.hover)
        for news in (self._loss.ranged, self._loss.unfinished):
            news.connect(self._redraw)

    def fit_room(self) -> None:
        """The metric gives way where height is short."""
        super().fit_room()
        if self._built:
            self._metric.setVisible(not self.compact and not self.low)

    def _build_controls(self) -> None:
        self._log, self._window = QCheckBox("logarithmic"), ElidedBox()
        self._window.addItems(["none" if not steps else f"{steps} steps" for steps in _WINDOWS])
        self._window.setCurrentIndex(_WINDOWS.index(_USUAL))
        self._loss.smooth_over(_USUAL)
        self._chosen = False  # a person has chosen an axis
        self._log.toggled.connect(self._loss.set_log)
        self._log.clicked.connect(self._on_chosen)
        self._window.currentIndexChanged.connect(self._smooth_anew)
        self.add_control("Smoothing", self._window, "smoothing")
        self.add_control("", self._log, "log")

    def reason(self) -> str:
        """Empty until the first batch, or while there is something to draw of other runs."""
        drawn = self.history is not None and self.history.count("loss")
        beside = any(run.history.count("validation_loss") for run in self._company.same_loss)  # what is drawn of them
        return "" if drawn or beside else self.unmeasured

    def draw_history(self, history: History) -> None:
        """Draw what is in sight; in a small place ten times a second, and what has grown by little less often."""
        first, last = history.span("loss")
        if not self.compact or last < self._drawn:
            self._draw(history)
        elif last - self._drawn < _UNSEEN * (last - first) / self._loss.pixels:
            self._seldom.ask()
        else:
            self._often.ask()

    def _draw_again(self) -> None:
        if self.history is not None:
            self._draw(self.history)

    def _draw(self, history: History) -> None:
        self._drawn = history.span("loss")[1]
        self._loss.draw(history, self._company.same_loss, self.moment)
        if not self._chosen and self._loss.falls_far:
            self._log.setChecked(True)
        self._settle()
        if history.count("loss"):  # else other runs alone are drawn
            self.stamp(int(history.span("loss")[1]) if self.moment is None else self.moment, 0)
        if self._metric.named:
            self._draw_metric(history)
        elif not self.compact:
            later(_AFTERWARDS_MS, self, self._begin_metric)  # which takes as long as all above
        self._walked.read_again()

    def _begin_metric(self) -> None:
        if not self._metric.named:
            self.draw_in_turn(self._add_metric, "history")

    def _add_metric(self) -> bool:
        """Make its curves, then draw them, each in a turn of the event loop of its own; whether there is more to do."""
        if self.history is None:
            return False
        if not self._metric.named:
            self._name_metric()
            return True
        self._draw_metric(self.history)
        return False

    def lowest_validation(self) -> tuple[float, float]:
        """Step and value of the lowest validation loss; NaN when none was measured."""
        return self.history.lowest("validation_loss") if self.history is not None else (math.nan, math.nan)

    def table(self) -> Table:
        """One row for every batch and every end of an epoch, with what has to be beaten; and for those of the runs
        beside it.
        """
        if not self._built:
            return (), []
        company, own = self._company, self._own_courses()
        for run in self.others:
            if run in company.same_loss:
                own.append((f"{run.title}, validation loss", run.history.raw("validation_loss")))
            if run in company.same_metric:
                own.append((f"{run.title}, {company.metric}", run.history.raw("metric")))
        return steps_table(own)

    def _own_courses(self) -> list[Course]:
        """Of the run at hand what is known; baselines are the same at all of its steps."""
        if self.history is None:
            return []
        courses = [*self._loss.courses(self.history), (self._company.metric, self.history.raw("metric"))]
        known = [(heading, (steps, values)) for heading, (steps, values) in courses if len(steps)]
        if not known:
            return []
        steps = all_steps([course for _, course in known])
        return known + [(f"baseline: {name}", (steps, np.full(len(steps), value))) for name, value in self._baselines]

    @property
    def _company(self) -> Company:
        """The runs beside it."""
        return Company(self.start, self.others)

    def _left_out(self, drawn: tuple[Beside, ...], why: str) -> list[Key]:
        """An entry of the key for the runs beside it that are not among those drawn."""
        names = self._company.left_out(drawn)
        return [Key(names, QPen(), why, line=False)] if names else []

    def clear(self) -> None:
        """No curves, no baselines, no best epoch."""
        self._drawn, self._told = -1.0, ()
        self._log.setChecked(self._log.isChecked() and self._chosen)
        self._walked.forget()
        for plot in (self._loss, self._metric):
            plot.forget()
            plot.show_everything()

    def recolour(self) -> None:
        """Both plots."""
        for plot, high in ((self._loss, _LOSS), (self._metric, _METRIC)):
            plot.apply_theme(self.theme)
            plot.canvas.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))
        self._settle()
        if self.history is not None and self._metric.named:
            self._show_metric_key(self.history)

    def reset_zoom(self) -> None:
        """Both plots."""
        self._loss.show_everything()
        self._metric.show_everything()

    @Slot()
    def _on_chosen(self) -> None:
        self._chosen = True

    def _since_scored(self, history: History) -> str:
        """After which epoch it was scored, where the weights have changed since: other views show those of now."""
        step = history.latest_step("metric")
        changed = self.moment is None and 0 < step < history.latest_step("loss")
        return f" after {self._place(step)}" if changed else ""

    def _place(self, step: float) -> str:
        """The epoch that ends with a step; the step itself where a run ended in the middle of one, or none is known."""
        steps = self.start.steps_per_epoch if self.start else 0
        return f"step {step:,.0f}" if not steps or step % steps else f"epoch {step / steps:,.0f}"

    def _settle(self) -> None:
        """What has come to be drawn is told at once."""
        self._loss.settle()
        drawn = [len(curve.x) > 0 for curve in self._loss.curves.values()]
        told = self._loss.lowest_validation, self.moment, self.others, self.theme, drawn
        if told != self._told:
            self._told = told
            self._tell()
        else:
            self._telling.ask()

    def _tell(self) -> None:
        """What the key says: to lay it out and to paint it takes as long as a curve."""
        step, value = self.lowest_validation()
        best = [] if math.isnan(step) else [Key(f"best: {self._place(step)}", self.theme.pen("good"), number(value))]
        self._loss.show_key([*best, *self._left_out(self._company.same_loss, _OTHER_LOSS)])

    @property
    def _baselines(self) -> tuple[tuple[str, float], ...]:
        return self.start.baselines if self.start else ()

    def _name_metric(self) -> None:
        self._metric.name_curves(self._company.metric, self._baselines)

    def _draw_metric(self, history: History) -> None:
        self._name_metric()
        others, since = self._company.same_metric, self._since_scored(history)
        if self._metric.draw(history, self._baselines, others, self.moment, since):
            self._show_metric_key(history)

    def _show_metric_key(self, history: History) -> None:
        to_come = bool(self.start) and not history.count("metric")
        self._metric.tell(to_come=to_come, left_out=self._left_out(self._company.same_metric, _OTHER_METRIC))

    def _redraw(self) -> None:
        if self.history is not None and self.active:
            self._draw(self.history)

    def _smooth_anew(self, index: int) -> None:
        self._loss.smooth_over(_WINDOWS[index])
        self._redraw()

    def walk_inside(self, across: int, down: int) -> bool:
        """Along the steps of the run."""
        steps = np.unique(np.concatenate([curve.x for curve in self._loss.curves.values()]))
        return across != 0 and self._walked.walk(across, steps) is not None

    def leave_inside(self) -> None:
        """No step is read out."""
        self._walked.hover(None)

    def _words(self, place: float) -> str:
        """Both plots, which stand over the same steps."""
        return self._metric.describe(place, self._loss.describe(place, f"step {place:,.0f}"))
