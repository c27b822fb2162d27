"""Square blocks of a matrix turned around in registers."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.jit import LANES
from engine.kernels.vectors import check_bounds, pointer_to, put_vector, vector_at


@intrinsic
def transpose(
    typingctx: Any, source: Any, at: Any, row: Any, target: Any, target_at: Any, target_row: Any
) -> Any:  # fmt: skip
    """``target[target_at + i target_row + j] = source[at + j row + i]`` for `LANES` × `LANES` numbers.

    Rows are exchanged half by half, in log₂ `LANES` rounds (Eklundh 1972).
    """

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        source, at, row, target, target_at, target_row = args

        def places(first: Any, step: Any) -> list[Any]:
            return [builder.add(first, builder.mul(step, ir.Constant(step.type, number))) for number in range(LANES)]

        rows = []
        for place in places(at, row):
            check_bounds(context, builder, sig.args[0], source, place)
            rows.append(vector_at(builder, pointer_to(context, builder, sig.args[0], source, place), sig.args[0].dtype))
        for vector, place in zip(_turned(builder, rows), places(target_at, target_row), strict=True):
            check_bounds(context, builder, sig.args[3], target, place)
            put_vector(builder, vector, pointer_to(context, builder, sig.args[3], target, place), sig.args[3].dtype)
        return context.get_dummy_value()

    n = types.intp
    return types.void(source, n, n, target, n, n), codegen


def _turned(builder: Any, rows: list[Any]) -> list[Any]:
    half, numbers = LANES // 2, range(LANES)
    while half:
        upper = _mask([lane if lane & half == 0 else LANES + lane - half for lane in numbers])
        lower = _mask([lane + half if lane & half == 0 else LANES + lane for lane in numbers])
        for number in numbers:
            if number & half == 0:
                pair = rows[number], rows[number + half]
                rows[number] = builder.shuffle_vector(*pair, upper)
                rows[number + half] = builder.shuffle_vector(*pair, lower)
        half //= 2
    return rows


def _mask(lanes: list[int]) -> ir.Constant:
    return ir.Constant(ir.VectorType(ir.IntType(32), LANES), lanes)
