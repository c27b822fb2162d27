"""What is left of the truth when the forecast is taken away, and whether the forecast only trails it."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from engine.findings.measures import best_lag, lag_errors
from engine.inside_records import Floats
from engine.prediction_records import SeriesPrediction
from engine.wording.percentages import percent
from workbench.looks.theme import GRID, Theme
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.gaps import beginnings, parted
from workbench.plots.curves.key_cursor import KeyCursor, ReadCursor

_NARROW = 40  # letters of text beside each other
_RESIDUAL, _LAG = "truth − forecast", "error"


class ResidualPlots(QWidget):
    """Residuals under the forecast they are of, and the error of the forecast moved back by some steps."""

    read = Signal(str)

    def __init__(self, theme: Theme, leader: CurvePlot) -> None:
        """Residuals go along with the places that `leader` shows."""
        super().__init__()
        self._labels: tuple[str, ...] = ()
        self._letters = theme.body
        self.residuals = CurvePlot(theme, bottom="", left="residual")
        self.lags = CurvePlot(theme, bottom="steps back", left="RMSE", counted=True)
        self.plots = self.residuals, self.lags
        self.residuals.add_curve(_RESIDUAL, "train")
        self._zero = self.residuals.add_line("muted")
        self.residuals.mark(self._zero, 0.0)
        self.lags.add_curve(_LAG, "validation", symbol=True)
        self._best = self.lags.add_line("good", upright=True)
        self._floor = self.lags.add_anchor()
        self._point = KeyCursor(self.residuals)
        self._lag = ReadCursor(self.lags, self._lag_words, self.read.emit)
        self._leader = leader  # not linked: pyqtgraph would have both show the same places at the same pixels
        leader.box.sigXRangeChanged.connect(self._follow)
        self.residuals.canvas.doubled.connect(leader.show_everything)
        layout = self._side = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(self.residuals, 5)
        layout.addWidget(self.lags, 3)
        self.residuals.hovered.connect(self._hover)
        self.lags.hovered.connect(self._lag.hover)

    def draw(self, prediction: SeriesPrediction) -> None:
        """Both."""
        self._labels = prediction.labels
        left = prediction.truth - prediction.forecast
        known = left[np.isfinite(left)]
        note = f"mean {known.mean():.3g}, spread {known.std():.3g}" if known.size else ""
        self.residuals.bottom.set_labels(prediction.labels)
        self.residuals.show_curve(_RESIDUAL, *parted(left, beginnings(prediction.labels)), note)
        self.residuals.show_key()
        errors = lag_errors(prediction.truth, prediction.forecast)
        self.setVisible(bool(known.size))
        self.lags.setVisible(bool(errors.size))
        lag = best_lag(prediction.truth, prediction.forecast)
        self.lags.show_curve(_LAG, np.arange(len(errors)), errors, _place(errors, lag))
        self.lags.mark(self._best, float(lag) if errors.size else None)
        self._floor.show([0.0, max(len(errors) - 1, 1)], [0.0, 0.0])
        self.lags.show_key()

    def clear(self) -> None:
        """Nothing."""
        for plot in self.plots:
            plot.clear()
        self.reset_zoom()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._letters = theme.body
        for plot in self.plots:
            plot.apply_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is narrow for the size of its text, one stands below the other."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW * self._letters
        self._side.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def reset_zoom(self) -> None:
        """Both; the leader has the places of the residuals."""
        self.lags.show_everything()
        self.residuals.box.enableAutoRange(axis=pg.ViewBox.YAxis)

    def go(self, place: float | None) -> None:
        """Mark a held-out point, or none; no lag is."""
        self._lag.forget()
        self._point.forget()
        if place is not None:
            self._point.go(place)

    def walk_lags(self, by: int) -> bool:
        """Mark and read out another step of the lag check; False where there is no check."""
        self._point.forget()
        return self.lags.isVisible() and self._lag.walk(by, self.lags.curves[_LAG].x) is not None

    def read_again(self) -> None:
        """The step of the lag check that keys went to, if any, of what is drawn."""
        self._lag.read_again()

    def _follow(self) -> None:
        self.residuals.box.setXRange(*self._leader.box.viewRange()[0], padding=0)

    def _hover(self, place: float | None) -> None:
        inside = place is not None and 0 <= round(place) < len(self._labels)
        at = round(place) if place is not None and inside else 0
        self.read.emit(self.residuals.describe(at, self._labels[at]) if inside else "")

    def _lag_words(self, place: float) -> str:
        steps = max(round(place), 0)
        where = f"moved back by {steps} step{'s' * (steps != 1)}" if steps else "in its place"
        return f"forecast {self.lags.describe(steps, where)}"


def _place(errors: Floats, lag: int) -> str:
    """Where the error is least, and what that means: a small gain says nothing yet."""
    least = int(np.argmin(errors)) if errors.size else 0
    if lag:
        return f"least {lag} back: it trails the truth"
    if not least:
        return "least 0 back: it does not trail"
    return f"{percent(1 - errors[least] / errors[0])} less {least} back: too little to tell"
