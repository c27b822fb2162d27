"""The key to a picture: line swatches and colour scales in rows that wrap, never on top of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.plots.calm import Calm
from workbench.theme import GRID, Theme

_SWATCH, _SCALE = 3 * GRID, 10 * GRID  # pixels: widths of the samples


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the key: a name, what it measures now, and the pen and symbol it is drawn with."""

    name: str
    pen: QPen
    note: str = ""
    symbol: bool = False
    line: bool = True
    ring: bool = False

    @property
    def text(self) -> str:
        """What stands beside the sample."""
        return f"{self.name}  {self.note}" if self.note else self.name


@dataclass(frozen=True, slots=True)
class Scale:
    """A colour scale: which value has which colour."""

    name: str
    colors: pg.ColorMap
    low: float
    high: float

    @property
    def text(self) -> str:
        """The scale in words."""
        return f"{self.name}: {self.low:g} to {self.high:g}"


class Legend(QWidget):
    """Draws keys and scales from left to right and wraps where the width ends."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._items: tuple[Key | Scale, ...] = ()
        self._laid_out: dict[int, list[QRect]] = {}  # by width
        self._least = 0  # pixels of height that are not given up while only numbers change
        self._take(theme)
        self._painting = Calm(self, self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Legend")

    @property
    def texts(self) -> tuple[str, ...]:
        """What it says, sample by sample."""
        return tuple(item.text for item in self._items)

    def show_items(self, theme: Theme, items: Sequence[Key | Scale]) -> None:
        """Draw these; the layout is asked again only when there are more rows, or other names than before."""
        if tuple(items) == self._items and theme is self._theme:
            return
        before, height = self.texts, self.heightForWidth(self.width())
        same = theme is self._theme and [item.name for item in items] == [item.name for item in self._items]
        self._least = height if same else 0
        self._items = tuple(items)
        self._take(theme)
        if self.texts != before:
            self._laid_out.clear()
            self.setAccessibleDescription("; ".join(self.texts))
            if self.heightForWidth(self.width()) != height:
                self.updateGeometry()
        self._painting.ask()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colour and size of text of `theme`; the samples are their owner's."""
        self._least = 0
        self._take(theme)
        self.updateGeometry()
        self.update()

    def _take(self, theme: Theme) -> None:
        self._theme, self._line = theme, max(2 * GRID, theme.small + 5)
        font = self.font()
        if font.pixelSize() != theme.small:
            font.setPixelSize(theme.small)
            self.setFont(font)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels that all rows need at `width`."""
        least = self._least if width == self.width() else 0
        return max([least, *(rect.bottom() + 1 for rect in self._places(width))])

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as the rows are at the present width."""
        return QSize(0, self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """The same: a key that is cut off is no key."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits into the rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item, rect in zip(self._items, self._places(self.width()), strict=True):
            if isinstance(item, Key):
                self._paint_key(painter, item, QRect(rect))
            else:
                self._paint_scale(painter, item, QRect(rect))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may take other rows than the layout remembers for it."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._least = 0
        if self.heightForWidth(self.width()) != self.height():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Another font takes other widths; one that a style sheet brought back is not that of the theme."""
        super().changeEvent(event)
        self._laid_out.clear()
        if event.type() == QEvent.Type.FontChange:
            self._take(self._theme)

    def _places(self, width: int) -> list[QRect]:
        """Where each sample goes; layouts ask for it dozens of times a frame."""
        if width not in self._laid_out:
            self._laid_out[width] = list(self._rows(width))
        return self._laid_out[width]

    def _rows(self, width: int) -> Iterator[QRect]:
        metrics, x, y = self.fontMetrics(), 0, 0
        for item in self._items:
            wide = _width(item, metrics)
            if x > 0 and x + wide > width:
                x, y = 0, y + self._line
            yield QRect(x, y, min(wide, width), self._line)
            x += wide + 2 * GRID

    def _paint_key(self, painter: QPainter, key: Key, rect: QRect) -> None:
        middle = rect.center().y() + 0.5
        painter.setPen(key.pen if key.line else Qt.PenStyle.NoPen)
        painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.left() + _SWATCH, middle))
        if key.symbol:
            painter.setPen(key.pen.color() if key.ring else Qt.PenStyle.NoPen)
            painter.setBrush(Qt.BrushStyle.NoBrush if key.ring else key.pen.color())
            size = 5 if key.ring else 3
            painter.drawEllipse(QPointF(rect.left() + _SWATCH / 2, middle), size, size)
        painter.setPen(self._theme.color("text"))
        self._text(painter, rect.adjusted(_SWATCH + GRID // 2, 0, 0, 0), key.text)

    def _paint_scale(self, painter: QPainter, scale: Scale, rect: QRect) -> None:
        metrics = self.fontMetrics()
        painter.setPen(self._theme.color("text"))
        for text, is_bar in _scale_parts(scale):
            if is_bar:
                bar = QRectF(rect.left(), rect.top() + 4, _SCALE, self._line - 8)
                painter.fillRect(bar, _gradient(scale.colors, bar))
                rect.setLeft(rect.left() + _SCALE + GRID // 2)
                continue
            self._text(painter, rect, text)
            rect.setLeft(rect.left() + metrics.horizontalAdvance(text) + GRID // 2)

    def _text(self, painter: QPainter, rect: QRect, text: str) -> None:
        shown = self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


def _scale_parts(scale: Scale) -> tuple[tuple[str, bool], ...]:
    return (scale.name, False), (_number(scale.low), False), ("", True), (_number(scale.high), False)


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _width(item: Key | Scale, metrics: QFontMetrics) -> int:
    if isinstance(item, Key):
        return _SWATCH + GRID // 2 + metrics.horizontalAdvance(item.text) + 1
    return (
        sum(_SCALE if bar else metrics.horizontalAdvance(text) for text, bar in _scale_parts(item)) + 3 * GRID // 2 + 1
    )


def _gradient(colors: pg.ColorMap, bar: QRectF) -> QBrush:
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for place in range(17):
        gradient.setColorAt(place / 16, colors.map(place / 16, mode="qcolor"))
    return QBrush(gradient)
