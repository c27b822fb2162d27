"""What a race or a sweep has come to so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.comparing.race_messages import Arrival, Entrant, Key, Lap, LeftOut, Place, why_failed
from engine.events import RunFailed
from workbench.doors import comparisons


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """What is compared of one, over its seeds: (N,) each."""

    steps: NDArray[np.float64]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]


class Tally:
    """Takes in how the runs of a `field` go.

    Attributes:
        at: Which run is under way, from 1; 0 before the first.
    """

    def __init__(self, field: Sequence[Entrant] = (), left_out: Sequence[LeftOut] = ()) -> None:
        """`left_out` are settings of a sweep that cannot be run."""
        self.field, self.at = field, 0
        self._refused = left_out
        self._numbers: dict[Key, list[int]] = {}  # of the runs of each that is compared
        for number, entrant in enumerate(field):
            self._numbers.setdefault(entrant.key, []).append(number)
        self._shares = [0.0] * len(field)
        self._points: list[list[tuple[int, float]]] = [[] for _ in field]
        self._arrivals: list[Arrival] = []
        self._results: tuple[list[Place], list[LeftOut]] = comparisons.results(field, []) if field else ([], [])

    def take(self, news: Lap | Arrival) -> None:
        """A run has come further, or has arrived."""
        if isinstance(news, Arrival):
            self._shares[news.entrant] = 1.0
            self._arrivals.append(news)
            self._results = comparisons.results(self.field, self._arrivals)
            return
        self.at, self._shares[news.entrant] = news.entrant + 1, news.share
        self._shares[: news.entrant] = [1.0] * news.entrant
        if news.evaluated is not None:
            value = self.field[news.entrant].measured(news.evaluated)
            self._points[news.entrant].append((news.evaluated.step, value))

    def complete(self) -> None:
        """All have arrived, or were passed over."""
        self._shares = [1.0] * len(self._shares)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return sum(self._shares) / len(self._shares) if self._shares else 0.0

    def band(self, key: Key) -> Band:
        """The curves of one that is compared, each step over the seeds that have come to it."""
        steps: dict[int, list[float]] = {}
        for number in self._numbers.get(key, ()):
            for step, loss in self._points[number]:
                steps.setdefault(step, []).append(loss)
        order = sorted(steps)
        losses = [np.asarray(steps[step]) for step in order]
        low, middle, high = (np.array([fold(values) for values in losses]) for fold in (np.min, np.median, np.max))
        return Band(np.array(order, np.float64), low, middle, high)

    @property
    def arrived(self) -> int:
        """How many runs have ended."""
        return len(self._arrivals)

    def places(self) -> Sequence[Place]:
        """The table, best first."""
        return self._results[0]

    def left_out(self) -> Sequence[LeftOut]:
        """Settings that came to no result."""
        return [*self._refused, *self._results[1]]

    def failed(self) -> dict[Key, str]:
        """Why the first run of each failed, where one did."""
        found: dict[Key, str] = {}
        for each in self._arrivals:
            if isinstance(each.ended, RunFailed):
                found.setdefault(self.field[each.entrant].key, why_failed(each.ended))
        return found

    @property
    def failures(self) -> int:
        """How many runs failed."""
        return sum(isinstance(each.ended, RunFailed) for each in self._arrivals)

    def leading(self, most: int) -> list[Key]:
        """Of many, the best so far and the one that runs."""
        best = [place.key for place in self.places() if place.arrived]
        running = self.field[self.at - 1].key if self.at else None
        if running is None or running in best[:most]:
            return best[:most]
        return [*best[: most - 1], running]
