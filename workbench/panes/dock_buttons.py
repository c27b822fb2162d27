"""The two buttons at the right of a pane's title: into a window of its own or back, and away."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QAbstractButton, QDockWidget

from workbench.looks.icons import icon
from workbench.looks.theme import Theme

_FLOAT, _CLOSE = "qt_dockwidget_floatbutton", "qt_dockwidget_closebutton"  # as Qt names what it makes


class DockButtons(QObject):
    """Qt's own buttons with our icons: its own are drawn for light windows, and lost on dark ones.

    Qt draws its own again whenever a pane is put somewhere, which is told but for a whole layout that is restored.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._dock = dock
        self._theme: Theme | None = None
        dock.topLevelChanged.connect(self.draw)

    def apply_theme(self, theme: Theme) -> None:
        """Draw them in the colours of `theme`."""
        self._theme = theme
        self.draw()

    @Slot()
    def draw(self) -> None:
        """Put our icons there, and say what they do."""
        apart = self._dock.isFloating()
        taking = ("put back", "Back into the window") if apart else ("take out", "Into a window of its own")
        self._draw(_FLOAT, *taking)
        self._draw(_CLOSE, "close", "Close. The menu View shows it again.")

    def _draw(self, name: str, picture: str, words: str) -> None:
        button = self._dock.findChild(QAbstractButton, name)
        assert button is not None
        button.setToolTip(words)
        if self._theme is not None:
            button.setIcon(icon(picture, self._theme, "muted"))
