"""An array as a picture in the colours of a map, a square for each number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from engine.inside_records import Floats

_COLORS = 256


class HeatImage(pg.GraphicsObject):
    """Rows from top to bottom of a box that counts downward, the middle of the first square at 0, 0; NaN stays empty.

    It paints an image with the screen's own kind of pixels. Through pyqtgraph's `ImageItem`, which paints numbers of
    colours and makes their list anew for each picture, 128 × 64 squares took six times as long.

    Attributes:
        levels: The numbers that have the first and the last colour.
    """

    def __init__(self) -> None:
        super().__init__()
        self.levels = (0.0, 1.0)
        self._data: Floats = np.empty((0, 0), np.float32)
        self._table = np.zeros((_COLORS + 1, 4), np.uint8)  # the last one is that of NaN: transparent
        self._image: QImage | None = None  # as it is painted, unless that has changed

    def show_data(self, data: Floats, levels: tuple[float, float]) -> None:
        """Paint `data` (rows, columns) between these `levels`."""
        if data.shape != self._data.shape:
            self.prepareGeometryChange()
        self._data, self.levels, self._image = data, levels, None
        self.update()

    def dress(self, table: NDArray[np.uint8]) -> None:
        """Take the 256 colours of a `table` (256, 4)."""
        self._table[:_COLORS] = table
        self._image = None
        self.update()

    def boundingRect(self) -> QRectF:
        """All squares."""
        rows, columns = self._data.shape
        return QRectF(-0.5, -0.5, columns, rows)

    def paint(self, painter: QPainter, *_: Any) -> None:
        """All of them at once."""
        if self._data.size:
            self._image = self._rendered() if self._image is None else self._image
            painter.drawImage(self.boundingRect(), self._image)

    def _rendered(self) -> QImage:
        low, high = self.levels
        places = np.clip((self._data - low) * (_COLORS / max(high - low, 1e-12)), 0, _COLORS - 1)
        pixels = self._table[np.where(np.isnan(places), _COLORS, places).astype(np.intp)]
        rows, columns = self._data.shape
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGBA8888)
        return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
