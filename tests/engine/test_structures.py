"""How layers are joined: a width for each, directions side by side or added, residual connections, learned states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.config import Experiment
from engine.config.fields import ConfigError
from engine.layers.parameter_shapes import parameter_count
from tests import reference
from tests.engine.examples import example, network, reference_model
from tests.engine.test_cells import CELL_KEYS
from tests.engine.test_gradients import check_parameters
from tests.engine.test_gradients_inward import Objective

BOTH = {"bidirectional": True}
STRUCTURES: dict[str, dict[str, Any]] = {
    "widths": {"hidden_sizes": (3, 17, 5), "num_layers": 3},
    "widths both ways": {"hidden_sizes": (6,), "num_layers": 2, **BOTH},
    "summed": {"num_layers": 2, "merge": "sum", **BOTH},
    "residual": {"num_layers": 3, "residual": True},
    "residual both ways": {"num_layers": 2, "residual": True, **BOTH},
    "residual where it fits": {"hidden_sizes": (4, 5), "num_layers": 3, "residual": True},
    "learned": {"num_layers": 2, "learned_state": True, **BOTH},
    "everything": {
        "hidden_sizes": (3, 5), "num_layers": 3, "merge": "sum", "residual": True, "learned_state": True, **BOTH,
    },
}  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize("cell", CELL_KEYS)
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("aligned", [False, True])
def test_a_structure_computes_what_the_equations_say_and_learns(cell: str, structure: str, aligned: bool) -> None:
    made, batch = network(cell, aligned, **STRUCTURES[structure]), example(aligned, False)
    found = made.forward(batch.inputs, batch.lengths)
    values, states = reference.run_batch(reference_model(made), made.state_dict(), batch.inputs, batch.lengths)
    np.testing.assert_allclose(found.values, values, rtol=1e-10, atol=1e-12)
    for ours, plain in zip(found.state, states, strict=True):
        np.testing.assert_allclose(ours, plain, rtol=1e-10, atol=1e-12)
    check_parameters(made, batch)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru_reset_before", "lstm_fgr"])
@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("aligned", [False, True])
def test_gradients_pass_through_a_structure(cell: str, structure: str, aligned: bool) -> None:
    made = network(cell, aligned, **STRUCTURES[structure])
    given = Objective(made, example(aligned, False))
    step = made.loss_and_gradients(given.batch, given.batch.loss, given.state, d_final=given.d_final, inward=True)
    assert step.d_inputs is not None
    assert step.d_state is not None
    given.check(given.batch.inputs, step.d_inputs, "inputs")
    for state, gradient in zip(given.state, step.d_state, strict=True):
        given.check(state, gradient, "initial state")


def test_learned_states_have_names_and_begin_at_zero_and_have_no_gradient_where_a_state_is_given() -> None:
    made, batch = network("lstm", num_layers=2, bidirectional=True, learned_state=True), example(True, False)
    names = [name for name in made.names if name.startswith("initial.")]
    assert names == [f"initial.{kind}_l{layer}{way}" for layer in (0, 1) for way in ("", "_reverse") for kind in "hc"]
    fresh = type(made)(made.config, 3, 4)
    assert not any(fresh.state_dict()[name].any() for name in names)
    state = made.loss_and_gradients(batch, batch.loss).state
    assert all(made.gradients()[name].any() for name in names)
    made.loss_and_gradients(batch, batch.loss, state)
    assert not any(made.gradients()[name].any() for name in names)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_parameters_are_counted_without_making_the_network(structure: str) -> None:
    made = network("gru", **STRUCTURES[structure])
    assert made.parameter_count == parameter_count(made.config, made.input_size, made.output_size, False)


def test_start_values_of_each_layer_suit_its_own_width() -> None:
    made = network("elman", hidden_sizes=(100, 4), num_layers=2)
    fresh = type(made)(made.config, 3, 4).state_dict()
    assert 0.05 < np.abs(fresh["rnn.weight_hh_l0"]).max() <= 0.1
    assert 0.2 < np.abs(fresh["rnn.weight_ih_l1"]).max() <= 0.5


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model.hidden_sizes": "8,9"}, "model.hidden_sizes names 2 layers; model.num_layers is 1"),
        (
            {"model.hidden_sizes": "8,many", "model.num_layers": 2},
            "is '8,many'; it takes whole numbers, with commas between",
        ),
        ({"model.hidden_sizes": (8, 0), "model.num_layers": 2}, "model.hidden_sizes is 0; it takes 1 to 8192"),
        ({"model.hidden_sizes": 8}, "model.hidden_sizes is 8; it takes whole numbers, with commas between"),
    ],
)
def test_widths_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Experiment().replace(changes)
    assert Experiment().replace({"model.hidden_sizes": " 8, 9 ", "model.num_layers": 3}).model.widths == (8, 9, 32)
