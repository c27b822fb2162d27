"""The formula of each cell, in NumPy, says what the engine says."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from engine.cells import specifications
from engine.export.by_formula import in_float64
from engine.export.held_out import answered, held_out
from engine.sequence_to_sequence.network import SequenceToSequence
from tests.engine.export.examples import WRITERS, exportable, given

CELLS = [spec.key for spec in specifications()]
ATTENTIONS = ("none", "multiplicative", "additive")
SHAPES = [("none", 1, False), ("multiplicative", 2, True), ("additive", 2, False)]  # attention, layers, both directions
EVERY_SHAPE = sorted(set(itertools.product(ATTENTIONS, (1, 2, 3), (False, True))) - set(SHAPES))


@pytest.mark.parametrize(("kind", "both"), [("airline", True), ("text", False)])
@pytest.mark.parametrize("cell", CELLS)
def test_every_formula(cell: str, kind: str, both: bool) -> None:
    model = exportable(kind, cell=cell, hidden_size=16, num_layers=2, bidirectional=both).model
    data = held_out(model)
    np.testing.assert_allclose(data.scaled, in_float64(model, data.given), rtol=0, atol=1e-5)


def test_what_zoneout_keeps() -> None:
    model = exportable(cell="lstm", num_layers=2, zoneout=0.3, zoneout_cell=0.1).model
    data = held_out(model)
    np.testing.assert_allclose(data.scaled, in_float64(model, data.given), rtol=0, atol=1e-5)


def check_writing(kind: str, **model: Any) -> None:
    """Both in float64, where nothing but the arithmetic can differ; a chaotic state blows even that up."""
    made = exportable(kind, **model).model
    assert isinstance(made.network, SequenceToSequence)
    exact = SequenceToSequence(made.network.config, made.network.sizes, dtype=np.float64, threads=1)
    exact.load_state_dict(made.network.state_dict())
    data = answered(replace(made, network=exact), given(kind))
    difference, limit = np.abs(data.scaled - in_float64(made, data.given)).max(), 1e-9
    if not difference <= limit:
        exact.load_state_dict(
            {name: values.astype(np.float64) * (1 + 2.0**-52) for name, values in made.network.state_dict().items()}
        )
        shaken = answered(replace(made, network=exact), given(kind)).scaled
        limit = 10 * np.abs(data.scaled - shaken).max()
    assert difference <= limit, kind


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_that_writes(cell: str) -> None:
    for kind, (attention, layers, both) in zip(("co2", "known_ahead", "dates"), SHAPES, strict=True):
        check_writing(kind, cell=cell, attention=attention, num_layers=layers, bidirectional=both)
    check_writing("captions", cell=cell, num_layers=2, repeat_input=True)


@pytest.mark.slow
@pytest.mark.parametrize(("attention", "layers", "both"), EVERY_SHAPE)
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_that_writes_in_every_shape(cell: str, attention: str, layers: int, both: bool) -> None:
    for kind in WRITERS:
        check_writing(kind, cell=cell, attention=attention, num_layers=layers, bidirectional=both)


@pytest.mark.parametrize(
    "structure",
    [
        {"hidden_sizes": [8, 4], "bidirectional": True},
        {"merge": "sum", "bidirectional": True},
        {"residual": True, "bidirectional": True},
        {"learned_state": True},
        {"dropout": 0.2, "zoneout": 0.3, "zoneout_cell": 0.1},
    ],
    ids=str,
)
@pytest.mark.parametrize("attention", ATTENTIONS)
def test_every_structure_that_writes(attention: str, structure: dict[str, Any]) -> None:
    for kind in ("dates", "captions"):
        check_writing(kind, cell="lstm", **{"num_layers": 2, "attention": attention, **structure})
