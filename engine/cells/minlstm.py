"""minLSTM: an LSTM whose gates and candidate do not see the state."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import CellSpec, Equation, Gate
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store

TINY = 1e-30  # both gates may have closed to the last bit


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots f, i, n; no recurrent product. The gates share out one whole."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            forget = activate(gate, load(z, at))
            write = activate(gate, load(z, at + width))
            new = activate(candidate, load(z, at + 2 * width))
            store(z, at, forget)
            store(z, at + width, write)
            store(z, at + 2 * width, new)
            store(following, s, (forget * load(previous, s) + write * new) / (forget + write + TINY))
            s += LANES


@backward_step
def backward(
    rows: int, width: int, units: int, z: Any, extra: Any, d_extra: Any, previous: Any, d: Any, gate: int,
    candidate: int,
) -> None:  # fmt: skip
    """The share that is kept is the only way back."""
    for row in range(rows):
        s = row * width
        for at in range(row * 3 * width, row * 3 * width + width, LANES):
            forget, write, new = load(z, at), load(z, at + width), load(z, at + 2 * width)
            share = load(d, s) / (forget + write + TINY)
            turn = share * (load(previous, s) - new) / (forget + write + TINY)
            store(z, at, turn * write * slope(gate, forget))
            store(z, at + width, 0.0 - turn * forget * slope(gate, write))
            store(z, at + 2 * width, share * write * slope(candidate, new))
            store(d, s, share * forget)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    f, i, n = cell.split(cell.from_input())
    f, i = cell.gate(f), cell.gate(i)
    return ((f * h + i * cell.squash(n)) / (f + i + 1e-30),)  # both gates may have closed to the last bit


SPECIFICATION = CellSpec(
    key="minlstm",
    title="minLSTM",
    order=53,
    summary="An LSTM stripped of every look at its own state; what is kept and what is written add up to one.",
    when_to_use="Long sequences at a fraction of the time of an LSTM; stack two or three layers.",
    paper="L. Feng et al. (2024), Were RNNs all we needed?, arXiv:2410.01201",
    equations=(
        Equation(r"f_t = \sigma(W_{if} x_t + b_{if})", "forget gate"),
        Equation(r"i_t = \sigma(W_{ii} x_t + b_{ii})", "input gate"),
        Equation(r"n_t = W_{in} x_t + b_{in}", "candidate: what would be written"),
        Equation(
            r"h_t = \frac{f_t}{f_t + i_t} \odot h_{t-1} + \frac{i_t}{f_t + i_t} \odot n_t",
            "state: the gates say which share is kept and which is new",
        ),
    ),
    blocks=("forget", "input", "candidate"),
    slots=3,
    input_blocks=(0, 1, 2),
    recurrent_from=0,
    recurrent_blocks=(),
    states=("hidden",),
    gates=(Gate("forget", 0, "f"), Gate("input", 1, "i"), Gate("candidate", 2, "n")),
    forward=forward,
    backward=backward,
    formula=formula,
    forget_block=0,
    activations=("identity",),
)
