"""The key to a picture: line swatches and colour scales in rows that wrap, never on top of the data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from workbench.calm import Calm
from workbench.looks.theme import GRID, Theme
from workbench.plots.key.keys import Key, Scale, paint, text, width_of, words

_HOW = "Click a name to hide or show what it stands for; or the arrow keys and Space."


class Legend(QWidget):
    """Draws keys and scales from left to right and wraps where the width ends."""

    toggled = Signal(str)  # the name of an entry that was clicked, or chosen by keyboard

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._items: tuple[Key | Scale, ...] = ()
        self.most = 0  # rows, where it has to give way to a small picture; 0 for no limit
        self._in_file = False  # nothing can be clicked there: what is hidden is not named
        self._at = 0  # which of those that can be toggled has the keys
        self._laid_out: dict[int, list[QRect]] = {}  # by width
        self._least = 0  # pixels of height that are not given up while only numbers change
        self._take(theme)
        self._painting = Calm(self, self.update)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setObjectName("legend")
        self.setAccessibleName("Legend")

    @property
    def texts(self) -> tuple[str, ...]:
        """What it says, sample by sample."""
        return tuple(item.text for item in self._items)

    def show_items(self, theme: Theme, items: Sequence[Key | Scale]) -> None:
        """Draw these; the layout is asked again only when there are more rows, or other names than before."""
        if tuple(items) == self._items and theme is self._theme:
            return
        before, height = self.texts, self.heightForWidth(self.width())
        same = theme is self._theme and [item.name for item in items] == [item.name for item in self._items]
        self._least = height if same else 0
        self._items = tuple(items)
        self._take(theme)
        self._let_toggle()
        if self.texts != before:
            self._laid_out.clear()
            self._show_tip()
            if self.heightForWidth(self.width()) != height:
                self.updateGeometry()
        self._painting.ask()

    @contextmanager
    def as_file(self) -> Iterator[None]:
        """Meanwhile as in a file: without what is hidden."""
        self._leave_out(True)
        try:
            yield
        finally:
            self._leave_out(False)

    def _leave_out(self, hidden: bool) -> None:
        self._in_file, self._least = hidden, 0
        self._laid_out.clear()
        self.updateGeometry()

    @property
    def _drawn(self) -> list[Key | Scale]:
        return [item for item in self._items if not (self._in_file and isinstance(item, Key) and item.hidden)]

    def limit(self, rows: int) -> None:
        """Take so many rows at most; 0 for as many as it needs."""
        if rows != self.most:
            self.most = rows
            self._laid_out.clear()
            self._least = 0
            self._show_tip()
            self.updateGeometry()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colour and size of text of `theme`; the samples are their owner's."""
        self._least = 0
        self._take(theme)
        self.updateGeometry()
        self.update()

    def _let_toggle(self) -> None:
        """Be a control where there is something to hide, and say what is hidden."""
        said = "; ".join(map(words, self._items))
        if said != self.accessibleDescription():
            self.setAccessibleDescription(said)
        toggles = bool(self._switches)
        if toggles != self.hasMouseTracking():
            self.setMouseTracking(toggles)
            self.setFocusPolicy(Qt.FocusPolicy.TabFocus if toggles else Qt.FocusPolicy.NoFocus)
            self._show_tip()
        if self.hasFocus():
            self._say_chosen()

    def _show_tip(self) -> None:
        """How to hide what is drawn; and all names where there is no room for them."""
        left_out = len(self._places(self.width())) < len(self._items)
        tips = [*(self.texts if left_out else ()), *([_HOW] if self._switches else ())]
        self.setToolTip("\n".join(tips))

    @property
    def _switches(self) -> list[int]:
        """Which entries can be toggled."""
        return [number for number, item in enumerate(self._items) if isinstance(item, Key) and item.hides]

    def _take(self, theme: Theme) -> None:
        self._theme, self._line = theme, max(2 * GRID, theme.small + 5)
        font = self.font()
        if font.pixelSize() != theme.small:
            font.setPixelSize(theme.small)
            self.setFont(font)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels that all rows need at `width`."""
        least = self._least if width == self.width() else 0
        return max([least, *(rect.bottom() + 1 for rect in self._places(width))])

    def sizeHint(self) -> QSize:
        """As wide as there is room, as high as the rows are at the present width."""
        return QSize(0, self.heightForWidth(max(self.width(), 1)))

    def minimumSizeHint(self) -> QSize:
        """The same: a key that is cut off is no key."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what fits into the rows."""
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            chosen = self._chosen() if self.hasFocus() and not self._in_file else None
            places, items = self._places(self.width()), self._drawn
            if len(places) < len(items):
                places = [*places[:-1], self._paint_dots(painter, places[-1])]
            for number, (item, rect) in enumerate(zip(items, places, strict=False)):
                paint(painter, item, QRect(rect), self._theme)
                if number == chosen:
                    painter.setPen(self.palette().link().color())
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may take other rows than the layout remembers for it."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._least = 0
            self._show_tip()
        if self.heightForWidth(self.width()) != self.height():
            self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        """Another font takes other widths; one that a style sheet brought back is not that of the theme."""
        super().changeEvent(event)
        self._laid_out.clear()
        if event.type() == QEvent.Type.FontChange:
            self._take(self._theme)

    # --- hiding ---------------------------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand where a click does something."""
        over = self._switch_at(event.position().toPoint()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask that what was clicked be hidden or shown."""
        number = self._switch_at(event.position().toPoint())
        if number is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._at = self._switches.index(number)
        self.toggled.emit(self._items[number].name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from entry to entry, Space and Return hide or show."""
        chosen, steps = self._chosen(), {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if chosen is None:
            super().keyPressEvent(event)
        elif event.key() in steps:
            self._at = (self._switches.index(chosen) + steps[Qt.Key(event.key())]) % len(self._switches)
            self._say_chosen()
            self.update()
        elif event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggled.emit(self._items[chosen].name)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show and say which entry has the keys."""
        super().focusInEvent(event)
        self._say_chosen()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """None has."""
        super().focusOutEvent(event)
        self.setAccessibleName("Legend")
        self.update()

    def _chosen(self) -> int | None:
        switches = self._switches
        return switches[min(self._at, len(switches) - 1)] if switches else None

    def _say_chosen(self) -> None:
        chosen = self._chosen()
        self.setAccessibleName("Legend" if chosen is None else f"Legend: {words(self._items[chosen])}")

    def _switch_at(self, place: QPoint) -> int | None:
        places = self._places(self.width())
        shown = (number for number in self._switches if number < len(places))
        return next((number for number in shown if places[number].contains(place)), None)

    # --- layout ---------------------------------------------------------------------------------------------

    def _places(self, width: int) -> list[QRect]:
        """Where each sample goes; layouts ask for it dozens of times a frame."""
        if width not in self._laid_out:
            self._laid_out[width] = list(self._rows(width))
        return self._laid_out[width]

    def _rows(self, width: int) -> Iterator[QRect]:
        metrics, x, y = self.fontMetrics(), 0, 0
        for item in self._drawn:
            wide = width_of(item, metrics)
            if x > 0 and x + wide > width:
                x, y = 0, y + self._line
            if y >= self.most * self._line > 0:
                return  # the rest is in the tool tip
            yield QRect(x, y, min(wide, width), self._line)
            x += wide + 2 * GRID

    def _paint_dots(self, painter: QPainter, last: QRect) -> QRect:
        """At the end of the last row: there is more, which the tool tip says. Returns the room that the last has."""
        wide = self.fontMetrics().horizontalAdvance(" …")
        room = QRect(last)
        room.setRight(min(last.right(), self.width() - wide))
        painter.setPen(self._theme.color("text"))
        text(painter, last.adjusted(room.width(), 0, wide, 0), " …")
        return room
