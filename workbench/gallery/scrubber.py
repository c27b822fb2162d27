"""The slider under all views: back through the run, the run played once more, and live again."""

from __future__ import annotations

import bisect
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider, QToolButton, QWidget

from workbench.looks.icons import icon
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.elided_label import ElidedLabel
from workbench.runs.film import Film
from workbench.spoken import name_with

_WHOLE_MS = 10_000  # the run takes about as long when it is played, however many moments it has
_SLOWEST_MS, _FASTEST_MS = 500, 50
_PLAY_TIP = "Play the run again from here, from its beginning where it is followed (Alt+Up)"


class Scrubber(QWidget):
    """Shows where in the run the views are, takes them elsewhere, and plays what has passed."""

    def __init__(self, film: Film, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._film, self._theme = film, theme
        self._end: int | None = None  # the step that the run ended after
        self._failed = False  # and what was to be seen then was not measured
        self._moments = 0  # that were there when it was told last
        self.setObjectName("scrubber")
        self.slider, self.live = QSlider(Qt.Orientation.Horizontal), QPushButton()
        self.slider.setObjectName("scrubber.slider")
        self.slider.setToolTip("Back through the run: every view shows this step. The arrow keys go moment by moment.")
        self.live.setObjectName("scrubber.live")
        self.play = QToolButton()
        self.play.setObjectName("scrubber.play")
        self.play.setAccessibleName("Play the run again")
        self.play.setToolTip(_PLAY_TIP)
        self.play.setShortcut("Alt+Up")
        self.play.clicked.connect(self._toggle)
        self._expected: int | None = None  # the step that was gone to last by itself
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._play_on)
        self._told = ElidedLabel()
        self._told.setProperty("role", "small")
        self.slider.setMinimumWidth(10 * GRID)  # the words beside it give way
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 0, GRID, 0)
        layout.setSpacing(GRID)
        for widget, stretch in ((self._told, 0), (self.play, 0), (self.slider, 1), (self.live, 0)):
            layout.addWidget(widget, stretch)
        self.slider.valueChanged.connect(self._go)
        self.live.clicked.connect(lambda: film.go(None))
        film.grown.connect(self._grow)
        film.moved.connect(self._show)
        self.apply_theme(theme)
        self.show_end(None)

    @property
    def playing(self) -> bool:
        """Whether the views go through the run by themselves."""
        return self._timer.isActive()

    def show_end(self, step: int | None, *, failed: bool = False) -> None:
        """The step that the run ended after: then its end is gone to, and nothing is live; None while it goes on."""
        self._end, self._failed, over = step, failed, step is not None
        self.live.setText("End" if over else "Live")
        self.live.setAccessibleName("Go to the end of the run" if over else "Follow the run")
        self.live.setToolTip("Show the end of the run." if over else "Show what the run measures now.")
        self._show()

    def apply_theme(self, theme: Theme) -> None:
        """The icon in other colours."""
        self._theme = theme
        self.play.setIconSize(theme.icon)
        self.play.setIcon(icon("pause" if self.playing else "replay", theme))
        self.play.setAccessibleName("Stop playing the run" if self.playing else "Play the run again")

    def _toggle(self) -> None:
        if self.playing:
            self._rest()
            return
        steps = self._film.steps
        here = self._film.position
        self._timer.start(max(_FASTEST_MS, min(_SLOWEST_MS, _WHOLE_MS // len(steps))))
        self.apply_theme(self._theme)
        self._put(steps[0] if here is None or here >= steps[-1] else here)

    def _play_on(self) -> None:
        """The next moment; behind the last one the run is followed again."""
        steps, here = self._film.steps, self._film.position
        after = bisect.bisect_right(steps, here) if here is not None else len(steps)
        self._put(steps[after] if after < len(steps) else None)
        if self._film.position is None:
            self._rest()

    def _put(self, step: int | None) -> None:
        self._expected = step
        self._film.go(step)

    def _rest(self) -> None:
        self._timer.stop()
        self.apply_theme(self._theme)

    def _go(self, place: int) -> None:
        """To that moment; at the end of the slider the run is followed again."""
        steps = self._film.steps
        if steps:
            self._film.go(steps[place] if place < len(steps) - 1 else None)

    def _grow(self) -> None:
        """With every frame of a run, of which nothing is seen once as many moments are kept as may be."""
        followed = self._end is None and self._film.position is None
        if not followed or len(self._film) != self._moments:
            self._show()

    def _show(self) -> None:
        steps, position = self._film.steps, self._film.position
        self._moments = len(steps)
        if self.playing and position != self._expected:
            self._rest()  # a person has gone elsewhere, or the run is another
        self.slider.setEnabled(len(steps) > 1)
        self.play.setEnabled(len(steps) > 1)
        self.live.setEnabled(position is not None)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(len(steps) - 1, 0))
            last = len(steps) if position is None else bisect.bisect_right(steps, position)
            self.slider.setValue(max(last - 1, 0))
        self._tell()
        name_with(self.slider, "Training step that all views show", self._words(steps, position))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room for more words, or fewer."""
        super().resizeEvent(event)
        self._tell()

    def _tell(self) -> None:
        """All words, where there is room beside what is to be clicked."""
        words, position = self._words(self._film.steps, self._film.position), self._film.position
        beside = self.play.sizeHint().width() + self.slider.minimumWidth() + self.live.sizeHint().width() + 6 * GRID
        if self._told.fontMetrics().horizontalAdvance(words) > self.width() - beside:
            words = f"Step {position:,}" if position is not None else words.partition(",")[0]
            words = words.replace("measured yet", "yet")
        self._told.setText(words)

    def _words(self, steps: Sequence[int], position: int | None) -> str:
        if not steps:
            return "Nothing measured yet"
        if position is not None:
            return f"Step {position:,} of {max(steps[-1], self._end or 0):,}"
        if self._end is None:
            return f"Live, from step {steps[0]:,} on"
        if self._failed and steps[-1] < self._end:  # before it was looked at again
            return f"Step {steps[-1]:,} of {self._end:,}, the last measured"
        return f"The end, step {max(steps[-1], self._end):,}"
