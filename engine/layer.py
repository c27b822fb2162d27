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
from engine.kernels import layers, recurrence
from engine.kernels.activations import CODES
from engine.kernels.gemm import DEPTH_BLOCK
from engine.kernels.jit import padded
from engine.kernels.tiles import PANEL, TILE_ROWS, product
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
    inward, inner = len(spec.input_blocks) * units, len(spec.recurrent_blocks) * units
    shapes: dict[str, tuple[int, ...]] = {f"rnn.weight_ih_{suffix}": (inward, inputs)}
    if inner:
        shapes[f"rnn.weight_hh_{suffix}"] = (inner, spec.recurrent_states * units)
    shapes[f"rnn.bias_ih_{suffix}"] = (inward,)
    if inner:
        shapes[f"rnn.bias_hh_{suffix}"] = (inner,)
    return shapes | {f"rnn.{extra.name}_{suffix}": (units,) for extra in spec.extras}


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
        self._codes = tuple(CODES[name] for name in activations)  # gate, candidate
        self._buffers = Buffers(parameters.values.dtype)
        self._blocks_in = np.array(spec.input_blocks, np.int64)
        self._blocks_rec = np.array(spec.recurrent_blocks, np.int64)
        self._in_columns, self._rec_columns = (
            blocks.size * self.width for blocks in (self._blocks_in, self._blocks_rec)
        )
        self._depth_rec = spec.recurrent_states * self.width
        self._product = product.address(parameters.values.dtype)
        self._make_packed(parameters.values.dtype)

    def _make_packed(self, dtype: np.dtype[Any]) -> None:
        self._ahead_in = np.zeros(self.inputs * self._in_columns, dtype)
        self._back_in = np.zeros(self._in_columns * self.dx_row, dtype)
        self._ahead_rec = np.zeros(self._depth_rec * self._rec_columns, dtype)
        self._back_rec = np.zeros(self._rec_columns * self._depth_rec, dtype)
        self._bias = np.zeros(self.z_row, dtype)
        self._extra = np.zeros(len(self.spec.extras) * self.width, dtype)

    def _offset(self, kind: str) -> int:
        return self._parameters.offset(f"rnn.{kind}_{self.suffix}")

    def pack(self) -> None:
        """Copy the weights into the layouts the kernels read; call after every change of the parameters."""
        values, units, width = self._parameters.values, self.units, self.width
        layers.pack_weight(
            values, self._offset("weight_ih"), self.inputs, units, width, self._blocks_in, 1, self.inputs,
            self._ahead_in, self._back_in,
        )  # fmt: skip
        self._bias[:] = 0
        layers.pack_bias(values, self._offset("bias_ih"), units, width, self._blocks_in, 0, self._bias)
        if self._blocks_rec.size:
            layers.pack_weight(
                values, self._offset("weight_hh"), units, units, width, self._blocks_rec, self.spec.recurrent_states,
                width, self._ahead_rec, self._back_rec,
            )  # fmt: skip
            first = self.spec.recurrent_from
            layers.pack_bias(values, self._offset("bias_hh"), units, width, self._blocks_rec, first, self._bias)
        for number, extra in enumerate(self.spec.extras):
            at = self._offset(extra.name)
            self._extra[number * width : number * width + units] = values[at : at + units]

    def begin(self, steps: int, batch: int, lengths: NDArray[np.int64], initial: NDArray[Any] | None) -> None:
        """Make room for a batch and set its initial state, (B, kinds · W) flat; None is zero."""
        geometry = np.zeros(recurrence.GEOMETRY_SIZE, np.int64)
        spec = self.spec
        geometry[:] = (
            steps, batch, self.inputs, self.units, self.width, spec.slots, self._blocks_in.size, spec.recurrent_from,
            self._blocks_rec.size, self.kinds, spec.recurrent_states, *self._codes, len(spec.extras),
        )  # fmt: skip
        self.steps, self.batch, self.lengths, self._geometry = steps, batch, lengths, geometry
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
            layers.copy_rows(last.array, last.start, last.stride, self.batch, self.units, self.d, 0, self.state_row)
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
        """Weight gradients, divided by columns of the slots; `add_gradients` takes them over."""
        widest = max(self._in_columns, self._rec_columns)
        rows = max(self.inputs, self._depth_rec)
        self._product_in = self._buffers.get("product_in", self.inputs * self._in_columns)
        self._product_rec = self._buffers.get("product_rec", self._depth_rec * self._rec_columns)
        self._sums = self._buffers.get("sums", self.z_row)
        scratch = DEPTH_BLOCK * (rows + widest + TILE_ROWS)
        return [
            (self._gradients, (part, threads, self._buffers.get(f"scratch{part}", scratch))) for part in range(threads)
        ]

    def _gradients(self, part: int, parts: int, scratch: NDArray[Any]) -> None:
        count = self.steps * self.batch
        first, last = _share(self._in_columns, part, parts)
        if last > first:
            layers.weight_gradient(
                self._product,
                self._x.array, self._x.start, self._x.stride, count, self.inputs, self.z, 0, self.z_row,
                self._in_columns, first, last, self._product_in, scratch,
            )  # fmt: skip
        first, last = _share(self._rec_columns, part, parts)
        if last > first:
            layers.weight_gradient(
                self._product,
                self.states, 0, self.state_row, count, self._depth_rec, self.z, self.spec.recurrent_from * self.width,
                self.z_row, self._rec_columns, first, last, self._product_rec, scratch,
            )  # fmt: skip
        first, last = _share(self.z_row, part, parts)
        if last > first:
            layers.column_sums(self.z, count, self.z_row, first, last, self._sums)

    def add_gradients(self) -> None:
        """Add the products of `gradient_tasks` to the parameters' gradients."""
        gradients, units, width, spec = self._parameters.gradients, self.units, self.width, self.spec
        layers.add_weight_gradient(
            self._product_in, self._in_columns, self.inputs, self.inputs, 1, units, width, self._blocks_in,
            gradients, self._offset("weight_ih"),
        )  # fmt: skip
        layers.add_bias_gradient(self._sums, 0, units, width, self._blocks_in, gradients, self._offset("bias_ih"))
        if self._blocks_rec.size:
            layers.add_weight_gradient(
                self._product_rec, self._rec_columns, units, width, spec.recurrent_states, units, width,
                self._blocks_rec, gradients, self._offset("weight_hh"),
            )  # fmt: skip
            at = self._offset("bias_hh")
            layers.add_bias_gradient(self._sums, spec.recurrent_from, units, width, self._blocks_rec, gradients, at)
        extras = self._d_extra[: self.batch * self._extra.size].reshape(self.batch, len(spec.extras), width)
        for number, extra in enumerate(spec.extras):
            at = self._offset(extra.name)
            gradients[at : at + units] += extras[:, number, :units].sum(axis=0)

    def trace(self) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
        """States (T, kinds, H) and slots (T, slots, H) of the first row of the last forward pass."""
        steps, batch, units, width = self.steps, self.batch, self.units, self.width
        states = self.states[: (steps + 1) * batch * self.state_row].reshape(steps + 1, batch, self.kinds, width)
        z = self.z[: steps * batch * self.z_row].reshape(steps, batch, self.spec.slots, width)
        gates = {gate.name: z[:, 0, gate.slot, :units].astype(np.float32) for gate in self.spec.gates}
        return states[1:, 0, :, :units].astype(np.float32), gates


def _share(columns: int, part: int, parts: int) -> tuple[int, int]:
    """The columns one of `parts` threads takes: whole panels, the rest to the last."""
    panels = -(-columns // PANEL)
    first, last = (min(columns, panels * p // parts * PANEL) for p in (part, part + 1))
    return first, last
