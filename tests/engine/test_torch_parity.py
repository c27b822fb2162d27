"""Outputs, gradients and twenty steps of training equal PyTorch's, in float64 to 1e-9."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from engine.cells import specifications
from engine.config.training import OPTIMIZERS
from engine.storage.weights import read_weights
from tests.engine.torch_oracle import SMALL, Case, assert_equal, carried, ours, theirs

CASES = Path(__file__).parent / "cases"
LARGER = [
    *(Case(cell, layers=n, both=both, hidden=19) for cell in ("lstm", "gru") for n in (1, 2) for both in (False, True)),
    *(Case("elman", name, 2, both, hidden=16) for name in ("tanh", "relu") for both in (False, True)),
    *(Case("lstm", optimizer=name) for name in OPTIMIZERS),
]


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_results_equal_what_pytorch_gave(case: Case) -> None:
    stored, _ = read_weights(CASES / f"{case.name}.safetensors")
    given = {name.removeprefix("given "): value for name, value in stored.items() if name.startswith("given ")}
    batch = dataclasses.replace(case.batch(), inputs=given.pop("inputs"), targets=given.pop("targets"))
    made = case.network()
    made.load_state_dict(given)
    assert_equal(
        ours(case, made, batch), {name: value for name, value in stored.items() if not name.startswith("given ")}
    )


@pytest.mark.parametrize("case", LARGER, ids=lambda case: case.name)
def test_results_equal_pytorch(case: Case) -> None:
    pytest.importorskip("torch")
    made, batch = case.network(), case.batch()
    wanted = theirs(case, made.state_dict(), batch)
    assert_equal(ours(case, made, batch), wanted)


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru"])
@pytest.mark.parametrize(("layers", "both"), [(1, False), (2, True)])
def test_the_initial_state_and_the_gradients_that_leave_equal_pytorchs(cell: str, layers: int, both: bool) -> None:
    pytest.importorskip("torch")
    case = Case(cell, layers=layers, both=both, hidden=9)
    made, batch = case.network(), case.batch()
    random = np.random.default_rng(9)
    state, d_final = ([random.standard_normal((part.kinds, 3, part.units)) for part in made.stack.layers] for _ in "ab")
    step = made.loss_and_gradients(batch, batch.loss, state, d_final=d_final, inward=True)
    found = {"loss": np.array(step.loss), "state": np.stack(step.state), "gradient inputs": np.asarray(step.d_inputs)}
    found |= {"gradient state": np.stack(step.d_state or [])}
    found |= {f"gradient {name}": value for name, value in made.gradients().items()}
    assert_equal(found, carried(case, made.state_dict(), batch, np.stack(state), np.stack(d_final)))


def test_every_cell_that_pytorch_has_and_every_optimizer_is_compared() -> None:
    assert {case.optimizer for case in SMALL} == set(OPTIMIZERS)
    assert {spec.key for spec in specifications() if spec.torch_module} == {case.cell for case in SMALL}
