"""The picture of a race: the median over the seeds of each that races, in a band from the lowest to the highest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QVBoxLayout

from engine.comparing.race_messages import Key
from workbench.contests.contest import Contest
from workbench.looks.theme import Theme
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.frame.frame import PictureFrame
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.key.keys import swatch

_FIRST = "Each curve is drawn here with the first epochs."
_MOST = 12  # bands that can be told from each other


class RacePicture(PictureFrame):
    """The bands, with the ways out that every picture has."""

    title = "Validation part"
    marked = Signal(object)  # the sample of each curve by key, for a table beside

    def __init__(self, theme: Theme, contest: Contest, key: str = "race") -> None:
        self.key = key
        super().__init__(theme)
        self._contest = contest
        self._numbers: dict[Key, int] = {}
        self._titles: Mapping[Key, str] = {}
        self._fills: dict[Key, tuple[pg.PlotDataItem, pg.PlotDataItem, pg.FillBetweenItem]] = {}
        self.plot = CurvePlot(theme, bottom="step", left="loss", counted=True)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.fit_text()
        self.turn_page()

    def reason(self) -> str:
        """Words until the first score."""
        if self._numbers:
            return ""
        mine = self._contest.sweeping == (self.key == "sweep")
        if self._contest.alive:
            return _FIRST if mine else self._contest.under_way
        return "No run came to the end of an epoch." if mine and self._contest.tally.field else f"Press Start. {_FIRST}"

    def begin(self, titles: Mapping[Key, str], measured: str) -> None:
        """Forget the race before; `titles` are the names of those who race by key, `measured` what is compared."""
        self._clear()
        self._titles = titles
        self.plot.left.rename(measured)
        self.turn_page()

    def _clear(self) -> None:
        self.plot.remove_curves()
        for key, parts in self._fills.items():
            self.plot.hiding.disown(self._titles[key], *parts)
            for item in parts:
                self.plot.axes.remove(item)
        self._fills.clear()
        self._numbers.clear()
        self._tell_marks()

    def refresh(self) -> None:
        """Draw what has come so far; of many, the best."""
        keys: Sequence[Key] = list(self._titles)
        if len(keys) > _MOST:
            keys = self._contest.tally.leading(_MOST)
            if not set(self._numbers) <= set(keys):
                self._clear()
        for key in keys:
            band = self._contest.tally.band(key) if self._contest.tally.field else None
            if band is None or not len(band.steps):
                continue
            if key not in self._numbers:
                self._add_band(key)
            self.plot.show_curve(self._titles[key], band.steps, band.middle, f"{band.middle[-1]:.4g}")
            low, high, _ = self._fills[key]
            low.setData(band.steps, band.low)
            high.setData(band.steps, band.high)
        self.plot.show_key()
        self.turn_page()

    def table(self) -> Table:
        """One row for each step of each that races."""
        rows: list[tuple[Cell, ...]] = [
            (self._titles[key], int(step), *map(float, values))
            for key in self._numbers
            for band in (self._contest.tally.band(key),)
            for step, *values in zip(band.steps, band.low, band.middle, band.high, strict=True)
        ]
        return ("compared", "step", "lowest", "median", "highest"), rows

    def apply_theme(self, theme: Theme) -> None:
        """Other colours."""
        super().apply_theme(theme)
        self.plot.apply_theme(theme)
        for key, (_, _, fill) in self._fills.items():
            fill.setBrush(self._brush(key))
        self._tell_marks()

    def _tell_marks(self) -> None:
        curves = {key: self.plot.curves[self._titles[key]] for key in self._numbers}
        samples: dict[Key, QIcon] = {key: swatch(curve.key(self.theme), self.theme) for key, curve in curves.items()}
        self.marked.emit(samples)

    def _add_band(self, key: Key) -> None:
        order = list(self._titles)
        number = self._numbers[key] = order.index(key) if len(order) <= _MOST else len(self._numbers)
        self.plot.add_curve(self._titles[key], partial(Theme.series_pen, number=number), number=number)
        low, high = (pg.PlotDataItem(pen=pg.mkPen(0, 0, 0, 0)) for _ in range(2))
        fill = pg.FillBetweenItem(low, high, brush=self._brush(key))
        fill.setZValue(-5)
        for item in (low, high, fill):
            self.plot.axes.add(item)
        self.plot.hiding.own(self._titles[key], low, high, fill)
        self._fills[key] = (low, high, fill)
        self._tell_marks()

    def _brush(self, key: Key) -> pg.QtGui.QBrush:
        color = self.theme.series_pen(self._numbers[key]).color()
        color.setAlphaF(0.15)
        return pg.mkBrush(color)
