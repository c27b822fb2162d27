"""How far a reading is, in words and as a bar."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from workbench.doors.reading_pace import HowFar
from workbench.looks.theme import GRID
from workbench.runs.pace import duration

_WHOLE = 1000


class HowFarRow(QWidget):
    """Words, and a bar that moves to and fro where there is no end to be told."""

    def __init__(self, name: str) -> None:
        """`name` is what its parts are called after."""
        super().__init__()
        self.words = QLabel()
        self.words.setObjectName(f"{name}_words")
        self.words.setProperty("role", "small")
        self.bar = QProgressBar()
        self.bar.setObjectName(f"{name}_progress")
        self.bar.setAccessibleName("How far reading is")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(15 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addStretch(1)
        row.addWidget(self.words)
        row.addWidget(self.bar)

    def show_state(self, source: str, found: HowFar | None, share: float = -1.0) -> None:
        """Say where the reading of `source` is; of what has no steps the `share` that is done, negative if unknown."""
        self.words.setText(words(source, found))
        share = found.share if found else share
        self.bar.setRange(0, _WHOLE if share >= 0 else 0)
        self.bar.setValue(round(share * _WHOLE))


def words(source: str, found: HowFar | None) -> str:
    """What is read, at which step it is, and how long the rest may take."""
    if found is None:
        return f"Reading {source}…"
    left = "" if found.left is None else f", about {duration(found.left)} left"
    return f"Reading {source}: step {found.step} of {found.steps}, {found.what}{left}"
