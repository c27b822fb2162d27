"""A race: the same data, seeds and parameter budget for several cells or strategies, one run after the other.

Each cell gets as many hidden units as come nearest to the budget, so that what differs is the recurrence and not its
size (as in Greff et al. 2017, who searched the size too, and Chung et al. 2014, who fixed the parameters).
"""

from __future__ import annotations

import dataclasses
import math
import statistics
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

from engine.cells import specification
from engine.comparing.median_rule import MedianRule, stopped
from engine.comparing.race_messages import Arrival, Entrant, Key, Lap, Place
from engine.comparing.strategies import strategy_changes
from engine.config import Experiment, ModelConfig
from engine.events import Evaluated, Event, RunFailed, RunFinished, RunStarted, StepDone
from engine.findings.measures import HIGHER_IS_BETTER
from engine.layers.budget import fitted

Count = Callable[[Experiment], int]


def entrants(
    experiment: Experiment, cells: Sequence[str], seeds: int, budget: int, count: Count, strategies: Sequence[str] = ()
) -> list[Entrant]:
    """Every cell with every seed, seed by seed, so that a race that is broken off has something of every cell.

    Args:
        budget: trainable numbers that each network comes nearest to.
        count: trainable numbers of an experiment's model on the data of the race.
        strategies: to forecast several steps ahead, each raced with each cell; none: that of the experiment.

    Raises:
        ConfigError: a cell that does not go with a strategy.
    """
    found = {(cell, strategy): _fitted(experiment, cell, strategy, budget, count)
             for strategy in strategies or ("",) for cell in cells}  # fmt: skip
    first = experiment.training.seed
    return [
        Entrant(cell, seed, count(own), seeded(own, seed), strategy, by_metric=bool(strategy))
        for seed in range(first, first + seeds)
        for (cell, strategy), own in found.items()
    ]


def _fitted(experiment: Experiment, cell: str, strategy: str, budget: int, count: Count) -> Experiment:
    """The experiment with a cell and a strategy, of as many units as the budget allows."""
    own = experiment.replace(strategy_changes(experiment, strategy)) if strategy else experiment

    def count_model(model: ModelConfig) -> int:
        return count(dataclasses.replace(own, model=model))

    return dataclasses.replace(own, model=fitted(with_cell(own.model, cell), budget, count_model))


def race(
    field: Sequence[Entrant], make_run: Callable[[Entrant], Iterable[Event]], rule: MedianRule | None = None
) -> Iterator[Lap | Arrival]:
    """Let every entrant run, one after the other, those that fall behind only as far as a rule says.

    Whoever no longer iterates ends it. A run that is stopped is closed if it is a generator.
    """
    for number, entrant in enumerate(field):
        if rule is None or not rule.drops(entrant):
            yield from _one(number, entrant, make_run(entrant), rule)


def _one(number: int, entrant: Entrant, run: Iterable[Event], rule: MedianRule | None) -> Iterator[Lap | Arrival]:
    steps = parameters = 0
    sign = 1
    for event in run:
        if isinstance(event, RunStarted):
            parameters, steps = event.parameters, event.steps_per_epoch * event.epochs
            sign = -1 if entrant.by_metric and event.metric in HIGHER_IS_BETTER else 1
        elif isinstance(event, StepDone):
            yield Lap(number, event.step / steps if steps else 0.0)
        elif isinstance(event, Evaluated):
            share = event.step / steps if steps else 0.0
            yield Lap(number, share, event)
            if rule is not None and rule.stops(number, share, sign * entrant.measured(event)):
                if isinstance(run, Generator):
                    run.close()
                yield Arrival(number, stopped(share, event.step), parameters)
                return
        elif isinstance(event, RunFinished | RunFailed):
            yield Arrival(number, event, parameters)


def standings(field: Sequence[Entrant], arrivals: Sequence[Arrival]) -> list[Place]:
    """All that is compared by the median of its best validation scores, best first; those without any stand last."""
    first: dict[Key, Entrant] = {}
    for entrant in field:
        first.setdefault(entrant.key, entrant)
    own: dict[Key, list[Arrival]] = {key: [] for key in first}
    for arrival in arrivals:
        own[field[arrival.entrant].key].append(arrival)
    return sorted((_place(entrant, own[key]) for key, entrant in first.items()), key=_rank)


def _rank(place: Place) -> tuple[bool, float]:
    middle = place.validation[1]
    return math.isnan(middle), -middle if place.by_metric and place.metric in HIGHER_IS_BETTER else middle


def _place(entrant: Entrant, own: Sequence[Arrival]) -> Place:
    """The row of those that have the key of `entrant`; `own` are their arrivals."""
    mine = [arrival.ended for arrival in own]
    finished = [ended for ended in mine if isinstance(ended, RunFinished)]
    tested = [ended.test_metrics[0] for ended in finished if ended.test_metrics]
    return Place(
        cell=entrant.cell,
        strategy=entrant.strategy,
        hidden_size=entrant.experiment.model.hidden_size,
        parameters=max((arrival.parameters for arrival in own), default=0) or entrant.parameters,
        arrived=len(finished),
        failed=len(mine) - len(finished),
        metric=tested[0][0] if tested else "",
        validation=_spread(
            [ended.validation_metric if entrant.by_metric else ended.best_validation_loss for ended in finished]
        ),
        test=_spread([value for _, value in tested]),
        seconds=_spread([ended.seconds for ended in finished])[1],
        by_step=_medians([ended.by_step for ended in finished if ended.by_step]),
        settings=entrant.settings,
        by_metric=entrant.by_metric,
    )


def _medians(tables: Sequence[Sequence[Mapping[str, float]]]) -> tuple[Mapping[str, float], ...]:
    """Each score of each step over the seeds; all have the same steps."""
    return tuple(
        {name: _spread([row.get(name, math.nan) for row in rows])[1] for name in rows[0]}
        for rows in zip(*tables, strict=True)
    )


def _spread(values: Sequence[float]) -> tuple[float, float, float]:
    known = [value for value in values if math.isfinite(value)]
    return (min(known), statistics.median(known), max(known)) if known else (math.nan, math.nan, math.nan)


def with_cell(model: ModelConfig, cell: str) -> ModelConfig:
    """The cell with the activations that were chosen where it knows them, and else its usual ones."""
    spec = specification(cell)
    own = _usual(model.activation, spec.activations)
    gates = _usual(model.gate_activation, spec.gate_activations)
    return dataclasses.replace(model, cell=cell, activation=own, gate_activation=gates)


def _usual(chosen: str, known: Sequence[str]) -> str:
    return chosen if chosen in known or not known else known[0]


def seeded(experiment: Experiment, seed: int) -> Experiment:
    """The experiment with that seed, and without what would be said of each run anew."""
    training = dataclasses.replace(experiment.training, seed=seed, memory_check="never")  # every cell would repeat it
    return dataclasses.replace(experiment, training=training)
