"""The pinned sequence as heat maps: a row for each layer and direction, a column for each quantity."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.events import Probe
from engine.inside_records import BatchSlot, Floats, HiddenTrace, LayerTrace
from workbench.looks.theme import Theme
from workbench.plots.axes.levels import Levels
from workbench.plots.axes.numerals import numeral
from workbench.plots.axes.step_names import named, step_in_brackets
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.frame.time_cursor import TimeCursor
from workbench.plots.heat.heat_grid import LEAST_HEIGHT, HeatGrid, Panel, Spot
from workbench.plots.heat.unit_order import ORDERS, unit_order
from workbench.plots.key.keys import Scale
from workbench.widgets.elided_box import ElidedBox, NamesBox

_ALL = "all layers"
_LEAST_SMALL = 40  # pixels of height of a panel in a small place, with text of the usual size
_READS_ONLY = "reads only"  # of a layer that is at rest while the network writes
InTurn = Callable[[Callable[[], bool]], None]  # as `later.in_turn`, about whoever holds the grid
NOT_RUNNING = "it does not run here"  # a layer that reads backward, while the network writes


@dataclass(frozen=True, slots=True)
class Strip:
    """One quantity of one layer and direction: `data` is (T, H), `map` a colour map of the theme."""

    name: str
    data: Floats
    map: str = "diverging"
    note: str = ""  # stands behind the name, above the picture


def layer_name(trace: LayerTrace | BatchSlot) -> str:
    """A layer and direction as people count: from 1."""
    return f"layer {trace.layer + 1}" + (" reverse" if trace.reverse else "")


def steps_of(trace: Probe | None) -> int:
    """How many time steps the pinned sequence has; 0 where it was not traced."""
    return len(trace.layers[0].hidden) if isinstance(trace, HiddenTrace) and trace.layers else 0


class TraceGrid(QWidget):
    """Units × time of whatever `strips` finds in a layer's trace.

    `layer` and `order` are choices for the view to put into its bar. The order of the units is worked out when it
    is chosen and then kept, so that a unit stays where it is while the network learns.
    """

    read = Signal(str)  # the value under the mouse, or where keys have gone, in words

    def __init__(
        self, theme: Theme, cursor: TimeCursor, strips: Callable[[LayerTrace], tuple[Strip, ...]], *, last_only: bool
    ) -> None:
        """`last_only` shows the last layer alone, for a small place."""
        super().__init__()
        self._theme, self._cursor, self._strips, self._last_only = theme, cursor, strips, last_only
        self._trace: HiddenTrace | None = None
        self.shown: list[tuple[LayerTrace, Strip]] = []
        self._by_keys: tuple[int, int] | None = None  # panel and row that keys have gone to
        self._orders: dict[str, NDArray[np.intp]] = {}
        self._levels: dict[str, Levels] = {}
        self._in_turn: InTurn | None = None
        self._coming: list[Panel] = []  # that are being made
        least = _LEAST_SMALL if last_only else LEAST_HEIGHT
        self.grid = HeatGrid(theme, bottom="time step", left="unit", least_height=least)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.grid)
        self.layer, self.order = NamesBox(), ElidedBox()
        self.layer.addItem(_ALL)
        self.order.addItems(ORDERS)
        self.order.setToolTip("Worked out when it is chosen; choose again to work it out anew.")
        self.layer.activated.connect(self._draw)
        self.order.activated.connect(self._order_anew)
        self.grid.hovered.connect(self._hover)
        self.grid.clicked.connect(self._click)
        cursor.moved.connect(self._mark)

    @property
    def time_steps(self) -> int:
        """Steps of the sequence that is shown."""
        return len(self.shown[0][1].data) if self.shown else 0

    def show_trace(self, trace: HiddenTrace, in_turn: InTurn | None = None) -> None:
        """Bring every panel up to date; the arrangement stays while the network is the same.

        With `in_turn`, many panels that were not made ahead come each in a turn of the event loop of its own.
        """
        self._trace, self._in_turn = trace, in_turn
        names = [_ALL, *(layer_name(layer) for layer in trace.layers)]
        if names != [self.layer.itemText(i) for i in range(self.layer.count())]:
            chosen = self.layer.currentText()
            self.layer.clear()
            self.layer.addItems(names)
            self.layer.setCurrentText(chosen)
        self._draw()

    def clear(self) -> None:
        """No panels; orders and levels of the last run are forgotten."""
        self._trace = None
        self._orders.clear()
        self._levels.clear()
        self.shown, self._coming = [], []
        self._by_keys = None
        self.grid.arrange(())
        self.grid.show_scales(())

    def apply_theme(self, theme: Theme) -> None:
        """Take the colours of `theme`."""
        self._theme = theme
        self.grid.apply_theme(theme)
        self._show_scales()

    def order_of(self, layer: LayerTrace) -> NDArray[np.intp]:
        """The units of a layer from top to bottom."""
        order = self._orders.get(layer_name(layer))
        if order is None or len(order) != layer.hidden.shape[1]:
            order = self._orders[layer_name(layer)] = unit_order(layer.hidden, self.order.currentText())
        return order

    def walk(self, by: int) -> None:
        """Go `by` rows down, through all panels, and read out the value at the time cursor: what Up and Down do."""
        before = self._by_keys
        self.choose_row(by)
        if self._by_keys is None:
            return
        if self._cursor.position is None:
            self._cursor.walk(1, self.time_steps)
        self._mark()
        if before is None or before[0] != self._by_keys[0]:
            self.grid.reveal(self._by_keys[0])

    def choose_row(self, by: int = 0) -> None:
        """The row that is read out as the time cursor walks: the first one, unless there is one already."""
        rows = [(panel, row) for panel, (_, strip) in enumerate(self.shown) for row in range(strip.data.shape[1])]
        at = rows.index(self._by_keys) + by if self._by_keys in rows else 0
        self._by_keys = rows[min(max(at, 0), len(rows) - 1)] if rows else None

    def table(self) -> Table:
        """One row for each unit of what is shown, in the order of the picture; one column for each time step."""
        labels = self._trace.labels if self._trace else ()
        rows: list[tuple[Cell, ...]] = [
            (layer_name(layer), strip.name, int(unit), *map(float, strip.data[:, unit]))
            for layer, strip in self.shown
            for unit in self.order_of(layer)
        ]
        return ("layer", "quantity", "unit", *(named(label) for label in labels)), rows

    # --- drawing ----------------------------------------------------------------------------------------

    def _draw(self) -> None:
        if self._trace is None:
            return
        layers = self._chosen(self._trace)
        rows = [(layer, self._strips(layer)) for layer in layers]
        panels = [Panel(row, column, s.map) for row, (_, strips) in enumerate(rows) for column, s in enumerate(strips)]
        if self._in_turn and self.grid.lacks(panels):
            self._come(panels, self._in_turn)
            return
        self.shown = [(layer, strip) for layer, strips in rows for strip in strips]
        self.grid.arrange(panels)
        for _, strip in self.shown:
            self._levels_of(strip)  # before any is drawn: what is in a later layer widens those of all
        for index, (layer, strip) in enumerate(self.shown):
            picture = np.ascontiguousarray(strip.data.T[self.order_of(layer)])
            where = layer_name(layer) if len(self._trace.layers) > 1 else ""
            name = "" if self._last_only else strip.name  # a small place shows one thing, which the key names
            only = _READS_ONLY if self._trace.written_from is not None and layer.reverse else ""
            title = " · ".join(part for part in (where, name, strip.note, only) if part)
            self.grid.show_panel(index, picture, self._levels_of(strip), title)
        self.grid.show_axis(self._trace.labels, self._written(self._trace))
        for row, layer in enumerate(layers):
            self.grid.show_units(row, [str(unit) for unit in self.order_of(layer)])
        self._show_scales()
        self._mark()

    def _come(self, panels: list[Panel], in_turn: InTurn) -> None:
        """Make these panels, then draw."""
        if not self._coming:
            in_turn(self._make_next)
        self.shown, self._coming = [], panels

    def _make_next(self) -> bool:
        """Whether there is more to do; where it fails, none are coming any more."""
        coming, self._coming = self._coming, []
        if coming and (self.grid.make_for(coming) or self.grid.arrange(coming)):
            self._coming = coming
            return True
        self._draw()
        return False

    @staticmethod
    def _written(trace: HiddenTrace) -> str:
        """Where a network that has read begins to write, in steps that are counted from 1."""
        return f"written from {trace.written_from + 1} on" if trace.written_from else ""

    def _chosen(self, trace: HiddenTrace) -> list[LayerTrace]:
        if self._last_only:
            return [layer for layer in trace.layers if layer.layer == trace.layers[-1].layer]
        return [layer for layer in trace.layers if self.layer.currentText() in (_ALL, layer_name(layer))]

    def _levels_of(self, strip: Strip) -> tuple[float, float]:
        if strip.map == "magnitude":
            return 0.0, 1.0
        return self._levels.setdefault(strip.name, Levels()).hold(strip.data)

    def _show_scales(self) -> None:
        names: dict[tuple[str, tuple[float, float], bool], list[str]] = {}
        for _, strip in self.shown:
            levels, held = self._levels_of(strip), self._levels.get(strip.name)
            sharing = names.setdefault((strip.map, levels, held is not None and held.beyond), [])
            if strip.name not in sharing:
                sharing.append(strip.name)
        scales = [
            Scale(", ".join(sharing), self._theme.color_map(role), *levels, beyond)
            for (role, levels, beyond), sharing in names.items()
        ]
        self.grid.show_scales(scales)

    def _order_anew(self) -> None:
        self._orders.clear()
        self._draw()

    # --- cursor -----------------------------------------------------------------------------------------

    def _mark(self) -> None:
        position = self._cursor.position
        inside = position is not None and position < self.time_steps
        self.grid.show_cursor(position if inside else None)
        if self._by_keys is not None:
            self._read_by_keys(position if inside else None)

    def _read_by_keys(self, time: int | None) -> None:
        panel, row = self._by_keys or (0, 0)
        if time is None or panel >= len(self.shown) or row >= self.shown[panel][1].data.shape[1]:
            self._by_keys = None
            self.read.emit("")
        else:
            self.read.emit(self._words(Spot(panel, row, time, float(self.grid.data(panel)[row, time]))))
        self.grid.show_row(self._by_keys)

    def _hover(self, spot: Spot | None) -> None:
        self._by_keys = None
        self.grid.show_row(None)
        self._cursor.hover(spot.time if spot else None)
        self.read.emit(self._words(spot) if spot and spot.panel < len(self.shown) else "")

    def _click(self, spot: Spot) -> None:
        self._cursor.pin(spot.time)

    def _words(self, spot: Spot) -> str:
        layer, strip = self.shown[spot.panel]
        place = f"step {spot.time + 1}" + (step_in_brackets(self._trace.labels, spot.time) if self._trace else "")
        unit = self.order_of(layer)[spot.unit]
        value = numeral(f"{spot.value:+.4f}") if np.isfinite(spot.value) else NOT_RUNNING
        return f"{layer_name(layer)} · {strip.name} · unit {unit} · {place} · {value}"
