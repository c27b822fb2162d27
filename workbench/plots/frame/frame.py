"""The frame around every picture: heading, controls, values under the mouse, table twin, and a menu."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.zooming import turn
from workbench.plots.frame.pages import Pages
from workbench.plots.frame.picture_header import PictureHeader
from workbench.plots.frame.picture_menu import PictureMenu
from workbench.plots.frame.read_out import ReadOut
from workbench.plots.frame.saving import Table
from workbench.plots.frame.still_label import BETWEEN
from workbench.plots.frame.tab_order import order_tabs
from workbench.plots.frame.table_twin import TwinView
from workbench.plots.key.legend import Legend

_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason,
)  # fmt: skip
_USE = (
    "Point at it to read values. Arrows walk what is drawn, Escape lets go, + and − zoom; the right button or the menu "
    "key leads to what can be saved, copied, exported and shown as a table."
)
_LOW = 27  # heights of its letters that a picture has to be high for all that can be said
_HIGH = 50  # where there is room for more than one line of it


class PictureFrame(QWidget):
    """Shows one of three pages: the picture in `body`, its table, or words on why there is nothing to see."""

    key = ""  # stable: layouts and tests know the picture by it
    title = ""
    question = ""  # the one sentence it answers

    notice = Signal(str)  # a sentence for the status bar

    def __init__(self, theme: Theme, *, compact: bool = False, parent: QWidget | None = None) -> None:
        """`compact` leaves out controls and the question, for a small place."""
        super().__init__(parent)
        self.theme, self.compact, self._ringed = theme, compact, False
        self.setObjectName(f"view_{self.key}" + ("_compact" if compact else ""))
        self.setAccessibleName(self.title)
        self.setAccessibleDescription(self.question)
        self.setWhatsThis(f"{self.question} {_USE}".lstrip())  # the description is what is read out, while there is any
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body = QWidget()
        self._message, self._readout = _label("muted"), ReadOut()
        if compact:  # it stands on a card
            self.setBackgroundRole(QPalette.ColorRole.Base)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._table: TwinView | None = None  # a dozen widgets, once somebody asks for it
        self._stack = Pages()
        for page in (self._message, self.body):
            self._stack.addWidget(page)
        self.menu = self._make_menu()
        self._header = PictureHeader(self, self.key, self.menu, compact=compact)
        self._question = _label("small", self.question)
        self._question.setWordWrap(True)
        self._question.setVisible(not self.compact)
        self._put_together()

    def _put_together(self) -> None:
        layout = self._rows = QVBoxLayout(self)
        layout.setSpacing(GRID // 2)
        layout.addLayout(self._header)
        layout.addWidget(self._question)
        layout.addWidget(self._stack, 1)
        self._readout.setParent(self)  # in no layout: its further lines stand over the foot of the picture for a while

    # --- what the picture says --------------------------------------------------------------------------

    def why_empty(self) -> str:
        """What to say in the place of a picture; "" when there is one."""
        return self.reason()

    def reason(self) -> str:
        """Why there is nothing to see, with what to do about it; "" when there is something."""
        return ""

    def table(self) -> Table:
        """The numbers of the picture: column names, and rows of text and numbers."""
        return (), []

    def reset_zoom(self) -> None:
        """Show everything again."""

    def hold(self, held: bool) -> None:
        """Keep the picture as it is, or let go."""
        self.menu.hold.setChecked(held)
        self._header.badge.setText("held" if held else "")

    def turn_page(self) -> None:
        """Show words, table or picture, whichever there is reason for."""
        reason = self.why_empty()
        as_table = self.menu.as_table.isChecked()
        if not (reason or as_table) and self._stack.currentWidget() is self.body:
            return  # as with nearly every frame
        self._header.choices.setVisible(not reason)  # nothing is to be chosen of what is not there, nor read or written
        self.menu.allow(not reason)
        if reason:
            self._header.stamp.show_text("")
            self._message.setText(reason)
            self._stack.setCurrentWidget(self._message)
        elif as_table:
            self._show_table()
        else:
            self._stack.setCurrentWidget(self.body)
        self._show_readout()

    def _show_table(self) -> None:
        if self._table is None:
            self._table = TwinView(f"{self.key}.table_view", f"{self.title}: table")
            self._stack.addWidget(self._table)
        self._table.twin.update(self.table())
        self._stack.setCurrentWidget(self._table)

    def read_out(self, text: str) -> None:
        """Show the values under the mouse or the cursor."""
        if text == self._readout.text():
            return
        self._readout.setText(text)
        self.setAccessibleDescription(text or self.question)
        self._place_readout()
        self._show_readout()

    def _show_readout(self) -> None:
        """Where there is a picture, while there is something to read."""
        there = self._stack.currentWidget() is not self._message
        self._readout.setVisible(there and bool(self._readout.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Values of a small picture stand at its foot; a low one does with fewer words."""
        super().resizeEvent(event)
        self._header.choices.updateGeometry()
        self._place_readout()
        self.fit_room()

    @property
    def low(self) -> bool:
        """Whether it is so low, for the size of its text, that what is said elsewhere too gives way."""
        return self.height() < _LOW * self.theme.body

    def fit_room(self) -> None:
        """It, or its text, has another size: the question, which the title has as its tip, may have to go."""
        line = self._question.fontMetrics().height()
        breaks = self._question.heightForWidth(self.width() - 2 * GRID) >= 2 * line
        crowded = self.low or (breaks and self.height() < _HIGH * self.theme.body)
        self._question.setVisible(not self.compact and not crowded)

    def _place_readout(self) -> None:
        """At the foot, as high as its words need."""
        wide = self.width() - 2 * GRID
        words = self._readout.heightForWidth(wide)
        high = words + 3 if words > self._line else self._line
        self._readout.over = self.compact or words > self._line
        self._readout.setGeometry(GRID, self.height() - high - GRID // 2, wide, high)

    @property
    def _line(self) -> int:
        """Pixels of height of a line of values."""
        return max(2 * GRID, self.theme.small + 5)

    def fit_text(self) -> None:
        """Room for one line of values, whether there are any or not: the picture does not jump.

        In a small place, where each line counts, they stand over the name of the axis.
        """
        foot = 0 if self.compact else self._line + GRID // 2
        self._rows.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2 + foot)
        self._header.fit_text(self.theme)
        self._place_readout()
        self.fit_room()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self.theme = theme
        self.fit_text()

    @contextmanager
    def as_file(self, density: float) -> Iterator[None]:
        """Meanwhile as it leaves the window: without what is there to be clicked, with lines for so many pixels to one
        of Qt's.
        """
        usual, other = self.theme, density != self.theme.density
        try:
            if other:
                self.apply_theme(dataclasses.replace(usual, density=density))
            with ExitStack() as parts:
                parts.enter_context(self._header.as_file())
                for legend in self.findChildren(Legend):
                    parts.enter_context(legend.as_file())
                yield
        finally:
            if other:
                self.apply_theme(usual)

    def stamp(self, step: int, epoch: int, note: str = "") -> None:
        """Say of which moment of the run the picture is, and what is to be known of it."""
        words = (f"step {step:,}", f"epoch {epoch:,}" if epoch else "", note)
        self._header.show_moment(BETWEEN.join(filter(None, words)))

    def add_control(self, label: str, control: QWidget, name: str) -> QWidget:
        """Put a control with its label into the bar above the picture, left out when compact; returns both as one."""
        return self._header.add(label, control, name)

    # --- making it ------------------------------------------------------------------------------------

    def _make_menu(self) -> PictureMenu:
        menu = PictureMenu(self, self.key, self.title, lambda: self.table(), self.as_file)
        menu.notice.connect(self.notice)
        menu.turned.connect(self.turn_page)
        menu.held.connect(lambda held: self.hold(held))
        menu.whole.connect(lambda: self.reset_zoom())
        return menu

    # --- where the keys go --------------------------------------------------------------------------------

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab goes through it as it is read, whatever was made last."""
        order_tabs(self)
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by keyboard sees where he is; a mouse knows."""
        super().focusInEvent(event)
        self._ringed = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys go elsewhere; a menu of its own takes them for a moment alone."""
        super().focusOutEvent(event)
        self._ringed = self._ringed and event.reason() is Qt.FocusReason.PopupFocusReason
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Plus and minus zoom, Shift and an arrow move what is seen; the menu shows everything again."""
        if not turn(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line around the picture that has the keys."""
        super().paintEvent(event)
        if self._ringed:
            with QPainter(self) as painter:
                painter.setPen(self.palette().link().color())
                painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu with the ways out, by mouse or by the menu key."""
        self.menu.popup(event.globalPos())


def _label(role: str, text: str = "") -> QLabel:
    label = QLabel(text)
    label.setProperty("role", role)
    return label
