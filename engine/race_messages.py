"""What a race says of itself. Quick to import: the window shows it, the engine makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.config import Experiment
from engine.events import Evaluated, RunFailed, RunFinished

STRATEGIES = {"recursive": "recursive", "direct": "direct", "encoder_decoder": "encoder–decoder"}  # as they are called


@dataclass(frozen=True, slots=True)
class Entrant:
    """One run of the race."""

    cell: str
    seed: int
    parameters: int
    experiment: Experiment
    strategy: str = ""  # to forecast several steps ahead, where strategies race

    @property
    def key(self) -> tuple[str, str]:
        """What it has in common with those of other seeds: cell and strategy."""
        return self.cell, self.strategy

    def measured(self, evaluated: Evaluated) -> float:
        """The validation loss; where strategies race the metric in real units, as each has a loss of its own."""
        return evaluated.metric if self.strategy else evaluated.validation_loss


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
    """One cell, by one strategy where strategies race, over all its seeds; what is not known is NaN."""

    cell: str
    strategy: str
    hidden_size: int
    parameters: int
    arrived: int
    failed: int
    metric: str
    validation: tuple[float, float, float]  # lowest, median and highest of the best; see `Entrant.measured`
    test: tuple[float, float, float]  # of the metric on the test part
    seconds: float  # median
    by_step: tuple[Mapping[str, float], ...] = ()  # medians of `RunFinished.by_step`
