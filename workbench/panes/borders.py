"""Borders between panes, moved by keys: the nearest one around what has the keys that can still give way."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QWidget

from workbench.looks.theme import GRID

STEP = 4 * GRID  # pixels by which a border moves, with text of the usual size
_ACROSS = Qt.Orientation.Horizontal
_OTHER = {_ACROSS: Qt.Orientation.Vertical, Qt.Orientation.Vertical: _ACROSS}
_SIDES = {
    _ACROSS: (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea),
    Qt.Orientation.Vertical: (Qt.DockWidgetArea.TopDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea),
}


def resize(window: QMainWindow, focused: QWidget, orientation: Qt.Orientation, by: int) -> bool:
    """Make what has the keys wider or higher by so many pixels; False where no border around it can move."""
    inner: QWidget | None = None
    for part in _outward(focused):
        if isinstance(part, QSplitter) and inner is not None and part.orientation() == orientation:
            if _move(part, part.indexOf(inner), by):
                return True
        elif isinstance(part, QDockWidget):
            if part.isFloating():
                return _resize_window(part, orientation, by)
            return _resize(window, part, orientation, by)
        elif part is window.centralWidget():
            return _resize_middle(window, orientation, by)
        inner = part
    return False


def _outward(widget: QWidget) -> Iterator[QWidget]:
    part: QWidget | None = widget
    while part is not None:
        yield part
        part = part.parentWidget()


def _length(widget: QWidget, orientation: Qt.Orientation) -> int:
    return widget.width() if orientation == _ACROSS else widget.height()


def _move(splitter: QSplitter, at: int, by: int) -> bool:
    """Move the border behind a part, of the last one that before it; nothing is folded away by it."""
    before, last = splitter.sizes(), at == splitter.count() - 1
    border = at if last else at + 1
    if border < 1:
        return False  # it is alone
    handle = splitter.handle(border)
    place = handle.x() if splitter.orientation() == _ACROSS else handle.y()
    folds = splitter.childrenCollapsible()
    splitter.setChildrenCollapsible(False)
    splitter.moveSplitter(place - by if last else place + by, border)
    splitter.setChildrenCollapsible(folds)
    return splitter.sizes() != before


def _resize(window: QMainWindow, dock: QDockWidget, orientation: Qt.Orientation, by: int) -> bool:
    before, beside = _length(dock, orientation), _beside(window, dock, orientation)
    lengths = [before + by, *(_length(other, orientation) - by for other in beside)]
    window.resizeDocks([dock, *beside], lengths, orientation)
    layout = window.layout()
    assert layout is not None
    layout.activate()
    return _length(dock, orientation) != before


def _beside(window: QMainWindow, dock: QDockWidget, orientation: Qt.Orientation) -> list[QDockWidget]:
    """The pane of the same side that gives room or takes it: the next one, or the one before where it is the last."""
    area, (first, _) = window.dockWidgetArea(dock), _span(dock, orientation)
    others = [other for other in _docks(window) if other is not dock and window.dockWidgetArea(other) == area]
    starts = {other: _span(other, orientation)[0] - first for other in others if _in_line(dock, other, orientation)}
    return sorted(starts, key=lambda other: (starts[other] < 0, abs(starts[other])))[:1]


def _in_line(one: QWidget, other: QWidget, orientation: Qt.Orientation) -> bool:
    """Whether they stand one behind the other along `orientation`."""
    (first, last), (start, end) = (_span(each, _OTHER[orientation]) for each in (one, other))
    return first < end and start < last


def _span(widget: QWidget, orientation: Qt.Orientation) -> tuple[int, int]:
    place = widget.geometry()
    return (place.left(), place.right()) if orientation == _ACROSS else (place.top(), place.bottom())


def _docks(window: QMainWindow) -> list[QDockWidget]:
    """Those that are seen in the window: of several with tabs, the one in front."""
    docks = window.findChildren(QDockWidget)
    return [dock for dock in docks if not dock.isFloating() and not dock.visibleRegion().isEmpty()]


def _resize_window(dock: QDockWidget, orientation: Qt.Orientation, by: int) -> bool:
    """One that is a window of its own."""
    before = dock.size()
    dock.resize(before + (QSize(by, 0) if orientation == _ACROSS else QSize(0, by)))
    return dock.size() != before


def _resize_middle(window: QMainWindow, orientation: Qt.Orientation, by: int) -> bool:
    """The views take room from the panes beside them, or give it to them."""
    sides = [dock for side in _SIDES[orientation] for dock in _docks(window) if window.dockWidgetArea(dock) == side]
    return any(_resize(window, dock, orientation, -by) for dock in sides)
