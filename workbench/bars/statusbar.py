"""The foot of the window: what was just said, and at the right how fast the engine goes and on how many threads."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QStatusBar, QWidget

from workbench.looks.theme import GRID
from workbench.spoken import announce
from workbench.widgets.number_label import NumberLabel

_SECONDS = 10
_AROUND = 7  # pixels above and below a line of text together, so that a button has room in it


class StatusBar(QStatusBar):
    """Sentences come and go; numbers stay."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("status_bar")
        self.setAccessibleName("Status bar")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(0, 0, GRID, 0)
        self._said = ""
        self._strut = QWidget()
        self.addPermanentWidget(self._strut)
        self._strut.hide()  # its height counts all the same
        self._data = self._number("status_data", "Data")
        self._pace = self._number("status_pace", "Steps a second")
        self._threads = self._number("status_threads", "Threads")
        self._clock = QTimer(self)  # Qt's own begins anew with a sentence that is fitted anew
        self._clock.setSingleShot(True)
        self._clock.setInterval(_SECONDS * 1000)
        self._clock.timeout.connect(self.clearMessage)
        self.messageChanged.connect(self._forget)

    def tell(self, text: str) -> None:
        """Say a sentence; it goes after a while. Where it has no room, the whole is in its tip."""
        self._said = text
        self.showMessage(self._fitting(text))
        self._clock.start()
        self.setToolTip(text)
        announce(self, text)

    def unsay(self, text: str) -> None:
        """That sentence is no longer true."""
        if self._said == text:
            self.clearMessage()

    @Slot()
    def drop_tip(self) -> None:
        """What Qt says of the button under a mouse that rests there was read before what has happened since."""
        if not self._said:
            self.clearMessage()

    def _forget(self, message: str) -> None:
        """What has gone, or gave way to what Qt says of a button under the mouse."""
        if message != self._fitting(self._said):
            self._said = ""
            self._clock.stop()
            self.setToolTip("")

    def _fitting(self, text: str) -> str:
        """As much as there is room for before the numbers."""
        inside = self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        room = min((each.x() for each in inside if each.isVisible()), default=self.width()) - 2 * GRID
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, max(room, 0))

    def show_data(self, title: str) -> None:
        """What is learned from."""
        self._data.show_text(title)

    def show_pace(self, steps_per_second: float) -> None:
        """How fast the run goes; 0 when none moves."""
        self._pace.show_text(pace_words(steps_per_second))

    def show_threads(self, threads: int) -> None:
        """How many threads the engine may use."""
        self._threads.show_text(f"{threads} thread" + ("s" if threads != 1 else ""))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """There is more room for what was said, or less."""
        super().resizeEvent(event)
        if self._said:
            self.showMessage(self._fitting(self._said))

    def changeEvent(self, event: QEvent) -> None:
        """As high as its text asks for, whatever comes and goes in it."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._strut.setFixedHeight(self.fontMetrics().height() + _AROUND)

    def _number(self, name: str, title: str) -> NumberLabel:
        made = NumberLabel(QPalette.ColorRole.Shadow, gap=GRID)
        made.setObjectName(name)
        made.setAccessibleName(title)
        made.setToolTip(title)
        made.setProperty("role", "small")
        self.addPermanentWidget(made)
        return made


def pace_words(steps_per_second: float) -> str:
    """Steps a second, with as many digits as mean something."""
    if not steps_per_second:
        return ""
    digits = f"{steps_per_second:,.0f}" if steps_per_second >= 10 else f"{steps_per_second:.2g}"
    return f"{digits} steps/s"
