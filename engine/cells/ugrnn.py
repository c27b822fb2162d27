"""The update-gate recurrent network: a GRU with one gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots g, c."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            update = activate(gate, load(z, at))
            new = activate(candidate, load(z, at + width))
            store(z, at, update)
            store(z, at + width, new)
            store(following, s, new + update * (load(previous, s) - new))
            s += LANES


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The gate is the direct way back."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            update, new, dh = load(z, at), load(z, at + width), load(d, s)
            store(z, at, dh * (load(previous, s) - new) * slope(gate, update))
            store(z, at + width, dh * (1.0 - update) * slope(candidate, new))
            store(d, s, dh * update)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    g, c = cell.sums(h)
    g = cell.gate(g)
    return (g * h + (1 - g) * cell.squash(c),)


SPECIFICATION = CellSpec(
    key="ugrnn",
    title="UGRNN",
    order=42,
    summary="One gate blends the old state with a new one.",
    when_to_use="As easy to train as a GRU with two thirds of its weights.",
    paper="J. Collins, J. Sohl-Dickstein, D. Sussillo (2017), arXiv:1611.09913",
    equations=(
        Equation(
            r"g_t = \sigma(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg})", "update gate: how much of the state stays"
        ),
        Equation(r"c_t = \tanh(W_{ic} x_t + b_{ic} + W_{hc} h_{t-1} + b_{hc})", "candidate: the new state"),
        Equation(r"h_t = g_t \odot h_{t-1} + (1 - g_t) \odot c_t", "hidden state: a blend of old and new"),
    ),
    blocks=("update", "candidate"),
    slots=2,
    input_blocks=(0, 1),
    recurrent_from=0,
    recurrent_blocks=(0, 1),
    states=("hidden",),
    gates=(Gate("update", 0, "g"), Gate("candidate", 1, "c")),
    forward=forward,
    backward=backward,
    formula=formula,
    forget_block=0,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
