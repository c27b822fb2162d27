"""Kernels that other kernels call by address.

Numba compiles what a kernel calls into that kernel, again and again. A routine is compiled once per dtype, with
C's calling convention, and its callers get its address at run time: they compile quickly, are cached all the
same, and a loop over time can call a cell's step that it knows nothing of.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types

from engine.kernels.vectors import llvm_scalar, pointer_to


class Routine:
    """A function over integers and pointers, compiled for a dtype when its address is first asked for.

    `parameters` has one letter each, ``i`` for an int64 and ``p`` for a pointer to numbers.
    """

    def __init__(self, function: Callable[..., None], parameters: str) -> None:
        self.function, self.parameters = function, parameters
        self.address = cache(self._compiled)
        self._kept: list[Any] = []  # their code lives as long as they do
        self.__doc__ = function.__doc__

    def _compiled(self, dtype: np.dtype[Any]) -> int:
        pointer = types.CPointer(numba.from_dtype(dtype))
        signature = types.void(*(types.int64 if letter == "i" else pointer for letter in self.parameters))
        self._kept.append(numba.cfunc(signature, cache=True, error_model="numpy")(self.function))
        return int(self._kept[-1].address)


def call_by_address(parameters: str) -> Any:
    """Code generator of an intrinsic that calls a `Routine`: its address, then integers and (array, offset) pairs."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        values, kinds, place = [], [], 1
        for letter in parameters:
            if letter == "i":
                values.append(args[place])
                kinds.append(ir.IntType(64))
                place += 1
            else:
                values.append(pointer_to(context, builder, sig.args[place], args[place], args[place + 1]))
                kinds.append(llvm_scalar(sig.args[place].dtype).as_pointer())
                place += 2
        function = ir.FunctionType(ir.VoidType(), kinds)
        builder.call(builder.inttoptr(args[0], function.as_pointer()), values)
        return context.get_dummy_value()

    return codegen
