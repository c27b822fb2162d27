"""The five ways a sequence goes in and an answer comes out, drawn unrolled as in every introduction."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.looks.theme import Theme


@dataclass(frozen=True, slots=True)
class Wiring:
    """One topology over a few drawn steps: which cells have an input, an output, and feed an output back."""

    cells: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    fed_back: bool = False  # an output is the next step's input
    decoder_from: int = 0  # first cell of the decoder; 0 for none
    backward: int = 0  # how many cells, from the first, can also be read from the right
    words: str = ""  # the drawing in words


WIRINGS: dict[str, Wiring] = {
    "one_to_one": Wiring(1, (0,), (0,), words="one input, one cell, one output"),
    "one_to_many": Wiring(4, (0,), (0, 1, 2, 3), True, words="one input; every output is the next step's input"),
    "many_to_one": Wiring(4, (0, 1, 2, 3), (3,), backward=4, words="an input at every step, one output after the last"),
    "many_to_many": Wiring(4, (0, 1, 2, 3), (0, 1, 2, 3), backward=4, words="an input and an output at every step"),
    "encoder_decoder": Wiring(
        6, (0, 1, 2), (3, 4, 5), True, 3, 3, words="all inputs are read first, then the outputs are written one by one"
    ),
}


class TopologyDrawing(QWidget):
    """Inputs below, cells in the middle, outputs above. Sharp at any size; colours come from the theme."""

    def __init__(self, key: str, theme: Theme, *, bidirectional: bool = False, parent: QWidget | None = None) -> None:
        """`key` is one of `WIRINGS`.

        Raises:
            KeyError: there is no such topology.
        """
        super().__init__(parent)
        self._wiring, self._theme, self._both = WIRINGS[key], theme, bidirectional
        self.setObjectName(f"drawing_{key}")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(48, 40)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # the button around it takes the click
        self._describe(key)

    def sizeHint(self) -> QSize:
        """A small card."""
        return QSize(144, 88)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.update()

    def set_bidirectional(self, both: bool) -> None:
        """Draw a second row of cells that reads from the right, or not."""
        self._both = both
        self._describe(self.objectName().removeprefix("drawing_"))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the whole topology into the middle of the widget."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _Sketch(
                painter, QRectF(self.rect()), self._wiring, _Colors(self._theme, self.isEnabled()), self._both
            ).draw()

    def _describe(self, key: str) -> None:
        self.setAccessibleName(key.replace("_", " "))
        both = "; a second row of cells reads backward" if self._both else ""
        self.setAccessibleDescription(self._wiring.words + both)


class _Colors:
    """The colours of a drawing; one that cannot be chosen is all muted."""

    def __init__(self, theme: Theme, enabled: bool) -> None:
        self.line = theme.color("text" if enabled else "muted", 0.8)
        self.input = theme.color("muted")
        self.cell, self.decoder, self.output = (
            theme.color(role if enabled else "muted", 1.0 if enabled else 0.6)
            for role in ("accent", "validation", "good")
        )


class _Sketch:
    """One drawing. Rows from below: inputs, cells, cells that read backward, outputs.

    With both directions the two rows of cells stand a little aside of each other, so that every arrow is straight.
    """

    def __init__(self, painter: QPainter, room: QRectF, wiring: Wiring, colors: _Colors, both: bool) -> None:
        self._painter, self._wiring, self._colors = painter, wiring, colors
        self._backward = wiring.backward if both else 0
        self._top = 3 if self._backward else 2
        wide = 1.7 * max(wiring.cells, 4) - 0.7 + (0.4 if self._backward else 0.0)  # in boxes; some cells stand aside
        self._unit = min((room.width() - 8) / wide, (room.height() - 8) / (1.5 * self._top + 1))
        self._left = room.center().x() - 1.7 * self._unit * (wiring.cells - 1) / 2
        self._bottom = room.center().y() + 1.5 * self._unit * self._top / 2

    def draw(self) -> None:
        """Arrows first, boxes upon them."""
        for step in range(self._wiring.cells):
            self._draw_arrows(step)
        for step in range(self._wiring.cells):
            self._draw_boxes(step)

    def _draw_boxes(self, step: int) -> None:
        wiring, colors = self._wiring, self._colors
        decodes = wiring.decoder_from and step >= wiring.decoder_from
        self._box(self._cell(step), colors.decoder if decodes else colors.cell, filled=True)
        if step < self._backward:
            self._box(self._cell(step, backward=True), colors.cell, filled=True)
        if step in wiring.inputs:
            self._box(self._place(step, 0), colors.input)
        if step in wiring.outputs:
            self._box(self._place(step, self._top), colors.output)

    def _draw_arrows(self, step: int) -> None:
        wiring = self._wiring
        low, high = self._place(step, 0), self._place(step, self._top)
        for backward in (False, True)[: 1 + (step < self._backward)]:
            cell = self._cell(step, backward=backward)
            if step in wiring.inputs:
                self._rise(low, cell)
            if step in wiring.outputs:
                self._rise(cell, high)
        if step + 1 < wiring.cells:
            self._across(self._cell(step), self._cell(step + 1))
        if step + 1 < self._backward:
            self._across(self._cell(step + 1, backward=True), self._cell(step, backward=True))
        if wiring.fed_back and step in wiring.outputs and step + 1 in wiring.outputs:
            self._feed_back(high, self._cell(step + 1))

    def _place(self, step: float, row: float) -> QPointF:
        return QPointF(self._left + 1.7 * self._unit * step, self._bottom - 1.5 * self._unit * row)

    def _cell(self, step: int, *, backward: bool = False) -> QPointF:
        aside = 0.3 * self._unit if self._backward and step < self._backward else 0.0
        return self._place(step, 2 if backward else 1) + QPointF(aside if backward else -aside, 0)

    def _size(self, center: QPointF) -> float:
        inner = self._backward and 0.5 < (self._bottom - center.y()) / (1.5 * self._unit) < self._top - 0.5
        return self._unit * (0.8 if inner else 1.0)

    def _rise(self, low: QPointF, high: QPointF) -> None:
        """Straight up or down a cell's middle, which lies within the width of the input or output it belongs to."""
        cell = low if low.x() != self._middle(low) else high
        self._arrow(
            QPointF(cell.x(), low.y() - self._size(low) / 2), QPointF(cell.x(), high.y() + self._size(high) / 2)
        )

    def _middle(self, point: QPointF) -> float:
        """Where the column of `point` has its inputs and outputs."""
        return self._place(round((point.x() - self._left) / (1.7 * self._unit)), 0).x()

    def _across(self, start: QPointF, end: QPointF) -> None:
        way = 1 if end.x() > start.x() else -1
        self._arrow(start + QPointF(way * self._size(start) / 2, 0), end - QPointF(way * self._size(end) / 2, 0))

    def _feed_back(self, output: QPointF, cell: QPointF) -> None:
        """From an output down between the columns into the next cell, from below like an input."""
        start, end = output + QPointF(self._unit / 2, 0), cell + QPointF(0, self._unit / 2)
        middle, below = start.x() + 0.35 * self._unit, end.y() + 0.4 * self._unit
        path = [start, QPointF(middle, start.y()), QPointF(middle, below), QPointF(end.x(), below)]
        pen = self._pen()
        pen.setStyle(Qt.PenStyle.DotLine)
        self._painter.setPen(pen)
        self._painter.drawPolyline(QPolygonF(path))
        self._arrow(path[-1], end)

    def _box(self, center: QPointF, color: QColor, *, filled: bool = False) -> None:
        size = self._size(center)
        rect = QRectF(0, 0, size, size)
        rect.moveCenter(center)
        fill = QColor(color)
        fill.setAlphaF(color.alphaF() * (1.0 if filled else 0.18))
        self._painter.setPen(QPen(color, max(self._unit / 14, 1.0)))
        self._painter.setBrush(fill)
        self._painter.drawRoundedRect(rect, size / 5, size / 5)

    def _arrow(self, start: QPointF, end: QPointF) -> None:
        self._painter.setPen(self._pen())
        self._painter.drawLine(start, end)
        along = end - start
        length = max((along.x() ** 2 + along.y() ** 2) ** 0.5, 1e-6)
        along, size = along / length, min(max(self._unit * 0.25, 3.0), length * 0.8)
        across = QPointF(-along.y(), along.x()) * size * 0.5
        self._painter.setBrush(self._colors.line)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.drawPolygon(QPolygonF([end, end - along * size + across, end - along * size - across]))

    def _pen(self) -> QPen:
        return QPen(self._colors.line, max(self._unit / 18, 1.0))
