"""Matrix product on tiles that stay in registers, over operands packed once.

``C[rows, columns] += A[rows, depth] · B[depth, columns]``. B is packed into panels as wide as a tile
(`pack_panels`), so the inner loop reads it once and in order; A is read by rows at any stride. Each number of
C is summed over depth in one fixed order, whatever the tile, so the result does not depend on how rows or
columns are divided among threads.

Widths of packed operands and rows of C are whole vectors (`jit.padded`). All arrays are flat; offsets and
strides count elements.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from engine.kernels.jit import LANES, kernel
from engine.kernels.vectors import llvm_scalar, llvm_type, load, pointer_to, put_vector, spread, store, vector_at

# The widest tile: 6 × 4 vectors fill the 32 registers of AVX-512 and NEON, 6 × 2 the 16 of AVX2 and SSE.
TILE_VECTORS = 2 if LANES == 8 else 4
TILE_ROWS = 6
PANEL = TILE_VECTORS * LANES
DEPTH_BLOCK = 256


def _tile(rows: int, vectors: int) -> Any:
    """An intrinsic for one tile of `rows` × `vectors` vectors of C."""

    @intrinsic
    def multiply_tile(
        typingctx: Any,
        a: Any,
        a_at: Any,
        a_row: Any,
        a_step: Any,
        b: Any,
        b_at: Any,
        c: Any,
        c_at: Any,
        c_row: Any,
        depth: Any,
    ) -> Any:
        """Row r, step k of A lies at ``a_at + r a_row + k a_step``; step k of B at ``b_at + k · width``."""
        n = types.intp
        signature = types.void(a, n, n, n, b, n, c, n, n, n)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            _, a_at, a_row, a_step, _, b_at, _, c_at, c_row, depth = args
            a_base = pointer_to(context, builder, sig.args[0], args[0], a_at)
            b_base = pointer_to(context, builder, sig.args[4], args[4], b_at)
            c_base = pointer_to(context, builder, sig.args[6], args[6], c_at)
            _emit_tile(builder, c.dtype, rows, vectors, (a_base, a_row, a_step), b_base, (c_base, c_row), depth)
            return context.get_dummy_value()

        return signature, codegen

    return multiply_tile


def _emit_tile(builder: Any, dtype: Any, rows: int, vectors: int, a: Any, b_base: Any, c: Any, depth: Any) -> None:
    word, vector, scalar = ir.IntType(64), llvm_type(dtype), llvm_scalar(dtype)
    name = f"llvm.fma.v{LANES}{'f32' if scalar == ir.FloatType() else 'f64'}"
    fma = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
    (a_base, a_row, a_step), (c_base, c_row) = a, c
    sums = [[cgutils.alloca_once(builder, vector) for _ in range(vectors)] for _ in range(rows)]
    c_rows = [builder.gep(c_base, [builder.mul(c_row, word(r))]) for r in range(rows)]
    for r in range(rows):
        for v in range(vectors):
            builder.store(vector_at(builder, builder.gep(c_rows[r], [word(v * LANES)]), dtype), sums[r][v])
    with cgutils.for_range(builder, depth, intp=word) as loop:
        b_row = builder.gep(b_base, [builder.mul(loop.index, word(vectors * LANES))])
        b = [vector_at(builder, builder.gep(b_row, [word(v * LANES)]), dtype) for v in range(vectors)]
        step = builder.mul(a_step, loop.index)
        for r in range(rows):
            number = builder.load(builder.gep(a_base, [builder.add(builder.mul(a_row, word(r)), step)]))
            everywhere = spread(builder, number)
            for v in range(vectors):
                builder.store(builder.call(fma, [everywhere, b[v], builder.load(sums[r][v])]), sums[r][v])
    for r in range(rows):
        for v in range(vectors):
            put_vector(builder, builder.load(sums[r][v]), builder.gep(c_rows[r], [word(v * LANES)]), dtype)


_tile_6w, _tile_4w, _tile_2w, _tile_1w = (_tile(rows, TILE_VECTORS) for rows in (TILE_ROWS, 4, 2, 1))
_tile_6n, _tile_4n, _tile_2n, _tile_1n = (_tile(rows, 1) for rows in (TILE_ROWS, 4, 2, 1))


@kernel
def multiply(
    a: Any, a_at: int, a_row: int, rows: int, depth: int, b: Any, b_at: int, columns: int, c: Any, c_at: int, c_row: int
) -> None:
    """C += A · B for `rows` rows of A with consecutive elements, and `columns` packed columns of B."""
    for column in range(0, columns, PANEL):
        panel = b_at + column * depth
        if columns - column >= PANEL:
            _wide(a, a_at, a_row, 1, rows, depth, b, panel, c, c_at + column, c_row)
        else:
            for narrow in range(column, columns, LANES):
                _narrow(a, a_at, a_row, 1, rows, depth, b, b_at + narrow * depth, c, c_at + narrow, c_row)


@kernel
def _wide(
    a: Any, a_at: int, a_row: int, a_step: int, rows: int, depth: int, b: Any, b_at: int, c: Any, c_at: int, c_row: int
) -> None:
    row = 0
    while rows - row >= TILE_ROWS:
        _tile_6w(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)
        row += TILE_ROWS
    if rows - row >= 4:
        _tile_4w(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)
        row += 4
    if rows - row >= 2:
        _tile_2w(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)
        row += 2
    if rows - row >= 1:
        _tile_1w(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)


@kernel
def _narrow(
    a: Any, a_at: int, a_row: int, a_step: int, rows: int, depth: int, b: Any, b_at: int, c: Any, c_at: int, c_row: int
) -> None:
    row = 0
    while rows - row >= TILE_ROWS:
        _tile_6n(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)
        row += TILE_ROWS
    if rows - row >= 4:
        _tile_4n(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)
        row += 4
    if rows - row >= 2:
        _tile_2n(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)
        row += 2
    if rows - row >= 1:
        _tile_1n(a, a_at + row * a_row, a_row, a_step, b, b_at, c, c_at + row * c_row, c_row, depth)


@kernel
def multiply_transposed(
    a: Any, a_at: int, a_row: int, rows: int, depth: int, b: Any, b_at: int, b_row: int, columns: int,
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
        _pack_rows(b, b_at + start * b_row + first, b_row, block, width, scratch)
        _pack_columns(a, a_at + start * a_row, a_row, block, rows, scratch, packed_a)
        for column in range(0, width, PANEL):
            for row in range(0, rows, TILE_ROWS):
                height = min(TILE_ROWS, rows - row)
                tile_a = packed_a + row * block
                target = row * c_row + first + column
                if width - column >= PANEL:
                    _wide(scratch, tile_a, 1, TILE_ROWS, height, block, scratch, column * block, c, target, c_row)
                else:
                    for narrow in range(0, width - column, LANES):
                        panel = (column + narrow) * block
                        _narrow(scratch, tile_a, 1, TILE_ROWS, height, block, scratch, panel, c, target + narrow, c_row)


@kernel
def _pack_rows(b: Any, b_at: int, b_row: int, depth: int, columns: int, packed: Any) -> None:
    """Panels of a matrix whose rows already lie in order."""
    for column in range(0, columns, PANEL):
        width = PANEL if columns - column >= PANEL else LANES
        for panel in range(column, min(column + PANEL, columns), width):
            for k in range(depth):
                for lane in range(0, width, LANES):
                    store(packed, panel * depth + k * width + lane, load(b, b_at + k * b_row + panel + lane))


@kernel
def _pack_columns(a: Any, a_at: int, a_row: int, depth: int, rows: int, packed: Any, packed_at: int) -> None:
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
    source: Any, source_at: int, step: int, stride: int, depth: int, columns: int,
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
