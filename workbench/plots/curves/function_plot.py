"""An activation function and its slope, with what goes into it as a histogram underneath."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QPen

from engine.inside_records import Floats
from engine.wording.percentages import percent
from workbench.looks.theme import Theme, mixed
from workbench.plots.axes.levels import rung
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.functions import FUNCTIONS, flat_below, saturated
from workbench.plots.curves.key_cursor import KeyCursor
from workbench.plots.key.keys import Key, patch

BINS = 80
_LEAST_REACH = 4.0  # either side of zero: what a tanh or a sigmoid does lies within
_POINTS = 241
_OPAQUE = {"muted": 0.45, "warning": 0.7}  # of the bars; those that are saturated stand over all of them
_NOW = "pinned sequence, time step looked at"
_ALL, _FLAT = "what goes in", "saturated"

Array = NDArray[np.float64]


class FunctionPlot(CurvePlot):
    """f, f′ and the histogram of arguments, of which the saturated part has a colour of its own.

    Attributes:
        edges: (BINS + 1,) of the histogram.
        shares: (BINS,) of all arguments.
        saturated_share: of all arguments.
        walked: the argument that keys went to.
    """

    def __init__(self, theme: Theme) -> None:
        self._bars: list[pg.PlotDataItem] = []
        super().__init__(theme, bottom=_ALL, left="")
        self.walked = KeyCursor(self)
        self.name = self.function = ""
        self.edges: Array = np.zeros(BINS + 1)
        self.shares: Array = np.zeros(BINS)
        self.saturated_share = 0.0
        self._reach = _LEAST_REACH
        for name in (_ALL, _FLAT):
            bars = pg.PlotDataItem(stepMode="center", fillLevel=0.0, pen=None)
            bars.setZValue(-5)
            self.axes.add(bars)
            self.hiding.own(name, bars)
            self._bars.append(bars)
        self._dress_bars()

    def show_function(self, name: str, function: str, values: Floats) -> None:
        """Draw `function` with the arguments `values`, any shape; the range only ever widens."""
        if (name, function) != (self.name, self.function):
            self._begin(name, function)
        known = values[np.isfinite(values)].astype(np.float64).reshape(-1)
        self._reach = max(self._reach, rung(float(np.abs(known).max())) if known.size else 0.0)
        self.edges = np.linspace(-self._reach, self._reach, BINS + 1)
        counts = np.histogram(known, self.edges)[0]
        self.shares = counts / max(known.size, 1)
        flat = saturated(function, known)
        self.saturated_share = float(flat.mean()) if known.size else 0.0
        self._draw_bars(np.histogram(known[flat], self.edges)[0] / max(known.size, 1))
        self._draw_curves()

    def show_now(self, values: Floats) -> None:
        """Mark the arguments of one time step on the curve, where one is drawn."""
        if self.function:
            self.show_curve(_NOW, values, FUNCTIONS[self.function][0](values.astype(np.float64)))
            self._tell()

    @property
    def middles(self) -> Array:
        """(BINS,) the arguments in the middle of each bar; none while there is no function."""
        return (self.edges[1:] + self.edges[:-1]) / 2 if self.function else self.edges[:0]

    def describe_at(self, place: float) -> str:
        """The values at one argument, in words."""
        if not self.function or not -self._reach <= place < self._reach:
            return ""
        at = np.array([place])
        value, slope = (float(part(at)[0]) for part in FUNCTIONS[self.function])
        share = self.shares[min(int(np.searchsorted(self.edges, place, "right")) - 1, BINS - 1)]
        here = f"{percent(share, 1)} of the values lie here"
        return numerals(f"{self.name} · x = {place:.3g} · f {value:.4g} · f′ {slope:.4g} · {here}")

    def forget(self) -> None:
        """Back to the smallest range, for a new run."""
        self.name = self.function = ""
        self.remove_curves()
        for bars in self._bars:
            bars.setData([], [])

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        super().apply_theme(theme)
        self._dress_bars()
        if self._bars and self.function:
            self._tell()

    def _dress_bars(self) -> None:
        for bars, (role, alpha) in zip(self._bars, _OPAQUE.items(), strict=False):
            bars.setFillBrush(self._theme.color(role, alpha))

    def _begin(self, name: str, function: str) -> None:
        self.name, self.function, self._reach = name, function, _LEAST_REACH
        self.remove_curves()
        self.add_curve(f"{name}: f = {function.replace('_', ' ')}", "smooth")
        self.add_curve("f′, its slope", _slope_pen)
        self.add_curve(_NOW, "cursor", symbol=True, line=False, ring=False)

    def _draw_bars(self, flat: Array) -> None:
        tallest = max(float(self.shares.max()), 1e-12)
        for bars, heights in zip(self._bars, (self.shares, flat), strict=True):
            bars.setData(self.edges, heights / tallest)

    def _draw_curves(self) -> None:
        x = np.linspace(-self._reach, self._reach, _POINTS)
        first, second, _ = self.curves
        for name, part in zip((first, second), FUNCTIONS[self.function], strict=True):
            self.show_curve(name, x, part(x))
        self._tell()

    def _tell(self) -> None:
        tallest = f"tallest bar {percent(self.shares.max(), 1)}"
        seen, ground = [], self._theme.color("plot")
        for role, alpha in _OPAQUE.items():
            ground = mixed(ground, self._theme.color(role), alpha)
            seen.append(ground)
        bars = Key(_ALL, patch(seen[0]), tallest)
        share = percent(self.saturated_share, 1)
        where = f", f′ < {flat_below(self.function):.2g}" if self.function else ""
        flat = Key(_FLAT, patch(seen[1]), share + where)
        self.show_key([bars, flat])


def _slope_pen(theme: Theme) -> QPen:
    """As wide as that of f: a thin one is lost over the bars."""
    pen = theme.pen("test")
    pen.setWidthF(theme.pen("smooth").widthF())
    return pen
