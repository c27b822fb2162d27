"""A race: equal budgets, every seed, and a table that says what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from engine import networks
from engine.comparing.race import entrants, race, standings
from engine.comparing.race_messages import STRATEGIES, Arrival, Entrant, Lap
from engine.comparing.strategies import ends_of, strategy_changes, strategy_of
from engine.config import CELLS, Experiment, ModelConfig
from engine.data import load
from engine.events import Event, RunFailed, RunFinished
from engine.layers.budget import fitted
from engine.layers.parameter_shapes import parameter_count
from engine.training import TrainingRun
from engine.wording.aligned import compared_by_step


def _count(model: ModelConfig) -> int:
    return parameter_count(model, 1, 1, False)


def _count_of(experiment: Experiment) -> int:
    return _count(experiment.model)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("budget", [1, 300, 5000])
def test_hidden_units_come_as_near_to_the_budget_as_whole_units_can(cell: str, budget: int) -> None:
    model = fitted(ModelConfig(cell=cell), budget, _count)
    nearest = abs(_count(model) - budget)
    for size in (model.hidden_size - 1, model.hidden_size + 1):
        if size >= 1:
            assert nearest <= abs(_count(ModelConfig(cell=cell, hidden_size=size)) - budget)


def test_every_cell_has_every_seed_and_its_own_activation() -> None:
    field = entrants(Experiment().replace({"training.seed": 7}), ["lstm", "minlstm"], 3, 500, _count_of)
    assert [(entrant.cell, entrant.seed) for entrant in field] == [
        (cell, seed) for seed in (7, 8, 9) for cell in ("lstm", "minlstm")
    ]
    assert {entrant.experiment.model.activation for entrant in field} == {"tanh", "identity"}


def _ended(entrant: Entrant) -> Iterator[Event]:
    """A run that ends at once: the loss is the seed, and seed 2 fails."""
    experiment, seed = entrant.experiment, entrant.seed
    if seed == 2:
        yield RunFailed("It broke", "Because.", "Mend it.", 1)
    else:
        loss = seed + (10.0 if experiment.model.cell == "gru" else 0.0)
        yield RunFinished("all epochs done", 5, 1, 1, loss, (("RMSE", 2 * loss),), (), 1.0)


def test_the_table_is_the_spread_over_the_seeds() -> None:
    field = entrants(Experiment(), ["gru", "elman"], 4, 500, _count_of)
    places = standings(
        field,
        [event for event in race(field, _ended) if isinstance(event, Arrival)],
    )
    assert [place.cell for place in places] == ["elman", "gru"]
    assert places[0].validation == (0.0, 1.0, 3.0)
    assert places[0].test == (0.0, 2.0, 6.0)
    assert (places[0].arrived, places[0].failed, places[0].metric) == (3, 1, "RMSE")


def test_cells_that_never_arrived_stand_last() -> None:
    field = entrants(Experiment(), ["gru", "elman"], 1, 500, _count_of)
    places = standings(field, [Arrival(1, RunFinished("stopped", 1, 1, 1, 0.5, (), (), 1.0))])
    assert [place.cell for place in places] == ["elman", "gru"]
    assert math.isnan(places[1].validation[1])


def test_a_real_race_reports_laps_and_arrivals() -> None:
    small = {"data.sample": "noisy_sine", "data.length": 300, "training.epochs": 2, "training.threads": 1}
    experiment = Experiment().replace(small)
    dataset = load(experiment)

    def make_run(entrant: Entrant) -> Iterable[Event]:
        return TrainingRun(entrant.experiment, dataset)

    events = list(race(entrants(experiment, ["elman", "gru"], 1, 60, _count_of), make_run))
    laps = [event for event in events if isinstance(event, Lap)]
    assert [lap.evaluated.epoch for lap in laps if lap.evaluated] == [1, 2, 1, 2]
    assert laps[-1].share == 1.0
    assert [event.entrant for event in events if isinstance(event, Arrival)] == [0, 1]


def _several(**changes: Any) -> Experiment:
    small = {"data.sample": "noisy_sine", "data.length": 200, "data.steps": 3, "data.look_back": 6}
    return Experiment().replace(small | {"training.epochs": 2, "training.threads": 1, "model.hidden_size": 4} | changes)


@pytest.mark.parametrize("own", STRATEGIES)
@pytest.mark.parametrize("other", STRATEGIES)
def test_a_strategy_is_counted_without_loading_its_data(own: str, other: str) -> None:
    first = _several().replace(strategy_changes(_several(), own))
    changed = first.replace(strategy_changes(first, other))
    assert strategy_of(changed) == other
    loaded, anew = load(first), load(changed)
    counts = [networks.parameter_count(changed.model, ends) for ends in (ends_of(loaded, changed), anew)]
    assert counts[0] == counts[1]


def test_strategies_race_by_their_error_in_real_units_with_a_table_by_step() -> None:
    experiment = _several()
    dataset = load(experiment)

    def count(own: Experiment) -> int:
        return networks.parameter_count(own.model, ends_of(dataset, own))

    def make_run(entrant: Entrant) -> Iterable[Event]:
        return TrainingRun(entrant.experiment, load(entrant.experiment))

    field = entrants(experiment, ["gru"], 2, 400, count, list(STRATEGIES))
    assert [entrant.key for entrant in field] == [("gru", strategy) for _ in range(2) for strategy in STRATEGIES]
    news = list(race(field, make_run))
    arrivals = [event for event in news if isinstance(event, Arrival)]
    places = standings(field, arrivals)
    assert {place.strategy for place in places} == set(STRATEGIES)
    assert [place.validation[1] for place in places] == sorted(place.validation[1] for place in places)
    for place in places:
        ended = [arrival.ended for arrival in arrivals if field[arrival.entrant].strategy == place.strategy]
        done = [each for each in ended if isinstance(each, RunFinished)]
        assert place.validation[1] == pytest.approx(np.median([each.validation_metric for each in done]))
        assert [row["step"] for row in place.by_step] == [1, 2, 3]
        assert place.by_step[1]["MAE"] == pytest.approx(np.median([each.by_step[1]["MAE"] for each in done]))
        laps = [
            lap
            for lap in news
            if isinstance(lap, Lap) and lap.evaluated and field[lap.entrant].key[1] == place.strategy
        ]
        assert field[laps[0].entrant].measured(laps[0].evaluated) == laps[0].evaluated.metric  # type: ignore[arg-type, union-attr]
    tables = compared_by_step({place.strategy: place.by_step for place in places})
    assert [table[0][0] for table in tables] == ["RMSE by step", "MAE by step", "MASE by step"]
    assert {row[0] for row in tables[0][1:]} >= {*STRATEGIES, "naive", "drift"}
    assert [row[0] for row in tables[1][1:]] == [place.strategy for place in places]
    assert compared_by_step({"nobody": ()}) == []
