"""What each time step adds to a gradient: all of them together are the gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.config import CELLS
from engine.inside.contributions import contributions
from engine.network import Network
from tests.engine.examples import Example, example, network


def learned(cell: str, aligned: bool, **model: Any) -> tuple[Network, Example]:
    made = network(cell, aligned=aligned, num_layers=2, bidirectional=True, **model)
    batch = example(aligned=aligned, tokens=False).cast(np.float64)
    made.loss_and_gradients(batch, batch.loss)
    return made, batch


@pytest.mark.parametrize("aligned", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_the_steps_add_up_to_the_gradient(cell: str, aligned: bool) -> None:
    made, _ = learned(cell, aligned)
    gradients = made.gradients()
    for name in contributions(made, "", None).available:
        whole = contributions(made, name, None)
        assert whole.steps.shape == (6,)
        assert whole.total == pytest.approx(np.linalg.norm(gradients[name]), rel=1e-10, abs=1e-15)
        last = tuple(size - 1 for size in gradients[name].shape)
        entry = contributions(made, name, (last[0], last[1] if len(last) > 1 else 0))
        assert entry.total == pytest.approx(float(gradients[name][last]), rel=1e-10, abs=1e-15)
    products = {n for n in made.names if "weight_ih" in n or ("weight_hh" in n and gradients[n].ndim > 1)}
    assert products <= set(contributions(made, "", None).available)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru_reset_before"])
def test_so_they_do_where_training_leaves_something_out(cell: str) -> None:
    made, _ = learned(cell, aligned=True, dropout=0.4, recurrent_dropout=0.4, zoneout=0.3)
    gradients = made.gradients()
    for name in contributions(made, "", None).available:
        assert contributions(made, name, None).total == pytest.approx(np.linalg.norm(gradients[name]), rel=1e-10)
        entry = contributions(made, name, (0, 0))
        assert entry.total == pytest.approx(float(gradients[name].reshape(-1)[0]), rel=1e-10, abs=1e-15)


def test_a_step_adds_what_it_adds_alone() -> None:
    """The share of one step is the gradient of a copy of the weight that is used at that step alone."""
    made = network("elman", aligned=False)
    batch = example(aligned=False, tokens=False, lengths=(4, 4)).cast(np.float64)
    made.loss_and_gradients(batch, batch.loss)
    found = contributions(made, "rnn.bias_ih_l0", (2, 0)).steps
    for step in range(4):  # a bias that is used at one step is an input of that step
        shift = np.zeros((4, 2, 3))
        shift[step] = np.linalg.pinv(made.parameters.view("rnn.weight_ih_l0"))[:, 2]
        slopes = []
        for size in (1e-6, -1e-6):
            moved = Example(batch.inputs + size * shift, batch.lengths, batch.targets, batch.weights, batch.loss)
            slopes.append(made.loss_and_gradients(moved, batch.loss).loss)
        along = made.parameters.view("rnn.weight_ih_l0") @ shift[step, 0]
        made.loss_and_gradients(batch, batch.loss)
        expected = sum(along[unit] * contributions(made, "rnn.bias_ih_l0", (unit, 0)).steps[step] for unit in range(5))
        assert (slopes[0] - slopes[1]) / 2e-6 == pytest.approx(expected, rel=1e-6)
    assert found.sum() == pytest.approx(float(made.gradients()["rnn.bias_ih_l0"][2]))


def test_a_reverse_layer_in_the_sequences_own_time() -> None:
    """Whoever reads the last step first has nothing but the start state to multiply there."""
    made = network("elman", aligned=False, bidirectional=True)
    batch = example(aligned=False, tokens=False, lengths=(5, 3, 2)).cast(np.float64)
    made.loss_and_gradients(batch, batch.loss)
    assert contributions(made, "rnn.weight_hh_l0", None).steps[0] == 0
    assert contributions(made, "rnn.weight_hh_l0_reverse", None).steps[-1] == 0
    assert contributions(made, "rnn.weight_hh_l0_reverse", None).steps[0] != 0


def test_what_does_not_fit_is_left_out() -> None:
    made, _ = learned("gru", False)
    assert contributions(made, "nothing", None).name == "rnn.weight_hh_l0"
    assert contributions(made, "rnn.bias_hh_l0", (0, 3)).entry is None
