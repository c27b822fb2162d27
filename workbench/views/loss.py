"""Loss over training, and the metric against what it has to beat."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from workbench.beside import Beside, Company
from workbench.elided_box import ElidedBox
from workbench.history import History
from workbench.later import later
from workbench.plots.curves import CurvePlot
from workbench.plots.key_cursor import ReadCursor
from workbench.plots.keys import Key
from workbench.plots.metric_plot import MetricPlot
from workbench.plots.runs_beside import RunsBeside, number, value_at
from workbench.plots.saving import Table
from workbench.plots.scrolled import scrolled
from workbench.plots.smoothing import Smoother
from workbench.plots.steps_table import Course, steps_table
from workbench.theme import GRID, Theme
from workbench.views.live_view import LiveView

_BATCHES, _SMOOTH, _TRAINING, _VALIDATION = (
    "training, each batch",
    "training, smoothed",
    "training, epoch",
    "validation",
)
_WINDOWS = (0, 10, 20, 50, 200, 1000)  # steps
_AFTERWARDS_MS = 60  # when what was drawn is painted, too
_SMOOTHED_AT_ONCE = 50_000  # values, which take some 10 ms beside a run
_SPAN = 100  # times the least loss, beyond which the axis is logarithmic
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
        self._loss = CurvePlot(self.theme, bottom="step", left="loss", counted=True)
        self._loss.add_curve(_BATCHES, _faint, key=not self.compact)  # fainter and finer than what it is smoothed to
        self._loss.add_curve(_SMOOTH, "smooth")
        self._loss.add_curve(_TRAINING, "smooth")
        self._loss.add_curve(_VALIDATION, "validation", symbol=True)
        self._beside = RunsBeside(self._loss, "validation_loss")
        self._best = self._loss.add_line("good", upright=True)
        self._best.setZValue(-0.5)  # the point that it marks is seen
        self._told: tuple[object, ...] = ()  # what does not wait; numbers alone are read no oftener than that
        self._telling = self.calm(self._tell, "history")
        self._scored: tuple[object, ...] = ()  # what was last drawn of what is scored
        self._moment = self._loss.add_line("cursor", upright=True)
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
        self._smoother, self._smooths_on = Smoother(10), False
        self._drawn = -1.0  # the last step
        self._often, self._seldom = (
            self.calm(self._draw_again, "history", rest_ms=rest) for rest in (_OFTEN_MS, _UNSEEN_MS)
        )
        self._build_controls()
        for plot in (self._loss, self._metric):
            plot.hovered.connect(self._walked.hover)
        self._loss.ranged.connect(self._redraw)

    def fit_room(self) -> None:
        """The metric gives way where height is short."""
        super().fit_room()
        if self._built:
            self._metric.setVisible(not self.compact and not self.low)

    def _build_controls(self) -> None:
        self._log, self._window = QCheckBox("logarithmic"), ElidedBox()
        self._window.addItems(["none" if not steps else f"{steps} steps" for steps in _WINDOWS])
        self._window.setCurrentIndex(_WINDOWS.index(10))
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
        loss, (first, last) = self._loss, self._loss.shown()
        loss.show_curve(
            _BATCHES, *history.line("loss", first, last, loss.pixels), value_at(history, "loss", self.moment)
        )
        self._draw_smooth(history, first, last)
        self._draw_scored(history, first, last)
        self._follow_span()
        self._draw_best()
        self._loss.mark(self._moment, self.moment)
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

    def best(self) -> tuple[float, float]:
        """Step and value of the lowest validation loss; NaN when none was measured."""
        return self.history.lowest("validation_loss") if self.history is not None else (math.nan, math.nan)

    def table(self) -> Table:
        """One row for every epoch, every batch when no epoch has ended; and for those of the runs beside it."""
        history, company = self.history, self._company
        own: list[Course] = []
        if history is not None and history.count("validation_loss"):
            losses = [(name.replace("_", " "), history.raw(name)) for name in ("training_loss", "validation_loss")]
            own = [*losses, (company.metric, history.raw("metric"))]
        elif history is not None and history.count("loss"):
            own = [(_BATCHES, history.raw("loss"))]
        for run in self.others:
            if run in company.same_loss:
                own.append((f"{run.title}, validation loss", run.history.raw("validation_loss")))
            if run in company.same_metric:
                own.append((f"{run.title}, {company.metric}", run.history.raw("metric")))
        return steps_table(own)

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
        self._drawn, self._told, self._scored = -1.0, (), ()
        self._smoother = Smoother(self._smoother.window)
        self._log.setChecked(self._log.isChecked() and self._chosen)
        self._best.hide()
        self._walked.forget()
        self._moment.hide()
        self._loss.clear()
        self._metric.forget()
        for plot in (self._loss, self._metric):
            plot.show_everything()

    def recolour(self) -> None:
        """Both plots."""
        for plot, high in ((self._loss, _LOSS), (self._metric, _METRIC)):
            plot.apply_theme(self.theme)
            plot.canvas.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))
        self._draw_best()
        if self.history is not None and self._metric.named:
            self._show_metric_key(self.history)

    def reset_zoom(self) -> None:
        """Both plots."""
        self._loss.show_everything()
        self._metric.show_everything()

    def _draw_smooth(self, history: History, first: float, last: float) -> None:
        if not _WINDOWS[self._window.currentIndex()]:
            self._loss.show_curve(_SMOOTH, [], [])
            return
        done = self._smoother.catch_up(*history.raw("loss"), most=_SMOOTHED_AT_ONCE)
        if not (done or self._smooths_on):
            self._smooths_on = True
            later(0, self, self._smooth_on)
        smooth = self._smoother.history
        line = smooth.line("smooth", first, last, self._loss.pixels)
        self._loss.show_curve(_SMOOTH, *line, value_at(smooth, "smooth", self.moment))

    def _draw_scored(self, history: History, first: float, last: float) -> None:
        """What changes after an epoch, and with what is shown of it."""
        beside = self._company.same_loss
        counts = [run.count("validation_loss") for run in (history, *(run.history for run in beside))]
        scored = history.count("training_loss"), counts, first, last, self._loss.pixels, self.moment, beside
        if scored == self._scored:
            return
        self._scored = scored
        self._draw_epochs(history, first, last)
        validation = history.line("validation_loss", first, last, self._loss.pixels)
        self._loss.show_curve(_VALIDATION, *validation, value_at(history, "validation_loss", self.moment))
        self._beside.show(beside, first, last, self.moment)

    def _draw_epochs(self, history: History, first: float, last: float) -> None:
        """Before a run went on, its batches are not known any more: the means of its epochs stand for them."""
        batches = history.span("loss")[0] if history.count("loss") else math.inf
        if history.count("training_loss") and history.span("training_loss")[0] < batches:
            steps, values = history.line("training_loss", first, last, self._loss.pixels)
            before = steps < batches
            self._loss.show_curve(_TRAINING, steps[before], values[before])

    def _smooth_on(self) -> None:
        self._smooths_on = False
        self._redraw()

    def _follow_span(self) -> None:
        """Of a loss that has fallen so far, a linear axis shows a flat line."""
        if self._chosen or math.isfinite(self._loss.shown()[0]):
            return  # what is zoomed stays as it is
        values = np.concatenate([self._loss.curves[name].y for name in (_SMOOTH, _VALIDATION)])
        known = values[np.isfinite(values)]
        if known.size and 0 < _SPAN * known.min() < known.max():
            self._log.setChecked(True)

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

    def _draw_best(self) -> None:
        step, _ = self.best()
        best = None if math.isnan(step) else step
        self._loss.mark(self._best, best)
        self._loss.settle()
        told = best, self.moment, self.others, self.theme, [len(curve.x) > 0 for curve in self._loss.curves.values()]
        if told != self._told:
            self._told = told
            self._tell()
        else:
            self._telling.ask()

    def _tell(self) -> None:
        """What the key says: to lay it out and to paint it takes as long as a curve."""
        step, value = self.best()
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
        self._smoother = Smoother(max(_WINDOWS[index], 1))
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


def _faint(theme: Theme) -> QPen:
    pen = theme.pen("train")
    pen.setColor(theme.color("train", 0.45))
    pen.setWidthF(1.0)  # on every screen: half-transparent, of thousands of points, a wider one takes 60 ms a frame
    return pen
