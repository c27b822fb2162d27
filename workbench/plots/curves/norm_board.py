"""A row for each parameter: how long its gradient is before and after clipping, and how far a step moves it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QScrollArea, QSplitter

from engine.inside_records import Floats, GradientNorms
from workbench.calm import Calm
from workbench.looks.theme import GRID, Theme
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.axes_in_sight import AxesInSight
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.key.curve_item import logarithms
from workbench.plots.key.keys import Key, patch
from workbench.plots.key.legend import Legend

HEALTHY = (1e-4, 1e-2)  # of the update ratio: a step that moves a weight by a ten-thousandth to a hundredth of itself
BEFORE, AFTER, RATIO = "before clipping", "after clipping", "update ratio"


def norms_plot(theme: Theme) -> CurvePlot:
    """Of the gradient norms, for a board."""
    plot = CurvePlot(theme, bottom="gradient norm", left="")
    plot.add_curve(BEFORE, "muted", symbol=True, line=False, ring=True)
    plot.add_curve(AFTER, "train", symbol=True, line=False)
    return plot


def ratio_plot(theme: Theme) -> CurvePlot:
    """Of the update ratios, for a board; what is healthy is in sight."""
    plot = CurvePlot(theme, bottom="update / parameter", left="")
    edges = [math.log10(edge) for edge in HEALTHY]
    plot.add_band(edges[0], edges[1], "good", upright=True)
    plot.add_anchor().show(edges, np.zeros(2))  # however far off the ratios are, it is seen how far
    plot.add_curve(RATIO, "test", symbol=True, line=False)
    return plot


class NormBoard(QScrollArea):
    """Both plots side by side over the same rows; deep networks have more parameters than there is height."""

    said = Signal(str)  # the parameter that keys went to, in words

    def __init__(self, theme: Theme, norms: CurvePlot, ratio: CurvePlot) -> None:
        """`key` is to stand above it, one for both plots, so that their rows stay level."""
        super().__init__()
        self._theme, self._norms, self._ratio = theme, norms, ratio
        self._shown: GradientNorms | None = None
        self._ratios, self._when, self._coming = np.empty(0, np.float32), "", ""
        self._named: str | None = None  # the parameter that keys went to
        for plot in (norms, ratio):
            plot.bottom.setLogMode(True)
            plot.legend.hide()
            plot.box.invertY(True)
            plot.canvas.doubled.connect(self._show_rows)
        ratio.box.setYLink(norms.box)
        self.rows = [norms.add_line("cursor"), ratio.add_line("cursor")]
        self.key = Legend(theme)
        self._room_for: tuple[Sequence[str], int] = ((), 0)  # names in letters of that many pixels
        self._told = ""  # when what the key tells of was measured
        self._telling = Calm(self, self._show_key)
        self.key.toggled.connect(norms.hiding.toggle)
        norms.hiding.changed.connect(self._show_key)
        both = self._both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(norms)
        both.addWidget(ratio)
        both.setSizes([6000, 4000])
        both.setHandleWidth(GRID)
        ratio.left.setWidth(GRID)
        self.setWidgetResizable(True)
        self.setWidget(both)
        self.axes = AxesInSight(self, (norms, ratio))

    def show_norms(self, norms: GradientNorms, ratios: Floats, when: str, coming: str) -> None:
        """Draw the norms beside the update ratios, which were measured `when`; `coming` says where none were."""
        self._shown, self._ratios, self._when, self._coming = norms, ratios, when, coming
        rows = np.arange(len(norms.names))
        fresh = self._norms.left.labels != norms.names
        self._norms.left.set_labels(norms.names)
        self._make_room(norms.names)
        self._ratio.left.set_labels([""] * len(norms.names))
        self._norms.show_curve(BEFORE, logarithms(norms.before), rows)
        self._norms.show_curve(AFTER, logarithms(norms.after), rows)
        self._ratio.show_curve(RATIO, logarithms(ratios), rows, when)
        if fresh:
            for plot in (self._norms, self._ratio):
                plot.canvas.setMinimumHeight(len(rows) * (self._theme.small + 2) + 6 * GRID)
            self._show_rows()
        for plot in (self._norms, self._ratio):  # which show no key of their own
            plot.settle()
        if fresh or when != self._told:
            self._told = when
            self._show_key()
        else:
            self._telling.ask()
        self._mark_row()

    def say_coming(self, coming: str) -> None:
        """Say otherwise why there are no update ratios."""
        self._coming = coming
        self._show_key()

    def clear(self) -> None:
        """No parameters."""
        self._shown = None
        self.leave()
        self._norms.left.set_labels(())
        for plot in (self._norms, self._ratio):
            plot.clear()

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        for plot in (self._norms, self._ratio):
            plot.apply_theme(theme)
        self.axes.update()
        self._show_key()

    def show_everything(self) -> None:
        """Undo every zoom."""
        for plot in (self._norms, self._ratio):
            plot.show_everything()
        self._show_rows()

    def _show_rows(self) -> None:
        """All of them, each as high: following its data, a plot would leave room for half a point only."""
        if self._shown is not None:
            self._norms.box.setYRange(-0.7, len(self._shown.names) - 0.3, padding=0)

    def walk(self, down: int) -> bool:
        """So many parameters down, as they stand, at first to the first; False where there is none."""
        names = self._shown.names if self._shown else ()
        if not names:
            return False
        here = names.index(self._named) + down if self._named in names else 0
        place = min(max(here, 0), len(names) - 1)
        self.leave()
        self._named = names[place]
        self._mark_row()
        self._reveal(place)
        return True

    def leave(self) -> None:
        """No parameter is picked out."""
        self._named = None
        for line in self.rows:
            line.hide()

    def _mark_row(self) -> None:
        """A line through the parameter that keys went to, which is read out."""
        norms = self._shown
        if norms is None or self._named not in norms.names:
            return
        row = norms.names.index(self._named)
        for line in self.rows:
            CurvePlot.mark(line, row)
        numbers = ((BEFORE, norms.before), (AFTER, norms.after), (f"{RATIO} {self._when}".rstrip(), self._ratios))
        told = (numerals(f"{name} {values[row]:.3g}") for name, values in numbers if np.isfinite(values[row]))
        self.said.emit(" · ".join((self._named, *told)))

    def _reveal(self, row: int) -> None:
        """Scroll to a parameter."""
        canvas = self._norms.canvas
        place = canvas.mapFromScene(self._norms.box.mapViewToScene(QPointF(0, row)))
        self.ensureVisible(0, canvas.mapTo(self.widget(), place).y(), 0, self.axes.height() + GRID)

    def _make_room(self, names: Sequence[str]) -> None:
        """As much room for the names as the widest needs: left to itself, the axis finds out one picture too late."""
        if (names, self._theme.small) == self._room_for:
            return
        self._room_for = names, self._theme.small
        font = QFont()
        font.setPixelSize(self._theme.small)
        wide = max(map(QFontMetrics(font).horizontalAdvance, names), default=0)
        if self._norms.left.minimumWidth() != wide + 2 * GRID:
            self._norms.left.setWidth(wide + 2 * GRID)
            self._divide(wide + 2 * GRID)

    def _divide(self, names: int) -> None:
        """Beside the names, which take so many pixels, both plots are as wide."""
        room = self._both.width()
        if room > names:
            self._both.setSizes([names + (room - names) // 2, (room - names) // 2])

    def _show_key(self) -> None:
        if self._shown is None:
            return
        self._ratio.setVisible(found := measured(self._ratios))  # the key says why there is none
        low, high = HEALTHY
        healthy = int(np.sum((self._ratios >= low) & (self._ratios <= high)))
        told = f"{healthy} of {len(self._shown.names)} parameters" if found else self._coming
        band = Key(numerals(f"healthy ({low:.0e} to {high:.0e})"), patch(self._theme.color("good", 0.4)), told)
        points = [curve.key(self._theme) for plot in (self._norms, self._ratio) for curve in plot.curves.values()]
        self.key.show_items(self._theme, self._norms.hiding.marked((*points, band)))


def measured(ratios: Floats) -> bool:
    """Whether the update of their batch was watched."""
    return bool(np.isfinite(ratios).any())
