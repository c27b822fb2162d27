"""Where on its activation function every unit works: in the steep middle, or out where nothing is learned."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import PreActivations, SlotTrace
from workbench.later import later
from workbench.plots.function_plot import BINS, FunctionPlot
from workbench.plots.saving import Cell, Table
from workbench.plots.scrolled import scrolled
from workbench.plots.trace_grid import layer_name
from workbench.theme import GRID
from workbench.views.live_view import LiveView

_READABLE = 22 * GRID  # pixels of height of a plot and its key, with text of the usual size


class Activation(LiveView):
    """f and f′ of every activation function of a layer, with the arguments that it gets as a histogram."""

    key = "activation"
    title = "Activation"
    order = 45
    question = "Do the units work where their function is steep, or are they saturated and learn nothing?"
    probes = frozenset({"pre_activations"})
    waiting = "Press Run (F5): what goes into the activation functions over one validation sequence is drawn here."

    def build(self) -> None:
        """A plot for each function of the chosen layer, made when it is known how many there are."""
        self._plots: list[FunctionPlot] = []
        self._layer = QComboBox()
        self._layer.activated.connect(self._draw_again)
        self.add_control("Layer", self._layer, "layer")
        self._grid = QGridLayout(inside := QWidget())
        self._grid.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scrolled(inside, f"{self.key}.plots", f"{self.title}: a plot for each function"))
        self.time.moved.connect(self._show_cursor)

    def draw(self, snapshot: Snapshot) -> None:
        """The chosen layer; a plot that is not there yet is made in each turn of the event loop."""
        slots = self._slots()
        begun = len(self._plots) if len(self._plots) <= len(slots) else 0
        self._arrange(begun, len(slots))
        for plot, slot in zip(self._plots, slots, strict=False):
            plot.show_function(slot.name, slot.function, slot.before)
        self._show_cursor()
        if len(self._plots) < len(slots):
            later(0, self, self._draw_again)

    def clear(self) -> None:
        """No curves, no histograms."""
        for plot in self._plots:
            plot.forget()
            plot.show_everything()

    def recolour(self) -> None:
        """Every plot."""
        for plot in self._plots:
            plot.apply_theme(self.theme)
            plot.setMinimumHeight(self._least)

    @property
    def _least(self) -> int:
        """Pixels of height of a plot and its key that can be read."""
        return round(_READABLE * self.theme.scale)

    def reset_zoom(self) -> None:
        """Every plot."""
        for plot in self._plots:
            plot.show_everything()

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        found = self.probe("pre_activations")
        return len(found.slots[0].before) if isinstance(found, PreActivations) and found.slots else 0

    def table(self) -> Table:
        """One row for each bar of each histogram of the layer, with how much of the whole is saturated."""
        layer, plots = (self._layer.currentText(), self._plots) if self._built else ("", [])
        rows: list[tuple[Cell, ...]] = [
            (layer, plot.name, plot.function, *plot.edges[bar : bar + 2].tolist(), *plot.shares[bar : bar + 1].tolist(),
             plot.saturated_share)
            for plot in plots
            if plot.function
            for bar in range(BINS)
            if plot.shares[bar]
        ]  # fmt: skip
        return ("layer", "where", "function", "from", "to", "share of values", "saturated share of all"), rows

    def _slots(self) -> list[SlotTrace]:
        """What goes into the functions of the chosen layer; of the last one in a small place."""
        found = self.probe("pre_activations")
        if not isinstance(found, PreActivations):
            return []
        names = list(dict.fromkeys(layer_name(slot) for slot in found.slots))
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.clear()
            self._layer.addItems(names)
        return [slot for slot in found.slots if layer_name(slot) == self._layer.currentText()]

    def _arrange(self, begun: int, count: int) -> None:
        """Leave the first `begun` plots, and add one to them if `count` are wanted: four at once held the window up."""
        for plot in self._plots[begun:]:
            self._grid.removeWidget(plot)
            plot.deleteLater()
        del self._plots[begun:]
        if begun < count:
            plot = FunctionPlot(self.theme)
            plot.setMinimumHeight(self._least)
            columns = 1 if count == 1 else 2
            self._grid.addWidget(plot, begun // columns, begun % columns)
            plot.hovered.connect(partial(self._hover, plot))
            self._plots.append(plot)

    def _draw_again(self) -> None:
        if self.snapshot is not None:
            self.draw(self.snapshot)

    def _show_cursor(self) -> None:
        position, slots = self.time.position, self._slots()
        for plot, slot in zip(self._plots, slots, strict=False):
            inside = position is not None and position < len(slot.before)
            plot.show_now(slot.before[position] if inside else slot.before[0, :0])

    def _hover(self, plot: FunctionPlot, place: float | None) -> None:
        self.read_out("" if place is None else plot.describe_at(place))
