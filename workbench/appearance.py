"""How everything looks: the theme and the size of text, chosen, remembered, and given to the application."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QScreen, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from workbench.later import later
from workbench.looks.theme import SCALES, THEMES, Theme
from workbench.looks.wardrobe import Wardrobe
from workbench.settings import Settings


class Appearance(QObject):
    """Holds the theme of the moment; says when it is another one."""

    changing = Signal()  # everything still has the size that it had
    changed = Signal(object)  # Theme
    dressed = Signal()  # everything has its colours and its size, and is painted next

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self._settings = settings
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._density = application.devicePixelRatio()
        self._owner: QObject = self
        self._parts: tuple[Callable[[Theme], object], ...] = ()
        self._taking = False
        self._covered: list[QWidget] = []  # windows that are not painted until the theme is theirs
        self.theme = chosen_theme(settings, self._density)
        self._wardrobe = Wardrobe(application)
        self._wardrobe.setParent(self)
        self._wardrobe.color(self.theme)

    def dress(self, owner: QObject, *parts: Callable[[Theme], object]) -> None:
        """Give the theme to all widgets, and to what draws by itself, now and, as long as its owner lives, whenever it
        is another one.
        """
        self._wardrobe.wear(self.theme)
        for part in parts:
            part(self.theme)
        self._owner, self._parts = owner, parts

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
        """Take another theme, after the one that is being taken."""
        self.theme = chosen_theme(self._settings, self._density)
        if not self._taking:
            self._begin()

    def _begin(self) -> None:
        """Nothing is painted until all of the theme, and the room it takes, is known.

        One thing after the other, with the event loop in between: all at once would hold it for a tenth of a second.
        """
        self._taking = True
        self.changing.emit()
        windows = [window for window in QApplication.topLevelWidgets() if window.updatesEnabled()]
        for window in windows:
            window.setUpdatesEnabled(False)
        self._covered += windows
        self._wardrobe.wear(self.theme, partial(self._tell, self.theme))

    def _tell(self, theme: Theme) -> None:
        if shiboken6.isValid(self._owner):
            self._dress((self.changed.emit, *self._parts), theme)

    def _dress(self, parts: Sequence[Callable[[Theme], object]], theme: Theme) -> None:
        """One part now, the next in the next turn, and when all have their colours and their room they are painted."""
        if parts:
            try:
                parts[0](theme)
            finally:  # after what the part has put off, as a layout
                later(0, self._owner, partial(self._dress, parts[1:], theme))
        elif theme is not self.theme:  # yet another has been chosen meanwhile
            self._begin()
        else:
            self.dressed.emit()
            for window in filter(shiboken6.isValid, self._covered):
                window.setUpdatesEnabled(True)
                # What was to be painted when it was covered was asked for in vain, and Qt asks once for all there is.
                QApplication.postEvent(window, QEvent(QEvent.Type.UpdateRequest))
            self._covered.clear()
            self._taking = False


def chosen_theme(settings: Settings, density: float) -> Theme:
    """The theme of the settings, or the one the system prefers, with text of the size that was chosen.

    `density` is how many pixels of the screen are one of Qt's.
    """
    name = settings.theme
    if name not in THEMES:
        name = "dark" if QApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else "light"
    return dataclasses.replace(THEMES[name], scale=settings.text_scale / 100, density=density)
