"""The simple recurrent network of Elman (1990)."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import STATE_ACTIVATIONS, CellSpec, Equation, OnnxOperator
from engine.kernels.activations import activate, slope_at
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """h = f(z); the pre-activation stays in z."""
    for at in range(0, rows * width, LANES):
        store(following, at, activate(candidate, load(z, at)))


@backward_step
def backward(
    rows: int,
    width: int,
    units: int,
    z: Any,
    extra: Any,
    d_extra: Any,
    previous: Any,
    d: Any,
    gate: int,
    candidate: int,
) -> None:
    """dz = dh f'(z); nothing reaches the previous state but through the matrix."""
    for at in range(0, rows * width, LANES):
        dh = load(d, at)
        store(z, at, dh * slope_at(candidate, load(z, at)))
        store(d, at, dh * 0.0)


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    return (cell.squash(cell.from_input() + cell.from_state(h)),)


SPECIFICATION = CellSpec(
    key="elman",
    title="Elman (simple RNN)",
    order=1,
    summary="The state is a squashed sum of the input and the state before.",
    when_to_use="Short memories, and to see why gates were invented: its gradients vanish or explode soonest.",
    paper="J. L. Elman (1990), Finding structure in time, Cognitive Science 14, 179-211",
    equations=(
        Equation(r"h_t = f(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})", "the new state, f the chosen activation"),
    ),
    blocks=("hidden",),
    slots=1,
    input_blocks=(0,),
    recurrent_from=0,
    recurrent_blocks=(0,),
    states=("hidden",),
    gates=(),
    forward=forward,
    backward=backward,
    formula=formula,
    activations=STATE_ACTIVATIONS,
    gate_activations=(),
    torch_module="RNN",
    onnx=OnnxOperator("RNN"),
)
