"""Long short-term memory with a forget gate."""

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
    """Slots i, f, g, o; states h, c."""
    for row in range(rows):
        s = row * 2 * width
        for at in range(row * 4 * width, row * 4 * width + width, LANES):
            i = activate(gate, load(z, at))
            f = activate(gate, load(z, at + width))
            g = activate(candidate, load(z, at + 2 * width))
            o = activate(gate, load(z, at + 3 * width))
            c = f * load(previous, s + width) + i * g
            store(z, at, i)
            store(z, at + width, f)
            store(z, at + 2 * width, g)
            store(z, at + 3 * width, o)
            store(following, s, o * activate(candidate, c))
            store(following, s + width, c)
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
    """The gates' gradients; only the cell state has a direct way back, through the forget gate."""
    for row in range(rows):
        s = row * 2 * width
        for at in range(row * 4 * width, row * 4 * width + width, LANES):
            i, f, g, o = load(z, at), load(z, at + width), load(z, at + 2 * width), load(z, at + 3 * width)
            before = load(previous, s + width)
            squashed = activate(candidate, f * before + i * g)
            dh = load(d, s)
            dc = load(d, s + width) + dh * o * slope(candidate, squashed)
            store(z, at, dc * g * slope(gate, i))
            store(z, at + width, dc * before * slope(gate, f))
            store(z, at + 2 * width, dc * i * slope(candidate, g))
            store(z, at + 3 * width, dh * squashed * slope(gate, o))
            store(d, s, dh * 0.0)
            store(d, s + width, dc * f)
            s += LANES


def formula(cell: Step) -> tuple[Value, ...]:
    """The state after a step, from the state before."""
    h, c = cell.state
    i, f, g, o = cell.sums(h)
    c = cell.gate(f) * c + cell.gate(i) * cell.squash(g)
    return cell.gate(o) * cell.squash(c), c


SPECIFICATION = CellSpec(
    key="lstm",
    title="LSTM",
    order=2,
    summary="A cell state carries memory past the gates that write, keep and read it.",
    when_to_use="The safe first choice: long memories, enough data.",
    paper="S. Hochreiter, J. Schmidhuber (1997), Neural Computation 9; forget gate: F. Gers et al. (2000), ibid. 12",
    equations=(
        Equation(r"i_t = \sigma(W_{ii} x_t + b_{ii} + W_{hi} h_{t-1} + b_{hi})", "input gate: how much is written"),
        Equation(r"f_t = \sigma(W_{if} x_t + b_{if} + W_{hf} h_{t-1} + b_{hf})", "forget gate: how much is kept"),
        Equation(r"g_t = \tanh(W_{ig} x_t + b_{ig} + W_{hg} h_{t-1} + b_{hg})", "candidate: what would be written"),
        Equation(r"o_t = \sigma(W_{io} x_t + b_{io} + W_{ho} h_{t-1} + b_{ho})", "output gate: how much is shown"),
        Equation(r"c_t = f_t \odot c_{t-1} + i_t \odot g_t", "cell state: the memory"),
        Equation(r"h_t = o_t \odot \tanh(c_t)", "hidden state: what the rest of the network sees"),
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
    torch_module="LSTM",
    onnx=OnnxOperator("LSTM"),
)
