"""The weights themselves: matrices, how their values spread while training goes on, and what feeding back does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import Floats, ParameterPicture, Spectrum, Weights
from workbench.elided_box import ElidedBox
from workbench.plots.eigenvalue_plot import EigenvaluePlot
from workbench.plots.heat_grid import HeatGrid, Panel, Spot
from workbench.plots.keys import Scale
from workbench.plots.levels import Levels
from workbench.plots.numerals import numeral
from workbench.plots.saving import Cell, Table
from workbench.plots.scrolled import scrolled
from workbench.plots.spread import Spread
from workbench.plots.spread_map import SpreadMap
from workbench.plots.time_cursor import TimeCursor
from workbench.theme import GRID, Theme
from workbench.views.live_view import LiveView

_LEAST_LEVEL = 1e-3
_NARROW = 40  # letters of text beside each other
_MATRIX, _HISTOGRAM, _PLANE = 32 * GRID, 19 * GRID, 24 * GRID  # pixels of height at least, with text of the usual size


class WeightMaps(LiveView):
    """Each parameter as a heat map, its histogram over training, and the spectrum of the recurrent matrices."""

    key = "weights"
    title = "Weights"
    order = 27
    question = (
        "What do the weights look like, how do they spread, and does the recurrent matrix shrink or grow a state?"
    )
    probes = frozenset({"weights", "spectrum"})
    gathers = frozenset({"weights"})
    parts = MappingProxyType({"weights": "weights", "spectrum": "spectrum"})
    waiting = "Press Run (F5): every weight is drawn here, and the eigenvalues of the recurrent matrices."

    def __init__(
        self, theme: Theme, cursor: TimeCursor | None = None, *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        """As every view; how the weights spread is kept from the beginning, seen or not."""
        super().__init__(theme, cursor, compact=compact, parent=parent)
        self._spread = Spread()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """One column more of the histograms, and the picture."""
        weights = dict(snapshot.values).get("weights")
        if isinstance(weights, Weights):
            self._spread.remember(snapshot.step, weights)
        super().show_snapshot(snapshot)

    def reset(self, *, beginning: bool = False) -> None:
        """No history."""
        self._spread.clear()
        super().reset(beginning=beginning)

    def build(self) -> Iterator[None]:
        """The matrix at the left; histogram over training and spectrum at the right."""
        self._maps = HeatGrid(self.theme, bottom="column", left="row")
        yield
        self._spreads = SpreadMap(self.theme)
        yield
        self._plane = EigenvaluePlot(self.theme)
        self._levels = dict[str, Levels]()
        self._cell: tuple[int, int, int] | None = None  # panel, row and column that keys went to
        self._parameter, self._matrix = ElidedBox(), ElidedBox()
        self._parameter.activated.connect(self._draw_other)
        self._matrix.activated.connect(lambda _index: self.needs_changed.emit())
        self.add_control("Parameter", self._parameter, "parameter")
        self._choice = self.add_asking_control("Spectrum of", self._matrix, "matrix")
        self._lay_out()
        self._maps.hovered.connect(self._hover)
        self._spreads.said.connect(self._plane.leave)
        self._plane.said.connect(self._spreads.walked.leave)
        for part in (self._spreads, self._plane):
            part.said.connect(self._read_beside)

    def make_ahead(self) -> bool:
        """What the bands of the matrix are made of, which are as many as gates."""
        return not self.compact and self._maps.make_spare()

    def _lay_out(self) -> None:
        side = QSplitter(Qt.Orientation.Vertical)
        both = self._both = QSplitter(Qt.Orientation.Horizontal)
        side.addWidget(self._spreads)
        side.addWidget(self._plane)
        side.setSizes([4000, 6000])
        both.addWidget(self._maps)
        both.addWidget(side)
        both.setSizes([6000, 4000])
        for splitter in (side, both):
            splitter.setHandleWidth(GRID)
            splitter.setChildrenCollapsible(False)
        side.setVisible(not self.compact)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(both, f"{self.key}.plots", f"{self.title}: matrix, histograms and spectrum"))

    def fit_room(self) -> None:
        """Where it is narrow for the size of its text, one stands below the other."""
        super().fit_room()
        if self._built:
            narrow = self.width() < _NARROW * self.theme.body
            self._both.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)
            for part, high in ((self._maps, _MATRIX), (self._spreads, _HISTOGRAM), (self._plane, _PLANE)):
                part.setMinimumHeight(0 if self.compact else round(high * self.theme.scale))

    def wishes(self) -> dict[str, Any]:
        """Ask for the spectrum of the chosen matrix."""
        return {"spectrum": self._matrix.currentText()}

    def draw(self, snapshot: Snapshot) -> None:
        """All three pictures."""
        weights, spectrum = self.probe("weights"), self.probe("spectrum")
        if isinstance(weights, Weights):
            self._draw_maps(weights)
        if isinstance(spectrum, Spectrum):
            self._draw_spectrum(spectrum)

    def clear(self) -> None:
        """No pictures; the levels of the last run are forgotten."""
        self._levels.clear()
        self._mark_cell(None)
        self._maps.arrange(())
        self._maps.show_scales(())
        self._spreads.forget()
        self._plane.forget()

    def recolour(self) -> None:
        """All three pictures."""
        self._maps.apply_theme(self.theme)
        self._spreads.apply_theme(self.theme)
        self._plane.apply_theme(self.theme)
        weights = self.probe("weights")
        if isinstance(weights, Weights) and self._levels:  # it was drawn, in other colours
            self._draw_maps(weights)

    def reset_zoom(self) -> None:
        """All three pictures."""
        for part in (self._maps, self._spreads, self._plane):
            part.show_everything()

    def table(self) -> Table:
        """Every parameter: its shape, smallest, median and largest value; then the eigenvalues that are shown."""
        weights, spectrum = self.probe("weights"), self.probe("spectrum")
        rows: list[tuple[Cell, ...]] = []
        if isinstance(weights, Weights):
            rows += [_summary(picture) for picture in weights.parameters]
        if isinstance(spectrum, Spectrum):
            values = spectrum.eigenvalues.tolist()
            rows += [(f"eigenvalue of {spectrum.name}", "", abs(v), *[math.nan] * 3, v.real, v.imag) for v in values]
        of_values = "largest size", "smallest", "median", "largest"
        return ("parameter", "shape", *of_values, "real part", "imaginary part"), rows

    # --- matrix and histogram ---------------------------------------------------------------------------

    def _chosen(self, weights: Weights) -> ParameterPicture:
        names = [picture.name for picture in weights.parameters]
        if names != [self._parameter.itemText(i) for i in range(self._parameter.count())]:
            self._parameter.clear()
            self._parameter.addItems(names)
            usual = next((name for name in names if "weight_hh" in name), names[0])
            self._parameter.setCurrentText(usual)
        return weights.parameters[self._parameter.currentIndex()]

    def _draw_other(self) -> None:
        self._hover(None)  # a cell of the matrix before
        weights = self.probe("weights")
        if isinstance(weights, Weights):
            self._draw_maps(weights)

    def _draw_maps(self, weights: Weights) -> None:
        picture = self._chosen(weights)
        held = self._levels.setdefault(picture.name, Levels(_LEAST_LEVEL))
        levels = held.hold(picture.quantiles)
        bands = _bands(picture)
        columns = 1 if len(bands) == 1 else 2
        self._maps.arrange([Panel(index // columns, index % columns) for index in range(len(bands))])
        for index, (name, values) in enumerate(bands):
            self._maps.show_panel(index, values, levels, name)
        down, across = picture.pool
        self._maps.show_axis([str(across * column) for column in range(bands[0][1].shape[1])])
        for row in range(-(-len(bands) // columns)):
            self._maps.show_units(row, [str(down * unit) for unit in range(bands[0][1].shape[0])])
        pooled = f", strongest of {down} × {across}" if picture.pool != (1, 1) else ""
        self._maps.show_scales([Scale(f"weight{pooled}", self.theme.color_map("diverging"), *levels, held.beyond)])
        if not self.compact:
            self._draw_spread(picture.name, levels[1])
        self._read_cell()

    def _draw_spread(self, name: str, reach: float) -> None:
        shares, steps = self._spread.picture(name, reach)
        if steps:
            self._spreads.show_spread(name, reach, shares, steps, self.moment)

    # --- spectrum ---------------------------------------------------------------------------------------

    def _draw_spectrum(self, spectrum: Spectrum) -> None:
        self._choice.setVisible(bool(spectrum.available) and not self.compact)
        self._plane.setVisible(bool(spectrum.available))
        names = list(spectrum.available)
        if names != [self._matrix.itemText(i) for i in range(self._matrix.count())]:
            self._matrix.clear()
            self._matrix.addItems(names)
            self._matrix.setCurrentText(spectrum.name)
        if spectrum.available:
            self._plane.show_spectrum(spectrum)

    # --- mouse ------------------------------------------------------------------------------------------

    def walk_inside(self, across: int, down: int) -> bool:
        """From cell to cell, down through all bands of the matrix.

        Up from its first row are the eigenvalues, right of its last column the histograms.
        """
        if self._walk_spreads(across, down) or self._walk_plane(across, down):
            return True
        grid = self._maps
        rows = [(panel, row) for panel in range(len(grid.panels)) for row in range(len(grid.data(panel)))]
        if not rows:
            return False
        panel, row, column = self._cell or (0, 0, 0)
        at = rows.index((panel, row)) if (panel, row) in rows else 0
        panel, row = rows[min(max(at + (down if self._cell else 0), 0), len(rows) - 1)]
        last = grid.data(panel).shape[1] - 1
        column = min(max(column + (across if self._cell else 0), 0), last)
        self._mark_cell((panel, row, column))
        grid.reveal(panel)
        self._read_cell()
        return True

    def _walk_plane(self, across: int, down: int) -> bool:
        """The further up or to the right the smaller; down from the outermost one is the matrix again."""
        inside = self._plane.at is not None
        above = down < 0 and (self._cell is None or self._cell[:2] == (0, 0))
        if down > 0 and self._plane.at == 0:
            self._plane.leave()
            return False
        return self._plane.isVisible() and (inside or above) and self._plane.walk(across - down)

    def _walk_spreads(self, across: int, down: int) -> bool:
        """Left of the first moment is the matrix again."""
        cell, inside = self._cell, self._spreads.walked.cell
        if inside is not None and not inside[1] and across == -1:
            self._spreads.walked.leave()
            return False
        beside = cell is not None and across == 1 and cell[2] == self._maps.data(cell[0]).shape[1] - 1
        return self._spreads.isVisible() and (inside is not None or beside) and self._spreads.walk(across, down)

    def _read_cell(self) -> None:
        if self._cell is not None:
            panel, row, column = self._cell
            self._read(Spot(panel, row, column, float(self._maps.data(panel)[row, column])))

    def leave_inside(self) -> None:
        """No cell is read out."""
        self._hover(None)

    def _mark_cell(self, cell: tuple[int, int, int] | None) -> None:
        self._cell = cell
        self._maps.show_row(cell[:2] if cell else None)
        self._maps.show_cursor(cell[2] if cell else None)

    def _hover(self, spot: Spot | None) -> None:
        self._mark_cell(None)
        self._plane.leave()
        self._spreads.walked.leave()
        self._read(spot)

    def _read_beside(self, words: str) -> None:
        """Of the histograms or the eigenvalues: no cell of the matrix is read out then."""
        self._mark_cell(None)
        self.read_out(words)

    def _read(self, spot: Spot | None) -> None:
        weights = self.probe("weights")
        if spot is None or not isinstance(weights, Weights):
            self.read_out("")
            return
        picture = self._chosen(weights)
        down, across = picture.pool
        name, band = _bands(picture)[spot.panel]
        row, column = (spot.unit, spot.time) if len(picture.shape) > 1 else (spot.time, 0)
        place = f"{name or picture.name} · row {down * row} · column {across * column}"
        pooled = f" (strongest of {down} × {across})" if picture.pool != (1, 1) else ""
        self.read_out(f"{place}{pooled} · {numeral(f'{band[spot.unit, spot.time]:+.5f}')}")


def _bands(picture: ParameterPicture) -> list[tuple[str, Floats]]:
    """Name and picture (rows, columns) of every band of rows; a bias lies down."""
    names = picture.blocks or ("",)
    parts = np.split(picture.values, len(names)) if len(names) > 1 else [picture.values]
    flat = len(picture.shape) == 1
    return [(name, np.ascontiguousarray(part.T) if flat else part) for name, part in zip(names, parts, strict=True)]


def _summary(picture: ParameterPicture) -> tuple[Cell, ...]:
    low, middle, high = (float(picture.quantiles[place]) for place in (0, len(picture.quantiles) // 2, -1))
    shape = " × ".join(map(str, picture.shape))
    return picture.name, shape, max(abs(low), abs(high)), low, middle, high, math.nan, math.nan
