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
        parts = [_layer(description, weights, name, x, last) for name in names]
        x = np.sum(parts, axis=0) if description["merge"] == "sum" else np.concatenate(parts, axis=-1)
    return x @ weights["readout/kernel"] + weights["readout/bias"]


def _layer(description: Mapping[str, Any], weights: Weights, name: str, x: NDArray[Any], last: bool) -> NDArray[Any]:
    """Hidden states (B, T, H) in the order of `x`, or the last one this direction comes to (B, H)."""
    step = _STEPS[description["layer"]]
    own = {key: weights[f"{name}/{key}"] for key in ("kernel", "recurrent_kernel", "bias")}
    gate, activation = (FUNCTIONS[description[key]] for key in ("recurrent_activation", "activation"))
    zero = np.zeros((len(x), own["recurrent_kernel"].shape[0]), x.dtype)
    state: State = (zero, zero)
    turn = slice(None, None, -1) if name.endswith("reverse") else slice(None)
    hidden = []
    for row in x.swapaxes(0, 1)[turn]:
        state = step(own, row, state, gate, activation, bool(description["reset_after"]))
        hidden.append(state[0])
    return hidden[-1] if last else np.stack(hidden[turn], axis=1)


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
