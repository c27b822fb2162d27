"""Outputs, gradients and twenty steps of training equal PyTorch's, in float64 to 1e-9."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from engine.cells import specifications
from engine.weights import read_weights
from tests.engine.torch_oracle import SMALL, Case, assert_equal, ours, theirs

CASES = Path(__file__).parent / "cases"
LARGER = [
    *(Case(cell, layers=n, both=both, hidden=19) for cell in ("lstm", "gru") for n in (1, 2) for both in (False, True)),
    *(Case("elman", name, 2, both, hidden=16) for name in ("tanh", "relu") for both in (False, True)),
]


@pytest.mark.parametrize("case", SMALL, ids=lambda case: case.name)
def test_results_equal_what_pytorch_gave(case: Case) -> None:
    stored, _ = read_weights(CASES / f"{case.name}.safetensors")
    given = {name.removeprefix("given "): value for name, value in stored.items() if name.startswith("given ")}
    batch = dataclasses.replace(case.batch(), inputs=given.pop("inputs"), targets=given.pop("targets"))
    made = case.network()
    made.load_state_dict(given)
    assert_equal(ours(made, batch), {name: value for name, value in stored.items() if not name.startswith("given ")})


@pytest.mark.parametrize("case", LARGER, ids=lambda case: case.name)
def test_results_equal_pytorch(case: Case) -> None:
    pytest.importorskip("torch")
    made, batch = case.network(), case.batch()
    wanted = theirs(case, made.state_dict(), batch)
    assert_equal(ours(made, batch), wanted)


def test_every_cell_that_pytorch_has_is_compared() -> None:
    assert {spec.key for spec in specifications() if spec.torch_module} == {case.cell for case in SMALL}
