"""Attention: at each step of writing, a mean of what was read, weighed by how well it fits the decoder's state.

In Luong's arrangement (Luong, Pham and Manning 2015): scores come from the decoder's state after its step, and context
and state together, h̃ = tanh(W_c [c; h]), go to the readout. Nothing flows back into the decoder, so all steps of a
sequence are done at once.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import attention as kernels
from engine.kernels import rows
from engine.kernels.jit import padded
from engine.kernels.tiles import product
from engine.layers.buffers import Buffers, Rows
from engine.layers.linear import Linear
from engine.layers.parameters import Parameters
from engine.layers.threads import Workers


@dataclass(frozen=True, slots=True)
class Memory:
    """What an encoder read, laid out for a decoder: see `kernels.attention` for shapes."""

    rows: NDArray[Any]  # (B, S, width)
    turned: NDArray[Any]  # (B, D, columns)
    lengths: NDArray[np.int64]  # (B,)
    steps: int  # S
    size: int  # D

    @property
    def width(self) -> int:
        """D padded to whole vectors."""
        return padded(self.size)

    def take(self, order: NDArray[np.int64]) -> Memory:
        """Of the sequences `order` (N,), which may repeat."""
        batch, columns = len(self.lengths), padded(self.steps)
        rows = self.rows[: batch * self.steps * self.width].reshape(batch, -1)[order].reshape(-1)
        turned = self.turned[: batch * self.size * columns].reshape(batch, -1)[order].reshape(-1)
        return Memory(rows, turned, self.lengths[order], self.steps, self.size)


class Attention:
    """Multiplicative or additive attention over a memory of S steps of `size` numbers."""

    def __init__(self, kind: str, parameters: Parameters, size: int, hidden: int, workers: Workers) -> None:
        self.kind, self._size, self._hidden = kind, size, hidden
        self._width = padded(size)
        self._parameters, self._workers = parameters, workers
        dtype = parameters.values.dtype
        self._buffers, self._product = Buffers(dtype), product.address(dtype)
        self._query = Linear(
            parameters, hidden, size if kind == "multiplicative" else hidden, workers, "attention.query"
        )
        self._combine = Linear(parameters, size + hidden, hidden, workers, "attention.combine")
        self._linear = [self._query, self._combine]
        self._vector = np.zeros(padded(hidden), dtype)
        if kind == "additive":
            self._key = Linear(parameters, size, hidden, workers, "attention.key")
            self._linear.append(self._key)

    def pack(self) -> None:
        """Take over changed parameters."""
        for linear in self._linear:
            linear.pack()
        if self.kind == "additive":
            self._vector[: self._hidden] = self._parameters.view("attention.score.weight")[0]

    def remember(self, read: Rows, steps: int, lengths: NDArray[np.int64], order: NDArray[np.int64]) -> Memory:
        """Lay out hidden states (S, B, D), rows in the encoder's order, in the order `order` (B,).

        The next call overwrites what this one gave.
        """
        batch, columns = len(order), padded(steps)
        memory = self._buffers.get("memory", batch * steps * self._width)
        turned = self._buffers.get("turned", batch * self._size * columns)
        found = Memory(memory, turned, np.ascontiguousarray(lengths[order]), steps, self._size)
        kernels.gather_memory(
            read.array, read.start, read.stride, batch, steps, found.lengths, order, self._size, memory, self._width,
            turned, columns,
        )  # fmt: skip
        return found

    def forward(self, h: Rows, steps: int, memory: Memory) -> Rows:
        """h̃ (U, B, H) from the decoder's states `h` (U, B, H)."""
        batch = len(memory.lengths)
        self._h, self._steps, self._memory, self._count = h, steps, memory, steps * batch
        self._columns, get = padded(memory.steps), self._buffers.get
        self._weights = get("weights", batch * steps * self._columns)
        self._contexts = get("contexts", self._count * self._width)
        self._queries = self._query.forward(h, self._count)
        self._score()
        self._divided(
            kernels.mix, self._product, steps, batch, memory.steps, memory.lengths, memory.rows, self._width,
            self._weights, self._columns, self._contexts,
        )  # fmt: skip
        return self._combined(h)

    def _score(self) -> None:
        memory, batch = self._memory, len(self._memory.lengths)
        if self.kind == "multiplicative":
            self._divided(
                kernels.multiplicative_scores, self._product, self._steps, batch, self._queries, self._query.row,
                memory.turned, self._size, self._columns, self._weights,
            )  # fmt: skip
            return
        self._keys = self._key.forward(Rows(memory.rows, 0, self._width), batch * memory.steps)
        self._divided(
            kernels.additive_scores, None, self._steps, batch, memory.steps, memory.lengths, self._queries,
            self._query.row, self._keys, self._vector, self._weights, self._columns,
        )  # fmt: skip

    def _divided(self, kernel: Any, product: int | None, *arguments: Any) -> None:
        """Run a kernel on parts of the batch; `product` None leaves that argument out."""
        batch = len(self._memory.lengths)
        threads = self._workers.worth(self._count * self._memory.steps * self._width)
        bounds = sorted({batch * part // threads for part in range(threads + 1)})
        head = () if product is None else (product,)
        self._workers.run(
            [partial(kernel, *head, first, last, *arguments) for first, last in itertools.pairwise(bounds)]
        )

    def _combined(self, h: Rows) -> Rows:
        size, hidden, row = self._size, self._hidden, self._size + self._hidden
        joined = self._buffers.get("joined", self._count * row)
        rows.copy_rows(self._contexts, 0, self._width, self._count, size, joined, 0, row, False)
        rows.copy_rows(h.array, h.start, h.stride, self._count, hidden, joined, size, row, False)
        self._joined = Rows(joined, 0, row)
        self._answer = self._combine.forward(self._joined, self._count)
        kernels.squash(self._answer, self._count * self._combine.row)
        return Rows(self._answer, 0, self._combine.row)

    def weights(self) -> NDArray[np.float32]:
        """How much of each step read went into each step written, (B, U, S), of the last pass; rows add up to 1."""
        batch = len(self._memory.lengths)
        wide = self._weights[: self._count * self._columns].reshape(batch, self._steps, self._columns)
        return wide[:, :, : self._memory.steps].astype(np.float32)

    def backward(self, d: Rows) -> tuple[Rows, NDArray[Any]]:
        """From ∂L/∂h̃ to ∂L/∂h (U, B, H) and ∂L/∂memory (B, S, width); adds to the parameters' gradients."""
        kernels.squash_backward(self._answer, d.array, self._count * self._combine.row)
        d_joined = self._combine.backward(self._joined, self._count)
        d_contexts = self._buffers.get("d_contexts", self._count * self._width)
        rows.copy_rows(d_joined.array, 0, d_joined.stride, self._count, self._size, d_contexts, 0, self._width, False)
        d_scores, d_memory = self._mixed_back(d_contexts)
        if self.kind == "multiplicative":
            self._multiplicative_back(d_scores, d_memory)
        else:
            self._additive_back(d_scores, d_memory)
        dh = self._query.backward(self._h, self._count)
        rows.copy_rows(
            d_joined.array, self._size, d_joined.stride, self._count, self._hidden, dh.array, dh.start, dh.stride, True
        )
        return dh, d_memory

    def _mixed_back(self, d_contexts: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        memory, batch = self._memory, len(self._memory.lengths)
        d_scores = self._buffers.get("d_scores", batch * self._steps * self._columns)
        d_memory = self._buffers.get("d_memory", batch * memory.steps * self._width)
        self._divided(
            kernels.mix_backward, self._product, self._steps, batch, memory.steps, memory.lengths, d_contexts,
            memory.turned, self._size, self._weights, self._columns, d_scores, d_memory, self._width,
        )  # fmt: skip
        return d_scores, d_memory

    def _multiplicative_back(self, d_scores: NDArray[Any], d_memory: NDArray[Any]) -> None:
        memory, batch = self._memory, len(self._memory.lengths)
        self._divided(
            kernels.multiplicative_backward, self._product, self._steps, batch, memory.steps, memory.lengths,
            d_scores, self._columns, memory.rows, self._width, self._queries, d_memory,
        )  # fmt: skip

    def _additive_back(self, d_scores: NDArray[Any], d_memory: NDArray[Any]) -> None:
        memory, batch, row = self._memory, len(self._memory.lengths), self._query.row
        get, count = self._buffers.get, batch * memory.steps
        d_keys, d_vectors = get("d_keys", count * row), get("d_vectors", batch * row)
        self._divided(
            kernels.additive_backward, None, self._steps, batch, memory.steps, memory.lengths, d_scores, self._columns,
            self._keys, self._vector, self._queries, row, get("d_query", batch * row), d_keys, d_vectors,
        )  # fmt: skip
        shares = d_vectors[: batch * row].reshape(batch, row)[:, : self._hidden]
        self._parameters.gradient("attention.score.weight")[0] += shares.sum(axis=0)
        self._keys[: count * row] = d_keys[: count * row]
        back = self._key.backward(Rows(memory.rows, 0, self._width), count)
        rows.copy_rows(back.array, back.start, back.stride, count, self._size, d_memory, 0, self._width, True)

    def scattered(self, d_memory: NDArray[Any], order: NDArray[np.int64], row: int) -> Rows:
        """∂L/∂memory as the encoder takes it: (S, B, row) in the encoder's order."""
        steps, batch = self._memory.steps, len(order)
        target = self._buffers.get("scattered", steps * batch * row)
        kernels.scatter_memory(d_memory, self._width, batch, steps, order, self._size, target, row)
        return Rows(target, 0, row)
