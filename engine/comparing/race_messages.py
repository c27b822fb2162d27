"""What a race or a sweep says of itself. Quick to import: the window shows it, the engine makes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from engine.config import Experiment, field_info
from engine.events import Evaluated, RunFailed, RunFinished

STRATEGIES = {"recursive": "recursive", "direct": "direct", "encoder_decoder": "encoder–decoder"}  # as they are called

Key: TypeAlias = tuple[Any, ...]  # what tells one that is compared from the others, whatever the seed
Settings: TypeAlias = tuple[tuple[str, Any], ...]  # of a sweep: the fields that vary, by dotted name, with values


def settings_title(settings: Settings) -> str:
    """As in "Learning rate 0.003, Hidden units 16"."""
    return ", ".join(f"{field_info(*name.split('.')).label} {value_words(value)}" for name, value in settings)


def value_words(value: Any) -> str:
    """A value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Entrant:
    """One run of the race."""

    cell: str
    seed: int
    parameters: int
    experiment: Experiment
    strategy: str = ""  # to forecast several steps ahead, where strategies race
    settings: Settings = ()  # where settings are swept
    by_metric: bool = False  # compared in real units, as those that are compared have losses of their own

    @property
    def key(self) -> Key:
        """What it has in common with those of other seeds: the settings of a sweep, or cell and strategy."""
        return self.settings or (self.cell, self.strategy)

    def measured(self, evaluated: Evaluated) -> float:
        """What decides: the validation loss, or the metric in real units."""
        return evaluated.metric if self.by_metric else evaluated.validation_loss


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
    parameters: int = 0  # trainable numbers of its network, once it has begun


def why_failed(failed: RunFailed) -> str:
    """All that a run which failed says of it, in a line."""
    return " ".join(filter(None, (f"{failed.title}.", failed.why, failed.cure)))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Settings of a sweep that came to no result, and why."""

    settings: Settings
    reason: str


@dataclass(frozen=True, slots=True)
class Place:
    """One that is compared, over all its seeds: a cell, by one strategy where those race, or the settings of a sweep;
    what is not known is NaN."""

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
    settings: Settings = ()
    by_metric: bool = False  # see `Entrant`

    @property
    def key(self) -> Key:
        """That of its entrants."""
        return self.settings or (self.cell, self.strategy)
