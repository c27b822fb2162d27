"""The formula of each cell, in NumPy, says what the engine says."""

import numpy as np
import pytest

from engine.cells import specifications
from engine.export.held_out import held_out, in_float64
from tests.engine.export.examples import exportable


@pytest.mark.parametrize(("kind", "both"), [("airline", True), ("text", False)])
@pytest.mark.parametrize("cell", [spec.key for spec in specifications()])
def test_every_formula(cell: str, kind: str, both: bool) -> None:
    model = exportable(kind, cell=cell, hidden_size=16, num_layers=2, bidirectional=both).model
    data = held_out(model)
    np.testing.assert_allclose(data.scaled, in_float64(model, data), rtol=0, atol=1e-5)


def test_what_zoneout_keeps() -> None:
    model = exportable(cell="lstm", num_layers=2, zoneout=0.3, zoneout_cell=0.1).model
    data = held_out(model)
    np.testing.assert_allclose(data.scaled, in_float64(model, data), rtol=0, atol=1e-5)
