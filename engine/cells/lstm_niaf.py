"""Greff's LSTM without input activation function."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import (
    FORGET,
    FORGET_PEEPHOLE,
    GREFF,
    HIDDEN,
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
    """g is not squashed."""
    memory_forward(rows, width, z, extra, previous, following, gate, IDENTITY, candidate, 0, 1, 2, 3, 4, True, False)


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """As forward, with g not squashed."""
    memory_backward(rows, width, z, extra, d_extra, previous, d, gate, IDENTITY, candidate, 0, 1, 2, 3, 4, True, False)


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, f, g, o = cell.sums(h)
    i, f = cell.gate(i + cell.own("weight_ci") * c), cell.gate(f + cell.own("weight_cf") * c)
    c = f * c + i * g
    return cell.gate(o + cell.own("weight_co") * c) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_niaf",
    title="LSTM without input activation (NIAF)",
    order=33,
    summary="The peephole LSTM that writes its candidate as it is, without squashing it.",
    when_to_use="As an ablation: without it the LSTM did worse on speech and handwriting, not on music.",
    paper=GREFF,
    equations=(
        INPUT,
        FORGET,
        Equation(r"g_t = W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg}", "candidate: not squashed"),
        OUTPUT,
        MEMORY,
        HIDDEN,
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
        Gate("candidate", 2, "g", squashed=False),
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
