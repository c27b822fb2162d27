"""A sweep: every combination, every seed, what cannot be run left out with its reason, and the same table again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import pytest

from engine.comparing.race import race
from engine.comparing.race_messages import Arrival, Entrant, Place, Settings, settings_title
from engine.comparing.sweep import changed, drawn_settings, forgiving, grid, results, sweep
from engine.comparing.sweep_values import Varied, read_varied, swept_names
from engine.config import ConfigError, Experiment, field_info
from engine.data import DataError
from engine.events import Event, RunFailed, RunFinished, RunStarted
from engine.loading import Loader
from engine.training import TrainingRun

RATES = Varied("training.learning_rate", (0.01, 0.001))
SIZES = Varied("model.hidden_size", (4, 8))
SMALL = Experiment().replace(
    {"data.sample": "noisy_sine", "data.length": 300, "training.epochs": 2, "training.threads": 1}
)


def test_a_grid_holds_every_value_with_every_other() -> None:
    assert [tuple(dict(each).values()) for each in grid([RATES, SIZES])] == [
        (0.01, 4), (0.01, 8), (0.001, 4), (0.001, 8),
    ]  # fmt: skip
    assert settings_title(grid([RATES, SIZES])[0]) == "Learning rate 0.01, Hidden units 4"


@pytest.mark.parametrize(
    ("varied", "words"),
    [
        ([Varied("training.epochs", tuple(range(1, 1002)))], "1001 combinations"),
        ([SIZES, read_varied(SMALL, "training.learning_rate=0.1..1")], "training.learning_rate has bounds only"),
    ],
)
def test_a_grid_without_end_is_refused(varied: list[Varied], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        grid(varied)


def test_drawn_settings_are_the_same_again_and_none_twice() -> None:
    varied = [read_varied(SMALL, name, draws=True) for name in swept_names()]
    drawn = drawn_settings(varied, 12, 3)
    assert drawn == drawn_settings(varied, 12, 3)
    assert drawn != drawn_settings(varied, 12, 4)
    assert len(set(drawn)) == 12
    assert len(drawn_settings([SIZES], 12, 0)) == 2
    with pytest.raises(ConfigError, match="takes 1 to 1000"):
        drawn_settings(varied, 0, 3)


def test_a_broken_off_sweep_has_something_of_every_trial() -> None:
    field = sweep(SMALL, grid([SIZES]), 2).field
    assert [(dict(each.settings)["model.hidden_size"], each.seed) for each in field] == [(4, 0), (8, 0), (4, 1), (8, 1)]
    assert [each.experiment.training.seed for each in field] == [0, 0, 1, 1]
    assert field[0].key == field[2].key != field[1].key


def test_settings_that_do_not_go_together_are_left_out_with_their_reason() -> None:
    base = SMALL.replace({"model.num_layers": 2, "model.hidden_sizes": (4, 5)})
    found = sweep(base, grid([Varied("model.num_layers", (1, 2, 3))]), 1)
    assert [dict(each.settings)["model.num_layers"] for each in found.field] == [2, 3]
    assert [each.reason for each in found.left_out] == ["model.hidden_sizes names 2 layers; model.num_layers is 1"]


def test_a_setting_without_effect_is_not_run_twice() -> None:
    varied = [Varied("model.num_layers", (1, 2)), Varied("model.dropout", (0.0, 0.2))]
    found = sweep(SMALL, grid(varied), 1)
    assert len(found.field) == 3
    (left,) = found.left_out
    assert "model.dropout has no effect here; it is the same run as Layers 1, Layer dropout 0" in left.reason
    with pytest.raises(ConfigError, match=r"nothing to compare; .*model\.dropout has no effect"):
        sweep(SMALL, grid(varied[1:]), 1)
    with pytest.raises(ConfigError, match="two values or more"):
        sweep(SMALL, grid([Varied("model.num_layers", (1,))]), 1)


def test_a_cell_brings_its_activations_and_units_hold_for_all_layers() -> None:
    own = changed(SMALL, (("model.cell", "minlstm"),))
    assert own.model.activation == "identity"
    assert changed(SMALL, (("model.cell", "elman"), ("model.activation", "relu"))).model.activation == "relu"
    wide = SMALL.replace({"model.num_layers": 2, "model.hidden_sizes": (4, 5)})
    assert changed(wide, (("model.hidden_size", 7),)).model.widths == (7, 7)


@pytest.mark.parametrize("name", swept_names())
def test_runs_are_compared_by_loss_only_where_all_have_the_same(name: str) -> None:
    needed = {key: next(iter(values)) for key, values in _needs(name)}
    found = sweep(SMALL.replace(needed), grid([Varied(name, read_varied(SMALL, name).values[:2])]), 1)
    losses = ("training.loss", "training.huber_delta", "training.class_weights")
    assert {entrant.by_metric for entrant in found.field} == {name.startswith("data.") or name in losses}


def _needs(name: str) -> list[tuple[str, Iterable[object]]]:
    section, _, field = name.partition(".")
    return [(f"{section}.{other}", values) for other, values in field_info(section, field).needs]


def _ended(entrant: Entrant) -> Iterator[Event]:
    """Trials of 4 units cannot be run; of the others seed 0 breaks off, and the loss is the rate."""
    model, training = entrant.experiment.model, entrant.experiment.training
    if model.hidden_size == 4:
        raise DataError("too few rows.")
    yield RunStarted(10 * model.hidden_size, 1, 1, "accuracy", (), "")
    if training.seed == 0 and training.learning_rate > 0.005:
        yield RunFailed("It broke", "Because.", "Mend it.", 1)
    else:
        yield RunFinished("all epochs done", 1, 1, 1, training.learning_rate, (("accuracy", 0.5),), (), 1.0,
                          validation_metric=10 * training.learning_rate)  # fmt: skip


def _results(varied: list[Varied], by_metric: bool = False) -> tuple[list[Place], list[tuple[Settings, str]]]:
    field = [dataclasses.replace(each, by_metric=by_metric) for each in sweep(SMALL, grid(varied), 2).field]
    arrivals = [news for news in race(field, forgiving(_ended)) if isinstance(news, Arrival)]
    assert len(arrivals) == len(field)
    places, left_out = results(field, arrivals)
    return places, [(each.settings, each.reason) for each in left_out]


def test_a_run_that_cannot_be_or_breaks_off_leaves_the_others_alone() -> None:
    places, left_out = _results([SIZES, RATES])
    assert [dict(place.settings) for place in places] == [
        {"model.hidden_size": 8, "training.learning_rate": 0.001},
        {"model.hidden_size": 8, "training.learning_rate": 0.01},
    ]
    assert [(place.arrived, place.failed, place.parameters) for place in places] == [(2, 0, 80), (1, 1, 80)]
    assert [(dict(settings)["model.hidden_size"], reason) for settings, reason in left_out] == [
        (4, "too few rows.")
    ] * 2


def test_the_highest_is_the_best_of_what_is_better_high() -> None:
    places, _ = _results([SIZES, RATES], by_metric=True)
    assert [place.validation[1] for place in places] == [0.1, 0.01]


def test_out_of_memory_ends_one_trial_only() -> None:
    def run(_entrant: Entrant) -> Iterator[Event]:
        raise MemoryError
        yield

    field = sweep(SMALL, grid([SIZES]), 1).field
    arrivals = [news for news in race(field, forgiving(run)) if isinstance(news, Arrival)]
    assert [each.ended.title for each in arrivals if isinstance(each.ended, RunFailed)] == ["Out of memory"] * 2


def test_a_trial_is_the_run_that_its_settings_make_alone_and_comes_again_to_the_same_bits() -> None:
    loader = Loader(2)

    def make_run(entrant: Entrant) -> Iterable[Event]:
        return TrainingRun(entrant.experiment, loader.load(entrant.experiment))

    def once() -> list[Place]:
        field = sweep(SMALL, grid([SIZES, Varied("data.look_back", (5, 9))]), 2).field
        arrivals = [news for news in race(field, forgiving(make_run)) if isinstance(news, Arrival)]
        return [dataclasses.replace(place, seconds=0.0) for place in results(field, arrivals)[0]]

    first = once()
    assert first == once()
    best = first[0]
    alone = []
    for seed in (0, 1):
        own = SMALL.replace({**dict(best.settings), "training.seed": seed})
        ended = list(TrainingRun(own, Loader().load(own)))[-1]
        assert isinstance(ended, RunFinished)
        alone.append(ended.validation_metric)
    assert (best.validation[0], best.validation[2]) == (min(alone), max(alone))
    assert best.metric == "RMSE"
    assert all(place.parameters > 0 for place in first)


def test_data_are_read_again_only_where_they_may_be_others() -> None:
    loader = Loader(2)
    first = loader.load(SMALL)
    other = loader.load(SMALL.replace({"data.look_back": 5}))
    assert loader.load(SMALL.replace({"training.seed": 3})) is first
    assert other is not first
    loader.load(SMALL.replace({"data.look_back": 6}))  # the one that was not asked for longest goes
    assert loader.load(SMALL) is first
    assert loader.load(SMALL.replace({"data.look_back": 5})) is not other
