"""Greff's LSTM without peepholes."""

from __future__ import annotations

from typing import Any

from engine.cells._memory import BLIND_FORGET, BLIND_INPUT, BLIND_OUTPUT, CANDIDATE, GREFF, HIDDEN, MEMORY
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Gate, OnnxOperator
from engine.cells.lstm import formula
from engine.kernels.memory import memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots i, f, g, o; states h, c."""
    memory_forward(rows, width, z, extra, previous, following, gate, candidate, candidate, 0, 1, 2, 3, 4, False, False)


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """Only the memory has a direct way back."""
    memory_backward(
        rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, 1, 2, 3, 4, False, False
    )


SPECIFICATION = CellSpec(
    key="lstm_np",
    title="LSTM without peepholes (NP)",
    order=36,
    summary="The peephole LSTM whose gates do not see the memory: the usual LSTM of today.",
    when_to_use="As an ablation: it computes what LSTM does, so peepholes can be judged beside the other seven.",
    paper=GREFF,
    equations=(
        BLIND_INPUT,
        BLIND_FORGET,
        CANDIDATE,
        BLIND_OUTPUT,
        MEMORY,
        HIDDEN,
    ),
    blocks=("input", "forget", "candidate", "output"),
    slots=4,
    input_blocks=(0, 1, 2, 3),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 2, 3),
    states=("hidden", "cell"),
    gates=(Gate("input", 0, "i"), Gate("forget", 1, "f"), Gate("candidate", 2, "g"), Gate("output", 3, "o")),
    forward=forward,
    backward=backward,
    formula=formula,
    forget_block=1,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
    onnx=OnnxOperator("LSTM"),
)
