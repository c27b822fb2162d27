"""Forecasts over several steps: every strategy, held against the plain definition."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import data
from engine.config import CELLS, Experiment
from engine.data import DataError, PairBatch
from engine.data.series.forecast_dataset import ForecastDataset
from engine.events import Evaluated, RunFailed, RunFinished, RunStarted
from engine.export.targets import targets
from engine.findings.summary import summary
from engine.forecasts.forecast_paths import dataset_paths
from engine.held_out.evaluation import score
from engine.held_out.predictions import Predictions
from engine.losses import Loss, loss_for
from engine.model import Model, load_model
from engine.networks import AnyNetwork, make_network
from engine.prediction_records import SeriesPrediction
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.storage.weights import write_weights
from engine.training import TrainingRun
from engine.uses.inference import forecast
from engine.wording.aligned import aligned, step_rows
from tests.engine.data.making import TRANSFORMS, table, windows_of

STEPS = 3
STRATEGIES: dict[str, dict[str, Any]] = {
    "recursive": {"model.topology": "many_to_one", "data.strategy": "recursive"},
    "direct": {"model.topology": "many_to_one", "data.strategy": "direct"},
    "encoder_decoder": {"model.topology": "encoder_decoder"},
}


def several(experiment: Experiment, strategy: str, **more: Any) -> Experiment:
    return experiment.replace({"data.steps": STEPS, "training.epochs": 1, **STRATEGIES[strategy], **more})


def made(experiment: Experiment) -> tuple[AnyNetwork, ForecastDataset, Loss]:
    found = data.load(experiment)
    assert isinstance(found, ForecastDataset)
    loss = loss_for(experiment.training, found)
    return make_network(experiment.model, found, width=loss.width, threads=1), found, loss


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_cell_learns_and_forecasts_by_every_strategy(experiment: Experiment, cell: str, strategy: str) -> None:
    chosen = several(experiment, strategy, **{"model.cell": cell, "data.look_back": 4})
    network, dataset, loss = made(chosen)
    batch = next(dataset.batches("train", 16))
    assert np.isfinite(network.loss_and_gradients(batch, loss).loss)
    found = dataset_paths(network, dataset, loss, "test", np.arange(5))
    assert found.shape == (STEPS, 5, 1, 1)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("loss", ["mse", "quantile"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_run_scores_every_step(experiment: Experiment, strategy: str, loss: str) -> None:
    both: dict[str, Any] = {"model.bidirectional": True, "model.num_layers": 2, "training.loss": loss}
    chosen = several(experiment, strategy, **both)
    run = TrainingRun(chosen, data.load(chosen))
    events = list(run)
    assert not [event for event in events if isinstance(event, RunFailed)]
    end = next(event for event in events if isinstance(event, RunFinished))
    names = [name for name, _ in end.test_metrics]
    assert names == ["RMSE", "MAE", "MASE", "skill"]
    assert all(np.isfinite(value) for _, value in end.test_metrics)
    assert [row["step"] for row in end.by_step] == [1, 2, 3]
    assert {"RMSE", "MAE", "MASE", "skill", "naive"} <= set(end.by_step[0])
    rows = step_rows(end.by_step)
    assert [row[0] for row in rows] == ["Step ahead", "1", "2", "3"]
    assert aligned(rows) in summary(chosen, next(e for e in events if isinstance(e, RunStarted)), end, [])
    free = [event.free_running_loss for event in events if isinstance(event, Evaluated)]
    assert np.isfinite(free[-1]) == (strategy == "encoder_decoder")
    shown = Predictions(run.network, run.dataset, loss_for(chosen.training, run.dataset)).judged()
    assert isinstance(shown, SeriesPrediction)
    assert len(shown.labels) == len(set(shown.labels)) == len(shown.truth) == len(shown.forecast)
    assert shown.excerpt == f"{len(shown.truth) // 3} of {run.dataset.count('validation')} windows"


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_all_strategies_are_asked_about_the_same_windows(experiment: Experiment, part: str) -> None:
    truths = []
    for strategy in STRATEGIES:
        _, dataset, _ = made(several(experiment, strategy))
        truths.append(dataset.path_truth(part))
        first, last = dataset.split.bounds(part)
        rows = dataset.rows(part, np.arange(dataset.count(part)))
        assert rows.max() == last - 1
        assert rows.min() >= first
    np.testing.assert_array_equal(truths[0], truths[1])
    np.testing.assert_array_equal(truths[0], truths[2])


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_answers_that_are_learned_lead_back_to_the_truth(
    experiment: Experiment, strategy: str, transform: str
) -> None:
    columns = {"a": [20.0 + k % 7 + k / 3 for k in range(60)], "b": [3.0 + (k * 5) % 11 for k in range(60)]}
    topology = "encoder_decoder" if strategy == "encoder_decoder" else "many_to_one"
    chosen = "recursive" if strategy == "recursive" else "direct"
    dataset = windows_of(columns, targets=2, topology=topology, steps=STEPS, strategy=chosen, **TRANSFORMS[transform])
    assert isinstance(dataset, ForecastDataset)
    positions = np.arange(dataset.count("test"))
    batch, truth = dataset.batch("test", positions), dataset.path_truth("test")
    windows = dataset.windows("test", positions)
    if strategy == "recursive":
        targets = batch.targets[None]
    elif strategy == "direct":
        targets = batch.targets.reshape(-1, STEPS, 2).transpose(1, 0, 2)
    else:
        targets = batch.targets
    found = dataset.preparation.path_values(targets, windows)
    np.testing.assert_allclose(found, truth[: len(found)], rtol=1e-5)


def test_recursion_reads_its_own_forecasts_and_the_known_future(experiment: Experiment) -> None:
    """A network that says what the last step's inputs add up to makes every step checkable by hand."""
    columns = {name: list(np.arange(40.0) * k) for k, name in enumerate(("value", "known", "unknown"), 1)}
    dataset = windows_of(
        columns, inputs=("known", "unknown"), known_inputs=("known",), steps=2, strategy="recursive", scaler="none",
    )  # fmt: skip
    assert isinstance(dataset, ForecastDataset)

    class Adding:
        def forward(self, inputs: NDArray[Any]) -> object:
            return dataclasses.make_dataclass("Output", ["values"])(inputs[-1].sum(axis=1, keepdims=True))

    found = dataset_paths(Adding(), dataset, Loss("mse"), "test", np.arange(1))  # type: ignore[arg-type]
    row = int(dataset.rows("test", np.arange(1))[0, 0])
    value, known, unknown = row - 1.0, 2.0 * row, 3.0 * (row - 1)
    first = value + known + unknown
    second = first + 2.0 * (row + 1) + unknown
    np.testing.assert_allclose(found[:, 0, 0, 0], [first, second])


