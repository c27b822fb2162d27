"""What goes to Keras says the same, in Keras where it is installed, else by its documented equations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.cells import specifications
from engine.export import proof
from engine.export.description import describe
from engine.export.targets import keras, target
from tests.engine.export.examples import exportable

CELLS = ("elman", "lstm", "lstm_np", "gru", "gru_reset_before")
STRUCTURES: list[dict[str, Any]] = [
    {"num_layers": 1},
    {"num_layers": 2, "bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "merge": "sum"},
    {"num_layers": 3, "hidden_sizes": [8, 4]},
]


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
@pytest.mark.parametrize("kind", ["airline", "text"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(tmp_path: Path, cell: str, kind: str, structure: dict[str, Any]) -> None:
    found = proof.export(exportable(kind, cell=cell, **structure), target("keras"), tmp_path / "model.py")
    assert "Keras" in found.runner
    assert found.passed, found


@pytest.mark.parametrize(
    ("model", "why"),
    [
        ({"cell": "mgu"}, "Keras has no layer"),
        ({"cell": "lstm_peephole"}, "Keras has no layer"),
        ({"cell": "lstm", "activation": "hard_sigmoid"}, "do not agree"),
        ({"cell": "lstm", "residual": True}, "residual connections"),
        ({"cell": "lstm", "learned_state": True}, "learned initial state"),
        ({"cell": "lstm", "zoneout": 0.1}, "no zoneout"),
    ],
)
def test_what_keras_does_not_have(model: dict[str, Any], why: str) -> None:
    found = target("keras").fit(exportable(**model).model)
    assert not found.possible
    assert why in found.text


def test_the_cells_that_keras_has() -> None:
    assert {s.key for s in specifications() if target("keras").fit(exportable(cell=s.key).model).possible} == set(CELLS)


def test_the_script_builds_the_layers() -> None:
    source = exportable("text", cell="gru", num_layers=2, bidirectional=True)
    text = keras.script(source, describe(source.model.network), "model")
    compile(text, "model.py", "exec")
    assert "keras.layers.Embedding(" in text
    assert 'keras.layers.GRU(6, activation="tanh", recurrent_activation="sigmoid", reset_after=True' in text
    assert len(text.splitlines()) < 50
