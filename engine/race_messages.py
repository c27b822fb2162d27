"""What a race says of itself. Quick to import: the window shows it, the engine makes it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import Experiment
from engine.events import Evaluated, RunFailed, RunFinished


@dataclass(frozen=True, slots=True)
class Entrant:
    """One run of the race."""

    cell: str
    seed: int
    parameters: int
    experiment: Experiment


@dataclass(frozen=True, slots=True)
class Lap:
    """How far an entrant is."""

    entrant: int  # its place in the list
    share: float  # 0 to 1 of its steps
    evaluated: Evaluated | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """An entrant has ended."""

    entrant: int
    ended: RunFinished | RunFailed


@dataclass(frozen=True, slots=True)
class Place:
    """One cell over all its seeds; what is not known is NaN."""

    cell: str
    hidden_size: int
    parameters: int
    arrived: int
    failed: int
    metric: str
    validation: tuple[float, float, float]  # lowest, median and highest of the best validation losses
    test: tuple[float, float, float]  # of the metric on the test part
    seconds: float  # median
