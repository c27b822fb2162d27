"""Losses and their gradients against slow definitions; which of them fits which data."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import data
from engine.config import ConfigError, Experiment, TrainingConfig, field_info
from engine.config.training import LOSSES
from engine.data import Batch
from engine.events import Evaluated, RunFinished
from engine.kernels.jit import padded
from engine.layers.buffers import Rows
from engine.layers.linear import Linear
from engine.layers.parameters import Parameters
from engine.layers.threads import Workers
from engine.losses import FITTING, Loss, loss_for
from engine.network import Network
from engine.training import TrainingRun
from engine.uses.inference import forecast
from tests import reference
from tests.engine.examples import example, network
from tests.engine.test_gradients import check_parameters

KINDS = (np.float32, np.float64)
LEVELS = (0.1, 0.5, 0.9)


def batch_of(loss: str, targets: int, shape: tuple[int, ...] = (6,)) -> Batch:
    """Answers to be given, some of which do not count and some for more than others."""
    random = np.random.default_rng(targets)
    wanted: NDArray[Any] = random.standard_normal((*shape, targets)).astype(np.float32)
    if loss == "cross_entropy":
        wanted = random.integers(0, targets, shape).astype(np.int32)
    elif loss == "binary_cross_entropy":
        wanted = (wanted > 0).astype(np.float32)
    weights = random.choice([0.0, 0.5, 1.0, 2.0], shape).astype(np.float32)
    weights[..., 0] = 1.0
    empty = np.zeros(0, np.int64)
    return Batch(np.zeros(0), empty, wanted, weights, False, empty)


def exact(loss: str, values: NDArray[Any], batch: Batch, **settings: Any) -> float:
    targets = batch.targets if loss == "cross_entropy" else batch.targets.astype(np.float64)
    return reference.LOSSES[loss](values.astype(np.float64), targets, batch.weights.astype(np.float64), **settings)


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("targets", [1, 2, 16, 21])
@pytest.mark.parametrize("size", [1.0, 30.0])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_is_what_its_definition_says(name: str, size: float, targets: int, dtype: Any) -> None:
    loss, batch = Loss(name), batch_of(name, targets)
    columns = targets * loss.width
    values = size * np.random.default_rng(3).standard_normal((6, columns)).astype(dtype)
    wide = np.full((6, padded(columns)), 3, dtype)
    wide[:, :columns] = values
    found = loss.over(wide.reshape(-1), wide.shape[1], values.shape, batch)
    assert found == pytest.approx(exact(name, values, batch), rel=1e-5 if dtype == np.float32 else 1e-12, abs=1e-7)
    direction, step = np.random.default_rng(4).standard_normal(values.shape), 1e-6
    ahead, behind = (exact(name, values + way * step * direction, batch) for way in (1, -1))
    slope = float((wide[:, :columns] * direction).sum())
    assert slope == pytest.approx((ahead - behind) / (2 * step), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("outputs", [1, 5, 16, 40])
def test_nobody_reads_the_padding_of_answers(outputs: int, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.layers.threads.SMALL", 0)
    count, inputs, random = 50, 20, np.random.default_rng(5)
    parameters = Parameters({"readout.weight": (outputs, inputs), "readout.bias": (outputs,)}, np.dtype(np.float64))
    parameters.values[: parameters.count] = random.standard_normal(parameters.count)
    workers = Workers(threads)
    linear = Linear(parameters, inputs, outputs, workers)
    linear.pack()
    hidden, slopes = random.standard_normal((count, inputs)), random.standard_normal((count, outputs))
    rows = Rows(np.pad(hidden, ((0, 0), (0, padded(inputs) - inputs))).reshape(-1), 0, padded(inputs))
    linear.forward(rows, count)
    answers = linear.answers(count)
    answers[:, :outputs], answers[:, outputs:] = slopes, np.nan
    inward = linear.backward(rows, count)
    workers.close()
    found = inward.array[: count * inward.stride].reshape(count, inward.stride)[:, :inputs]
    np.testing.assert_allclose(found, slopes @ parameters.view("readout.weight"))
    np.testing.assert_allclose(parameters.gradient("readout.weight"), slopes.T @ hidden)
    np.testing.assert_allclose(parameters.gradient("readout.bias"), slopes.sum(0))


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_reach_every_parameter(name: str) -> None:
    loss = Loss(name)
    batch = example(True, name == "cross_entropy", outputs=2)
    if name == "binary_cross_entropy":
        batch = dataclasses.replace(batch, targets=(batch.targets > 0) * 1.0)
    made = network("gru", tokens=name == "cross_entropy", outputs=2 * loss.width)
    check_parameters(made, dataclasses.replace(batch, loss=name))


@pytest.mark.parametrize("delta", [0.1, 2.0])
def theirs(name: str, values: Any, targets: Any) -> Any:
    """PyTorch's loss of this name."""
    import torch
    from torch.nn import functional

    if name == "quantile":
        below = targets[..., None] - values.reshape(*targets.shape, 3)
        levels = torch.tensor(LEVELS, dtype=values.dtype)
        return torch.maximum(levels * below, (levels - 1) * below).mean()
    function = {
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "huber": functional.huber_loss,
        "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
        "cross_entropy": functional.cross_entropy,
    }[name]
    return function(values, targets.long() if name == "cross_entropy" else targets)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_and_its_gradient_equal_pytorchs(name: str) -> None:
    torch = pytest.importorskip("torch")
    loss, batch = Loss(name), batch_of(name, 4)
    batch = dataclasses.replace(batch, weights=np.ones(6, np.float32))
    values = np.random.default_rng(3).standard_normal((6, 4 * loss.width))
    wide = np.zeros((6, padded(values.shape[1])))
    wide[:, : values.shape[1]] = values
    found = loss.over(wide.reshape(-1), wide.shape[1], values.shape, batch)
    leaf = torch.tensor(values, requires_grad=True)
    targets = torch.tensor(batch.targets).to(torch.float64)
    wanted = theirs(name, leaf, targets)
    wanted.backward()
    assert found == pytest.approx(float(wanted.detach()), rel=1e-12)
    np.testing.assert_allclose(wide[:, : values.shape[1]], leaf.grad.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("delta", [0.1, 1.0, 2.5])
def test_hubers_loss_turns_straight_at_delta(delta: float) -> None:
    batch = batch_of("huber", 4)
    values = np.random.default_rng(3).standard_normal((6, 4)).astype(np.float32)
    found, _ = Loss("huber", delta=delta).mean(values, batch)
    assert found == pytest.approx(exact("huber", values, batch, delta=delta), rel=1e-5)


def test_the_best_constant_answers_are_the_quantiles() -> None:
    truth = np.random.default_rng(5).gamma(2.0, size=(4000, 1)).astype(np.float32)
    batch = dataclasses.replace(batch_of("quantile", 1), targets=truth, weights=np.ones(4000, np.float32))
    answers = np.zeros((4000, 3), np.float32)
    for _ in range(3000):
        wide = np.zeros((4000, padded(3)), np.float32)
        wide[:, :3] = answers
        Loss("quantile").over(wide.reshape(-1), wide.shape[1], (4000, 3), batch)
        answers -= 5.0 * wide[:, :3].sum(axis=0)
    np.testing.assert_allclose(answers[0], np.quantile(truth, LEVELS), atol=0.02)


@pytest.mark.parametrize("shape", [(5,), (6, 5)])
@pytest.mark.parametrize("name", LOSSES)
def test_evaluation_counts_what_is_trained(name: str, shape: tuple[int, ...]) -> None:
    loss, batch = Loss(name), batch_of(name, 2, shape)
    topology = "many_to_one" if len(shape) == 1 else "many_to_many"
    made = Network(Experiment().replace({"model.topology": topology}).model, 3, 2 * loss.width, threads=1)
    inputs = np.random.default_rng(0).standard_normal((6, 5, 3)).astype(np.float32)
    batch = dataclasses.replace(batch, inputs=inputs, lengths=np.full(5, 6))
    values = made.forward(batch.inputs).values
    kept = values.copy()
    mean, weight = loss.mean(values, batch)
    assert mean == pytest.approx(made.loss_and_gradients(batch, loss).loss, rel=1e-6)
    assert weight == batch.weights.sum()
    np.testing.assert_array_equal(values, kept)


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_left_out_may_hold_anything_and_what_is_not_may_not(name: str) -> None:
    loss = Loss(name)
    batch = dataclasses.replace(batch_of(name, 2), weights=np.array([1, 0, 1, 0, 0, 1], np.float32))
    values = np.zeros((6, 2 * loss.width), np.float32)
    expected = loss.mean(values, batch)
    values[1] = np.nan
    assert loss.mean(values, batch) == expected
    values[2] = np.nan
    assert np.isnan(loss.mean(values, batch)[0])


# --- classes of unlike weight ----------------------------------------------------------------------------


@pytest.mark.parametrize("given", [None, np.array([0.0, 2.0, 0.5])])
def test_class_weights_count_as_in_their_definition(given: Any) -> None:
    batch = batch_of("cross_entropy", 3, (20,))
    values = np.random.default_rng(3).standard_normal((20, 3)).astype(np.float32)
    chosen = None if given is None else given.astype(np.float32)
    mean, weight = Loss("cross_entropy", class_weights=chosen).mean(values, batch)
    assert mean == pytest.approx(exact("cross_entropy", values, batch, class_weights=given), rel=1e-5)
    assert weight == pytest.approx((batch.weights * (1 if given is None else given[batch.targets])).sum())


def test_balanced_classes_weigh_the_same_together() -> None:
    changes = {"training.class_weights": "balanced", "training.batch_size": 8}
    experiment = data.sample("alice").experiment.replace(changes)
    dataset = data.load(experiment)
    weights = loss_for(experiment.training, dataset).class_weights
    assert weights is not None
    counts = np.zeros(dataset.output_size)
    for batch in dataset.batches("train", 8):
        counts += np.bincount(batch.targets.reshape(-1), minlength=dataset.output_size)
    shares = (weights * counts)[counts > 0]
    np.testing.assert_allclose(shares, counts.sum() / len(shares), rtol=1e-5)
    assert (weights[counts == 0] == 0).all()


# --- which fits --------------------------------------------------------------------------------------------


def test_every_loss_fits_something_and_has_a_slow_definition() -> None:
    assert {name for names, _ in FITTING.values() for name in names} == set(LOSSES) == reference.LOSSES.keys()
    assert field_info("training", "loss").choices == ("auto", *LOSSES)


@pytest.mark.parametrize("sample", ["noisy_sine", "adding", "alice"])
@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_that_does_not_fit_is_refused_in_one_sentence(sample: str, name: str) -> None:
    dataset = data.load(data.sample(sample).experiment)
    training = TrainingConfig(loss=name)
    if name in FITTING[dataset.loss][0]:
        assert loss_for(training, dataset).name == name
    else:
        words = "one class out of several; it takes auto or cross_entropy" if sample == "alice" else "numbers"
        with pytest.raises(ConfigError, match=rf"training\.loss is '{name}'.* {words}"):
            loss_for(training, dataset)


def test_a_run_refuses_it_before_anything_happens() -> None:
    experiment = data.sample("noisy_sine").experiment.replace({"training.loss": "cross_entropy"})
    with pytest.raises(ConfigError, match="it takes auto or mse, mae, huber, quantile"):
        TrainingRun(experiment, data.load(experiment))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("", "is empty"),
        ((), "is empty"),
        ("0.1,2", "is 2; it takes 0.001 to 0.999"),
        ("a", "numbers, with commas between"),
    ],
)
def test_quantiles_that_are_none_are_refused(given: object, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Experiment().replace({"training.quantiles": given})


@pytest.mark.parametrize("name", FITTING["mse"][0])
def test_a_run_with_each_loss_for_numbers_learns_and_forecasts(name: str, experiment: Experiment) -> None:
    changes = {"training.loss": name, "training.quantiles": "0.9,0.5,0.25", "training.learning_rate": 0.02}
    chosen = experiment.replace({**changes, "training.epochs": 8})
    run = TrainingRun(chosen, data.load(chosen))
    events = list(run)
    losses = [event.validation_loss for event in events if isinstance(event, Evaluated)]
    assert losses[-1] < 0.8 * losses[0]
    assert isinstance(events[-1], RunFinished)
    assert dict(events[-1].test_metrics)["skill"] > -1
    assert run.network.output_size == (3 if name == "quantile" else 1)
    found = forecast(run.model())
    assert found.forecast.shape == found.truth.shape


def test_the_quantile_nearest_to_the_median_is_the_answer() -> None:
    values = np.arange(12.0).reshape(2, 6)
    np.testing.assert_array_equal(Loss("quantile", quantiles=(0.05, 0.6, 0.95)).point(values), [[1, 4], [7, 10]])
    assert Loss("mae").point(values) is values
