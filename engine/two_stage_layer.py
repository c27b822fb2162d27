"""A layer of a cell with a second product inside its step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.buffers import aligned_zeros
from engine.cells import SecondProduct
from engine.kernels import gradients, packing, two_stage
from engine.layer import Layer, Products, Rows
from engine.masks import Chance
from engine.threads import Task


class TwoStageLayer(Layer):
    """Like `Layer`, by the loops of `kernels.two_stage`."""

    def _make_packed(self, dtype: np.dtype[Any]) -> None:
        super()._make_packed(dtype)
        assert self.spec.second is not None
        assert not self.spec.extras
        self._second: SecondProduct = self.spec.second
        self._blocks_second = np.array(self._second.blocks, np.int64)
        columns = self._blocks_second.size * self.width
        self._ahead_second = aligned_zeros(self.width * columns, dtype)
        self._back_second = aligned_zeros(columns * self.width, dtype)

    def _describe(self, activations: tuple[str, str]) -> NDArray[np.int64]:
        second = (self._second.first_slot, self._blocks_second.size, int(self._second.of_state))
        return np.concatenate([super()._describe(activations), np.array(second, np.int64)])

    def pack(self) -> None:
        """Copy the weights into the layouts the kernels read; call after every change of the parameters."""
        super().pack()
        values, units, width, blocks = self._matrices.values, self.units, self.width, self._blocks_second
        packing.pack_weight(
            values, self._offsets[1], units, units, width, blocks, 1, width, self._ahead_second, self._back_second
        )
        packing.pack_bias(values, self._offsets[3], units, width, blocks, self._second.first_slot, self._bias)

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
        self.x = x
        shared = (
            self.lengths, x.array, x.start, x.stride, self._ahead_in, self._ahead_rec, self._ahead_second, self._bias,
            self.z, self.states, self.inner, *self._forward_masks(),
        )  # fmt: skip
        stages = (self.spec.forward.address(self.z.dtype), self._second.forward.address(self.z.dtype))
        fixed = (self._product, *stages, self._geometry)
        return [(two_stage.forward, (*fixed, row, last, *shared)) for row, last in itertools.pairwise(bounds)]

    def backward_tasks(self, dy: Rows | Products | None, bounds: list[int]) -> list[Task]:
        """Back-propagation through time, divided like the forward pass. `dy`: ∂L/∂(hidden states) from above."""
        shared = (
            self.lengths, *self._from_above(dy), self._back_in, self._back_rec, self._back_second,
            self.z, self.states, self.d, self._buffers.get("d_inner", self.batch * self.width), self.dx,
            self.dx_row if self._want_dx else 0, self.arrived, *self._backward_masks(),
        )  # fmt: skip
        stages = (self.spec.backward.address(self.z.dtype), self._second.backward.address(self.z.dtype))
        fixed = (self._product, *stages, self._geometry)
        return [(two_stage.backward, (*fixed, row, last, *shared)) for row, last in itertools.pairwise(bounds)]

    def gradient_tasks(self, threads: int) -> list[Task]:
        """Adding the weights' gradients to the parameters', divided by units."""
        self._temporary_second = self._buffers.get("temporary_second", self._ahead_second.size)
        return [(self._both_gradients, task) for task in super().gradient_tasks(threads)]

    def _both_gradients(self, kernel: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        """The first product's and the biases' gradients by `kernel`, then those of the second product."""
        kernel(*arguments)
        _, _, first, last = arguments[:4]
        units, width, blocks = self.units, self.width, self._blocks_second
        at, into = self._second.first_slot * width, self._matrices.gradients
        gradients.weight_gradient(
            self._product, first, last, self.inner, 0, width, self.steps * self.batch, units, self.z, at,
            self.z_row, blocks, units, width, into, self._offsets[1], self._temporary_second,
            arguments[-1],
        )  # fmt: skip
        gradients.add_bias_gradient(self._sums, at, first, last, units, width, blocks, into, self._offsets[3])
