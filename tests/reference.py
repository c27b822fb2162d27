"""Recurrent networks written out plainly: one sequence, one time step, one equation after the other.

Slow and obviously right. Nothing here knows of batches, padding, packing or kernels; the equations are those of
the papers, with PyTorch's names and gate order. Letters: x input, h hidden state, c cell state, p parameters of one
direction of one layer, `s` the gates' activation function, `f` the candidate's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
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
class Masks:
    """What a training step leaves out of one sequence; keys are layers, or layers with directions."""

    between: Mapping[int, Array]  # factors (T, inputs) of what goes into a layer
    recurrent: Mapping[tuple[int, int], Array]  # factors (H,) of what the recurrent product reads
    keep: Mapping[tuple[int, int], Array]  # (T, states, H): 1 where a state is renewed, in the direction's own time


NOTHING = Masks({}, {}, {})


@dataclass(frozen=True)
class Model:
    """What of a network the equations need beside its parameters."""

    cell: str
    directions: int
    widths: tuple[int, ...]
    states: int
    gate: str
    candidate: str
    aligned: bool
    summed: bool = False
    residual: bool = False


def run_cell(model: Model, p: Weights, xs: Array, state: State, keep: Array | None) -> tuple[list[State], State]:
    """States of all steps of one sequence (T, I), and the last."""
    step, found = STEPS[model.cell], []
    for t, x in enumerate(xs):
        new = step(x, state, p, ACTIVATIONS[model.gate], ACTIVATIONS[model.candidate])
        state = new if keep is None else tuple(k * n + (1 - k) * s for k, n, s in zip(keep[t], new, state, strict=True))
        found.append(state)
    return found, state


def dropped(model: Model, p: Weights, mask: Array | None) -> Weights:
    """Weights whose recurrent matrix sees only the hidden units that the mask leaves."""
    if mask is None:
        return p
    factors = np.ones_like(p["weight_hh"])
    factors[: len(mask) if model.cell == "jordan" else None] = mask
    return {**p, "weight_hh": p["weight_hh"] * factors}


def run_sequence(
    model: Model, parameters: Weights, xs: Array, initial: list[Array] | None = None, masks: Masks = NOTHING
) -> tuple[Array, list[Array]]:
    """Answers (T, O) or (O,) and last states of one sequence (T, I) or (T,) tokens.

    States have (states, H) for each layer and direction; `initial` None is what is learned, or zero.
    """
    begin = initial or learned_states(model, parameters)
    below = parameters["embedding.weight"][xs] if xs.ndim == 1 else xs
    last: list[Array] = []
    for layer in range(len(model.widths)):
        outputs = []
        into = below * masks.between.get(layer, 1)
        for direction in range(model.directions):
            suffix = f"_l{layer}" + ("_reverse" if direction else "")
            p = {
                name.removeprefix("rnn.").removesuffix(suffix): value
                for name, value in parameters.items()
                if name.startswith("rnn.") and name.endswith(suffix)
            }
            order = slice(None, None, -1) if direction else slice(None)
            place = (layer, direction)
            first = tuple(begin[layer * model.directions + direction])
            weights = dropped(model, p, masks.recurrent.get(place))
            states, end = run_cell(model, weights, into[order], first, masks.keep.get(place))
            outputs.append(np.stack([state[0] for state in states])[order])
            last.append(np.stack(end))
        ends = [outputs[0][-1], *(backward[0] for backward in outputs[1:])]
        above, read = (joined(model, parts) for parts in (outputs, ends))
        if model.residual and layer > 0 and above.shape == below.shape:
            read = read + residual_ends(model, below)
            above = above + below
        below = above
    answer = below if model.aligned else read
    return answer @ parameters["readout.weight"].T + parameters["readout.bias"], last


def joined(model: Model, parts: list[Array]) -> Array:
    """What a layer hands on of its directions."""
    whole: Array = np.sum(parts, axis=0) if model.summed else np.concatenate(parts, axis=-1)
    return whole


def learned_states(model: Model, parameters: Weights) -> list[Array]:
    """What every sequence begins with, as (states, H) for each layer and direction."""
    found = []
    for layer, units in enumerate(model.widths):
        for direction in range(model.directions):
            suffix = f"_l{layer}" + ("_reverse" if direction else "")
            learned = [v for k, v in parameters.items() if k.startswith("initial.") and k.endswith(suffix)]
            found.append(np.stack(learned) if learned else np.zeros((model.states, units)))
    return found


def residual_ends(model: Model, below: Array) -> Array:
    """What passes by a layer at the last step of each direction; where they are summed, of the first."""
    half = below.shape[1] if model.directions == 1 or model.summed else below.shape[1] // 2
    ends: Array = np.concatenate([below[-1, :half], below[0, half:]])
    return ends


def run_batch(
    model: Model, parameters: Weights, inputs: Array, lengths: NDArray[np.int64], initial: list[Array] | None = None,
    masks: Callable[[int], Masks] = lambda b: NOTHING,
) -> tuple[Array, list[Array]]:  # fmt: skip
    """The same for each sequence (its own length) of a batch, put together as the engine does; 0 past an end.

    `initial` and the last states: (states, B, H) for each layer and direction. `masks` gives those of sequence b.
    """
    values, states = [], []
    for b, length in enumerate(lengths):
        begin = initial and [state[:, b] for state in initial]
        value, state = run_sequence(model, parameters, inputs[:length, b], begin, masks(b))
        if model.aligned:
            value = np.concatenate([value, np.zeros((len(inputs) - length, value.shape[1]))])
        values.append(value)
        states.append(state)
    last = [np.stack(parts, axis=1) for parts in zip(*states, strict=True)]
    return np.stack(values, axis=1 if model.aligned else 0), last


def averaged(each: Array, weights: Array) -> float:
    """The mean over the numbers of an answer, then over the rows that count."""
    return float((each.mean(axis=-1) * weights).sum() / weights.sum())


def mse(outputs: Array, targets: Array, weights: Array) -> float:
    return averaged((outputs - targets) ** 2, weights)


def mae(outputs: Array, targets: Array, weights: Array) -> float:
    return averaged(np.abs(outputs - targets), weights)


def huber(outputs: Array, targets: Array, weights: Array, delta: float = 1.0) -> float:
    """Huber (1964): a parabola up to `delta`, its tangent beyond."""
    size = np.abs(outputs - targets)
    return averaged(np.where(size < delta, size**2 / 2, delta * (size - delta / 2)), weights)


def quantile(outputs: Array, targets: Array, weights: Array, levels: Sequence[float] = (0.1, 0.5, 0.9)) -> float:
    """Koenker & Bassett (1978): too low costs the level, too high the rest to 1; outputs (…, targets · levels)."""
    short = targets[..., None] - outputs.reshape(*targets.shape, len(levels))
    cost = np.maximum(np.array(levels) * short, (np.array(levels) - 1) * short)
    return averaged(cost.reshape(*targets.shape[:-1], -1), weights)


def binary_cross_entropy(outputs: Array, targets: Array, weights: Array) -> float:
    """-log of the chance given to what was the case, of each label alone."""
    return averaged(np.log(1 + np.exp(np.where(targets == 1, -outputs, outputs))), weights)


def cross_entropy(
    outputs: Array, targets: NDArray[np.int32], weights: Array, class_weights: Array | None = None
) -> float:
    """Mean of -log softmax(outputs)[target] over the rows that count, each as much as its class does."""
    counted = weights if class_weights is None else weights * class_weights[targets]
    log_total = np.log(np.exp(outputs - outputs.max(-1, keepdims=True)).sum(-1)) + outputs.max(-1)
    chosen = np.take_along_axis(outputs, targets[..., None].astype(np.int64), -1)[..., 0]
    return float(((log_total - chosen) * counted).sum() / counted.sum())


LOSSES: dict[str, Callable[..., float]] = {
    "mse": mse, "mae": mae, "huber": huber, "quantile": quantile, "binary_cross_entropy": binary_cross_entropy,
    "cross_entropy": cross_entropy,
}  # fmt: skip


def gradient_descent(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    for g in gradients:
        values = values - rate * (g + decay * values)
    return values


def momentum(values: Array, gradients: list[Array], rate: float, decay: float, ahead: bool = False) -> Array:
    """Gradient descent with momentum 0.9, as torch.optim.SGD defines it."""
    velocity = np.zeros_like(values)
    for given in gradients:
        g = given + decay * values
        velocity = 0.9 * velocity + g
        values = values - rate * (g + 0.9 * velocity if ahead else velocity)
    return values


def nesterov(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    return momentum(values, gradients, rate, decay, ahead=True)


def rmsprop(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    square = np.zeros_like(values)
    for given in gradients:
        g = given + decay * values
        square = 0.99 * square + 0.01 * g**2
        values = values - rate * g / (np.sqrt(square) + 1e-8)
    return values


def adagrad(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    square = np.zeros_like(values)
    for given in gradients:
        g = given + decay * values
        square = square + g**2
        values = values - rate * g / (np.sqrt(square) + 1e-10)
    return values


def adam(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    """Kingma & Ba (2015), algorithm 1, over as many steps as there are gradients."""
    mean = square = np.zeros_like(values)
    for t, given in enumerate(gradients, start=1):
        g = given + decay * values
        mean = 0.9 * mean + 0.1 * g
        square = 0.999 * square + 0.001 * g**2
        values = values - rate * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
    return values


def adamw(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    """Adam on the bare gradients, each step after the parameters have shrunk (Loshchilov & Hutter 2019)."""
    mean = square = np.zeros_like(values)
    for t, g in enumerate(gradients, start=1):
        values = values - rate * decay * values
        mean = 0.9 * mean + 0.1 * g
        square = 0.999 * square + 0.001 * g**2
        values = values - rate * (mean / (1 - 0.9**t)) / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
    return values


def nadam(values: Array, gradients: list[Array], rate: float, decay: float) -> Array:
    """Dozat (2016), with the rising momentum of torch.optim.NAdam."""
    mean = square = np.zeros_like(values)
    product = 1.0
    for t, given in enumerate(gradients, start=1):
        g = given + decay * values
        now, following = (0.9 * (1 - 0.5 * 0.96 ** (0.004 * k)) for k in (t, t + 1))
        product *= now
        mean = 0.9 * mean + 0.1 * g
        square = 0.999 * square + 0.001 * g**2
        looked_ahead = following * mean / (1 - product * following) + (1 - now) * g / (1 - product)
        values = values - rate * looked_ahead / (np.sqrt(square / (1 - 0.999**t)) + 1e-8)
    return values


OPTIMIZERS: dict[str, Callable[[Array, list[Array], float, float], Array]] = {
    "sgd": gradient_descent, "momentum": momentum, "nesterov": nesterov, "rmsprop": rmsprop, "adagrad": adagrad,
    "adam": adam, "adamw": adamw, "nadam": nadam,
}  # fmt: skip
