"""Attention of a decoder's steps to what an encoder read, over all steps of a sequence at once.

Flat arrays, with the shapes they stand for (U steps written, B rows, S steps read, D numbers of a step read, padded
to `width`; S padded to `columns`). Rows of everything here are in the decoder's order.

========= =================================================================================================
memory    (B, S, width): what was read; `turned` (B, D, columns) the same with rows and columns exchanged
queries   (U, B, ·), rows `q_row` apart
weights   (B, U, columns): first the scores, then how much of each step read goes into the context
contexts  (U, B, width): Σ weights · memory
lengths   (B,): steps read that count; what lies behind them gets no weight
========= =================================================================================================

Threads divide the batch by rows, so no sum is split.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.activations import exp, tanh
from engine.kernels.jit import LANES, inner_kernel, kernel
from engine.kernels.recurrence import clear_vectors
from engine.kernels.tiles import call_product
from engine.kernels.vectors import filled, load, store, total

_SUMMED = 16  # numbers of a score that are summed by themselves; see `tiles`


@kernel
def gather_memory(
    source: Any, source_at: int, source_row: int, batch: int, sources: int, lengths: Any, order: Any, size: int,
    memory: Any, width: int, turned: Any, columns: int,
) -> None:  # fmt: skip
    """Copy hidden states (S, B, ·) in the encoder's order to `memory` and `turned` in that of `order`."""
    for b in range(batch):
        for s in range(columns):
            here, inside = (b * sources + s) * width, s < lengths[b]
            if s < sources:
                clear_vectors(memory, here, width)
            for i in range(size):
                value = 0.0 * memory[0]
                if inside:
                    value = source[source_at + (s * batch + order[b]) * source_row + i]
                    memory[here + i] = value
                turned[(b * size + i) * columns + s] = value


@kernel
def scatter_memory(
    d_memory: Any, width: int, batch: int, sources: int, order: Any, size: int, target: Any, target_row: int
) -> None:
    """The way back of `gather_memory`: ∂L/∂memory to (S, B, ·) in the encoder's order."""
    for b in range(batch):
        for s in range(sources):
            here, there = (b * sources + s) * width, (s * batch + order[b]) * target_row
            for i in range(size):
                target[there + i] = d_memory[here + i]


@kernel
def multiplicative_scores(
    product: int, first: int, last: int, steps: int, batch: int, queries: Any, q_row: int, turned: Any, size: int,
    columns: int, weights: Any,
) -> None:  # fmt: skip
    """Scores q · m of Luong et al. (2015), "general", for the batch rows ``first … last``.

    A trained network's scores grow to a hundred, and what is rounded off in them moves every answer: see `_SUMMED`.
    """
    for b in range(first, last):
        at, block = b * steps * columns, b * size * columns
        clear_vectors(weights, at, steps * columns)
        for k in range(0, size, _SUMMED):
            call_product(
                product, queries, b * q_row + k, batch * q_row, 1, steps, min(_SUMMED, size - k), turned,
                block + k * columns, columns, columns, weights, at, columns,
            )  # fmt: skip


@kernel
def additive_scores(
    first: int, last: int, steps: int, batch: int, sources: int, lengths: Any, queries: Any, q_row: int, keys: Any,
    vector: Any, weights: Any, columns: int,
) -> None:  # fmt: skip
    """Scores v · tanh(q + k) of Bahdanau et al. (2015); keys are (B, S, q_row)."""
    for b in range(first, last):
        for t in range(steps):
            q = (t * batch + b) * q_row
            for s in range(lengths[b]):
                k = (b * sources + s) * q_row
                found = filled(load(vector, np.int64(0)), 0.0)
                for i in range(0, q_row, LANES):
                    found = found + load(vector, i) * tanh(load(queries, q + i) + load(keys, k + i))
                weights[(b * steps + t) * columns + s] = total(found)


@kernel
def mix(
    product: int, first: int, last: int, steps: int, batch: int, sources: int, lengths: Any, memory: Any, width: int,
    weights: Any, columns: int, contexts: Any,
) -> None:  # fmt: skip
    """Scores become weights, and weights contexts."""
    for b in range(first, last):
        for t in range(steps):
            _softmax(weights, (b * steps + t) * columns, lengths[b], columns)
            clear_vectors(contexts, (t * batch + b) * width, width)
        block = b * sources * width
        call_product(
            product, weights, b * steps * columns, columns, 1, steps, lengths[b], memory, block, width, width,
            contexts, b * width, batch * width,
        )  # fmt: skip


