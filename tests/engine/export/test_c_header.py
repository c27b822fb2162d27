"""The C header compiles without a warning as C99 and says what the engine says."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cells import specifications
from engine.data import SequencePreparation
from engine.export import proof
from engine.export.c_source import identifier, number
from engine.export.held_out import held_out
from engine.export.targets import c_header, target
from tests.engine.export.examples import exportable

CELLS = [spec.key for spec in specifications()]
STRUCTURES: list[dict[str, Any]] = [
    {"hidden_sizes": [8, 4]},
    {"residual": True},
    {"learned_state": True},
    {"zoneout": 0.3},
]
needs_compiler = pytest.mark.skipif(not any(map(shutil.which, c_header._COMPILERS)), reason="no C compiler")


def check(tmp_path: Path, kind: str, **model: Any) -> None:
    found = proof.export(exportable(kind, num_layers=2, **model), target("c_header"), tmp_path / "model.h")
    assert "-std=c99 -Wall -Werror -pedantic" in found.runner
    assert found.difference is not None
    assert found.passed, found


@needs_compiler
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell(tmp_path: Path, cell: str) -> None:
    check(tmp_path, ("airline", "seattle", "text")[CELLS.index(cell) % 3], cell=cell)


@needs_compiler
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["airline", "seattle", "text"])
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_on_all_data(tmp_path: Path, cell: str, kind: str) -> None:
    check(tmp_path, kind, cell=cell)


@needs_compiler
@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
def test_every_structure(tmp_path: Path, structure: dict[str, Any]) -> None:
    check(tmp_path, "airline", cell="gru", **structure)


@needs_compiler
@pytest.mark.parametrize("activation", ["sigmoid", "relu", "softsign", "hard_sigmoid", "elu", "gelu", "identity"])
def test_every_activation(tmp_path: Path, activation: str) -> None:
    check(tmp_path, "airline", cell="elman", activation=activation)


@needs_compiler
@pytest.mark.parametrize("kind", ["gait", "digits", "one_step"])
def test_steps_in_their_own_units_give_classes_or_values(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    path, *_ = target("c_header").write(source, tmp_path / "model.h")
    data, preparation = held_out(source.model), source.model.preparation
    assert isinstance(preparation, SequencePreparation)
    wanted = preparation.answers.values(data.scaled)
    found = c_header.run(path, replace(data, real=wanted))
    assert found is not None
    assert found.real is not None
    np.testing.assert_allclose(found.real, wanted, rtol=1e-4, atol=1e-6)


def test_a_network_that_reads_both_ways_has_no_step(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="backward too"):
        proof.export(exportable(bidirectional=True), target("c_header"), tmp_path / "model.h")
    assert not list(tmp_path.iterdir())


def test_without_a_compiler_it_is_written_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(c_header, "_compiler", lambda: "")
    found = proof.export(exportable(), target("c_header"), tmp_path / "model.h")
    assert found.difference is None
    assert found.sentence() == "Written, but not run: no C compiler is here (cc, gcc, clang)."
    assert (tmp_path / "model.h").stat().st_size > 1000


@pytest.mark.parametrize(
    ("stem", "name"),
    [("model", "model"), ("lstm-32", "lstm_32"), ("3d", "n_3d"), ("déjà vu", "d_j__vu"), ("…", "network")],
)
def test_names_that_c_takes(stem: str, name: str) -> None:
    assert identifier(stem) == name


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1.0f"), (0.1, "0.1f"), (-1e-20, "-1e-20f"), (1 / 3, "0.333333333f"), (0.0, "0.0f")]
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text
