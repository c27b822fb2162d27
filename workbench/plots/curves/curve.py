"""One named curve: the numbers it shows, and what it is drawn with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from workbench.looks.theme import Theme
from workbench.plots.key.curve_item import CurveItem, Points
from workbench.plots.key.keys import Key
from workbench.plots.key.marks import Marks

_BASELINES = ("baseline", "baseline2", "baseline3", "baseline4", "baseline5")  # roles of pens
_FURTHER = 3  # the first colour of runs that comes near neither to those nor to a metric's curve
_SMOOTH_UP_TO = 300  # points: antialiased lines of more are slow to draw
_SYMBOLS_UP_TO = 60  # points: symbols of more run into each other
_RING, _ON_LINE, _ALONE = 11, 5, 7  # pixels of points

Stroke: TypeAlias = str | Callable[[Theme], QPen]  # a pen role of the theme, or a pen made of it


@dataclass(slots=True)
class Curve:
    """One named curve: what it is drawn with, and the numbers it shows."""

    name: str
    stroke: Stroke
    item: CurveItem
    symbol: bool
    line: bool
    ring: bool
    keyed: bool = True
    marks: Marks | None = None  # where colour alone would tell it from others
    size: int = 0  # pixels of its points, if not the usual
    shape: str = ""  # of what its owner draws beside it, for the key
    x: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    y: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    note: str = ""
    _points: Points | None = field(default=None, init=False)  # how they look in the colours of the theme
    fine: bool = True  # smooth edges are worth it: of dashes more than a pixel wide they take ten times as long

    def show(self, x: NDArray[Any], y: NDArray[Any], note: str) -> None:
        """Draw other numbers, with another `note` behind the name."""
        before = (self.x, self.y)
        self.x, self.y, self.note = x, y, note
        if all(map(_same, before, (x, y))):
            return  # most curves stand still while one grows
        self.item.show(x, y, smooth=self.fine and len(x) <= _SMOOTH_UP_TO)
        if self.line:
            self.item.dot(self._points if self.dotted else None)
        if self.marks is not None:
            self.marks.show(x, y)

    def clear(self) -> None:
        """No numbers."""
        self.x, self.y, self.note = np.empty(0), np.empty(0), ""
        for part in self.items:
            part.show(self.x, self.y)

    def dress(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        pen = self.pen(theme)
        self.fine = pen.widthF() <= 1 or pen.style() == Qt.PenStyle.SolidLine
        self.item.setPen(pen if self.line else None)
        size = self.size or (_RING if self.ring else _ON_LINE if self.line else _ALONE)
        self._points = Points(theme.stroke(pen.color()), size, filled=not self.ring)
        self.item.dot(self._points if self.dotted else None)
        if self.marks is not None:
            self.marks.dress(pen.color())

    def pen(self, theme: Theme) -> QPen:
        """The pen in the colours of `theme`."""
        return theme.pen(self.stroke) if isinstance(self.stroke, str) else self.stroke(theme)

    def key(self, theme: Theme) -> Key:
        """What stands in the legend: in full colour, however faint the curve."""
        pen = self.pen(theme)
        color = pen.color()
        color.setAlpha(255)
        pen.setColor(color)
        shape = self.marks.shape if self.marks else self.shape
        return Key(self.name, pen, self.note, self.symbol and self.dotted, self.line, self.ring, shape)

    @property
    def dotted(self) -> bool:
        """Whether its points are drawn: of a single one there is no line."""
        alone = len(self.x) == 1 and self.marks is None
        return not self.line or alone or (self.symbol and len(self.x) <= _SYMBOLS_UP_TO)

    @property
    def items(self) -> list[CurveItem]:
        """All that is drawn of it."""
        return [self.item, *([self.marks.item] if self.marks else [])]

    def nearest(self, x: float, alone: float = math.inf) -> float:
        """The value at the sample nearest to `x`; NaN where none is near.

        Beyond either end that is as far as the next sample is from there; from a single one, as far as `alone`.
        """
        if len(self.x) == 0:
            return math.nan
        after = int(np.searchsorted(self.x, x))
        near = min((i for i in (after - 1, after) if 0 <= i < len(self.x)), key=lambda i: abs(float(self.x[i]) - x))
        beyond = not self.x[0] <= x <= self.x[-1]
        return math.nan if beyond and abs(self.x[near] - x) > self._reach(near, alone) else float(self.y[near])

    def _reach(self, end: int, alone: float) -> float:
        """How far it is from a sample to the next one, which is not at the same place."""
        away = np.abs(self.x - self.x[end])
        others = away[away > 0]
        return float(others.min()) if others.size else alone


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return one.shape == other.shape and one.tobytes() == other.tobytes()


def baseline_stroke(index: int) -> Stroke:
    """The pen of the baseline with this number; from the sixth on in the colours of runs, dashed."""

    def further(theme: Theme) -> QPen:
        pen = theme.series_pen(index - len(_BASELINES) + _FURTHER)
        pen.setStyle(Qt.PenStyle.DashDotLine)
        return pen

    return _BASELINES[index] if index < len(_BASELINES) else further


def layer_stroke(index: int, count: int, *, reverse: bool = False) -> Stroke:
    """A pen for one of `count` layers: along the magnitude map, dashed for the reverse direction.

    A single layer has the colour of what is trained.
    """

    def pen(theme: Theme) -> QPen:
        low, high = (0.45, 0.95) if theme.dark else (0.05, 0.70)
        place = low + (high - low) * (index / max(count - 1, 1))
        color = theme.color_map("magnitude").map(place, mode="qcolor") if count > 1 else theme.color("train")
        return theme.stroke(color, style=Qt.PenStyle.DashLine if reverse else Qt.PenStyle.SolidLine)

    return pen
