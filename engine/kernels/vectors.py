"""SIMD vectors as values inside kernels: loaded, computed with `+ - * /`, stored.

LLVM's loop vectoriser gives up on the five or more arrays that a cell's algebra touches, so that algebra is
written on vectors instead. `LANES` numbers at a time; the number type follows the array or pointer that was
loaded from, so one source serves float32 and float64. Multiply and add contract to one fused instruction.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, register_model

from engine.kernels.jit import LANES

CHECKED = bool(numba.config.BOUNDSCHECK)  # NUMBA_BOUNDSCHECK=1: `load` and `store` check arrays too


class VectorType(types.Type):  # type: ignore[misc]
    """The Numba type of `LANES` numbers of one dtype."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Vector({dtype} x {LANES})")


@register_model(VectorType)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, vector: VectorType) -> None:
        super().__init__(manager, vector, llvm_type(vector.dtype))


def llvm_scalar(dtype: Any) -> ir.Type:
    """float or double, as LLVM's type."""
    return ir.FloatType() if dtype == types.float32 else ir.DoubleType()


def llvm_type(dtype: Any) -> ir.Type:
    """The LLVM vector of `LANES` numbers of `dtype`."""
    return ir.VectorType(llvm_scalar(dtype), LANES)


def spread(builder: Any, scalar: Any) -> Any:
    """One LLVM scalar in every lane."""
    vector = ir.VectorType(scalar.type, LANES)
    single = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, ir.IntType(32)(0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(single, ir.Constant(vector, ir.Undefined), lanes)


def constant(dtype: Any, value: float) -> ir.Constant:
    """A vector with `value` in every lane."""
    return ir.Constant(llvm_type(dtype), [value] * LANES)


def pointer_to(context: Any, builder: Any, kind: Any, value: Any, offset: Any) -> Any:
    """LLVM pointer to element `offset` of an array or C pointer."""
    data = value if isinstance(kind, types.CPointer) else context.make_array(kind)(context, builder, value).data
    return builder.gep(data, [offset])


def vector_at(builder: Any, pointer: Any, dtype: Any) -> Any:
    """The LLVM vector that starts at `pointer`, at any alignment."""
    loaded = builder.load(builder.bitcast(pointer, llvm_type(dtype).as_pointer()))
    loaded.align = 4 if dtype == types.float32 else 8
    return loaded


def put_vector(builder: Any, value: Any, pointer: Any, dtype: Any) -> None:
    """Store an LLVM vector at `pointer`, at any alignment."""
    stored = builder.store(value, builder.bitcast(pointer, value.type.as_pointer()))
    stored.align = 4 if dtype == types.float32 else 8


def check_bounds(context: Any, builder: Any, kind: Any, value: Any, offset: Any) -> None:
    """Raise an IndexError where a vector would leave its array; pointers know no bounds."""
    if not CHECKED or isinstance(kind, types.CPointer):
        return
    size = context.make_array(kind)(context, builder, value).nitems
    last = builder.add(offset, ir.Constant(offset.type, LANES))
    outside = builder.or_(
        builder.icmp_signed("<", offset, ir.Constant(offset.type, 0)), builder.icmp_signed(">", last, size)
    )
    with builder.if_then(outside, likely=False):
        context.call_conv.return_user_exc(builder, IndexError, ("a vector lies partly outside its array",))


@intrinsic
def load(typingctx: Any, source: Any, offset: Any) -> Any:
    """The vector at elements ``offset … offset + LANES`` of a flat array or pointer."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        check_bounds(context, builder, source, args[0], args[1])
        return vector_at(builder, pointer_to(context, builder, source, args[0], args[1]), source.dtype)

    return VectorType(source.dtype)(source, types.intp), codegen


@intrinsic
def store(typingctx: Any, target: Any, offset: Any, value: Any) -> Any:
    """Write a vector to elements ``offset … offset + LANES``."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        check_bounds(context, builder, target, args[0], args[1])
        put_vector(builder, args[2], pointer_to(context, builder, target, args[0], args[1]), target.dtype)
        return context.get_dummy_value()

    return types.void(target, types.intp, value), codegen


@intrinsic
def filled(typingctx: Any, like: Any, scalar: Any) -> Any:
    """`scalar` in every lane, in the dtype of the vector `like`."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return spread(builder, context.cast(builder, args[1], sig.args[1], like.dtype))

    return like(like, scalar), codegen


def _install(symbol: Callable[..., Any], instruction: str) -> None:
    """Let the operator `symbol` take two vectors, or a vector and a number in either order."""

    @infer_global(symbol)
    class _Typing(AbstractTemplate):  # type: ignore[misc]
        def generic(self, args: Any, kws: Any) -> Any:
            vectors = [kind for kind in args if isinstance(kind, VectorType)]
            if vectors and all(isinstance(kind, VectorType | types.Number) for kind in args):
                return signature(vectors[0], *args)
            return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        dtype = sig.return_type.dtype
        vectors = (
            value if isinstance(kind, VectorType) else spread(builder, context.cast(builder, value, kind, dtype))
            for kind, value in zip(sig.args, args, strict=True)
        )
        return getattr(builder, instruction)(*vectors, flags=["contract"])

    for kinds in ((VectorType, VectorType), (VectorType, types.Number), (types.Number, VectorType)):
        lower_builtin(symbol, *kinds)(lower)


for _symbol, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _install(_symbol, _instruction)


def _choice(comparison: str) -> Any:
    @intrinsic
    def choose(typingctx: Any, left: Any, right: Any, yes: Any, no: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            return builder.select(builder.fcmp_ordered(comparison, args[0], args[1]), args[2], args[3])

        return yes(left, right, yes, no), codegen

    return choose


where_less = _choice("<")
where_less.__doc__ = "``yes`` where left < right, else ``no``; a NaN compares false, so it takes ``no``."


@intrinsic
def total(typingctx: Any, vector: Any) -> Any:
    """The sum of the lanes, half upon half, always in the same order."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        sums, width = args[0], LANES
        while width > 1:
            width //= 2
            halves = [
                ir.Constant(ir.VectorType(ir.IntType(32), width), list(range(start, start + width)))
                for start in (0, width)
            ]
            sums = builder.fadd(
                *(builder.shuffle_vector(sums, ir.Constant(sums.type, ir.Undefined), h) for h in halves)
            )
        return builder.extract_element(sums, ir.IntType(32)(0))

    return vector.dtype(vector), codegen


def per_lane(name: str) -> Any:
    """An intrinsic that calls the C library's double function `name` on each lane of a float64 vector."""

    @intrinsic
    def apply(typingctx: Any, vector: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            double = ir.DoubleType()
            function = cgutils.get_or_insert_function(builder.module, ir.FunctionType(double, [double]), name)
            result = args[0]
            for lane in range(LANES):
                index = ir.IntType(32)(lane)
                result = builder.insert_element(
                    result, builder.call(function, [builder.extract_element(args[0], index)]), index
                )
            return result

        return vector(vector), codegen

    return apply


@intrinsic
def scaled_by_power_of_two(typingctx: Any, vector: Any, exponent: Any) -> Any:
    """``vector * 2**exponent`` for float32 vectors; `exponent` holds whole numbers from -126 to 127."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = ir.VectorType(ir.IntType(32), LANES)
        bits = builder.add(builder.fptosi(args[1], whole), ir.Constant(whole, [127] * LANES))
        power = builder.bitcast(builder.shl(bits, ir.Constant(whole, [23] * LANES)), args[0].type)
        return builder.fmul(args[0], power)

    return vector(vector, exponent), codegen


def _vector_function(name: str) -> Any:
    @intrinsic
    def apply(typingctx: Any, vector: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            kind = llvm_type(vector.dtype)
            full = f"llvm.{name}.v{LANES}{'f32' if vector.dtype == types.float32 else 'f64'}"
            return builder.call(
                cgutils.get_or_insert_function(builder.module, ir.FunctionType(kind, [kind]), full), args
            )

        return vector(vector), codegen

    return apply


rounded = _vector_function("rint")  # each lane to the nearest whole number
square_root = _vector_function("sqrt")
