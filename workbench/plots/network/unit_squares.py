"""The units of a layer as squares in a box, each in the colour of its value."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QSizeF
from PySide6.QtGui import QImage

from engine.inside_records import Floats
from workbench.looks.theme import Theme

CELLS = 64  # squares of a box at most; more units share them
_ASKEW = 1.6  # how much longer than wide a square becomes, or wider than long, so that the last row is full


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


def columns(count: int, size: QSizeF) -> int:
    """How many of `count` squares stand side by side in a box: as few as can be are left over in the last row.

    What is left over looks like units without a state.
    """
    square = math.sqrt(count * max(size.width(), 1) / max(size.height(), 1))
    near = [number for number in range(1, count + 1) if square / _ASKEW <= number <= square * _ASKEW]
    return min(near or [1, count], key=lambda number: (-count % number, abs(math.log(number / square))))


def squares(values: Floats, size: QSizeF, level: float, theme: Theme) -> QImage:
    """A pixel for each square of a box of `size`, coloured between ±`level`; what is left over is the ground."""
    cells, _ = grouped(values)
    across = columns(len(cells), size)
    down = -(-len(cells) // across)
    table = theme.color_table("diverging")
    places = np.clip((np.nan_to_num(cells) / level + 1) * 127.5, 0, 255).astype(np.intp)
    ground = theme.color("plot")
    pixels = np.empty((down * across, 4), np.uint8)
    pixels[:] = (ground.red(), ground.green(), ground.blue(), 255)
    pixels[: len(cells)] = table[places]
    image = QImage(pixels.data, across, down, 4 * across, QImage.Format.Format_RGBA8888)
    return image.convertToFormat(QImage.Format.Format_RGB32)  # as the screen has them: drawn in half the time
