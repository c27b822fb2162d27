"""Copies of matrices in the order in which `tiles` reads them."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.jit import LANES, kernel
from engine.kernels.tiles import PANEL, TILE_ROWS
from engine.kernels.vectors import llvm_scalar, load, pointer_to, store


@kernel
def pack_rows(b: Any, b_at: int, b_row: int, depth: int, columns: int, packed: Any) -> None:
    """Panels of a matrix whose rows already lie in order."""
    for column in range(0, columns, PANEL):
        width = PANEL if columns - column >= PANEL else LANES
        for panel in range(column, min(column + PANEL, columns), width):
            for k in range(depth):
                for lane in range(0, width, LANES):
                    store(packed, panel * depth + k * width + lane, load(b, b_at + k * b_row + panel + lane))


@kernel
def pack_columns(a: Any, a_at: int, a_row: int, depth: int, rows: int, packed: Any, packed_at: int) -> None:
    """Groups of `TILE_ROWS` columns of A, each with its steps in order."""
    whole = rows // TILE_ROWS * TILE_ROWS
    for k in range(depth):
        source = a_at + k * a_row
        for row in range(0, whole, TILE_ROWS):
            _copy_tile_rows(a, source + row, packed, packed_at + row * depth + k * TILE_ROWS)
        for row in range(whole, rows):
            packed[packed_at + whole * depth + k * TILE_ROWS + row - whole] = a[source + row]


@intrinsic
def _copy_tile_rows(typingctx: Any, source: Any, source_at: Any, target: Any, target_at: Any) -> Any:
    """Copy `TILE_ROWS` consecutive numbers in as few moves as the processor has."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.VectorType(llvm_scalar(source.dtype), TILE_ROWS).as_pointer()
        start = pointer_to(context, builder, source, args[0], args[1])
        end = pointer_to(context, builder, target, args[2], args[3])
        moved = builder.load(builder.bitcast(start, kind))
        moved.align = 4
        builder.store(moved, builder.bitcast(end, kind)).align = 4
        return context.get_dummy_value()

    return types.void(source, types.intp, target, types.intp), codegen


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
        for k in range(depth):
            target, origin = base + (depth_at + k) * width, source_at + k * step + column * stride
            for j in range(count):
                packed[target + j] = source[origin + j * stride]
        column += count
