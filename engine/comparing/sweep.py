"""A sweep: the same data and seeds for one experiment with several values of some of its settings.

Every combination of the values is a trial (a grid), or each trial draws its own (random search, which finds more with
the same number of runs where few of the settings matter; Bergstra and Bengio 2012). A trial is an entrant of a race
(`engine.comparing.race`), and the validation part decides.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.comparing.race import seeded, standings, with_cell
from engine.comparing.race_messages import Arrival, Entrant, LeftOut, Place, Settings, settings_title, why_failed
from engine.comparing.sweep_values import Varied, drawn
from engine.config import ConfigError, Experiment, matters
from engine.data import DataError
from engine.events import Event, RunFailed
from engine.layers.parameters import NetworkError

MOST_TRIALS = 1000
_BY_METRIC = ("training.loss", "training.huber_delta", "training.class_weights")  # each value has a loss of its own
_DRAWS = 50  # for each trial that is wanted, since drawn values may come again


@dataclass(frozen=True, slots=True)
class Sweep:
    """The runs of a sweep, and the settings that cannot be run."""

    field: list[Entrant]
    left_out: list[LeftOut]


def grid(varied: Sequence[Varied]) -> list[Settings]:
    """Every value of each setting with every value of the others.

    Raises:
        ConfigError: more than `MOST_TRIALS`, or one that has bounds only.
    """
    if open_one := next((each.name for each in varied if not each.values), ""):
        raise ConfigError(f"{open_one} has bounds only; name values, or draw a number of trials by chance")
    count = math.prod(len(each.values) for each in varied)
    if count > MOST_TRIALS:
        raise ConfigError(f"these are {count} combinations; take at most {MOST_TRIALS}, or draw some by chance")
    names = [each.name for each in varied]
    return [tuple(zip(names, values, strict=True)) for values in itertools.product(*(each.values for each in varied))]


def drawn_settings(varied: Sequence[Varied], trials: int, seed: int) -> list[Settings]:
    """As many trials with values drawn by chance, none twice; fewer where there are not so many.

    The same seed draws the same trials.

    Raises:
        ConfigError: no number from 1 to `MOST_TRIALS`.
    """
    if not 1 <= trials <= MOST_TRIALS:
        raise ConfigError(f"the number of trials is {trials}; it takes 1 to {MOST_TRIALS}")
    generator = np.random.Generator(np.random.Philox(key=seed))
    found: dict[Settings, None] = {}
    for _ in range(_DRAWS * trials):
        found[tuple((each.name, drawn(each, generator)) for each in varied)] = None
        if len(found) == trials:
            break
    return list(found)


def sweep(experiment: Experiment, trials: Sequence[Settings], seeds: int) -> Sweep:
    """Every trial with every seed, seed by seed, so that a sweep that is broken off has something of every trial.

    How many parameters a network has is known when it runs, since the data may differ from trial to trial.

    Raises:
        ConfigError: fewer than two trials that can be run.
    """
    runnable, left_out = _runnable(experiment, trials)
    if len(trials) < 2:
        raise ConfigError("a sweep compares; give a setting two values or more")
    if len(runnable) < 2:
        why = f"{settings_title(left_out[-1].settings)}: {left_out[-1].reason}"
        raise ConfigError(f"of these settings {len(runnable)} can be run, which leaves nothing to compare; {why}")
    by_metric = any(name.startswith("data.") or name in _BY_METRIC for name, _ in trials[0])
    first = experiment.training.seed
    field = [
        Entrant(own.model.cell, seed, 0, seeded(own, seed), settings=settings, by_metric=by_metric)
        for seed in range(first, first + seeds)
        for settings, own in runnable.items()
    ]
    return Sweep(field, left_out)


def changed(experiment: Experiment, settings: Settings) -> Experiment:
    """The experiment with these settings; a cell brings its usual activations.

    Raises:
        ConfigError: they do not go with the others.
    """
    own = experiment.replace(changes(settings))
    if "model.cell" not in dict(settings):
        return own
    chosen = {name: value for name, value in settings if name in ("model.activation", "model.gate_activation")}
    return dataclasses.replace(own, model=with_cell(own.model, own.model.cell)).replace(chosen)


def changes(settings: Settings) -> dict[str, Any]:
    """The changes of an experiment that settings come to; hidden units that vary hold for all layers."""
    every_layer = {"model.hidden_sizes": ()} if "model.hidden_size" in dict(settings) else {}
    return {**dict(settings), **every_layer}


def forgiving(make_run: Callable[[Entrant], Iterable[Event]]) -> Callable[[Entrant], Iterator[Event]]:
    """Runs of which one that cannot be, or breaks off, fails by itself and leaves those after it alone."""

    def run(entrant: Entrant) -> Iterator[Event]:
        try:
            yield from make_run(entrant)
        except (ConfigError, DataError, NetworkError, OSError) as error:
            yield RunFailed(str(error).rstrip("."), "", "", 0)
        except MemoryError:
            yield RunFailed("Out of memory", "The network or its batches do not fit.", "Take smaller ones.", 0)

    return run


def results(field: Sequence[Entrant], arrivals: Sequence[Arrival]) -> tuple[list[Place], list[LeftOut]]:
    """The table, best first, of all that came to a result; and what came to none, with the reason of its first run."""
    places = [place for place in standings(field, arrivals) if place.arrived]
    failed: dict[Settings, LeftOut] = {}
    for arrival in arrivals:
        settings = field[arrival.entrant].settings
        if isinstance(arrival.ended, RunFailed):
            failed.setdefault(settings, LeftOut(settings, why_failed(arrival.ended)))
    arrived = {place.settings for place in places}
    return places, [each for settings, each in failed.items() if settings not in arrived]


def _runnable(experiment: Experiment, trials: Sequence[Settings]) -> tuple[dict[Settings, Experiment], list[LeftOut]]:
    """Trials that can be run, none twice under two names; and the others."""
    runnable: dict[Settings, Experiment] = {}
    known: dict[Any, Settings] = {}
    left_out = []
    for settings in trials:
        try:
            own = changed(experiment, settings)
        except ConfigError as error:
            left_out.append(LeftOut(settings, str(error)))
            continue
        idle = [name for name, _ in settings if not _matters(own, name)]
        effective = tuple(item for item in settings if item[0] not in idle)
        if effective in known and idle:
            same = settings_title(known[effective])
            left_out.append(LeftOut(settings, f"{idle[0]} has no effect here; it is the same run as {same}"))
        else:
            known.setdefault(effective, settings)
            runnable[settings] = own
    return runnable, left_out


def _matters(experiment: Experiment, name: str) -> bool:
    section, _, field = name.partition(".")
    return matters(getattr(experiment, section), field)
