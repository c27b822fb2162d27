"""Dresses all widgets in a theme: those that are seen at once, the others a little at a time."""

from __future__ import annotations

import time

import pyqtgraph as pg
import shiboken6
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from workbench.style import TEXT_SCALE, box_palette, input_palette, list_palette, palette, percent, style_sheet
from workbench.theme import Theme

_SLICE_SECONDS = 0.004
_PAUSE_MS = 8


class Wardrobe(QObject):
    """Font, palette and style sheet of the application; plots are dressed by their own `apply_theme`.

    A widget takes colours and sizes from palette and sheet when it is polished, and keeps them. Setting the sheet anew
    polishes every widget there is, thousands, of which two hundred are seen: half a second.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__()
        self._application = application
        self._undressed: list[QWidget] = []  # each with all that is in it
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._go_on)

    def wear(self, theme: Theme) -> None:
        """Give every widget the colours and sizes of `theme`."""
        application, sheet = self._application, style_sheet(theme)
        font = QFont(application.font())
        if font.pixelSize() != theme.body:
            font.setPixelSize(theme.body)
            application.setFont(font)
        application.setPalette(palette(theme))
        application.setPalette(box_palette(theme), "QCheckBox")  # type: ignore[arg-type]  # stub: bytes, Qt: text
        for kind in ("QListWidget", "ColumnsList"):
            application.setPalette(list_palette(theme), kind)  # type: ignore[arg-type]
        for kind in ("QLineEdit", "QAbstractSpinBox"):
            application.setPalette(input_palette(theme), kind)  # type: ignore[arg-type]
        pg.setConfigOptions(background=theme.plot, foreground=theme.text, antialias=False)
        self._undressed = application.topLevelWidgets()
        for window in self._undressed:
            window.setProperty(TEXT_SCALE, percent(theme))
        if application.styleSheet() != sheet:
            application.setStyleSheet(sheet)
            self._undressed.clear()
        else:
            self.dress_what_is_seen()
            self._timer.start()

    def dress_what_is_seen(self) -> None:
        """At once all that has been shown meanwhile."""
        hidden = []
        while self._undressed:
            widget = self._undressed.pop()
            if not shiboken6.isValid(widget):
                continue
            if widget.isVisible():
                self._dress(widget)
            else:
                hidden.append(widget)
        self._undressed = hidden

    @Slot()
    def _go_on(self) -> None:
        """Dress some more: first what has been shown meanwhile."""
        end = time.perf_counter() + _SLICE_SECONDS
        self.dress_what_is_seen()
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
