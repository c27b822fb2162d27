"""A cell's own algebra for one time step, compiled apart from the loop that calls it.

The loops over time in `recurrence` are compiled once for all cells and call a cell's step by its address, so
a new cell costs only the compilation of its two short functions, and all cells have the same signature.

Memory handed to a step: `rows` consecutive rows, every quantity of `width` numbers (whole vectors; the first
`units` are real, the rest is padding whose content does not matter but is finite).

=========== ==================================================================================================
z           (rows, slots, width). Forward: pre-activations in, what backward needs out. Backward: the latter in,
            ∂L/∂(pre-activation) out.
extra       (extras, width): parameters beyond the two matrices and the bias, such as peepholes.
d_extra     (rows, extras, width): their gradients, added to; one row each, summed later in a fixed order.
previous    (rows, states, width): the state before the step. following: the state after.
d           (rows, states, width): ∂L/∂following in; out, the part of ∂L/∂previous that passes no matrix.
gate        Code of the gates' activation function; candidate: of the candidate's and the output's.
=========== ==================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from engine.kernels.vectors import llvm_scalar, pointer_to

_INTEGERS = 3  # rows, width, units lead; gate and candidate close


def _signature(dtype: Any, pointers: int) -> Any:
    number = types.CPointer(dtype)
    whole = types.int64
    return types.void(*[whole] * _INTEGERS, *[number] * pointers, whole, whole)


class Step:
    """One step function, compiled for a dtype when its address is first asked for."""

    def __init__(self, function: Callable[..., None], pointers: int) -> None:
        self.function = function
        self.pointers = pointers
        self.address = cache(self._compiled)
        self.__doc__ = function.__doc__

    def _compiled(self, dtype: np.dtype[Any]) -> int:
        signature = _signature(numba.from_dtype(dtype), self.pointers)
        self.kept = numba.cfunc(signature, cache=True, error_model="numpy")(self.function)
        return int(self.kept.address)


def forward_step(function: Callable[..., None]) -> Step:
    """Mark ``forward(rows, width, units, z, extra, previous, following, gate, candidate)`` of a cell."""
    return Step(function, 4)


def backward_step(function: Callable[..., None]) -> Step:
    """Mark ``backward(rows, width, units, z, extra, d_extra, previous, d, gate, candidate)`` of a cell."""
    return Step(function, 5)


def _caller(pointers: int) -> Any:
    """The LLVM side of both callers: address, integers, pointers as (array, offset) pairs, two codes."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = ir.IntType(64)
        head, tail = args[1 : 1 + _INTEGERS], args[-2:]
        arrays = range(1 + _INTEGERS, len(args) - 2, 2)
        found = [pointer_to(context, builder, sig.args[i], args[i], args[i + 1]) for i in arrays]
        number = llvm_scalar(sig.args[1 + _INTEGERS].dtype).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [word] * _INTEGERS + [number] * pointers + [word] * 2)
        builder.call(builder.inttoptr(args[0], kind.as_pointer()), [*head, *found, *tail])
        return context.get_dummy_value()

    return codegen


@intrinsic
def call_forward(
    typingctx: Any, address: Any, rows: Any, width: Any, units: Any,
    z: Any, z_at: Any, extra: Any, extra_at: Any, states: Any, previous_at: Any, following: Any, following_at: Any,
    gate: Any, candidate: Any,
) -> Any:  # fmt: skip
    """Call a `forward_step` at `address`, with arrays given as array and offset."""
    n = types.int64
    return types.void(n, n, n, n, z, n, extra, n, states, n, following, n, n, n), _caller(4)


@intrinsic
def call_backward(
    typingctx: Any, address: Any, rows: Any, width: Any, units: Any,
    z: Any, z_at: Any, extra: Any, extra_at: Any, d_extra: Any, d_extra_at: Any, states: Any, previous_at: Any,
    d: Any, d_at: Any, gate: Any, candidate: Any,
) -> Any:  # fmt: skip
    """Call a `backward_step` at `address`, with arrays given as array and offset."""
    n = types.int64
    return types.void(n, n, n, n, z, n, extra, n, d_extra, n, states, n, d, n, n, n), _caller(5)
