"""Which numbers stand at an axis without names, and how they are written there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

_DIGITS = 9  # fewer are written at most


def told_apart(values: Sequence[float]) -> list[str]:
    """Numbers whose plain form is too long for an axis, with as many digits as tell each from the next."""
    for digits in range(2, _DIGITS):
        written = [_short(value, digits) for value in values]
        if len(set(written)) == len(written):
            break
    return written


def _short(value: float, digits: int) -> str:
    plain = value == 0 or 1e-3 <= abs(value) < 1e4
    return f"{value:.{digits}g}" if plain else f"{value:.{digits - 1}e}"


def whole_levels(levels: list[tuple[float, list[float]]], low: float, high: float) -> list[tuple[float, list[float]]]:
    """Without those between two whole numbers."""
    kept = [level for level in levels if level[0] >= 1]
    return kept or [(1.0, [float(number) for number in range(math.ceil(low), math.floor(high) + 1)])]


def one_level(levels: list[tuple[float, list[float]]], most: int) -> list[tuple[float, list[float]]]:
    """As many levels of ticks in one as have room for their numbers; a grid line for each finer one costs frames."""
    kept = [(spacing, _thinned(spacing, places, -(-len(places) // most) or 1)) for spacing, places in levels[:1]]
    for spacing, places in levels[1:]:
        if len(kept[0][1]) + len(places) > most:
            break
        kept = [(spacing, sorted([*kept[0][1], *places]))]
    return kept


def finer(distance: float) -> list[float]:
    """Round ones below `distance`, falling."""
    power = math.floor(math.log10(distance)) if distance > 0 else 0
    steps = [factor * 10.0 ** (power - down) for down in (0, 1) for factor in (5, 2, 1)]
    return [step for step in steps if step < 0.99 * distance]


def _thinned(spacing: float, places: list[float], by: int) -> list[float]:
    """Every so many, with nought where it is among them."""
    begin = next((at for at, place in enumerate(places[:by]) if round(place / spacing) % by == 0), 0)
    return places[begin::by]


def decades(low: float, high: float, most: int, nearest: float) -> list[float]:
    """Places of round numbers between 10**low and 10**high: as fine as `most` allow, none nearer than `nearest`."""
    for factors in ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 5), (1, 2, 5), (1, 3), (1,)):
        places = [
            power + math.log10(factor) for power in range(math.floor(low), math.ceil(high) + 1) for factor in factors
        ]
        inside = [place for place in places if low <= place <= high]
        if len(inside) <= most + 1 and all(after - before >= nearest for before, after in pairwise(inside)):
            return inside
    return inside[:: math.ceil(len(inside) / most)]


def within_a_decade(low: float, high: float, nearest: float) -> list[float]:
    """The same of less than a decade, where the round numbers of each leave but one: the roundest that have room."""
    kept: list[float] = []
    for factor in (1, 2, 5, 3, 1.5, 7, 4, 6, 8, 9):
        for power in range(math.floor(low), math.ceil(high) + 1):
            place = power + math.log10(factor)
            if low <= place <= high and all(abs(place - other) >= nearest for other in kept):
                kept.append(place)
    return sorted(kept)
