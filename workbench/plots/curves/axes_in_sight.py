"""Axes below plots that are scrolled, at the edge of what is in sight while their own place is not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPolygon
from PySide6.QtWidgets import QScrollArea, QWidget

from workbench.plots.curves.curves import CurvePlot


class AxesInSight(QWidget):
    """Lies over the last pixels of a scroll area and repeats what stands below its plots, which are side by side."""

    def __init__(self, area: QScrollArea, plots: Sequence[CurvePlot]) -> None:
        super().__init__(area.viewport())
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._area, self._plots = area, plots
        area.viewport().installEventFilter(self)
        area.verticalScrollBar().rangeChanged.connect(self._follow)
        area.verticalScrollBar().valueChanged.connect(self._follow)
        for plot in plots:
            plot.box.sigXRangeChanged.connect(self.update)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of what is in sight."""
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """What the plots draw there."""
        with QPainter(self) as painter:
            for plot in self._plots:
                canvas, strip = plot.canvas, self._strip(plot)
                left = canvas.mapTo(self._area.widget(), QPoint(0, 0)).x()
                painter.fillRect(left, 0, canvas.width(), self.height(), canvas.backgroundBrush())
                # `canvas.render` would go by a picture of the axis of its own, which nothing keeps up to date.
                painter.drawPixmap(left + strip.x(), 0, canvas.grab(strip))

    def _follow(self) -> None:
        """Be where the axes would be; nowhere while they are in sight."""
        seen, bar = self._area.viewport().size(), self._area.verticalScrollBar()
        high = max(self._strip(plot).height() for plot in self._plots)
        self.setGeometry(0, seen.height() - high, seen.width(), high)
        self.setVisible(bar.value() < bar.maximum() and high < seen.height())
        self.raise_()

    @staticmethod
    def _strip(plot: CurvePlot) -> QRect:
        """Of the canvas, where the axis below stands."""
        corners: QPolygon = plot.canvas.mapFromScene(plot.axes.mapRectToScene(plot.bottom.geometry()))
        return corners.boundingRect()
