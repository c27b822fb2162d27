"""The ways out of a picture: PNG and SVG, written whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, QSaveFile
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from workbench.plots.frame.unrolled import unrolled

DENSITY = 2.0  # pixels of an image to one of the screen's layout
_MOST_PIXELS = 60e6  # of an image: 240 MB while it is drawn

Cell: TypeAlias = str | int | float
Table: TypeAlias = tuple[tuple[str, ...], Sequence[Sequence[Cell]]]


class SaveError(OSError):
    """A file could not be written; the text says which, why, and that nothing was lost."""


def cell_text(value: Cell) -> str:
    """One cell as a person reads it."""
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.7g}"
    return str(value)


def picture(widget: QWidget, scale: float = DENSITY) -> QImage:
    """The widget as an image, also of what is scrolled in it, with `scale` device pixels to one of the screen's layout.

    Of one that is very long with fewer.
    """
    with unrolled(widget):
        scale = min(scale, math.sqrt(_MOST_PIXELS / max(1, widget.width() * widget.height())))
        image = QImage(widget.size() * scale, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(scale)
        image.fill(widget.palette().window().color())
        with QPainter(image) as painter:
            widget.render(painter, QPoint())
    return image


def png_bytes(widget: QWidget) -> bytes:
    """The widget as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture(widget).save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, Qt takes text
    return bytes(buffer.data().data())


def svg_bytes(widget: QWidget, title: str) -> bytes:
    """The widget as an SVG 1.1 file: Tiny 1.2 would have no clipping, and curves would run out of their axes."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setTitle(title)
    with unrolled(widget):
        generator.setSize(widget.size())
        generator.setViewBox(QRect(QPoint(), widget.size()))
        with QPainter(generator) as painter:
            widget.render(painter, QPoint())
    return bytes(data.data())


def save(path: Path, content: bytes) -> None:
    """Write beside the target and swap, so that a failure keeps the file that was there.

    Raises:
        SaveError: the folder or the file cannot be written.
    """
    file = QSaveFile(str(path))
    good = file.open(QIODevice.OpenModeFlag.WriteOnly) and file.write(content) == len(content) and file.commit()
    if not good:
        raise SaveError(f"{path} was not written: {file.errorString()}. Choose another folder or name.")
