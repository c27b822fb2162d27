"""Which names stand at an axis, and what stands there instead of those that have no room."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.doors.round_places import RoundPlaces
from workbench.looks.theme import GRID
from workbench.plots.axes.step_names import named

_NICE = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 24, 25, 30, 50)  # of dates and words
_ROUND = (1, 2, 5, 10)  # of numbers
_FROM_ONE = (1, 1)  # as steps are counted


def length(letters: int, text: int) -> float:
    """Pixels of so many letters of a `text` so many pixels high, about."""
    return letters * text * 0.62


@dataclass(frozen=True, slots=True)
class Stretch:
    """What of an axis is seen, from `low` to `high`, over `size` pixels with `text` so many pixels high."""

    low: float
    high: float
    size: float
    text: int
    upright: bool

    def long(self, letters: int) -> float:
        """Pixels of so many letters."""
        return length(letters, self.text)


class AxisNames:
    """One for each whole number from 0, as many as fit; which those are is known once `places` were asked for.

    Of dates every third tells where the others are. Of words and letters it does not: where not all those of a
    sequence's steps fit, the steps are counted instead.
    """

    def __init__(self, labels: Sequence[str], *, of_steps: bool = False, each: bool = False) -> None:
        """With `each` all are written, cut short where there is no room: of choices none tells what the others are."""
        self.labels, self.each = tuple(labels), each
        self._count = _counted(labels)
        self._words = of_steps and not all(map(_has_digit, self.labels))
        self._widest = max((len(named(label)) for label in self.labels), default=1)
        self._round: RoundPlaces | None = None  # once they were asked for
        self._by_number = False
        self._letters = 0  # that a name has room for, where each is written
        self._short: dict[int, str] = {}  # what stands at round places instead of the names

    def places(self, seen: Stretch) -> tuple[float, list[float]]:
        """How far from each other, and where, their names do not touch."""
        if self.each:
            self._letters = max(int((seen.size / (seen.high - seen.low) - GRID) / seen.long(1)), 2)
            first, last = self._inside(seen)
            return 1.0, [float(place) for place in range(first, last + 1)]
        if self._find_round(seen):
            places = list(self._short)
            return float(places[1] - places[0]), [float(place) for place in places]
        step = _step(seen, seen.long(self._widest), self._count)
        self._by_number = self._words and step > 1
        if self._by_number:
            step = _step(seen, seen.long(len(str(len(self.labels)))), _FROM_ONE)
        begin = self._begin(step, seen)
        first = max(math.ceil((seen.low - begin) / step) * step, 0) + begin
        last = min(math.floor(seen.high), len(self.labels) - 1)
        return float(step), [float(value) for value in range(first, last + 1, step)]

    def at(self, place: int) -> str:
        """What is written there."""
        if self.each:
            name = named(self.labels[place])
            return name if len(name) <= self._letters else f"{name[: self._letters - 1].rstrip()}…"
        return str(place + 1) if self._by_number else self._short.get(place) or named(self.labels[place])

    def _inside(self, seen: Stretch) -> tuple[int, int]:
        return max(math.ceil(seen.low), 0), min(math.floor(seen.high), len(self.labels) - 1)

    def _find_round(self, seen: Stretch) -> bool:
        """Whether names that are dates have round places in sight, which are named then."""
        self._short = {}
        if self._count is not None or seen.upright:
            return False
        self._round = self._round or RoundPlaces(self.labels)
        row = max(seen.size, 1.0) / max(seen.high - seen.low, 1e-9)  # pixels
        found = self._round.within(*self._inside(seen), lambda letters: (seen.long(letters) + 1.5 * GRID) / row)
        inside = {place: text for place, text in found if _fits((place - seen.low) * row, text, seen)}
        self._short = inside if len(inside) > 1 else {}
        return bool(self._short)

    def _begin(self, step: int, seen: Stretch) -> int:
        """The first number that is named, of a `step`: pyqtgraph leaves out a name that would stand out at the edge."""
        count = _FROM_ONE if self._by_number else self._count
        if count is not None:  # at round numbers
            first, by = count
            return -first // by % step
        if seen.upright:
            return 0
        pixel = (seen.high - seen.low) / max(seen.size, 1.0)
        return min(max(math.ceil(seen.long(self._widest) / 2 * pixel - 0.5), 0), step - 1)


def _fits(place: float, text: str, seen: Stretch) -> bool:
    """Whether a name does not stand out at the edge, at so many pixels: pyqtgraph leaves it out then."""
    half = seen.long(len(text)) / 2
    return half <= place <= seen.size - half


def _step(seen: Stretch, wide: float, count: tuple[int, int] | None) -> int:
    room = seen.text + 1 if seen.upright else wide + 1.5 * GRID
    least = max((seen.high - seen.low) * room / max(seen.size, 1.0), 1.0)
    for scale in (1, 10, 100, 1000, 10_000, 100_000):
        for nice in _NICE if count is None else _ROUND:
            if nice * scale >= least:
                return nice * scale
    return math.ceil(least)


def _counted(labels: Sequence[str]) -> tuple[int, int] | None:
    """The first and the step of names that are whole numbers in a row, of which the first is so many steps from 0."""
    if len(labels) < 2 or not all(label.removeprefix("−").isdecimal() for label in labels):
        return None
    numbers = [int(label.replace("−", "-")) for label in labels]
    first, by = numbers[0], numbers[1] - numbers[0]
    counted = by > 0 and first % by == 0 and all(number == first + by * at for at, number in enumerate(numbers))
    return (first, by) if counted else None


def _has_digit(label: str) -> bool:
    return any(map(str.isdigit, label))
