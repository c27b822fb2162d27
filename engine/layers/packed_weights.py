"""The weights of one layer in the layouts that its loops read, and the way back of their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import CellSpec
from engine.kernels import packing
from engine.kernels.jit import padded
from engine.layers.buffers import aligned_zeros
from engine.layers.parameters import Parameters


class PackedWeights:
    """Copies of the `parameters` whose names end in `suffix`.

    Attributes:
        ahead_in, ahead_rec: operands of the forward pass: of the product with the inputs and of that with the states.
        back_in, back_rec: likewise of the backward pass.
        bias: (slots · W), all biases of a slot summed.
        extra: (blocks · W), parameters beyond matrices and biases; `extra_blocks` of them.
        blocks_in, blocks_rec: which blocks of the matrices feed the slots.
        columns_in, columns_rec, depth_rec: sizes of the products.
        matrices: matrices and biases in the shapes that the kernels read: the parameters, unless others are composed.
        offsets: where weight_ih, weight_hh, bias_ih and bias_hh begin in these; -1 where there is none.
    """

    def __init__(self, spec: CellSpec, suffix: str, inputs: int, units: int, parameters: Parameters) -> None:
        self.spec, self.suffix, self.inputs, self.units = spec, suffix, inputs, units
        self.width, self.parameters = padded(units), parameters
        self.matrices = self._as_read()
        self.blocks_in = np.array(spec.input_blocks, np.int64)
        self.blocks_rec = np.array(spec.recurrent_blocks, np.int64)
        self.columns_in, self.columns_rec = (blocks.size * self.width for blocks in (self.blocks_in, self.blocks_rec))
        self.depth_rec = spec.recurrent_states * self.width
        self._find_offsets()
        self._make_room(parameters.values.dtype)

    def name(self, short: str) -> str:
        """What one of the layer's own parameters, such as ``weight_hh``, is called in its stack."""
        return f"rnn.{short}_{self.suffix}"

    def _as_read(self) -> Parameters:
        return self.parameters

    def _find_offsets(self) -> None:
        names = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if self.spec.biased else ("", "")))
        full, matrices = [self.name(short) for short in names], self.matrices
        self.offsets = np.array([matrices.offset(n) if n in matrices.shapes else -1 for n in full], np.int64)
        self._extra_offsets = [
            self.parameters.offset(self.name(extra.name)) + block * self.units
            for extra in self.spec.extras
            for block in range(extra.blocks)
        ]
        self.extra_blocks = len(self._extra_offsets)

    def _make_room(self, dtype: np.dtype[Any]) -> None:
        back_row = padded(self.inputs)
        self.ahead_in = aligned_zeros(self.inputs * self.columns_in, dtype)
        self.back_in = aligned_zeros(self.columns_in * back_row, dtype)
        self.ahead_rec = aligned_zeros(self.depth_rec * self.columns_rec, dtype)
        self.back_rec = aligned_zeros(self.columns_rec * self.depth_rec, dtype)
        self.bias = aligned_zeros(self.spec.slots * self.width, dtype)
        self.extra = aligned_zeros(self.extra_blocks * self.width, dtype)

    def pack(self) -> None:
        """Take over changed parameters."""
        values, units, width = self.parameters.values, self.units, self.width
        packing.pack_layer(
            self.matrices.values, self.offsets, self.inputs, units, width, self.spec.recurrent_states,
            self.blocks_in, self.blocks_rec, self.spec.recurrent_from, self.ahead_in, self.back_in,
            self.ahead_rec, self.back_rec, self.bias,
        )  # fmt: skip
        for number, at in enumerate(self._extra_offsets):
            self.extra[number * width : number * width + units] = values[at : at + units]

    def begin_gradients(self) -> None:
        """Before the gradients of the matrices are added up."""

    def finish_gradients(self, d_extra: NDArray[Any], batch: int) -> None:
        """After that; `d_extra` begins with the (B, blocks · W) gradients of the parameters beyond, by sequence."""
        if self.extra_blocks:
            by_row = d_extra[: batch * self.extra.size].reshape(batch, self.extra_blocks, self.width)
            for number, at in enumerate(self._extra_offsets):
                self.parameters.gradients[at : at + self.units] += by_row[:, number, : self.units].sum(axis=0)
