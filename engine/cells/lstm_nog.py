"""Greff's LSTM without output gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import CANDIDATE, FORGET, FORGET_PEEPHOLE, GREFF, INPUT, INPUT_PEEPHOLE, MEMORY
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.memory import OPEN, memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """o = 1."""
    memory_forward(
        rows, width, z, extra, previous, following, gate, candidate, candidate, 0, 1, 2, OPEN, 3, True, False
    )


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """As forward, with o = 1."""
    memory_backward(
        rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, 1, 2, OPEN, 3, True, False
    )


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, f, g = cell.sums(h)
    i, f = cell.gate(i + cell.own("weight_ci") * c), cell.gate(f + cell.own("weight_cf") * c)
    c = f * c + i * cell.squash(g)
    return cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_nog",
    title="LSTM without output gate (NOG)",
    order=32,
    summary="The peephole LSTM with the output gate always open: the whole memory is shown.",
    when_to_use="As an ablation: without it the LSTM did worse on speech and handwriting, not on music.",
    paper=GREFF,
    equations=(
        INPUT,
        FORGET,
        CANDIDATE,
        MEMORY,
        Equation(r"h_t = \tanh(c_t)", "hidden state: the whole memory"),
    ),
    blocks=("input", "forget", "candidate"),
    slots=3,
    input_blocks=(0, 1, 2),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 2),
    states=("hidden", "cell"),
    gates=(Gate("input", 0, "i"), Gate("forget", 1, "f"), Gate("candidate", 2, "g")),
    forward=forward,
    backward=backward,
    formula=formula,
    extras=(INPUT_PEEPHOLE, FORGET_PEEPHOLE),
    forget_block=1,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
