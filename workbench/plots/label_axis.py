"""An axis whose whole numbers have names: dates, characters, layers, units."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from workbench.plots.number_ticks import decades, finer, one_level, told_apart, whole_levels, within_a_decade
from workbench.plots.numerals import numeral
from workbench.plots.step_names import named
from workbench.round_places import RoundPlaces
from workbench.theme import GRID, TEXT_SMALL, Theme

_LONGEST = 7  # characters of a number on an axis
MORE = " · "  # between what an axis is called and what more is said of it where there is room
_MOST_UP = 15  # numbers on an upright axis: the lines of more are seen before the curve
_NICE = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 24, 25, 30, 50)  # of dates and words
_ROUND = (1, 2, 5, 10)  # of numbers
_FROM_ONE = (1, 1)  # as steps are counted


class LabelAxis(pg.AxisItem):
    """Writes as many names as fit; without names, plain numbers.

    Of dates every third tells where the others are. Of words and letters it does not: where not all those of a
    sequence's steps fit, the steps are counted instead.
    """

    labelText: str  # noqa: N815  # pyqtgraph's name

    def __init__(self, orientation: str, whole: bool = False) -> None:
        """`whole` for what is counted, such as steps: there is nothing between two of them."""
        super().__init__(orientation)
        self._whole, self._called = whole, ""
        self._labels: tuple[str, ...] = ()
        self._count: tuple[int, int] | None = None
        self._words = self._by_number = self._each = False
        self._letters = 0  # that a name has room for, where each is written
        self._ramp: tuple[float, float] | None = None
        self._widest = 1
        self._round: RoundPlaces | None = None  # of the names, once they were asked for
        self._short: dict[int, str] = {}  # what stands at round places instead of the names
        self.enableAutoSIPrefix(False)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names, one for each whole number from 0."""
        return self._labels

    def rename(self, name: str) -> None:
        """Call the whole axis otherwise, as it is dressed; it is laid out anew where that is another name."""
        if name != self.labelText:
            self.setLabel(name, **self.labelStyle)

    def set_labels(self, labels: Sequence[str], *, of_steps: bool = False, each: bool = False) -> None:
        """Name the whole numbers 0, 1, …, which may be steps of a sequence; no names go back to numbers.

        With `each` all are written, cut short where there is no room: of choices none tells what the others are.
        """
        self._each = each
        if tuple(labels) == self._labels:
            return
        self._labels, self._count = tuple(labels), _counted(labels)
        self._widest = max((len(named(label)) for label in self._labels), default=1)
        self._round, self._short = None, {}
        self._words = of_steps and not all(map(_has_digit, self._labels))
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
        room = int(self.height() if self.orientation in ("left", "right") else self.width())
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
        if not self._labels:
            levels = super().tickValues(minVal, maxVal, size)
            levels = one_level(whole_levels(levels, low, high) if self._whole else levels, self._room(size))
            return [self._more_than_one(*level, low, high, size) for level in levels]
        if self._each:
            self._letters = max(int((size / (high - low) - GRID) / self._long(1)), 2)
            inside = range(max(math.ceil(low), 0), min(math.floor(high), len(self._labels) - 1) + 1)
            return [(1.0, [float(place) for place in inside])]
        if self._find_round(low, high, size):
            places = list(self._short)
            return [(float(places[1] - places[0]), [float(place) for place in places])]
        step = self._step(high - low, size, self._wide, self._count)
        self._by_number = self._words and step > 1
        if self._by_number:
            step = self._step(high - low, size, self._long(len(str(len(self._labels)))), _FROM_ONE)
        begin = self._begin(step, (high - low) / max(size, 1.0))
        first = max(math.ceil((low - begin) / step) * step, 0) + begin
        last = min(math.floor(high), len(self._labels) - 1)
        return [(float(step), [float(value) for value in range(first, last + 1, step)])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The names at `values`."""
        if self.logMode:
            return [numeral(f"{10**value:.6g}") for value in values]
        if self._ramp:
            first, step = self._ramp
            near = 1e-6 * abs(step)  # what is left of nothing on the way there and back
            values = [0.0 if abs(there := first + step * value) < near else there for value in values]
        if not self._labels:
            strings: list[str] = super().tickStrings(values, scale, spacing)
            long = max(map(len, strings), default=0) > _LONGEST
            return list(map(numeral, told_apart(values) if long else strings))
        inside = [int(value) for value in values if 0 <= int(value) < len(self._labels)]
        return [self._name(place) for place in inside]

    def _name(self, place: int) -> str:
        if self._each:
            name = named(self._labels[place])
            return name if len(name) <= self._letters else f"{name[: self._letters - 1].rstrip()}…"
        return str(place + 1) if self._by_number else self._short.get(place) or named(self._labels[place])

    def _find_round(self, low: float, high: float, size: float) -> bool:
        """Whether names that are dates have round places in sight, which are named then."""
        self._short = {}
        if self._count is not None or self.orientation in ("left", "right"):
            return False
        self._round = self._round or RoundPlaces(self._labels)
        row = max(size, 1.0) / max(high - low, 1e-9)  # pixels
        ends = max(math.ceil(low), 0), min(math.floor(high), len(self._labels) - 1)
        found = self._round.within(*ends, lambda letters: (self._long(letters) + 1.5 * GRID) / row)
        inside = {place: text for place, text in found if self._fits((place - low) * row, text, size)}
        self._short = inside if len(inside) > 1 else {}
        return bool(self._short)

    def _fits(self, place: float, text: str, size: float) -> bool:
        """Whether a name does not stand out at the edge, at so many pixels of `size`: pyqtgraph leaves it out then."""
        half = self._long(len(text)) / 2
        return half <= place <= size - half

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
        if self.orientation in ("left", "right"):
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
        return 0.5 * self._text if self.orientation in ("left", "right") else self._long(len(text)) / 2 + 1

    def _room(self, size: float) -> int:
        """How many numbers fit, and are of use."""
        fit = max(int(size / self._apart), 2)
        return min(fit, _MOST_UP) if self.orientation in ("left", "right") else fit

    @property
    def _apart(self) -> int:
        """Pixels from one number to the next at least."""
        return round((2.2 if self.orientation in ("left", "right") else 5.1) * self._text)

    def _begin(self, step: int, pixel: float) -> int:
        """The first number that is named, of a `step`: pyqtgraph leaves out a name that would stand out at the edge."""
        count = _FROM_ONE if self._by_number else self._count
        if count is not None:  # at round numbers
            first, by = count
            return -first // by % step
        if self.orientation in ("left", "right"):
            return 0
        return min(max(math.ceil(self._wide / 2 * pixel - 0.5), 0), step - 1)

    @property
    def _text(self) -> int:
        return self.style["tickFont"].pixelSize() if self.style["tickFont"] else TEXT_SMALL

    @property
    def _wide(self) -> float:
        """Pixels of the longest name."""
        return self._long(self._widest)

    def _long(self, letters: int) -> float:
        """Pixels of so many letters, about."""
        return letters * self._text * 0.62

    def _step(self, span: float, size: float, wide: float, count: tuple[int, int] | None) -> int:
        room = self._text + 1 if self.orientation in ("left", "right") else wide + 1.5 * GRID
        least = max(span * room / max(size, 1.0), 1.0)
        for scale in (1, 10, 100, 1000, 10_000, 100_000):
            for nice in _NICE if count is None else _ROUND:
                if nice * scale >= least:
                    return nice * scale
        return math.ceil(least)


def _counted(labels: Sequence[str]) -> tuple[int, int] | None:
    """The first and the step of names that are whole numbers in a row, of which the first is so many steps from 0."""
    if len(labels) < 2 or not all(label.removeprefix("−").isdecimal() for label in labels):
        return None
    numbers = [int(label.replace("−", "-")) for label in labels]
    first, by = numbers[0], numbers[1] - numbers[0]
    counted = by > 0 and first % by == 0 and all(number == first + by * at for at, number in enumerate(numbers))
    return (first, by) if counted else None


def _has_digit(label: str) -> bool:
    return any(map(str.isdigit, label))


def dress_axis(axis: pg.AxisItem, theme: Theme) -> None:
    """Take colours and fonts of `theme`: grid-coloured line, readable numbers."""
    font = QFont()
    font.setPixelSize(theme.small)
    axis.setStyle(tickFont=font, tickLength=-4, hideOverlappingLabels=True)
    axis.setZValue(-1)  # grid lines belong under the curves
    axis.setPen(theme.color("grid"))
    axis.setTextPen(theme.color("muted"))
    axis.setTickPen(theme.color("grid"))
    axis.labelStyle = {"color": theme.muted, "font-size": f"{theme.small}px"}
    if axis.labelText:
        axis.setLabel(axis.labelText, units=axis.labelUnits or None, **axis.labelStyle)
