"""A sequence of numbers as a small picture: steps from left to right, its inputs from top to bottom."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap

from workbench.looks.theme import Theme


def scaled(values: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Each input (T, I) brought from its range in `within` to 0 … 1; what is missing stays so."""
    there = np.isfinite(within)
    low = np.min(within, axis=0, where=there, initial=np.inf)
    high = np.max(within, axis=0, where=there, initial=-np.inf)
    return np.asarray((values - low) / np.where(high > low, high - low, 1.0))


def are_square(examples: Iterable[np.ndarray]) -> bool:
    """Whether all (T, I) have as many steps as inputs: then they are pictures of something, read row by row."""
    return all(len(values) == values.shape[1] for values in examples)


def picture_of(values: np.ndarray, theme: Theme, *, square: bool) -> QImage:
    """Inputs (T, I), each brought to its own range, as an image of T × I pixels; a `square` one upright, as it is."""
    within = scaled(values, values.reshape(-1, 1) if square else values)
    upright = within if square else within.T
    there = np.isfinite(upright)
    colors = theme.color_map("magnitude").map(np.where(there, upright, 0.0), mode="byte")
    pixels = np.ascontiguousarray(np.concatenate([colors[..., :3], 255 * there[..., None]], axis=-1), np.uint8)
    image = QImage(pixels.data, pixels.shape[1], pixels.shape[0], 4 * pixels.shape[1], QImage.Format.Format_RGBA8888)
    return image.copy()


def icon_of(values: np.ndarray, room: QSize, theme: Theme, *, square: bool) -> QIcon:
    """The same within `room`: square ones keep their shape."""
    image = picture_of(values, theme, square=square)
    shape = QSize(room.height(), room.height()) if square else room
    made = QPixmap.fromImage(image.scaled(shape, Qt.AspectRatioMode.IgnoreAspectRatio))
    icon = QIcon(made)
    icon.addPixmap(made, QIcon.Mode.Selected)  # not tinted where its row is chosen
    return icon
