"""The PyTorch module that is written says what the engine says; where PyTorch is not installed, its text compiles."""

from __future__ import annotations

import importlib.util
import itertools
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.cells import specifications
from engine.data import LabelledTextPreparation, SequencePreparation, TextPreparation
from engine.export import proof
from engine.export.meaning import step_scale
from engine.export.targets import target
from engine.export.torch_source import torch_source
from engine.export.torch_writing import torch_writing_source
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.uses.writing import write_texts
from tests.engine.export.checking import check_writing
from tests.engine.export.examples import WRITERS, exportable, given

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


def check_if_here(tmp_path: Path, kind: str, **model: Any) -> None:
    compile(torch_writing_source(exportable(kind, **model), "model"), "model.py", "exec")
    if HERE:
        check_writing(tmp_path, "pytorch", kind, **model)


SHAPES = [("none", 1, False), ("multiplicative", 2, True), ("additive", 2, False)]  # attention, layers, both directions
OTHERS = itertools.product(("none", "multiplicative", "additive"), (1, 2), (False, True))


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_that_writes(tmp_path: Path, cell: str) -> None:
    for kind, (attention, layers, both) in zip(("co2", "known_ahead", "dates"), SHAPES, strict=True):
        check_if_here(tmp_path, kind, cell=cell, attention=attention, num_layers=layers, bidirectional=both)
    check_if_here(tmp_path, "captions", cell=cell, num_layers=2, repeat_input=True)


@pytest.mark.slow
@pytest.mark.parametrize(("attention", "layers", "both"), sorted(set(OTHERS) - set(SHAPES)))
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_that_writes_in_every_shape(
    tmp_path: Path, cell: str, attention: str, layers: int, both: bool
) -> None:
    for kind in WRITERS:
        check_if_here(tmp_path, kind, cell=cell, attention=attention, num_layers=layers, bidirectional=both)


@pytest.mark.parametrize("structure", STRUCTURES, ids=str)
@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "mgu"])
def test_every_structure_that_writes(tmp_path: Path, cell: str, structure: dict[str, Any]) -> None:
    check_if_here(tmp_path, "dates", cell=cell, **{"num_layers": 2, **structure})


def test_what_is_told_is_heard(tmp_path: Path) -> None:
    """Teacher forcing of numbers, to train on with; the proof lets them go on by themselves."""
    torch = pytest.importorskip("torch")
    source, data = exportable("known_ahead", cell="lstm"), given("known_ahead")
    path, *_ = target("pytorch").write(source, tmp_path / "model.py")
    assert data.told is not None
    told = np.random.default_rng(3).normal(size=data.told.shape).astype(np.float32)
    network = runpy.run_path(str(path))["load"]()
    found = network(torch.from_numpy(data.inputs), torch.from_numpy(told))
    assert isinstance(source.model.network, SequenceToSequence)
    wanted = source.model.network.forward(data.inputs, None, told).values
    np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=0, atol=1e-5)
    found.sum().backward()
    assert all(torch.isfinite(each.grad).all() for each in network.parameters())


@pytest.mark.parametrize(("kind", "typed"), [("phrases", "ninety-nine"), ("dates", "1. Mai"), ("tunes", "g, 4/4")])
def test_a_text_goes_in_and_a_text_comes_out(tmp_path: Path, kind: str, typed: str) -> None:
    torch = pytest.importorskip("torch")
    source = exportable(kind, cell="gru")
    path, *_ = target("pytorch").write(source, tmp_path / "model.py")
    names = runpy.run_path(str(path))
    tokens = names["load"]().generate(torch.from_numpy(names["encoded"](names["about"](), typed)))
    assert names["decoded"](names["about"](), tokens[:, 0]) == write_texts(source.model, typed=typed).written[0]


def test_networks_that_write_are_plain_modules() -> None:
    source = exportable("dates", cell="lstm", num_layers=2, bidirectional=True, attention="additive")
    text = torch_writing_source(source, "model")
    assert "self.encoder = torch.nn.LSTM(5, 6, num_layers=2, bidirectional=True)" in text
    assert "self.decoder = torch.nn.LSTM(5, 6, num_layers=2)" in text
    assert '"cell_l1": torch.nn.Linear(12, 6)' in text
    assert "FUNCTIONS" not in text
    assert len(text[text.index("class Network") :].splitlines()) < 90


def test_plain_networks_are_plain_modules() -> None:
    text = torch_source(exportable("text", cell="gru", num_layers=2, bidirectional=True), "model")
    assert "self.rnn = torch.nn.GRU(5, 6, num_layers=2, bidirectional=True)" in text
    assert "FUNCTIONS" not in text
    assert len(text.splitlines()) < 100


@pytest.mark.parametrize("kind", ["digits", "gait", "one_step", "reviews", "text"])
def test_what_is_not_a_series_goes_in_as_it_stands(tmp_path: Path, kind: str) -> None:
    torch = pytest.importorskip("torch")
    source = exportable(kind, cell="gru")
    path, *_ = target("pytorch").write(source, tmp_path / "model.py")
    names, preparation = runpy.run_path(str(path)), source.model.preparation
    inputs = given(kind).inputs[:, :1]
    if inputs.ndim == 2:
        assert isinstance(preparation, TextPreparation | LabelledTextPreparation)
        x = names["inputs_of"]([preparation.vocabulary.symbols[token] for token in inputs[:, 0]])
    else:
        offset, scale = step_scale(preparation, inputs.shape[2])
        x = names["inputs_of"](torch.from_numpy(inputs * scale + offset))
    np.testing.assert_allclose(x.numpy(), inputs, rtol=1e-5, atol=1e-6)
    if isinstance(preparation, SequencePreparation | LabelledTextPreparation):
        answers = source.model.network.forward(inputs).values
        found = names["meant"](torch.from_numpy(answers)).numpy()
        np.testing.assert_allclose(found, preparation.answers.values(answers), rtol=1e-5)


@pytest.mark.parametrize("kind", ["digits", "gait", "reviews", "text", "adding", "airline", "quantiles"])
def test_a_module_holds_what_its_data_need(kind: str) -> None:
    text = torch_source(exportable(kind, cell="gru"), "model")
    compile(text, "model.py", "exec")
    assert ("def real_units" in text) == (kind in ("airline", "quantiles"))
    assert ("def meant" in text) == (kind in ("digits", "gait", "reviews"))
    assert max(map(len, text.splitlines())) <= 120
