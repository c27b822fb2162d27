"""Greff's LSTM without output activation function."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import (
    CANDIDATE,
    FORGET,
    FORGET_PEEPHOLE,
    GREFF,
    INPUT,
    INPUT_PEEPHOLE,
    MEMORY,
    OUTPUT,
    OUTPUT_PEEPHOLE,
)
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.activations import IDENTITY
from engine.kernels.memory import memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """c is not squashed."""
    memory_forward(rows, width, z, extra, previous, following, gate, candidate, IDENTITY, 0, 1, 2, 3, 4, True, False)


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """As forward, with c not squashed."""
    memory_backward(rows, width, z, extra, d_extra, previous, d, gate, candidate, IDENTITY, 0, 1, 2, 3, 4, True, False)


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, f, g, o = cell.sums(h)
    i, f = cell.gate(i + cell.own("weight_ci") * c), cell.gate(f + cell.own("weight_cf") * c)
    c = f * c + i * cell.squash(g)
    return cell.gate(o + cell.own("weight_co") * c) * c, c


SPECIFICATION = CellSpec(
    key="lstm_noaf",
    title="LSTM without output activation (NOAF)",
    order=34,
    summary="The peephole LSTM that shows its memory as it is, without squashing it.",
    when_to_use="As an ablation: without it the LSTM did clearly worse on every task.",
    paper=GREFF,
    equations=(
        INPUT,
        FORGET,
        CANDIDATE,
        OUTPUT,
        MEMORY,
        Equation(r"h_t = o_t \odot c_t", "hidden state: the memory, not squashed"),
    ),
    blocks=("input", "forget", "candidate", "output"),
    slots=4,
    input_blocks=(0, 1, 2, 3),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 2, 3),
    states=("hidden", "cell"),
    gates=(
        Gate("input", 0, "i"),
        Gate("forget", 1, "f"),
        Gate("candidate", 2, "g"),
        Gate("output", 3, "o", peephole=OUTPUT_PEEPHOLE.name),
    ),
    forward=forward,
    backward=backward,
    formula=formula,
    extras=(INPUT_PEEPHOLE, FORGET_PEEPHOLE, OUTPUT_PEEPHOLE),
    forget_block=1,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
