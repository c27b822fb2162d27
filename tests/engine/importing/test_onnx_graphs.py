"""Models of strangers say here what onnxruntime makes of them, or are refused in one sentence."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from engine.importing import read_foreign
from engine.storage.weights import WeightsFileError
from tests.engine.importing.strangers import BLOCKS, INPUTS, OUTPUTS, UNITS, Stranger, begun, rows, said_here

Build = Callable[[], tuple[Stranger, str, int]]


def last_step(**settings: Any) -> tuple[Stranger, str, int]:
    stranger, value = begun(**settings)
    every, _ = stranger.layer(value, INPUTS)
    out = stranger.turned(stranger.squeezed(every, 1))
    return stranger, stranger.linear(stranger.at(out, 1, -1), gemm=True), 2


def last_state(**settings: Any) -> tuple[Stranger, str, int]:
    stranger, value = begun(**settings)
    lower, first = stranger.layer(value, INPUTS)
    _, second = stranger.layer(stranger.squeezed(lower, 1), UNITS)
    states = stranger.graph.add("Concat", first, second, axis=0)
    return stranger, stranger.linear(stranger.at(states, 0, -1), gemm=True), 2


def every_step(**settings: Any) -> tuple[Stranger, str, int]:
    stranger, value = begun(**settings)
    lower, _ = stranger.layer(value, INPUTS, "bidirectional")
    upper, _ = stranger.layer(stranger.side_by_side(lower), 2 * UNITS, "bidirectional")
    return stranger, stranger.linear(stranger.turned(stranger.side_by_side(upper)), 2 * UNITS), 3


def answered_then_last() -> tuple[Stranger, str, int]:
    stranger, value = begun()
    every, _ = stranger.layer(value, INPUTS)
    answers = stranger.linear(stranger.turned(stranger.squeezed(every, 1)))
    return stranger, stranger.at(answers, 1, -1), 2


def both_states() -> tuple[Stranger, str, int]:
    stranger, value = begun(operator="GRU")
    _, states = stranger.layer(value, INPUTS, "bidirectional")
    joined = stranger.graph.add("Concat", stranger.at(states, 0, -2), stranger.at(states, 0, -1), axis=1)
    return stranger, stranger.linear(joined, 2 * UNITS, gemm=True), 2


def states_by_layer(*shape: int) -> tuple[Stranger, str, int]:
    """As in `h_n.view(layers, directions, x.size(0), H)[-1]`, or without the directions."""
    stranger, value = begun()
    graph = stranger.graph
    ways = "forward" if len(shape) == 3 else "bidirectional"
    size = UNITS if len(shape) == 3 else 2 * UNITS
    lower, first = stranger.layer(value, INPUTS, ways)
    below = stranger.squeezed(lower, 1) if len(shape) == 3 else stranger.side_by_side(lower)
    _, second = stranger.layer(below, size, ways)
    states = stranger.graph.add("Concat", first, second, axis=0)
    batch = graph.add("Unsqueeze", stranger.at(graph.add("Shape", value), 0, 1), graph.integers(0))
    sizes = (batch if size == 0 else graph.integers(size) for size in shape)
    upper = stranger.at(graph.add("Reshape", states, graph.add("Concat", *sizes, axis=0)), 0, -1)
    if len(shape) == 4:
        upper = graph.add("Concat", stranger.at(upper, 0, 0), stranger.at(upper, 0, 1), axis=1)
    return stranger, stranger.linear(upper, size, gemm=True), 2


def ends_of_both_ways() -> tuple[Stranger, str, int]:
    stranger, value = begun()
    every, _ = stranger.layer(value, INPUTS, "bidirectional")
    out, graph = stranger.turned(stranger.side_by_side(every)), stranger.graph
    ahead = graph.add("Slice", stranger.at(out, 1, -1), graph.integers(0), graph.integers(UNITS), graph.integers(1))
    back = graph.add("Slice", stranger.at(out, 1, 0), graph.integers(UNITS), graph.integers(2**62), graph.integers(1))
    return stranger, stranger.linear(graph.add("Concat", ahead, back, axis=1), 2 * UNITS, gemm=True), 2


def rows_of_all() -> tuple[Stranger, str, int]:
    """As in `fc(out.reshape(-1, H)).view(B, T, O)`."""
    stranger, value = begun()
    every, _ = stranger.layer(value, INPUTS)
    out = stranger.turned(stranger.squeezed(every, 1))
    flat = stranger.graph.add("Reshape", out, stranger.graph.integers(-1, UNITS))
    answers = stranger.linear(flat, gemm=True)
    return stranger, stranger.graph.add("Reshape", answers, stranger.graph.integers(4, -1, OUTPUTS)), 3


def from_zeros() -> tuple[Stranger, str, int]:
    """As PyTorch's exporter begins: zeros of a size that it computes."""
    stranger, value = begun(operator="RNN", attributes={"activations": ["Relu"]})
    graph = stranger.graph
    sizes = graph.add("Shape", value)
    batch = graph.add("Unsqueeze", graph.add("Gather", sizes, graph.constant(np.int64(1))), graph.integers(0))
    shape = graph.add("Concat", graph.integers(1), batch, graph.integers(UNITS), axis=0)
    stranger.state = graph.add("ConstantOfShape", shape)
    every, _ = stranger.layer(value, INPUTS)
    return stranger, stranger.linear(stranger.squeezed(every, 1)), 3


