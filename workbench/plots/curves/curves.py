"""A plot of named curves with its key above it, dressed by the theme."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.axes import Axes
from workbench.plots.axes.canvas import Canvas
from workbench.plots.axes.label_axis import LabelAxis, dress_axis
from workbench.plots.axes.numerals import numeral
from workbench.plots.curves.curve import Curve, Stroke
from workbench.plots.curves.hiding import Hiding
from workbench.plots.key.curve_item import CurveItem
from workbench.plots.key.keys import Key, Scale
from workbench.plots.key.legend import Legend
from workbench.plots.key.marks import Marks

_NEAR = 0.02  # of the axis: how far a single sample is read from
BETWEEN = " · "  # what is read out of one place
_LEFT, _BOTTOM = 8 * GRID, 4 * GRID + 2  # pixels: the axes of plots above each other stand above each other


class CurvePlot(QWidget):
    """Curves over one horizontal axis. New numbers never move a zoom that was made by hand."""

    hovered = Signal(object)  # the horizontal place under the mouse, None when it has left
    clicked = Signal(float)  # the horizontal place of a click
    ranged = Signal()  # other places are worth drawing than before

    def __init__(self, theme: Theme, *, bottom: str, left: str, counted: bool = False) -> None:
        """`counted` where only whole numbers lie at the bottom."""
        super().__init__()
        self._theme, self._scale = theme, 1.0
        self._leader: CurvePlot | None = None
        self._shown = (-math.inf, math.inf)
        self.curves: dict[str, Curve] = {}
        self._bands: list[tuple[Any, str, float]] = []
        self._lines: list[tuple[Any, str]] = []
        self.legend = Legend(theme)
        self.canvas = Canvas()
        self.bottom, self.left = LabelAxis("bottom", counted), LabelAxis("left")
        self.axes = Axes(self.bottom, self.left)
        self.canvas.put(self.axes, 0, 0)
        self.bottom.setLabel(bottom)
        self.left.setLabel(left)
        self.left.setWidth(_LEFT)
        self.bottom.setHeight(_BOTTOM if bottom else None)
        self.box: Any = self.axes.box
        self.hiding = Hiding(self, self.box)
        self._beside: tuple[Key | Scale, ...] = ()  # entries of the key that are no curves
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self.legend)
        layout.addWidget(self.canvas, 1)
        self.box.sigXRangeChanged.connect(self._range_changed)
        self.canvas.doubled.connect(self.show_everything)
        self.canvas.moved.connect(self._mouse_moved)
        self.canvas.clicked.connect(self._mouse_clicked)
        self.canvas.left.connect(self._mouse_left)
        self.legend.toggled.connect(self.hiding.toggle)
        self.hiding.changed.connect(self._show_key_again)
        self.apply_theme(theme)

    def hasHeightForWidth(self) -> bool:
        """Its key has, but a layout that goes by that leaves the canvas less than its least height."""
        return False

    # --- content ----------------------------------------------------------------------------------------

    def add_curve(
        self,
        name: str,
        stroke: Stroke,
        *,
        symbol: bool = False,
        line: bool = True,
        ring: bool = False,
        key: bool = True,
        number: int | None = None,
        ranged: bool = True,
        size: int = 0,
        shape: str = "",
    ) -> Curve:
        """A curve without numbers yet; with `key` it is in the key as soon as it has some. Without `line`, points.

        With its `number` among its kin it has marks that tell it from them without colours. Not `ranged`, it lies
        within an anchor of its owner, and the range has not to be looked for with each frame. Of its `size` in pixels
        are its points, if not of the usual. In the key it has the `shape` of what its owner draws for it.
        """
        marks = Marks(number) if number is not None else None
        curve = Curve(name, stroke, CurveItem(), symbol, line, ring, key, marks, size, shape)
        self.curves[name] = curve  # before it is added: that moves the range, and whoever draws anew looks here
        for part in curve.items:
            self.axes.add(part, ignore_bounds=not ranged)
        self.hiding.own(name, *curve.items)
        curve.dress(self._theme)
        return curve

    def show_curve(self, name: str, x: ArrayLike, y: ArrayLike, note: str = "") -> None:
        """Give a curve its numbers; `note` stands in the key behind the name."""
        self.curves[name].show(np.asarray(x), np.asarray(y), note)

    def add_band(self, low: float, high: float, role: str, *, upright: bool = False, alpha: float = 0.10) -> Any:
        """A band between two values, or two places when `upright`, in a colour of the theme."""
        orientation = "vertical" if upright else "horizontal"
        band = pg.LinearRegionItem((low, high), orientation=orientation, movable=False)
        band.setZValue(-10)
        self.axes.add(band, ignore_bounds=True)
        self._bands.append((band, role, alpha))
        self._dress_band(band, role, alpha)
        return band

    def add_line(self, role: str, *, upright: bool = False) -> Any:
        """A straight line through the whole plot, hidden until it has a value."""
        line = pg.InfiniteLine(angle=90 if upright else 0, pen=self._theme.pen(role))
        line.hide()
        self.axes.add(line, ignore_bounds=True)
        self._lines.append((line, role))
        return line

    @staticmethod
    def mark(line: Any, place: float | None) -> None:
        """Put a line of `add_line` to a place; None hides it."""
        line.setVisible(place is not None)
        if place is not None:
            line.setPos(place)

    def add_anchor(self) -> CurveItem:
        """An invisible line that the shown range has to hold, once it is given data."""
        anchor = CurveItem()
        self.axes.add(anchor)
        return anchor

    def clear(self) -> None:
        """Take the numbers of every curve away."""
        for curve in self.curves.values():
            curve.clear()
        self.show_key()

    def remove_curve(self, name: str) -> None:
        """Take one curve away; should it come again, it is as hidden as it was."""
        parts = self.curves.pop(name).items
        for part in parts:
            self.axes.remove(part)
        self.hiding.disown(name, *parts)

    def remove_curves(self) -> None:
        """Take every curve away, to make others."""
        for name in list(self.curves):
            self.remove_curve(name)

    def show_key(self, extra: Sequence[Key | Scale] = ()) -> None:
        """Bring the key up to date, with `extra` entries; all curves have their numbers by now.

        They stand behind the plot's own curves, and before those of a kin, which may be more than there is room for.
        """
        self.settle()
        self._beside = tuple(extra)
        seen = [curve for curve in self.curves.values() if curve.keyed and len(curve.x)]
        own, kin = ([c.key(self._theme) for c in seen if (c.marks is None) is alone] for alone in (True, False))
        self.legend.show_items(self._theme, self.hiding.marked((*own, *extra, *kin)))

    def settle(self) -> None:
        """Take the range of the numbers that all curves have by now.

        Left to the painting, that would move things there, and everything is painted twice.
        """
        self.box.prepareForPaint()

    def _show_key_again(self) -> None:
        self.show_key(self._beside)

    def describe(self, x: float, place: str) -> str:
        """The values of every curve that is shown at `x` in one line, after the name of the `place`."""
        return BETWEEN.join((place, *self.words(x).values()))

    def words(self, x: float) -> dict[str, str]:
        """The value at `x` of every curve that is shown and has one there, behind its name; by that."""
        low, high = self.box.viewRange()[0]
        near = _NEAR * (high - low)
        shown = [curve for curve in self.curves.values() if not self.hiding.hides(curve.name)]
        values = {curve.name: curve.nearest(x, near) for curve in shown}
        return {name: f"{name} {numeral(f'{value:.4g}')}" for name, value in values.items() if not math.isnan(value)}

    # --- range ------------------------------------------------------------------------------------------

    @property
    def pixels(self) -> int:
        """Columns for which a history is reduced: half of the screen's, as it keeps lowest and highest of each."""
        return max(int(self.box.width()) // 2, 100)

    def shown(self) -> tuple[float, float]:
        """First and last place worth drawing: everything, unless the user has zoomed."""
        if self.box.autoRangeEnabled()[0]:
            return -math.inf, math.inf
        low, high = self.box.viewRange()[0]
        return float(low), float(high)

    def follow(self, leader: CurvePlot) -> None:
        """Show the places that `leader` shows, for good: its range is the one that follows the data."""
        self._leader = leader
        self.box.setXLink(leader.box)

    def show_everything(self) -> None:
        """Follow the data again, or the leader."""
        if self._leader is not None:  # a range of its own would be forced on the leader, which then stands still
            self._leader.show_everything()
            self.box.enableAutoRange(axis=pg.ViewBox.YAxis)
        else:
            self.box.enableAutoRange()
        self._shown = self.shown()
        self.ranged.emit()

    def set_log(self, log: bool) -> None:
        """Logarithmic or linear values; nothing is moved sideways."""
        self.axes.set_log(False, log)
        self.box.enableAutoRange(axis=pg.ViewBox.YAxis)

    # --- looks ------------------------------------------------------------------------------------------

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.canvas.dress(theme)
        for axis in (self.bottom, self.left):
            dress_axis(axis, theme)
        if theme.scale != self._scale:
            self._rescale(theme.scale)
        self.axes.show_grid()
        self.box.rbScaleBox.setPen(theme.pen("accent"))
        self.box.rbScaleBox.setBrush(theme.color("accent", 0.15))
        for curve in self.curves.values():
            curve.dress(theme)
        for band, role, alpha in self._bands:
            self._dress_band(band, role, alpha)
        for line, role in self._lines:
            line.setPen(theme.pen(role))
        self._show_key_again()  # its owner hands in anew what beside the curves has a colour

    def _rescale(self, scale: float) -> None:
        """Larger text needs more room beside the axes, where that is not left to them."""
        ratio, self._scale = scale / self._scale, scale
        if self.left.fixedWidth is not None:
            self.left.setWidth(round(self.left.fixedWidth * ratio))
        if self.bottom.fixedHeight is not None:
            self.bottom.setHeight(round(self.bottom.fixedHeight * ratio))

    def _dress_band(self, band: Any, role: str, alpha: float) -> None:
        band.setBrush(self._theme.color(role, alpha))
        for edge in band.lines:
            edge.setPen(self._theme.stroke(self._theme.color(role, 0.6), style=Qt.PenStyle.DotLine))

    # --- mouse ------------------------------------------------------------------------------------------

    def _range_changed(self) -> None:
        """A range that follows the data moves with every frame, and everything is drawn already."""
        if self.shown() != self._shown:
            self._shown = self.shown()
            self.ranged.emit()

    def _mouse_moved(self, place: QPointF) -> None:
        inside = self.box.sceneBoundingRect().contains(place)
        self.hovered.emit(float(self.box.mapSceneToView(place).x()) if inside else None)

    def _mouse_clicked(self, place: QPointF) -> None:
        if self.box.sceneBoundingRect().contains(place):
            self.clicked.emit(float(self.box.mapSceneToView(place).x()))

    def _mouse_left(self) -> None:
        self.hovered.emit(None)
