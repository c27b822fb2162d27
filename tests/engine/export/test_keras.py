"""What goes to Keras says the same, in Keras where it is installed, else by its documented equations."""

from __future__ import annotations

import csv
import runpy
import sys
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.cells import specifications
from engine.data import LabelledTextPreparation, SequencePreparation, SeriesPreparation
from engine.export import keras_source, keras_writing, proof
from engine.export.beside import read_arrays, read_particulars
from engine.export.description import describe
from engine.export.held_out import answered
from engine.export.keras_equations import keras_answers, keras_written
from engine.export.keras_loops import write_tokens
from engine.export.meaning import step_scale
from engine.export.particulars import Exportable
from engine.export.targets import keras, target
from engine.export.writing_description import describe_writing
from engine.sequence_to_sequence.decoding import Decoding
from engine.uses.inference import forecast
from engine.uses.writing import write_texts
from tests.engine.data.test_panel import sales
from tests.engine.export.checking import check_writing
from tests.engine.export.examples import exportable, given
from tests.engine.export.test_panel_script import exported

# Keras over PyTorch's tensors, which do not know NumPy 2's way of asking for a copy.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")
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


WRITING: list[dict[str, Any]] = [
    {"attention": "none"},
    {"attention": "multiplicative", "num_layers": 2, "bidirectional": True},
    {"attention": "additive", "num_layers": 2, "bidirectional": True, "merge": "sum"},
    {"attention": "additive", "num_layers": 2, "hidden_sizes": [8, 4]},
]


@pytest.mark.parametrize("structure", WRITING, ids=str)
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_that_writes(tmp_path: Path, cell: str, structure: dict[str, Any]) -> None:
    for kind in ("dates", "known_ahead"):
        check_writing(tmp_path, "keras", kind, cell=cell, **structure)
    check_writing(tmp_path, "keras", "captions", cell=cell, **structure, repeat_input=True)


@pytest.mark.parametrize("kind", ["dates", "captions"])
def test_whole_texts_are_written_as_the_engine_does(tmp_path: Path, kind: str) -> None:
    source = exportable(kind)
    path, *_ = target("keras").write(source, tmp_path / "model.py")
    data = answered(source.model, given(kind))
    x = data.inputs.swapaxes(0, 1) if data.inputs.ndim == 2 else data.inputs[0]
    assert data.texts is not None
    if target("keras").runner().startswith("Keras"):
        names = runpy.run_path(str(path))
        written = names["write_tokens"](names["answers_of"](names["load"]()), x[:8], len(data.texts.tokens))
    else:
        told = read_particulars(path)["keras"]
        written = write_tokens(partial(keras_written, told, read_arrays(path)), x[:8], len(data.texts.tokens))
    np.testing.assert_array_equal(written.T, data.texts.tokens[:, :8])


@pytest.mark.parametrize(("missing", "words"), [("keras", "is not installed"), ("tensorflow", "KERAS_BACKEND")])
def test_a_keras_that_does_not_start_is_said_and_not_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, words: str
) -> None:
    def importing(name: str) -> ModuleType:
        raise ModuleNotFoundError(f"No module named '{missing}'", name=missing)

    monkeypatch.setattr(keras, "importlib", SimpleNamespace(import_module=importing))
    keras.keras_here.cache_clear()
    try:
        found = proof.export(exportable(cell="gru"), target("keras"), tmp_path / "model.py")
    finally:
        keras.keras_here.cache_clear()
    assert found.passed
    assert words in found.runner


def test_the_script_builds_encoder_and_decoder() -> None:
    source = exportable("dates", cell="lstm", num_layers=2, bidirectional=True, attention="additive")
    text = keras_writing.script(source, describe_writing(source.model.network), "model")
    compile(text, "model.py", "exec")
    assert 'name="bridge_cell_l1")' in text
    assert "return layers.LSTM(" in text
    assert "y = recurrent(6, " in text
    assert "layers.AdditiveAttention(" in text
    assert "write_tokens(answers_of(model), x, 26)" in text
    assert max(map(len, text.splitlines())) <= 120


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
    text = keras_source.script(source, describe(source.model.network), "model")
    compile(text, "model.py", "exec")
    assert "layers.Embedding(" in text
    assert 'units, activation="tanh", recurrent_activation="sigmoid", reset_after=True' in text
    assert max(map(len, text.splitlines())) <= 120
    assert len(text.splitlines()) < 50


