"""No recurrence at all: the same layer at every step, for comparison."""

from __future__ import annotations

from engine.cells._formula import Step, Value
from engine.cells._specification import STATE_ACTIVATIONS, CellSpec, Equation
from engine.cells.elman import backward, forward


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    return (cell.squash(cell.from_input()),)


SPECIFICATION = CellSpec(
    key="feedforward",
    title="Feed-forward (no recurrence)",
    order=60,
    summary="Sees only the step before it and remembers nothing.",
    when_to_use="For comparison: what it can do needs no memory.",
    paper="D. Rumelhart et al. (1986), Learning representations by back-propagating errors, Nature 323, 533-536",
    equations=(Equation(r"h_t = f(W_{ih} x_t + b_{ih})", "the layer's output, f the chosen activation"),),
    blocks=("hidden",),
    slots=1,
    input_blocks=(0,),
    recurrent_from=0,
    recurrent_blocks=(),
    recurrent=False,
    states=("hidden",),
    gates=(),
    forward=forward,
    backward=backward,
    formula=formula,
    activations=STATE_ACTIVATIONS,
    gate_activations=(),
)
