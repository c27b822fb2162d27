"""How the values of each parameter were spread over the course of a run: a histogram for every moment."""

from __future__ import annotations

import bisect

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats, Weights

BINS, COLUMNS = 48, 160
_MOST = 1000  # moments that are kept; then every other one goes

Array = NDArray[np.float64]


class Spread:
    """Quantiles by parameter and step; looking at an old moment again adds nothing."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self._rows: list[dict[str, Floats]] = []

    def clear(self) -> None:
        """Forget the run."""
        self.steps.clear()
        self._rows.clear()

    def remember(self, step: int, weights: Weights) -> None:
        """Keep the spread of every parameter at `step`."""
        row = {picture.name: picture.quantiles for picture in weights.parameters}
        place = bisect.bisect_left(self.steps, step)
        if place < len(self.steps) and self.steps[place] == step:
            self._rows[place] = row
            return
        self.steps.insert(place, step)
        self._rows.insert(place, row)
        if len(self.steps) > _MOST:
            del self.steps[1::2], self._rows[1::2]

    def picture(self, name: str, reach: float) -> tuple[Floats, list[int]]:
        """Shares of a parameter's values in `BINS` bins from `reach` (top) to -`reach`, one column for each moment.

        Returns:
            (BINS, N) shares and the step of each column, N at most `COLUMNS`: the nearest moments to evenly spaced
            steps.
        """
        if not self.steps:
            return np.zeros((BINS, 0), np.float32), []
        chosen = self._evenly()
        edges = np.linspace(-reach, reach, BINS + 1)
        columns = [shares(self._rows[place][name], edges) for place in chosen if name in self._rows[place]]
        picture = np.ascontiguousarray(np.stack(columns, axis=1)[::-1]) if columns else np.zeros((BINS, 0))
        return picture.astype(np.float32), [self.steps[place] for place in chosen]

    def _evenly(self) -> list[int]:
        """Places of the moments that stand for evenly spaced steps, each once."""
        wanted = np.linspace(self.steps[0], self.steps[-1], min(COLUMNS, len(self.steps)))
        places = np.clip(np.searchsorted(self.steps, wanted), 0, len(self.steps) - 1)
        return np.unique(places).tolist()  # type: ignore[no-any-return]


def shares(quantiles: Floats, edges: Array) -> Array:
    """Which share of the values lies between neighbouring `edges`, by straight lines between the quantiles."""
    if not np.isfinite(quantiles).all():
        return np.full(len(edges) - 1, np.nan)
    levels = np.linspace(0, 1, len(quantiles))
    rising, first = np.unique(quantiles[::-1], return_index=True)  # of equal ones the last: nothing lies beyond
    return np.diff(np.interp(edges, rising, levels[::-1][first], left=0.0, right=1.0))
