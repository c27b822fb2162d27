"""The entries of a key: line swatches and colour scales, how wide they are and how they are drawn."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QIcon, QLinearGradient, QPainter, QPen, QPixmap

from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.numerals import numeral, numerals
from workbench.plots.key.curve_item import outline
from workbench.plots.key.marks import SIZE

_SWATCH, _SCALE = 3 * GRID, 10 * GRID  # pixels: widths of the samples
_PATCH = 8  # pixels: how high the sample of something filled is
_FAINT = 0.45  # opacity of an entry whose curve is hidden


@dataclass(frozen=True, slots=True)
class Key:
    """One line of the key: a name, what it measures now, and the pen and symbol it is drawn with.

    With `hides`, a click asks that what it stands for be hidden, or shown again where it is `hidden`.
    """

    name: str
    pen: QPen
    note: str = ""
    symbol: bool = False
    line: bool = True
    ring: bool = False
    shape: str = ""  # of the marks along a curve
    hides: bool = False
    hidden: bool = False

    @property
    def text(self) -> str:
        """What stands beside the sample: the name as it is, since it may be a class's of the data, such as -1."""
        return f"{self.name}  {numerals(self.note)}" if self.note else self.name


@dataclass(frozen=True, slots=True)
class Scale:
    """A colour scale: which value has which colour."""

    name: str
    colors: pg.ColorMap
    low: float
    high: float
    open: bool = False  # its last colours stand for values beyond it, too

    @property
    def ends(self) -> tuple[str, str]:
        """What its first and its last colour stand for."""
        low, high = (numeral(f"{value:g}") for value in (self.low, self.high))
        return (f"≤ {low}", f"≥ {high}") if self.open else (low, high)

    @property
    def text(self) -> str:
        """The scale in words."""
        low, high = self.ends
        return f"{self.name}: {low} to {high}"


def patch(color: QColor) -> QPen:
    """The pen of an entry for something that is filled."""
    pen = QPen(color, _PATCH)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def swatch(key: Key, theme: Theme) -> QIcon:
    """The sample of an entry, for where its name stands elsewhere, as in a table; on a chosen row as on the plot."""
    made = QIcon()
    for mode, ground in ((QIcon.Mode.Normal, QColor(0, 0, 0, 0)), (QIcon.Mode.Selected, theme.color("plot"))):
        size = QSize(_SWATCH, 2 * GRID)
        picture = QPixmap(size * theme.density)
        picture.setDevicePixelRatio(theme.density)
        picture.fill(ground)
        with QPainter(picture) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _paint_sample(painter, key, QRect(QPoint(), size))
        made.addPixmap(picture, mode)
    return made


def words(item: Key | Scale) -> str:
    """An entry as it is said, with whether its curve is hidden."""
    return f"{item.text}, hidden" if isinstance(item, Key) and item.hidden else item.text


def width_of(item: Key | Scale, metrics: QFontMetrics) -> int:
    """Pixels that an entry takes in one line."""
    if isinstance(item, Key):
        return _SWATCH + GRID // 2 + metrics.horizontalAdvance(item.text) + 1
    return (
        sum(_SCALE if bar else metrics.horizontalAdvance(text) for text, bar in _scale_parts(item)) + 3 * GRID // 2 + 1
    )


def paint(painter: QPainter, item: Key | Scale, rect: QRect, theme: Theme) -> None:
    """Draw an entry into `rect`, in the font of `painter`; its text is cut short where there is no room."""
    if isinstance(item, Key):
        _paint_key(painter, item, rect, theme)
    else:
        _paint_scale(painter, item, rect, theme)


def text(painter: QPainter, rect: QRect, said: str) -> None:
    """Write at the left, in the middle of the height, as much as fits."""
    shown = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


def _paint_key(painter: QPainter, key: Key, rect: QRect, theme: Theme) -> None:
    painter.save()
    if key.hidden:
        painter.setOpacity(_FAINT)
        font = painter.font()
        font.setStrikeOut(True)
        painter.setFont(font)
    _paint_sample(painter, key, rect)
    painter.setPen(theme.color("text"))
    text(painter, rect.adjusted(_SWATCH + GRID // 2, 0, 0, 0), key.text)
    painter.restore()


def _paint_sample(painter: QPainter, key: Key, rect: QRect) -> None:
    middle = rect.center().y() + 0.5
    painter.setPen(key.pen if key.line else Qt.PenStyle.NoPen)
    painter.drawLine(QPointF(rect.left(), middle), QPointF(rect.left() + _SWATCH, middle))
    if key.symbol:
        painter.setPen(key.pen.color() if key.ring else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if key.ring else key.pen.color())
        size = 5 if key.ring else 3
        painter.drawEllipse(QPointF(rect.left() + _SWATCH / 2, middle), size, size)
    if key.shape:
        painter.fillPath(outline(key.shape, SIZE).translated(rect.left() + _SWATCH / 2, middle), key.pen.color())


def _paint_scale(painter: QPainter, scale: Scale, rect: QRect, theme: Theme) -> None:
    metrics = painter.fontMetrics()
    painter.setPen(theme.color("text"))
    for said, is_bar in _scale_parts(_within(scale, rect.width(), metrics)):
        if is_bar:
            bar = QRectF(rect.left(), rect.top() + 4, _SCALE, rect.height() - 8)
            painter.fillRect(bar, _gradient(scale.colors, bar))
            rect.setLeft(rect.left() + _SCALE + GRID // 2)
            continue
        text(painter, rect, said)
        rect.setLeft(rect.left() + metrics.horizontalAdvance(said) + GRID // 2)


def _within(scale: Scale, room: int, metrics: QFontMetrics) -> Scale:
    """With as much of its name as leaves room for the colours and what they stand for."""
    over = max(width_of(scale, metrics) - room, 0)
    wide = metrics.horizontalAdvance(scale.name) - over
    return replace(scale, name=metrics.elidedText(scale.name, Qt.TextElideMode.ElideRight, wide)) if over else scale


def _scale_parts(scale: Scale) -> tuple[tuple[str, bool], ...]:
    low, high = scale.ends
    return (scale.name, False), (low, False), ("", True), (high, False)


def _gradient(colors: pg.ColorMap, bar: QRectF) -> QBrush:
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for place in range(17):
        gradient.setColorAt(place / 16, colors.map(place / 16, mode="qcolor"))
    return QBrush(gradient)
