"""The units of a layer as squares in a box, each in the colour of its value."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

from engine.inside_records import Floats
from workbench.theme import Theme

CELLS = 64  # squares of a box at most; more units share them


def grouped(values: Floats) -> tuple[Floats, int]:
    """Units (H,) as at most `CELLS` values, each the strongest of neighbours, and how many share one.

    Their mean is next to nothing, as units of either sign cancel each other.
    """
    share = -(-len(values) // CELLS)
    if share == 1:
        return values, 1
    first = np.arange(0, len(values), share)
    high, low = np.maximum.reduceat(values, first), np.minimum.reduceat(values, first)
    return np.where(high >= -low, high, low), share


def squares(values: Floats, size: QSizeF, level: float, theme: Theme) -> QImage:
    """A pixel for each square of a box of `size`, coloured between ±`level`; what is left over is the ground."""
    cells, _ = grouped(values)
    across = max(1, min(len(cells), round(math.sqrt(len(cells) * size.width() / max(size.height(), 1)))))
    down = -(-len(cells) // across)
    table = theme.color_table("diverging")
    places = np.clip((np.nan_to_num(cells) / level + 1) * 127.5, 0, 255).astype(np.intp)
    ground = theme.color("plot")
    pixels = np.empty((down * across, 4), np.uint8)
    pixels[:] = (ground.red(), ground.green(), ground.blue(), 255)
    pixels[: len(cells)] = table[places]
    image = QImage(pixels.data, across, down, 4 * across, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # as the screen has them: drawn in half the time
