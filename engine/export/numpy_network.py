"""A recurrent network in NumPy and nothing else, slow and plain.

It computes what exported weights say, by the formula of the cell, in the numbers' own precision. Exported Python
files hold this very text, so it imports nothing of the workbench.

Shapes: T time steps, B sequences, H hidden units. Weights have PyTorch's names, shapes and gate order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

FUNCTIONS: dict[str, Any] = {
    "tanh": np.tanh,
    "sigmoid": lambda x: 0.5 * np.tanh(0.5 * x) + 0.5,
    "relu": lambda x: np.maximum(x, 0),
    "identity": lambda x: x,
    "softsign": lambda x: x / (1 + np.abs(x)),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "gelu": lambda x: 0.5 * x * (1 + np.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))),
}


class Cell:
    """What a cell's formula asks of one time step: rows (B, ·) of inputs, states and sums."""

    def __init__(self, weights: dict[str, Any], config: dict[str, Any], x: Any, state: tuple[Any, ...]) -> None:
        """`weights` of one direction of one layer, without its ending; `x` (B, I), `state` vectors (B, H)."""
        self.state, self._weights, self._x = state, weights, x
        self._biased, self._units = config["biased"], state[0].shape[1]
        self.gate, self.squash = FUNCTIONS[config["gate"]], FUNCTIONS[config["squash"]]

    def from_input(self) -> Any:
        """W_ih x + b_ih."""
        return self._affine("ih", self._x, slice(None))

    def from_state(self, state: Any, first: int = 0, last: int | None = None) -> Any:
        """W_hh h + b_hh, of some blocks or all."""
        end = None if last is None else last * self._units
        return self._affine("hh", state, slice(first * self._units, end))

    def from_gates(self, *gates: Any) -> Any:
        """W_gg (gates put together)."""
        return np.concatenate(gates, axis=1) @ self._weights["weight_gg"].T

    def split(self, vector: Any) -> list[Any]:
        """Blocks of H."""
        return np.split(vector, vector.shape[-1] // self._units, axis=-1)

    def sums(self, state: Any) -> list[Any]:
        """Blocks of what comes from the input and from the state, added."""
        return self.split(self.from_input() + self.from_state(state))

    def own(self, name: str) -> Any:
        """A parameter beyond matrices and biases."""
        return self._weights[name]

    def normalized(self, vector: Any) -> Any:
        """Mean 0, variance 1."""
        centred = vector - vector.mean(axis=-1, keepdims=True)
        return centred / np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5)

    def _affine(self, kind: str, x: Any, rows: slice) -> Any:
        product = x @ self._weights[f"weight_{kind}"][rows].T
        return product + self._weights[f"bias_{kind}"][rows] if self._biased else product


def run_direction(
    step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, state: tuple[Any, ...]
) -> tuple[Any, tuple[Any, ...]]:
    """Hidden states (T, B, H) of one direction of one layer over `x` (T, B, I), and the last state."""
    hidden = []
    for row in x:
        new = step(Cell(weights, config, row, state))
        state = tuple(k * old + (1 - k) * now for k, old, now in zip(config["kept"], state, new, strict=True))
        hidden.append(state[0])
    return np.stack(hidden), state


def run_network(
    step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, states: dict[str, Any] | None = None
) -> tuple[Any, dict[str, Any]]:
    """Answers (B, O) or (T, B, O) to `x`, (T, B, I) numbers or (T, B) tokens, and the states to go on from.

    See `run_layers` for the arguments.
    """
    if "embedding.weight" in weights:
        x = weights["embedding.weight"][x]
    above, read, carried = run_layers(step, config, weights, x, states)
    answered = above if config["aligned"] else read
    return answered @ weights["readout.weight"].T + weights["readout.bias"], carried


def run_layers(
    step: Any, config: dict[str, Any], weights: dict[str, Any], x: Any, states: dict[str, Any] | None = None
) -> tuple[Any, Any, dict[str, Any]]:
    """What layers over `x` (T, B, I) hand on: at every step (T, B, ·), at the end (B, ·), and the states to go on from.

    `step` is the cell's formula; `config` says what the layers look like. States are vectors (B, H) by the ending of
    the parameters' names of a direction; None begins anew.
    """
    carried: dict[str, Any] = {}
    read = x
    for endings, passes_by in zip(config["layers"], config["passes_by"], strict=True):
        outputs, ends = [], []
        for ending in endings:
            state = states[ending] if states else begin(config, weights, ending, x)
            turn = slice(None, None, -1) if ending.endswith("reverse") else slice(None)
            own = of(weights, config["part"], ending)
            hidden, carried[ending] = run_direction(step, config, own, x[turn], state)
            outputs.append(hidden[turn])
            ends.append(hidden[-1])
        above, read = joined(config, outputs), joined(config, ends)
        if passes_by:
            own_part = x.shape[2] if config["summed"] else outputs[0].shape[2]
            read = read + np.concatenate([x[-1, :, :own_part], x[0, :, own_part:]], axis=-1)
            above = above + x
        x = above
    return x, read, carried


def begin(config: dict[str, Any], weights: dict[str, Any], ending: str, x: Any) -> tuple[Any, ...]:
    """The state vectors (B, H) that every sequence begins with: what was learned, or zeros."""
    units = weights[f"{config['part']}.weight_ih_{ending}"].shape[0] // config["blocks"]
    learned = [weights[name] for name in config["initial"][ending]] or [np.zeros(units, x.dtype)] * config["states"]
    return tuple(np.tile(vector, (x.shape[1], 1)) for vector in learned)


def of(weights: dict[str, Any], part: str, ending: str) -> dict[str, Any]:
    """The parameters of one direction of one layer, without what their names begin and end with."""
    own = (name for name in weights if name.startswith(part + ".") and name.endswith("_" + ending))
    return {name[len(part) + 1 : -len(ending) - 1]: weights[name] for name in own}


def joined_ends(config: dict[str, Any], states: dict[str, Any]) -> list[list[Any]]:
    """The last states of both directions side by side, (B, ·) for each layer and kind of state."""
    return [
        [np.concatenate(ways, axis=1) for ways in zip(*(states[ending] for ending in endings), strict=True)]
        for endings in config["layers"]
    ]


def joined(config: dict[str, Any], parts: list[Any]) -> Any:
    """What a layer hands on of its directions."""
    return sum(parts) if config["summed"] else np.concatenate(parts, axis=-1)
