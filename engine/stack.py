"""Recurrent layers one upon the other, in one direction or both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.buffers import Buffers
from engine.cells import CellSpec
from engine.feedback_layer import FeedbackLayer
from engine.kernels import rows
from engine.kernels.jit import padded
from engine.layer import Layer, Rows, parameter_shapes
from engine.parameters import Parameters
from engine.threads import Task, Workers
from engine.two_stage_layer import TwoStageLayer


@dataclass(frozen=True, slots=True)
class StackConfig:
    """Shape of a stack: what goes in, how wide, how deep, which way."""

    spec: CellSpec
    inputs: int
    units: int
    depth: int
    bidirectional: bool
    activations: tuple[str, str]  # gate, candidate

    @property
    def directions(self) -> int:
        """1 or 2."""
        return 2 if self.bidirectional else 1

    @property
    def outputs(self) -> int:
        """Numbers a step hands upward: hidden states of all directions."""
        return self.directions * self.units

    def suffixes(self) -> list[list[str]]:
        """Parameter-name endings by layer and direction."""
        return [[f"l{level}", f"l{level}_reverse"][: self.directions] for level in range(self.depth)]

    def level_inputs(self, level: int) -> int:
        """Numbers that go into each step of a layer."""
        return self.inputs if level == 0 else self.outputs

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of all parameters, in PyTorch's order."""
        result: dict[str, tuple[int, ...]] = {}
        for level, suffixes in enumerate(self.suffixes()):
            for suffix in suffixes:
                result |= parameter_shapes(self.spec, suffix, self.level_inputs(level), self.units)
        return result


def _kind_of_layer(spec: CellSpec) -> type[Layer]:
    if spec.second:
        return TwoStageLayer
    return FeedbackLayer if spec.feedback_blocks else Layer


