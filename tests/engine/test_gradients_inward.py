"""Gradients that leave a network, to its inputs and its initial state, and those that enter by its last state."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.network import Network, NetworkError, State
from tests.engine.examples import Example, example, network
from tests.engine.test_cells import CELL_KEYS
from tests.engine.test_gradients import slope_along

SHAPES = list(itertools.product((1, 2), (False, True), (False, True), ((6, 4, 4, 1), (3, 3))))


def random_state(made: Network, batch: int, seed: int) -> State:
    random = np.random.default_rng(seed)
    return [random.standard_normal((layer.kinds, batch, layer.units)) for layer in made.stack.layers]


class Objective:
    """The batch's loss and a random linear function of the last state: what a decoder makes of its encoder."""

    def __init__(self, made: Network, batch: Example) -> None:
        self.made, self.batch = made, batch
        self.state, self.d_final = (random_state(made, batch.lengths.size, seed) for seed in (5, 6))

    def value(self) -> float:
        self.made.changed()
        step = self.made.loss_and_gradients(self.batch, self.batch.loss, self.state, d_final=self.d_final)
        return step.loss + sum(float((a * b).sum()) for a, b in zip(step.state, self.d_final, strict=True))

    def check(self, values: NDArray[Any], gradient: NDArray[Any], what: str) -> None:
        direction = np.random.default_rng(7).standard_normal(values.shape)
        wanted = slope_along(values, direction, self.value)
        assert float((gradient * direction).sum()) == pytest.approx(wanted, rel=1e-6, abs=1e-8), what


@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize(("layers", "both", "aligned", "lengths"), SHAPES)
def test_gradients_pass_through_a_network(
    cell: str, layers: int, both: bool, aligned: bool, lengths: tuple[int, ...]
) -> None:
    made = network(cell, aligned, num_layers=layers, bidirectional=both)
    given = Objective(made, example(aligned, False, lengths))
    step = made.loss_and_gradients(given.batch, given.batch.loss, given.state, d_final=given.d_final, inward=True)
    gradients = made.gradients()
    assert step.d_inputs is not None
    assert step.d_state is not None
    given.check(given.batch.inputs, step.d_inputs, "inputs")
    for number, (state, gradient) in enumerate(zip(given.state, step.d_state, strict=True)):
        given.check(state, gradient, f"initial state {number}")
    for name in made.names:
        given.check(made.parameters.view(name), gradients[name], name)
    for b, length in enumerate(lengths):
        assert not step.d_inputs[length:, b].any()


def test_inward_gradients_are_made_when_asked_for() -> None:
    made, batch = network("lstm"), example(True, False)
    step = made.loss_and_gradients(batch, batch.loss)
    assert step.d_inputs is None
    assert step.d_state is None


@pytest.mark.parametrize("both", [False, True])
def test_the_gradient_of_tokens_is_that_of_their_embedding(both: bool) -> None:
    made, batch = network("gru", True, True, bidirectional=both), example(True, True)
    d_inputs = made.loss_and_gradients(batch, batch.loss, inward=True).d_inputs
    assert d_inputs is not None
    summed = np.zeros_like(made.parameters.view("embedding.weight"))
    np.add.at(summed, batch.inputs, d_inputs)
    np.testing.assert_allclose(made.gradients()["embedding.weight"], summed, atol=1e-14)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru_reset_before", "lstm_fgr"])
@pytest.mark.parametrize(("both", "aligned"), list(itertools.product((False, True), repeat=2)))
def test_any_loss_can_be_propagated_back(cell: str, both: bool, aligned: bool) -> None:
    made, batch = network(cell, aligned, bidirectional=both), example(aligned, False)
    state, d_final = (random_state(made, batch.lengths.size, seed) for seed in (5, 6))
    wanted = made.loss_and_gradients(batch, "mse", state, d_final=d_final, inward=True)
    gradients = made.gradients()
    values = made.forward(batch.inputs, batch.lengths, state).values
    share = batch.weights[..., None] / (batch.weights.sum() * batch.targets.shape[-1])
    d_values = 2 * (values - batch.targets) * share
    if aligned:
        d_values[batch.weights == 0] = 17.0  # past the end nothing counts
    d_inputs, d_state = made.backward(d_values, d_final)
    assert wanted.d_inputs is not None
    assert wanted.d_state is not None
    np.testing.assert_allclose(d_inputs, wanted.d_inputs, rtol=1e-12, atol=1e-15)
    for found, other in zip(d_state, wanted.d_state, strict=True):
        np.testing.assert_allclose(found, other, rtol=1e-12, atol=1e-15)
    for name, value in made.gradients().items():
        np.testing.assert_allclose(value, gradients[name], rtol=1e-12, atol=1e-14)


def test_an_encoder_learns_from_the_gradient_of_its_last_state_alone() -> None:
    made, batch = network("lstm", num_layers=2, bidirectional=True), example(True, False)
    d_final = random_state(made, 4, 6)
    weight = made.parameters.view("rnn.weight_hh_l0_reverse")

    def value() -> float:
        made.changed()
        state = made.forward(batch.inputs, batch.lengths).state
        return sum(float((a * b).sum()) for a, b in zip(state, d_final, strict=True))

    value()
    made.backward(None, d_final)
    gradients = made.gradients()
    assert not gradients["readout.weight"].any()
    direction = np.random.default_rng(7).standard_normal(weight.shape)
    wanted = slope_along(weight, direction, value)
    assert float((gradients["rnn.weight_hh_l0_reverse"] * direction).sum()) == pytest.approx(wanted, rel=1e-6)


def test_states_and_gradients_of_wrong_shape_are_refused() -> None:
    made, batch = network("lstm", num_layers=2), example(True, False)
    state = random_state(made, 4, 5)
    with pytest.raises(NetworkError, match=r"the state to begin with has shapes \[\(2, 4, 5\)\]; the network takes"):
        made.forward(batch.inputs, batch.lengths, state[:1])
    with pytest.raises(NetworkError, match="the gradient of the last state has shapes"):
        made.loss_and_gradients(batch, batch.loss, d_final=[part[:, :3] for part in state])
    made.forward(batch.inputs, batch.lengths)
    with pytest.raises(NetworkError, match=r"the gradient has shape \(4, 4\), the values \(6, 4, 4\)"):
        made.backward(np.zeros((4, 4)))
