"""The engine's races and sweeps, as the window needs them. What takes long to import is imported on first use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from engine.comparing.race_messages import Arrival, Entrant, Lap, LeftOut, Place, Settings
from engine.comparing.sweep_values import Varied
from engine.config import Experiment
from engine.events import Event

if TYPE_CHECKING:
    from engine.data import Dataset


def entrants(
    experiment: Experiment,
    cells: Sequence[str],
    strategies: Sequence[str],
    seeds: int,
    budget: int,
    dataset: Dataset,
) -> list[Entrant]:
    """Every cell by every strategy with every seed, each with as many units as the budget of parameters allows.

    Raises:
        ValueError: a cell does not go with a strategy.
    """
    from engine.comparing import race as races
    from engine.comparing.strategies import ends_of
    from engine.losses import configured
    from engine.networks import parameter_count

    def count(own: Experiment) -> int:
        return parameter_count(own.model, ends_of(dataset, own), configured(own.training).width)

    return races.entrants(experiment, cells, seeds, budget, count, strategies)


def strategy_changes(experiment: Experiment, strategy: str) -> dict[str, Any]:
    """The settings by which an experiment forecasts several steps by a strategy; none without one."""
    from engine.comparing.strategies import strategy_changes

    return strategy_changes(experiment, strategy) if strategy else {}


def trials(
    experiment: Experiment, varied: Sequence[Varied], trials: int, seeds: int
) -> tuple[list[Entrant], list[LeftOut]]:
    """The runs of a sweep: as many trials drawn by chance, or every combination for 0; and what cannot be run.

    Raises:
        ConfigError: nothing to compare, or too much.
    """
    from engine.comparing import sweep

    drawn = sweep.drawn_settings(varied, trials, experiment.training.seed) if trials else sweep.grid(varied)
    found = sweep.sweep(experiment, drawn, seeds)
    return found.field, found.left_out


def swept_changes(settings: Settings) -> dict[str, Any]:
    """What has to be changed for the settings of a sweep to hold."""
    from engine.comparing import sweep

    return sweep.changes(settings)


def race(
    field: Sequence[Entrant], make_run: Callable[[Entrant], Iterable[Event]], *, stop_early: bool
) -> Iterator[Lap | Arrival]:
    """Let every entrant run, one after the other; of a sweep, one that cannot be run leaves the others alone.

    With `stop_early` the median rule stops what falls behind.
    """
    from engine.comparing import race as races
    from engine.comparing import sweep
    from engine.comparing.median_rule import MedianRule

    swept = any(entrant.settings for entrant in field)
    rule = MedianRule(field) if stop_early else None
    return races.race(field, sweep.forgiving(make_run) if swept else make_run, rule)


def results(field: Sequence[Entrant], arrivals: Sequence[Arrival]) -> tuple[list[Place], list[LeftOut]]:
    """The table, best first, and what a sweep leaves out. Quick once a race has begun."""
    from engine.comparing import race, sweep

    if any(entrant.settings for entrant in field):
        return sweep.results(field, arrivals)
    return race.standings(field, arrivals), []
