"""minGRU: a GRU whose gate and candidate do not see the state."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots z, n; no recurrent product."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            update = activate(gate, load(z, at))
            new = activate(candidate, load(z, at + width))
            before = load(previous, s)
            store(z, at, update)
            store(z, at + width, new)
            store(following, s, before + update * (new - before))
            s += LANES


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """What is not replaced is the only way back."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            update, new, dh = load(z, at), load(z, at + width), load(d, s)
            store(z, at, dh * (new - load(previous, s)) * slope(gate, update))
            store(z, at + width, dh * update * slope(candidate, new))
            store(d, s, dh * (1.0 - update))
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    z, n = cell.split(cell.from_input())
    z = cell.gate(z)
    return ((1 - z) * h + z * cell.squash(n),)


SPECIFICATION = CellSpec(
    key="mingru",
    title="minGRU",
    order=52,
    summary="A GRU stripped of every look at its own state: a running average whose pace the input sets.",
    when_to_use="Long sequences at a fraction of the time of a GRU; stack two or three layers.",
    paper="L. Feng et al. (2024), Were RNNs all we needed?, arXiv:2410.01201",
    equations=(
        Equation(r"z_t = \sigma(W_{iz} x_t + b_{iz})", "update gate: how much of the state is replaced"),
        Equation(r"n_t = W_{in} x_t + b_{in}", "candidate: the new state"),
        Equation(r"h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t", "hidden state: a blend of old and new"),
    ),
    blocks=("update", "candidate"),
    slots=2,
    input_blocks=(0, 1),
    recurrent_from=0,
    recurrent_blocks=(),
    states=("hidden",),
    gates=(Gate("update", 0, "z"), Gate("candidate", 1, "n")),
    forward=forward,
    backward=backward,
    formula=formula,
    activations=("identity",),
    gate_activations=GATE_ACTIVATIONS,
)