@inner_kernel
def _softmax(weights: Any, at: int, count: int, columns: int) -> None:
    highest = weights[at]
    for s in range(1, count):
        highest = max(highest, weights[at + s])
    for s in range(count, columns):
        weights[at + s] = highest
    for s in range(at, at + columns, LANES):
        v = load(weights, s)
        store(weights, s, exp(v - filled(v, highest)))
    for s in range(count, columns):
        weights[at + s] = 0.0
    found = 0.0
    for s in range(count):
        found += weights[at + s]
    for s in range(count):
        weights[at + s] /= found


@kernel
def mix_backward(
    product: int, first: int, last: int, steps: int, batch: int, sources: int, lengths: Any, d_contexts: Any,
    turned: Any, size: int, weights: Any, columns: int, d_scores: Any, d_memory: Any, width: int,
) -> None:  # fmt: skip
    """From ∂L/∂contexts (U, B, width) to ∂L/∂scores (B, U, columns) and, written over, ∂L/∂memory."""
    for b in range(first, last):
        at, block = b * steps * columns, b * sources * width
        clear_vectors(d_scores, at, steps * columns)
        call_product(
            product, d_contexts, b * width, batch * width, 1, steps, size, turned, b * size * columns, columns, columns,
            d_scores, at, columns,
        )  # fmt: skip
        for t in range(steps):
            _softmax_backward(weights, d_scores, at + t * columns, lengths[b])
        clear_vectors(d_memory, block, sources * width)
        call_product(
            product, weights, at, 1, columns, lengths[b], steps, d_contexts, b * width, batch * width, width,
            d_memory, block, width,
        )  # fmt: skip


@inner_kernel
def _softmax_backward(weights: Any, d: Any, at: int, count: int) -> None:
    found = 0.0
    for s in range(at, at + count):
        found += np.float64(weights[s]) * d[s]
    for s in range(at, at + count):
        d[s] = weights[s] * (d[s] - found)


@kernel
def multiplicative_backward(
    product: int, first: int, last: int, steps: int, batch: int, sources: int, lengths: Any, d_scores: Any,
    columns: int, memory: Any, width: int, queries: Any, d_memory: Any,
) -> None:  # fmt: skip
    """Add to ∂L/∂memory and write ∂L/∂queries over the queries, whose rows are as wide as the memory's."""
    for b in range(first, last):
        at, block = b * steps * columns, b * sources * width
        call_product(
            product, d_scores, at, 1, columns, lengths[b], steps, queries, b * width, batch * width, width,
            d_memory, block, width,
        )  # fmt: skip
        for t in range(steps):
            clear_vectors(queries, (t * batch + b) * width, width)
        call_product(
            product, d_scores, at, columns, 1, steps, lengths[b], memory, block, width, width,
            queries, b * width, batch * width,
        )  # fmt: skip


@kernel
def additive_backward(
    first: int, last: int, steps: int, batch: int, sources: int, lengths: Any, d_scores: Any, columns: int, keys: Any,
    vector: Any, queries: Any, q_row: int, d_query: Any, d_keys: Any, d_vectors: Any,
) -> None:  # fmt: skip
    """Write ∂L/∂queries over the queries, ∂L/∂keys, and each row's share of ∂L/∂v (B, q_row)."""
    for b in range(first, last):
        clear_vectors(d_keys, b * sources * q_row, sources * q_row)
        clear_vectors(d_vectors, b * q_row, q_row)
        for t in range(steps):
            q, own = (t * batch + b) * q_row, b * q_row
            clear_vectors(d_query, own, q_row)
            for s in range(lengths[b]):
                d, k = d_scores[(b * steps + t) * columns + s], (b * sources + s) * q_row
                for i in range(0, q_row, LANES):
                    y = tanh(load(queries, q + i) + load(keys, k + i))
                    store(d_vectors, own + i, load(d_vectors, own + i) + y * d)
                    inner = load(vector, i) * d * (1.0 - y * y)
                    store(d_keys, k + i, load(d_keys, k + i) + inner)
                    store(d_query, own + i, load(d_query, own + i) + inner)
            for i in range(0, q_row, LANES):
                store(queries, q + i, load(d_query, own + i))


@kernel
def squash(y: Any, count: int) -> None:
    """tanh of `count` numbers, whole vectors, in place."""
    for i in range(0, count, LANES):
        store(y, i, tanh(load(y, i)))


@kernel
def squash_backward(y: Any, d: Any, count: int) -> None:
    """∂L/∂x over y = tanh x, from ∂L/∂y."""
    for i in range(0, count, LANES):
        v = load(y, i)
        store(y, i, load(d, i) * (1.0 - v * v))
