"""A NaN or an infinity is found in its step, and said to be where it is."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine import data
from engine.cells import specifications
from engine.config import Experiment, ModelConfig, TrainingConfig
from engine.data import Batch
from engine.events import RunFailed
from engine.losses import Loss
from engine.network import Network
from engine.non_finite import NonFiniteError
from engine.optimizers import Optimizer
from engine.training import TrainingRun
from engine.training_loop.learner import Learner
from engine.training_loop.stopwatch import Stopwatch
from tests.engine.examples import example, network
from tests.engine.writing_examples import pair_batch, writer

LENGTHS = (6, 5, 3)


def optimizer_after(gradient: float) -> Optimizer:
    """One step's gradient, all zero but for one number of the last parameter."""
    network = Network(Experiment().model, 1, 1, threads=1)
    network.parameters.gradient("readout.bias")[0] = gradient
    return Optimizer(network, Experiment().training)


def test_a_gradient_longer_than_a_float_squared_is_still_measured() -> None:
    assert optimizer_after(1e25).step(1e-3, 1.0) == pytest.approx(1e25, rel=1e-6)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_the_tensor_is_named_and_nothing_is_changed(number: float) -> None:
    optimizer = optimizer_after(number)
    before = optimizer.state_dict()
    with pytest.raises(NonFiniteError, match=r"the gradient of readout\.bias is not finite at \(0,\)"):
        optimizer.step(1e-3, 1.0)
    assert all(np.array_equal(before[name], array) for name, array in optimizer.state_dict().items())


def says(made: Any, batch: Any) -> tuple[float, NDArray[Any]]:
    """The loss of a batch, and the gradient of all parameters."""
    return made.loss_and_gradients(batch, "mse").loss, made.parameters.gradients.copy()


@pytest.mark.parametrize("cell", [spec.key for spec in specifications()])
@pytest.mark.parametrize("aligned", [True, False])
@pytest.mark.parametrize("units", [5, 40])
def test_nothing_is_left_of_a_nan_in_the_next_batch(cell: str, aligned: bool, units: int) -> None:
    settings: dict[str, Any] = {"hidden_size": units, "num_layers": 2, "bidirectional": True}
    made, again = (network(cell, aligned, **settings) for _ in "ab")
    broken = example(aligned, False, (9, 9, 8, 7, 7))
    for part in (broken.inputs, broken.targets, broken.weights):
        part[:] = np.nan
    says(made, broken)
    (loss, gradients), (wanted, exact) = (says(each, example(aligned, False)) for each in (made, again))
    assert loss == wanted
    np.testing.assert_array_equal(gradients, exact)


@pytest.mark.parametrize("attention", ["none", "multiplicative", "additive"])
def test_nothing_is_left_of_a_nan_in_the_next_pairs(attention: str) -> None:
    made, again = (writer("lstm", False, attention=attention, bidirectional=True) for _ in "ab")
    broken = pair_batch(False, read=(9, 9, 8, 7), written=(8, 8, 8, 8))
    for part in (broken.inputs, broken.targets, broken.before):
        part[:] = np.nan
    says(made, broken)
    (loss, gradients), (wanted, exact) = (says(each, pair_batch(False)) for each in (made, again))
    assert loss == wanted
    np.testing.assert_array_equal(gradients, exact)


def batch_of(inputs: Any = None) -> Batch:
    """Three sequences of unlike lengths, answered at every step."""
    made = example(True, False, LENGTHS).cast(np.float32)
    x = made.inputs if inputs is None else inputs
    return Batch(x, made.lengths, made.targets, made.weights, False, np.arange(3))


def learner_of(cell: str, **settings: Any) -> Learner:
    experiment = Experiment().replace({"data.sample": "adding", "training.learning_rate": 1e-3})
    model = ModelConfig(cell=cell, topology="many_to_many", hidden_size=5, **settings)
    experiment = dataclasses.replace(experiment, model=model)
    network = Network(model, 3, 4, threads=1)
    dataset = data.load(Experiment().replace({"data.sample": "adding", "data.sequences": 32}))
    return Learner(network, experiment, dataset, Loss("mse"))


def said(learner: Learner, batch: Batch) -> str:
    kept = learner.optimizer._network.parameters.values.copy()
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError) as caught:
        learner.learn(batch, 1, Stopwatch(), None)
    np.testing.assert_array_equal(learner.optimizer._network.parameters.values, kept)
    return str(caught.value)


def test_an_input_that_is_no_number_is_named() -> None:
    batch = batch_of()
    batch.inputs[3, 1, 2] = np.nan
    text = said(learner_of("lstm"), batch)
    assert text == "the loss is not finite: the input of sequence 2 at time step 4 is not finite"


def test_steps_count_from_the_beginning_where_back_propagation_is_truncated() -> None:
    learner = learner_of("elman", activation="identity")
    learner._truncation = 2, 2
    learner.optimizer._network.parameters.view("rnn.weight_hh_l0")[...] = 1e15 * np.eye(5)
    with np.errstate(all="ignore"), pytest.raises(NonFiniteError, match="time step 4 of sequence 1 on"):
        learner.learn(batch_of(), 1, Stopwatch(), None)


def test_a_target_that_is_no_number_is_named() -> None:
    batch = batch_of()
    batch.targets[2, 0, 1] = np.inf
    assert said(learner_of("gru"), batch).endswith(": the target of sequence 1 at time step 3 is not finite")


def test_the_weight_of_an_answer_that_is_no_number_is_named() -> None:
    batch = batch_of()
    batch.weights[1, 2] = np.nan
    text = said(learner_of("gru"), batch)
    assert text.endswith(": the weight of the answer of sequence 3 at time step 2 is not finite")


