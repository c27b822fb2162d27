"""Where norms of a gradient are drawn: at time steps, or where lengths differ, by distance from a sequence's own end.

Over time steps the norm of such a batch falls as its sequences end, whatever the gradient of each of them does.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from engine.inside_records import Floats, GradientByTime
from engine.wording.counting import counted
from workbench.plots.axes.numerals import numeral
from workbench.plots.key.curve_item import logarithms


class NormAxis:
    """From left to right as time goes: a column is a time step, or so many steps from the end, at the right."""

    def __init__(self, flow: GradientByTime, longest: int = 0) -> None:
        """From the end there are `longest` columns at least, so that the axis stands still from batch to batch."""
        self.flow = flow
        self.from_end = flow.by_distance is not None
        self.norms: Floats = flow.norms if flow.by_distance is None else flow.by_distance[:, ::-1]  # (L·D, T)
        self._reach = self.norms.shape[1]  # columns that the batch goes back, from the end
        if self.from_end and (missing := longest - self.norms.shape[1]) > 0:
            self.norms = np.hstack([np.full((len(self.norms), missing), np.nan, self.norms.dtype), self.norms])
        self.steps = self.norms.shape[1]
        self.cuts = () if self.from_end else flow.cuts
        self.title = "steps from the end of each sequence" if self.from_end else "time step"

    @cached_property
    def logs(self) -> Floats:
        """log10 of the norms; NaN where nothing at all arrives."""
        return logarithms(self.norms)

    @property
    def first(self) -> int:
        """The place of the first column on the axis: time steps count from 1, the end of a sequence is 0."""
        return 1 - self.steps if self.from_end else 1

    @property
    def ends(self) -> tuple[float, float]:
        """The edges of the axis, with room for a line before the first column."""
        edge = self.first - (1.0 if self.from_end and self.cut_lines else 0.5)
        return edge, self.first + self.steps - 0.5

    @property
    def cut_lines(self) -> tuple[float, ...]:
        """Places that the gradient goes no further back from: before each part, or from the end before the longest."""
        if self.from_end:
            return (0.5 - self._reach,) if self.flow.cuts else ()
        return tuple(cut + 0.5 for cut in self.cuts)

    @property
    def written(self) -> tuple[float, float] | None:
        """Between which places writing begins, behind an encoder: they are the same where all write as much."""
        if not self.from_end:
            border = self.flow.written_from
            return None if border is None else (border + 0.5, border + 0.5)
        span = self.flow.written
        return None if span is None else (0.5 - span[1], 0.5 - span[0])

    def cut_apart(self) -> tuple[Floats, Floats]:
        """Places (N,) and logs (rows, N) with a gap at each cut, so that no line goes across."""
        places = np.arange(self.first, self.first + self.steps, dtype=float)
        if not self.cuts:
            return places, self.logs
        at = list(self.cuts)
        return np.insert(places, at, np.array(at) + 0.5), np.insert(self.logs, at, np.nan, axis=1)

    def column(self, place: float) -> int | None:
        """The column at a place of the axis; None beside them all."""
        column = round(place) - self.first
        return column if 0 <= column < self.steps else None

    def labels(self) -> list[str]:
        """What each column is called at the axis."""
        return [numeral(str(place)) for place in range(self.first, self.first + self.steps)]

    def name(self, column: int) -> str:
        """What a column is called in a sentence."""
        if not self.from_end:
            return f"time step {column + 1}"
        back = self.steps - 1 - column
        return "at the end" if back == 0 else f"{counted(back, 'step')} from the end"

    @property
    def words_on_writing(self) -> tuple[str, str]:
        """What the lines at `written` say, and more of it where there is room."""
        first, last = self.written or (0.0, 0.0)
        if first == last:
            return "written from here on", ", before it read"
        return "written right of both", " lines, read left of both"

    @property
    def words_on_ends(self) -> tuple[str, str]:
        """How distances from the end are counted, likewise."""
        backward = any(name.endswith(" reverse") for name in self.flow.names)
        more = ": read backward, it ends at its first step" if backward else ""
        parts = ", or that of its part" if self.flow.cuts else ""
        return "norms of one sequence", f", counted from its own end{parts}{more}"