class Stack:
    """The layers of a network; `forward` and `backward` walk them up and down.

    Attributes:
        levels: each layer's directions.
        layers: every direction of every layer, in the order of the state dict.
        output: hidden states of the top layer after `forward`, (T, B, directions · H).
        threads: how many threads the last batch was worth.
    """

    def __init__(self, config: StackConfig, parameters: Parameters, workers: Workers) -> None:
        self.config, self._workers = config, workers
        kind = _kind_of_layer(config.spec)
        self.levels = [
            [
                kind(config.spec, suffix, config.level_inputs(level), config.units, config.activations, parameters)
                for suffix in suffixes
            ]
            for level, suffixes in enumerate(config.suffixes())
        ]
        self.layers = tuple(layer for level in self.levels for layer in level)
        self._buffers = Buffers(parameters.values.dtype)

    def pack(self) -> None:
        """Take over changed parameters."""
        for layer in self.layers:
            layer.pack()

    def forward(
        self, x: Rows, steps: int, batch: int, lengths: NDArray[np.int64], initial: list[NDArray[Any]] | None
    ) -> None:
        """Run all layers. `lengths` fall; `initial` holds one (B · kinds · W) array for each of `layers`."""
        self._steps, self._batch, self._lengths = steps, batch, lengths
        self._bounds = self._divide()
        states = iter(initial or [])
        for number, level in enumerate(self.levels):
            tasks: list[Task] = []
            for reverse, layer in enumerate(level):
                layer.begin(steps, batch, lengths, next(states, None))
                source = self._turned(f"x{number}", x, layer.inputs) if reverse else x
                tasks += layer.forward_tasks(source, self._bounds)
            self._workers.run(tasks)
            x = self._joined(number, level)
        self.output = x

    def _divide(self) -> list[int]:
        """Batch rows at which threads take over, so that each has about as many time steps."""
        spec, units = self.config.spec, self.config.units
        work = int(self._lengths.sum()) * units * (units + self.config.inputs) * max(1, len(spec.input_blocks))
        self.threads = self._workers.worth(work)
        parts = 1 if self.config.directions >= self.threads else self.threads
        done = np.cumsum(self._lengths)
        wanted = done[-1] * np.arange(1, parts) / parts
        cuts = np.searchsorted(done, wanted, side="left") + 1
        return sorted({0, *(int(cut) for cut in cuts if cut < self._batch), self._batch})

    def _turned(self, name: str, x: Rows, count: int) -> Rows:
        target = self._buffers.get(name, self._steps * self._batch * count)
        self._reverse(x, count, target, 0, count, add=False)
        return Rows(target, 0, count)

    def _reverse(self, x: Rows, count: int, target: NDArray[Any], at: int, row: int, *, add: bool) -> None:
        rows.reverse(x.array, x.start, x.stride, self._batch, self._steps, self._lengths, count, target, at, row, add)

    def _joined(self, number: int, level: list[Layer]) -> Rows:
        if len(level) == 1:
            return level[0].outputs()
        units, row = self.config.units, self.config.outputs
        target = self._buffers.get(f"joined{number}", self._steps * self._batch * row)
        ahead = level[0].outputs()
        rows.copy_rows(ahead.array, ahead.start, ahead.stride, self._steps * self._batch, units, target, 0, row)
        self._reverse(level[1].outputs(), units, target, units, row, add=False)
        return Rows(target, 0, row)

    def last_hidden(self) -> Rows:
        """The last hidden state of each direction of the top layer, (B, directions · H)."""
        top, units, row = self.levels[-1], self.config.units, self.config.outputs
        if len(top) == 1:
            return top[0].last_state()
        target = self._buffers.get("last", self._batch * row)
        for place, layer in enumerate(top):
            last = layer.last_state()
            rows.copy_rows(last.array, last.start, last.stride, self._batch, units, target, place * units, row)
        return Rows(target, 0, row)

    def final_states(self) -> list[NDArray[Any]]:
        """Copies of the last states, to begin another batch with."""
        count = self._batch
        return [layer.states[layer.last_state().start :][: count * layer.state_row].copy() for layer in self.layers]

    def backward(self, dy: Rows | None, d_last: Rows | None, want_dx: bool, watch: bool) -> Rows | None:
        """Back through all layers; adds to the parameters' gradients.

        `dy`: ∂L/∂(output of each step), `d_last`: ∂L/∂(`last_hidden`). Returns ∂L/∂x where it is wanted.
        """
        for number in reversed(range(len(self.levels))):
            level = self.levels[number]
            deeper = want_dx or number > 0
            tasks: list[Task] = []
            for place, layer in enumerate(level):
                shift = place * self.config.units
                last = d_last and Rows(d_last.array, d_last.start + shift, d_last.stride)
                layer.begin_backward(last, deeper, watch)
                tasks += layer.backward_tasks(self._share_of(dy, number, place), self._bounds)
            self._workers.run(tasks)
            self._workers.run([task for layer in level for task in layer.gradient_tasks(self.threads)])
            for layer in level:
                layer.add_extra_gradients()
            dy, d_last = (self._gathered(level), None) if deeper else (None, None)
        return dy

    def _share_of(self, dy: Rows | None, number: int, place: int) -> Rows | None:
        if dy is None or place == 0:
            return dy
        units = self.config.units
        return self._turned(f"dy{number}", Rows(dy.array, dy.start + place * units, dy.stride), units)

    def _gathered(self, level: list[Layer]) -> Rows:
        row = level[0].dx_row
        for layer in level[1:]:
            self._reverse(Rows(layer.dx, 0, row), layer.inputs, level[0].dx, 0, row, add=True)
        return Rows(level[0].dx, 0, row)

    def initial_from(self, states: NDArray[Any]) -> list[NDArray[Any]]:
        """Padded copies of (layers, kinds, B, H) states, for `forward`."""
        result = []
        for layer, state in zip(self.layers, states, strict=True):
            wide = np.zeros((state.shape[1], layer.kinds, padded(layer.units)), self._buffers.dtype)
            wide[:, :, : layer.units] = state.transpose(1, 0, 2)
            result.append(wide.reshape(-1))
        return result
