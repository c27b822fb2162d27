"""Products of small tiles of a matrix, held in registers while the depth runs.

``C[rows, columns] += A[rows, depth] · B[depth, columns]``. Where B is used again and again it is packed into panels
as wide as a tile (see `packing`), so the inner loop reads it in order; otherwise it is read where it lies. Each
number of C is summed over depth in one fixed order, whatever the tile, so the result does not depend on how rows or
columns are divided among threads; every 128 steps by themselves, since what is rounded off grows with the length of a
sum (N. J. Higham, Accuracy and stability of numerical algorithms, 2002, section 4.2).
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from engine.kernels.jit import LANES
from engine.kernels.routines import Routine, call_by_address
from engine.kernels.vectors import llvm_scalar, llvm_type, pointer_to, put_vector, spread, vector_at

# The widest tile: 6 × 4 vectors fill the 32 registers of AVX-512 and NEON, 6 × 2 the 16 of AVX2 and SSE.
TILE_VECTORS = 2 if LANES == 8 else 4
TILE_ROWS = 6
PANEL = TILE_VECTORS * LANES
_SUMMED = 128  # steps of depth that are summed by themselves


def _tile(rows: int, vectors: int) -> Any:
    """An intrinsic for one tile of `rows` × `vectors` vectors of C."""

    @intrinsic
    def multiply_tile(
        typingctx: Any, a: Any, a_at: Any, a_row: Any, a_step: Any, b: Any, b_at: Any, b_step: Any,
        c: Any, c_at: Any, c_row: Any, depth: Any,
    ) -> Any:  # fmt: skip
        """Row r, step k of A lies at ``a_at + r a_row + k a_step``; step k of B at ``b_at + k b_step``."""
        n = types.intp
        signature = types.void(a, n, n, n, b, n, n, c, n, n, n)

        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            _, a_at, a_row, a_step, _, b_at, b_step, _, c_at, c_row, depth = args
            a_base = pointer_to(context, builder, sig.args[0], args[0], a_at)
            b_base = pointer_to(context, builder, sig.args[4], args[4], b_at)
            c_base = pointer_to(context, builder, sig.args[7], args[7], c_at)
            operands = (a_base, a_row, a_step), (b_base, b_step), (c_base, c_row)
            _emit_tile(builder, c.dtype, rows, vectors, *operands, depth)
            return context.get_dummy_value()

        return signature, codegen

    return multiply_tile


def _emit_tile(builder: Any, dtype: Any, rows: int, vectors: int, a: Any, b: Any, c: Any, depth: Any) -> None:
    word, vector, scalar = ir.IntType(64), llvm_type(dtype), llvm_scalar(dtype)
    name = f"llvm.fma.v{LANES}{'f32' if scalar == ir.FloatType() else 'f64'}"
    fma = cgutils.get_or_insert_function(builder.module, ir.FunctionType(vector, [vector] * 3), name)
    (a_base, a_row, a_step), (b_base, b_step), (c_base, c_row) = a, b, c
    sums = [[cgutils.alloca_once(builder, vector) for _ in range(vectors)] for _ in range(rows)]
    places = [[builder.gep(c_base, [builder.add(builder.mul(c_row, word(r)), word(v * LANES))]) for v in range(vectors)]
              for r in range(rows)]  # fmt: skip
    every = [(r, v) for r in range(rows) for v in range(vectors)]
    with cgutils.for_range_slice(builder, word(0), depth, word(_SUMMED), intp=word) as (first, _):
        for r, v in every:
            builder.store(vector(None), sums[r][v])
        end = builder.add(first, word(_SUMMED))
        end = builder.select(builder.icmp_signed("<", end, depth), end, depth)
        with cgutils.for_range(builder, end, start=first, intp=word) as loop:
            b_row = builder.gep(b_base, [builder.mul(loop.index, b_step)])
            vectors_b = [vector_at(builder, builder.gep(b_row, [word(v * LANES)]), dtype) for v in range(vectors)]
            step = builder.mul(a_step, loop.index)
            for r in range(rows):
                number = builder.load(builder.gep(a_base, [builder.add(builder.mul(a_row, word(r)), step)]))
                everywhere = spread(builder, number)
                for v in range(vectors):
                    builder.store(builder.call(fma, [everywhere, vectors_b[v], builder.load(sums[r][v])]), sums[r][v])
        for r, v in every:
            before = vector_at(builder, places[r][v], dtype)
            put_vector(builder, builder.fadd(before, builder.load(sums[r][v])), places[r][v], dtype)


_tile_6w, _tile_4w, _tile_2w, _tile_1w = (_tile(rows, TILE_VECTORS) for rows in (TILE_ROWS, 4, 2, 1))
_tile_12n, _tile_4n, _tile_2n, _tile_1n = (_tile(rows, 1) for rows in (2 * TILE_ROWS, 4, 2, 1))

_PRODUCT = "piiiipiipi"


def _product(
    a: Any, a_row: int, a_step: int, rows: int, depth: int, b: Any, b_step: int, columns: int, c: Any, c_row: int
) -> None:
    """Whole panels on wide tiles, the rest of the columns one vector at a time."""
    for start in range(0, columns // PANEL * PANEL, PANEL):
        row = 0
        panel, step = (start, b_step) if b_step > 0 else (start * depth, PANEL)
        while rows - row >= TILE_ROWS:
            _tile_6w(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
            row += TILE_ROWS
        if rows - row >= 4:
            _tile_4w(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
            row += 4
        if rows - row >= 2:
            _tile_2w(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
            row += 2
        if rows - row >= 1:
            _tile_1w(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
    for start in range(columns // PANEL * PANEL, columns, LANES):
        row = 0
        panel, step = (start, b_step) if b_step > 0 else (start * depth, LANES)
        while rows - row >= 2 * TILE_ROWS:
            _tile_12n(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
            row += 2 * TILE_ROWS
        while rows - row >= 4:
            _tile_4n(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
            row += 4
        if rows - row >= 2:
            _tile_2n(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)
            row += 2
        if rows - row >= 1:
            _tile_1n(a, row * a_row, a_row, a_step, b, panel, step, c, row * c_row + start, c_row, depth)


product = Routine(_product, _PRODUCT)


@intrinsic
def call_product(
    typingctx: Any, address: Any, a: Any, a_at: Any, a_row: Any, a_step: Any, rows: Any, depth: Any,
    b: Any, b_at: Any, b_step: Any, columns: Any, c: Any, c_at: Any, c_row: Any,
) -> Any:  # fmt: skip
    """Call `product` at `address`.

    Row r, step k of A lies at ``a_at + r a_row + k a_step``; rows of C are `c_row` apart. B begins at `b_at`; its rows
    are `b_step` apart, or packed where that is 0. `columns` is a whole number of vectors.
    """
    n = types.int64
    return types.void(n, a, n, n, n, n, n, b, n, n, n, c, n, n), call_by_address(_PRODUCT)
