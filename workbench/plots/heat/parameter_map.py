"""The matrix of one parameter as heat maps, a band of rows for each gate, of which each cell can be read out."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal

from engine.inside_records import Floats, ParameterPicture
from workbench.looks.theme import Theme
from workbench.plots.axes.levels import Levels
from workbench.plots.axes.numerals import numeral
from workbench.plots.heat.heat_grid import HeatGrid, Panel, Spot
from workbench.plots.key.keys import Scale

_LEAST_LEVEL = 1e-3


class ParameterMap(HeatGrid):
    """Bands stand in two columns; the colours of a parameter are held throughout a run."""

    said = Signal(str)  # the cell under the mouse, or that keys went to, in words

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, bottom="column", left="row")
        self._levels = dict[str, Levels]()
        self._picture: ParameterPicture | None = None
        self.at: tuple[int, int, int] | None = None  # panel, row and column that keys went to
        self.hovered.connect(self._hover)

    def show_parameter(self, picture: ParameterPicture) -> None:
        """Draw it, and say the cell that keys went to anew."""
        self._picture = picture
        held = self._levels.setdefault(picture.name, Levels(_LEAST_LEVEL))
        levels = held.hold(picture.quantiles)
        bands = _bands(picture)
        columns = 1 if len(bands) == 1 else 2
        self.arrange([Panel(index // columns, index % columns) for index in range(len(bands))])
        for index, (name, values) in enumerate(bands):
            self.show_panel(index, values, levels, name)
        down, across = picture.pool
        self.show_axis([str(across * column) for column in range(bands[0][1].shape[1])])
        for row in range(-(-len(bands) // columns)):
            self.show_units(row, [str(down * unit) for unit in range(bands[0][1].shape[0])])
        pooled = f", strongest of {down} × {across}" if picture.pool != (1, 1) else ""
        self.show_scales([Scale(f"weight{pooled}", self._theme.color_map("diverging"), *levels, held.beyond)])
        self._say_again()

    def forget(self) -> None:
        """No parameter; the levels of the last run are forgotten."""
        self._levels.clear()
        self._picture = None
        self.leave()
        self.arrange(())
        self.show_scales(())

    def walk(self, across: int, down: int) -> bool:
        """From cell to cell, down through all bands, at first to the first; False where there is none."""
        rows = [(panel, row) for panel in range(len(self.panels)) for row in range(len(self.data(panel)))]
        if not rows:
            return False
        panel, row, column = self.at or (0, 0, 0)
        place = rows.index((panel, row)) if (panel, row) in rows else 0
        panel, row = rows[min(max(place + (down if self.at else 0), 0), len(rows) - 1)]
        last = self.data(panel).shape[1] - 1
        column = min(max(column + (across if self.at else 0), 0), last)
        self._mark((panel, row, column))
        self.reveal(panel)
        self._say_again()
        return True

    @property
    def in_first_row(self) -> bool:
        """Whether there is no way further up."""
        return self.at is None or self.at[:2] == (0, 0)

    @property
    def in_last_column(self) -> bool:
        """Whether keys have gone to the right as far as they can."""
        return self.at is not None and self.at[2] == self.data(self.at[0]).shape[1] - 1

    def leave(self) -> None:
        """No cell is picked out."""
        self._mark(None)

    def let_go(self) -> None:
        """Nor read out."""
        self._hover(None)

    def _mark(self, cell: tuple[int, int, int] | None) -> None:
        self.at = cell
        self.show_row(cell[:2] if cell else None)
        self.show_cursor(cell[2] if cell else None)

    def _hover(self, spot: Spot | None) -> None:
        self.leave()
        self.said.emit(self._words(spot) if spot else "")

    def _say_again(self) -> None:
        if self.at is not None:
            panel, row, column = self.at
            self.said.emit(self._words(Spot(panel, row, column, float(self.data(panel)[row, column]))))

    def _words(self, spot: Spot) -> str:
        picture = self._picture
        if picture is None:
            return ""
        down, across = picture.pool
        name, band = _bands(picture)[spot.panel]
        row, column = (spot.unit, spot.time) if len(picture.shape) > 1 else (spot.time, 0)
        place = f"{name or picture.name} · row {down * row} · column {across * column}"
        pooled = f" (strongest of {down} × {across})" if picture.pool != (1, 1) else ""
        return f"{place}{pooled} · {numeral(f'{band[spot.unit, spot.time]:+.5f}')}"


def _bands(picture: ParameterPicture) -> list[tuple[str, Floats]]:
    """Name and picture (rows, columns) of every band of rows; a bias lies down."""
    names = picture.blocks or ("",)
    parts = np.split(picture.values, len(names)) if len(names) > 1 else [picture.values]
    flat = len(picture.shape) == 1
    return [(name, np.ascontiguousarray(part.T) if flat else part) for name, part in zip(names, parts, strict=True)]
