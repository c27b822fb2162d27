"""What memory is worth: the feed-forward network beside a run, and the network itself without the order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.control import Control
from engine.data import Batch, PairBatch, load
from engine.data.series.forecast_dataset import ForecastDataset
from engine.events import Finding, RunFinished, RunStarted, Snapshot, SnapshotRequest
from engine.findings.diagnosis import Diagnosis
from engine.findings.measurements import Measurements
from engine.held_out.predictions import Predictions
from engine.losses import Loss, loss_for
from engine.memoryless.feed_forward import Trained, train
from engine.memoryless.flattened import Flattened
from engine.memoryless.memory_worth import MemoryWorth, shuffled
from engine.networks import make_network
from engine.prediction_records import SeriesPrediction
from engine.training import TrainingRun
from tests.engine.data.making import windows_of
from tests.engine.test_forecast_paths import STEPS, STRATEGIES

SERIES = {"data.sample": "airline_passengers", "training.epochs": 2, "training.threads": 1, "model.hidden_size": 6}
TASKS: dict[str, dict[str, Any]] = {
    "series": {},
    "series, an answer at each step": {"model.topology": "many_to_many"},
    "labelled": {"data.sample": "japanese_vowels"},
    "values": {"data.sample": "adding", "data.length": 6, "data.sequences": 64},
    "symbols": {"data.sample": "temporal_order", "data.length": 12, "data.sequences": 64},
    "tags": {"data.sample": "embedded_reber", "data.length": 12, "data.sequences": 64},
    **{strategy: {"data.steps": STEPS, **chosen} for strategy, chosen in STRATEGIES.items()},
}


def _experiment(task: str, **changes: Any) -> Experiment:
    from engine.data import sample

    wanted = SERIES | TASKS[task] | changes
    return sample(str(wanted["data.sample"])).experiment.replace(
        {n: v for n, v in wanted.items() if n != "data.sample"}
    )


def _batch(inputs: np.ndarray, lengths: list[int], targets: np.ndarray, weights: np.ndarray) -> Batch:
    return Batch(inputs, np.array(lengths), targets, weights, False, np.arange(inputs.shape[1]))


@pytest.mark.parametrize("task", TASKS)
def test_it_answers_every_batch_as_the_recurrent_network_does(task: str) -> None:
    experiment = _experiment(task)
    dataset = load(experiment)
    loss = loss_for(experiment.training, dataset)
    own = make_network(experiment.model, dataset, width=loss.width, threads=1)
    other = Flattened(experiment, dataset, loss.width, own.parameter_count)
    for batch in dataset.batches("test", 7):
        assert other.answer(batch).values.shape == own.answer(batch).values.shape
    trained = train(experiment, dataset, loss, other, 1, lambda: False)
    assert trained is not None
    assert np.isfinite([trained.validation, trained.test]).all()


@pytest.mark.parametrize(("schedule", "ends_early"), [("constant", True), ("exponential", False)])
def test_it_ends_where_further_epochs_are_idle(schedule: str, ends_early: bool) -> None:
    experiment = _experiment("series", **{"training.schedule": schedule})
    dataset = load(experiment)
    loss = loss_for(experiment.training, dataset)
    asked = itertools.count()
    other = Flattened(experiment, dataset, loss.width, 100)
    assert train(experiment, dataset, loss, other, 600, lambda: next(asked) < 0)
    epochs = next(asked) / dataset.batch_count("train", experiment.training.batch_size)
    assert (100 < epochs < 600) if ends_early else epochs == 600


def test_its_rows_are_the_steps_side_by_side() -> None:
    experiment = _experiment("labelled")
    dataset = load(experiment)
    network = Flattened(experiment, dataset, 1, 5000)
    inputs = np.arange(4 * 2 * 12, dtype=np.float32).reshape(4, 2, 12)
    flat = network.flat(_batch(inputs, [4, 2], np.zeros(2, np.int32), np.ones(2, np.float32)))
    assert flat.inputs.shape == (1, 2, network.steps * 12)
    np.testing.assert_array_equal(flat.inputs[0, 0, : 4 * 12], inputs[:, 0].reshape(-1))
    np.testing.assert_array_equal(flat.inputs[0, 1, : 2 * 12], inputs[:2, 1].reshape(-1))
    assert not flat.inputs[0, 1, 2 * 12 :].any()


def test_where_every_step_has_an_answer_it_sees_the_last_steps_and_goes_on_from_the_batch_before() -> None:
    experiment = _experiment("tags")
    dataset = load(experiment)
    network = Flattened(experiment, dataset, 1, 5000)
    tokens = np.arange(20, dtype=np.int32)[:, None] % dataset.input_size

    def part(first: int, last: int) -> Batch:
        steps = tokens[first:last]
        return _batch(steps, [last - first], np.zeros(steps.shape, np.int32), np.ones(steps.shape, np.float32))

    whole = network.flat(part(0, 20)).inputs[0]
    begun = part(0, 9)
    rest = network.flat(part(9, 20), network.tail(begun)).inputs[0]
    np.testing.assert_array_equal(whole[9:], rest)
    np.testing.assert_array_equal(whole[0, : -dataset.input_size], 0)
    steps = whole[12].reshape(network.steps, dataset.input_size)
    np.testing.assert_array_equal(steps.argmax(axis=1), tokens[13 - network.steps : 13, 0])


def test_shuffling_keeps_what_occurs_and_the_padding() -> None:
    inputs = np.random.default_rng(0).normal(size=(9, 3, 2)).astype(np.float32)
    batch = _batch(inputs, [9, 5, 1], np.zeros((3, 1), np.float32), np.ones(3, np.float32))
    found = shuffled(batch).inputs
    assert not np.array_equal(found, inputs)
    for column, length in enumerate((9, 5, 1)):
        assert sorted(map(tuple, found[:length, column])) == sorted(map(tuple, inputs[:length, column]))
        np.testing.assert_array_equal(found[length:, column], inputs[length:, column])


def _events(experiment: Experiment, control: Control | None = None) -> list[Any]:
    return list(TrainingRun(experiment, load(experiment), control))


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("series", "has its own."),
        ("recursive", "Its own forecasts of one step are fed back, as the network's are."),
        ("direct", "It has an output for each step ahead, as the network has."),
        ("encoder_decoder", "an output for each step ahead (direct), from the same windows."),
    ],
)
def test_a_run_ends_with_it_among_the_baselines_and_says_so(task: str, said: str) -> None:
    control = Control()
    control.request = SnapshotRequest(1, frozenset({"prediction"}))
    experiment = _experiment(task)
    events = _events(experiment, control)
    ended = events[-1]
    assert isinstance(ended, RunFinished)
    (name,) = [name for name, _ in ended.test_baselines if name.startswith("feed-forward (")]
    (started,) = [event for event in events if isinstance(event, RunStarted)]
    assert ended.validation_baselines[:-1] == started.baselines
    assert ended.validation_baselines[-1][0] == name
    assert np.isfinite(ended.shuffled) == (task != "recursive")
    (found,) = [event for event in events if isinstance(event, Finding) and event.key == "memory"]
    assert found.why.endswith(said)
    assert [name in row for row in ended.by_step] == [True] * (STEPS if task in STRATEGIES else 0)
    shown = dict([event for event in events if isinstance(event, Snapshot)][-1].values)["prediction"]
    assert isinstance(shown, SeriesPrediction)
    assert dict(shown.baselines)[name].shape == shown.truth.shape
    again = _events(experiment)[-1]
    assert (again.test_baselines, again.shuffled) == (ended.test_baselines, ended.shuffled)


def _by_hand(network: Flattened, dataset: ForecastDataset, part: str, strategy: str) -> np.ndarray:
    """Forecasts (U, B) of a whole part, from values that are neither scaled nor transformed."""
    every = np.arange(dataset.count(part))
    windows, known = dataset.windows(part, every), dataset.future(part, every)

    def answers(*read: np.ndarray) -> np.ndarray:
        rows = [each.swapaxes(0, 1).reshape(len(every), -1) for each in read]
        return network.network.forward(np.concatenate(rows, axis=1, dtype=np.float32)[None]).values

    if strategy != "recursive":
        return answers(windows, *([known] if strategy == "encoder_decoder" else [])).T
    said = []
    for ahead in known[..., 0]:
        said.append(answers(windows)[:, 0])
        windows = np.concatenate([windows[1:], np.stack([said[-1], ahead], axis=-1)[None]])
    return np.stack(said)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_forecasts_over_several_steps_are_scored_over_all_steps_of_the_same_windows(strategy: str) -> None:
    experiment = _experiment(strategy)
    columns = {"value": [float((k * 5) % 9) for k in range(60)], "known": [float(k % 4) for k in range(60)]}
    dataset = windows_of(
        columns, topology=experiment.model.topology, inputs=("known",), known_inputs=("known",), steps=STEPS,
        strategy=experiment.data.strategy, scaler="none",
    )  # fmt: skip
    assert isinstance(dataset, ForecastDataset)
    loss = loss_for(experiment.training, dataset)
    trained = train(experiment, dataset, loss, Flattened(experiment, dataset, 1, 200), 3, lambda: False)
    assert trained is not None
    errors = _by_hand(trained.network, dataset, "test", strategy) - dataset.path_truth("test")[..., 0]
    assert trained.test == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-5)
    by_step = [row["RMSE"] for row in trained.by_step]
    np.testing.assert_allclose(by_step, np.sqrt(np.mean(errors**2, axis=1)), rtol=1e-5)
    predictions = Predictions(make_network(experiment.model, dataset, threads=1), dataset, loss)
    predictions.compare(trained.network, (("beside", trained.validation),))
    shown, drawn = predictions.judged(), _by_hand(trained.network, dataset, "validation", strategy)
    assert isinstance(shown, SeriesPrediction)
    expected = drawn[:, dataset.tiles("validation")].T.reshape(-1)
    np.testing.assert_allclose(dict(shown.baselines)["beside"], expected, rtol=1e-5)


def _with_gaps(filled: float) -> tuple[Flattened, PairBatch]:
    """One step of each window is missing: a batch in which it is filled with some value."""
    values = [float("nan") if k % STEPS == 1 and k < 50 else float((k * 5) % 9) for k in range(60)]
    dataset = windows_of({"value": values}, topology="encoder_decoder", steps=STEPS, missing="mask")
    batch = next(iter(dataset.batches("train", 8)))
    assert isinstance(batch, PairBatch)
    targets = np.where(batch.weights[..., None] > 0, batch.targets, np.float32(filled))
    return Flattened(_experiment("encoder_decoder"), dataset, 1, 200), replace(batch, targets=targets)


def test_beside_a_decoder_the_steps_that_were_measured_count() -> None:
    assert 0 < (weights := _with_gaps(0)[1].weights).sum() < weights.size
    found = {}
    for filled in (0.0, 7.0):
        network, batch = _with_gaps(filled)
        mean = network.learn(batch, None, Loss("mse"))
        assert mean == pytest.approx(Loss("mse").mean(network.answer(batch).values, batch)[0], rel=1e-5)
        found[filled] = network.network.gradients()
    assert any(np.abs(gradient).max() > 0 for gradient in found[0.0].values())
    for name, gradient in found[0.0].items():
        np.testing.assert_array_equal(gradient, found[7.0][name])


def test_where_all_is_measured_its_gradient_is_that_of_all_steps_at_once() -> None:
    network, batch = _with_gaps(3.0)
    whole = replace(batch, weights=np.ones_like(batch.weights))
    network.learn(whole, None, Loss("mse"))
    at_once = {name: gradient.copy() for name, gradient in network.network.gradients().items()}
    weights = whole.weights.copy()
    weights[0, 0] = 0.999  # the way of gaps
    network.learn(replace(whole, weights=weights), None, Loss("mse"))
    for name, gradient in network.network.gradients().items():
        np.testing.assert_allclose(gradient, at_once[name], rtol=1e-2, atol=1e-4)


def test_its_size_is_that_of_the_network() -> None:
    experiment = _experiment("series", **{"model.hidden_size": 32})
    dataset = load(experiment)
    own = make_network(experiment.model, dataset, threads=1).parameter_count
    assert Flattened(experiment, dataset, 1, own).parameter_count == pytest.approx(own, rel=0.02)


@pytest.mark.parametrize(
    ("task", "check", "beside", "order"),
    [
        ("series", "never", False, False),
        ("series, an answer at each step", "auto", False, False),
        ("series, an answer at each step", "always", True, False),
        ("values", "auto", True, True),
    ],
)
def test_it_is_done_where_it_is_asked_for(task: str, check: str, beside: bool, order: bool) -> None:
    ended = _events(_experiment(task, **{"training.memory_check": check, "training.epochs": 1}))[-1]
    assert any(name.startswith("feed-forward") for name, _ in ended.test_baselines) == beside
    assert np.isfinite(ended.shuffled) == order


def test_a_single_step_has_no_order_and_nothing_to_remember() -> None:
    experiment = _experiment("series", **{"data.look_back": 1, "training.epochs": 1})
    assert "windows of 1 step: " in load(experiment).notes()[-1]
    *events, ended = _events(experiment)
    assert np.isnan(ended.shuffled)
    (memory,) = (event for event in events if isinstance(event, Finding) and event.key == "memory")
    assert memory.why.endswith(": there is one step to read, and nothing to remember.")
    assert "at every step" not in memory.why


def test_a_run_that_is_stopped_does_without() -> None:
    control = Control()
    experiment = _experiment("series", **{"training.epochs": 50})
    events: list[Any] = []
    for event in TrainingRun(experiment, load(experiment), control):
        events.append(event)
        if len(events) == 8:
            control.stop()
    assert not any(name.startswith("feed-forward") for name, _ in events[-1].test_baselines)


def test_one_that_cannot_be_as_small_is_left_out() -> None:
    experiment = _experiment("values", **{"data.length": 400, "model.hidden_size": 2, "training.epochs": 1})
    ended = _events(experiment)[-1]
    assert not any(name.startswith("feed-forward") for name, _ in ended.test_baselines)


def _found(ours: float, theirs: float, without: float, naive: float) -> dict[str, Finding]:
    """What is said of such scores, as RMSE on the test part."""
    experiment = _experiment("series")
    trained = Trained(Flattened(experiment, load(experiment), 1, 500), theirs, theirs)
    measured = Measurements(experiment, "RMSE", ended=True, final=(ours, (("naive", naive),)))
    measured.worth = MemoryWorth(trained, without)
    return {finding.key: finding for finding in Diagnosis(measured).news()}


def test_it_is_said_in_words_what_memory_and_order_are_worth() -> None:
    found = _found(ours=1.0, theirs=2.0, without=3.0, naive=4.0)
    assert found["memory"].title == "Beats a feed-forward network of the same size by 50 %"
    assert found["order"].title == "It uses the order: shuffled, RMSE is 3"
    found = _found(ours=2.0, theirs=1.0, without=2.0, naive=4.0)
    assert found["memory"].title.endswith("does better")
    assert "hardly matters" in found["order"].title


@pytest.mark.parametrize("ours", [1e-9, 1e-4, 1.0])
def test_beside_a_simple_answer_without_error_nothing_is_measured_in_shares_of_that(ours: float) -> None:
    found = _found(ours=ours, theirs=1e-3, without=2.0, naive=0.0)
    assert found.keys() == {"baseline"}
    assert found["baseline"].title == "Nothing is left to learn: naive makes as good as no error"
    assert "%" not in found["baseline"].why


def test_a_network_that_has_not_learned_is_no_ground_for_reasons() -> None:
    found = _found(ours=5.0, theirs=5.0, without=6.0, naive=4.0)
    assert found["memory"].cure == ""
    assert "order" not in found
