"""The network of Jordan (1986): what comes back is the output, not the hidden layer."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import STATE_ACTIVATIONS, CellSpec, Equation, SecondProduct
from engine.kernels.activations import activate, slope_at
from engine.kernels.jit import LANES
from engine.kernels.two_stage import stage
from engine.kernels.vectors import load, store


@stage
def forward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots hidden layer, output; the pre-activations stay in z."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            store(inner, s, activate(candidate, load(z, at)))
            s += LANES


@stage
def answer(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, following: Any, gate: int, candidate: int
) -> None:
    """The output, which is the state."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            store(following, s, activate(candidate, load(z, at + width)))
            s += LANES


@stage
def answer_backward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, d: Any, gate: int, candidate: int
) -> None:
    """The output reaches the next step only through the matrix."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            dy = load(d, s)
            store(z, at + width, dy * slope_at(candidate, load(z, at + width)))
            store(d, s, dy * 0.0)
            s += LANES


@stage
def backward(
    rows: int, width: int, units: int, z: Any, previous: Any, inner: Any, d: Any, gate: int, candidate: int
) -> None:
    """The hidden layer."""
    for row in range(rows):
        s = row * width
        for at in range(row * 2 * width, row * 2 * width + width, LANES):
            store(z, at, load(inner, s) * slope_at(candidate, load(z, at)))
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (y,) = cell.state
    u = cell.squash(cell.from_input() + cell.from_state(y, 0, 1))
    return (cell.squash(cell.from_state(u, 1, 2)),)


SPECIFICATION = CellSpec(
    key="jordan",
    title="Jordan",
    order=10,
    summary="A hidden layer reads the input and the network's last output, which is all it remembers.",
    when_to_use="To compare with Elman's: its memory is what it has shown, no more.",
    paper="M. I. Jordan (1986), Attractor dynamics and parallelism in a connectionist sequential machine, CogSci",
    equations=(
        Equation(r"u_t = f(W_{ih} x_t + b_{ih} + W_{yu} y_{t-1} + b_{yu})", "hidden layer, f the chosen activation"),
        Equation(r"y_t = f(W_{uy} u_t + b_{uy})", "output: what is shown and fed back"),
    ),
    blocks=("hidden", "output"),
    slots=2,
    input_blocks=(0,),
    recurrent_from=0,
    recurrent_blocks=(0,),
    states=("hidden",),
    gates=(),
    forward=forward,
    backward=backward,
    formula=formula,
    second=SecondProduct(first_slot=1, blocks=(1,), forward=answer, backward=answer_backward, of_state=False),
    activations=STATE_ACTIVATIONS,
    gate_activations=(),
)
