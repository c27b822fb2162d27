"""Copies of matrices in the order in which `tiles` reads them."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.kernels.jit import LANES, inner_kernel, kernel
from engine.kernels.tiles import PANEL
from engine.kernels.transposition import transpose
from engine.kernels.vectors import load, store


@kernel
def pack_layer(
    parameters: Any, offsets: Any, inputs: int, units: int, width: int, kinds: int, blocks_in: Any, blocks_rec: Any,
    first_slot: int, ahead_in: Any, back_in: Any, ahead_rec: Any, back_rec: Any, bias: Any,
) -> None:  # fmt: skip
    """Pack a layer; `offsets` tell where weight_ih, weight_hh, bias_ih, bias_hh begin, -1 where there is none."""
    one = np.int64(1)
    pack_weight(parameters, offsets[0], inputs, units, width, blocks_in, one, inputs, ahead_in, back_in)
    bias[:] = 0
    if offsets[2] >= 0:
        pack_bias(parameters, offsets[2], units, width, blocks_in, np.int64(0), bias)
    if blocks_rec.size > 0:
        pack_weight(parameters, offsets[1], units, units, width, blocks_rec, kinds, width, ahead_rec, back_rec)
    if offsets[3] >= 0:
        pack_bias(parameters, offsets[3], units, width, blocks_rec, first_slot, bias)


@kernel
def pack_weight(
    parameters: Any, at: int, inputs: int, units: int, width: int, blocks: Any, kinds: Any, part: int,
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
def pack_bias(parameters: Any, at: int, units: int, width: int, blocks: Any, first_slot: Any, bias: Any) -> None:
    """Add a bias vector of (blocks · units) to the slots it feeds."""
    for slot in range(blocks.size):
        source, target = at + blocks[slot] * units, (first_slot + slot) * width
        for unit in range(units):
            bias[target + unit] += parameters[source + unit]


@kernel
def pack_panels(
    source: Any, source_at: int, step: Any, stride: Any, depth: int, columns: int,
    packed: Any, total: int, depth_at: int, column_at: int,
) -> None:  # fmt: skip
    """Pack the block ``B[k, j] = source[source_at + k step + j stride]`` at row and column of a packed operand.

    `packed` holds `total` rows of panels; `column_at` is a whole number of vectors, `columns` any number. What is
    not written stays as it is: zero, where the array was made so.
    """
    whole = packed.size // total // PANEL * PANEL
    column = 0
    while column < columns:
        width = PANEL if column_at + column < whole else LANES
        lane = (column_at + column) % width
        count = min(width - lane, columns - column)
        base = (column_at + column - lane) * total + lane
        _pack_panel(
            source, source_at + column * stride, step, stride, depth, count, packed, base + depth_at * width, width
        )
        column += count


@inner_kernel
def _pack_panel(
    source: Any, source_at: int, step: Any, stride: Any, depth: int, count: int, packed: Any, packed_at: int, width: int
) -> None:
    """One panel, a vector of columns at a time."""
    for first in range(0, count, LANES):
        last, k = min(first + LANES, count), np.int64(0)
        begin, target = source_at + first * stride, packed_at + first
        if last - first == LANES and stride == 1:
            while k < depth:
                store(packed, target + k * width, load(source, begin + k * step))
                k += 1
        elif last - first == LANES and step == 1:
            while k + LANES <= depth:
                transpose(source, begin + k, stride, packed, target + k * width, width)
                k += LANES
        for left in range(k, depth):
            for j in range(first, last):
                packed[packed_at + left * width + j] = source[source_at + left * step + j * stride]
