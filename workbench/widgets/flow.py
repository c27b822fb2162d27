"""Widgets in a row that goes on below where the width ends."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

_GIVES = 1 / 6  # of its width, before a row goes on below


class Flow(QWidget):
    """As wide as all in one row where there is room, and never wider than the widest has to be.

    What can be narrower gives up a part of its width first: a row more is taken from what stands below.

    What stands in a row stands about its middle: boxes to tick and to type into are lower than those to choose from.
    """

    def __init__(self, spacing: int, room: Callable[[], int] | None = None) -> None:
        """`spacing` is between the widgets of a row; between rows half of it.

        `room` are the pixels beyond which it asks for none: what does not fit into them goes on below, and what stands
        beside it has the rest. Call `updateGeometry` where they have changed.
        """
        super().__init__()
        self._between, self._room = spacing, room
        self._parts: list[QWidget] = []
        self._kept: dict[QWidget, Callable[[], int]] = {}
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, widget: QWidget, kept: Callable[[], int] | None = None) -> None:
        """Behind the others; `kept` are pixels of its width that it does not give up."""
        if kept is not None:
            self._kept[widget] = kept
        widget.setParent(self)
        self._parts.append(widget)
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels that all rows need at `width`."""
        return max((rect.bottom() + 1 for _, rect in self._places(width)), default=0)

    def sizeHint(self) -> QSize:
        """All in one row, or the widest of those that there is room for."""
        sizes = [part.sizeHint() for part in self._seen]
        wide = sum(size.width() for size in sizes) + self._between * max(len(sizes) - 1, 0)
        room = self._room() if self._room else wide
        if wide > room:
            wide = max((row[-1][1].right() + 1 for row in self._rows(room)), default=0)
        return QSize(wide, max((size.height() for size in sizes), default=0))

    def suits(self, width: int, rather: int) -> bool:
        """Whether `width` takes no more rows than `rather`, and cuts nothing."""
        whole = all(self._least(part) <= width for part in self._seen)
        return whole and len(self._rows(width)) == len(self._rows(rather))

    def minimumSizeHint(self) -> QSize:
        """As wide as the widest has to be."""
        wide = max((part.minimumSizeHint().width() for part in self._seen), default=0)
        return QSize(wide, self.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        """A part asks for another size."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._put()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other rows."""
        super().resizeEvent(event)
        self._put()

    def _put(self) -> None:
        """In the middle of the height: a row of boxes to tick is lower than what it stands beside."""
        above = max(self.height() - self.heightForWidth(self.width()), 0) // 2
        for part, place in self._places(self.width()):
            part.setGeometry(place.translated(0, above))

    @property
    def _seen(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]

    def _places(self, width: int) -> Iterator[tuple[QWidget, QRect]]:
        y = 0
        for row in self._rows(width):
            high = max(rect.height() for _, rect in row)
            for part, rect in row:
                yield part, rect.translated(0, y + (high - rect.height()) // 2)
            y += high + self._between // 2

    def _rows(self, width: int) -> list[list[tuple[QWidget, QRect]]]:
        """The widgets of each row with their places in it."""
        rows: list[list[QWidget]] = []
        used = 0
        for part in self._seen:
            least = self._least(part)
            if not rows or used + least > width:
                rows.append([])
                used = 0
            rows[-1].append(part)
            used += least + self._between
        return [list(self._row(parts, width)) for parts in rows]

    def _row(self, parts: list[QWidget], width: int) -> Iterator[tuple[QWidget, QRect]]:
        """Beside each other within `width`, which they are narrower for as far as each can be."""
        sizes = [part.sizeHint() for part in parts]
        spare = [size.width() - self._least(part) for part, size in zip(parts, sizes, strict=True)]
        lacks = sum(size.width() + self._between for size in sizes) - self._between - width
        share, x = min(max(lacks / max(sum(spare), 1), 0.0), 1.0), 0
        for part, size, can in zip(parts, sizes, spare, strict=True):
            wide = size.width() - math.ceil(share * can)
            wide = max(min(wide, width), part.minimumSizeHint().width())
            yield part, QRect(x, 0, wide, size.height())
            x += wide + self._between

    def _least(self, part: QWidget) -> int:
        """Pixels of width that it keeps beside others."""
        wide, kept = part.sizeHint().width(), self._kept.get(part)
        most = round((1 - _GIVES) * wide) if kept is None else min(kept(), wide)
        return max(part.minimumSizeHint().width(), most)
