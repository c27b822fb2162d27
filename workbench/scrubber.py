"""The slider under all views: back through the run, and live again."""

from __future__ import annotations

import bisect

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from workbench.film import Film
from workbench.theme import GRID


class Scrubber(QWidget):
    """Shows where in the run the views are, and takes them elsewhere."""

    def __init__(self, film: Film, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._film = film
        self.setObjectName("scrubber")
        self.slider, self.live = QSlider(Qt.Orientation.Horizontal), QPushButton("Live")
        self.slider.setObjectName("scrubber.slider")
        self.slider.setAccessibleName("Training step that all views show")
        self.slider.setToolTip("Back through the run: every view shows this step. The arrow keys go moment by moment.")
        self.live.setObjectName("scrubber.live")
        self.live.setAccessibleName("Follow the run")
        self.live.setToolTip("Show what the run measures now.")
        self._told = QLabel()
        self._told.setProperty("role", "small")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 0, GRID, 0)
        layout.setSpacing(GRID)
        for widget, stretch in ((self._told, 0), (self.slider, 1), (self.live, 0)):
            layout.addWidget(widget, stretch)
        self.slider.valueChanged.connect(self._go)
        self.live.clicked.connect(lambda: film.go(None))
        film.grown.connect(self._show)
        film.moved.connect(self._show)
        self._show()

    def _go(self, place: int) -> None:
        steps = self._film.steps
        if steps:
            self._film.go(steps[place])

    def _show(self) -> None:
        steps, position = self._film.steps, self._film.position
        self.slider.setEnabled(len(steps) > 1)
        self.live.setEnabled(position is not None)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(steps) - 1, 0))
            last = len(steps) if position is None else bisect.bisect_right(steps, position)
            self.slider.setValue(max(last - 1, 0))
        if not steps:
            self._told.setText("Nothing measured yet")
        elif position is None:
            self._told.setText(f"Live, from step {steps[0]:,} on")
        else:
            self._told.setText(f"Step {position:,} of {steps[-1]:,}")
