"""The histograms of one parameter over the course of a run, as a heat map of which each bin can be read out."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np
from PySide6.QtCore import Signal

from engine.inside_records import Floats
from engine.wording.percentages import percent
from workbench.looks.theme import Theme
from workbench.plots.axes.numerals import numerals
from workbench.plots.frame.cell_walk import CellWalk
from workbench.plots.heat.heat_grid import HeatGrid, Panel, Spot
from workbench.plots.heat.spread import BINS
from workbench.plots.key.keys import Scale

_NONE: Floats = np.zeros((BINS, 0), np.float32)


class SpreadMap(HeatGrid):
    """A column a moment, a row a bin; each column in shares of its fullest bin."""

    said = Signal(str)  # the bin under the mouse, or that keys went to, in words

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, bottom="training step", left="weight")
        self.make_spare()
        self._name, self._reach, self._shares = "", 1.0, _NONE
        self._steps: list[int] = []
        self._moment: int | None = None
        self._step = 0  # that keys went to
        self.walked = CellWalk(self._mark, self.words, self.said.emit)
        self.hovered.connect(self._hover)

    def show_spread(self, name: str, reach: float, shares: Floats, steps: list[int], moment: int | None) -> None:
        """Draw the `shares` of a parameter's values in bins from `reach` down to -`reach`, and mark the `moment`."""
        cell = self.walked.cell if name == self._name else None
        self._name, self._reach, self._shares, self._steps, self._moment = name, reach, shares, steps, moment
        self.arrange([Panel(0, 0, "magnitude")])
        tallest = np.nanmax(shares, axis=0, initial=1e-9)
        self.show_panel(0, shares / tallest, (0.0, 1.0), f"{name} · where its values lie")
        self.show_axis([f"{step:,}" for step in steps])
        self.show_values(0, reach * (1 - 1 / BINS), -2 * reach / BINS)
        self.show_scales([Scale("share, of the fullest bin", self._theme.color_map("magnitude"), 0, 1)])
        if cell:  # moments move on through the columns, and come and go where there are more of them
            self.walked.go(cell[0], int(np.abs(np.subtract(steps, self._step)).argmin()))
        else:
            self.walked.leave()

    def forget(self) -> None:
        """No histograms."""
        self.walked.leave()
        self._name, self._shares, self._steps, self._moment = "", _NONE, [], None
        self.arrange(())
        self.show_scales(())

    def walk(self, across: int, down: int) -> bool:
        """From moment to moment and bin to bin, at first to the middle of the first; False where there is none."""
        if self.walked.cell is None and self._steps:
            self.walked.go(BINS // 2, 0)  # where most values lie
        else:
            self.walked.walk(across, down, self._shares.shape)
        if self.walked.cell:
            self._step = self._steps[self.walked.cell[1]]
        return self.walked.cell is not None

    def words(self, row: int, column: int) -> str:
        """How many of the values lie in one bin at one moment."""
        high, low = (self._reach * (BINS - 2 * edge) / BINS for edge in (row, row + 1))  # in the middle 0 itself
        span = numerals(f"{low:.3g} to {high:.3g}")
        share = percent(self._shares[row, column], 1)
        return f"{self._name} · step {self._steps[column]:,} · {share} lie from {span}"

    def _mark(self) -> None:
        """The bin that keys went to; else the column of the moment."""
        cell, moment = self.walked.cell, self._moment
        self.show_row((0, cell[0]) if cell else None)
        looked_at = None if moment is None else max(bisect_right(self._steps, moment) - 1, 0)
        self.show_cursor(cell[1] if cell else looked_at)

    def _hover(self, spot: Spot | None) -> None:
        self.walked.hover((spot.unit, spot.time) if spot else None)
