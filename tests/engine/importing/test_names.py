"""Weights under the names that people give their modules, and under Keras', in any precision."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from engine.export.beside import write_arrays
from engine.export.targets import target
from engine.importing import ElsewhereError, read_foreign
from engine.storage.weights import WeightsFileError
from tests.engine.export.examples import exportable

Tensors = dict[str, NDArray[Any]]


def module(prefix: str = "lstm.", inputs: int = 3, units: int = 5, blocks: int = 4, linear: str = "fc.") -> Tensors:
    """A state_dict of one layer and a linear one, of random numbers."""
    random = np.random.default_rng(len(prefix) + inputs)
    rows = blocks * units
    shapes: dict[str, tuple[int, ...]] = {
        f"{prefix}weight_ih_l0": (rows, inputs),
        f"{prefix}weight_hh_l0": (rows, units),
        f"{prefix}bias_ih_l0": (rows,),
        f"{prefix}bias_hh_l0": (rows,),
    }
    if linear:
        shapes |= {f"{linear}weight": (2, units), f"{linear}bias": (2,)}
    return {name: random.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}


def read(tmp_path: Path, tensors: Tensors) -> Any:
    write_arrays(tensors, tmp_path / "w.npz")
    return read_foreign(tmp_path / "w.npz")


@pytest.mark.parametrize("prefix", ["", "rnn.", "module.model.encoder.", "_orig_mod.net.lstm.", "state_dict.gru."])
def test_any_prefix(tmp_path: Path, prefix: str) -> None:
    found = read(tmp_path, module(prefix, linear="model.out."))
    kinds = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    assert found.weights.keys() == {*(f"rnn.{kind}_l0" for kind in kinds), "readout.weight", "readout.bias"}


@pytest.mark.parametrize("names", [("lstm1.", "lstm2.", "lstm10."), ("layers.0.", "layers.1.", "layers.2.")])
def test_modules_that_differ_by_a_number_are_a_stack(tmp_path: Path, names: tuple[str, ...]) -> None:
    tensors = module(names[0], 3, 5, linear="") | module(names[1], 5, 4, linear="") | module(names[2], 4, 6)
    found = read(tmp_path, tensors)
    assert found.settings["model.hidden_sizes"] == (5, 4, 6)
    np.testing.assert_array_equal(found.weights["rnn.weight_ih_l2"], tensors[f"{names[2]}weight_ih_l0"])
    assert any("layers upon one another" in note for note in found.notes)


def test_a_cell_without_a_level_is_a_layer(tmp_path: Path) -> None:
    found = read(tmp_path, {name.replace("_l0", ""): values for name, values in module("cell.").items()})
    assert found.settings["model.num_layers"] == 1


def test_two_modules_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsFileError, match="several recurrent modules"):
        read(tmp_path, module("encoder.") | module("decoder.", linear=""))


@pytest.mark.parametrize("inputs", [3, 5])
def test_a_linear_layer_without_bias(tmp_path: Path, inputs: int) -> None:
    tensors = module(inputs=inputs)
    del tensors["fc.bias"]
    found = read(tmp_path, tensors)
    np.testing.assert_array_equal(found.weights["readout.weight"], tensors["fc.weight"])
    assert not found.weights["readout.bias"].any()


def test_an_embedding_as_wide_as_the_layer(tmp_path: Path) -> None:
    tensors = module(inputs=5) | {"tok_emb.weight": np.ones((11, 5), np.float32)}
    del tensors["fc.bias"]
    found = read(tmp_path, tensors)
    assert found.weights["embedding.weight"].shape == (11, 5)
    assert found.weights["readout.weight"].shape == (2, 5)


def test_what_an_optimiser_keeps_is_left_out(tmp_path: Path) -> None:
    tensors = module("model.lstm.")
    beside = {f"optimizer.state.{k}.exp_avg": values for k, values in enumerate(tensors.values())}
    beside |= {f"exp_avg_sq.{name}": values for name, values in tensors.items()} | {"epoch": np.array(3)}
    found = read(tmp_path, tensors | beside)
    assert any(f"{len(beside)} tensors of an optimiser" in note for note in found.notes)


def test_a_projection_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeightsFileError, match="proj_size"):
        read(tmp_path, module() | {"lstm.weight_hr_l0": np.ones((3, 5), np.float32)})


def test_a_second_linear_layer_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsFileError, match=r"head\.bias, head\.weight, for which there is no place here"):
        read(tmp_path, module() | {"head.weight": np.ones((2, 2)), "head.bias": np.ones(2)})


@pytest.mark.parametrize("dtype", ["float16", "float64"])
def test_other_precisions_in_npz(tmp_path: Path, dtype: str) -> None:
    tensors = module()
    found = read(tmp_path, {name: values.astype(dtype) for name, values in tensors.items()})
    np.testing.assert_allclose(found.weights["rnn.weight_ih_l0"], tensors["lstm.weight_ih_l0"], rtol=1e-3)


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
def test_half_precision_in_safetensors(tmp_path: Path, dtype: str) -> None:
    tensors = module()
    header, body = {}, b""
    for name, values in tensors.items():
        half = values.astype("<f2") if dtype == "F16" else (values.view("<u4") >> 16).astype("<u2")
        places = [len(body), len(body) + half.nbytes]
        header[name] = {"dtype": dtype, "shape": half.shape, "data_offsets": places}
        body += half.tobytes()
    head = json.dumps(header).encode()
    (tmp_path / "w.safetensors").write_bytes(len(head).to_bytes(8, "little") + head + body)
    found = read_foreign(tmp_path / "w.safetensors")
    np.testing.assert_allclose(found.weights["rnn.weight_ih_l0"], tensors["lstm.weight_ih_l0"], rtol=1e-2)
    assert found.weights["rnn.weight_ih_l0"].dtype == np.float32


@pytest.mark.parametrize("cell", ["elman", "lstm", "gru", "gru_reset_before"])
@pytest.mark.parametrize("kind", ["airline", "text"])
def test_names_and_layout_of_keras(tmp_path: Path, kind: str, cell: str) -> None:
    source = exportable(kind, cell=cell, num_layers=2, bidirectional=True)
    target("keras").write(source, tmp_path / "net.py")
    found = read_foreign(tmp_path / "net.npz")
    assert found.settings["model.cell"] == cell
    again = exportable(kind, cell=cell, num_layers=2, bidirectional=True).model.network
    again.load_state_dict({name: np.zeros_like(values) for name, values in again.state_dict().items()})
    found.into(again)
    inputs = np.ones((5, 2), np.int32) if kind == "text" else np.ones((5, 2, again.input_size), np.float32)
    np.testing.assert_allclose(again.forward(inputs).values, source.model.network.forward(inputs).values, atol=1e-6)


@pytest.mark.parametrize("content", [b"PK\3\4data.pkl", pickle.dumps({"a": 1}, 2), pickle.dumps([b"{" * 99], 4)])
def test_a_pickle_under_another_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(ElsewhereError, match=r"torch\.save") as caught:
        read_foreign(tmp_path / "w.safetensors")
    assert caught.value.code[-1].endswith('"w_read.safetensors")')  # not over what is there


def test_a_header_as_long_as_a_pickle_begins(tmp_path: Path) -> None:
    tensors, path = module(), tmp_path / "w.safetensors"
    for length in range(500):  # of every 32 files one has a header like that
        save_file(tensors, path, {"made": "x" * length})
        if path.read_bytes()[:1] == b"\x80":
            break
    assert read(tmp_path, tensors).weights.keys() == read_foreign(path).weights.keys()


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("w.pt", "safetensors.torch"),
        ("w.ckpt", "a pickle"),
        ("w.pkl", "by PyTorch's names"),
        ("w.keras", "numpy.savez"),
    ],
)
def test_files_that_are_not_read_say_how_to_get_here(tmp_path: Path, name: str, way: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ElsewhereError, match=way) as caught:
        read_foreign(tmp_path / name)
    compile("\n".join(caught.value.code), name, "exec")
