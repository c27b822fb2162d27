"""Where on its activation function every unit works: in the steep middle, or out where nothing is learned."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from engine.events import Snapshot
from engine.inside_records import BatchActivations, BatchSlot, Floats, PreActivations
from workbench.looks.theme import GRID
from workbench.plots.curves.function_plot import BINS, FunctionPlot
from workbench.plots.frame.saving import Cell, Table
from workbench.plots.frame.scrolled import scrolled
from workbench.plots.heat.trace_grid import layer_name
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import NamesBox

_READABLE = 22 * GRID  # pixels of height of a plot and its key, with text of the usual size


class Activation(LiveView):
    """f and f′ of every activation function of a layer, with what goes into it in the batch at hand as a histogram.

    On the curve the shared time cursor marks what goes in at its step of the pinned sequence.
    """

    key = "activation"
    title = "Activation"
    order = 45
    question = "Do the units work where their function is steep, or are they saturated and learn nothing?"
    probes = frozenset({"batch_activations", "pre_activations"})
    waiting = "Press Run (F5): what goes into the activation functions over the batch at hand is drawn here."

    def build(self) -> None:
        """A plot for each function of the chosen layer, made when it is known how many there are."""
        self._plots: list[FunctionPlot] = []
        self._spare: list[FunctionPlot] = []  # made, and not drawn yet
        self._adding, self._expected = False, 0  # how many plots there will be
        self._layer = NamesBox()
        self._layer.activated.connect(self._draw_again)
        self.add_control("Layer", self._layer, "layer")
        self._grid = QGridLayout(inside := QWidget())
        self._grid.setContentsMargins(0, 0, 0, 0)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        self._batch = QLabel()
        self._batch.setProperty("role", "small")
        self._batch.setWordWrap(True)
        layout.addWidget(self._batch)
        self._area = scrolled(inside, f"{self.key}.plots", f"{self.title}: a plot for each function")
        layout.addWidget(self._area)
        self.time.moved.connect(self._show_cursor)

    def draw(self, snapshot: Snapshot) -> None:
        """The chosen layer; plots that are not there yet are made one after the other."""
        slots = self._slots()
        if len(self._plots) > len(slots):
            self._leave_plots()
        for plot, slot in zip(self._plots, slots, strict=False):
            plot.show_function(slot.name, slot.function, slot.values)
        self._batch.setText(self._said())
        self._show_cursor()
        if len(slots) != self._expected:
            self._expected = len(slots)
            self._keep_room()
        if slots and not self._plots:
            self._make_plot()
            self._draw_plot()
        if not self._adding and len(self._plots) < len(slots):
            self._adding = True
            self.draw_in_turn(self._add_plot)

    def clear(self) -> None:
        """No curves, no histograms."""
        for plot in self._plots:
            plot.forget()
            plot.show_everything()

    def recolour(self) -> None:
        """Every plot."""
        for plot in (*self._plots, *self._spare):
            plot.apply_theme(self.theme)
        self._keep_room()

    @property
    def _least(self) -> int:
        """Pixels of height of a plot and its key that can be read."""
        return round(_READABLE * self.theme.scale)

    def reset_zoom(self) -> None:
        """Every plot."""
        for plot in self._plots:
            plot.show_everything()

    def reason(self) -> str:
        """Empty until a batch was looked at."""
        return "" if self._found() else self.unmeasured

    def moment_of(self, snapshot: Snapshot) -> tuple[int, int]:
        """That of the batch, which may have been some steps ago when the snapshot was taken."""
        found = self._found()
        if found is None or self.start is None:
            return super().moment_of(snapshot)
        return found.step, math.ceil(found.step / max(1, self.start.steps_per_epoch))

    def time_steps(self) -> int:
        """Steps of the pinned sequence."""
        found = self.probe("pre_activations")
        return len(found.slots[0].before) if isinstance(found, PreActivations) and found.slots else 0

    def table(self) -> Table:
        """One row for each bar of each histogram of the layer, with how much of the whole is saturated."""
        layer, plots = (self._layer.currentText(), self._plots) if self._built else ("", [])
        found = self._found()
        rows: list[tuple[Cell, ...]] = [
            (layer, plot.name, plot.function, *plot.edges[bar : bar + 2].tolist(), *plot.shares[bar : bar + 1].tolist(),
             plot.saturated_share, found.step)
            for plot in plots
            if found and plot.function
            for bar in range(BINS)
            if plot.shares[bar]
        ]  # fmt: skip
        shares = "share of values", "saturated share of all"
        return ("layer", "where", "function", "from", "to", *shares, "step of the batch"), rows

    def _found(self) -> BatchActivations | None:
        found = self.probe("batch_activations")
        return found if isinstance(found, BatchActivations) else None

    def _said(self) -> str:
        """Which batch it is, and how much of it."""
        found = self._found()
        if found is None:
            return ""
        seen = "all" if found.looked_at == found.places else f"{found.looked_at:,}, evenly spread, of the"
        whole = "sequences" if found.updates == 1 else f"{found.updates:,} updates"  # which may go over a step again
        return f"The batch of step {found.step:,}: {seen} {found.places:,} time steps of its {whole}"

    def _slots(self) -> list[BatchSlot]:
        """What goes into the functions of the chosen layer."""
        found = self._found()
        if found is None:
            return []
        names = list(dict.fromkeys(layer_name(slot) for slot in found.slots))
        if names != [self._layer.itemText(i) for i in range(self._layer.count())]:
            self._layer.clear()
            self._layer.addItems(names)
        return [slot for slot in found.slots if layer_name(slot) == self._layer.currentText()]

    def _keep_room(self) -> None:
        """Each plot has its place before it is there: the first would else be painted in one size after another."""
        columns = _columns(self._expected)
        rows = -(-self._expected // columns)
        for row in range(max(self._grid.rowCount(), rows)):
            self._grid.setRowStretch(row, row < rows)
            self._grid.setRowMinimumHeight(row, self._least * (row < rows))
        for column in range(2):
            self._grid.setColumnStretch(column, column < columns)

    def _leave_plots(self) -> None:
        for plot in self._plots:
            self._grid.removeWidget(plot)
            plot.deleteLater()
        self._plots.clear()

    def _add_plot(self) -> bool:
        """Make a plot or draw it, in a turn of the event loop of its own; all at once held the window up.

        Returns whether there is more to do.
        """
        self._adding = False  # where it fails, too
        if len(self._plots) >= len(self._slots()):
            return False
        if self._spare:
            self._draw_plot()
        else:
            self._make_plot()
        self._adding = True
        return True

    def _make_plot(self) -> None:
        plot = FunctionPlot(self.theme)
        plot.setParent(self)  # closed before it is drawn, it goes too
        plot.hovered.connect(partial(self._hover, plot))
        self._spare.append(plot)

    def _draw_plot(self) -> None:
        plot, slots, begun = self._spare.pop(), self._slots(), len(self._plots)
        columns = _columns(len(slots))
        self._grid.addWidget(plot, begun // columns, begun % columns)
        self._plots.append(plot)
        plot.show_function(slots[begun].name, slots[begun].function, slots[begun].values)
        plot.show_now(self._at_cursor(slots[begun]))

    def _draw_again(self) -> None:
        if self.snapshot is not None:
            self.draw(self.snapshot)

    def _show_cursor(self) -> None:
        for plot, slot in zip(self._plots, self._slots(), strict=False):
            plot.show_now(self._at_cursor(slot))

    def _at_cursor(self, slot: BatchSlot) -> Floats:
        """What goes into the same function at the marked step of the pinned sequence."""
        pinned, position = self.probe("pre_activations"), self.time.position
        traces = pinned.slots if isinstance(pinned, PreActivations) and position is not None else ()
        where = (slot.layer, slot.reverse, slot.name)
        trace = next((each for each in traces if (each.layer, each.reverse, each.name) == where), None)
        inside = trace is not None and position is not None and position < len(trace.before)
        return trace.before[position] if trace and inside else np.empty(0, np.float32)

    def walk_inside(self, across: int, down: int) -> bool:
        """Down, or up again, all that goes in, through one plot after the other; across are the time steps."""
        places = [(plot, place) for plot in self._plots for place in plot.middles.tolist()] if down else []
        if not places:
            return False
        here = next(((plot, plot.walked.place) for plot in self._plots if plot.walked.place is not None), None)
        at = places.index(here) + down if here in places else 0
        plot, place = places[min(max(at, 0), len(places) - 1)]
        self._forget_places()
        plot.walked.go(place)
        self._area.ensureWidgetVisible(plot)
        self.read_out(plot.describe_at(place))
        return True

    def leave_inside(self) -> None:
        """No argument is read out."""
        self._forget_places()
        self.read_out("")

    def _forget_places(self) -> None:
        for plot in self._plots:
            plot.walked.forget()

    def _hover(self, plot: FunctionPlot, place: float | None) -> None:
        self._forget_places()
        self.read_out("" if place is None else plot.describe_at(place))


def _columns(plots: int) -> int:
    return 1 if plots == 1 else 2
