"""Several series in one table, several steps ahead: each as it would be alone, and a run up to the forecasts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.config import CELLS, Experiment
from engine.data import DataError, Dataset, load
from engine.data.metrics import mae, rmse
from engine.data.series.forecast_dataset import ForecastDataset
from engine.data.series.panel_forecast_dataset import PanelForecastDataset
from engine.data.splits import PARTS
from engine.events import RunFinished
from engine.export.targets import target, target_keys
from engine.forecasts.forecast_paths import dataset_paths
from engine.held_out.evaluation import score
from engine.held_out.predictions import Predictions
from engine.losses import loss_for
from engine.memoryless.flattened import Flattened
from engine.model import Model, load_model
from engine.networks import make_network
from engine.prediction_records import SeriesPrediction
from engine.training import TrainingRun
from engine.uses.inference import forecast
from tests.engine.data.making import Write, experiment, windows_of
from tests.engine.data.test_panel import LENGTHS, plain, sales
from tests.engine.test_forecast_paths import STEPS, STRATEGIES


def chosen(path: Path, strategy: str, **data: Any) -> Experiment:
    settings = {"time_column": "date", "sequence_column": "store", "targets": "sales", "steps": STEPS, **data}
    return experiment(path, **settings).replace({**STRATEGIES[strategy], "training.epochs": 1, "model.hidden_size": 3})


def several(path: Path, strategy: str, **data: Any) -> PanelForecastDataset:
    found = load(chosen(path, strategy, **data))
    assert isinstance(found, PanelForecastDataset)
    return found


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_each_series_is_cut_as_it_would_be_alone(write: Write, strategy: str) -> None:
    data = several(write("a.csv", sales()), strategy)
    settings = STRATEGIES[strategy]
    for part in PARTS:
        assert {name for name, _ in data.places(part)} == set(LENGTHS)
        for name, place in data.places(part):
            alone = windows_of(
                {"sales": plain(name)}, topology=settings["model.topology"], steps=STEPS,
                strategy=settings.get("data.strategy", "direct"),
            )  # fmt: skip
            assert isinstance(alone, ForecastDataset)
            positions = np.arange(place.start, place.stop)
            here, there = data.batch(part, positions), alone.batch(part, positions - place.start)
            assert type(here) is type(there)
            for field in ("inputs", "targets", "weights", "lengths", *(["before"] if hasattr(here, "before") else [])):
                np.testing.assert_array_equal(getattr(here, field), getattr(there, field), err_msg=field)
            np.testing.assert_array_equal(here.positions, positions)
            np.testing.assert_array_equal(data.path_truth(part)[:, place], alone.path_truth(part))
            own, theirs = dict(data.path_baselines(part)), dict(alone.path_baselines(part))
            np.testing.assert_array_equal(own["naive"][:, place], theirs["naive"])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_forecasts_and_scores_are_those_of_each_series(write: Write, strategy: str) -> None:
    path = write("a.csv", sales(gap=20))
    data = several(path, strategy)
    made = chosen(path, strategy)
    network, loss = make_network(made.model, data, seed=1, threads=1), loss_for(made.training, data)
    mixed = np.random.default_rng(0).permutation(data.count("test"))
    said = dataset_paths(network, data, loss, "test", mixed)[..., 0][:, np.argsort(mixed)]
    truth, scaled = data.path_truth("test"), []
    judged = score(network, data, "test", 7, loss)
    found, units = dict(judged.metrics), data.usual_steps("test")
    for name, member, place in data.slices("test"):
        own = dataset_paths(network, member, loss, "test", np.arange(member.count("test")))[..., 0]
        np.testing.assert_allclose(said[:, place], own, rtol=1e-4)
        assert found[f"RMSE {name}"] == pytest.approx(rmse(truth[:, place], own), rel=1e-4)
        scaled += [mae(truth[:, place], own) / member.usual_step[0]] * own.shape[1]
    assert found["RMSE"] == pytest.approx(rmse(truth, said), rel=1e-4)
    (_, second, _) = judged.by_step
    assert second["step"] == 2
    assert second["RMSE"] == pytest.approx(rmse(truth[1], said[1]), rel=1e-4)
    assert second["MASE"] == pytest.approx(np.mean(np.abs(truth[1] - said[1]) / units), rel=1e-4)
    assert found["MASE"] == pytest.approx(np.mean(scaled), rel=1e-4)
    other = Flattened(made, data, loss.width, 200)
    beside = dict(score(other, data, "test", 7, loss).metrics)
    for name, member, _ in data.slices("test"):
        assert beside[f"RMSE {name}"] == pytest.approx(score(other, member, "test", 7, loss).metric, rel=1e-4)
    labels = data.path_labels("test", data.tiles("test"))
    assert len(labels) == len(set(labels)) == STEPS * len(data.tiles("test"))
    assert [name for name in LENGTHS if f"{name} · " in " ".join(labels)] == list(LENGTHS)


@pytest.mark.parametrize("scaled_by", ["series", "all"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_run_goes_from_the_table_to_forecasts_of_every_series(
    write: Write, tmp_path: Path, strategy: str, scaled_by: str
) -> None:
    path = write("a.csv", sales(gap=20))
    settings = {"inputs": "price", "known_inputs": "price", "missing_inputs": True, "scaled_by": scaled_by}
    made = chosen(path, strategy, **settings)
    run = TrainingRun(made, load(made), folder=tmp_path / "run")
    *_, ended = run
    assert isinstance(ended, RunFinished), ended
    assert {"naive", "drift", "AR"} <= {name for name, _ in ended.test_baselines}
    shown = Predictions(run.network, run.dataset, loss_for(made.training, run.dataset)).judged()
    assert isinstance(shown, SeriesPrediction)
    assert len(shown.labels) == len(set(shown.labels)) == len(shown.truth) == len(shown.forecast)
    model = load_model(tmp_path / "run" / "weights.safetensors", made)
    found = forecast(model)
    ahead = [row[:2] for row in found.rows() if row[-1] == "ahead"]
    assert sorted(ahead) == sorted(
        [name, date]
        for name, dates in {
            "north": ("2003-05", "2003-06", "2003-07"),
            "south": ("2002-10", "2002-11", "2002-12"),
            "east": ("2004-05", "2004-06", "2004-07"),
        }.items()
        for date in dates
    )
    np.testing.assert_allclose(forecast(model, path).forecast, found.forecast, rtol=1e-6)
    alone = Model(made, run.network, {**model.metadata, "sequence_column": [], "scalers": []})
    possible, as_alone = (
        {key for key in target_keys() if target(key).fit_for(some).possible} for some in (model, alone)
    )
    assert possible == as_alone


@pytest.mark.parametrize("scaled_by", ["series", "all"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_test_part_changes_nothing_that_training_sees(write: Write, strategy: str, scaled_by: str) -> None:
    names = ("a.csv", ""), ("b.csv", "east")
    first, other = (
        several(write(name, sales(changed=changed)), strategy, scaled_by=scaled_by, transform="log_difference")
        for name, changed in names
    )
    assert first.metadata() == other.metadata()
    for part in ("train", "validation"):
        for a, b in zip(first.batches(part, 8, seed=1), other.batches(part, 8, seed=1), strict=True):
            np.testing.assert_array_equal(a.inputs, b.inputs)
            np.testing.assert_array_equal(a.targets, b.targets)
        assert first.baselines(part) == other.baselines(part)
    assert not np.array_equal(first.path_truth("test"), other.path_truth("test"))


@pytest.fixture(scope="module", params=STRATEGIES)
def task(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Experiment, Dataset]:
    """Read once for all cells, which change nothing in it."""
    path = tmp_path_factory.mktemp("task") / "a.csv"
    path.write_text(sales())
    made = chosen(path, request.param)
    return made, load(made)


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_from_all_series(task: tuple[Experiment, Dataset], cell: str) -> None:
    made, data = task
    model = made.replace({"model.cell": cell}).model
    network, loss = make_network(model, data, threads=1), loss_for(made.training, data)
    assert np.isfinite(network.loss_and_gradients(next(data.batches("train", 16)), loss).loss)
    assert np.isfinite(dataset_paths(network, data, loss, "test", np.arange(5))).all()


def test_settings_that_do_not_go_together_are_named(write: Write) -> None:
    with pytest.raises(DataError, match=r"data\.known_inputs"):
        several(write("a.csv", sales()), "direct", known_inputs="price")
