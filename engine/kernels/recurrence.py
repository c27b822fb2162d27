"""The loops over time, forward and backward, that all cells with one recurrent product share.

A loop works on the rows ``row … last_row`` of a batch for all time steps, so threads divide a batch by rows and
never wait for each other within a sequence. Rows are sorted by falling length: at step t the rows still
running come first. A row that has ended carries its state on, so the last state is every sequence's own.

A loop begins after `begin` steps are done. Once ``asked[0]`` is set it returns how many are, so that rows can be shared
from there on; 0 when all are.

Flat arrays, with the shapes they stand for (T time steps, B rows, W padded width of a unit vector):

========= =================================================================================================
x         (T, B, ·) from element `x_at`, rows `x_row` apart, of which the first I are read
z         (T, B, slots · W), see `steps`
states    (T + 1, B, kinds · W); slot 0 is the initial state
dy        (T, B, ·): ∂L/∂(hidden state) from above, rows `dy_row` apart; 0 apart where only `d` carries a loss. With a
          `dy_depth` above 0 so many numbers of a row are yet to be multiplied with `panels_dy`
dx        (T, B, I padded): ∂L/∂x, rows `dx_row` apart; not computed where `dx_row` is 0
d         (B, kinds · W): ∂L/∂state, in: of the last state, out: of the initial state
arrived   (T, B): squared norm of ∂L/∂h_t, where it has any elements
kept      (B, kinds · W): factors of the states that the recurrent product reads; empty for none
fed       (T, B, kinds · W): those states times `kept`; `d_fed` (B, kinds · W): ∂L/∂fed of one time step
keep      (T, B, kinds · W): share of the step's result in the new state, the rest is the old one (zoneout); rows
          `keep_row` apart; empty for none. `held` (B, kinds · W): ∂L/∂(old state) through that rest
========= =================================================================================================
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.kernels.jit import LANES, inner_kernel, kernel
from engine.kernels.steps import call_backward, call_forward
from engine.kernels.tiles import call_product
from engine.kernels.vectors import filled, load, store

# Places in the `geometry` array that describes a layer and a batch to the loops.
STEPS: Final = 0
BATCH: Final = 1
INPUTS: Final = 2
UNITS: Final = 3
WIDTH: Final = 4
SLOTS: Final = 5
INPUT_SLOTS: Final = 6
RECURRENT_FROM: Final = 7  # first slot that the recurrent product is added to
RECURRENT_SLOTS: Final = 8
KINDS: Final = 9  # state vectors: 1 for h, 2 for h and c
RECURRENT_KINDS: Final = 10  # how many of them the recurrent product reads
GATE: Final = 11
CANDIDATE: Final = 12
EXTRAS: Final = 13
GEOMETRY_SIZE: Final = 14

FEW_ROWS: Final = 24  # four tiles


@kernel
def forward(
    product: int, step: int, geometry: Any, row: int, last_row: int, begin: int, asked: Any, lengths: Any, x: Any,
    x_at: int, x_row: int, panels_in: Any, panels_rec: Any, bias: Any, extra: Any, z: Any, states: Any, kept: Any,
    fed: Any, keep: Any, keep_row: int,
) -> int:  # fmt: skip
    """Run a layer over the rows ``row … last_row``; fills `z`, `states` and, where anything is dropped, `fed`."""
    batch, width, slots = geometry[BATCH], geometry[WIDTH], geometry[SLOTS]
    z_row, state_row = slots * width, geometry[KINDS] * width
    block = steps_at_once(row, last_row, batch)
    active = last_row
    for t in range(begin, geometry[STEPS]):
        if asked[0] != 0 and t > begin and t % block == 0:
            return int(t)
        while active > row and lengths[active - 1] <= t:
            active -= 1
        rows = active - row
        first = t * batch + row
        z_at, previous, following = first * z_row, first * state_row, (first + batch) * state_row
        if t % block == 0:
            count = rows if block == 1 else min(block, geometry[STEPS] - t) * batch
            for r in range(count):
                copy_vectors(bias, np.int64(0), z, z_at + r * z_row, z_row)
            x_first, depth, columns = x_at + first * x_row, geometry[INPUTS], geometry[INPUT_SLOTS] * width
            call_product(product, x, x_first, x_row, 1, count, depth, panels_in, 0, 0, columns, z, z_at, z_row)
        if geometry[RECURRENT_SLOTS] > 0:
            source = states
            if kept.size > 0:
                source = fed
                multiply(states, previous, kept, row * state_row, fed, previous, rows * state_row)
            target = z_at + geometry[RECURRENT_FROM] * width
            depth, columns = geometry[RECURRENT_KINDS] * width, geometry[RECURRENT_SLOTS] * width
            call_product(
                product, source, previous, state_row, 1, rows, depth, panels_rec, 0, 0, columns, z, target, z_row
            )
        call_forward(
            step, rows, width, geometry[UNITS], z, z_at, extra, 0, states, previous, states, following,
            geometry[GATE], geometry[CANDIDATE],
        )  # fmt: skip
        if keep.size > 0:
            zone_out(states, previous, following, keep, first * keep_row, keep_row, rows, state_row)
        for ended in range(rows, last_row - row):
            copy_vectors(states, previous + ended * state_row, states, following + ended * state_row, state_row)
    return 0


@kernel
def backward(
    product: int, step: int, geometry: Any, row: int, last_row: int, begin: int, asked: Any, lengths: Any, dy: Any,
    dy_at: int, dy_row: int, dy_depth: int, panels_dy: Any, panels_in: Any, panels_rec: Any, extra: Any, d_extra: Any,
    z: Any, states: Any, d: Any, dx: Any, dx_row: int, arrived: Any, kept: Any, d_fed: Any, keep: Any, keep_row: int,
    held: Any,
) -> int:  # fmt: skip
    """Back-propagate a layer through time; turns `z` into ∂L/∂(pre-activations). Panels hold transposed weights."""
    batch, width, units = geometry[BATCH], geometry[WIDTH], geometry[UNITS]
    z_row, state_row = geometry[SLOTS] * width, geometry[KINDS] * width
    d_at, extra_at = row * state_row, row * geometry[EXTRAS] * width
    recurrent = geometry[RECURRENT_SLOTS] * width
    block = steps_at_once(row, last_row, batch)
    rows = 0
    for t in range(geometry[STEPS] - 1 - begin, -1, -1):
        done = geometry[STEPS] - 1 - t
        if asked[0] != 0 and done > begin and (t + 1) % block == 0:
            return int(done)
        while row + rows < last_row and lengths[row + rows] > t:
            rows += 1
        first = t * batch + row
        z_at = first * z_row
        dy_first = dy_at + first * dy_row
        add_from_above(product, rows, dy, dy_first, dy_row, dy_depth, panels_dy, width, units, d, d_at, state_row)
        if arrived.size > 0:
            for r in range(rows):
                arrived[first + r] = squared_norm(d, d_at + r * state_row, units)
        if keep.size > 0:
            hold_back(d, d_at, held, keep, first * keep_row, keep_row, rows, state_row)
        call_backward(
            step, rows, width, units, z, z_at, extra, 0, d_extra, extra_at, states, first * state_row, d, d_at,
            geometry[GATE], geometry[CANDIDATE],
        )  # fmt: skip
        if recurrent > 0:
            source, columns = z_at + geometry[RECURRENT_FROM] * width, geometry[RECURRENT_KINDS] * width
            target = d
            if kept.size > 0:
                target = d_fed
                clear_vectors(d_fed, d_at, rows * state_row)
            call_product(
                product, z, source, z_row, 1, rows, recurrent, panels_rec, 0, 0, columns, target, d_at, state_row
            )
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


@inner_kernel
def steps_at_once(row: int, last_row: int, batch: int) -> int:
    """How many steps' products with the input are done at once: many where a step alone would not fill a tile."""
    return max(1, FEW_ROWS // batch) if row == 0 and last_row == batch else 1


@inner_kernel
def add_from_above(
    product: int, rows: int, dy: Any, dy_at: int, dy_row: int, dy_depth: int, panels: Any, width: int, units: int,
    d: Any, d_at: int, d_row: int,
) -> None:  # fmt: skip
    """Add a time step's rows of `dy` to those of `d`.

    What is yet to be multiplied never lies in memory for all steps at once, so that it need not be fetched back.
    """
    if dy_depth > 0:
        call_product(product, dy, dy_at, dy_row, 1, rows, dy_depth, panels, 0, 0, width, d, d_at, d_row)
    elif dy_row > 0:
        for r in range(rows):
            add_numbers(dy, dy_at + r * dy_row, d, d_at + r * d_row, units)


@inner_kernel
def copy_vectors(source: Any, source_at: Any, target: Any, target_at: int, count: int) -> None:
    """Copy `count` numbers, whole vectors."""
    for i in range(0, count, LANES):
        store(target, target_at + i, load(source, source_at + i))


@inner_kernel
def clear_vectors(target: Any, target_at: int, count: int) -> None:
    """Set `count` numbers, whole vectors, to zero."""
    for i in range(0, count, LANES):
        store(target, target_at + i, filled(load(target, target_at + i), 0.0))


@inner_kernel
def add_numbers(source: Any, source_at: int, target: Any, target_at: int, count: int) -> None:
    """Add exactly `count` numbers: what lies beside them in `source` may be another direction's."""
    whole = count // LANES * LANES
    for i in range(0, whole, LANES):
        store(target, target_at + i, load(target, target_at + i) + load(source, source_at + i))
    for i in range(whole, count):
        target[target_at + i] += source[source_at + i]


@inner_kernel
def add_vectors(source: Any, source_at: int, target: Any, target_at: int, count: int) -> None:
    """Add `count` numbers, whole vectors."""
    for i in range(0, count, LANES):
        store(target, target_at + i, load(target, target_at + i) + load(source, source_at + i))


@inner_kernel
def multiply(a: Any, a_at: int, b: Any, b_at: int, target: Any, target_at: int, count: int) -> None:
    """Products of `count` numbers, whole vectors."""
    for i in range(0, count, LANES):
        store(target, target_at + i, load(a, a_at + i) * load(b, b_at + i))


@inner_kernel
def add_product(a: Any, a_at: int, b: Any, b_at: int, target: Any, target_at: int, count: int) -> None:
    """Add products of `count` numbers, whole vectors."""
    for i in range(0, count, LANES):
        store(target, target_at + i, load(target, target_at + i) + load(a, a_at + i) * load(b, b_at + i))


@inner_kernel
def zone_out(
    states: Any, previous: int, following: int, keep: Any, keep_at: int, keep_row: int, rows: int, state_row: int
) -> None:
    """Put the old state back by what `keep` lacks of 1."""
    for row in range(rows):
        for i in range(0, state_row, LANES):
            share, at = load(keep, keep_at + row * keep_row + i), row * state_row + i
            new, old = load(states, following + at), load(states, previous + at)
            store(states, following + at, share * new + (filled(share, 1.0) - share) * old)


@inner_kernel
def hold_back(d: Any, d_at: int, held: Any, keep: Any, keep_at: int, keep_row: int, rows: int, state_row: int) -> None:
    """Divide ∂L/∂following into what goes back through the step, left in `d`, and what goes past it."""
    for row in range(rows):
        for i in range(0, state_row, LANES):
            share, at = load(keep, keep_at + row * keep_row + i), d_at + row * state_row + i
            arriving = load(d, at)
            store(held, at, (filled(share, 1.0) - share) * arriving)
            store(d, at, share * arriving)


@inner_kernel
def squared_norm(source: Any, source_at: int, count: int) -> float:
    """Σ v², in float64; in four sums, so that none waits for the one before."""
    a, b, c, d = 0.0, 0.0, 0.0, 0.0
    fours = count // 4 * 4
    for i in range(source_at, source_at + fours, 4):
        a += np.float64(source[i]) ** 2
        b += np.float64(source[i + 1]) ** 2
        c += np.float64(source[i + 2]) ** 2
        d += np.float64(source[i + 3]) ** 2
    for i in range(source_at + fours, source_at + count):
        a += np.float64(source[i]) ** 2
    return (a + b) + (c + d)
