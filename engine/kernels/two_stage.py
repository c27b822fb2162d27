"""The loops over time of cells with a second product inside the step, such as a GRU that resets before its product.

A step computes, with what it made of the first product, an `inner` vector for each row; a second product of it
feeds further slots of `z`, from which the second stage makes the new state. Rows, arrays and geometry are those of
`recurrence`; beside them:

========= =================================================================================================
inner     (T, B, W): what the second product reads, kept for the gradient of its weight; times `kept`, where it is
          made of the state (`of_state`)
d_inner   (B, W): ∂L/∂inner of one time step
========= =================================================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numba import types
from numba.extending import intrinsic

from engine.kernels.jit import kernel
from engine.kernels.recurrence import (
    BATCH,
    CANDIDATE,
    GATE,
    GEOMETRY_SIZE,
    INPUT_SLOTS,
    INPUTS,
    KINDS,
    RECURRENT_FROM,
    RECURRENT_KINDS,
    RECURRENT_SLOTS,
    SLOTS,
    STEPS,
    UNITS,
    WIDTH,
    add_from_above,
    add_product,
    add_vectors,
    clear_vectors,
    copy_vectors,
    hold_back,
    multiply,
    squared_norm,
    steps_at_once,
    zone_out,
)
from engine.kernels.routines import Routine, call_by_address
from engine.kernels.tiles import call_product

# Places in the geometry beyond those of `recurrence`.
SECOND_FROM: Final = GEOMETRY_SIZE
SECOND_SLOTS: Final = GEOMETRY_SIZE + 1
OF_STATE: Final = GEOMETRY_SIZE + 2  # 1 where the inner vector is made of the old state

_STAGE = "iiippppii"


def stage(function: Callable[..., None]) -> Routine:
    """Mark ``stage(rows, width, units, z, previous, inner, state, gate, candidate)``, one of a cell's four.

    Forward: the first writes `inner` (`state` is not its own), the second writes the following `state`. Backward:
    the second turns ∂L/∂following in `state` into the part of ∂L/∂previous that passes no matrix; the first finds
    ∂L/∂inner in `inner` and adds to `state`. Each replaces the slots of `z` that its product feeds by ∂L/∂z.
    """
    return Routine(function, _STAGE)


@intrinsic
def call_stage(
    typingctx: Any, address: Any, rows: Any, width: Any, units: Any,
    z: Any, z_at: Any, states: Any, previous_at: Any, inner: Any, inner_at: Any, state: Any, state_at: Any,
    gate: Any, candidate: Any,
) -> Any:  # fmt: skip
    """Call a `stage` at `address`, with arrays given as array and offset."""
    n = types.int64
    return types.void(n, n, n, n, z, n, states, n, inner, n, state, n, n, n), call_by_address(_STAGE)


@kernel
def forward(
    product: int, first_stage: int, second_stage: int, geometry: Any, row: int, last_row: int, begin: int, asked: Any,
    lengths: Any, x: Any, x_at: int, x_row: int, panels_in: Any, panels_rec: Any, panels_second: Any, bias: Any,
    z: Any, states: Any, inner: Any, kept: Any, fed: Any, keep: Any, keep_row: int,
) -> int:  # fmt: skip
    """Run a layer over the rows ``row … last_row``; fills `z`, `states`, `inner` and, where dropped, `fed`."""
    batch, width, units = geometry[BATCH], geometry[WIDTH], geometry[UNITS]
    z_row, state_row = geometry[SLOTS] * width, geometry[KINDS] * width
    gate, candidate = geometry[GATE], geometry[CANDIDATE]
    block = steps_at_once(row, last_row, batch)
    active = last_row
    for t in range(begin, geometry[STEPS]):
        if asked[0] != 0 and t > begin and t % block == 0:
            return int(t)
        while active > row and lengths[active - 1] <= t:
            active -= 1
        rows = active - row
        first = t * batch + row
        z_at, inner_at = first * z_row, first * width
        previous, following = first * state_row, (first + batch) * state_row
        if t % block == 0:
            count = rows if block == 1 else min(block, geometry[STEPS] - t) * batch
            for r in range(count):
                copy_vectors(bias, np.int64(0), z, z_at + r * z_row, z_row)
            x_first, depth, columns = x_at + first * x_row, geometry[INPUTS], geometry[INPUT_SLOTS] * width
            call_product(product, x, x_first, x_row, 1, count, depth, panels_in, 0, 0, columns, z, z_at, z_row)
        target, depth = z_at + geometry[RECURRENT_FROM] * width, geometry[RECURRENT_KINDS] * width
        columns = geometry[RECURRENT_SLOTS] * width
        source = states
        if kept.size > 0:
            source = fed
            multiply(states, previous, kept, row * state_row, fed, previous, rows * state_row)
        call_product(product, source, previous, state_row, 1, rows, depth, panels_rec, 0, 0, columns, z, target, z_row)
        call_stage(
            first_stage, rows, width, units, z, z_at, states, previous, inner, inner_at, states, following, gate,
            candidate,
        )  # fmt: skip
        for r in range(rows if kept.size > 0 and geometry[OF_STATE] else 0):
            at = inner_at + r * width
            multiply(inner, at, kept, (row + r) * state_row, inner, at, width)
        target, columns = z_at + geometry[SECOND_FROM] * width, geometry[SECOND_SLOTS] * width
        call_product(product, inner, inner_at, width, 1, rows, width, panels_second, 0, 0, columns, z, target, z_row)
        call_stage(
            second_stage, rows, width, units, z, z_at, states, previous, inner, inner_at, states, following, gate,
            candidate,
        )  # fmt: skip
        if keep.size > 0:
            zone_out(states, previous, following, keep, first * keep_row, keep_row, rows, state_row)
        for ended in range(rows, last_row - row):
            copy_vectors(states, previous + ended * state_row, states, following + ended * state_row, state_row)
            clear_vectors(inner, inner_at + ended * width, width)
    return 0


@kernel
def backward(
    product: int, first_stage: int, second_stage: int, geometry: Any, row: int, last_row: int, begin: int, asked: Any,
    lengths: Any, dy: Any, dy_at: int, dy_row: int, dy_depth: int, panels_dy: Any, panels_in: Any, panels_rec: Any,
    panels_second: Any, z: Any, states: Any, d: Any, d_inner: Any, dx: Any, dx_row: int, arrived: Any,
    kept: Any, d_fed: Any, keep: Any, keep_row: int, held: Any,
) -> int:  # fmt: skip
    """Back-propagate a layer through time; turns `z` into ∂L/∂(pre-activations). Panels hold transposed weights."""
    batch, width, units = geometry[BATCH], geometry[WIDTH], geometry[UNITS]
    z_row, state_row = geometry[SLOTS] * width, geometry[KINDS] * width
    gate, candidate = geometry[GATE], geometry[CANDIDATE]
    d_at, inner_at = row * state_row, row * width
    block = steps_at_once(row, last_row, batch)
    rows = 0
    for t in range(geometry[STEPS] - 1 - begin, -1, -1):
        done = geometry[STEPS] - 1 - t
        if asked[0] != 0 and done > begin and (t + 1) % block == 0:
            return int(done)
        while row + rows < last_row and lengths[row + rows] > t:
            rows += 1
        first = t * batch + row
        z_at, previous = first * z_row, first * state_row
        dy_first = dy_at + first * dy_row
        add_from_above(product, rows, dy, dy_first, dy_row, dy_depth, panels_dy, width, units, d, d_at, state_row)
        if arrived.size > 0:
            for r in range(rows):
                arrived[first + r] = squared_norm(d, d_at + r * state_row, units)
        if keep.size > 0:
            hold_back(d, d_at, held, keep, first * keep_row, keep_row, rows, state_row)
        call_stage(
            second_stage, rows, width, units, z, z_at, states, previous, d_inner, inner_at, d, d_at, gate, candidate
        )
        clear_vectors(d_inner, inner_at, rows * width)
        source, depth = z_at + geometry[SECOND_FROM] * width, geometry[SECOND_SLOTS] * width
        call_product(product, z, source, z_row, 1, rows, depth, panels_second, 0, 0, width, d_inner, inner_at, width)
        for r in range(rows if kept.size > 0 and geometry[OF_STATE] else 0):
            at = inner_at + r * width
            multiply(d_inner, at, kept, (row + r) * state_row, d_inner, at, width)
        call_stage(
            first_stage, rows, width, units, z, z_at, states, previous, d_inner, inner_at, d, d_at, gate, candidate
        )
        source, depth = z_at + geometry[RECURRENT_FROM] * width, geometry[RECURRENT_SLOTS] * width
        columns = geometry[RECURRENT_KINDS] * width
        target = d
        if kept.size > 0:
            target = d_fed
            clear_vectors(d_fed, d_at, rows * state_row)
        call_product(product, z, source, z_row, 1, rows, depth, panels_rec, 0, 0, columns, target, d_at, state_row)
        if kept.size > 0:
            add_product(d_fed, d_at, kept, d_at, d, d_at, rows * state_row)
        if keep.size > 0:
            add_vectors(held, d_at, d, d_at, rows * state_row)
        for ended in range(rows, last_row - row):
            clear_vectors(z, z_at + ended * z_row, z_row)
        if dx_row > 0 and t % block == 0:
            count = last_row - row if block == 1 else min(block, geometry[STEPS] - t) * batch
            for r in range(count):
                clear_vectors(dx, (first + r) * dx_row, dx_row)
            depth = geometry[INPUT_SLOTS] * width
            call_product(product, z, z_at, z_row, 1, count, depth, panels_in, 0, 0, dx_row, dx, first * dx_row, dx_row)
    return 0
