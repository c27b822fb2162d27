"""A race: equal budgets, every seed, and a table that says what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import pytest

from engine.config import CELLS, Experiment, ModelConfig
from engine.data import load
from engine.events import Event, RunFailed, RunFinished
from engine.network import parameter_count
from engine.race import entrants, fitted, race, standings
from engine.race_messages import Arrival, Lap
from engine.training import TrainingRun


def _count(model: ModelConfig) -> int:
    return parameter_count(model, 1, 1, False)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("budget", [1, 300, 5000])
def test_hidden_units_come_as_near_to_the_budget_as_whole_units_can(cell: str, budget: int) -> None:
    model = fitted(ModelConfig(cell=cell), budget, _count)
    nearest = abs(_count(model) - budget)
    for size in (model.hidden_size - 1, model.hidden_size + 1):
        if size >= 1:
            assert nearest <= abs(_count(ModelConfig(cell=cell, hidden_size=size)) - budget)


def test_every_cell_has_every_seed_and_its_own_activation() -> None:
    field = entrants(Experiment().replace({"training.seed": 7}), ["lstm", "minlstm"], 3, 500, _count)
    assert [(entrant.cell, entrant.seed) for entrant in field] == [
        (cell, seed) for seed in (7, 8, 9) for cell in ("lstm", "minlstm")
    ]
    assert {entrant.experiment.model.activation for entrant in field} == {"tanh", "identity"}


def _ended(experiment: Experiment) -> Iterator[Event]:
    """A run that ends at once: the loss is the seed, and seed 2 fails."""
    seed = experiment.training.seed
    if seed == 2:
        yield RunFailed("It broke", "Because.", "Mend it.", 1)
    else:
        loss = seed + (10.0 if experiment.model.cell == "gru" else 0.0)
        yield RunFinished("all epochs done", 5, 1, 1, loss, (("RMSE", 2 * loss),), (), 1.0)


def test_the_table_is_the_spread_over_the_seeds() -> None:
    field = entrants(Experiment(), ["gru", "elman"], 4, 500, _count)
    places = standings(field, [event for event in race(field, _ended) if isinstance(event, Arrival)])
    assert [place.cell for place in places] == ["elman", "gru"]
    assert places[0].validation == (0.0, 1.0, 3.0)
    assert places[0].test == (0.0, 2.0, 6.0)
    assert (places[0].arrived, places[0].failed, places[0].metric) == (3, 1, "RMSE")


def test_cells_that_never_arrived_stand_last() -> None:
    field = entrants(Experiment(), ["gru", "elman"], 1, 500, _count)
    places = standings(field, [Arrival(1, RunFinished("stopped", 1, 1, 1, 0.5, (), (), 1.0))])
    assert [place.cell for place in places] == ["elman", "gru"]
    assert math.isnan(places[1].validation[1])


def test_a_real_race_reports_laps_and_arrivals() -> None:
    small = {"data.sample": "noisy_sine", "data.length": 300, "training.epochs": 2, "training.threads": 1}
    experiment = Experiment().replace(small)
    dataset = load(experiment)

    def make_run(entrant: Experiment) -> Iterable[Event]:
        return TrainingRun(entrant, dataset)

    events = list(race(entrants(experiment, ["elman", "gru"], 1, 60, _count), make_run))
    laps = [event for event in events if isinstance(event, Lap)]
    assert [lap.evaluated.epoch for lap in laps if lap.evaluated] == [1, 2, 1, 2]
    assert laps[-1].share == 1.0
    assert [event.entrant for event in events if isinstance(event, Arrival)] == [0, 1]
