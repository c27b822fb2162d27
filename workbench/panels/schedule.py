"""A small drawing of the learning rate over the run that is being set up."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.numerals import numerals

_HEIGHT = 7 * GRID


class ScheduleCurve(QWidget):
    """The rate from the first step to the last, from zero to its highest; nothing to do with the mouse."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("training_schedule_curve")
        self.setFixedHeight(_HEIGHT)
        self._theme = theme
        self.rates: tuple[float, ...] = ()
        self.show_rates(())

    def show_rates(self, rates: Sequence[float]) -> None:
        """Draw these, at equal distances over the run; hidden where there are none."""
        self.rates = tuple(rates)
        self.setVisible(bool(rates))
        if rates:
            words = f"Learning rate over the run: {_text(rates[0])} at first, {_text(max(rates))} at most, "
            self.setAccessibleName(f"{words}{_text(rates[-1])} at the end")
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The curve over its ground, with the highest rate and the last beside it."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        font = painter.font()
        font.setPixelSize(self._theme.small)
        painter.setFont(font)
        highest, last = _text(max(self.rates)), _text(self.rates[-1])
        room = max(painter.fontMetrics().horizontalAdvance(text) for text in (highest, last)) + GRID
        box = QRectF(1, GRID / 2, self.width() - room - 2, self.height() - GRID)
        painter.fillRect(box, self._theme.color("plot"))
        painter.setPen(QPen(self._theme.color("grid"), 1))
        painter.drawRect(box)
        points = [QPointF(x, y) for x, y in self._places(box.adjusted(2, 3, -2, -3))]
        painter.setPen(self._theme.pen("train"))
        painter.drawPolyline(QPolygonF(points))
        painter.setPen(self._theme.color("muted"))
        ascent = painter.fontMetrics().ascent()
        painter.drawText(QPointF(box.right() + GRID / 2, box.top() + ascent), highest)
        if last != highest:
            low = min(max(points[-1].y() + ascent / 2, box.top() + 2.2 * ascent), box.bottom())
            painter.drawText(QPointF(box.right() + GRID / 2, low), last)

    def _places(self, box: QRectF) -> list[tuple[float, float]]:
        highest, count = max(self.rates) or 1.0, max(1, len(self.rates) - 1)
        across, up = box.width() / count, box.height() / highest
        return [(box.left() + k * across, box.bottom() - rate * up) for k, rate in enumerate(self.rates)]


def _text(rate: float) -> str:
    return numerals(f"{rate:.2g}")