def test_nothing_of_the_future_reaches_a_forecast(experiment: Experiment) -> None:
    """Only what is known ahead may differ behind the window's end."""
    columns = {name: [10.0 + (k * n) % 9 for k in range(60)] for n, name in enumerate(("value", "known", "other"), 4)}
    for strategy, settings in STRATEGIES.items():
        model = Experiment().replace({**settings, "model.hidden_size": 3}).model
        data_settings: dict[str, Any] = {
            "inputs": ("known", "other"), "known_inputs": ("known",), "steps": STEPS,
            "strategy": settings.get("data.strategy", "direct"), "topology": model.topology,
        }  # fmt: skip
        before = windows_of(columns, **data_settings)
        row = int(before.rows("test", np.arange(1))[0, 0])  # type: ignore[attr-defined]
        changed = {name: list(values) for name, values in columns.items()}
        for name in ("value", "other"):
            changed[name][row:] = [77.0] * (60 - row)
        after = windows_of(changed, **data_settings)
        network = make_network(model, before, threads=1)
        said = [dataset_paths(network, each, Loss("mse"), "test", np.arange(1)) for each in (before, after)]
        np.testing.assert_array_equal(said[0], said[1], err_msg=strategy)


def test_values_of_the_test_part_change_nothing_that_training_sees(experiment: Experiment) -> None:
    values = [10.0 + (k * 5) % 9 for k in range(60)]
    for strategy, settings in STRATEGIES.items():
        asked: dict[str, Any] = {"steps": STEPS, "strategy": settings.get("data.strategy", "direct")}
        topology = settings["model.topology"]
        sets = [
            windows_of({"value": each}, topology=topology, **asked) for each in (values, [*values[:54], *[999.0] * 6])
        ]
        assert sets[0].metadata() == sets[1].metadata()
        for part in ("train", "validation"):
            for one, other in zip(*(each.batches(part, 16) for each in sets), strict=True):
                np.testing.assert_array_equal(one.inputs, other.inputs, err_msg=strategy)
                np.testing.assert_array_equal(one.targets, other.targets, err_msg=strategy)


@pytest.mark.parametrize("attention", ["none", "multiplicative", "additive"])
def test_gradients_of_the_numeric_encoder_decoder(experiment: Experiment, attention: str) -> None:
    columns = {"value": [10.0 + (k * 5) % 9 for k in range(60)], "known": [k % 4 / 2 for k in range(60)]}
    dataset = windows_of(
        columns, inputs=("known",), known_inputs=("known",), topology="encoder_decoder", steps=STEPS, look_back=5
    )
    model = Experiment().replace(
        {"model.topology": "encoder_decoder", "model.attention": attention, "model.hidden_size": 3,
         "model.bidirectional": True}
    ).model  # fmt: skip
    network = make_network(model, dataset, dtype=np.float64, seed=3, threads=1)
    batch = dataset.batch("train", np.arange(4))
    assert isinstance(batch, PairBatch)
    assert batch.before.shape == (STEPS, 4, 2)
    network.loss_and_gradients(batch, "mse")
    gradients, state = network.gradients(), network.state_dict()
    for name, array in state.items():
        place = np.unravel_index(np.abs(gradients[name]).argmax(), array.shape)
        found = []
        for change in (1e-6, -1e-6):
            moved = array.copy()
            moved[place] += change
            network.load_state_dict(state | {name: moved})
            found.append(network.loss_and_gradients(batch, "mse").loss)
        assert gradients[name][place] == pytest.approx((found[0] - found[1]) / 2e-6, rel=1e-5, abs=1e-9), name


