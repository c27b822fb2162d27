"""What a race or a sweep is run for, as its window asks it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.comparing.sweep_values import Varied


@dataclass(frozen=True, slots=True)
class Terms:
    """What a race is run for."""

    cells: tuple[str, ...]
    seeds: int
    budget: int
    epochs: int
    strategies: tuple[str, ...] = ()  # to forecast several steps ahead, where they are compared
    keep: bool = True  # every run, in a folder and in the list


@dataclass(frozen=True, slots=True)
class SweepTerms:
    """What a sweep is run for."""

    varied: tuple[Varied, ...]
    trials: int  # drawn by chance; 0: every combination
    seeds: int
    epochs: int
    stop_early: bool = False  # by the median rule
    keep: bool = True  # as of a race
