"""One direction of one recurrent layer: its packed weights, its work arrays, its passes.

Knows nothing of direction, stacking or dropout: `network` turns sequences around and joins layers.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.buffers import Buffers
from engine.cells import CellSpec
from engine.kernels import gradients, packing, recurrence, rows
from engine.kernels.activations import CODES
from engine.kernels.jit import LANES, padded
from engine.kernels.tiles import product
from engine.parameters import Parameters
from engine.threads import Task


@dataclass(frozen=True, slots=True)
class Rows:
    """A flat array read by rows: row n begins at ``start + n · stride``."""

    array: NDArray[Any]
    start: int
    stride: int


def parameter_shapes(spec: CellSpec, suffix: str, inputs: int, units: int) -> dict[str, tuple[int, ...]]:
    """Names and shapes of one direction of one layer; `suffix` is ``l0``, ``l0_reverse``, …"""
    return {f"rnn.{name}_{suffix}": shape for name, shape in spec.parameter_shapes(inputs, units).items()}


class Layer:
    """A layer over `parameters`, whose names end in `suffix`."""

    def __init__(
        self, spec: CellSpec, suffix: str, inputs: int, units: int, activations: tuple[str, str], parameters: Parameters
    ) -> None:
        self.spec, self.suffix, self.inputs, self.units = spec, suffix, inputs, units
        self.width = padded(units)
        self.kinds = len(spec.states)
        self.state_row, self.z_row = self.kinds * self.width, spec.slots * self.width
        self.dx_row = padded(inputs)
        self._parameters = parameters
        self._matrices = self._as_read()
        self._buffers = Buffers(parameters.values.dtype)
        self._blocks_in = np.array(spec.input_blocks, np.int64)
        self._blocks_rec = np.array(spec.recurrent_blocks, np.int64)
        self._in_columns, self._rec_columns = (
            blocks.size * self.width for blocks in (self._blocks_in, self._blocks_rec)
        )
        self._depth_rec = spec.recurrent_states * self.width
        self._product = product.address(parameters.values.dtype)
        self._make_packed(parameters.values.dtype)
        self._find_offsets()
        self._geometry = self._describe(activations)

    def _describe(self, activations: tuple[str, str]) -> NDArray[np.int64]:
        """The `geometry` of the loops, still without steps and batch."""
        spec = self.spec
        return np.array(
            (
                0, 0, self.inputs, self.units, self.width, spec.slots, self._blocks_in.size, spec.recurrent_from,
                self._blocks_rec.size, self.kinds, spec.recurrent_states, *(CODES[name] for name in activations),
                self._extra.size // self.width,
            ),
            np.int64,
        )  # fmt: skip

    def _as_read(self) -> Parameters:
        """The matrices and biases in the shapes that the kernels read; other layers may compose their own."""
        return self._parameters

    def _find_offsets(self) -> None:
        names = ("weight_ih", "weight_hh", *(("bias_ih", "bias_hh") if self.spec.biased else ("", "")))
        full, matrices = [f"rnn.{name}_{self.suffix}" for name in names], self._matrices
        self._offsets = np.array([matrices.offset(n) if n in matrices.shapes else -1 for n in full], np.int64)
        self._extra_offsets = [
            self._parameters.offset(f"rnn.{extra.name}_{self.suffix}") + block * self.units
            for extra in self.spec.extras
            for block in range(extra.blocks)
        ]

    def _make_packed(self, dtype: np.dtype[Any]) -> None:
        self._ahead_in = np.zeros(self.inputs * self._in_columns, dtype)
        self._back_in = np.zeros(self._in_columns * self.dx_row, dtype)
        self._ahead_rec = np.zeros(self._depth_rec * self._rec_columns, dtype)
        self._back_rec = np.zeros(self._rec_columns * self._depth_rec, dtype)
        self._bias = np.zeros(self.z_row, dtype)
        self._extra = np.zeros(sum(extra.blocks for extra in self.spec.extras) * self.width, dtype)

    def pack(self) -> None:
        """Copy the weights into the layouts the kernels read; call after every change of the parameters."""
        values, units, width = self._parameters.values, self.units, self.width
        packing.pack_layer(
            self._matrices.values, self._offsets, self.inputs, units, width, self.spec.recurrent_states,
            self._blocks_in, self._blocks_rec, self.spec.recurrent_from, self._ahead_in, self._back_in,
            self._ahead_rec, self._back_rec, self._bias,
        )  # fmt: skip
        for number, at in enumerate(self._extra_offsets):
            self._extra[number * width : number * width + units] = values[at : at + units]

    def begin(self, steps: int, batch: int, lengths: NDArray[np.int64], initial: NDArray[Any] | None) -> None:
        """Make room for a batch and set its initial state, (B, kinds · W) flat; None is zero."""
        self.steps, self.batch, self.lengths = steps, batch, lengths
        self._geometry[recurrence.STEPS], self._geometry[recurrence.BATCH] = steps, batch
        self.z = self._buffers.get("z", steps * batch * self.z_row)
        self.states = self._buffers.get("states", (steps + 1) * batch * self.state_row)
        self.states[: batch * self.state_row] = 0 if initial is None else initial

    def outputs(self) -> Rows:
        """The hidden states of all steps, (T, B) rows in order, of which the first `units` numbers count."""
        return Rows(self.states, self.batch * self.state_row, self.state_row)

    def last_state(self) -> Rows:
        """Every sequence's own last state, (B, kinds · W)."""
        return Rows(self.states, self.steps * self.batch * self.state_row, self.state_row)

    def forward_tasks(self, x: Rows, bounds: list[int]) -> list[Task]:
        """The forward pass over `x`, rows in (T, B) order, divided among threads at the batch rows `bounds`."""
        self._x = x
        shared = (
            self.lengths, x.array, x.start, x.stride, self._ahead_in, self._ahead_rec, self._bias, self._extra,
            self.z, self.states,
        )  # fmt: skip
        fixed = (self._product, self.spec.forward.address(self.z.dtype), self._geometry)
        return [(recurrence.forward, (*fixed, row, last, *shared)) for row, last in itertools.pairwise(bounds)]

    def begin_backward(self, last: Rows | None, want_dx: bool, watch: bool) -> None:
        """Make room for gradients. `last`: ∂L/∂(last hidden state), rows in batch order; None is zero."""
        count = self.steps * self.batch
        self.d = self._buffers.get("d", self.batch * self.state_row)
        self.d[: self.batch * self.state_row] = 0
        if last is not None:
            rows.copy_rows(last.array, last.start, last.stride, self.batch, self.units, self.d, 0, self.state_row)
        self._d_extra = self._buffers.get("d_extra", self.batch * self._extra.size)
        self._d_extra[:] = 0
        self.dx = self._buffers.get("dx", count * self.dx_row if want_dx else 0)
        self._want_dx = want_dx
        self.arrived = self._buffers.get("arrived", count) if watch else self._buffers.get("unwatched", 0)

    def backward_tasks(self, dy: Rows | None, bounds: list[int]) -> list[Task]:
        """Back-propagation through time, divided like the forward pass. `dy`: ∂L/∂(hidden states) from above."""
        source = dy or Rows(self.d, 0, 0)
        shared = (
            self.lengths, source.array, source.start, source.stride, self._back_in, self._back_rec, self._extra,
            self._d_extra, self.z, self.states, self.d, self.dx, self.dx_row if self._want_dx else 0, self.arrived,
        )  # fmt: skip
        fixed = (self._product, self.spec.backward.address(self.z.dtype), self._geometry)
        return [(recurrence.backward, (*fixed, row, last, *shared)) for row, last in itertools.pairwise(bounds)]

    def gradient_tasks(self, threads: int) -> list[Task]:
        """Adding the weights' gradients to the parameters', divided by units."""
        get = self._buffers.get
        self._sums = get("sums", self.z_row)
        shared = (
            self._x.array, self._x.start, self._x.stride, self.z, self.states, self._blocks_in, self._blocks_rec,
            self._offsets, self._matrices.gradients, get("temporary_in", self.inputs * self._in_columns),
            get("temporary_rec", self._depth_rec * self._rec_columns), self._sums,
        )  # fmt: skip
        fixed = (self._product, self._geometry)
        parts = itertools.pairwise(divided(self.width, threads))
        return [(gradients.layer_gradients, (*fixed, first, last, *shared)) for first, last in parts]

    def add_extra_gradients(self) -> None:
        """Sum the gradients of the parameters beyond matrices and biases over the batch."""
        count, width, units = len(self._extra_offsets), self.width, self.units
        if count:
            by_row = self._d_extra[: self.batch * self._extra.size].reshape(self.batch, count, width)
            for number, at in enumerate(self._extra_offsets):
                self._parameters.gradients[at : at + units] += by_row[:, number, :units].sum(axis=0)

    def trace(self) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
        """States (T, kinds, H) and slots (T, slots, H) of the first row of the last forward pass."""
        steps, batch, units, width = self.steps, self.batch, self.units, self.width
        states = self.states[: (steps + 1) * batch * self.state_row].reshape(steps + 1, batch, self.kinds, width)
        z = self.z[: steps * batch * self.z_row].reshape(steps, batch, self.spec.slots, width)
        gates = {gate.name: z[:, 0, gate.slot, :units].astype(np.float32) for gate in self.spec.gates}
        return states[1:, 0, :, :units].astype(np.float32), gates


def divided(width: int, parts: int) -> list[int]:
    """Bounds that divide `width` into at most `parts` of whole vectors."""
    vectors = width // LANES
    return sorted({vectors * part // parts * LANES for part in range(parts + 1)})
