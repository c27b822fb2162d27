"""Greff's LSTM without input gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import CANDIDATE, FORGET, FORGET_PEEPHOLE, GREFF, HIDDEN, OUTPUT, OUTPUT_PEEPHOLE
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.memory import OPEN, memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """i = 1."""
    memory_forward(
        rows, width, z, extra, previous, following, gate, candidate, candidate, OPEN, 0, 1, 2, 3, True, False
    )


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """As forward, with i = 1."""
    memory_backward(
        rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, OPEN, 0, 1, 2, 3, True, False
    )


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    f, g, o = cell.sums(h)
    c = cell.gate(f + cell.own("weight_cf") * c) * c + cell.squash(g)
    return cell.gate(o + cell.own("weight_co") * c) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_nig",
    title="LSTM without input gate (NIG)",
    order=30,
    summary="The peephole LSTM with the input gate always open: everything is written.",
    when_to_use="As an ablation: without it the LSTM did worse on speech and handwriting, not on music.",
    paper=GREFF,
    equations=(
        FORGET,
        CANDIDATE,
        OUTPUT,
        Equation(r"c_t = f_t \odot c_{t-1} + g_t", "cell state: everything is written"),
        HIDDEN,
    ),
    blocks=("forget", "candidate", "output"),
    slots=3,
    input_blocks=(0, 1, 2),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 2),
    states=("hidden", "cell"),
    gates=(Gate("forget", 0, "f"), Gate("candidate", 1, "g"), Gate("output", 2, "o", peephole=OUTPUT_PEEPHOLE.name)),
    forward=forward,
    backward=backward,
    formula=formula,
    extras=(FORGET_PEEPHOLE, OUTPUT_PEEPHOLE),
    forget_block=0,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
