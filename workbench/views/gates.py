"""What every gate lets through, and how often it is all the way open or shut."""

from __future__ import annotations

import math

import numpy as np

from engine.inside_records import Floats, HiddenTrace, LayerTrace
from engine.wording.percentages import percent
from workbench.plots.frame.saving import Table
from workbench.plots.heat.trace_grid import Strip, layer_name
from workbench.views._trace_view import TraceView

OPEN, SHUT = 0.9, 0.1


class Gates(TraceView):
    """Each gate of each layer as a heat map, with the share of it that is saturated."""

    key = "gates"
    title = "Gates"
    order = 40
    question = "When does the network let something in, keep it, forget it, and are its gates stuck?"
    waiting = "Press Run (F5): what every gate lets through at every step of one validation sequence is drawn here."

    def reason(self) -> str:
        """Empty as well when the cell has no gates."""
        trace = self.probe("hidden")
        if isinstance(trace, HiddenTrace) and not any(layer.gates for layer in trace.layers):
            return (
                "This cell has no gates, which would decide what it lets in, keeps and forgets.\n"
                "Choose a cell with gates under Model to see them at work."
            )
        return super().reason()

    def strips(self, trace: LayerTrace) -> tuple[Strip, ...]:
        """One a gate; a candidate state, which can be negative, is coloured either side of nothing."""
        return tuple(_strip(name, values) for name, values in trace.gates)

    def table(self) -> Table:
        """Every gate and unit: the share of time steps it was open (> 0.9) or shut (< 0.1), and each of the steps."""
        found = {(layer_name(layer), strip.name): strip for layer, strip in self._traces.shown}
        header, units = self._traces.table()
        rows = []
        for layer, gate, unit, *values in units:
            strip = found[str(layer), str(gate)]
            saturated = shares(strip.data[:, int(unit)], signed=strip.map == "diverging")
            rows.append((layer, gate, unit, *saturated, *values))
        return ("layer", "gate", "unit", "share above 0.9", "share below 0.1 (−0.9 with a sign)", *header[3:]), rows


def shares(values: Floats, *, signed: bool) -> tuple[float, float]:
    """Shares of `values` above 0.9 and below 0.1; below −0.9 for what has a sign. What is NaN counts for nothing."""
    known = values[np.isfinite(values)]
    if not known.size:
        return math.nan, math.nan
    return float(np.mean(known > OPEN)), float(np.mean(known < (-OPEN if signed else SHUT)))


def _strip(name: str, values: Floats) -> Strip:
    signed = name == "candidate"  # whatever it is at the moment: of a relu it is never below nought
    above, below = shares(values, signed=signed)
    if signed:
        return Strip(name, values, "diverging", f"high {percent(above)}, low {percent(below)}")
    return Strip(name, values, "magnitude", f"open {percent(above)}, shut {percent(below)}")
