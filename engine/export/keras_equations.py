"""The recurrent layers of Keras in NumPy, by the equations of its documentation, on weights in its own layout.

``LSTM``: kernel (I, 4 H) with the gates i, f, c, o, one bias. ``GRU``: gates z, r, h; with `reset_after` a bias of two
rows, for the input and for the state, and the reset gate after the product. ``SimpleRNN``: kernel (I, H).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.export.numpy_network import FUNCTIONS

Weights = Mapping[str, NDArray[Any]]
State = tuple[NDArray[Any], ...]


def keras_answers(description: Mapping[str, Any], weights: Weights, x: NDArray[Any]) -> NDArray[Any]:
    """Answers (B, T, O) or (B, O) to `x`, (B, T, I) numbers or (B, T) tokens, of a stack of layers and a Dense layer.

    `description`: layer, reset_after, activation, recurrent_activation, layers (names by layer), merge, sequences.
    """
    if "embedding/embeddings" in weights:
        x = weights["embedding/embeddings"][x]
    for place, names in enumerate(description["layers"]):
        last = place == len(description["layers"]) - 1 and not description["sequences"]
        found = [_layer(description, weights, name, x) for name in names]
        x = _merged(description, [state[0] if last else hidden for hidden, state in found])
    return x @ weights["readout/kernel"] + weights["readout/bias"]


def keras_written(told: Mapping[str, Any], weights: Weights, x: NDArray[Any], before: NDArray[Any]) -> NDArray[Any]:
    """Answers (B, U, O) to what is read, tokens (B, S), numbers (B, S, I) or a vector (B, I), and written before.

    `told`: encoder and decoder, each as of `keras_answers`; attention, states, bridged, repeat_input.
    """
    ends: list[list[list[NDArray[Any]]]] = [[[x] for _ in told["states"]] for _ in told["decoder"]["layers"]]
    if told["encoder"]:
        x, ends = _read(told["encoder"], weights, x)
    y = weights["embedding_target/embeddings"][before] if "embedding_target/embeddings" in weights else before
    if told["repeat_input"]:
        y = np.concatenate([y, np.repeat(x[:, None], y.shape[1], axis=1)], axis=-1)
    for level, ((name,), kinds) in enumerate(zip(told["decoder"]["layers"], ends, strict=True)):
        state = [np.concatenate(ways, axis=-1) for ways in kinds]
        if told["bridged"]:
            names = [f"bridge_{kind}_l{level}" for kind in told["states"]]
            state = [end @ weights[f"{n}/kernel"] + weights[f"{n}/bias"] for n, end in zip(names, state, strict=True)]
        y, _ = _layer(told["decoder"], weights, f"decoder_{name}", y, tuple(state))
    if told["attention"] != "none":
        y = _attended(weights, x, y)
    return y @ weights["readout/kernel"] + weights["readout/bias"]


def _read(
    description: Mapping[str, Any], weights: Weights, x: NDArray[Any]
) -> tuple[NDArray[Any], list[list[list[NDArray[Any]]]]]:
    """What an encoder says at every step, and its last states by layer, kind and direction."""
    if "embedding_source/embeddings" in weights:
        x = weights["embedding_source/embeddings"][x]
    ends = []
    for names in description["layers"]:
        found = [_layer(description, weights, f"encoder_{name}", x) for name in names]
        x = _merged(description, [hidden for hidden, _ in found])
        ends.append([list(ways) for ways in zip(*(state for _, state in found), strict=True)])
    return x, ends


def _attended(weights: Weights, memory: NDArray[Any], y: NDArray[Any]) -> NDArray[Any]:
    """``Attention`` or, where there is a scale, ``AdditiveAttention``; and what is made of it and the states."""
    query = y @ weights["attention_query/kernel"]
    if "attention_score/scale" in weights:
        both = np.tanh(query[:, :, None] + (memory @ weights["attention_key/kernel"])[:, None])
        scores = both @ weights["attention_score/scale"]
    else:
        scores = query @ memory.swapaxes(1, 2)
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    context = shares / shares.sum(axis=-1, keepdims=True) @ memory
    return np.asarray(np.tanh(np.concatenate([context, y], axis=-1) @ weights["attention_combine/kernel"]))


def _merged(description: Mapping[str, Any], parts: list[NDArray[Any]]) -> NDArray[Any]:
    return np.sum(parts, axis=0) if description["merge"] == "sum" else np.concatenate(parts, axis=-1)


def _layer(
    description: Mapping[str, Any], weights: Weights, name: str, x: NDArray[Any], state: State = ()
) -> tuple[NDArray[Any], State]:
    """Hidden states (B, T, H) in the order of `x`, and the last state it comes to; `state` () is zeros."""
    step = _STEPS[description["layer"]]
    own = {key: weights[f"{name}/{key}"] for key in ("kernel", "recurrent_kernel", "bias")}
    gate, activation = (FUNCTIONS[description[key]] for key in ("recurrent_activation", "activation"))
    zero = np.zeros((len(x), own["recurrent_kernel"].shape[0]), x.dtype)
    state = state or (zero, zero)
    turn = slice(None, None, -1) if name.endswith("reverse") else slice(None)
    hidden = []
    for row in x.swapaxes(0, 1)[turn]:
        state = step(own, row, state, gate, activation, bool(description["reset_after"]))
        hidden.append(state[0])
    return np.stack(hidden[turn], axis=1), state


def _simple(p: Weights, x: Any, state: State, gate: Any, activation: Any, reset_after: bool) -> State:
    return (activation(x @ p["kernel"] + p["bias"] + state[0] @ p["recurrent_kernel"]),)


def _lstm(p: Weights, x: Any, state: State, gate: Any, activation: Any, reset_after: bool) -> State:
    h, c = state
    i, f, g, o = np.split(x @ p["kernel"] + h @ p["recurrent_kernel"] + p["bias"], 4, axis=1)
    c = gate(f) * c + gate(i) * activation(g)
    return gate(o) * activation(c), c


def _gru(p: Weights, x: Any, state: State, gate: Any, activation: Any, reset_after: bool) -> State:
    h, recurrent = state[0], p["recurrent_kernel"]
    units = h.shape[1]
    z, r, new = np.split(x @ p["kernel"] + (p["bias"][0] if reset_after else p["bias"]), 3, axis=1)
    if reset_after:
        z_h, r_h, new_h = np.split(h @ recurrent + p["bias"][1], 3, axis=1)
        z, r = gate(z + z_h), gate(r + r_h)
        new = activation(new + r * new_h)
    else:
        z, r = gate(z + h @ recurrent[:, :units]), gate(r + h @ recurrent[:, units : 2 * units])
        new = activation(new + (r * h) @ recurrent[:, 2 * units :])
    return (z * h + (1 - z) * new,)


_STEPS: dict[str, Callable[..., State]] = {"SimpleRNN": _simple, "LSTM": _lstm, "GRU": _gru}
