"""Two strips over time: what every step is, and what the network says; and how sure it is."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.prediction_records import TagTrack
from workbench.theme import GRID, Theme

_LEFT = 9 * GRID
_STRIP, _CURVE = 3 * GRID, 5 * GRID
_KEY = 2.5 * GRID


class TagStrips(QWidget):
    """Each class has its colour and, in the key, its name; the mouse reads a step out."""

    hovered = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("tag_strips")
        self.setAccessibleName("Steps with their true and answered tags")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = theme
        self._track: TagTrack | None = None
        self._classes: tuple[str, ...] = ()

    def sizeHint(self) -> QSize:
        """Two strips, a curve, a key."""
        return QSize(40 * GRID, int(2 * _STRIP + _CURVE + _KEY + 3 * GRID))

    def show_track(self, track: TagTrack, classes: tuple[str, ...]) -> None:
        """Paint other steps."""
        self._track, self._classes = track, classes
        self.update()

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.update()

    def colors(self) -> list[QColor]:
        """One for each class, apart in hue and, for who does not see hues, in lightness."""
        count = max(len(self._classes), 2)
        return [pg.colormap.get("viridis").map(k / (count - 1), mode="qcolor") for k in range(count)]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Truth above answers above certainty."""
        if self._track is None:
            return
        painter = QPainter(self)
        font = painter.font()
        font.setPixelSize(self._theme.small)
        painter.setFont(font)
        self._paint_strip(painter, 0, "truth", self._track.truth)
        self._paint_strip(painter, _STRIP + GRID / 2, "answered", self._track.answers)
        self._paint_certainty(painter, 2 * _STRIP + GRID)
        self._paint_key(painter, 2 * _STRIP + _CURVE + 2 * GRID)
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out the step under the mouse."""
        step = self._step(event.position().x())
        self.hovered.emit(self.words(step) if step is not None else "")

    def words(self, step: int) -> str:
        """One step: its name, truth, answer and how sure that is."""
        assert self._track is not None
        truth, said = int(self._track.truth[step]), int(self._track.answers[step])
        known = self._classes[truth] if truth >= 0 else "no label"
        sure = float(self._track.certainty[step])
        return f"step {self._track.labels[step]} · truth {known} · answered {self._classes[said]} ({sure:.0%})"

    def _step(self, x: float) -> int | None:
        if self._track is None or x < _LEFT:
            return None
        step = int((x - _LEFT) / max(self.width() - _LEFT, 1) * len(self._track.labels))
        return step if step < len(self._track.labels) else None

    def _paint_strip(self, painter: QPainter, top: float, name: str, classes: np.ndarray) -> None:
        self._paint_name(painter, top, _STRIP, name)
        colors, wide = self.colors(), (self.width() - _LEFT) / len(classes)
        edges = np.flatnonzero(np.diff(classes)) + 1
        for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(classes)], strict=True):
            color = colors[int(classes[first])] if classes[first] >= 0 else self._theme.color("grid")
            painter.fillRect(QRectF(_LEFT + first * wide, top, (last - first) * wide + 0.5, _STRIP), color)

    def _paint_certainty(self, painter: QPainter, top: float) -> None:
        assert self._track is not None
        self._paint_name(painter, top, _CURVE, "certainty")
        painter.setPen(self._theme.pen("grid"))
        painter.drawLine(int(_LEFT), int(top + _CURVE), self.width(), int(top + _CURVE))
        sure = self._track.certainty
        x = _LEFT + (np.arange(len(sure)) + 0.5) * (self.width() - _LEFT) / len(sure)
        y = top + _CURVE * (1 - sure)
        line = pg.functions.arrayToQPolygonF(x.astype(float), y.astype(float))
        assert isinstance(line, QPolygonF)
        painter.setPen(self._theme.pen("train"))
        painter.drawPolyline(line)

    def _paint_name(self, painter: QPainter, top: float, height: float, name: str) -> None:
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(
            QRectF(0, top, _LEFT - GRID, height), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name
        )

    def _paint_key(self, painter: QPainter, top: float) -> None:
        x, metrics = float(_LEFT), painter.fontMetrics()
        for name, color in zip(self._classes, self.colors(), strict=False):
            width = metrics.horizontalAdvance(name) + 3 * GRID
            if x + width > self.width():
                painter.setPen(QColor(self._theme.muted))
                painter.drawText(QRectF(x, top, 2 * GRID, _KEY), Qt.AlignmentFlag.AlignVCenter, "…")
                return
            painter.fillRect(QRectF(x, top + GRID / 2, GRID, GRID), color)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QRectF(x + 1.5 * GRID, top, width, 2 * GRID), Qt.AlignmentFlag.AlignVCenter, name)
            x += width
