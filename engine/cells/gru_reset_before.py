"""Gated recurrent unit as first published, with the reset gate before the recurrent product."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import (
    CANDIDATE_ACTIVATIONS,
    GATE_ACTIVATIONS,
    CellSpec,
    Equation,
    Gate,
    OnnxOperator,
    SecondProduct,
)
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.two_stage import stage
from engine.kernels.vectors import load, store


@stage
def forward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots r, z, n: the gates, and what of the state the candidate gets to see."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            reset = activate(gate, load(z, at))
            store(z, at, reset)
            store(z, at + width, activate(gate, load(z, at + width)))
            store(inner, s, reset * load(previous, s))
            s += LANES


@stage
def blend(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, following: Any, gate: int, candidate: int
) -> None:
    """The candidate, and the new state."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            update = load(z, at + width)
            new = activate(candidate, load(z, at + 2 * width))
            store(z, at + 2 * width, new)
            store(following, s, new + update * (load(previous, s) - new))
            s += LANES


@stage
def blend_backward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, d: Any, gate: int, candidate: int
) -> None:
    """The update gate is the direct way back."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            update, new, dh = load(z, at + width), load(z, at + 2 * width), load(d, s)
            store(z, at + width, dh * (load(previous, s) - new) * slope(gate, update))
            store(z, at + 2 * width, dh * (1.0 - update) * slope(candidate, new))
            store(d, s, dh * update)
            s += LANES


@stage
def backward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, d: Any, gate: int, candidate: int
) -> None:
    """Through the reset state."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            reset, d_inner = load(z, at), load(inner, s)
            store(z, at, d_inner * load(previous, s) * slope(gate, reset))
            store(d, s, load(d, s) + d_inner * reset)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    r_in, z_in, n_in = cell.split(cell.from_input())
    r_rec, z_rec = cell.split(cell.from_state(h, 0, 2))
    r, z = cell.gate(r_in + r_rec), cell.gate(z_in + z_rec)
    n = cell.squash(n_in + cell.from_state(r * h, 2, 3))
    return ((1 - z) * n + z * h,)


SPECIFICATION = CellSpec(
    key="gru_reset_before",
    title="GRU (reset before the product)",
    order=4,
    summary="The GRU of 2014: the reset gate closes parts of the state before the candidate sees it.",
    when_to_use="To compare with results of its time; otherwise the GRU, which is faster and as good.",
    paper="K. Cho et al. (2014), Learning phrase representations using RNN encoder-decoder, arXiv:1406.1078",
    equations=(
        Equation(
            r"r_t = \sigma(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr})", "reset gate: how much of the past counts"
        ),
        Equation(
            r"z_t = \sigma(W_{iz} x_t + b_{iz} + W_{hz} h_{t-1} + b_{hz})", "update gate: how much of the state stays"
        ),
        Equation(r"n_t = \tanh(W_{in} x_t + b_{in} + W_{hn} (r_t \odot h_{t-1}) + b_{hn})", "candidate: the new state"),
        Equation(r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}", "hidden state: a blend of old and new"),
    ),
    blocks=("reset", "update", "candidate"),
    slots=3,
    input_blocks=(0, 1, 2),
    recurrent_from=0,
    recurrent_blocks=(0, 1),
    states=("hidden",),
    gates=(Gate("reset", 0, "r"), Gate("update", 1, "z"), Gate("candidate", 2, "n")),
    forward=forward,
    backward=backward,
    formula=formula,
    second=SecondProduct(first_slot=2, blocks=(2,), forward=blend, backward=blend_backward),
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
    onnx=OnnxOperator("GRU"),
)
