"""An axis whose whole numbers have names: dates, characters, layers, units."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from workbench.looks.theme import GRID, TEXT_SMALL, Theme
from workbench.plots.axes.axis_names import AxisNames, Stretch, length
from workbench.plots.axes.number_ticks import decades, finer, one_level, told_apart, whole_levels, within_a_decade
from workbench.plots.axes.numerals import numeral

_LONGEST = 7  # characters of a number on an axis
MORE = " · "  # between what an axis is called and what more is said of it where there is room
_MOST_UP = 15  # numbers on an upright axis: the lines of more are seen before the curve


class LabelAxis(pg.AxisItem):
    """Writes as many names as fit; without names, plain numbers."""

    labelText: str  # noqa: N815  # pyqtgraph's name
    _bounds: QRectF | None = None  # Qt asks for them several times a frame

    def __init__(self, orientation: str, whole: bool = False) -> None:
        """`whole` for what is counted, such as steps: there is nothing between two of them."""
        super().__init__(orientation)
        self._whole, self._called = whole, ""
        self._names = AxisNames(())
        self._ramp: tuple[float, float] | None = None
        self.enableAutoSIPrefix(False)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names, one for each whole number from 0."""
        return self._names.labels

    def boundingRect(self) -> QRectF:
        """Of the axis, and of the plot where its lines go through it."""
        if self._bounds is None:
            self._bounds = super().boundingRect()
        return self._bounds

    def linkedViewChanged(self, *change: Any) -> None:  # noqa: N802
        """Another range, or another size of the plot."""
        self._bounds = None
        super().linkedViewChanged(*change)

    def setGrid(self, grid: float | bool) -> None:  # noqa: N802
        """Lines through the plot, or none."""
        self._bounds = None
        super().setGrid(grid)

    def setStyle(self, **style: Any) -> None:  # noqa: N802
        """Other lengths and letters."""
        self._bounds = None
        super().setStyle(**style)

    def rename(self, name: str) -> None:
        """Call the whole axis otherwise, as it is dressed; it is laid out anew where that is another name."""
        if name != self.labelText:
            self.setLabel(name, **self.labelStyle)

    def set_labels(self, labels: Sequence[str], *, of_steps: bool = False, each: bool = False) -> None:
        """Name the whole numbers 0, 1, …, which may be steps of a sequence; no names go back to numbers.

        With `each` all are written, however short.
        """
        if (tuple(labels), each) == (self._names.labels, self._names.each):
            return
        self._names = AxisNames(labels, of_steps=of_steps, each=each)
        self.picture = None
        self.update()

    def labelString(self) -> str:  # noqa: N802  # pyqtgraph's name
        """As much of what the axis is called as it is long: pyqtgraph's stands out at both ends and is cut there.

        It is a text, of which pyqtgraph makes HTML: behind a "<" nothing was to be read.
        """
        whole = self.labelText
        self.labelText = html.escape(self._fitting(whole), quote=False)
        try:
            return str(super().labelString())
        finally:
            self.labelText = whole

    def setLabel(self, *args: Any, **style: Any) -> None:  # noqa: N802  # pyqtgraph's name
        """Other words stand in the middle, too: pyqtgraph leaves them where the ones before began."""
        super().setLabel(*args, **style)
        self.resizeEvent()

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        """Another length has room for other words."""
        self._bounds = None
        if self.label is not None and self.labelText:
            called = self.labelString()
            if called != self._called:
                self._called = called
                self.label.setHtml(called)
        super().resizeEvent(event)

    def _fitting(self, text: str) -> str:
        font = QFont()
        font.setPixelSize(self._text)
        metrics = QFontMetrics(font)
        room = int(self.height() if self._upright else self.width())
        if metrics.horizontalAdvance(text) > room > 0:
            text = metrics.elidedText(text.partition(MORE)[0], Qt.TextElideMode.ElideRight, room)
        return text

    def set_ramp(self, first: float, step: float) -> None:
        """Write round numbers of a scale that is `first` at 0 and grows by `step` from one whole number to the next."""
        if (first, step) != self._ramp:
            self._ramp = first, step
            self.picture = None
            self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """Whole numbers at a distance at which their names do not touch."""
        low, high = sorted((minVal, maxVal))  # an axis that runs downward comes with its ends exchanged
        if self.logMode:
            return [(1.0, self._powers(low, high, size))]
        if self._ramp:
            first, step = self._ramp
            ends = sorted((first + step * low, first + step * high))
            levels = one_level(super().tickValues(*ends, size), self._room(size))
            return [(spacing, [(value - first) / step for value in values]) for spacing, values in levels]
        if not self.labels:
            levels = super().tickValues(minVal, maxVal, size)
            levels = one_level(whole_levels(levels, low, high) if self._whole else levels, self._room(size))
            return [self._more_than_one(*level, low, high, size) for level in levels]
        return [self._names.places(Stretch(low, high, size, self._text, self._upright))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The names at `values`."""
        if self.logMode:
            return [numeral(f"{10**value:.6g}") for value in values]
        if self._ramp:
            first, step = self._ramp
            near = 1e-6 * abs(step)  # what is left of nothing on the way there and back
            values = [0.0 if abs(there := first + step * value) < near else there for value in values]
        if not self.labels:
            strings: list[str] = super().tickStrings(values, scale, spacing)
            long = max(map(len, strings), default=0) > _LONGEST
            return list(map(numeral, told_apart(values) if long else strings))
        return [self._names.at(int(value)) for value in values if 0 <= int(value) < len(self.labels)]

    def _powers(self, low: float, high: float, size: float) -> list[float]:
        """Round numbers on a logarithmic axis; where the edges leave less than two of them, others between."""
        pixel, room = (high - low) / max(size, 1.0), self._room(size)
        nearest = pixel * self._nearest(low, high)
        places = decades(low, high, room, nearest)
        if self._legible(places, 1.0, low, high, size) < 2:
            edge = pixel * self._half("0.01")
            between = decades(low + edge, high - edge, room, nearest)
            between = between if len(between) > 1 else within_a_decade(low + edge, high - edge, nearest)
            places = between if len(between) > 1 else places
        return places

    def _nearest(self, low: float, high: float) -> float:
        """Pixels between two numbers on a logarithmic axis at least: side by side the longest do not touch."""
        least = 0.6 * self._apart
        if self._upright:
            return least
        powers = self.tickStrings(range(math.floor(low), math.ceil(high) + 1), 1.0, 1.0)
        return max(least, self._long(max(map(len, powers), default=0)) + GRID)

    def _more_than_one(
        self, spacing: float, places: list[float], low: float, high: float, size: float
    ) -> tuple[float, list[float]]:
        """These places, or finer ones where less than two of these have room for their numbers: one tells no scale."""
        if self._legible(places, spacing, low, high, size) > 1:
            return spacing, places
        for step in finer(places[1] - places[0] if len(places) > 1 else high - low):
            if self._whole and step < 1:
                break
            others = [step * at for at in range(math.ceil(low / step), math.floor(high / step) + 1)]
            if self._legible(others, step, low, high, size) > 1:
                wide = 2 * max(map(self._half, self.tickStrings(others, 1.0, step)))
                return (step, others) if step * size / (high - low) >= wide + GRID / 2 else (spacing, places)
        return spacing, places

    def _legible(self, places: list[float], spacing: float, low: float, high: float, size: float) -> int:
        """How many numbers do not stand out at an edge: pyqtgraph leaves out those that do."""
        texts, row = self.tickStrings(places, 1.0, spacing), size / max(high - low, 1e-300)
        halves = [(place, self._half(text)) for place, text in zip(places, texts, strict=True)]
        return sum(half <= (place - low) * row <= size - half for place, half in halves)

    def _half(self, text: str) -> float:
        """Pixels along the axis from the middle of a number to its end, and one for what is rounded."""
        return 0.5 * self._text if self._upright else self._long(len(text)) / 2 + 1

    def _room(self, size: float) -> int:
        """How many numbers fit, and are of use."""
        fit = max(int(size / self._apart), 2)
        return min(fit, _MOST_UP) if self._upright else fit

    @property
    def _apart(self) -> int:
        """Pixels from one number to the next at least."""
        return round((2.2 if self._upright else 5.1) * self._text)

    @property
    def _upright(self) -> bool:
        return self.orientation in ("left", "right")

    @property
    def _text(self) -> int:
        return self.style["tickFont"].pixelSize() if self.style["tickFont"] else TEXT_SMALL

    def _long(self, letters: int) -> float:
        return length(letters, self._text)


def dress_axis(axis: pg.AxisItem, theme: Theme) -> None:
    """Take colours and fonts of `theme`: grid-coloured line, readable numbers."""
    font = QFont()
    font.setPixelSize(theme.small)
    axis.setStyle(tickFont=font, tickLength=-4, hideOverlappingLabels=True)
    axis.setZValue(-1)  # grid lines belong under the curves
    axis.setPen(theme.stroke(theme.color("grid")))
    axis.setTextPen(theme.color("muted"))
    axis.setTickPen(theme.stroke(theme.color("grid")))
    axis.labelStyle = {"color": theme.muted, "font-size": f"{theme.small}px"}
    if axis.labelText:
        axis.setLabel(axis.labelText, units=axis.labelUnits or None, **axis.labelStyle)
