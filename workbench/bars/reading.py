"""What is being read, how far it is, and a button to leave it; shown where that takes longer than a moment."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QWidget

from workbench.bars.how_far import HowFarRow
from workbench.doors.data_reader import DataReader
from workbench.draft import Draft
from workbench.looks.theme import GRID

_PATIENCE_MS = 500  # reading that takes less than this is not spoken of
_TICK_MS = 200


class ReadingBar(QWidget):
    """Stands in the foot of the window."""

    cancelled = Signal()

    def __init__(self, draft: Draft, reader: DataReader) -> None:
        super().__init__()
        self.setObjectName("reading")
        self._draft, self._reader = draft, reader
        self.row = HowFarRow("reading")
        self.button = QToolButton()
        self.button.setObjectName("reading_cancel")
        self.button.setText("Cancel")
        self.button.setAccessibleName("Cancel reading")
        self.button.setToolTip("Leave this file and keep what was read before.")
        self.button.clicked.connect(self.cancelled)
        # Hidden, too, it would hold up the foot, in whichever size its text has yet.
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.row, 1)
        row.addWidget(self.button)
        self._over = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        draft.activity_changed.connect(self._on_activity)
        self.hide()

    def end(self) -> None:
        """The window closes: nobody looks any more, though a reading may still be under way."""
        self._over = True
        self._timer.stop()

    @Slot()
    def _on_activity(self) -> None:
        if self._over or not self._draft.loading:
            self._timer.stop()
            self.hide()
        elif not self._timer.isActive():
            self._timer.start(_PATIENCE_MS)

    @Slot()
    def _tick(self) -> None:
        self._timer.setInterval(_TICK_MS)
        found, share = self._reader.how_far_reading(), self._reader.reading_progress()
        self.row.show_state(self._draft.loading, found, share)
        self.button.setEnabled(self._draft.loaded_data is not None)
        self.show()
