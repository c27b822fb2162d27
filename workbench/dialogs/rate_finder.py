"""Find a learning rate: runs the range test in the background, draws it as it goes, and offers what it suggests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QProgressBar, QWidget

from workbench.dialogs.frame import Dialog
from workbench.looks.theme import GRID, Theme
from workbench.panels.labels import column, label, rename
from workbench.panels.message import Message
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.key.keys import Key
from workbench.rate_test import RateTest
from workbench.runs.pace import duration
from workbench.spoken import announce

if TYPE_CHECKING:
    from engine.rate_search import RateCurve

_TICK = 60  # milliseconds between two looks at what was measured
_MEANING = (
    "A network that is thrown away is trained with a rate that grows at every step. Where the loss falls most steeply "
    "lies a good rate; where it rises again, the rate is too high."
)
_EACH, _SMOOTH = "loss after each step", "smoothed"


class RateFinder(Dialog):
    """Begins at once; closing it stops the test."""

    taken = Signal(float)  # the rate that a person wants

    def __init__(self, test: RateTest, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rate_finder")
        self.setWindowTitle("Find a learning rate")
        self.setMinimumSize(80 * GRID, 62 * GRID)
        self.found: RateCurve | None = None
        self._test, self._theme = test, theme
        self.plot = CurvePlot(theme, bottom="learning rate", left="loss")
        self.plot.axes.set_log(True, False)
        stays = self.plot.canvas.sizePolicy()
        stays.setRetainSizeWhenHidden(True)
        self.plot.canvas.setSizePolicy(stays)
        self.plot.add_curve(_EACH, "muted")
        self.plot.add_curve(_SMOOTH, "train")
        self._line = self.plot.add_line("good", upright=True)
        self._progress = QProgressBar()
        self._progress.setObjectName("rate_progress")
        self._progress.setAccessibleName("Steps of the test that are done")
        self._progress.setTextVisible(False)
        self.message = Message("rate_message", "Why no rate was found")
        self._words = label("", "strong", "rate_verdict")
        self._buttons = QDialogButtonBox()
        role = QDialogButtonBox.ButtonRole
        self.take = self._buttons.addButton("Take this rate", role.ActionRole)
        self.again = self._buttons.addButton("Stop", role.ActionRole)
        self.shut = self._buttons.addButton("Close", role.RejectRole)
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._draw)
        self.begin()

    def begin(self) -> None:
        """Start the test anew."""
        self.found = None
        self.message.say("")
        self._words.setText("Kernels are prepared; the curve begins with the first step.")
        self.plot.canvas.hide()  # its axes would have numbers that nobody measured
        self._line.hide()
        self.plot.clear()
        self.plot.show_everything()
        self.take.setEnabled(False)
        rename(self.take, "Take this rate")
        rename(self.again, "Stop")
        self._progress.show()
        self._progress.setRange(0, 0)  # until the first step is done, kernels are prepared
        self._test.start(self._on_found, self._on_failed)
        self._timer.start(_TICK)

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        self._theme = theme
        self.plot.apply_theme(theme)
        self._show_key()

    def done(self, result: int) -> None:
        """Close, and stop what runs."""
        self._timer.stop()
        self._test.abandon()
        super().done(result)

    def _lay_out(self) -> None:
        for button, name in ((self.take, "take"), (self.again, "again"), (self.shut, "close")):
            button.setObjectName(f"rate_{name}")
            button.setAccessibleName(button.text())
            button.setIcon(QIcon())
            button.setAutoDefault(False)
        self.take.setDefault(True)
        self.take.clicked.connect(self._on_take)
        self.again.clicked.connect(self._on_again)
        self._buttons.rejected.connect(self.reject)
        self.message.dismissed.connect(lambda: self.message.say(""))
        layout = column(self, 2 * GRID, GRID)
        layout.addWidget(label(_MEANING, "muted"))
        layout.addWidget(self.plot, 1)
        for part in (self._progress, self.message, self._words, self._buttons):
            layout.addWidget(part)

    def _draw(self) -> None:
        tried = self._test.tried()
        if not tried:
            return
        self.plot.canvas.show()
        if not self._progress.maximum():
            self.plot.box.setXRange(*(math.log10(rate) for rate in self._test.bounds))
        self._progress.setRange(0, self._test.steps)
        self._progress.setValue(tried[-1].step)
        self._words.setText(self._how_far(tried[-1].step))
        self.plot.show_curve(_EACH, np.array([each.rate for each in tried]), np.array([each.loss for each in tried]))
        self._show_key()

    def _how_far(self, step: int) -> str:
        left = f", about {duration(self._test.seconds_left)} left" if self._test.seconds_left else ""
        return f"Step {step} of {self._test.steps}{left}"

    def _show_key(self) -> None:
        """The curves, and the rate that is suggested, if there is one."""
        rate = self.found.suggestion if self.found is not None else math.nan
        suggested = Key(numerals(f"suggested: {rate:g}"), self._theme.pen("good"))
        self.plot.show_key([] if math.isnan(rate) else [suggested])

    def _on_found(self, found: RateCurve) -> None:
        self._end()
        self.found = found
        self._draw()
        self.plot.show_curve(_SMOOTH, found.rates, found.smooth)
        self._show_key()
        self._frame(found)
        self._words.setText(verdict := self._test.verdict(found))
        if not math.isnan(found.suggestion):
            self._line.setValue(math.log10(found.suggestion))
            self._line.show()
            rename(self.take, numerals(f"Take {found.suggestion:g}"))
            self.take.setEnabled(True)
            self.take.setFocus()
        self.take.setAccessibleName(self.take.text())
        announce(self, verdict)

    def _frame(self, found: RateCurve) -> None:
        """Show the fall; where the loss runs away, the plot does not follow."""
        if len(found.smooth):
            low, start = float(min(found.losses.min(), found.smooth.min())), float(found.smooth[0])
            room = max(start - low, 1e-3 * abs(start))
            self.plot.box.setYRange(low - 0.1 * room, start + 0.6 * room)

    def _on_failed(self, error: Exception) -> None:
        self._end()
        self._words.setText("")
        self.message.say(str(error))

    def _end(self) -> None:
        self._timer.stop()
        rename(self.again, "Once more")
        self._progress.hide()

    def _on_take(self) -> None:
        assert self.found is not None
        self.taken.emit(self.found.suggestion)
        self.accept()

    def _on_again(self) -> None:
        if self._test.running:
            self._test.stop()
        else:
            self.begin()
