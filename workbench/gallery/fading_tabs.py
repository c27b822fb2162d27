"""A bar of tabs that fade where one is cut, with a ground below the arrows that go to the others."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QTabBar, QToolButton

from workbench.looks.theme import GRID

_FADE = 4 * GRID  # pixels


class FadingTabs(QTabBar):
    """Qt cuts a name in the middle of a letter where not all tabs have room."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """The tabs, and over them what fades."""
        super().paintEvent(event)
        with QPainter(self) as painter:
            ground = self.palette().shadow().color()
            painter.fillRect(QRect(self.seen, 0, self.width() - self.seen, self.height()), ground)
            for place in self.cut():
                _fade(painter, place, ground, leftward=place.left() == 0)

    @property
    def seen(self) -> int:
        """Pixels of width in which tabs are seen: as far as the arrows."""
        arrows = self.findChildren(QToolButton, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return min((arrow.x() for arrow in arrows if arrow.isVisible()), default=self.width())

    def cut(self) -> list[QRect]:
        """Where the tabs that are seen in part go out of sight."""
        tabs = [self.tabRect(index) for index in range(self.count())]
        left = [QRect(0, 0, min(_FADE, tab.right()), self.height()) for tab in tabs if tab.left() < 0 < tab.right()]
        right = [max(tab.left(), self.seen - _FADE) for tab in tabs if tab.left() < self.seen < tab.right()]
        return left + [QRect(start, 0, self.seen - start, self.height()) for start in right]


def _fade(painter: QPainter, place: QRect, ground: QColor, *, leftward: bool) -> None:
    clear = QColor(ground)
    clear.setAlpha(0)
    gradient = QLinearGradient(place.topLeft(), place.topRight())
    for stop, color in zip((0.0, 1.0), (ground, clear) if leftward else (clear, ground), strict=True):
        gradient.setColorAt(stop, color)
    painter.fillRect(place, gradient)
