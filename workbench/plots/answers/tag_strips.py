"""Two strips over time: what every step is, and what the network says; and how sure it is."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QScrollBar, QSizePolicy, QWidget

from engine.prediction_records import TagTrack
from engine.wording.percentages import percent
from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.step_names import quoted, visible
from workbench.plots.frame.cell_walk import CellWalk
from workbench.plots.frame.ink import ink_on

_NAMES = _READ, _TRUTH, _ANSWERED, _CERTAINTY = "read", "truth", "answered", "certainty"
_STRIP, _CURVE = 3 * GRID, 5 * GRID
_KEY = 2.5 * GRID  # with text of the usual size
_LEAST = 4  # pixels of a step, where most are other than the one before
_LONGEST = 12 * GRID  # of a word that is read, with text of the usual size


class TagStrips(QWidget):
    """Each class has its colour and, in the key, its name; mouse and keys read a step out.

    Where there are more changes than can be told apart, a part of the steps is shown, and a bar goes through all. Words
    stand above their tags, and as many are shown as can be read.
    """

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
        self.walked = CellWalk(self.update, lambda _row, step: self.words(step), self.hovered.emit)  # one row of steps
        self.bar = QScrollBar(Qt.Orientation.Horizontal, self)
        self.bar.setObjectName("tag_strips_bar")
        self.bar.setAccessibleName("Steps that are shown")
        self.bar.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.bar.valueChanged.connect(lambda _value: self.update())
        self.bar.hide()
        self._fit()

    def sizeHint(self) -> QSize:
        """Two strips, a curve, a key, and a bar where there is one."""
        bar = self.bar.sizeHint().height() if not self.bar.isHidden() else 0
        return QSize(40 * GRID, round(self._top + 2 * _STRIP + _CURVE + _KEY * self._theme.scale + 3 * GRID) + bar)

    def show_track(self, track: TagTrack, classes: tuple[str, ...]) -> None:
        """Paint other steps."""
        if self._track is None or track.labels != self._track.labels:
            self.walked.forget()
        if self._track is None or bool(track.words) != bool(self._track.words):
            self.updateGeometry()
        self._track, self._classes = track, classes
        self._fit()
        self.update()
        self.walked.read_again()

    def walk(self, by: int) -> bool:
        """Go so many steps on, and bring that step into sight; False where there are none."""
        if self._track is None or not self.walked.walk(by, 0, (1, len(self._track.labels))):
            return False
        if self.walked.cell is not None:
            step = self.walked.cell[1]
            self.bar.setValue(min(max(self.bar.value(), step - self.bar.pageStep() + 1), step))
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for more steps, or fewer."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Through the steps."""
        if self.bar.isHidden():
            super().wheelEvent(event)
        else:
            QApplication.sendEvent(self.bar, event)

    def _fit(self) -> None:
        """As many steps as can be told apart, beside names in text of the present size."""
        font = self.font()
        font.setPixelSize(self._theme.small)
        metrics = QFontMetrics(font)
        self._left = max(map(metrics.horizontalAdvance, _NAMES)) + 2 * GRID
        steps = len(self._track.labels) if self._track is not None else 0
        changes = int(np.count_nonzero(np.diff(self._track.answers))) if self._track is not None else 0
        word = max(map(metrics.horizontalAdvance, self._words), default=0)
        least = min(word, round(_LONGEST * self._theme.scale)) + GRID if word else _LEAST
        room = max((self.width() - self._left) // least, 1)
        shown = steps if changes <= room and not word else min(room, steps)
        self.bar.setRange(0, steps - shown)
        self.bar.setPageStep(shown)
        self.bar.setSingleStep(max(shown // 10, 1))
        if self.bar.isHidden() != (shown == steps):
            self.bar.setVisible(shown < steps)
            self.updateGeometry()
        high = self.bar.sizeHint().height()
        self.bar.setGeometry(self._left, self.height() - high, self.width() - self._left, high)

    @property
    def _words(self) -> tuple[str, ...]:
        """What was read at each step, where that can be written."""
        return tuple(map(visible, self._track.words)) if self._track is not None else ()

    @property
    def _top(self) -> float:
        """Pixels above the strips, for the words."""
        return _KEY * self._theme.scale if self._track is not None and self._track.words else 0.0

    @property
    def shown(self) -> slice:
        """The steps that are seen."""
        return slice(self.bar.value(), self.bar.value() + self.bar.pageStep())

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.updateGeometry()
        self._fit()
        self.update()

    def colors(self) -> list[QColor]:
        """One for each class."""
        return self._theme.class_colors(len(self._classes))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Truth above answers above certainty."""
        if self._track is None:
            return
        with QPainter(self) as painter:
            font = painter.font()
            font.setPixelSize(self._theme.small)
            painter.setFont(font)
            top = self._top
            if top:
                self._paint_words(painter, top)
            self._paint_strip(painter, top, _TRUTH, self._track.truth[self.shown])
            self._paint_strip(painter, top + _STRIP + GRID / 2, _ANSWERED, self._track.answers[self.shown])
            if top:
                self._paint_starts(painter)
            self._paint_certainty(painter, top + 2 * _STRIP + GRID)
            self._paint_key(painter, top + 2 * _STRIP + _CURVE + 2 * GRID)
            painter.setClipRect(QRectF(self._left - 1, 0, self.width(), self.height()))  # not over the names
            self.walked.paint(painter, self._rect, self._theme)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read out the step under the mouse."""
        step = self._step(event.position().x())
        self.walked.hover((0, step) if step is not None else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing more of it."""
        super().leaveEvent(event)
        self.walked.mouse_left()

    def words(self, step: int) -> str:
        """One step: of which sequence, what was read, truth, answer and how sure that is."""
        assert self._track is not None
        sequence, _, number = self._track.labels[step].partition(": ")
        read = f" ({quoted(self._track.words[step])})" if self._track.words else ""
        place = f"sequence {sequence}, step {number.partition(' ')[0]}{read}"
        truth, said = int(self._track.truth[step]), int(self._track.answers[step])
        known = self._classes[truth] if truth >= 0 else "no label"
        sure = percent(float(self._track.certainty[step])).replace(" ", "\u00a0")
        return f"{place} · truth {known} · answered {self._classes[said]} ({sure})"

    def _step(self, x: float) -> int | None:
        if self._track is None or x < self._left:
            return None
        step = self.bar.value() + int((x - self._left) / max(self.width() - self._left, 1) * self.bar.pageStep())
        return step if step < len(self._track.labels) else None

    def _rect(self, _row: int, step: int) -> QRectF:
        """Of one step, through all that is painted of it."""
        wide = (self.width() - self._left) / self.bar.pageStep()
        return QRectF(self._left + (step - self.bar.value()) * wide, 1, wide, self._top + 2 * _STRIP + _CURVE + GRID)

    def _paint_words(self, painter: QPainter, high: float) -> None:
        """What was read, each above its tags."""
        self._paint_name(painter, 0, high, _READ)
        painter.setPen(QColor(self._theme.text))
        words, metrics = self._words[self.shown], painter.fontMetrics()
        wide = (self.width() - self._left) / len(words)
        for place, word in enumerate(words):
            short = metrics.elidedText(word, Qt.TextElideMode.ElideRight, int(wide) - 2)
            painter.drawText(QRectF(self._left + place * wide, 0, wide, high), Qt.AlignmentFlag.AlignCenter, short)

    def _paint_starts(self, painter: QPainter) -> None:
        """A line before each step that begins another sequence, such as a sentence."""
        painter.setPen(self._theme.stroke(self._theme.color("text"), 2))
        for step in self.starts:
            rect = self._rect(0, step)
            painter.drawLine(
                QPointF(rect.left() - 0.5, 0), QPointF(rect.left() - 0.5, self._top + 2 * _STRIP + GRID / 2)
            )

    @property
    def starts(self) -> list[int]:
        """Of the steps that are seen, those that begin another sequence than the step before is of."""
        if self._track is None:
            return []
        names = [label.partition(":")[0] for label in self._track.labels[self.shown]]
        return [self.bar.value() + at for at in range(1, len(names)) if names[at] != names[at - 1]]

    def _paint_strip(self, painter: QPainter, top: float, name: str, classes: np.ndarray) -> None:
        self._paint_name(painter, top, _STRIP, name)
        colors, wide = self.colors(), (self.width() - self._left) / len(classes)
        apart = bool(self._top)  # below words each step is seen by itself
        edges = np.arange(1, len(classes)) if apart else np.flatnonzero(np.diff(classes)) + 1
        for first, last in zip([0, *edges.tolist()], [*edges.tolist(), len(classes)], strict=True):
            color = colors[int(classes[first])] if classes[first] >= 0 else self._theme.color("grid")
            rect = QRectF(self._left + first * wide, top, (last - first) * wide + (-1 if apart else 0.5), _STRIP)
            painter.fillRect(rect, color)
            if apart and classes[first] >= 0:
                self._paint_tag(painter, rect, self._classes[int(classes[first])], color)

    @staticmethod
    def _paint_tag(painter: QPainter, rect: QRectF, name: str, color: QColor) -> None:
        """The name of a class in its colour, where all of it fits."""
        if painter.fontMetrics().horizontalAdvance(name) <= rect.width():
            painter.setPen(ink_on(color))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)

    def _paint_certainty(self, painter: QPainter, top: float) -> None:
        assert self._track is not None
        self._paint_name(painter, top, _CURVE, _CERTAINTY)
        painter.setPen(self._theme.pen("grid"))
        painter.drawLine(self._left, int(top + _CURVE), self.width(), int(top + _CURVE))
        sure = self._track.certainty[self.shown]
        x = self._left + (np.arange(len(sure)) + 0.5) * (self.width() - self._left) / len(sure)
        y = top + _CURVE * (1 - sure)
        line = pg.functions.arrayToQPolygonF(x.astype(float), y.astype(float))
        assert isinstance(line, QPolygonF)
        painter.setPen(self._theme.pen("train"))
        painter.drawPolyline(line)

    def _paint_name(self, painter: QPainter, top: float, height: float, name: str) -> None:
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(
            QRectF(0, top, self._left - GRID, height), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, name
        )

    def _paint_key(self, painter: QPainter, top: float) -> None:
        metrics, high = painter.fontMetrics(), _KEY * self._theme.scale
        widths = [metrics.horizontalAdvance(name) + 3 * GRID for name in self._classes]
        x = float(self._left if self._left + sum(widths) <= self.width() else GRID)  # many go on below the names
        for name, color, width in zip(self._classes, self.colors(), widths, strict=False):
            dots = 0 if name == self._classes[-1] else 2 * GRID
            if x + width + dots > self.width():
                painter.setPen(QColor(self._theme.muted))
                painter.drawText(QRectF(x, top, 2 * GRID, high), Qt.AlignmentFlag.AlignVCenter, "…")
                return
            painter.fillRect(QRectF(x, top + (high - GRID) / 2, GRID, GRID), color)
            painter.setPen(QColor(self._theme.text))
            painter.drawText(QRectF(x + 1.5 * GRID, top, width, high), Qt.AlignmentFlag.AlignVCenter, name)
            x += width
