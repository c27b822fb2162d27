"""Greff's LSTM without forget gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import CANDIDATE, GREFF, HIDDEN, INPUT, INPUT_PEEPHOLE, OUTPUT, OUTPUT_PEEPHOLE
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.memory import OPEN, memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """f = 1."""
    memory_forward(
        rows, width, z, extra, previous, following, gate, candidate, candidate, 0, OPEN, 1, 2, 3, True, False
    )


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """As forward, with f = 1."""
    memory_backward(
        rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, OPEN, 1, 2, 3, True, False
    )


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, g, o = cell.sums(h)
    c = c + cell.gate(i + cell.own("weight_ci") * c) * cell.squash(g)
    return cell.gate(o + cell.own("weight_co") * c) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_nfg",
    title="LSTM without forget gate (NFG)",
    order=31,
    summary="The peephole LSTM with the forget gate always open: everything is kept.",
    when_to_use="As an ablation: without a forget gate the LSTM did clearly worse on every task.",
    paper=GREFF,
    equations=(
        INPUT,
        CANDIDATE,
        OUTPUT,
        Equation(r"c_t = c_{t-1} + i_t \odot g_t", "cell state: everything is kept"),
        HIDDEN,
    ),
    blocks=("input", "candidate", "output"),
    slots=3,
    input_blocks=(0, 1, 2),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 2),
    states=("hidden", "cell"),
    gates=(Gate("input", 0, "i"), Gate("candidate", 1, "g"), Gate("output", 2, "o", peephole=OUTPUT_PEEPHOLE.name)),
    forward=forward,
    backward=backward,
    formula=formula,
    extras=(INPUT_PEEPHOLE, OUTPUT_PEEPHOLE),
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
