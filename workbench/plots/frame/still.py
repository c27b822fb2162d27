"""A part of a picture that is painted once and shown again for as long as it stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class Still:
    """Keeps what is painted on a widget, in the points of its screen. `forget` it when it would look otherwise."""

    def __init__(self, widget: QWidget) -> None:
        self._widget, self._kept = widget, QPixmap()

    def forget(self) -> None:
        """Paint it anew the next time."""
        self._kept = QPixmap()

    def show(self, painter: QPainter, paint: Callable[[QPainter], None]) -> None:
        """Put it over what `painter` has drawn on the widget; `paint` makes it where there is none that fits."""
        density = self._widget.devicePixelRatioF()
        if (
            self._kept.deviceIndependentSize().toSize() != self._widget.size()
            or self._kept.devicePixelRatio() != density
        ):
            self._kept = QPixmap(self._widget.size() * density)
            self._kept.setDevicePixelRatio(density)
            self._kept.fill(Qt.GlobalColor.transparent)
            with QPainter(self._kept) as own:
                own.setRenderHint(QPainter.RenderHint.Antialiasing)
                own.setFont(self._widget.font())
                paint(own)
        painter.drawPixmap(0, 0, self._kept)
