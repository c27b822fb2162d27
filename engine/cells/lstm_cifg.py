"""Greff's LSTM with coupled input and forget gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import CANDIDATE, GREFF, HIDDEN, INPUT, INPUT_PEEPHOLE, MEMORY, OUTPUT, OUTPUT_PEEPHOLE
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate, OnnxOperator
from engine.kernels.memory import COUPLED, memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """f = 1 - i."""
    memory_forward(
        rows, width, z, extra, previous, following, gate, candidate, candidate, 0, COUPLED, 1, 2, 3, True, False
    )


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The input gate answers for both."""
    memory_backward(
        rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, COUPLED, 1, 2, 3, True, False
    )


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, g, o = cell.sums(h)
    i = cell.gate(i + cell.own("weight_ci") * c)
    c = (1 - i) * c + i * cell.squash(g)
    return cell.gate(o + cell.own("weight_co") * c) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_cifg",
    title="LSTM with coupled gates (CIFG)",
    order=35,
    summary="The peephole LSTM that forgets exactly as much as it writes, as a GRU does.",
    when_to_use="A quarter fewer weights than an LSTM; as good on every task that the authors tried.",
    paper=GREFF,
    equations=(
        INPUT,
        CANDIDATE,
        OUTPUT,
        Equation(r"f_t = 1 - i_t", "forget gate: what is not written is kept"),
        MEMORY,
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
    forget_block=0,
    forget_bias=-1.0,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
    onnx=OnnxOperator("LSTM", (("input_forget", 1),)),
)
