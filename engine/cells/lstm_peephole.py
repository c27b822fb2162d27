"""LSTM whose gates see the memory: the vanilla LSTM of Greff et al."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import (
    CANDIDATE,
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
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Gate, OnnxOperator
from engine.kernels.memory import memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots i, f, g, o; states h, c."""
    memory_forward(rows, width, z, extra, previous, following, gate, candidate, candidate, 0, 1, 2, 3, 4, True, False)


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The memory also has a way back through the peepholes."""
    memory_backward(rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, 1, 2, 3, 4, True, False)


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, f, g, o = cell.sums(h)
    i, f = cell.gate(i + cell.own("weight_ci") * c), cell.gate(f + cell.own("weight_cf") * c)
    c = f * c + i * cell.squash(g)
    return cell.gate(o + cell.own("weight_co") * c) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm_peephole",
    title="Peephole LSTM",
    order=21,
    summary="An LSTM whose gates also look at the memory they guard.",
    when_to_use="Where timing counts, such as intervals between events; otherwise seldom better than a plain LSTM.",
    paper="F. Gers, J. Schmidhuber (2000), Recurrent nets that time and count, IJCNN; vanilla in " + GREFF,
    equations=(
        INPUT,
        FORGET,
        CANDIDATE,
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
    onnx=OnnxOperator("LSTM"),
)
