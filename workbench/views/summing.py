"""What back-propagation through time is: every time step adds its share to one and the same gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QCheckBox, QSpinBox, QVBoxLayout

from engine.events import Probe, Snapshot
from engine.inside_records import Contributions
from engine.wording.percentages import percent
from workbench.calm import limit
from workbench.plots.axes.numerals import numerals
from workbench.plots.curves.curves import CurvePlot
from workbench.plots.curves.recent_extent import RecentExtent
from workbench.plots.frame.saving import Table
from workbench.plots.key.keys import Key, patch
from workbench.views.live_view import LiveView
from workbench.widgets.elided_box import NamesBox

_SHARE, _SUM = "share of each step", "sum from the last step back"
_TO_COME = "What was chosen is measured with the next batch."
_OF_WHOLE, _OF_ONE = "share of the whole", "gradient"  # what the axis tells of a parameter, and of one weight


class Summing(LiveView):
    """The shares of all time steps in a gradient, and how they add up from the last step to the first."""

    key = "summing"
    title = "Summing over time"
    order = 26
    question = "Which time steps teach a weight: how does its gradient add up over the unrolled sequence?"
    probes = frozenset({"contributions"})
    waiting = "Press Run (F5): what every time step adds to the gradient of a shared weight is drawn here."

    def build(self) -> None:
        """Bars and their running sum; choices of the parameter, and of one weight in it."""
        self._plot = CurvePlot(self.theme, bottom="time step", left=_OF_WHOLE, counted=True)
        self._bars = pg.PlotDataItem(stepMode="center", fillLevel=0.0, pen=None)
        self._plot.axes.add(self._bars)
        self._plot.hiding.own(_SHARE, self._bars)
        self._plot.add_curve(_SUM, "validation")
        self._total = self._plot.add_line("good")
        self._frame, self._extent = self._plot.add_anchor(), RecentExtent()
        self._mark = self._plot.add_line("cursor", upright=True)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._build_controls()
        self._plot.hovered.connect(self._hover)
        self._plot.clicked.connect(self._click)
        self.time.moved.connect(self._show_cursor)

    def _build_controls(self) -> None:
        self._parameter, self._single = NamesBox(), QCheckBox("one weight")
        self._single.setToolTip("Off: the whole parameter. Its steps count by how far they go along its gradient.")
        self._row, self._column = QSpinBox(), QSpinBox()
        self._parameter.activated.connect(self._choose)
        self._single.toggled.connect(self._choose)
        self.add_asking_control("Gradient of", self._parameter, "parameter")
        self.add_asking_control("", self._single, "single")
        places = (("row", self._row), ("column", self._column))
        self._places = [self.add_asking_control(name, box, name) for name, box in places]
        for box, place in zip((self._row, self._column), self._places, strict=True):
            box.valueChanged.connect(self._choose)
            place.hide()

    def wishes(self) -> dict[str, Any]:
        """Ask for the chosen parameter or weight."""
        entry = (self._row.value(), self._column.value()) if self._single.isChecked() else None
        return {"parameter": self._parameter.currentText(), "entry": entry}

    def draw(self, snapshot: Snapshot) -> None:
        """Bars, sum and total."""
        found = self.probe("contributions")
        if not isinstance(found, Contributions):
            return
        self._show_choices(found)
        edges, whole = np.arange(found.first, self.time_steps() + 1) + 0.5, _drawn_as_one(found)
        steps, total, summed = found.steps / whole, found.total / whole, sums(found) / whole
        if self.at_rest and self.moment is None:  # the axis need not stand still from batch to batch
            self._extent = RecentExtent()
        of = found.name, found.entry
        low, high = self._extent.hold(of, snapshot.step, (steps, summed, total, 0.0))
        self._frame.show(edges[[0, -1]], [low, high])
        self._bars.setData(edges, steps)
        self._plot.show_curve(_SUM, edges[1:] - 0.5, summed)
        self._plot.box.setLimits(xMin=edges[0], xMax=edges[-1])
        self._plot.mark(self._total, total)
        self._plot.left.rename(_OF_WHOLE if found.entry is None else _OF_ONE)
        self._show_key(found)
        self._show_cursor()

    def clear(self) -> None:
        """No bars, no sum."""
        self._bars.setData([], [])
        self._frame.show([], [])
        self._extent = RecentExtent()
        self._total.hide()
        self._mark.hide()
        self._plot.clear()
        self._plot.show_everything()

    def recolour(self) -> None:
        """Plot and bars."""
        self._plot.apply_theme(self.theme)
        self._bars.setFillBrush(self.theme.color("train", 0.7))
        found = self.probe("contributions")
        if isinstance(found, Contributions):
            self._show_key(found)

    def reset_zoom(self) -> None:
        """The plot."""
        self._plot.show_everything()

    def reason(self) -> str:
        """Empty as well where there is nothing to add up."""
        found = self.probe("contributions")
        if isinstance(found, Contributions) and len(found.steps) < 2:
            return "This network reads a single step: a gradient is what that step says, and nothing is added up."
        return super().reason()

    def time_steps(self) -> int:
        """Up to the last step of the longest sequence of the batch."""
        found = self.probe("contributions")
        return found.first + len(found.steps) if isinstance(found, Contributions) else 0

    def table(self) -> Table:
        """One row for each time step: what it adds, the sum from the last step back, and both as they are drawn."""
        found = self.probe("contributions")
        if not isinstance(found, Contributions):
            return (), []
        columns, header = [found.steps, sums(found)], ["time step", f"added to {whose(found)}", _SUM]
        if found.entry is None:
            columns += [each / _drawn_as_one(found) for each in columns]
            header += [_OF_WHOLE, f"{_SUM}, {_OF_WHOLE}"]
        return tuple(header), [(step, *row) for step, row in enumerate(np.transpose(columns).tolist(), found.first + 1)]

    def _choose(self) -> None:
        for place in self._places:
            place.setVisible(self._single.isChecked() and not self.compact)
        self._show_cursor()
        self.needs_changed.emit()

    def _show_choices(self, found: Contributions) -> None:
        names = list(found.available)
        if names != [self._parameter.itemText(i) for i in range(self._parameter.count())]:
            self._parameter.clear()
            self._parameter.addItems(names)
            self._parameter.setCurrentText(found.name)
        if found.name == self._parameter.currentText():
            limit(self._row, found.shape[0] - 1)
            limit(self._column, found.shape[1] - 1 if len(found.shape) > 1 else 0)

    def _show_key(self, found: Contributions) -> None:
        share = Key(_SHARE, patch(self.theme.color("train", 0.7)))
        total = Key(whose(found), self.theme.pen("good"), f"= {found.total:.4g}, the sum of all steps")
        self._plot.show_key([share, total])

    # --- cursor -----------------------------------------------------------------------------------------

    def _show_cursor(self) -> None:
        position, found = self.time.position, self.probe("contributions")
        inside = position is not None and self._has(position)
        self._mark.setVisible(inside)
        awaits = self._awaits(found)
        if awaits or position is None or not inside or not isinstance(found, Contributions):
            self.read_out(_TO_COME if awaits else "")
            return
        self._mark.setPos(position + 1)
        at = position - found.first
        share, sum_so_far = found.steps[at], sums(found)[at]
        part = f" ({percent(share / found.total, 1)} of the whole)" if found.total else ""
        words = f"time step {position + 1} adds {share:+.4g}{part} · sum from here on {sum_so_far:.4g}"
        self.read_out(numerals(words))

    def _awaits(self, found: Probe | None) -> bool:
        """Whether something else was chosen than what is shown, and it can still be measured."""
        if self.over or self.moment is not None or not isinstance(found, Contributions):
            return False
        wanted = self.wishes()
        return (found.name, found.entry) != (wanted["parameter"] or found.name, wanted["entry"])

    def _hover(self, place: float | None) -> None:
        inside = place is not None and self._has(round(place) - 1)
        self.time.hover(round(place) - 1 if place is not None and inside else None)

    def _click(self, place: float) -> None:
        if self._has(round(place) - 1):
            self.time.pin(round(place) - 1)

    def _has(self, position: int) -> bool:
        """Whether the update looked back over this step of the batch."""
        found = self.probe("contributions")
        return isinstance(found, Contributions) and found.first <= position < self.time_steps()


def sums(found: Contributions) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """The sum of each step and all after it, in the order in which BPTT goes."""
    return np.cumsum(found.steps[::-1])[::-1]


def _drawn_as_one(found: Contributions) -> float:
    """Of a whole parameter its gradient's norm: batches of very different gradients have one axis.

    One weight's gradient may be near zero, where its steps cancel out: it is drawn as it is.
    """
    return found.total if found.entry is None and found.total else 1.0


def whose(found: Contributions) -> str:
    """Which gradient it is, in words."""
    update = f", the last of {found.updates} updates" if found.updates > 1 else ""
    if found.entry is None:
        return f"‖gradient‖ of {found.name}{update}"
    place = f"{found.entry[0]}, {found.entry[1]}" if len(found.shape) > 1 else f"{found.entry[0]}"
    return f"gradient of {found.name}[{place}]{update}"
