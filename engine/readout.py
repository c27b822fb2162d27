"""The linear layer that turns hidden states into answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.buffers import Buffers
from engine.kernels import gemm, layers
from engine.kernels.jit import padded
from engine.kernels.tiles import TILE_ROWS, product
from engine.layer import Rows
from engine.parameters import Parameters


class Readout:
    """y = W h + b over rows of hidden states; ``readout.weight`` is (O, inputs)."""

    def __init__(self, parameters: Parameters, inputs: int, outputs: int) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.row, self.d_row = padded(outputs), padded(inputs)
        self._parameters = parameters
        dtype = parameters.values.dtype
        self._buffers = Buffers(dtype)
        self._product = product.address(dtype)
        self._ahead = np.zeros(inputs * self.row, dtype)
        self._back = np.zeros(self.row * self.d_row, dtype)
        self._bias = np.zeros(self.row, dtype)
        self._blocks = np.zeros(1, np.int64)

    def pack(self) -> None:
        """Take over changed parameters."""
        values, at = self._parameters.values, self._parameters.offset("readout.weight")
        layers.pack_weight(
            values, at, self.inputs, self.outputs, self.row, self._blocks, 1, self.inputs, self._ahead, self._back
        )
        self._bias[: self.outputs] = self._parameters.view("readout.bias")

    def forward(self, h: Rows, count: int) -> NDArray[Any]:
        """Answers for `count` rows, flat, rows `row` apart."""
        self._y = self._buffers.get("y", count * self.row)
        layers.add_bias_rows(self._bias, count, self.row, self._y)
        gemm.multiply(
            self._product, h.array, h.start, h.stride, count, self.inputs, self._ahead, self.row, self._y, self.row
        )
        return self._y

    def backward(self, h: Rows, count: int) -> Rows:
        """From ∂L/∂answers, left in place of the answers, to ∂L/∂h; adds to the parameters' gradients."""
        d = self._buffers.get("d", count * self.d_row)
        d[: count * self.d_row] = 0
        gemm.multiply(self._product, self._y, 0, self.row, count, self.row, self._back, self.d_row, d, self.d_row)
        result = self._buffers.get("result", self.inputs * self.row)
        scratch = self._buffers.get("scratch", gemm.DEPTH_BLOCK * (self.inputs + self.row + TILE_ROWS))
        layers.weight_gradient(
            self._product,
            h.array,
            h.start,
            h.stride,
            count,
            self.inputs,
            self._y,
            0,
            self.row,
            self.row,
            0,
            self.row,
            result,
            scratch,
        )
        gradients, at = self._parameters.gradients, self._parameters.offset("readout.weight")
        layers.add_weight_gradient(
            result, self.row, self.inputs, self.inputs, 1, self.outputs, self.row, self._blocks, gradients, at
        )
        sums = self._buffers.get("sums", self.row)
        layers.column_sums(self._y, count, self.row, 0, self.row, sums)
        at = self._parameters.offset("readout.bias")
        layers.add_bias_gradient(sums, 0, self.outputs, self.row, self._blocks, gradients, at)
        return Rows(d, 0, self.d_row)
