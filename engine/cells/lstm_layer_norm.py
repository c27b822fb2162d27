"""Long short-term memory with layer normalisation of its sums and of its memory."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import MEMORY
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Extra, Gate
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.normalization import normalize, normalize_backward, normalize_two, normalize_two_backward
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store

# Slots: sums from the input, sums from the state, i, f, g, o, each four; the normalised memory; three scales.
STATE_SUMS, GATES, NORMAL, SCALES, SLOTS = 4, 8, 12, 13, 14
# Extras, in the order of the declaration, counted in blocks.
INPUT_GAIN, STATE_GAIN, BIAS, GAIN, SHIFT, EXTRAS = 0, 4, 8, 12, 13, 14


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Normalises both sums, over the four blocks together, then the memory."""
    for row in range(rows):
        at, s = row * SLOTS * width, row * 2 * width
        gates, normal, scales = at + GATES * width, at + NORMAL * width, at + SCALES * width
        z[scales], z[scales + 1] = normalize_two(z, at, width, units)
        for k in range(0, 4 * width, LANES):
            total = load(extra, k) * load(z, at + k)
            total = total + load(extra, STATE_GAIN * width + k) * load(z, at + STATE_SUMS * width + k)
            code = candidate if 2 * width <= k < 3 * width else gate
            store(z, gates + k, activate(code, total + load(extra, BIAS * width + k)))
        for unit in range(0, width, LANES):
            i, f, g = load(z, gates + unit), load(z, gates + width + unit), load(z, gates + 2 * width + unit)
            c = f * load(previous, s + width + unit) + i * g
            store(following, s + width + unit, c)
            store(z, normal + unit, c)
        z[scales + 2] = normalize(z, normal, width, units)
        for unit in range(0, width, LANES):
            shown = load(extra, GAIN * width + unit) * load(z, normal + unit) + load(extra, SHIFT * width + unit)
            store(following, s + unit, load(z, gates + 3 * width + unit) * activate(candidate, shown))


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """Back through the normalised memory, the gates and both normalised sums."""
    for row in range(rows):
        at, s, e = row * SLOTS * width, row * 2 * width, row * EXTRAS * width
        gates, normal, scales = at + GATES * width, at + NORMAL * width, at + SCALES * width
        for unit in range(0, width, LANES):
            shown = load(extra, GAIN * width + unit) * load(z, normal + unit) + load(extra, SHIFT * width + unit)
            squashed, dh = activate(candidate, shown), load(d, s + unit)
            o, shift = load(z, gates + 3 * width + unit), e + SHIFT * width + unit
            d_shown = dh * o * slope(candidate, squashed)
            store(z, gates + 3 * width + unit, dh * squashed * slope(gate, o))
            store(d_extra, shift, load(d_extra, shift) + d_shown)
            store(d, s + unit, d_shown)
        gain = GAIN * width
        normalize_backward(z, normal, d, s, extra, gain, d_extra, e + gain, width, units, z[scales + 2])
        for unit in range(0, width, LANES):
            i, f, g = load(z, gates + unit), load(z, gates + width + unit), load(z, gates + 2 * width + unit)
            dc = load(d, s + width + unit) + load(z, normal + unit)
            store(z, gates + unit, dc * g * slope(gate, i))
            store(z, gates + width + unit, dc * load(previous, s + width + unit) * slope(gate, f))
            store(z, gates + 2 * width + unit, dc * i * slope(candidate, g))
            store(d, s + unit, dc * 0.0)
            store(d, s + width + unit, dc * f)
        normalize_two_backward(z, at, z, gates, extra, d_extra, e, width, units, z[scales], z[scales + 1])


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    inward, inner = cell.normalized(cell.from_input()), cell.normalized(cell.from_state(h))
    i, f, g, o = cell.split(cell.own("gain_ih") * inward + cell.own("gain_hh") * inner + cell.own("bias_ih"))
    c = cell.gate(f) * c + cell.gate(i) * cell.squash(g)
    shown = cell.own("gain_cell") * cell.normalized(c) + cell.own("bias_cell")
    return cell.gate(o) * cell.squash(shown), c


SPECIFICATION = CellSpec(
    key="lstm_layer_norm",
    title="Layer-normalised LSTM",
    order=22,
    summary="An LSTM whose sums and memory are brought to one scale at every step.",
    when_to_use="Where an LSTM learns unsteadily or is stacked deep; slower by the step, often faster by the epoch.",
    paper="J. L. Ba, J. R. Kiros, G. Hinton (2016), Layer normalization, arXiv:1607.06450",
    equations=(
        Equation(
            r"\begin{pmatrix} a^i_t \\ a^f_t \\ a^g_t \\ a^o_t \end{pmatrix} ="
            r" \alpha_{ih} \odot N(W_{ih} x_t) + \alpha_{hh} \odot N(W_{hh} h_{t-1}) + b",
            "sums of all gates; N takes the mean away and divides by the standard deviation",
        ),
        Equation(r"i_t, f_t, o_t = \sigma(a^i_t), \sigma(a^f_t), \sigma(a^o_t)", "input, forget and output gate"),
        Equation(r"g_t = \tanh(a^g_t)", "candidate: what would be written"),
        MEMORY,
        Equation(r"h_t = o_t \odot \tanh(\alpha_c \odot N(c_t) + \beta_c)", "hidden state: of the normalised memory"),
    ),
    blocks=("input", "forget", "candidate", "output"),
    slots=SLOTS,
    input_blocks=(0, 1, 2, 3),
    recurrent_from=STATE_SUMS,
    recurrent_blocks=(0, 1, 2, 3),
    states=("hidden", "cell"),
    gates=(Gate("input", 8, "i"), Gate("forget", 9, "f"), Gate("candidate", 10, "g"), Gate("output", 11, "o")),
    forward=forward,
    backward=backward,
    formula=formula,
    biased=False,
    extras=(
        Extra("gain_ih", 1.0, "scales of the sums from the input", 4),
        Extra("gain_hh", 1.0, "scales of the sums from the state", 4),
        Extra("bias_ih", None, "added to the sums, for the paper's three biases", 4),
        Extra("gain_cell", 1.0, "scales of the memory as it is shown"),
        Extra("bias_cell", 0.0, "added to the memory as it is shown"),
    ),
    forget_block=1,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
