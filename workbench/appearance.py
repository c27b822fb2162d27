"""How everything looks: the theme and the size of text, chosen, remembered, and given to the application."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QScreen, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from workbench.later import later
from workbench.settings import Settings
from workbench.theme import SCALES, THEMES, Theme
from workbench.wardrobe import Wardrobe

_BREATH_MS = 1  # none would come before all else that waits


class Appearance(QObject):
    """Holds the theme of the moment; says when it is another one."""

    changing = Signal()  # everything still has the size that it had
    changed = Signal(object)  # Theme

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._density = application.devicePixelRatio()
        self.theme = chosen_theme(settings, self._density)
        self._wardrobe = Wardrobe(application)
        self._wardrobe.setParent(self)
        self._wardrobe.wear(self.theme)

    def follow(self, window: QWindow) -> None:
        """Draw lines as wide as the screen needs that `window` is on."""
        window.screenChanged.connect(self.renew_on)
        self.renew_on(window.screen())

    @Slot(object)
    def renew_on(self, screen: QScreen) -> None:
        """The window is on that screen now."""
        if screen.devicePixelRatio() != self.theme.density:
            self._density = screen.devicePixelRatio()
            self._renew()

    def choose_theme(self, name: str) -> None:
        """Take a theme by name and remember it; "system" follows the system."""
        self._settings.theme = name
        self._renew()

    def choose_scale(self, percent: int) -> None:
        """Text of this size, in per cent of the usual."""
        self._settings.text_scale = percent
        self._renew()

    def step_scale(self, way: int) -> None:
        """The next larger size of text, or the next smaller; 0 goes back to the usual."""
        now = self._settings.text_scale
        sizes = sorted({*SCALES, now})
        place = min(max(sizes.index(now) + way, 0), len(sizes) - 1)
        self.choose_scale(sizes[place] if way else 100)

    @Slot()
    def dress_what_is_seen(self) -> None:
        """What is shown now, before it is painted in the colours of another theme."""
        self._wardrobe.dress_what_is_seen()

    def _renew(self) -> None:
        """Take another theme; nothing is painted until all of it, and the room it takes, is known.

        One thing after the other, with the event loop in between: all at once would hold it for a tenth of a second.
        """
        self.changing.emit()
        windows = [window for window in QApplication.topLevelWidgets() if window.updatesEnabled()]
        for window in windows:
            window.setUpdatesEnabled(False)
        try:
            self.theme = chosen_theme(self._settings, self._density)
            self._wardrobe.wear(self.theme)
        finally:
            later(_BREATH_MS, self, partial(self._tell, windows))

    def _tell(self, windows: Sequence[QWidget]) -> None:
        try:
            self.changed.emit(self.theme)
        finally:
            later(0, self, partial(_paint, windows))  # after the layouts


def _paint(windows: Sequence[QWidget]) -> None:
    for window in filter(shiboken6.isValid, windows):
        window.setUpdatesEnabled(True)


def chosen_theme(settings: Settings, density: float) -> Theme:
    """The theme of the settings, or the one the system prefers, with text of the size that was chosen.

    `density` is how many pixels of the screen are one of Qt's.
    """
    name = settings.theme
    if name not in THEMES:
        name = "dark" if QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else "light"
    return dataclasses.replace(THEMES[name], scale=settings.text_scale / 100, density=density)