def test_what_does_not_count_is_not_to_blame() -> None:
    batch = batch_of()
    batch.inputs[4, 2] = batch.targets[0, 0] = np.nan
    batch.weights[0, 0] = 0
    learner = learner_of("lstm", bidirectional=True)
    learner.optimizer._network.parameters.view("rnn.weight_hh_l0_reverse")[7, 2] = np.nan
    assert said(learner, batch).endswith(
        ": rnn.weight_hh_l0_reverse is not finite at (7, 2), in layer 1, backward direction, block “forget”"
    )


def test_a_weight_of_the_readout_that_is_no_number_is_named() -> None:
    learner = learner_of("gru")
    learner.optimizer._network.parameters.view("readout.weight")[1, 2] = np.inf
    assert said(learner, batch_of()) == "the loss is not finite: readout.weight is not finite at (1, 2)"


@pytest.mark.parametrize("rule", ["rmsprop", "adagrad", "adam", "adamw", "nadam"])
def test_a_square_that_an_optimizer_can_no_longer_keep_is_named(rule: str) -> None:
    """Every further step would be divided by an infinity, and so be zero."""
    made = Network(Experiment().model, 1, 1, threads=1)
    made.parameters.gradient("rnn.bias_hh_l0")[33] = 1e25
    optimizer = Optimizer(made, TrainingConfig(optimizer=rule))
    with pytest.raises(NonFiniteError, match=r"the optimiser's square of rnn\.bias_hh_l0 is not finite at \(33,\)"):
        optimizer.step(1e-3, 0.0)


@pytest.mark.parametrize("level", [0, 1])
@pytest.mark.parametrize("backward", [False, True])
def test_a_state_that_grows_beyond_numbers_is_named(level: int, backward: bool) -> None:
    learner = learner_of("elman", activation="identity", num_layers=2, bidirectional=True)
    network = learner.optimizer._network
    suffix = f"l{level}" + ("_reverse" if backward else "")
    network.parameters.view(f"rnn.weight_hh_{suffix}")[...] = 1e15 * np.eye(5)
    text = said(learner, batch_of())
    # Multiplied by 1e15 at each step, a state leaves float32 at its fourth, in the longest sequence as in the second.
    way, step = ("backward", 6 - 3) if backward else ("forward", 4)
    assert f"the hidden state of layer {level + 1}, {way} direction is not finite from time step {step}" in text
    assert text.endswith("of sequence 1 on")


def test_a_cell_state_is_told_from_a_hidden_one() -> None:
    learner = learner_of("lstm", activation="identity")
    view = learner.optimizer._network.parameters.view("rnn.weight_ih_l0")
    view[10:15] = 1e30  # the candidate's rows
    view[:5] = 0  # the input gate stays half open
    batch = batch_of(np.full((6, 3, 3), 1e20, np.float32))
    assert "the cell state of layer 1 is not finite from time step 1 of sequence 1" in said(learner, batch)


@pytest.mark.parametrize("backward", [False, True])
def test_a_gradient_that_grows_on_its_way_back_is_named(backward: bool) -> None:
    learner = learner_of("elman", activation="identity", bidirectional=True)
    network = learner.optimizer._network
    for name in network.names:
        network.parameters.view(name)[...] = 0
    suffix = "l0_reverse" if backward else "l0"
    network.parameters.view(f"rnn.weight_hh_{suffix}")[...] = 1e30 * np.eye(5)
    network.parameters.view("readout.weight")[...] = 1.0
    text = said(learner, batch_of())
    way = "backward" if backward else "forward"
    assert f"the gradient of rnn.weight_hh_{suffix}" in text or f"the gradient of rnn.weight_ih_{suffix}" in text
    assert f"in layer 1, {way} direction" in text
    # ∂L/∂h grows by 1e30 a step and is infinite two steps before the last that is answered.
    step = 3 if backward else 4
    assert f"the gradient in layer 1, {way} direction is not finite from time step {step} of sequence 1" in text


def test_the_block_of_a_gate_is_named() -> None:
    learner = learner_of("lstm")
    network = learner.optimizer._network
    loss_and_gradients = network.loss_and_gradients

    def spoiled(*arguments: Any, **more: Any) -> Any:
        result = loss_and_gradients(*arguments, **more)
        network.parameters.gradient("rnn.weight_hh_l0")[7, 2] = np.nan
        return result

    network.loss_and_gradients = spoiled  # type: ignore[method-assign]
    text = said(learner, batch_of())
    blocks = network.stack.config.spec.blocks
    assert text == (
        f"the gradient of rnn.weight_hh_l0 is not finite at (7, 2) (1 of 100 numbers), in layer 1, block “{blocks[1]}”"
    )


def test_a_weight_that_grows_beyond_numbers_ends_the_run_with_the_weights_of_the_start(experiment: Experiment) -> None:
    changes = {"training.optimizer": "sgd", "training.learning_rate": 10.0, "training.clip_norm": 0.0}
    chosen = experiment.replace(changes)
    run = TrainingRun(chosen, data.load(chosen))
    start = run.network.state_dict()
    loss_and_gradients = run.network.loss_and_gradients

    def steep(*arguments: Any, **more: Any) -> Any:
        result = loss_and_gradients(*arguments, **more)
        run.network.parameters.gradient("readout.bias")[0] = 3e38
        return result

    run.network.loss_and_gradients = steep  # type: ignore[method-assign]
    failed = list(run)[-1]
    assert isinstance(failed, RunFailed)
    assert failed.title == "Step 1: readout.bias is not finite at (0,) after the step"
    assert "The weights of the start are kept" in failed.why
    assert all(np.array_equal(start[name], value) for name, value in run.network.state_dict().items())
