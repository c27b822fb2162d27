"""Gated recurrent unit, with the reset gate after the recurrent product as in cuDNN and PyTorch."""

from __future__ import annotations

from typing import Any

from engine.cells._formula import Step, Value
from engine.cells._specification import CANDIDATE_ACTIVATIONS, GATE_ACTIVATIONS, CellSpec, Equation, Gate, OnnxOperator
from engine.kernels.activations import activate, slope
from engine.kernels.jit import LANES
from engine.kernels.steps import backward_step, forward_step
from engine.kernels.vectors import load, store


@forward_step
def forward(
    rows: int, width: int, units: int, z: Any, extra: Any, previous: Any, following: Any, gate: int, candidate: int
) -> None:
    """Slots n (from the input), r, z, n (from the state); the first holds the candidate afterwards."""
    for row in range(rows):
        s = row * width
        for at in range(row * 4 * width, row * 4 * width + width, LANES):
            reset = activate(gate, load(z, at + width))
            update = activate(gate, load(z, at + 2 * width))
            new = activate(candidate, load(z, at) + reset * load(z, at + 3 * width))
            store(z, at, new)
            store(z, at + width, reset)
            store(z, at + 2 * width, update)
            store(following, s, new + update * (load(previous, s) - new))
            s += LANES


@backward_step
def backward(
    rows: int,
    width: int,
    units: int,
    z: Any,
    extra: Any,
    d_extra: Any,
    previous: Any,
    d: Any,
    gate: int,
    candidate: int,
) -> None:
    """The update gate is the direct way back."""
    for row in range(rows):
        s = row * width
        for at in range(row * 4 * width, row * 4 * width + width, LANES):
            new, reset, update = load(z, at), load(z, at + width), load(z, at + 2 * width)
            dh = load(d, s)
            d_new = dh * (1.0 - update) * slope(candidate, new)
            store(z, at, d_new)
            store(z, at + width, d_new * load(z, at + 3 * width) * slope(gate, reset))
            store(z, at + 2 * width, dh * (load(previous, s) - new) * slope(gate, update))
            store(z, at + 3 * width, d_new * reset)
            store(d, s, dh * update)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    (h,) = cell.state
    r_in, z_in, n_in = cell.split(cell.from_input())
    r_rec, z_rec, n_rec = cell.split(cell.from_state(h))
    r, z = cell.gate(r_in + r_rec), cell.gate(z_in + z_rec)
    n = cell.squash(n_in + r * n_rec)
    return ((1 - z) * n + z * h,)


SPECIFICATION = CellSpec(
    key="gru",
    title="GRU",
    order=3,
    summary="Two gates blend the old state with a new one; no separate cell state, fewer parameters than an LSTM.",
    when_to_use="As good as an LSTM on most small data, with a quarter fewer weights.",
    paper="K. Cho et al. (2014), arXiv:1406.1078; reset after the product: cuDNN, PyTorch",
    equations=(
        Equation(
            r"r_t = \sigma(W_{ir} x_t + b_{ir} + W_{hr} h_{t-1} + b_{hr})", "reset gate: how much of the past counts"
        ),
        Equation(
            r"z_t = \sigma(W_{iz} x_t + b_{iz} + W_{hz} h_{t-1} + b_{hz})", "update gate: how much of the state stays"
        ),
        Equation(r"n_t = \tanh(W_{in} x_t + b_{in} + r_t \odot (W_{hn} h_{t-1} + b_{hn}))", "candidate: the new state"),
        Equation(r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}", "hidden state: a blend of old and new"),
    ),
    blocks=("reset", "update", "candidate"),
    slots=4,
    input_blocks=(2, 0, 1),
    recurrent_from=1,
    recurrent_blocks=(0, 1, 2),
    states=("hidden",),
    gates=(Gate("reset", 1, "r"), Gate("update", 2, "z"), Gate("candidate", 0, "n")),
    forward=forward,
    backward=backward,
    formula=formula,
    activations=CANDIDATE_ACTIVATIONS,
    gate_activations=GATE_ACTIVATIONS,
    torch_module="GRU",
    onnx=OnnxOperator("GRU", (("linear_before_reset", 1),)),
)
