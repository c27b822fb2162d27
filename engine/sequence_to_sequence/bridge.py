"""From what was read to the states that a decoder begins with."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.layers.buffers import Rows
from engine.layers.linear import Linear
from engine.layers.parameters import Parameters
from engine.layers.stack import State
from engine.layers.stack_config import StackConfig
from engine.layers.threads import Workers
from engine.sequence_to_sequence.sizes import bridge_names


class Bridge:
    """A linear layer for each state of each layer of the decoder."""

    def __init__(self, parameters: Parameters, decoder: StackConfig, workers: Workers) -> None:
        self._linear = [[_linear(parameters, name, workers) for name in level] for level in bridge_names(decoder)]

    def pack(self) -> None:
        """Take over changed parameters."""
        for linear in (linear for level in self._linear for linear in level):
            linear.pack()

    def forward(self, vectors: list[list[NDArray[Any]]]) -> State:
        """Initial states from a vector (B, I) for each layer and kind of state."""
        self._given = [[np.ascontiguousarray(vector).reshape(-1) for vector in level] for level in vectors]
        self._count = vectors[0][0].shape[0]
        state = []
        for level, given in zip(self._linear, self._given, strict=True):
            pairs = zip(level, given, strict=True)
            made = [(linear, linear.forward(Rows(rows, 0, linear.inputs), self._count)) for linear, rows in pairs]
            shaped = [y[: self._count * linear.row].reshape(self._count, linear.row) for linear, y in made]
            state.append(np.stack([y[:, : level[0].outputs] for y in shaped]))
        return state

    def backward(self, d_state: State) -> list[list[NDArray[Any]]]:
        """∂L/∂vectors from ∂L/∂(initial states); adds to the parameters' gradients."""
        return [
            [self._back(*each) for each in zip(level, given, d, strict=True)]
            for level, given, d in zip(self._linear, self._given, d_state, strict=True)
        ]

    def _back(self, linear: Linear, given: NDArray[Any], d: NDArray[Any]) -> NDArray[Any]:
        linear.answers(self._count)[:, : linear.outputs] = d
        back = linear.backward(Rows(given, 0, linear.inputs), self._count)
        return back.array[: self._count * back.stride].reshape(self._count, back.stride)[:, : linear.inputs].copy()


def _linear(parameters: Parameters, name: str, workers: Workers) -> Linear:
    outputs, inputs = parameters.shapes[f"{name}.weight"]
    return Linear(parameters, inputs, outputs, workers, name)


def joined(state: State) -> list[list[NDArray[Any]]]:
    """Both directions of each layer side by side: (B, 2 H) for each layer and kind of state."""
    pairs = zip(state[::2], state[1::2], strict=True)
    return [[np.concatenate([f, b], axis=1) for f, b in zip(ahead, back, strict=True)] for ahead, back in pairs]


def parted(vectors: list[list[NDArray[Any]]]) -> State:
    """The opposite of `joined`."""
    state: State = []
    for level in vectors:
        state += [np.stack(halves) for halves in zip(*(np.split(each, 2, axis=1) for each in level), strict=True)]
    return state
