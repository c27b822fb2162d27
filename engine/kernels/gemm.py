"""Matrix products on packed operands, over flat arrays; offsets and strides count elements."""

from __future__ import annotations

from typing import Any

from engine.kernels.jit import kernel
from engine.kernels.packing import pack_columns, pack_rows
from engine.kernels.tiles import PANEL, TILE_ROWS, call_product

DEPTH_BLOCK = 256


@kernel
def multiply(
    product: int, a: Any, a_at: int, a_row: int, rows: int, depth: int, b: Any, columns: int, c: Any, c_row: int
) -> None:
    """C += A · B for `rows` rows of A with consecutive elements, and `columns` packed columns of B."""
    call_product(product, a, a_at, a_row, 1, rows, depth, b, 0, columns, c, 0, c_row)


@kernel
def multiply_transposed(
    product: int, a: Any, a_at: int, a_row: int, rows: int, depth: int, b: Any, b_at: int, b_row: int,
    c: Any, c_row: int, first: int, last: int, scratch: Any,
) -> None:  # fmt: skip
    """C += Aᵀ · B, for the gradient of a weight: A is (depth, rows), B (depth, columns), both summed over depth.

    Only the columns ``first … last`` (whole vectors) are computed, so that threads may share the work. `scratch`
    holds ``DEPTH_BLOCK · (rows + columns + TILE_ROWS)`` numbers, where blocks of both operands are packed.
    """
    width = last - first
    packed_a = width * DEPTH_BLOCK
    for start in range(0, depth, DEPTH_BLOCK):
        block = min(DEPTH_BLOCK, depth - start)
        pack_rows(b, b_at + start * b_row + first, b_row, block, width, scratch)
        pack_columns(a, a_at + start * a_row, a_row, block, rows, scratch, packed_a)
        for column in range(0, width, PANEL):
            wide, panel = min(PANEL, width - column), column * block
            for row in range(0, rows, TILE_ROWS):
                high, target = min(TILE_ROWS, rows - row), row * c_row + first + column
                group = packed_a + row * block
                call_product(product, scratch, group, 1, TILE_ROWS, high, block, scratch, panel, wide, c, target, c_row)
