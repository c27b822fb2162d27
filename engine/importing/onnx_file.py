"""Plain stacks out of ONNX: the weights of its RNN, LSTM and GRU operators, in PyTorch's order.

The package onnx parses the file; nothing is run, and weights that lie in other files are not fetched.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.optional import needed
from engine.importing.plain import Plain, plain_from
from engine.weights import WeightsFileError

# ONNX's blocks in PyTorch's order, by operator.
_ORDERS = {"RNN": (0,), "LSTM": (0, 2, 3, 1), "GRU": (1, 0, 2)}
_USUAL = {"RNN": ["Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"]}
_KNOWN = ("direction", "hidden_size", "activations", "linear_before_reset", "layout", "input_forget")
_ITEM = {1: 4, 11: 8}  # bytes of a number, by ONNX's code of float32 and float64

Arrays = dict[str, NDArray[Any]]


@dataclass
class _Found:
    """What has been gathered of a graph."""

    name: str
    tensors: Arrays = field(default_factory=dict)  # under PyTorch's names
    level: int = -1
    entries: list[str] = field(default_factory=list)  # what goes into each layer
    functions: set[str] = field(default_factory=set)
    reset_before: bool = False


def read_onnx(path: Path) -> Plain:
    """The stack of a model's recurrent operators, with the embedding before and the linear layer behind it.

    Raises:
        WeightsFileError: no such model, or one with operators that no plain stack has.
        ExportError: the package onnx is not installed.
        OSError: the file cannot be read.
    """
    onnx = needed("onnx", "onnx")
    graph = onnx.load_model_from_string(path.read_bytes()).graph
    arrays = {tensor.name: _array(onnx, path, tensor) for tensor in graph.initializer if tensor.data_type in _ITEM}
    found = _Found(path.name)
    for node in graph.node:
        if node.op_type in _ORDERS:
            _take_layer(onnx, found, node, arrays)
        elif node.op_type in ("Scan", "Loop", "If"):
            raise WeightsFileError(f"{path.name}: a {node.op_type}; only plain RNN, LSTM and GRU operators are read")
    if found.level < 0:
        raise WeightsFileError(f"{path.name}: no RNN, LSTM or GRU operator with its weights inside")
    _take_ends(found, graph.node, arrays)
    plain = plain_from(path.name, found.tensors)
    activation = found.functions.pop().lower()
    cell = "gru_reset_before" if found.reset_before else plain.cell
    notes = tuple(note for note in plain.notes if "activation" not in note)
    return Plain(cell, plain.widths, plain.bidirectional, plain.weights, activation, notes)


def _array(onnx: Any, path: Path, tensor: Any) -> NDArray[Any]:
    count = math.prod(tensor.dims)
    held = (
        len(tensor.raw_data) // _ITEM[tensor.data_type]
        if tensor.raw_data
        else len(tensor.float_data or tensor.double_data)
    )
    if tensor.external_data or min(tensor.dims, default=0) < 0 or count != held:
        raise WeightsFileError(f"{path.name}: tensor {tensor.name!r} is not all in the file")
    values: NDArray[Any] = onnx.numpy_helper.to_array(tensor)
    return values


def _take_layer(onnx: Any, found: _Found, node: Any, arrays: Arrays) -> None:
    """One recurrent operator: a layer, or the way back of the layer before."""
    told = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
    direction = told.get("direction", b"forward").decode()
    inputs = [*node.input, *[""] * 8]
    odd = [name for name in told if name not in _KNOWN] + (["peepholes"] if inputs[7] else [])
    if told.get("input_forget") or odd or inputs[1] not in arrays or inputs[2] not in arrays:
        what = ", ".join(odd) or "coupled gates or weights that are not in the file"
        raise WeightsFileError(f"{found.name}: an {node.op_type} operator with {what}, which no plain stack has")
    _check_functions(found, node.op_type, [name.decode() for name in told.get("activations", [])])
    found.reset_before |= node.op_type == "GRU" and not told.get("linear_before_reset")
    w, r = arrays[inputs[1]], arrays[inputs[2]]
    blocks = len(_ORDERS[node.op_type])
    bias = arrays.get(inputs[3], np.zeros((w.shape[0], 2 * w.shape[1]), w.dtype))
    endings = {"forward": [""], "reverse": ["_reverse"], "bidirectional": ["", "_reverse"]}[direction]
    if endings[0] == "":
        found.level += 1
        found.entries.append(node.input[0])
    elif found.level < 0 or found.entries[-1] != node.input[0]:
        raise WeightsFileError(f"{found.name}: a layer that only reads backward")
    for place, ending in enumerate(endings):
        parts = {"weight_ih": w, "weight_hh": r}
        parts |= dict(zip(("bias_ih", "bias_hh"), np.split(bias, 2, axis=1), strict=True))
        for kind, values in parts.items():
            split = np.split(values[place], blocks)
            ordered = np.concatenate([split[block] for block in _ORDERS[node.op_type]])
            found.tensors[f"rnn.{kind}_l{found.level}{ending}"] = ordered


def _check_functions(found: _Found, operator: str, names: list[str]) -> None:
    """All layers squash by one function, and gates by the sigmoid."""
    usual = _USUAL[operator]
    given = names[: len(usual)] or usual
    found.functions.add(given[-1])
    right = given[0] == "Sigmoid" or operator == "RNN"
    inner = set(given) if operator == "RNN" else set(given[1:])
    if not right or len(inner | found.functions) != 1 or given[-1] not in ("Tanh", "Relu", "Sigmoid"):
        raise WeightsFileError(f"{found.name}: an {operator} operator with the functions {', '.join(given)}")


def _take_ends(found: _Found, nodes: Any, arrays: Arrays) -> None:
    """A table that is looked up before the first layer; a matrix, and what is added to it, behind the last."""
    seen = False
    following = {name: node for node in nodes for name in node.input}
    for node in nodes:
        seen = seen or node.op_type in _ORDERS
        table = arrays.get(node.input[0]) if node.op_type == "Gather" and node.input else None
        if not seen and table is not None and table.ndim == 2:
            found.tensors["embedding.weight"] = table
        matrix = arrays.get(node.input[1]) if node.op_type in ("MatMul", "Gemm") and len(node.input) > 1 else None
        if not seen or matrix is None:
            continue
        turned = node.op_type == "Gemm" and any(item.name == "transB" and item.i for item in node.attribute)
        found.tensors["readout.weight"] = matrix if turned else np.ascontiguousarray(matrix.T)
        after = following.get(node.output[0])
        biased = list(node.input[2:]) if node.op_type == "Gemm" else list(after.input) if after is not None else []
        bias = next((arrays[name] for name in biased if name in arrays), None)
        found.tensors["readout.bias"] = np.zeros(len(found.tensors["readout.weight"])) if bias is None else bias