def test_the_simple_forecasts_hold_at_every_step() -> None:
    dataset = windows_of({"value": [float(2 * k) for k in range(60)]}, steps=STEPS, season=5, strategy="recursive")
    assert isinstance(dataset, ForecastDataset)
    truth, simple = dataset.path_truth("test"), dict(dataset.path_baselines("test"))
    ahead = np.arange(1, STEPS + 1)[:, None, None]
    np.testing.assert_allclose(simple["naive"], truth - 2 * ahead)
    np.testing.assert_allclose(simple["seasonal naive"], truth - 10)
    np.testing.assert_allclose(simple["drift"], truth)
    np.testing.assert_allclose(simple["AR(4)"], truth, rtol=1e-6)


def test_scores_by_step_are_those_of_each_step(experiment: Experiment) -> None:
    network, dataset, loss = made(several(experiment, "direct"))
    judged = score(network, dataset, "test", 7, loss)
    found, steps = dict(judged.metrics), judged.by_step
    said = dataset_paths(network, dataset, loss, "test", np.arange(dataset.count("test")))[..., 0]
    errors = said - dataset.path_truth("test")
    assert found["RMSE"] == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert [row["step"] for row in steps] == [1, 2, 3]
    assert steps[1]["RMSE"] == pytest.approx(np.sqrt(np.mean(errors[1] ** 2)))
    assert steps[1]["MAE"] == pytest.approx(np.mean(np.abs(errors[1])))
    assert steps[1]["MASE"] == pytest.approx(np.mean(np.abs(errors[1])) / dataset.usual_step[0])
    naive = dict(dataset.path_baselines("test"))["naive"] - dataset.path_truth("test")
    assert steps[2]["naive"] == pytest.approx(np.sqrt(np.mean(naive[2] ** 2)))
    assert steps[2]["skill"] == pytest.approx(1 - steps[2]["RMSE"] / steps[2]["naive"])
    assert np.mean([row["MASE"] for row in steps]) == pytest.approx(found["MASE"])
    assert not score(network, dataset, "validation", 7, loss).by_step


def test_of_long_forecasts_five_steps_have_scores_of_their_own(experiment: Experiment) -> None:
    network, dataset, loss = made(several(experiment, "direct", **{"data.steps": 13, "data.validation": 20}))
    found = score(network, dataset, "test", 64, loss).by_step
    assert [row["step"] for row in found] == ([1, 4, 7, 10, 13] if dataset.count("test") else [])


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"data.horizon": 2}, "data.horizon"),
        ({"model.topology": "many_to_many"}, "model.topology"),
        ({"data.known_inputs": "price"}, "data.known_inputs"),
    ],
)
def test_settings_that_do_not_go_together_are_named(
    experiment: Experiment, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(DataError, match=named):
        data.load(experiment.replace({"data.steps": STEPS, **changes}))


def test_a_written_series_is_a_sequence_to_sequence_network(experiment: Experiment) -> None:
    network, dataset, _ = made(several(experiment, "encoder_decoder"))
    assert isinstance(network, SequenceToSequence)
    assert network.sizes.heard == dataset.heard_size == 1


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_predict_goes_on_for_every_step_beyond_the_end(tmp_path: Path, strategy: str) -> None:
    """The file's last rows have no target yet, but say what is known ahead; the model comes back from its header."""
    path = tmp_path / "sold.csv"
    ends = [""] * 2
    sold = [str(10 + (k * 5) % 9) for k in range(40)]
    path.write_text(table(sold=[*sold, *ends], price=[k % 4 for k in range(42)]))
    chosen = several(Experiment(), strategy).replace(
        {"data.file": str(path), "data.time_column": "date", "data.targets": "sold", "data.inputs": "price",
         "data.known_inputs": "price", "data.look_back": 4, "data.validation": 9, "data.test": 9,
         "model.hidden_size": 3}
    )  # fmt: skip
    network, dataset, _ = made(chosen)
    write_weights(tmp_path / "a.safetensors", network.state_dict(), Model(chosen, network, dataset.metadata()).header())
    model = load_model(tmp_path / "a.safetensors", chosen)
    found = forecast(model)
    ahead = [row for row in found.rows() if row[-1] == "ahead"]
    assert [row[0] for row in ahead] == ["1993-05", "1993-06", "1993-07"]
    assert len(set(found.dates)) == len(found.dates) == len(found.forecast)
    assert np.isfinite(found.forecast).all()
    refused = {target.key for target in targets() if not target.fit_for(model).possible}
    assert refused == set()
