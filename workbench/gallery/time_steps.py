"""Walks the shared time cursor through the pinned sequence: the way forward, and the way back of the gradient."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from workbench.looks.icons import icon
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.spoken import announce

_WHOLE_MS = 5_000  # one way takes about as long, however many steps it has
_SLOWEST_MS, _FASTEST_MS = 500, 40
_PINNED = "Every view stays at this time step, wherever the mouse is. Escape, or a second click on it, lets go."
_WALK, _STOP = "Forward through all time steps, then backward", "Stop walking through the time steps"


class TimeSteps(QWidget):
    """One time step earlier or later in all views, or by itself: forward to the last, then backward to the first."""

    def __init__(self, cursor: TimeCursor, length: Callable[[], int], parent: QWidget | None = None) -> None:
        """`length` says how many steps the sequence has that is shown now, 0 where none is."""
        super().__init__(parent)
        self.setObjectName("time_steps")
        self._cursor, self._length = cursor, length
        self._way, self._expected = 0, -1  # +1 forward, -1 backward, 0 at rest; where it has put the cursor
        self._theme: Theme | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)
        self.earlier = self._button("earlier", "One time step earlier", "Alt+Left", lambda: self._step(-1))
        self.later = self._button("later", "One time step later", "Alt+Right", lambda: self._step(1))
        self.walk = self._button("walk", _WALK, "Alt+W", self._toggle)
        self._told = ElidedLabel()
        self._told.setObjectName("time_steps.told")
        self._told.setProperty("role", "small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        for widget in (self._told, self.earlier, self.later, self.walk):
            layout.addWidget(widget)
        cursor.moved.connect(self._moved)
        self.refresh()

    @property
    def told(self) -> str:
        """Where the cursor is, in words."""
        return self._told.text()

    def refresh(self) -> None:
        """Other things are measured than before."""
        length, position = self._length(), self._cursor.position
        for button in (self.earlier, self.later, self.walk):
            button.setEnabled(length > 1)
        self._told.setEnabled(length > 0)
        if not length:
            self._rest()
        pinned = self._cursor.pinned and not self._way
        self._told.setToolTip(_PINNED if pinned and length else "")
        if position is None or not length:
            self._told.setText("Time step")
            return
        way = {1: "Forward: ", -1: "Backward: "}.get(self._way, "")
        self._told.setText(f"{way}time step {min(position + 1, length):,} of {length:,}{', pinned' if pinned else ''}")

    def apply_theme(self, theme: Theme) -> None:
        """Icons in other colours."""
        self._theme = theme
        for name, button in (("earlier", self.earlier), ("later", self.later)):
            button.setIcon(icon(name, theme))
        for button in (self.earlier, self.later, self.walk):
            button.setIconSize(theme.icon)
        self._show_walk()

    def _step(self, by: int) -> None:
        self._rest()
        self._cursor.walk(by, self._length())
        announce(self, self.told)

    def _toggle(self) -> None:
        if self._way:
            self._rest()
            self.refresh()
            return
        length = self._length()
        self._way = 1
        self._show_walk()
        self._put(0)
        self._timer.start(max(_FASTEST_MS, min(_SLOWEST_MS, _WHOLE_MS // max(length, 1))))

    def _go_on(self) -> None:
        length, here = self._length(), self._cursor.position
        if not length or here is None:
            self._rest()
        elif self._way > 0 and here >= length - 1:
            self._way = -1  # the last step is looked at twice: the error is known there, and its way back begins
        elif self._way < 0 and here <= 0:
            self._rest()
        else:
            stride = max(1, length * _FASTEST_MS // _WHOLE_MS)
            self._put(min(max(here + self._way * stride, 0), length - 1))
        self.refresh()

    def _put(self, place: int) -> None:
        self._expected = place
        here = self._cursor.position
        self._cursor.walk(place - (here if here is not None else -1), self._length())

    def _moved(self) -> None:
        if self._way and self._cursor.position != self._expected:
            self._rest()  # a person has gone elsewhere
        self.refresh()

    def _rest(self) -> None:
        walked, self._way = self._way, 0
        self._timer.stop()
        if walked:
            self._show_walk()

    def _show_walk(self) -> None:
        """What the button does next: begin to walk, or stop."""
        _name(self.walk, _STOP if self._way else _WALK)
        if self._theme is not None:
            self.walk.setIcon(icon("pause" if self._way else "walk", self._theme))

    def _button(self, name: str, tip: str, shortcut: str, clicked: Callable[[], None]) -> QToolButton:
        made = QToolButton()
        made.setObjectName(f"time_steps.{name}")
        made.setShortcut(shortcut)
        made.clicked.connect(clicked)
        _name(made, tip)
        return made


def _name(button: QToolButton, does: str) -> None:
    button.setAccessibleName(does)
    button.setToolTip(f"{does}, in every view with a time axis ({button.shortcut().toString()})")
