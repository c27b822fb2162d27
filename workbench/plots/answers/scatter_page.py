"""One value for each of many sequences: what the network says against what is so."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen

from engine.events import Probe
from engine.prediction_records import ValuePrediction
from workbench.plots.answers.forecast_page import error_words
from workbench.plots.answers.page import AnswerPage, named
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.saving import Table
from workbench.plots.key.keys import Key
from workbench.plots.states.near import nearest

_SMALL, _LARGE = 3, 4  # pixels of a point: a thousand do not run into each other
_RIGHT, _ANSWER, _HERE = "right: answer = truth", "answer", "sequence read out"


class ScatterPage(AnswerPage):
    """A point a sequence, right on the line: no sequence follows another, so nothing joins them and none trails."""

    draws = ValuePrediction

    def build(self) -> None:
        """One plot."""
        self._shown: ValuePrediction | None = None
        self._at: int | None = None  # the sequence that keys went to
        self.plot = CurvePlot(self.theme, bottom="truth", left="answer")
        self.plot.add_curve(_ANSWER, "train", symbol=True, line=False, size=_SMALL if self.compact else _LARGE)
        self.plot.add_curve(_RIGHT, "good").item.setZValue(1)  # seen over a thousand points
        self.plot.add_curve(_HERE, "cursor", symbol=True, line=False, ring=True, key=False).item.setZValue(2)
        self.plot.canvas.moved.connect(self._moved)
        self.plot.canvas.left.connect(self.leave)
        self.plot.canvas.left.connect(lambda: self.read.emit(""))
        self.column.addWidget(self.plot)

    def draw(self, prediction: Probe) -> None:
        """All points, the line on which they are right, and the errors in the key."""
        assert isinstance(prediction, ValuePrediction)
        self._shown = prediction
        told = error_words(prediction, compact=self.compact)
        self.plot.show_curve(_ANSWER, prediction.truth, prediction.forecast, told)
        known = prediction.truth[np.isfinite(prediction.truth)]
        ends = [known.min(), known.max()] if known.size else []
        self.plot.show_curve(_RIGHT, ends, ends)
        self._go(self._at if self._at is None or self._at < len(prediction.truth) else None)
        self.plot.left.rename(f"{prediction.target}, answered")
        excerpt = f": {prediction.excerpt}" if prediction.excerpt else ""
        where = f"{prediction.target}, {named(prediction.part)} part{excerpt}"
        self.plot.bottom.rename(where)
        self._show_key()

    def _show_key(self) -> None:
        """Of simple answers the errors alone: they would lie over the network's."""
        none = QPen(Qt.PenStyle.NoPen)
        simple = self._shown.baseline_rmse if self._shown is not None else ()
        self.plot.show_key([Key(name, none, f"RMSE {error:.4g}", line=False) for name, error in simple])

    def clear(self) -> None:
        """No points."""
        self._shown, self._at = None, None
        self.plot.clear()
        self.plot.show_everything()

    def recolour(self) -> None:
        """The plot."""
        self.plot.apply_theme(self.theme)
        self._show_key()

    def reset_zoom(self) -> None:
        """The plot."""
        self.plot.show_everything()

    def walk(self, across: int, down: int) -> bool:
        """From sequence to sequence, in the order of their true values."""
        shown = self._shown
        if shown is None or not across:
            return False
        both = np.isfinite(shown.truth) & np.isfinite(shown.forecast)
        order = [at for at in np.argsort(shown.truth, kind="stable").tolist() if both[at]]
        if order:
            here = order.index(self._at) + across if self._at in order else (0 if across > 0 else len(order) - 1)
            self._go(order[min(max(here, 0), len(order) - 1)])
        return bool(order)

    def leave(self) -> None:
        """No ring."""
        self._go(None)

    def _go(self, at: int | None) -> None:
        """A ring around one sequence, which is read out."""
        self._at, shown = at, self._shown
        ring = slice(0) if at is None else slice(at, at + 1)
        if shown is not None:
            self.plot.show_curve(_HERE, shown.truth[ring], shown.forecast[ring])
        if shown is not None and at is not None:
            self.read.emit(words(shown, at))

    def table(self, prediction: Probe) -> Table:
        """One row for each sequence."""
        assert isinstance(prediction, ValuePrediction)
        columns = [prediction.truth, prediction.forecast, *(values for _, values in prediction.baselines)]
        rows = zip(prediction.labels, *(column.tolist() for column in columns), strict=True)
        return ("sequence", "truth", "answer", *(name for name, _ in prediction.baselines)), list(rows)

    def _moved(self, place: QPointF) -> None:
        self.leave()
        shown = self._shown
        near = nearest(self.plot, np.column_stack((shown.truth, shown.forecast)), place) if shown else None
        self.read.emit("" if shown is None or near is None else words(shown, near))


def words(prediction: ValuePrediction, at: int) -> str:
    """One sequence, what is so, what is said of it, and by how much that is off."""
    truth, answer = float(prediction.truth[at]), float(prediction.forecast[at])
    numbers = numerals(f"truth {truth:.4g} · answer {answer:.4g} · off by {answer - truth:+.4g}")
    return f"{prediction.labels[at]} · {numbers}"
