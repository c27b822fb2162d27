"""Gradients of weights and biases: sums over time and batch of what went in times ∂L/∂(pre-activation).

Threads divide the work by units: each computes the units ``first … last`` of every slot, so no sum is split.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.jit import LANES, inner_kernel, kernel
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
from engine.kernels.tiles import PANEL, TILE_ROWS, call_product
from engine.kernels.vectors import filled, load, store

DEPTH_BLOCK = 128
FEW_INPUTS = 32  # so many are the rows of the product, where more are the columns


@kernel
def layer_gradients(
    product: int, geometry: Any, first: int, last: int, begin: int, asked: Any, x: Any, x_at: int, x_row: int, z: Any,
    states: Any, blocks_in: Any, blocks_rec: Any, offsets: Any, gradients: Any, temporary_in: Any, temporary_rec: Any,
    sums: Any, packed: Any,
) -> int:  # fmt: skip
    """Add the gradients of a recurrent layer, or of a linear one: without recurrent blocks.

    `offsets` tell where those of weight_ih, weight_hh, bias_ih, bias_hh begin, -1 for none. `sums` keeps Σ ∂L/∂z of
    all slots; `packed` is room for operands, see `room`, which no other thread uses. Each block of ∂L/∂z is read from
    memory once, for both weights and the biases.

    Begins after `begin` rows of `x` and ∂L/∂z are added up. Once ``asked[0]`` is set it returns how many are, so that
    units can be shared from there on; 0 when all are.
    """
    units, width, slots = geometry[UNITS], geometry[WIDTH], geometry[SLOTS]
    z_row, state_row, inputs = slots * width, geometry[KINDS] * width, geometry[INPUTS]
    depth, kinds, rec_from = geometry[STEPS] * geometry[BATCH], geometry[RECURRENT_KINDS], geometry[RECURRENT_FROM]
    one, none = np.int64(1), np.int64(0)  # a literal would compile what it is given to once more
    columns_in, columns_rec = whole_vectors(inputs), kinds * width
    rec_at = DEPTH_BLOCK * columns_in
    rows, columns = max(min(last, units) - first, none), blocks_in.size * width
    # Of a few answers nothing is read twice, so nothing is packed. Of few in all: what one thread takes for its own
    # must lie as what another takes for its own, or one writes over the other.
    once = slots == 1 and blocks_rec.size == 0 and units <= TILE_ROWS and x_row >= columns_in
    few, direct_in, direct_rec = inputs <= FEW_INPUTS and not once, columns_in == inputs, width == units
    deep = depth if once else DEPTH_BLOCK
    into_in, in_begin = (gradients, offsets[0]) if direct_in else (temporary_in, none)
    into_rec, rec_begin = (gradients, offsets[1]) if direct_rec else (temporary_rec, none)
    if begin == 0:
        if few:
            _clear(temporary_in, first, last - first, inputs * blocks_in.size, width, one)
        elif not direct_in:
            _clear(temporary_in, first, rows, blocks_in.size, units, columns_in)
        if not direct_rec:
            _clear(temporary_rec, first, rows, blocks_rec.size, units, columns_rec)
        for slot in range(slots):
            _zero(sums, slot * width + first, slot * width + last)
    for start in range(begin, depth, deep):
        if asked[0] != 0 and start > begin:
            return int(start)
        block = min(deep, depth - start)
        x_block = x_at + start * x_row
        if not (few or once):
            pack_columns(x, x_block, x_row, block, inputs, columns_in, packed, none)
        if blocks_rec.size > 0:
            pack_columns(states, start * state_row, state_row, block, columns_rec, columns_rec, packed, rec_at)
        for slot in range(slots):
            z_at = start * z_row + slot * width + first
            add_column_sums(z, z_at, z_row, block, last - first, sums, slot * width + first)
            if slot < blocks_in.size and few:
                call_product(
                    product, x, x_block, 1, x_row, inputs, block, z, z_at, z_row, last - first,
                    temporary_in, slot * width + first, columns,
                )  # fmt: skip
            elif slot < blocks_in.size:
                at = blocks_in[slot] if direct_in else slot
                target = in_begin + (at * units + first) * columns_in
                if once:
                    call_product(
                        product, z, z_at, 1, z_row, rows, block, x, x_block, x_row, columns_in,
                        into_in, target, columns_in,
                    )  # fmt: skip
                else:
                    call_product(
                        product, z, z_at, 1, z_row, rows, block, packed, 0, 0, columns_in, into_in, target, columns_in
                    )
            if rec_from <= slot < rec_from + blocks_rec.size:
                at = blocks_rec[slot - rec_from] if direct_rec else slot - rec_from
                target = rec_begin + (at * units + first) * columns_rec
                call_product(
                    product, z, z_at, 1, z_row, rows, block, packed, rec_at, 0, columns_rec,
                    into_rec, target, columns_rec,
                )  # fmt: skip
    if few:
        _add_turned(temporary_in, first, rows, blocks_in, units, width, inputs, gradients, offsets[0])
    elif not direct_in:
        _add(temporary_in, first, rows, blocks_in, units, inputs, columns_in, one, gradients, offsets[0])
    if not direct_rec:
        _add(temporary_rec, first, rows, blocks_rec, units, units, width, kinds, gradients, offsets[1])
    if offsets[2] >= 0:
        add_bias_gradient(sums, none, first, last, units, width, blocks_in, gradients, offsets[2])
    if offsets[3] >= 0:
        add_bias_gradient(sums, rec_from * width, first, last, units, width, blocks_rec, gradients, offsets[3])
    return 0


@kernel
def weight_gradient(
    product: int, first: int, last: int, x: Any, x_at: Any, x_row: int, depth: int, inputs: int,
    z: Any, z_at: Any, z_row: int, blocks: Any, units: int, width: int, gradients: Any, at: int, temporary: Any,
    packed: Any,
) -> None:  # fmt: skip
    """Add to the gradient of one weight (blocks · units, inputs), of which `x` holds (depth, inputs).

    Where `inputs` are whole vectors the products are summed where they belong, otherwise in `temporary`.
    """
    columns, none = whole_vectors(inputs), np.int64(0)
    rows, direct = max(min(last, units) - first, 0), columns == inputs
    into, begin = (gradients, at) if direct else (temporary, none)
    if not direct:
        _clear(temporary, first, rows, blocks.size, units, columns)
    for start in range(0, depth, DEPTH_BLOCK):
        block = min(DEPTH_BLOCK, depth - start)
        pack_columns(x, x_at + start * x_row, x_row, block, inputs, columns, packed, none)
        for slot in range(blocks.size):
            source = z_at + start * z_row + slot * width + first
            target = begin + ((blocks[slot] if direct else slot) * units + first) * columns
            call_product(product, z, source, 1, z_row, rows, block, packed, 0, 0, columns, into, target, columns)
    if not direct:
        _add(temporary, first, rows, blocks, units, inputs, columns, np.int64(1), gradients, at)


@inner_kernel
def whole_vectors(count: int) -> int:
    """`count` rounded up to whole vectors."""
    return (count + LANES - 1) // LANES * LANES


def room(columns: int) -> int:
    """Numbers that packing the right operands of the products takes."""
    return DEPTH_BLOCK * columns


@inner_kernel
def pack_columns(
    source: Any, at: Any, stride: int, depth: int, count: int, columns: int, packed: Any, packed_at: Any
) -> None:
    """Pack `count` columns of `depth` rows as the right operand of a product, with zeros up to `columns`."""
    whole = columns // PANEL * PANEL
    for k in range(depth):
        line = at + k * stride
        for column in range(0, columns, LANES):
            width = PANEL if column < whole else LANES
            lane = column % width
            target = packed_at + (column - lane) * depth + k * width + lane
            if column + LANES <= count:
                store(packed, target, load(source, line + column))
            else:
                store(packed, target, filled(load(packed, target), 0.0))
                for j in range(count - column):
                    packed[target + j] = source[line + column + j]


@inner_kernel
def _clear(temporary: Any, first: Any, rows: Any, blocks: Any, units: Any, columns: Any) -> None:
    for block in range(blocks):
        at = (block * units + first) * columns
        _zero(temporary, at, at + rows * columns)


@inner_kernel
def _zero(array: Any, first: int, last: int) -> None:
    """Not by a product with 0, which a NaN of an earlier batch would outlive."""
    for i in range(first, last):
        array[i] = 0.0


@inner_kernel
def _add(
    temporary: Any, first: int, rows: int, blocks: Any, units: Any, inputs: Any, part: Any, kinds: Any, gradients: Any,
    at: Any,
) -> None:  # fmt: skip
    """Add rows of `kinds` parts, each padded to `part`, to rows of `kinds` times `inputs`."""
    for slot in range(blocks.size):
        for row in range(first, first + rows):
            for kind in range(kinds):
                source = ((slot * units + row) * kinds + kind) * part
                target = at + ((blocks[slot] * units + row) * kinds + kind) * inputs
                for i in range(inputs):
                    gradients[target + i] += temporary[source + i]


@inner_kernel
def _add_turned(
    temporary: Any, first: int, rows: int, blocks: Any, units: int, width: int, inputs: int, gradients: Any, at: int
) -> None:
    """Add the transpose of (inputs, blocks · width)."""
    columns = blocks.size * width
    for slot in range(blocks.size):
        for row in range(first, first + rows):
            source, target = slot * width + row, at + (blocks[slot] * units + row) * inputs
            for i in range(inputs):
                gradients[target + i] += temporary[source + i * columns]


@inner_kernel
def add_column_sums(z: Any, at: int, z_row: int, rows: int, columns: int, sums: Any, sums_at: int) -> None:
    """Add Σ over rows of `columns` columns, whole vectors."""
    for column in range(0, columns, LANES):
        found = load(sums, sums_at + column)
        for row in range(rows):
            found = found + load(z, at + row * z_row + column)
        store(sums, sums_at + column, found)


@kernel
def add_bias_gradient(
    sums: Any, sums_at: Any, first: int, last: int, units: int, width: int, blocks: Any, gradients: Any, at: int
) -> None:
    """Add the sums of the slots from element `sums_at` on to the gradient of a bias."""
    for slot in range(blocks.size):
        for unit in range(first, min(last, units)):
            gradients[at + blocks[slot] * units + unit] += sums[sums_at + slot * width + unit]
