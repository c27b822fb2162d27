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
from typing import Any

from numba import types
from numba.extending import intrinsic

from engine.kernels.routines import Routine, call_by_address

_FORWARD = "iiippppii"
_BACKWARD = "iiipppppii"


def forward_step(function: Callable[..., None]) -> Routine:
    """Mark ``forward(rows, width, units, z, extra, previous, following, gate, candidate)`` of a cell."""
    return Routine(function, _FORWARD)


def backward_step(function: Callable[..., None]) -> Routine:
    """Mark ``backward(rows, width, units, z, extra, d_extra, previous, d, gate, candidate)`` of a cell."""
    return Routine(function, _BACKWARD)


@intrinsic
def call_forward(
    typingctx: Any, address: Any, rows: Any, width: Any, units: Any,
    z: Any, z_at: Any, extra: Any, extra_at: Any, states: Any, previous_at: Any, following: Any, following_at: Any,
    gate: Any, candidate: Any,
) -> Any:  # fmt: skip
    """Call a `forward_step` at `address`, with arrays given as array and offset."""
    n = types.int64
    return types.void(n, n, n, n, z, n, extra, n, states, n, following, n, n, n), call_by_address(_FORWARD)


@intrinsic
def call_backward(
    typingctx: Any, address: Any, rows: Any, width: Any, units: Any,
    z: Any, z_at: Any, extra: Any, extra_at: Any, d_extra: Any, d_extra_at: Any, states: Any, previous_at: Any,
    d: Any, d_at: Any, gate: Any, candidate: Any,
) -> Any:  # fmt: skip
    """Call a `backward_step` at `address`, with arrays given as array and offset."""
    n = types.int64
    return types.void(n, n, n, n, z, n, extra, n, d_extra, n, states, n, d, n, n, n), call_by_address(_BACKWARD)
