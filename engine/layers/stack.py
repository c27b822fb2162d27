"""Recurrent layers one upon the other, in one direction or both."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.layers import arguments
from engine.layers.buffers import Products, Rows
from engine.layers.level import Level
from engine.layers.masks import Chance
from engine.layers.parameters import NetworkError, Parameters
from engine.layers.stack_config import StackConfig
from engine.layers.threads import Workers

# For every direction of every layer, in the order of the state dict, (kinds, B, H): hidden state, cell state, ….
State: TypeAlias = list[NDArray[Any]]


class Stack:
    """The layers of a network; `forward` and `backward` walk them up and down.

    Attributes:
        levels: the layers, each with its directions.
        layers: every direction of every layer, in the order of the state dict.
        output: what the top layer hands out after `forward`, (T, B, outputs).
        steps: time steps of the last batch.
        threads: how many threads a direction of the last batch was worth.
    """

    def __init__(self, config: StackConfig, parameters: Parameters, workers: Workers) -> None:
        self.config, self._workers, self._dtype = config, workers, parameters.values.dtype
        self.levels = [Level(config, number, parameters) for number in range(config.depth)]
        self.layers = tuple(layer for level in self.levels for layer in level.directions)
        widest = max(units * (units + config.level_inputs(level)) for level, units in enumerate(config.widths))
        self._work = widest * max(1, len(config.spec.input_blocks))  # multiply-adds of one row in one step

    def pack(self) -> None:
        """Take over changed parameters."""
        for layer in self.layers:
            layer.weights.pack()

    def forward(
        self, x: Rows, steps: int, batch: int, lengths: NDArray[np.int64], initial: State | None,
        chance: Chance | None = None,
    ) -> None:  # fmt: skip
        """Run all layers over `x`, rows in (T, B) order.

        `lengths` (B,) fall; `initial` None is zero, or what is learned to begin with. By `chance` a training step draws
        what it leaves out; None leaves nothing out.
        """
        self.steps, self._batch, self._lengths = steps, batch, lengths
        self._bounds = self._divide()
        for number, level in enumerate(self.levels):
            level.begin(steps, batch, lengths, self._of_level(initial, number), chance)
            self._workers.run(level.forward_tasks(x, self._bounds), threads=self._side_by_side)
            x = level.joined()
        self.output = x

    def _of_level(self, state: State | None, number: int) -> list[NDArray[Any] | None]:
        directions = self.config.directions
        return [None] * directions if state is None else [*state[number * directions : (number + 1) * directions]]

    def _divide(self) -> list[int]:
        """Batch rows at which threads take over, so that each has about as many time steps."""
        work = self.steps * self._batch * self._work
        self.threads = self._workers.worth(work)
        self._side_by_side = self._workers.worth_apart(work)
        parts = 1 if self.config.directions >= self.threads else self.threads
        if parts == 1:
            return [0, self._batch]
        done = list(itertools.accumulate(self._lengths.tolist()))
        cuts = {bisect.bisect_left(done, done[-1] * part / parts) + 1 for part in range(1, parts)}
        return sorted({0, *(cut for cut in cuts if cut < self._batch), self._batch})

    def last_hidden(self) -> Rows:
        """What each direction of the top layer hands out at its own last step, (B, outputs)."""
        return self.levels[-1].last_hidden()

    def final_states(self) -> State:
        """Copies of the last states, to begin another batch with."""
        return self.states_after(self.steps)

    def states_after(self, step: int) -> State:
        """Copies of the states after so many steps, in each direction's own order."""
        return [layer.state_after(step) for layer in self.layers]

    @property
    def takes_products(self) -> bool:
        """Whether `backward` takes ∂L/∂(output of each step) as products, after such a batch."""
        return self.levels[-1].takes_products

    def backward(
        self, dy: Rows | Products | None, d_last: Rows | None, want_dx: bool, watch: bool, d_final: State | None = None
    ) -> Rows | None:
        """Back through all layers; adds to the parameters' gradients.

        `dy`: ∂L/∂(output of each step), `d_last`: ∂L/∂(`last_hidden`), `d_final`: ∂L/∂(last state), each None for
        zero. Returns ∂L/∂x, rows in (T, B) order, where it is wanted; `d_initial` then has ∂L/∂(initial state).
        """
        dx: Rows | None = None
        for number in reversed(range(len(self.levels))):
            level, under = self.levels[number], self.levels[number - 1] if number else None
            later = under is not None and level.gives_products and under.takes_products
            multiplied = not later if under else want_dx
            level.begin_backward(d_last, self._of_level(d_final, number), multiplied, watch)
            self._workers.run(level.backward_tasks(dy, self._bounds), threads=self._side_by_side)
            self._workers.run(level.gradient_tasks(self.threads), threads=self._side_by_side)
            level.finish_gradients()
            dx = level.gathered() if multiplied else None
            dy, d_last = level.unmultiplied() if later else dx, None
        return dx

    def d_initial(self) -> State:
        """∂L/∂(initial state) of the last backward pass."""
        return [layer.d_initial() for layer in self.layers]

    def fitting_state(self, state: State, batch: int, what: str) -> State:
        """`state` in the network's own type. Raises `NetworkError` where it is not one of `batch` sequences."""
        wanted = [(layer.kinds, batch, layer.units) for layer in self.layers]
        if not isinstance(state, Sequence):
            raise NetworkError(f"{what} is a list of arrays, one for each layer and direction; got {type(state)}")
        parts = [arguments.numbers(part, self._dtype, what) for part in state]
        found = [part.shape for part in parts]
        if found != wanted:
            raise NetworkError(
                f"{what} has shapes {found}; the network takes {wanted}, one for each layer and direction"
            )
        return parts
