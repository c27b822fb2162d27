"""onnxruntime as a second oracle: its RNN, LSTM and GRU in both directions over ragged sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.network import Network
from tests.engine.examples import example, network

onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")

# ONNX's order of the gates' blocks, counted in PyTorch's.
ORDERS = {"elman": ("RNN", (0,)), "lstm": ("LSTM", (0, 3, 1, 2)), "gru": ("GRU", (1, 0, 2))}


def weights(made: Network, order: tuple[int, ...]) -> dict[str, NDArray[Any]]:
    """The first layer's parameters as ONNX lays them out: W, R (D, G · H, ·) and B (D, 2 G · H)."""

    def blocks(name: str, end: str) -> NDArray[Any]:
        parts = np.split(made.state_dict()[f"rnn.{name}_l0{end}"], len(order))
        return np.concatenate([parts[block] for block in order])

    ends = ("", "_reverse")
    biases = [np.concatenate([blocks("bias_ih", end), blocks("bias_hh", end)]) for end in ends]
    w, r = (np.stack([blocks(name, end) for end in ends]) for name in ("weight_ih", "weight_hh"))
    return {"W": w, "R": r, "B": np.stack(biases)}


def session(made: Network, inputs: NDArray[Any]) -> Any:
    """One recurrent node over `inputs` (T, B, I), its outputs (T, D, B, H)."""
    kind, order = ORDERS[made.config.cell]
    more: dict[str, Any] = {"linear_before_reset": 1} if kind == "GRU" else {}
    hidden = made.config.hidden_size
    node = onnx.helper.make_node(
        kind, ["x", "W", "R", "B", "lengths"], ["y"], hidden_size=hidden, direction="bidirectional", **more
    )
    floats, steps, batch = onnx.TensorProto.FLOAT, *inputs.shape[:2]
    graph = onnx.helper.make_graph(
        [node],
        "layer",
        [
            onnx.helper.make_tensor_value_info("x", floats, inputs.shape),
            onnx.helper.make_tensor_value_info("lengths", onnx.TensorProto.INT32, [batch]),
        ],
        [onnx.helper.make_tensor_value_info("y", floats, [steps, 2, batch, hidden])],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights(made, order).items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


@pytest.mark.parametrize("cell", ORDERS)
@pytest.mark.parametrize("hidden", [5, 32])
def test_hidden_states_equal_onnxruntime(cell: str, hidden: int) -> None:
    made = network(cell, dtype=np.float32, hidden_size=hidden, bidirectional=True)
    batch = example(True, False, (9, 6, 6, 1)).cast(np.float32)
    given = {"x": batch.inputs, "lengths": batch.lengths.astype(np.int32)}
    (hidden_states,) = session(made, batch.inputs).run(None, given)
    state = made.state_dict()
    both = np.concatenate([hidden_states[:, 0], hidden_states[:, 1]], axis=-1)
    wanted = both @ state["readout.weight"].T + state["readout.bias"]
    found = made.forward(batch.inputs, batch.lengths).values
    for b, length in enumerate(batch.lengths):
        np.testing.assert_allclose(found[:length, b], wanted[:length, b], atol=2e-6 * np.sqrt(hidden))