def without_keras(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], Any]:
    """The script's names where Keras is not needed: its model is what the equations of the documentation say."""
    stub = ModuleType("keras")
    stub.ops = SimpleNamespace(convert_to_numpy=np.asarray)  # type: ignore[attr-defined]
    stub.layers = SimpleNamespace()  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keras", stub)
    told, weights = read_particulars(path)["keras"], read_arrays(path)
    if "encoder" in told:
        return runpy.run_path(str(path)), lambda both: keras_written(told, weights, *both)
    return runpy.run_path(str(path)), partial(keras_answers, told, weights)


@pytest.mark.parametrize(
    "kind", ["airline", "seattle", "quantiles", "six_ahead", "seasonal", "seasonal_by_step", "co2", "known_ahead"]
)
def test_rows_of_a_table_give_real_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    source = exportable(kind, cell="gru")
    path, *_ = target("keras").write(source, tmp_path / "model.py")
    data = answered(source.model, given(kind))
    names, model = without_keras(path, monkeypatch)
    assert data.rows is not None
    assert data.real is not None
    future = () if data.given.future is None else (data.given.future.swapaxes(0, 1),)
    found = names["predict"](model, data.rows.swapaxes(0, 1), *future)
    np.testing.assert_allclose(found.swapaxes(0, 1) if found.ndim == 3 else found, data.real, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("kind", ["digits", "gait", "one_step"])
def test_steps_in_their_own_units_give_what_is_said_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    source = exportable(kind, cell="gru")
    path, *_ = target("keras").write(source, tmp_path / "model.py")
    data, preparation = answered(source.model, given(kind)), source.model.preparation
    assert isinstance(preparation, SequencePreparation)
    offset, scale = step_scale(preparation, data.inputs.shape[2])
    names, model = without_keras(path, monkeypatch)
    found = names["predict"](model, (data.inputs * scale + offset).swapaxes(0, 1))
    wanted = preparation.answers.values(data.scaled)
    np.testing.assert_allclose(found.swapaxes(0, 1) if found.ndim == 3 else found, wanted, rtol=1e-4, atol=1e-6)


def test_texts_are_judged_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["What a nice thing, it's great!", "", "☃ bad"]
    source = exportable("reviews", cell="gru")
    path, *_ = target("keras").write(source, tmp_path / "judged.py")
    preparation = source.model.preparation
    assert isinstance(preparation, LabelledTextPreparation)
    names, model = without_keras(path, monkeypatch)
    for text, found in zip(texts, names["predict"](model, texts), strict=True):
        scores = source.model.network.forward(preparation.encode(text)[:, None]).values
        np.testing.assert_allclose(found, preparation.answers.values(scores)[0], rtol=1e-4, atol=1e-6)
        np.testing.assert_array_equal(names["predict"](model, text), [found])  # one alone is not its letters
    for kind, asked in (("dates", ["3 März 1999", "x"]), ("captions", [",".join("1" * 64)])):
        source = exportable(kind, cell="gru")
        path, *_ = target("keras").write(source, tmp_path / f"{kind}.py")
        names, model = without_keras(path, monkeypatch)
        wanted = [write_texts(source.model, None, text, Decoding("greedy")).written[0] for text in asked]
        assert names["predict"](model, asked) == wanted
        assert names["predict"](model, asked[0]) == wanted[:1]


@pytest.mark.parametrize("task", ["single", "direct", "encoder_decoder"])
def test_each_of_several_series_has_its_scaler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, task: str) -> None:
    (tmp_path / "a.csv").write_text(sales())
    source, _ = exported(tmp_path / "a.csv", tmp_path, task, "series")
    assert proof.export(Exportable(source), target("keras"), tmp_path / "panel.py").passed
    path = tmp_path / "panel.py"
    names, model = without_keras(path, monkeypatch)
    preparation = source.preparation
    assert isinstance(preparation, SeriesPreparation)
    with (tmp_path / "a.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    wanted: dict[str, list[float]] = {}
    for row in forecast(source).rows():
        if row[-1] == "ahead":
            wanted.setdefault(str(row[0]), []).append(float(row[3] or 0))
    for store, values in wanted.items():
        own = [[float(row["sales"])] for row in table if row["store"] == store]
        window = np.array(own[-(preparation.lead + preparation.look_back) :])
        found = np.ravel(names["predict"](model, window[None], series=store))
        np.testing.assert_allclose(found, values[-len(found) :], rtol=1e-5)
