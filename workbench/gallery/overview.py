"""The overview: a few views at once, each in its quarter, telling the story of a run on one screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSize, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QVBoxLayout, QWidget

from workbench.looks.theme import GRID
from workbench.views.live_view import LiveView

QUARTERS = ("loss", "gradient_flow", "hidden_state", "prediction")  # keys, in reading order
_LARGE = 10_000  # pixels: sizes are shared out in proportion
_EVEN = 4 * GRID  # pixels by which quarters may differ because one needed them
_READABLE = QSize(28 * GRID, 24 * GRID)  # pixels that a quarter needs, with text of the usual size


class Overview(QWidget):
    """Lays out views that the window made (compact ones), two in a row; it knows nothing of what they show.

    Where that leaves them too little to be read, as with large text, they stand below each other, and are scrolled.
    The window feeds `views` like every other view. A double click on a view's heading asks for it in full.
    """

    opened = Signal(str)  # the key of the view that should be shown in full

    def __init__(self, views: Sequence[LiveView], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views = tuple(views)
        self.setObjectName("overview")
        self.setAccessibleName("Overview")
        self._rows = [self._row(self.views[i : i + 2]) for i in range(0, len(self.views), 2)]
        self._columns = _splitter(Qt.Orientation.Vertical, "overview.rows", self._rows)
        for splitter in (self._columns, *self._rows):
            splitter.splitterMoved.connect(self._on_moved)
        self._moved = False  # a person has put the borders elsewhere
        self._beside = ""  # the borders as they were beside each other, while the views stand below each other
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, GRID, GRID, GRID)
        layout.addWidget(_scrolled(self._columns))

    @Slot()
    def share_evenly(self) -> None:
        """The same room for each quarter again, after text of another size took what it needed."""
        self._arrange()
        if not self._moved:
            self._even()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Below each other, or beside each other again."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        least = _READABLE * self.views[0].theme.scale
        below = self.width() < 2 * least.width()
        self._columns.setMinimumHeight(least.height() * len(self.views if below else self._rows))
        if below and not self._beside:
            self._beside = self.save_layout()
            for row in self._rows:
                row.setOrientation(Qt.Orientation.Vertical)
            self._even()
        elif self._beside and not below:
            layout, self._beside = self._beside, ""
            self.restore_layout(layout)

    def _even(self) -> None:
        for splitter in (self._columns, *self._rows):
            splitter.setSizes([_LARGE] * splitter.count())

    @Slot()
    def _on_moved(self) -> None:
        self._moved = True

    def save_layout(self) -> str:
        """Where the borders between the quarters are, as text for the settings."""
        if self._beside:
            return self._beside
        splitters = (self._columns, *self._rows)
        return " ".join(bytes(splitter.saveState().toHex().data()).decode() for splitter in splitters)

    def restore_layout(self, text: str) -> None:
        """The opposite of `save_layout`; text of another layout changes nothing."""
        states = text.split()
        splitters = (self._columns, *self._rows)
        if len(states) != len(splitters):
            return
        if self._beside:
            self._beside = text  # for when there is room again
        else:
            for splitter, state in zip(splitters, states, strict=True):
                splitter.restoreState(QByteArray.fromHex(state.encode()))
            self._moved = any(max(splitter.sizes()) - min(splitter.sizes()) > _EVEN for splitter in splitters)

    def _row(self, views: Sequence[LiveView]) -> QSplitter:
        return _splitter(Qt.Orientation.Horizontal, f"overview.{views[0].key}", [self._quarter(v) for v in views])

    def _quarter(self, view: LiveView) -> QWidget:
        frame = _Quarter(view.key)
        frame.asked.connect(self.opened)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(view)
        return frame


class _Quarter(QFrame):
    """A frame around a view that passes a double click on."""

    asked = Signal(str)

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key
        self.setProperty("role", "card")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.asked.emit(self._key)
        event.accept()


def _scrolled(widget: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setObjectName("overview_area")
    area.setAccessibleName("Overview, scrolled")
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setProperty("role", "page")
    area.setWidget(widget)
    for ground in (widget, area.viewport()):
        ground.setAutoFillBackground(False)
    return area


def _splitter(orientation: Qt.Orientation, name: str, widgets: Sequence[QWidget]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(GRID)
    for index, widget in enumerate(widgets):
        splitter.addWidget(widget)
        splitter.setStretchFactor(index, 1)
    splitter.setSizes([_LARGE] * len(widgets))
    return splitter
