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


STEPS: dict[str, CellStep] = {"elman": elman, "lstm": lstm, "gru": gru}


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
