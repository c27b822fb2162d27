"""Gradients of weights and biases: sums over time and batch of what went in times ∂L/∂(pre-activation).

Threads divide the work by units: each computes the units ``first … last`` of every slot, so no sum is split.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.jit import LANES, kernel
from engine.kernels.packing import BLOCK
from engine.kernels.recurrence import (
    BATCH,
    INPUTS,
    KINDS,
    RECURRENT_FROM,
    RECURRENT_KINDS,
    SLOTS,
    STEPS,
    UNITS,
    WIDTH,
)
from engine.kernels.tiles import call_product
from engine.kernels.vectors import filled, load, store

DEPTH_BLOCK = 256


@kernel
def layer_gradients(
    product: int, geometry: Any, first: int, last: int, x: Any, x_at: int, x_row: int, z: Any, states: Any,
    blocks_in: Any, blocks_rec: Any, offsets: Any, gradients: Any, temporary_in: Any, temporary_rec: Any, sums: Any,
) -> None:  # fmt: skip
    """Add a layer's gradients; `offsets` tell where those of weight_ih, weight_hh, bias_ih, bias_hh begin, -1 for none.

    `sums` keeps Σ ∂L/∂z of all slots.
    """
    units, width = geometry[UNITS], geometry[WIDTH]
    z_row, state_row = geometry[SLOTS] * width, geometry[KINDS] * width
    depth, inputs, kinds = geometry[STEPS] * geometry[BATCH], geometry[INPUTS], geometry[RECURRENT_KINDS]
    rec_at = geometry[RECURRENT_FROM] * width
    one, none = np.int64(1), np.int64(0)  # literals would compile what they are given to once more
    weight_gradient(
        product, first, last, x, x_at, x_row, depth, inputs, one, inputs, z, none, z_row, blocks_in, units, width,
        gradients, offsets[0], temporary_in,
    )  # fmt: skip
    weight_gradient(
        product, first, last, states, none, state_row, depth, units, kinds, width, z, rec_at, z_row, blocks_rec, units,
        width, gradients, offsets[1], temporary_rec,
    )  # fmt: skip
    biased = offsets[2] >= 0
    for slot in range(geometry[SLOTS] if biased else 0):
        column_sums(z, depth, z_row, slot * width + first, slot * width + last, sums)
    if biased:
        add_bias_gradient(sums, none, first, last, units, width, blocks_in, gradients, offsets[2])
    if offsets[3] >= 0:
        add_bias_gradient(sums, rec_at, first, last, units, width, blocks_rec, gradients, offsets[3])


@kernel
def weight_gradient(
    product: int, first: int, last: int, x: Any, x_at: Any, x_row: int, depth: int, inputs: int, kinds: Any, part: int,
    z: Any, z_at: Any, z_row: int, blocks: Any, units: int, width: int, gradients: Any, at: int, temporary: Any,
) -> None:  # fmt: skip
    """Add to the gradient of one weight (blocks · units, kinds · inputs), of which `x` holds (depth, kinds · part).

    Where both sides are whole vectors the product is summed where it belongs; otherwise it goes, transposed, through
    `temporary` of (kinds · part, blocks · width) numbers.
    """
    whole = inputs % LANES == 0 and units == width
    columns = blocks.size * width
    if not whole:
        for row in range(kinds * part):
            for slot in range(blocks.size):
                _clear(temporary, row * columns + slot * width + first, last - first)
    for start in range(0, depth, DEPTH_BLOCK):
        block = min(DEPTH_BLOCK, depth - start)
        x_block = x_at + start * x_row
        for slot in range(blocks.size):
            z_block = z_at + start * z_row + slot * width + first
            if whole:
                row = kinds * inputs
                target = at + (blocks[slot] * units + first) * row
                call_product(
                    product, z, z_block, 1, z_row, last - first, block, x, x_block, x_row, row, gradients, target, row
                )
            else:
                target = slot * width + first
                call_product(
                    product, x, x_block, 1, x_row, kinds * part, block, z, z_block, z_row, last - first,
                    temporary, target, columns,
                )  # fmt: skip
    if not whole:
        _add_transposed(temporary, first, min(last, units), inputs, kinds, part, units, width, blocks, gradients, at)


@kernel
def _add_transposed(
    temporary: Any, first: int, last: int, inputs: int, kinds: Any, part: int, units: int, width: int, blocks: Any,
    gradients: Any, at: int,
) -> None:  # fmt: skip
    columns, row = blocks.size * width, kinds * inputs
    for slot in range(blocks.size):
        target = at + blocks[slot] * units * row
        for kind in range(kinds):
            for begin in range(0, inputs, BLOCK):
                for unit in range(first, last):
                    source = kind * part * columns + slot * width + unit
                    for i in range(begin, min(begin + BLOCK, inputs)):
                        gradients[target + unit * row + kind * inputs + i] += temporary[source + i * columns]


@kernel
def column_sums(z: Any, rows: int, z_row: int, first: int, last: int, sums: Any) -> None:
    """Σ over rows into `sums`, for the columns ``first … last``, whole vectors."""
    for column in range(first, last, LANES):
        found = filled(load(z, column), 0.0)
        for row in range(rows):
            found = found + load(z, row * z_row + column)
        store(sums, column, found)


@kernel
def add_bias_gradient(
    sums: Any, sums_at: Any, first: int, last: int, units: int, width: int, blocks: Any, gradients: Any, at: int
) -> None:
    """Add the sums of the slots from element `sums_at` on to the gradient of a bias."""
    for slot in range(blocks.size):
        for unit in range(first, min(last, units)):
            gradients[at + blocks[slot] * units + unit] += sums[sums_at + slot * width + unit]


@kernel
def _clear(target: Any, target_at: int, count: int) -> None:
    zero = filled(load(target, np.int64(0)), 0.0)
    for i in range(target_at, target_at + count, LANES):
        store(target, i, zero)
