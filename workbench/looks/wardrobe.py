"""Dresses all widgets in a theme, a little at a time: first those that are seen, then the others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import pyqtgraph as pg
import shiboken6
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from workbench.later import TURN_MS
from workbench.looks.style import TEXT_SCALE, box_palette, input_palette, palette, percent, slider_palette, style_sheet
from workbench.looks.theme import Theme

_SLICE_SECONDS, _PAUSE_MS = 0.004, 8
_SEEN_SECONDS = 0.012  # of a slice of what is seen, which is not painted meanwhile, without a pause
_LOOK_SECONDS = 0.1  # from one look for what has been shown meanwhile to the next, as there may be a thousand widgets


class Wardrobe(QObject):
    """Font, palette and style sheet of the application; plots are dressed by their own `apply_theme`.

    A widget takes colours and sizes from palette and sheet when it is polished, and keeps them. Setting the sheet anew
    polishes every widget there is, thousands, of which two hundred are seen: half a second.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._undressed: list[QWidget] = []  # each with all that is in it
        self._next_look = 0.0
        self._then: Callable[[], object] | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._go_on)
        self._colored: Theme | None = None

    def color(self, theme: Theme) -> None:
        """Font and colours of `theme`, all that widgets need which are still to be made.

        The sheet comes when they are where they belong: with it, whatever is put into another widget is polished anew
        with all that is in it, which takes half of the time in which a window is made.
        """
        if theme == self._colored:
            return
        self._colored, application = theme, self._application
        font = QFont(application.font())
        if font.pixelSize() != theme.body:
            font.setPixelSize(theme.body)
            application.setFont(font)
        application.setPalette(palette(theme))
        for kind in ("QCheckBox", "QListWidget", "ColumnsList"):
            application.setPalette(box_palette(theme), kind)  # type: ignore[arg-type]  # stub: bytes, Qt: text
        for kind in ("QLineEdit", "QAbstractSpinBox"):
            application.setPalette(input_palette(theme), kind)  # type: ignore[arg-type]
        application.setPalette(slider_palette(theme), "QSlider")  # type: ignore[arg-type]
        pg.setConfigOptions(background=theme.plot, foreground=theme.text, antialias=False)

    def wear(self, theme: Theme, then: Callable[[], object] | None = None) -> None:
        """Give every widget the colours and sizes of `theme`.

        `then` is called once all that is seen has them; without it, that has them on return.
        """
        self.color(theme)
        application, sheet = self._application, style_sheet(theme)
        self._undressed = application.topLevelWidgets()
        for window in self._undressed:
            window.setProperty(TEXT_SCALE, percent(theme))
        if application.styleSheet() != sheet:
            application.setStyleSheet(sheet)
            self._undressed.clear()
        self._then = then
        if then is None:
            self.dress_what_is_seen()
        self._timer.start(TURN_MS if then is not None else _PAUSE_MS)

    def dress_what_is_seen(self) -> None:
        """At once all that has been shown meanwhile."""
        self._dress_seen(math.inf)

    def _dress_seen(self, end: float) -> bool:
        """Go on until `end`; returns whether all that is seen is dressed."""
        hidden = []
        while self._undressed and time.perf_counter() < end:
            widget = self._undressed.pop()
            if not shiboken6.isValid(widget):
                continue
            if widget.isVisible():
                self._dress(widget)
            else:
                hidden.append(widget)
        done = not self._undressed
        self._undressed += hidden
        return done

    @Slot()
    def _go_on(self) -> None:
        """Dress some more: first what is seen, and what has been shown meanwhile."""
        if self._then is not None:
            if self._dress_seen(time.perf_counter() + _SEEN_SECONDS):
                then, self._then = self._then, None
                self._timer.start(_PAUSE_MS)
                then()
            return
        if time.perf_counter() > self._next_look:
            self.dress_what_is_seen()
            self._next_look = time.perf_counter() + _LOOK_SECONDS
        end = time.perf_counter() + _SLICE_SECONDS
        while self._undressed and time.perf_counter() < end:
            widget = self._undressed.pop()
            if shiboken6.isValid(widget):
                self._dress(widget)
        if not self._undressed:
            self._timer.stop()

    def _dress(self, widget: QWidget) -> None:
        """Polish one widget; those in it are next, as they take after it. Windows come by themselves."""
        style = self._application.style()
        style.unpolish(widget)
        style.polish(widget)
        children = widget.children()
        self._undressed += [child for child in children if isinstance(child, QWidget) and not child.isWindow()]
