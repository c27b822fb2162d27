"""The memory cell of Hochreiter & Schmidhuber and its relatives, of which each lacks one part or has one more.

Written once for all of them; a cell's file says which parts it has, as constants, and the compiler drops the rest.
Slots of `z` hold the gates and the candidate after the forward step; `extra` holds the peepholes of the gates that
there are, in the order input, forget, output. States are h and c, and with `feedback` h, i, f, o, c.
"""

from __future__ import annotations

from typing import Any, Final

import numba

from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.vectors import filled, load, store

# In place of a gate's slot:
OPEN: Final = -1  # there is no such gate: everything passes
COUPLED: Final = -2  # forget gate: what is not written is kept, f = 1 - i


@numba.njit(inline="always", error_model="numpy")
def memory_forward(
    rows: int, width: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, into: int, out: int,
    input_slot: int, forget_slot: int, candidate_slot: int, output_slot: int, slots: int,
    peepholes: bool, feedback: bool,
) -> None:  # fmt: skip
    """c = f c + i g; h = o h(c). `into` and `out` are the codes of the functions around the memory."""
    states = 5 if feedback else 2
    forget_peephole = width if input_slot >= 0 else 0
    output_peephole = forget_peephole + (width if forget_slot >= 0 else 0)
    for row in range(rows):
        for unit in range(0, width, LANES):
            at, s = row * slots * width + unit, row * states * width + unit
            before = load(previous, s + (states - 1) * width)
            i = filled(before, 1.0)
            f, o = i, i
            if input_slot >= 0:
                i = load(z, at + input_slot * width)
                if peepholes:
                    i = i + load(extra, unit) * before
                i = activate(gate, i)
                store(z, at + input_slot * width, i)
            if forget_slot >= 0:
                f = load(z, at + forget_slot * width)
                if peepholes:
                    f = f + load(extra, forget_peephole + unit) * before
                f = activate(gate, f)
                store(z, at + forget_slot * width, f)
            elif forget_slot == COUPLED:
                f = 1.0 - i
            g = activate(into, load(z, at + candidate_slot * width))
            store(z, at + candidate_slot * width, g)
            c = f * before + i * g
            if output_slot >= 0:
                o = load(z, at + output_slot * width)
                if peepholes:
                    o = o + load(extra, output_peephole + unit) * c
                o = activate(gate, o)
                store(z, at + output_slot * width, o)
            store(following, s, o * activate(out, c))
            store(following, s + (states - 1) * width, c)
            if feedback:
                store(following, s + width, i)
                store(following, s + 2 * width, f)
                store(following, s + 3 * width, o)


@numba.njit(inline="always", error_model="numpy")
def memory_backward(
    rows: int, width: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int, into: int, out: int,
    input_slot: int, forget_slot: int, candidate_slot: int, output_slot: int, slots: int,
    peepholes: bool, feedback: bool,
) -> None:  # fmt: skip
    """The way back; only the memory has one that passes no matrix, through the forget gate and the peepholes."""
    states = 5 if feedback else 2
    forget_peephole = width if input_slot >= 0 else 0
    output_peephole = forget_peephole + (width if forget_slot >= 0 else 0)
    extras = output_peephole + (width if output_slot >= 0 else 0)
    for row in range(rows):
        for unit in range(0, width, LANES):
            at, s = row * slots * width + unit, row * states * width + unit
            p = row * extras + unit
            before = load(previous, s + (states - 1) * width)
            i = filled(before, 1.0)
            f, o = i, i
            if input_slot >= 0:
                i = load(z, at + input_slot * width)
            if forget_slot >= 0:
                f = load(z, at + forget_slot * width)
            elif forget_slot == COUPLED:
                f = 1.0 - i
            if output_slot >= 0:
                o = load(z, at + output_slot * width)
            g = load(z, at + candidate_slot * width)
            c = f * before + i * g
            squashed = activate(out, c)
            dh = load(d, s)
            dc = load(d, s + (states - 1) * width) + dh * o * slope(out, squashed)
            if output_slot >= 0:
                d_o = dh * squashed
                if feedback:
                    d_o = d_o + load(d, s + 3 * width)
                d_o = d_o * slope(gate, o)
                store(z, at + output_slot * width, d_o)
                if peepholes:
                    dc = dc + d_o * load(extra, output_peephole + unit)
                    store(d_extra, p + output_peephole, load(d_extra, p + output_peephole) + d_o * c)
            d_before = dc * f
            if input_slot >= 0:
                d_i = dc * (g - before) if forget_slot == COUPLED else dc * g
                if feedback:
                    d_i = d_i + load(d, s + width)
                d_i = d_i * slope(gate, i)
                store(z, at + input_slot * width, d_i)
                if peepholes:
                    d_before = d_before + d_i * load(extra, unit)
                    store(d_extra, p, load(d_extra, p) + d_i * before)
            if forget_slot >= 0:
                d_f = dc * before
                if feedback:
                    d_f = d_f + load(d, s + 2 * width)
                d_f = d_f * slope(gate, f)
                store(z, at + forget_slot * width, d_f)
                if peepholes:
                    d_before = d_before + d_f * load(extra, forget_peephole + unit)
                    store(d_extra, p + forget_peephole, load(d_extra, p + forget_peephole) + d_f * before)
            store(z, at + candidate_slot * width, dc * i * slope(into, g))
            store(d, s, dh * 0.0)
            if feedback:
                store(d, s + width, dh * 0.0)
                store(d, s + 2 * width, dh * 0.0)
                store(d, s + 3 * width, dh * 0.0)
            store(d, s + (states - 1) * width, d_before)
