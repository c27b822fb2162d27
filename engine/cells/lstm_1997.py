"""Long short-term memory as first published, without a forget gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import BLIND_INPUT, BLIND_OUTPUT, CANDIDATE, HIDDEN
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.memory import OPEN, memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """c = c + i g. Squashed by tanh, where the paper scales sigmoids to that range."""
    memory_forward(
        rows, width, z, extra, previous, following, gate, candidate, candidate, 0, OPEN, 1, 2, 3, False, False
    )


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The whole gradient, where the paper cuts it at the gates."""
    memory_backward(
        rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, OPEN, 1, 2, 3, False, False
    )


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, g, o = cell.sums(h)
    c = c + cell.gate(i) * cell.squash(g)
    return cell.gate(o) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_1997",
    title="LSTM of 1997 (no forget gate)",
    order=20,
    summary="The first LSTM: its memory only ever adds, so that nothing written is lost, and nothing can be dropped.",
    when_to_use="To see what the forget gate is for: on long streams its memory grows without bound.",
    paper="S. Hochreiter, J. Schmidhuber (1997), Long short-term memory, Neural Computation 9, 1735-1780",
    equations=(
        BLIND_INPUT,
        CANDIDATE,
        BLIND_OUTPUT,
        Equation(r"c_t = c_{t-1} + i_t \odot g_t", "cell state: the memory, which only adds"),
        HIDDEN,
    ),
    blocks=("input", "candidate", "output"),
    slots=3,
    input_blocks=(0, 1, 2),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 2),
    states=("hidden", "cell"),
    gates=(Gate("input", 0, "i"), Gate("candidate", 1, "g"), Gate("output", 2, "o")),
    forward=forward,
    backward=backward,
    formula=formula,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
