"""The minimal gated unit: a GRU whose one gate resets and updates."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate, SecondProduct
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.two_stage import stage
from engine.kernels.vectors import load, store


@stage
def forward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots f, n: the gate, and what of the state the candidate gets to see."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            forget = activate(gate, load(z, at))
            store(z, at, forget)
            store(inner, s, forget * load(previous, s))
            s += LANES


@stage
def blend(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, following: Any, gate: int, candidate: int
) -> None:
    """The candidate, and the new state."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            before = load(previous, s)
            new = activate(candidate, load(z, at + width))
            store(z, at + width, new)
            store(following, s, before + load(z, at) * (new - before))
            s += LANES


@stage
def blend_backward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, d: Any, gate: int, candidate: int
) -> None:
    """The slot of the gate keeps it until the other stage has used it; d the direct way back."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            forget, new, dh = load(z, at), load(z, at + width), load(d, s)
            store(z, at + width, dh * forget * slope(candidate, new))
            store(z, at + 2 * width, dh * (new - load(previous, s)))
            store(d, s, dh * (1.0 - forget))
            s += LANES


@stage
def backward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, d: Any, gate: int, candidate: int
) -> None:
    """Through the reset state, and the gate as a whole."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            forget, d_inner = load(z, at), load(inner, s)
            store(z, at, (d_inner * load(previous, s) + load(z, at + 2 * width)) * slope(gate, forget))
            store(d, s, load(d, s) + d_inner * forget)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    f_in, n_in = cell.split(cell.from_input())
    f = cell.gate(f_in + cell.from_state(h, 0, 1))
    n = cell.squash(n_in + cell.from_state(f * h, 1, 2))
    return ((1 - f) * h + f * n,)


SPECIFICATION = CellSpec(
    key="mgu",
    title="Minimal gated unit (MGU)",
    order=40,
    summary="One gate does the work of both of a GRU's: it forgets what it lets the candidate not see.",
    when_to_use="Two thirds of a GRU's weights at about the same quality.",
    paper="G.-B. Zhou et al. (2016), Minimal gated unit for recurrent neural networks, IJAC 13, arXiv:1603.09420",
    equations=(
        Equation(
            r"f_t = \sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf})",
            "forget gate: how much of the state is renewed",
        ),
        Equation(r"n_t = \tanh(W_{in} x_t + b_{in} + W_{hn} (f_t \odot h_{t-1}) + b_{hn})", "candidate: the new state"),
        Equation(r"h_t = (1 - f_t) \odot h_{t-1} + f_t \odot n_t", "hidden state: a blend of old and new"),
    ),
    blocks=("forget", "candidate"),
    slots=3,
    input_blocks=(0, 1),
    recurrent_from=0,
    recurrent_blocks=(0,),
    states=("hidden",),
    gates=(Gate("forget", 0, "f"), Gate("candidate", 1, "n")),
    forward=forward,
    backward=backward,
    formula=formula,
    second=SecondProduct(first_slot=1, blocks=(1,), forward=blend, backward=blend_backward),
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
