"""Where the parameters start."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.cells import specification, specifications
from engine.config import ModelConfig, field_info
from engine.network import Network

INITIALIZERS = field_info("model", "initializer").choices
INPUTS, UNITS, OUTPUTS = 80, 120, 60


def started(how: str, cell: str = "lstm", seed: int = 0, **model: Any) -> dict[str, NDArray[Any]]:
    config = ModelConfig(cell=cell, initializer=how, **{"hidden_size": UNITS, **model})
    return Network(config, INPUTS, OUTPUTS, seed=seed, dtype=np.float64, threads=1).state_dict()


def variances(rows: int, columns: int) -> dict[str, float]:
    glorot, he = 2 / (rows + columns), 2 / columns
    return {
        "pytorch": 1 / (3 * (columns if rows == OUTPUTS else UNITS)),
        "xavier_uniform": glorot, "xavier_normal": glorot, "orthogonal": glorot,
        "he_uniform": he, "he_normal": he, "identity": 1e-6,
    }  # fmt: skip


@pytest.mark.parametrize("how", INITIALIZERS)
def test_weights_of_inputs_and_answers_have_their_variance(how: str) -> None:
    state = started(how)
    for name, columns, rows in (("rnn.weight_ih_l0", INPUTS, UNITS), ("readout.weight", UNITS, OUTPUTS)):
        assert state[name].var() == pytest.approx(variances(rows, columns)[how], rel=0.06), name
        assert abs(state[name].mean()) < 4 * math.sqrt(state[name].var() / state[name].size)


@pytest.mark.parametrize("how", [name for name in INITIALIZERS if name not in ("orthogonal", "identity")])
def test_recurrent_weights_count_the_units_of_one_gate(how: str) -> None:
    blocks = started(how)["rnn.weight_hh_l0"].reshape(4, UNITS, UNITS)
    for block in blocks:
        assert block.var() == pytest.approx(variances(UNITS, UNITS)[how], rel=0.06)
    uniform = how in ("pytorch", "xavier_uniform", "he_uniform")
    assert bool(np.abs(blocks).max() < math.sqrt(3 * blocks.var()) * 1.1) is uniform


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "lstm_fgr"])
def test_orthogonal_and_identity_are_so_in_every_gate(cell: str) -> None:
    for how in ("orthogonal", "identity"):
        for name, value in started(how, cell, bidirectional=True, num_layers=2).items():
            if not name.startswith(("rnn.weight_hh", "rnn.weight_gg")):
                continue
            for row in range(0, value.shape[0], UNITS):
                for column in range(0, value.shape[1], UNITS):
                    block = value[row : row + UNITS, column : column + UNITS]
                    np.testing.assert_allclose(block @ block.T, np.eye(UNITS), atol=1e-12)
                    assert how == "orthogonal" or (block == np.eye(UNITS)).all()


@pytest.mark.parametrize("how", INITIALIZERS)
@pytest.mark.parametrize("cell", [spec.key for spec in specifications() if spec.biased])
def test_the_forget_gate_starts_open_and_other_biases_at_zero(cell: str, how: str) -> None:
    spec, state = specification(cell), started(how, cell)
    bias = state["rnn.bias_ih_l0"].reshape(-1, UNITS)
    if spec.forget_block is not None:
        assert (bias[spec.forget_block] == spec.forget_bias).all()
    if how != "pytorch":
        others = [row for number, row in enumerate(bias) if number != spec.forget_block]
        assert not np.any(others)
        assert not state["readout.bias"].any()


@pytest.mark.parametrize("how", INITIALIZERS)
def test_the_seed_decides(how: str) -> None:
    first, again, other = started(how), started(how), started(how, seed=1)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["rnn.weight_ih_l0"], other["rnn.weight_ih_l0"])


@pytest.mark.parametrize("how", INITIALIZERS)
@pytest.mark.parametrize("cell", [spec.key for spec in specifications()])
def test_every_cell_starts_with_numbers(cell: str, how: str) -> None:
    changes: dict[str, Any] = {"hidden_size": 7, "hidden_sizes": (5,), "num_layers": 2, "learned_state": True}
    assert all(np.isfinite(value).all() for value in started(how, cell, **changes).values())
