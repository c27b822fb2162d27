"""Areas between two curves, as intervals around a forecast are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike

from engine.wording.percentages import percent
from workbench.looks.theme import Theme
from workbench.plots.axes.numerals import numeral
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.key.keys import Key, patch

_DENSEST = 0.22  # share of the colour in the narrowest interval, less in each wider one

Band: TypeAlias = tuple[float, ArrayLike, ArrayLike]  # level, lower (N,) and upper ends (N,)


class Area:
    """What lies between a lower and an upper end, below all curves of a plot; it is within the range that is shown."""

    def __init__(self, plot: CurvePlot, name: str, role: str, alpha: float) -> None:
        """`role` is a pen of the theme, of whose colour there is a share of `alpha`."""
        self._plot, self.name, self._role, self._alpha = plot, name, role, alpha
        self.note = ""  # what is said of it in the legend
        self._ends = [pg.PlotDataItem(pen=pg.mkPen(None), connect="finite") for _ in range(2)]
        self._fill: Any = pg.FillBetweenItem(*self._ends)
        self._fill.setZValue(-5)
        for item in (*self._ends, self._fill):
            plot.axes.add(item, ignore_bounds=item is self._fill)
        plot.hiding.own(name, *self._ends, self._fill)

    def show(self, x: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        """Fill between the ends where both are known."""
        places, ends = np.asarray(x), [np.asarray(lower), np.asarray(upper)]
        known = np.isfinite(ends[0]) & np.isfinite(ends[1])
        for item, end in zip(self._ends, ends, strict=True):
            item.setData(places[known], end[known])

    def remove(self) -> None:
        """Take it off the plot."""
        self._plot.hiding.disown(self.name, *self._ends, self._fill)
        for item in (self._fill, *self._ends):
            self._plot.axes.remove(item)

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._fill.setBrush(theme.color(self._role, self._alpha))

    def key(self, theme: Theme) -> Key:
        """What stands in the legend."""
        return Key(self.name, patch(theme.color(self._role, self._alpha)), self.note)


class Intervals:
    """The intervals around a forecast, the narrowest densest."""

    def __init__(self, plot: CurvePlot, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self.areas: list[Area] = []
        self._bands: Sequence[Band] = ()

    def show(self, bands: Sequence[Band], notes: Sequence[str] = ()) -> None:
        """Draw these, each with its note in the legend."""
        names = [f"{percent(level, None)} interval" for level, _, _ in bands]
        if [area.name for area in self.areas] != names:
            self.remove()
            densities = [_DENSEST / (1 + index) for index in range(len(names))]
            self.areas = [Area(self._plot, name, "forecast", part) for name, part in zip(names, densities, strict=True)]
            self.apply_theme(self._theme)
        self._bands = bands
        for area, (_, lower, upper) in zip(self.areas, bands, strict=True):
            area.show(np.arange(len(np.asarray(lower))), lower, upper)
        for area, note in zip(self.areas, notes, strict=False):
            area.note = note

    def remove(self) -> None:
        """Take all off the plot."""
        for area in self.areas:
            area.remove()
        self.areas.clear()
        self._bands = ()

    def describe(self, place: int) -> list[str]:
        """From where to where those that are shown go at a point, as in "80 % 358.2 to 376.4"."""
        shown = [
            band for area, band in zip(self.areas, self._bands, strict=True) if not self._plot.hiding.hides(area.name)
        ]
        ends = [(level, float(np.asarray(low)[place]), float(np.asarray(high)[place])) for level, low, high in shown]
        return [
            f"{percent(level, None)} {numeral(f'{low:.4g}')} to {numeral(f'{high:.4g}')}"
            for level, low, high in ends
            if np.isfinite((low, high)).all()
        ]

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for area in self.areas:
            area.apply_theme(theme)

    def keys(self) -> list[Key]:
        """What stands in the legend."""
        return [area.key(self._theme) for area in self.areas]
