"""The PyTorch module that is written says what the engine says; where PyTorch is not installed, its text compiles."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from engine.cells import specifications
from engine.export import proof
from engine.export.targets import target
from engine.export.torch_source import torch_source
from tests.engine.export.examples import exportable

CELLS = [spec.key for spec in specifications()]
STRUCTURES: list[dict[str, Any]] = [
    {"bidirectional": True},
    {"hidden_sizes": [8, 4]},
    {"merge": "sum", "bidirectional": True},
    {"residual": True, "bidirectional": True},
    {"learned_state": True},
    {"dropout": 0.2, "zoneout": 0.3},
]
HERE = importlib.util.find_spec("torch") is not None


def check(tmp_path: Path, kind: str, **model: Any) -> None:
    source = exportable(kind, num_layers=2, **model)
    compile(torch_source(source, "model"), "model.py", "exec")
    if HERE:
        found = proof.export(source, target("pytorch"), tmp_path / "model.py")
        assert found.runner.startswith("PyTorch")
        assert found.passed, found


@pytest.mark.parametrize("kind", ["airline", "seattle", "text"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(tmp_path: Path, cell: str, kind: str) -> None:
    check(tmp_path, kind, cell=cell, bidirectional=kind == "airline")


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "mgu"])
@pytest.mark.parametrize("kind", ["airline", "text"])
def test_every_structure(tmp_path: Path, kind: str, cell: str, structure: dict[str, Any]) -> None:
    check(tmp_path, kind, cell=cell, **structure)


def test_plain_networks_are_plain_modules() -> None:
    text = torch_source(exportable("text", cell="gru", num_layers=2, bidirectional=True), "model")
    assert "self.rnn = torch.nn.GRU(5, 6, num_layers=2, bidirectional=True)" in text
    assert "FUNCTIONS" not in text
    assert len(text.splitlines()) < 90
