"""The linear layer behind the recurrent operators of an ONNX graph."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.importing.onnx_constants import Constants, attribute
from engine.importing.onnx_flow import DIRECTION, TIME, UNITS, Flow, FlowError, Part
from engine.storage.weights import WeightsFileError


class Readout:
    """A matrix and what is added to it, once they have been met."""

    def __init__(self, name: str, constants: Constants) -> None:
        self.name, self.constants = name, constants
        self.tensors: dict[str, NDArray[Any]] = {}
        self._biased = False

    def take(self, node: Any, flow: Flow) -> Flow | None:
        """The answers that a node makes of hidden states, or None if it is no part of a linear layer.

        Raises:
            FlowError: a linear layer that no plain stack has.
        """
        if node.op_type == "Add" and flow.stage == "answer" and not self._biased:
            return self._add(node, flow)
        if node.op_type not in ("MatMul", "Gemm"):
            return None
        matrix = self.constants.get(node.input[1])
        if self.tensors:
            raise FlowError("a second linear layer")
        if matrix is None or matrix.ndim != 2 or DIRECTION in flow.axes or flow.axes[-1] != UNITS:
            raise FlowError(node.op_type)
        if node.op_type == "Gemm":
            matrix = self._gemm(node, matrix)
        if len(matrix) != sum(part.size for part in flow.parts):
            raise FlowError("a linear layer that reads several steps")
        self.tensors["readout.weight"] = np.ascontiguousarray(matrix.T)
        self.tensors.setdefault("readout.bias", np.zeros(matrix.shape[1], matrix.dtype))
        return replace(flow, stage="answer")

    def check(self, flow: Flow, last: tuple[Part, ...]) -> None:
        """See that the answers are read from where the engine reads them.

        Raises:
            WeightsFileError: from another step, layer or direction.
        """
        plain = [(part.layer, part.back) for part in flow.parts] == [(part.layer, part.back) for part in last]
        whole = TIME in flow.axes and all(part.at == "all" for part in flow.parts)
        if plain and (whole or all(part.final for part in flow.parts)):
            return
        if plain and len(last) > 1:
            raise WeightsFileError(
                f"{self.name}: its answer is read from the last step of both directions, where the way back has seen "
                "one step only; the workbench reads the last state of each direction (h_n), or every step"
            )
        raise WeightsFileError(
            f"{self.name}: its answer is not read from the last state of the last layer, or at every step"
        )

    def _gemm(self, node: Any, matrix: NDArray[Any]) -> NDArray[Any]:
        """The matrix as it is multiplied; what is added to it becomes the bias."""
        scaled = any(item.name in ("alpha", "beta") and item.f != 1 for item in node.attribute)
        if scaled or attribute(node, "transA", 0):
            raise FlowError("a scaled Gemm")
        turned = matrix.T if attribute(node, "transB", 0) else matrix
        if len(node.input) > 2 and node.input[2]:
            self._set_bias(self.constants.get(node.input[2]), turned.shape[1])
        return turned

    def _add(self, node: Any, flow: Flow) -> Flow:
        known = [value for name in node.input if (value := self.constants.get(name)) is not None]
        self._set_bias(known[0] if known else None, len(self.tensors["readout.bias"]))
        return flow

    def _set_bias(self, value: NDArray[Any] | None, size: int) -> None:
        if value is None or value.size != size:
            raise FlowError("a linear layer without a plain bias")
        self._biased = True
        self.tensors["readout.bias"] = value.reshape(size)
