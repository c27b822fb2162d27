"""Just another network: an LSTM reduced to its forget gate."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots f, c, and what the shifted gate lets in; the state is the memory itself."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            s_t = load(z, at)
            forget = activate(gate, s_t)
            write = 1.0 - activate(gate, s_t - 1.0)
            new = activate(candidate, load(z, at + width))
            store(z, at, forget)
            store(z, at + width, new)
            store(z, at + 2 * width, write)
            store(following, s, forget * load(previous, s) + write * new)
            s += LANES


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The gate answers for keeping and for writing."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            forget, new, write, dh = load(z, at), load(z, at + width), load(z, at + 2 * width), load(d, s)
            kept = load(previous, s) * slope(gate, forget)
            store(z, at, dh * (kept - new * slope(gate, 1.0 - write)))
            store(z, at + width, dh * write * slope(candidate, new))
            store(d, s, dh * forget)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    s, c = cell.sums(h)
    return (cell.gate(s) * h + (1 - cell.gate(s - 1)) * cell.squash(c),)


SPECIFICATION = CellSpec(
    key="janet",
    title="JANET (forget gate only)",
    order=41,
    summary="An LSTM with nothing but its forget gate; what is forgotten makes room for the new.",
    when_to_use="Half an LSTM's weights; holds its own on long sequences.",
    paper="J. van der Westhuizen, J. Lasenby (2018), Unreasonable effectiveness of the forget gate, arXiv:1804.04849",
    equations=(
        Equation(r"s_t = W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf}", "how strongly the state is to be kept"),
        Equation(r"f_t = \sigma(s_t)", "forget gate: how much is kept"),
        Equation(r"c_t = \tanh(W_{ic} x_t + b_{ic} + W_{hc} h_{t-1} + b_{hc})", "candidate: what would be written"),
        Equation(
            r"h_t = f_t \odot h_{t-1} + (1 - \sigma(s_t - 1)) \odot c_t", "state: a little more is written than is lost"
        ),
    ),
    blocks=("forget", "candidate"),
    slots=3,
    input_blocks=(0, 1),
    recurrent_from=0,
    recurrent_blocks=(0, 1),
    states=("hidden",),
    gates=(Gate("forget", 0, "f"), Gate("candidate", 1, "c")),
    forward=forward,
    backward=backward,
    formula=formula,
    forget_block=0,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
)
