"""A widget with all that is scrolled in it in sight, to be drawn into a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtWidgets import QScrollArea, QWidget

_TRIES = 20  # of a stretch that is shared, what is scrolled gets a part each time


@contextmanager
def unrolled(widget: QWidget) -> Iterator[None]:
    """Meanwhile it is as large as it has to be; nothing of that is seen, since nothing is painted in between."""
    size, areas = widget.size(), [area for area in widget.findChildren(QScrollArea) if area.isVisibleTo(widget)]
    before = [(area, area.verticalScrollBarPolicy(), area.verticalScrollBar().value()) for area in areas]
    try:
        for area in areas:
            area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        _unroll(widget, areas)
        yield
    finally:
        for area, policy, _ in before:
            area.setVerticalScrollBarPolicy(policy)
        _resize(widget, size)
        for area, _, place in before:
            area.verticalScrollBar().setValue(place)


def _unroll(widget: QWidget, areas: list[QScrollArea]) -> None:
    """Make it higher by what is out of sight, as long as that helps."""
    for _ in range(_TRIES):
        size, hidden = widget.size(), _out_of_sight(areas)
        _resize(widget, size + QSize(0, max(hidden, default=0)))
        left = _out_of_sight(areas)
        if sum(left) >= sum(hidden):  # there is nothing, or it stands in a place of fixed height
            _resize(widget, size)
            return


def _out_of_sight(areas: list[QScrollArea]) -> list[int]:
    """Pixels of height, for each of the areas."""
    return [area.verticalScrollBar().maximum() for area in areas]


def _resize(widget: QWidget, size: QSize) -> None:
    """Lay out what is in it at once, and nothing around it, which would take the room back."""
    widget.resize(size)
    for part in (widget, *widget.findChildren(QWidget)):
        QCoreApplication.sendPostedEvents(part, QEvent.Type.LayoutRequest.value)
