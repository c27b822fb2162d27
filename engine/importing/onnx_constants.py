"""What of an ONNX graph is known before it runs: its tensors, and what is computed from them alone."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.storage.weights import WeightsFileError

# Bytes of a number, by ONNX's code: float32, uint8, int8, int32, int64, bool, float16, float64, bfloat16.
_ITEM = {1: 4, 2: 1, 3: 1, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 16: 2}
_HALVES = (10, 16)
# Operators that exporters leave between a module's parameters and where they are used, or make shapes with.
_FOLDED = (
    *("Identity", "Cast", "Transpose", "Unsqueeze", "Squeeze", "Concat", "Slice", "Split", "Reshape"),
    *("Shape", "Gather", "Mul", "Add", "Sub", "Expand", "ConstantOfShape", "Constant"),
)
# Operators that make zeros of zeros.
_KEEPING = ("Identity", "Cast", "Transpose", "Unsqueeze", "Squeeze", "Slice", "Reshape", "Expand", "Gather", "Split")
_AXES = 8  # the most that a shape of a plain stack has
_ROOM = 1_000_000  # numbers that all of them together may make, and
_PER_BYTE = 4  # so many more for each byte of the weights: a float32 may be made anew sixteen times

Array = NDArray[Any]


class Constants:
    """Values by name, and what is known of those that a batch decides.

    Attributes:
        values: by name.
        zeros: names of what is zero, of whatever size.
        sizes: by name the numbers of a shape, -1 where only a batch decides one.
    """

    def __init__(self, onnx: Any, path: Path, model: Any) -> None:
        self._onnx, self._path, self._opsets = onnx, path, model.opset_import
        self._room = _ROOM + _PER_BYTE * path.stat().st_size
        self.values: dict[str, Array] = {}
        self.zeros: set[str] = set()
        self.sizes: dict[str, list[int]] = {}
        for tensor in model.graph.initializer:
            self._learn(tensor.name, self._array(tensor))

    def get(self, name: str) -> Array | None:
        """The value, or None of a name that is not known."""
        return self.values.get(name)

    def shape(self, name: str) -> list[int] | None:
        """The numbers of a shape, -1 where one is not known; None where nothing is."""
        value = self.values.get(name)
        if value is None:
            return self.sizes.get(name)
        return value.tolist() if value.ndim == 1 and value.dtype.kind == "i" and value.size <= _AXES else None

    def is_zero(self, name: str) -> bool:
        """Whether it is left out, or all zeros."""
        return not name or name in self.zeros

    def take(self, node: Any) -> None:
        """What a node makes of known values."""
        given = [self.values.get(name) for name in node.input if name]
        known = [value for value in given if value is not None]
        folded = node.op_type in _FOLDED and node.domain in ("", "ai.onnx") and len(known) == len(given)
        if folded and (size := _size(node, known)) <= self._room:
            self._room -= size
            self._fold(node)
        elif node.op_type == "ConstantOfShape":
            filled = [self._array(item.t) for item in node.attribute if item.name == "value"]
            self.zeros.update(node.output if not any(value.any() for value in filled) else ())
        elif (node.op_type in _KEEPING and node.input[0] in self.zeros) or (
            node.op_type == "Concat" and all(name in self.zeros for name in node.input)
        ):
            self.zeros.update(node.output)
        elif node.op_type in ("Unsqueeze", "Concat", "Shape"):
            self._take_sizes(node)

    def _take_sizes(self, node: Any) -> None:
        """What exporters make shapes of: sizes picked out of another shape, and joined with known ones."""
        if node.op_type == "Concat":
            parts = [self.shape(name) for name in node.input]
            if all(parts):
                self.sizes[node.output[0]] = [size for part in parts for size in part or ()]
        elif node.op_type == "Unsqueeze" or attribute(node, "end", 0) - attribute(node, "start", 0) == 1:
            self.sizes[node.output[0]] = [-1]

    def _fold(self, node: Any) -> None:
        helper = self._onnx.helper
        names = [name for name in dict.fromkeys(node.input) if name]
        inputs = [helper.make_value_info(name, self._onnx.TypeProto()) for name in names]
        outputs = [helper.make_value_info(name, self._onnx.TypeProto()) for name in node.output if name]
        model = helper.make_model(helper.make_graph([node], "one", inputs, outputs), opset_imports=self._opsets)
        made = self._onnx.reference.ReferenceEvaluator(model).run(None, {name: self.values[name] for name in names})
        for name, value in zip((name for name in node.output if name), made, strict=True):
            self._learn(name, np.asarray(value))

    def _learn(self, name: str, value: Array) -> None:
        self.values[name] = value
        if value.size and not value.any():
            self.zeros.add(name)

    def _array(self, tensor: Any) -> Array:
        if tensor.data_type not in _ITEM:
            raise WeightsFileError(f"{self._path.name}: tensor {tensor.name!r} holds no floats or whole numbers")
        count = math.prod(tensor.dims)
        if tensor.external_data:
            tensor.raw_data = self._outside(tensor, count * _ITEM[tensor.data_type])
            tensor.data_location = 0
        told: Iterable[Any] = tensor.float_data or tensor.double_data or tensor.int64_data or tensor.int32_data
        held = len(tensor.raw_data) // _ITEM[tensor.data_type] if tensor.raw_data else len(list(told))
        if min(tensor.dims, default=0) < 0 or count != held:
            raise WeightsFileError(f"{self._path.name}: tensor {tensor.name!r} is not all in the file")
        values: Array = self._onnx.numpy_helper.to_array(tensor)
        return values.astype(np.float32) if tensor.data_type in _HALVES else values

    def _outside(self, tensor: Any, size: int) -> bytes:
        """A tensor in the file that PyTorch puts beside the model, and nowhere else."""
        told = {item.key: item.value for item in tensor.external_data}
        location, start = told.get("location", ""), int(told.get("offset", 0))
        beside = self._path.with_name(location) if location and Path(location).name == location else None
        if beside is None or beside.is_symlink() or not beside.is_file():
            raise WeightsFileError(
                f"{self._path.name}: its weights lie in another file, {location!r}, which is not beside it; "
                "keep both together, or export with external_data=False"
            )
        if size < 0 or start < 0 or start + size > beside.stat().st_size or int(told.get("length", size)) != size:
            raise WeightsFileError(f"{self._path.name}: tensor {tensor.name!r} is not all in {location}")
        self._room += _PER_BYTE * size
        with beside.open("rb") as file:
            file.seek(start)
            return file.read(size)


def attribute(node: Any, name: str, otherwise: Any) -> Any:
    """An attribute's number or numbers."""
    for item in node.attribute:
        if item.name == name:
            return list(item.ints) if item.ints else item.i
    return otherwise


def _size(node: Any, given: list[Array]) -> int:
    """How many numbers come out at most: a few bytes may ask for any size."""
    match node.op_type:
        case "ConstantOfShape":
            return math.prod(int(item) for item in given[0].ravel())
        case "Expand":
            return math.prod(np.broadcast_shapes(given[0].shape, tuple(int(item) for item in given[1].ravel())))
        case "Mul" | "Add" | "Sub":
            return math.prod(np.broadcast_shapes(*(value.shape for value in given)))
        case "Gather":
            rows: int = given[0].shape[attribute(node, "axis", 0)]
            return given[1].size * (given[0].size // max(1, rows))
        case _:
            return sum(value.size for value in given)
