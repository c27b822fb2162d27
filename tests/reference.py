"""Recurrent networks written out plainly: one sequence, one time step, one equation after the other.

Slow and obviously right. Nothing here knows of batches, padding, packing or kernels; the equations are those of
the papers, with PyTorch's names and gate order. Letters: x input, h hidden state, c cell state, p parameters of one
direction of one layer, `s` the gates' activation function, `f` the candidate's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
State: TypeAlias = tuple[Array, ...]
Function: TypeAlias = Callable[[Array], Array]
Weights: TypeAlias = Mapping[str, Array]
CellStep: TypeAlias = Callable[[Array, State, Weights, Function, Function], State]

GELU_FACTOR = math.sqrt(2 / math.pi)

ACTIVATIONS: dict[str, Function] = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "relu": lambda x: np.maximum(x, 0),
    "identity": lambda x: x,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "gelu": lambda x: 0.5 * x * (1 + np.tanh(GELU_FACTOR * (x + 0.044715 * x**3))),
}


def from_input(p: Weights, x: Array, blocks: int) -> list[Array]:
    """W_ih x + b_ih, one array for each block."""
    return np.split(p["weight_ih"] @ x + p["bias_ih"], blocks)


def from_state(p: Weights, h: Array, blocks: int) -> list[Array]:
    """W_hh h + b_hh, one array for each block."""
    return np.split(p["weight_hh"] @ h + p["bias_hh"], blocks)


def sums(p: Weights, x: Array, h: Array, blocks: int) -> list[Array]:
    """Both, added."""
    return [a + b for a, b in zip(from_input(p, x, blocks), from_state(p, h, blocks), strict=True)]


def elman(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    return (f(sums(p, x, state[0], 1)[0]),)


def lstm(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, forget, g, o = sums(p, x, h, 4)
    c = s(forget) * c + s(i) * f(g)
    return s(o) * f(c), c


def gru(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    (h,) = state
    r_in, z_in, n_in = from_input(p, x, 3)
    r_rec, z_rec, n_rec = from_state(p, h, 3)
    r, z = s(r_in + r_rec), s(z_in + z_rec)
    n = f(n_in + r * n_rec)
    return ((1 - z) * n + z * h,)


def jordan(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    (y,) = state
    to_hidden, to_output = np.split(p["weight_hh"], 2)
    b_hidden, b_output = np.split(p["bias_hh"], 2)
    u = f(p["weight_ih"] @ x + p["bias_ih"] + to_hidden @ y + b_hidden)
    return (f(to_output @ u + b_output),)


def gru_reset_before(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    (h,) = state
    r_in, z_in, n_in = from_input(p, x, 3)
    r_rec, z_rec, _ = from_state(p, h, 3)
    r, z = s(r_in + r_rec), s(z_in + z_rec)
    n = f(n_in + from_state(p, r * h, 3)[2])
    return ((1 - z) * n + z * h,)


def mgu(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    (h,) = state
    f_in, n_in = from_input(p, x, 2)
    forget = s(f_in + from_state(p, h, 2)[0])
    n = f(n_in + from_state(p, forget * h, 2)[1])
    return ((1 - forget) * h + forget * n,)


def ugrnn(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    (h,) = state
    gate, c = sums(p, x, h, 2)
    return (s(gate) * h + (1 - s(gate)) * f(c),)


def janet(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    (h,) = state
    forget, c = sums(p, x, h, 2)
    return (s(forget) * h + (1 - s(forget - 1)) * f(c),)


def indrnn(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    return (f(from_input(p, x, 1)[0] + p["weight_hh"] * state[0]),)


def mingru(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    z, n = from_input(p, x, 2)
    return ((1 - s(z)) * state[0] + s(z) * f(n),)


def minlstm(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    forget, i, n = from_input(p, x, 3)
    total = s(forget) + s(i)
    return (s(forget) / total * state[0] + s(i) / total * f(n),)


def feedforward(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    return (f(from_input(p, x, 1)[0]),)


def lstm_1997(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, g, o = sums(p, x, h, 3)
    c = c + s(i) * f(g)
    return s(o) * f(c), c


def lstm_peephole(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, forget, g, o = sums(p, x, h, 4)
    c = s(forget + p["weight_cf"] * c) * c + s(i + p["weight_ci"] * c) * f(g)
    return s(o + p["weight_co"] * c) * f(c), c


def lstm_nig(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    forget, g, o = sums(p, x, h, 3)
    c = s(forget + p["weight_cf"] * c) * c + f(g)
    return s(o + p["weight_co"] * c) * f(c), c


def lstm_nfg(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, g, o = sums(p, x, h, 3)
    c = c + s(i + p["weight_ci"] * c) * f(g)
    return s(o + p["weight_co"] * c) * f(c), c


def lstm_nog(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, forget, g = sums(p, x, h, 3)
    c = s(forget + p["weight_cf"] * c) * c + s(i + p["weight_ci"] * c) * f(g)
    return f(c), c


def lstm_niaf(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, forget, g, o = sums(p, x, h, 4)
    c = s(forget + p["weight_cf"] * c) * c + s(i + p["weight_ci"] * c) * g
    return s(o + p["weight_co"] * c) * f(c), c


def lstm_noaf(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, forget, g, o = sums(p, x, h, 4)
    c = s(forget + p["weight_cf"] * c) * c + s(i + p["weight_ci"] * c) * f(g)
    return s(o + p["weight_co"] * c) * c, c


def lstm_cifg(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    i, g, o = sums(p, x, h, 3)
    written = s(i + p["weight_ci"] * c)
    c = (1 - written) * c + written * f(g)
    return s(o + p["weight_co"] * c) * f(c), c


def lstm_fgr(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, i, forget, o, c = state
    i_fed, f_fed, o_fed = np.split(p["weight_gg"] @ np.concatenate([i, forget, o]), 3)
    i_sum, f_sum, g, o_sum = sums(p, x, h, 4)
    i = s(i_sum + i_fed + p["weight_ci"] * c)
    forget = s(f_sum + f_fed + p["weight_cf"] * c)
    c = forget * c + i * f(g)
    o = s(o_sum + o_fed + p["weight_co"] * c)
    return o * f(c), i, forget, o, c


def normalized(x: Array) -> Array:
    result: Array = (x - x.mean()) / np.sqrt(x.var() + 1e-5)
    return result


def lstm_layer_norm(x: Array, state: State, p: Weights, s: Function, f: Function) -> State:
    h, c = state
    inward, inner = normalized(p["weight_ih"] @ x), normalized(p["weight_hh"] @ h)
    i, forget, g, o = np.split(p["gain_ih"] * inward + p["gain_hh"] * inner + p["bias_ih"], 4)
    c = s(forget) * c + s(i) * f(g)
    return s(o) * f(p["gain_cell"] * normalized(c) + p["bias_cell"]), c


STEPS: dict[str, CellStep] = {
    "elman": elman, "jordan": jordan, "lstm": lstm, "gru": gru, "gru_reset_before": gru_reset_before,
    "lstm_1997": lstm_1997, "lstm_peephole": lstm_peephole, "lstm_nig": lstm_nig, "lstm_nfg": lstm_nfg,
    "lstm_nog": lstm_nog, "lstm_niaf": lstm_niaf, "lstm_noaf": lstm_noaf, "lstm_cifg": lstm_cifg, "lstm_np": lstm,
    "lstm_fgr": lstm_fgr, "lstm_layer_norm": lstm_layer_norm, "mgu": mgu, "ugrnn": ugrnn, "janet": janet,
    "indrnn": indrnn, "mingru": mingru, "minlstm": minlstm, "feedforward": feedforward,
}  # fmt: skip


@dataclass(frozen=True)
class Model:
    """What of a network the equations need beside its parameters."""

    cell: str
    layers: int
    directions: int
    hidden: int
    states: int
    gate: str
    candidate: str
    aligned: bool


def run_cell(model: Model, p: Weights, xs: Array, state: State) -> tuple[list[State], State]:
    """States of all steps of one sequence (T, I), and the last."""
    step, found = STEPS[model.cell], []
    for x in xs:
        state = step(x, state, p, ACTIVATIONS[model.gate], ACTIVATIONS[model.candidate])
        found.append(state)
    return found, state


def run_sequence(model: Model, parameters: Weights, xs: Array, initial: Array | None = None) -> tuple[Array, Array]:
    """Answers (T, O) or (O,) and last states (layers · directions, states, H) of one sequence (T, I) or (T,) tokens.

    `initial` has the shape of the last states; None is zero.
    """
    begin = np.zeros((model.layers * model.directions, model.states, model.hidden)) if initial is None else initial
    below = parameters["embedding.weight"][xs] if xs.ndim == 1 else xs
    last = []
    for layer in range(model.layers):
        outputs, ends = [], []
        for direction in range(model.directions):
            suffix = f"_l{layer}" + ("_reverse" if direction else "")
            p = {
                name.removeprefix("rnn.").removesuffix(suffix): value
                for name, value in parameters.items()
                if name.startswith("rnn.") and name.endswith(suffix)
            }
            order = slice(None, None, -1) if direction else slice(None)
            states, end = run_cell(model, p, below[order], tuple(begin[layer * model.directions + direction]))
            outputs.append(np.stack([state[0] for state in states])[order])
            ends.append(end[0])
            last.append(np.stack(end))
        below = np.concatenate(outputs, axis=1)
    read = below if model.aligned else np.concatenate(ends)
    return read @ parameters["readout.weight"].T + parameters["readout.bias"], np.stack(last)


def run_batch(
    model: Model, parameters: Weights, inputs: Array, lengths: NDArray[np.int64], initial: Array | None = None
) -> tuple[Array, Array]:
    """The same for each sequence (its own length) of a batch, put together as the engine does; 0 past an end.

    `initial` and the last states: (layers · directions, states, B, H).
    """
    values, states = [], []
    for b, length in enumerate(lengths):
        begin = None if initial is None else initial[:, :, b]
        value, state = run_sequence(model, parameters, inputs[:length, b], begin)
        if model.aligned:
            value = np.concatenate([value, np.zeros((len(inputs) - length, value.shape[1]))])
        values.append(value)
        states.append(state)
    return np.stack(values, axis=1 if model.aligned else 0), np.stack(states, axis=2)


def mse(outputs: Array, targets: Array, weights: Array) -> float:
    """Mean squared error over the rows that count."""
    return float((((outputs - targets) ** 2).mean(axis=-1) * weights).sum() / weights.sum())


def cross_entropy(outputs: Array, targets: NDArray[np.int32], weights: Array) -> float:
    """Mean of -log softmax(outputs)[target] over the rows that count."""
    log_total = np.log(np.exp(outputs - outputs.max(-1, keepdims=True)).sum(-1)) + outputs.max(-1)
    chosen = np.take_along_axis(outputs, targets[..., None].astype(np.int64), -1)[..., 0]
    return float(((log_total - chosen) * weights).sum() / weights.sum())


LOSSES: dict[str, Callable[..., float]] = {"mse": mse, "cross_entropy": cross_entropy}


def adam(values: Array, gradients: list[Array], rate: float) -> Array:
    """Kingma & Ba (2015), algorithm 1, over as many steps as there are gradients."""
    mean = square = np.zeros_like(values)
    for t, g in enumerate(gradients, start=1):
        mean = 0.9 * mean + 0.1 * g
        square = 0.999 * square + 0.001 * g**2
        values = values - rate * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
    return values


def sgd(values: Array, gradients: list[Array], rate: float) -> Array:
    """Gradient descent with momentum 0.9, as torch.optim.SGD defines it."""
    velocity = np.zeros_like(values)
    for g in gradients:
        velocity = 0.9 * velocity + g
        values = values - rate * velocity
    return values


OPTIMIZERS: dict[str, Callable[[Array, list[Array], float], Array]] = {"adam": adam, "sgd": sgd}
