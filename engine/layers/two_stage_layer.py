"""A layer of a cell with a second product inside its step."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.cells import SecondProduct
from engine.kernels import gradients, packing, two_stage
from engine.layers.buffers import Products, Rows, aligned_zeros
from engine.layers.layer import Layer
from engine.layers.masks import Chance
from engine.layers.packed_weights import PackedWeights
from engine.layers.shares import Pass
from engine.layers.threads import Task


class TwoStageWeights(PackedWeights):
    """Like `PackedWeights`, with the operands of the second product."""

    def _make_room(self, dtype: np.dtype[Any]) -> None:
        super()._make_room(dtype)
        assert self.spec.second is not None
        assert not self.spec.extras
        self.second: SecondProduct = self.spec.second
        self.blocks_second = np.array(self.second.blocks, np.int64)
        columns = self.blocks_second.size * self.width
        self.ahead_second = aligned_zeros(self.width * columns, dtype)
        self.back_second = aligned_zeros(columns * self.width, dtype)

    def pack(self) -> None:
        """Take over changed parameters."""
        super().pack()
        values, units, width, blocks = self.matrices.values, self.units, self.width, self.blocks_second
        packing.pack_weight(
            values, self.offsets[1], units, units, width, blocks, 1, width, self.ahead_second, self.back_second
        )
        packing.pack_bias(values, self.offsets[3], units, width, blocks, self.second.first_slot, self.bias)


class TwoStageLayer(Layer):
    """Like `Layer`, by the loops of `kernels.two_stage`."""

    weights: TwoStageWeights

    def _describe(self, activations: tuple[str, str]) -> NDArray[np.int64]:
        second = self.weights.second
        further = (second.first_slot, self.weights.blocks_second.size, int(second.of_state))
        return np.concatenate([super()._describe(activations), np.array(further, np.int64)])

    def begin(
        self, steps: int, batch: int, lengths: NDArray[np.int64], initial: NDArray[Any] | None,
        chance: Chance | None = None,
    ) -> None:  # fmt: skip
        """Make room for a batch and set its initial state, (kinds, B, H); None is what is learned, or zero."""
        super().begin(steps, batch, lengths, initial, chance)
        self.inner = self._buffers.get("inner", steps * batch * self.width)

    def inner_read(self) -> NDArray[Any]:
        """What went into the second product of the last pass, (T, B, H), not a copy."""
        rows = self.inner[: self.steps * self.batch * self.width].reshape(self.steps, self.batch, self.width)
        return rows[:, :, : self.units]

    def forward_tasks(self, x: Rows, bounds: list[int]) -> list[Task]:
        """The forward pass over `x`, rows in (T, B) order, divided among threads at the batch rows `bounds`."""
        self.x, weights = x, self.weights
        shared = (
            self.lengths, x.array, x.start, x.stride, weights.ahead_in, weights.ahead_rec, weights.ahead_second,
            weights.bias, self.z, self.states, self.inner, *self._forward_masks(),
        )  # fmt: skip
        stages = (self.spec.forward.address(self.z.dtype), weights.second.forward.address(self.z.dtype))
        fixed = (self._product, *stages, self._geometry)
        return self._by_rows(bounds, lambda *part: two_stage.forward(*fixed, *part, *shared))

    def backward_tasks(self, dy: Rows | Products | None, bounds: list[int]) -> list[Task]:
        """Back-propagation through time, divided like the forward pass. `dy`: ∂L/∂(hidden states) from above."""
        weights = self.weights
        shared = (
            self.lengths, *self._from_above(dy), weights.back_in, weights.back_rec, weights.back_second,
            self.z, self.states, self.d, self._buffers.get("d_inner", self.batch * self.width), self.dx,
            self.dx_row if self._want_dx else 0, self.arrived, *self._backward_masks(),
        )  # fmt: skip
        stages = (self.spec.backward.address(self.z.dtype), weights.second.backward.address(self.z.dtype))
        fixed = (self._product, *stages, self._geometry)
        return self._by_rows(bounds, lambda *part: two_stage.backward(*fixed, *part, *shared))

    def gradient_tasks(self, threads: int) -> list[Task]:
        """Adding the weights' gradients to the parameters', divided by units."""
        self._temporary_second = self._buffers.get("temporary_second", self.weights.ahead_second.size)
        return super().gradient_tasks(threads)

    def _adding(self, add: Pass) -> Pass:
        """The first product's and the biases' gradients, then those of the second product."""

        def add_both(first: int, last: int, done: int, asked: NDArray[np.int64]) -> int:
            reached = add(first, last, done, asked)
            if not reached:
                self._add_second(first, last)
            return reached

        return add_both

    def _add_second(self, first: int, last: int) -> None:
        weights, units, width = self.weights, self.units, self.width
        blocks, at, into = weights.blocks_second, weights.second.first_slot * width, weights.matrices.gradients
        gradients.weight_gradient(
            self._product, first, last, self.inner, 0, width, self.steps * self.batch, units, self.z, at,
            self.z_row, blocks, units, width, into, weights.offsets[1], self._temporary_second,
            self._packed(first),
        )  # fmt: skip
        gradients.add_bias_gradient(self._sums, at, first, last, units, width, blocks, into, weights.offsets[3])
