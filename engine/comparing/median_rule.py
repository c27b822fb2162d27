"""The median rule: runs that fall behind the others are stopped before their end (after Golovin et al. 2017)."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

from engine.comparing.race_messages import Entrant, Key
from engine.events import RunFailed
from engine.wording.percentages import percent

FIRST_LOOK = 0.25  # share of a run before which none is judged
FEWEST = 3  # runs that have ended, to be held against
RULE = (
    "From a quarter of its steps on, a run that is worse than half of those before it is stopped: its best score so "
    "far is held against what at least three others had reached by then. Only the first seed decides; what is stopped "
    "there runs from no other seed and is left out."
)


class MedianRule:
    """Judges runs of the first seed. What it drops runs from no other, or the lucky seeds alone would count."""

    def __init__(self, field: Sequence[Entrant]) -> None:
        self._field = field
        self._reached: dict[int, list[tuple[float, float]]] = {}  # by run: share of its steps, best score so far
        self._dropped: set[Key] = set()

    def drops(self, entrant: Entrant) -> bool:
        """Whether these settings have been given up."""
        return entrant.key in self._dropped

    def stops(self, number: int, share: float, score: float) -> bool:
        """Take in that run `number` has a `score` (lower is better) at a `share` of its steps; True to stop it."""
        entrant = self._field[number]
        if entrant.seed != self._field[0].seed:
            return False
        own = self._reached.setdefault(number, [])
        best = min(own[-1][1] if own else math.inf, score if math.isfinite(score) else math.inf)
        own.append((share, best))
        others = [_by(share, course) for other, course in self._reached.items() if other < number]
        if share < FIRST_LOOK or share >= 1 or len(others) < FEWEST or best <= statistics.median(others):
            return False
        self._dropped.add(entrant.key)
        return True


def stopped(share: float, step: int) -> RunFailed:
    """What is said of a run that was stopped."""
    why = f"Its best score was worse than the median of the runs before it at {percent(share)} of the steps."
    return RunFailed("Stopped early", why, "", step)


def _by(share: float, course: Sequence[tuple[float, float]]) -> float:
    """The best that a run had reached by that share of its steps; of one that was stopped, what it came to."""
    return next((best for at, best in reversed(course) if at <= share), math.inf)
