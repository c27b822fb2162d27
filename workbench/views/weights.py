"""The weights themselves: matrices, how their values spread while training goes on, and what feeding back does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import ParameterPicture, Spectrum, Weights
from workbench.looks.theme import GRID, Theme
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.frame.scrolled import scrolled
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.plots.heat.parameter_map import ParameterMap
from workbench.plots.heat.spread import Spread
from workbench.plots.heat.spread_map import SpreadMap
from workbench.plots.states.eigenvalue_plot import EigenvaluePlot
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import NamesBox

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
            self._spread.remember(snapshot.measured_at("weights")[0], weights)
        super().show_snapshot(snapshot)

    def reset(self, *, beginning: bool = False) -> None:
        """No history."""
        self._spread.clear()
        super().reset(beginning=beginning)

    def build(self) -> Iterator[None]:
        """The matrix at the left; histogram over training and spectrum at the right."""
        self._maps = ParameterMap(self.theme)
        yield
        self._spreads = SpreadMap(self.theme)
        yield
        self._plane = EigenvaluePlot(self.theme)
        self._parameter, self._matrix = NamesBox(), NamesBox()
        self._parameter.activated.connect(self._draw_other)
        self._matrix.activated.connect(lambda _index: self.needs_changed.emit())
        self.add_control("Parameter", self._parameter, "parameter")
        self._choice = self.add_asking_control("Spectrum", self._matrix, "matrix")
        self._lay_out()
        self._let_one_speak()

    def _let_one_speak(self) -> None:
        """Where something is read out of one picture, nothing is of the others."""
        maps, spreads, plane = self._maps, self._spreads, self._plane
        parts = ((maps, maps.leave), (spreads, spreads.walked.leave), (plane, plane.leave))
        for part, _ in parts:
            part.said.connect(self.read_out)
            for other, leave in parts:
                if other is not part:
                    part.said.connect(leave)

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
        """No pictures."""
        self._maps.forget()
        self._spreads.forget()
        self._plane.forget()

    def recolour(self) -> None:
        """All three pictures."""
        self._maps.apply_theme(self.theme)
        self._spreads.apply_theme(self.theme)
        self._plane.apply_theme(self.theme)
        weights = self.probe("weights")
        if isinstance(weights, Weights) and self._maps.panels:  # it was drawn, in other colours
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
        self._maps.let_go()  # of a cell of the matrix before
        weights = self.probe("weights")
        if isinstance(weights, Weights):
            self._draw_maps(weights)

    def _draw_maps(self, weights: Weights) -> None:
        picture = self._chosen(weights)
        self._maps.show_parameter(picture)
        if not self.compact:
            self._draw_spread(picture.name, self._maps.levels(0)[1])

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

    # --- keys -------------------------------------------------------------------------------------------

    def walk_inside(self, across: int, down: int) -> bool:
        """From cell to cell, down through all bands of the matrix.

        Up from its first row are the eigenvalues, right of its last column the histograms.
        """
        beside = self._walk_spreads(across, down) or self._walk_plane(across, down)
        return beside or self._maps.walk(across, down)

    def _walk_plane(self, across: int, down: int) -> bool:
        """The further up or to the right the smaller; down from the outermost one is the matrix again."""
        inside = self._plane.at is not None
        above = down < 0 and self._maps.in_first_row
        if down > 0 and self._plane.at == 0:
            self._plane.leave()
            return False
        return self._plane.isVisible() and (inside or above) and self._plane.walk(across - down)

    def _walk_spreads(self, across: int, down: int) -> bool:
        """Left of the first moment is the matrix again."""
        inside = self._spreads.walked.cell
        if inside is not None and not inside[1] and across == -1:
            self._spreads.walked.leave()
            return False
        beside = across == 1 and self._maps.in_last_column
        return self._spreads.isVisible() and (inside is not None or beside) and self._spreads.walk(across, down)

    def leave_inside(self) -> None:
        """No cell is read out."""
        self._maps.let_go()


def _summary(picture: ParameterPicture) -> tuple[Cell, ...]:
    low, middle, high = (float(picture.quantiles[place]) for place in (0, len(picture.quantiles) // 2, -1))
    shape = " × ".join(map(str, picture.shape))
    return picture.name, shape, max(abs(low), abs(high)), low, middle, high, math.nan, math.nan
