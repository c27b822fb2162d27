"""What is drawn of a curve: a line with gaps, points on it, or points alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QStyleOptionGraphicsItem, QWidget

_CIRCLE = "o"

Reach: TypeAlias = tuple[float, float] | tuple[None, None]


@dataclass(frozen=True, slots=True)
class Points:
    """How points look: filled with the colour of `pen`, or outlined with it. `shape` is pyqtgraph's letter."""

    pen: QPen
    size: int  # pixels
    shape: str = _CIRCLE
    filled: bool = True


class CurveItem(pg.PlotCurveItem):
    """A line of pyqtgraph's that also draws points and takes logarithms.

    Its `PlotDataItem` is three items for this; to hand it other numbers, to look for their range and to paint points
    with it took a fifth of what the window costs a run.
    """

    def __init__(self) -> None:
        self.points: Points | None = None
        self._corners = QPolygonF()  # where points are drawn
        self._log = (False, False)
        self._reach: list[Reach] | None = None
        self._given: tuple[NDArray[Any], NDArray[Any]] = np.empty(0), np.empty(0)
        super().__init__(connect="finite", pen=None)

    def show(self, x: ArrayLike, y: ArrayLike, *, smooth: bool = False) -> None:
        """Draw other numbers, (N,) each; where one is not known there is a gap. `smooth` edges take longer."""
        self._given = np.asarray(x), np.asarray(y)
        drawn = [logarithms(values) if log else values for values, log in zip(self._given, self._log, strict=True)]
        known = np.isfinite(drawn[0]) & np.isfinite(drawn[1])
        if not known.any():  # gaps alone have no bounds
            drawn = [values[:0] for values in drawn]
        self._reach = None
        self.setData(*drawn, antialias=smooth)
        self._find_corners()

    def dot(self, points: Points | None) -> None:
        """Draw points so from now on, or none."""
        if points == self.points:
            return
        self.points = points
        self.prepareGeometryChange()
        self.invalidateBounds()
        self._find_corners()
        self.update()

    def setLogMode(self, x: bool, y: bool) -> None:  # noqa: N802
        """Draw logarithms of x, or of y."""
        self._log = x, y
        self.show(*self._given, smooth=self.opts["antialias"])

    def dataBounds(  # noqa: N802
        self,
        ax: int,
        frac: float = 1.0,
        orthoRange: tuple[float, float] | None = None,  # noqa: N803
    ) -> Reach:
        """Lowest and highest of the places or values that are known."""
        if frac < 1 or orthoRange is not None:  # of those in sight alone, which nobody asks for with each frame
            found: Reach = super().dataBounds(ax, frac, orthoRange)
            return found
        if self._reach is None:
            known = [values[np.isfinite(values)] for values in self.getData()]
            self._reach = [(float(v.min()), float(v.max())) if v.size else (None, None) for v in known]
        return self._reach[ax]

    def pixelPadding(self) -> float:  # noqa: N802
        """How far it is painted beyond its numbers."""
        half = self.points.size / 2 + self.points.pen.widthF() if self.points is not None else 0.0
        return max(float(super().pixelPadding()), half)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None) -> None:
        """The line, then the points over it."""
        super().paint(painter, option, widget)
        if self.points is not None:
            places = painter.worldTransform().map(self._corners)
            painter.save()
            painter.setWorldTransform(QTransform())  # points are as large at every zoom
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_points(painter, places, self.points)
            painter.restore()

    def _find_corners(self) -> None:
        corners: list[QPointF] = []
        if self.points is not None:
            x, y = self.getData()
            known = np.isfinite(x) & np.isfinite(y)
            corners = list(map(QPointF, x[known].tolist(), y[known].tolist()))
        self._corners = QPolygonF(corners)


def _draw_points(painter: QPainter, places: QPolygonF, points: Points) -> None:
    if points.filled and points.shape == _CIRCLE:
        painter.setPen(QPen(points.pen.color(), points.size, c=Qt.PenCapStyle.RoundCap))
        painter.drawPoints(places)
        return
    painter.setPen(Qt.PenStyle.NoPen if points.filled else points.pen)
    painter.setBrush(points.pen.color() if points.filled else Qt.BrushStyle.NoBrush)
    shape = outline(points.shape, points.size)
    for place in range(places.size()):
        painter.drawPath(shape.translated(places.at(place)))


def outline(shape: str, size: float) -> QPainterPath:
    """A shape of pyqtgraph's in its size, around the origin."""
    path: QPainterPath = pg.graphicsItems.ScatterPlotItem.Symbols[shape]
    return QTransform.fromScale(size, size).map(path)


def logarithms(values: NDArray[Any]) -> NDArray[Any]:
    """log10, with a gap where there is nothing to take it of."""
    gaps: NDArray[Any] = np.full(values.shape, np.nan, np.result_type(values, np.float32))
    np.log10(values, out=gaps, where=values > 0)
    return gaps
