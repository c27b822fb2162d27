"""How much of a gradient arrives at a layer's step of one sequence, told by a batch whose sequences may be longer."""

from __future__ import annotations

import math

import numpy as np

from engine.inside_records import GradientByTime, LayerTrace
from workbench.plots.curves.norm_axis import NormAxis
from workbench.plots.heat.trace_grid import layer_name


class Arriving:
    """The norms of the last batch, at the steps of a sequence that is written from step `border` on."""

    def __init__(self, flow: GradientByTime, border: int | None) -> None:
        self._axis, self._border = NormAxis(flow), border

    @property
    def strongest(self) -> float:
        """The largest of all norms."""
        return float(np.nanmax(self._axis.norms, initial=0.0))

    def norm(self, layer: LayerTrace, step: int) -> float:
        """What arrives as far from where the layer ends in the batch; NaN where none was measured."""
        names = self._axis.flow.names
        name, column = layer_name(layer), self._column(layer, step)
        return float(self._axis.norms[names.index(name), column]) if name in names and column is not None else math.nan

    def _column(self, layer: LayerTrace, step: int) -> int | None:
        """That of the axis which is as far from where the layer ends; a layer that reads backward ends first."""
        length, steps = len(layer.hidden), self._axis.steps
        if self._axis.from_end:
            back = step if layer.reverse else length - 1 - step
            return steps - 1 - back if back < steps else None
        if layer.reverse:
            return step if step < (self._axis.flow.written_from or steps) else None
        return self._same_from_end(step, length)

    def _same_from_end(self, step: int, length: int) -> int | None:
        """The step of the batch that is as far from its end: of all, or of what is read, or of what is written."""
        border, writes_from = self._border, self._axis.flow.written_from
        if border is None or writes_from is None:
            first, last, end = 0, self._axis.steps, length
        elif step < border:
            first, last, end = 0, writes_from, border
        else:
            first, last, end = writes_from, self._axis.steps, length
        place = last - (end - step)
        return place if place >= first else None
