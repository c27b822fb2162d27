"""One direction of one recurrent layer: its work arrays, its passes.

Knows nothing of direction, stacking or dropout: `level` turns sequences around and `stack` joins layers.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import gradients, recurrence, rows
from engine.kernels.activations import CODES
from engine.kernels.jit import LANES, padded
from engine.kernels.tiles import product
from engine.layers.buffers import Buffers, Products, Rows
from engine.layers.masks import Chance, LayerMasks
from engine.layers.packed_weights import PackedWeights
from engine.layers.shares import Pass, Share
from engine.layers.threads import Task

_ROWS = 2  # of a batch, at least, that are worth to be done by themselves


class Layer:
    """A layer by its `weights`; the parameters `initial` hold what its states begin with."""

    def __init__(
        self, weights: PackedWeights, activations: tuple[str, str], masks: LayerMasks, initial: Sequence[str] = ()
    ) -> None:
        self.weights, self.spec, self.suffix = weights, weights.spec, weights.suffix
        self.inputs, self.units, self.width = weights.inputs, weights.units, weights.width
        self.kinds = len(self.spec.states)
        self.state_row, self.z_row = self.kinds * self.width, self.spec.slots * self.width
        self.dx_row = padded(self.inputs)
        self._parameters, self._masks, self._initial = weights.parameters, masks, tuple(initial)
        dtype = self._parameters.values.dtype
        self._buffers = Buffers(dtype)
        self._product = product.address(dtype)
        self._geometry = self._describe(activations)

    def _describe(self, activations: tuple[str, str]) -> NDArray[np.int64]:
        """The `geometry` of the loops, still without steps and batch."""
        spec, weights = self.spec, self.weights
        return np.array(
            (
                0, 0, self.inputs, self.units, self.width, spec.slots, weights.blocks_in.size, spec.recurrent_from,
                weights.blocks_rec.size, self.kinds, spec.recurrent_states, *(CODES[name] for name in activations),
                weights.extra_blocks,
            ),
            np.int64,
        )  # fmt: skip

    def begin(
        self, steps: int, batch: int, lengths: NDArray[np.int64], initial: NDArray[Any] | None,
        chance: Chance | None = None,
    ) -> None:  # fmt: skip
        """Make room for a batch and set its initial state, (kinds, B, H); None is what is learned, or zero.

        By `chance` the masks of a training step are drawn; None leaves nothing out.
        """
        self.steps, self.batch, self.lengths = steps, batch, lengths
        self._geometry[recurrence.STEPS], self._geometry[recurrence.BATCH] = steps, batch
        self.z = self._buffers.get("z", steps * batch * self.z_row)
        self.states = self._buffers.get("states", (steps + 1) * batch * self.state_row)
        self.states[: batch * self.state_row] = 0
        self._learns_initial = initial is None and bool(self._initial)
        if self._learns_initial:
            initial = np.stack([self._parameters.view(name) for name in self._initial])[:, None]
        if initial is not None:
            self._plain(self.states)[...] = initial
        self._masks.draw(steps, batch, chance, self._buffers)
        self._fed = self._buffers.get("fed", steps * batch * self.state_row if self._masks.kept.size else 0)

    def _forward_masks(self) -> tuple[Any, ...]:
        return self._masks.kept, self._fed, self._masks.keep, self._masks.keep_row

    def _backward_masks(self) -> tuple[Any, ...]:
        masks, size = self._masks, self.batch * self.state_row
        d_fed = self._buffers.get("d_fed", size if masks.kept.size else 0)
        return masks.kept, d_fed, masks.keep, masks.keep_row, self._buffers.get("held", size if masks.keep.size else 0)

    def _plain(self, flat: NDArray[Any]) -> NDArray[Any]:
        """The first (B, kinds · W) numbers of `flat` as (kinds, B, H), not a copy."""
        rows = flat[: self.batch * self.state_row].reshape(self.batch, self.kinds, self.width)
        return rows[:, :, : self.units].transpose(1, 0, 2)

    def state_after(self, step: int) -> NDArray[Any]:
        """A copy of the states after so many steps, (kinds, B, H); of a sequence that ended before, its last."""
        return self._plain(self.states[step * self.batch * self.state_row :]).copy()

    def d_initial(self) -> NDArray[Any]:
        """A copy of ∂L/∂(initial state) after the backward pass, (kinds, B, H)."""
        return self._plain(self.d).copy()

    def outputs(self) -> Rows:
        """The hidden states of all steps, (T, B) rows in order, of which the first `units` numbers count."""
        return Rows(self.states, self.batch * self.state_row, self.state_row)

    def last_state(self) -> Rows:
        """Every sequence's own last state, (B, kinds · W)."""
        return Rows(self.states, self.steps * self.batch * self.state_row, self.state_row)

    def forward_tasks(self, x: Rows, bounds: list[int]) -> list[Task]:
        """The forward pass over `x`, rows in (T, B) order, divided among threads at the batch rows `bounds`."""
        self.x, weights = x, self.weights
        shared = (
            self.lengths, x.array, x.start, x.stride, weights.ahead_in, weights.ahead_rec, weights.bias, weights.extra,
            self.z, self.states, *self._forward_masks(),
        )  # fmt: skip
        fixed = (self._product, self.spec.forward.address(self.z.dtype), self._geometry)
        return self._by_rows(bounds, lambda *part: recurrence.forward(*fixed, *part, *shared))

    def _by_rows(self, bounds: list[int], work: Pass) -> list[Task]:
        """A pass over all time steps, divided at the batch rows `bounds`."""
        cost = self.z_row * (self.inputs + self.units)
        return [
            Share(work, row, last, steps=self.steps, cost=cost, whole=_ROWS) for row, last in itertools.pairwise(bounds)
        ]

    def begin_backward(self, last: Rows | None, final: NDArray[Any] | None, want_dx: bool, watch: bool) -> None:
        """Make room for gradients.

        `last`: ∂L/∂(last hidden state), rows in batch order; `final`: further ∂L/∂(last state), (kinds, B, H). None
        is zero.
        """
        count = self.steps * self.batch
        self.d = self._buffers.get("d", self.batch * self.state_row)
        self.d[: self.batch * self.state_row] = 0
        if last is not None:
            rows.copy_rows(
                last.array, last.start, last.stride, self.batch, self.units, self.d, 0, self.state_row, False
            )
        if final is not None:
            self._plain(self.d)[...] += final
        self._d_extra = self._buffers.get("d_extra", self.batch * self.weights.extra.size)
        self._d_extra[:] = 0
        self.dx = self._buffers.get("dx", count * self.dx_row if want_dx else 0)
        self._want_dx = want_dx
        self.arrived = self._buffers.get("arrived", count) if watch else self._buffers.get("unwatched", 0)
        self.arrived[:count] = 0  # sequences that have ended leave out what an earlier batch wrote

    def _from_above(self, dy: Rows | Products | None) -> tuple[Any, ...]:
        if not isinstance(dy, Products):
            dy = Products(dy or Rows(self.d, 0, 0), 0, self.weights.back_in)
        return dy.rows.array, dy.rows.start, dy.rows.stride, dy.depth, dy.panels

    def backward_tasks(self, dy: Rows | Products | None, bounds: list[int]) -> list[Task]:
        """Back-propagation through time, divided like the forward pass. `dy`: ∂L/∂(hidden states) from above."""
        weights = self.weights
        shared = (
            self.lengths, *self._from_above(dy), weights.back_in, weights.back_rec, weights.extra, self._d_extra,
            self.z, self.states, self.d, self.dx, self.dx_row if self._want_dx else 0, self.arrived,
            *self._backward_masks(),
        )  # fmt: skip
        fixed = (self._product, self.spec.backward.address(self.z.dtype), self._geometry)
        return self._by_rows(bounds, lambda *part: recurrence.backward(*fixed, *part, *shared))

    def d_inputs(self) -> Products:
        """∂L/∂x of all steps after the backward pass, of the sequences that still run."""
        return Products(Rows(self.z, 0, self.z_row), self.weights.columns_in, self.weights.back_in)

    @property
    def read(self) -> NDArray[Any]:
        """What the recurrent product read: the states, or of these what recurrent dropout left."""
        return self._fed if self._masks.kept.size else self.states

    def gradient_tasks(self, threads: int) -> list[Task]:
        """Adding the weights' gradients to the parameters', divided by units."""
        get, weights = self._buffers.get, self.weights
        weights.begin_gradients()
        self._sums = get("sums", self.z_row)
        arguments = (
            self.x.array, self.x.start, self.x.stride, self.z, self.read, weights.blocks_in, weights.blocks_rec,
            weights.offsets, weights.matrices.gradients, get("temporary_in", weights.columns_in * self.dx_row),
            get("temporary_rec", weights.depth_rec * weights.columns_rec), self._sums,
        )  # fmt: skip

        def add(first: int, last: int, done: int, asked: NDArray[np.int64]) -> int:
            shared: tuple[Any, ...] = (*arguments, self._packed(first))
            return gradients.layer_gradients(self._product, self._geometry, first, last, done, asked, *shared)

        return [
            Share(
                self._adding(add), first, last, steps=self.steps * self.batch,
                cost=self.spec.slots * (self.inputs + self.units), whole=LANES,
            )
            for first, last in itertools.pairwise(divided(self.width, threads))
        ]  # fmt: skip

    def _packed(self, first: int) -> NDArray[Any]:
        """Room for operands of the products for the units from `first` on, which no other thread uses."""
        return self._buffers.get(f"packed {first}", gradients.room(self.dx_row + self.weights.depth_rec))

    def _adding(self, add: Pass) -> Pass:
        """`add` and whatever else there is to do for its units."""
        return add

    def finish_gradients(self) -> None:
        """Add the gradients of what is no matrix and no bias, each summed over the batch."""
        self.weights.finish_gradients(self._d_extra, self.batch)
        if self._learns_initial:
            for name, gradient in zip(self._initial, self._plain(self.d).sum(axis=1), strict=True):
                self._parameters.gradient(name)[...] += gradient

    def twin(self, activations: tuple[str, str]) -> Layer:
        """The same weights under other functions of gates and candidate, with work arrays of its own.

        It leaves nothing out at random, but for what it is told by `leave_out`.
        """
        return type(self)(self.weights, activations, LayerMasks(0, self.units, 0.0, ()))

    def leave_out(self, kept: NDArray[Any]) -> None:
        """After `begin`: recurrent dropout by the factors `kept`, (B, kinds · W) or empty."""
        self._masks.kept = kept.reshape(-1)
        self._fed = self._buffers.get("fed", self.steps * self.batch * self.state_row if kept.size else 0)

    def kept_of(self, rows: NDArray[np.int64]) -> NDArray[Any]:
        """Factors of recurrent dropout of these sequences in the last pass; empty where there were none."""
        kept = self._masks.kept
        return kept.reshape(self.batch, self.state_row)[rows] if kept.size else kept

    def parameter(self, name: str) -> NDArray[Any]:
        """One of the layer's own parameters by its short name, such as ``weight_hh``; not a copy."""
        return self._parameters.view(self.weights.name(name))


def divided(width: int, parts: int) -> list[int]:
    """Bounds that divide `width` into at most `parts` of whole vectors."""
    vectors = width // LANES
    return sorted({vectors * part // parts * LANES for part in range(parts + 1)})