GOOD: dict[str, tuple[Build, str]] = {
    **{f"last_step_{name}": (partial(last_step, operator=name), "many_to_one") for name in BLOCKS},
    **{f"last_state_{name}": (partial(last_state, operator=name), "many_to_one") for name in BLOCKS},
    **{f"every_step_{name}": (partial(every_step, operator=name), "many_to_many") for name in BLOCKS},
    "not_folded": (partial(last_step, folded=False), "many_to_one"),
    "answered_then_last": (answered_then_last, "many_to_one"),
    "both_states": (both_states, "many_to_one"),
    "states_by_layer": (partial(states_by_layer, 2, 4, UNITS), "many_to_one"),
    "states_by_layer_of_any_batch": (partial(states_by_layer, 2, 0, UNITS), "many_to_one"),
    "states_by_layer_and_direction": (partial(states_by_layer, 2, 2, 0, UNITS), "many_to_one"),
    "ends_of_both_ways": (ends_of_both_ways, "many_to_one"),
    "rows_of_all": (rows_of_all, "many_to_many"),
}


@pytest.mark.parametrize("name", GOOD)
def test_it_says_the_same_here(tmp_path: Path, name: str) -> None:
    build, topology = GOOD[name]
    stranger, value, rank = build()
    model = stranger.save(value, tmp_path / "w.onnx", rank)
    (told,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": rows()})
    found = read_foreign(tmp_path / "w.onnx")
    np.testing.assert_allclose(said_here(found, rows(), topology), told, atol=1e-5)


def test_zeros_of_a_computed_size_and_relu(tmp_path: Path) -> None:
    stranger, value, rank = from_zeros()
    model = stranger.save(value, tmp_path / "w.onnx", rank)
    (told,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": rows()})
    found = read_foreign(tmp_path / "w.onnx")
    assert found.settings["model.activation"] == "relu"
    here = said_here(found, rows(), "many_to_many")
    np.testing.assert_allclose(here.swapaxes(0, 1), told, atol=1e-5)  # this one answers by time first


def test_tokens_are_looked_up(tmp_path: Path) -> None:
    stranger = Stranger("GRU")
    tokens = stranger.graph.input("x", np.int64, ["B", "T"])
    looked_up = stranger.graph.add("Gather", stranger.draw(11, INPUTS), tokens)
    every, _ = stranger.layer(stranger.turned(looked_up), INPUTS)
    answers = stranger.linear(stranger.turned(stranger.squeezed(every, 1)), outputs=11)
    model = stranger.save(stranger.graph.add("Softmax", answers, axis=-1), tmp_path / "w.onnx", 3)
    given = np.random.default_rng(1).integers(0, 11, (4, 6))
    (told,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": given})
    found = read_foreign(tmp_path / "w.onnx")
    assert any("ends in Softmax" in note for note in found.notes)
    scores = np.exp(said_here(found, given, "many_to_many"))
    np.testing.assert_allclose(scores / scores.sum(-1, keepdims=True), told, atol=1e-5)


@pytest.mark.parametrize("code", [onnx.TensorProto.FLOAT16, onnx.TensorProto.BFLOAT16, onnx.TensorProto.DOUBLE])
def test_other_precisions(tmp_path: Path, code: int) -> None:
    stranger, value, rank = last_step()
    model = stranger.save(value, tmp_path / "w.onnx", rank)
    before = read_foreign(tmp_path / "w.onnx").weights
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            values = onnx.numpy_helper.to_array(tensor)
            tensor.CopyFrom(onnx.helper.make_tensor(tensor.name, code, values.shape, values.ravel()))
    onnx.save(model, tmp_path / "w.onnx")
    after = read_foreign(tmp_path / "w.onnx").weights
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=1e-2)


@pytest.mark.parametrize("place", ["beside", "missing", "elsewhere", "short"])
def test_weights_beside_the_model(tmp_path: Path, place: str) -> None:
    """PyTorch's newer exporter puts them into FILE.data; nothing outside the model's folder is opened."""
    stranger, value, rank = last_step()
    model = stranger.save(value, tmp_path / "w.onnx", rank)
    before = read_foreign(tmp_path / "w.onnx").weights
    folder = tmp_path / "model"
    folder.mkdir()
    onnx.save(model, folder / "m.onnx", save_as_external_data=True, location="m.onnx.data", size_threshold=0)
    if place == "missing":
        (folder / "m.onnx.data").unlink()
    if place == "short":
        (folder / "m.onnx.data").write_bytes(b"short")
    if place == "elsewhere":
        content = (folder / "m.onnx").read_bytes()
        (folder / "m.onnx").write_bytes(content.replace(b"m.onnx.data", b"../w.onnx.d"))
        (tmp_path / "w.onnx.d").write_bytes((folder / "m.onnx.data").read_bytes())
    if place != "beside":
        with pytest.raises(WeightsFileError, match=r"not beside it|not all in m.onnx.data"):
            read_foreign(folder / "m.onnx")
        return
    for name, values in read_foreign(folder / "m.onnx").weights.items():
        np.testing.assert_array_equal(values, before[name])


def mean_of_steps(stranger: Stranger, out: str) -> str:
    return stranger.linear(stranger.graph.add("ReduceMean", out, axes=[1], keepdims=0), gemm=True)


REFUSED: dict[str, tuple[Callable[[Stranger, str], str], str]] = {
    "mean": (mean_of_steps, "ReduceMean behind a recurrent layer"),
    "first": (lambda s, out: s.linear(s.at(out, 1, 0), gemm=True), "not read from the last state"),
    "second": (lambda s, out: s.linear(s.at(out, 1, 1), gemm=True), "Gather behind a recurrent layer"),
    "sigmoid": (lambda s, out: s.graph.add("Sigmoid", s.linear(out)), "Sigmoid behind the linear layer"),
    "two": (lambda s, out: s.linear(s.linear(out), OUTPUTS), "a second linear layer behind the linear layer"),
    "heads": (lambda s, out: s.graph.add("Add", s.linear(out), s.linear(out)), "a second linear layer"),
    "flat": (
        lambda s, out: s.linear(s.graph.add("Reshape", out, s.graph.integers(0, 6 * UNITS)), 6 * UNITS),
        "Reshape behind a recurrent layer",
    ),
    "added": (lambda s, out: s.linear(s.graph.add("Add", out, out)), "Add behind a recurrent layer"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_more_than_a_plain_stack(tmp_path: Path, name: str) -> None:
    build, why = REFUSED[name]
    stranger, value = begun()
    every, _ = stranger.layer(value, INPUTS)
    answer = build(stranger, stranger.turned(stranger.squeezed(every, 1)))
    stranger.save(answer, tmp_path / "w.onnx", 3 if name in ("sigmoid", "two", "heads", "added") else 2)
    with pytest.raises(WeightsFileError, match=why):
        read_foreign(tmp_path / "w.onnx")


def test_the_last_step_of_both_directions(tmp_path: Path) -> None:
    stranger, value = begun()
    every, _ = stranger.layer(value, INPUTS, "bidirectional")
    out = stranger.turned(stranger.side_by_side(every))
    stranger.save(stranger.linear(stranger.at(out, 1, -1), 2 * UNITS, gemm=True), tmp_path / "w.onnx")
    with pytest.raises(WeightsFileError, match="the way back has seen one step only"):
        read_foreign(tmp_path / "w.onnx")


def test_what_is_computed_before_the_first_layer(tmp_path: Path) -> None:
    stranger, value = begun()
    every, _ = stranger.layer(stranger.graph.add("Div", value, stranger.draw(INPUTS)), INPUTS)
    stranger.save(stranger.linear(stranger.squeezed(every, 1)), tmp_path / "w.onnx", 3)
    with pytest.raises(WeightsFileError, match="Div before the first layer"):
        read_foreign(tmp_path / "w.onnx")


def test_an_operator_of_another_domain(tmp_path: Path) -> None:
    stranger, value, rank = last_step()
    model = stranger.save(value, tmp_path / "w.onnx", rank)
    next(node for node in model.graph.node if node.op_type == "LSTM").domain = "elsewhere"
    onnx.save(model, tmp_path / "w.onnx")
    with pytest.raises(WeightsFileError, match=r"operator LSTM of elsewhere; only ONNX's plain"):
        read_foreign(tmp_path / "w.onnx")


def test_a_learned_first_state(tmp_path: Path) -> None:
    stranger, value = begun()
    stranger.state = stranger.draw(1, 4, UNITS)
    every, _ = stranger.layer(value, INPUTS)
    stranger.save(stranger.linear(stranger.squeezed(every, 1)), tmp_path / "w.onnx", 3)
    with pytest.raises(WeightsFileError, match="computed or learned"):
        read_foreign(tmp_path / "w.onnx")


@pytest.mark.parametrize("size", [7, 1500])
def test_constants_of_any_size_are_worked_out(tmp_path: Path, size: int) -> None:
    """Biases that are sums, zeros that are spread, and one row of a table."""
    stranger, value = begun()
    graph = stranger.graph
    zeros = graph.add("Expand", graph.constant(np.zeros((1, 1, size), np.float32)), graph.integers(1, 4, size))
    stranger.state = graph.add("Slice", zeros, graph.integers(0), graph.integers(UNITS), graph.integers(2))
    every, _ = stranger.layer(value, INPUTS)
    out = stranger.squeezed(every, 1)
    bias = graph.add("Add", stranger.draw(size), stranger.at(stranger.draw(900, size), 0, 7))
    answers = graph.add("Add", bias, graph.add("MatMul", out, stranger.draw(UNITS, size)))
    model = stranger.save(answers, tmp_path / "w.onnx", 3)
    (told,) = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {"x": rows()})
    here = said_here(read_foreign(tmp_path / "w.onnx"), rows(), "many_to_many")
    np.testing.assert_allclose(here.swapaxes(0, 1), told, atol=1e-5)


@pytest.mark.parametrize("operator", ["Unsqueeze", "Squeeze"])
def test_axes_that_only_a_batch_decides(tmp_path: Path, operator: str) -> None:
    stranger, value = begun()
    every, _ = stranger.layer(value, INPUTS)
    graph = stranger.graph
    axes = graph.add("Slice", graph.add("Shape", value), graph.integers(0), graph.integers(1))
    answers = stranger.linear(stranger.squeezed(every, 1))
    stranger.save(graph.add(operator, answers, axes), tmp_path / "w.onnx", 3)
    with pytest.raises(WeightsFileError, match=f"{operator} without axes behind the linear layer"):
        read_foreign(tmp_path / "w.onnx")


def test_two_kinds_of_gru(tmp_path: Path) -> None:
    stranger, value = begun(operator="GRU")
    lower, _ = stranger.layer(value, INPUTS, linear=0)
    upper, _ = stranger.layer(stranger.squeezed(lower, 1), UNITS, linear=1)
    stranger.save(stranger.linear(stranger.squeezed(upper, 1)), tmp_path / "w.onnx", 3)
    with pytest.raises(WeightsFileError, match="GRU layers of two kinds"):
        read_foreign(tmp_path / "w.onnx")


def test_a_constant_may_not_swell(tmp_path: Path) -> None:
    """A few bytes that ask for ten gigabytes of zeros are left alone."""
    stranger, value, rank = last_step()
    graph = stranger.graph
    graph.output(graph.add("ConstantOfShape", graph.integers(50_000, 50_000)), "huge", np.float32, ["a", "b"])
    doubled = stranger.draw(1000, 100)
    for _ in range(20):
        doubled = graph.add("Concat", doubled, doubled, axis=0)
    graph.output(doubled, "doubled", np.float32, ["a", "b"])
    for _ in range(5000):  # each may be, all together may not
        graph.add("Expand", graph.constant(np.ones(1, np.float32)), graph.integers(900_000))
    stranger.save(value, tmp_path / "w.onnx", rank)
    tracemalloc.start()
    assert read_foreign(tmp_path / "w.onnx").settings["model.cell"] == "lstm"
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
