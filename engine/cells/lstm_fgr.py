"""Greff's LSTM with full gate recurrence."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._memory import CANDIDATE, FORGET_PEEPHOLE, GREFF, HIDDEN, INPUT_PEEPHOLE, MEMORY, OUTPUT_PEEPHOLE
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.memory import memory_backward, memory_forward
from engine.kernels.steps import backward_step, forward_step


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots i, f, o, g; states h, i, f, o, c, of which the product reads the first four."""
    memory_forward(rows, width, z, extra, previous, following, gate, candidate, candidate, 0, 1, 3, 2, 4, True, True)


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The gates' own gradients arrive from the step after."""
    memory_backward(rows, width, z, extra, d_extra, previous, d, gate, candidate, candidate, 0, 1, 3, 2, 4, True, True)


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, i, f, o, c = cell.state
    i_fed, f_fed, o_fed = cell.split(cell.from_gates(i, f, o))
    i, f, g, o = cell.sums(h)
    i, f = cell.gate(i + i_fed + cell.own("weight_ci") * c), cell.gate(f + f_fed + cell.own("weight_cf") * c)
    c = f * c + i * cell.squash(g)
    o = cell.gate(o + o_fed + cell.own("weight_co") * c)
    return o * cell.squash(c), i, f, o, c


SPECIFICATION = CellSpec(
    key="lstm_fgr",
    title="LSTM with full gate recurrence (FGR)",
    order=37,
    summary="The peephole LSTM whose gates also read all gates of the step before, as in the paper of 1997.",
    when_to_use="As an ablation: nine more matrices that helped on no task.",
    paper=GREFF,
    equations=(
        Equation(
            r"i_t = \sigma(\dots + R_{ii} i_{t-1} + R_{fi} f_{t-1} + R_{oi} o_{t-1})",
            "input gate: the peephole LSTM's, and all gates before",
        ),
        Equation(r"f_t = \sigma(\dots + R_{if} i_{t-1} + R_{ff} f_{t-1} + R_{of} o_{t-1})", "forget gate: the same"),
        CANDIDATE,
        Equation(r"o_t = \sigma(\dots + R_{io} i_{t-1} + R_{fo} f_{t-1} + R_{oo} o_{t-1})", "output gate: the same"),
        MEMORY,
        HIDDEN,
    ),
    blocks=("input", "forget", "candidate", "output"),
    slots=4,
    input_blocks=(0, 1, 3, 2),
    recurrent_from=0,
    recurrent_blocks=(0, 1, 3, 2),
    states=("hidden", "input", "forget", "output", "cell"),
    gates=(
        Gate("input", 0, "i"),
        Gate("forget", 1, "f"),
        Gate("candidate", 3, "g"),
        Gate("output", 2, "o", peephole=OUTPUT_PEEPHOLE.name),
    ),
    forward=forward,
    backward=backward,
    formula=formula,
    recurrent_states=4,
    feedback_blocks=(0, 1, 3),
    extras=(INPUT_PEEPHOLE, FORGET_PEEPHOLE, OUTPUT_PEEPHOLE),
    forget_block=1,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
