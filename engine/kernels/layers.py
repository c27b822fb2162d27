"""Kernels of a layer around its loop over time: packing, weight gradients, reversal, joining."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.gemm import multiply_transposed
from engine.kernels.jit import LANES, kernel
from engine.kernels.packing import pack_panels
from engine.kernels.vectors import load, store


@kernel
def pack_weight(
    parameters: Any, at: int, inputs: int, units: int, width: int, blocks: Any, kinds: int, part: int,
    ahead: Any, back: Any,
) -> None:  # fmt: skip
    """Pack one weight (blocks · units, kinds · inputs) for the forward and the backward product.

    `ahead` takes its transpose, (depth, slots · width); `back` takes it as it is, (slots · width, columns). Each
    of the `kinds` parts of the depth begins at a multiple of `part`.
    """
    row, slots = kinds * inputs, blocks.size
    one = np.int64(1)  # a literal 1 would compile the packing once more
    depth = ahead.size // (slots * width)
    for slot in range(slots):
        source = at + blocks[slot] * units * row
        for kind in range(kinds):
            block = source + kind * inputs
            pack_panels(parameters, block, one, row, inputs, units, ahead, depth, kind * part, slot * width)
            pack_panels(parameters, block, row, one, units, inputs, back, slots * width, slot * width, kind * part)


@kernel
def pack_bias(parameters: Any, at: int, units: int, width: int, blocks: Any, first_slot: int, bias: Any) -> None:
    """Add a bias vector of (blocks · units) to the slots it feeds."""
    for slot in range(blocks.size):
        source, target = at + blocks[slot] * units, (first_slot + slot) * width
        for unit in range(units):
            bias[target + unit] += parameters[source + unit]


@kernel
def weight_gradient(
    product: int, a: Any, a_at: int, a_row: int, depth: int, inputs: int, z: Any, z_at: int, z_row: int, columns: int,
    first: int, last: int, result: Any, scratch: Any,
) -> None:  # fmt: skip
    """∂L/∂W for the columns ``first … last`` of the slots: Σ over time and batch of input times ∂L/∂z."""
    for row in range(inputs):
        for column in range(first, last):
            result[row * columns + column] = 0.0
    multiply_transposed(
        product, a, a_at, a_row, inputs, depth, z, z_at, z_row, result, columns, first, last, scratch
    )  # fmt: skip


@kernel
def add_weight_gradient(
    product: Any, columns: int, inputs: int, part: int, kinds: int, units: int, width: int, blocks: Any,
    gradients: Any, at: int,
) -> None:  # fmt: skip
    """Add a `weight_gradient`, which lies (inputs, slots), to the gradient in PyTorch's layout."""
    row = kinds * inputs
    for slot in range(blocks.size):
        target = at + blocks[slot] * units * row
        for kind in range(kinds):
            for unit in range(units):
                source = kind * part * columns + slot * width + unit
                for i in range(inputs):
                    gradients[target + unit * row + kind * inputs + i] += product[source + i * columns]


@kernel
def column_sums(z: Any, rows: int, columns: int, first: int, last: int, sums: Any) -> None:
    """Σ over rows, for the columns ``first … last``."""
    for column in range(first, last):
        sums[column] = 0.0
    for row in range(rows):
        for column in range(first, last, LANES):
            store(sums, column, load(sums, column) + load(z, row * columns + column))


@kernel
def add_bias_gradient(sums: Any, first_slot: int, units: int, width: int, blocks: Any, gradients: Any, at: int) -> None:
    """Add slot sums to the gradient of a bias vector."""
    for slot in range(blocks.size):
        for unit in range(units):
            gradients[at + blocks[slot] * units + unit] += sums[(first_slot + slot) * width + unit]


@kernel
def reverse(source: Any, source_at: int, source_row: int, batch: int, steps: int, lengths: Any, count: int,
            target: Any, target_at: int, target_row: int, add: bool) -> None:  # fmt: skip
    """Turn every sequence around within its own length; rows past the end become zero, or stay where `add`."""
    for t in range(steps):
        for b in range(batch):
            to = target_at + (t * batch + b) * target_row
            if t < lengths[b]:
                origin = source_at + ((lengths[b] - 1 - t) * batch + b) * source_row
                for i in range(count):
                    kept = target[to + i] if add else 0.0 * target[to]
                    target[to + i] = kept + source[origin + i]
            elif not add:
                for i in range(count):
                    target[to + i] = 0.0


@kernel
def copy_rows(
    source: Any, source_at: int, source_row: int, rows: int, count: int, target: Any, target_at: int, target_row: int
) -> None:
    """Copy `count` numbers of each row."""
    for row in range(rows):
        for i in range(count):
            target[target_at + row * target_row + i] = source[source_at + row * source_row + i]


@kernel
def gather(table: Any, table_at: int, size: int, tokens: Any, target: Any) -> None:
    """Embed: row `tokens[n]` of the table for every n."""
    for n in range(tokens.size):
        source = table_at + tokens[n] * size
        for i in range(size):
            target[n * size + i] = table[source + i]


@kernel
def scatter_add(source: Any, source_row: int, size: int, tokens: Any, table: Any, table_at: int) -> None:
    """The gradient of `gather`."""
    for n in range(tokens.size):
        target = table_at + tokens[n] * size
        for i in range(size):
            table[target + i] += source[n * source_row + i]


@kernel
def add_bias_rows(bias: Any, rows: int, columns: int, target: Any) -> None:
    """Begin a product with its bias."""
    for row in range(rows):
        for column in range(0, columns, LANES):
            store(target, row * columns + column, load(bias, column))
