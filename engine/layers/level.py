"""One layer of a stack: its directions, how they are joined, and what passes by them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import rows
from engine.kernels.recurrence import FEW_ROWS
from engine.layers.buffers import Buffers, Products, Rows
from engine.layers.feedback_weights import FeedbackWeights
from engine.layers.layer import Layer
from engine.layers.masks import Chance, LayerMasks
from engine.layers.packed_weights import PackedWeights
from engine.layers.parameters import Parameters
from engine.layers.stack_config import StackConfig
from engine.layers.threads import Task
from engine.layers.two_stage_layer import TwoStageLayer, TwoStageWeights


def _make_layer(
    config: StackConfig, suffix: str, inputs: int, units: int, parameters: Parameters, masks: LayerMasks
) -> Layer:
    spec, further = config.spec, (config.activations, masks, config.initial_names(suffix))
    if spec.second:
        return TwoStageLayer(TwoStageWeights(spec, suffix, inputs, units, parameters), *further)
    kind = FeedbackWeights if spec.feedback_blocks else PackedWeights
    return Layer(kind(spec, suffix, inputs, units, parameters), *further)


class Level:
    """Layer `number` of a stack, in one direction or both.

    Attributes:
        directions: forward, and reverse where there is one.
        inputs, outputs: numbers a step takes and hands upward.
    """

    def __init__(self, config: StackConfig, number: int, parameters: Parameters) -> None:
        self._dropout = config.dropout if number > 0 else 0.0
        self._number = number
        self.units = config.widths[number]
        self.inputs, self.outputs = config.level_inputs(number), config.level_outputs(number)
        self.directions = [
            _make_layer(
                config, suffix, self.inputs, self.units, parameters,
                LayerMasks(2 * number + place, self.units, config.recurrent_dropout, config.zoneout_rates()),
            )
            for place, suffix in enumerate(config.suffixes()[number])
        ]  # fmt: skip
        self._summed, self._passes_by = config.summed, config.passes_by(number)
        self._buffers = Buffers(parameters.values.dtype)

    def begin(
        self, steps: int, batch: int, lengths: NDArray[np.int64], initial: list[NDArray[Any] | None],
        chance: Chance | None,
    ) -> None:  # fmt: skip
        """Make room for a batch; `initial` has a state (kinds, B, H) for each direction, None for the usual one.

        By `chance` the masks of a training step are drawn; None leaves nothing out.
        """
        self._steps, self._batch, self._lengths = steps, batch, lengths
        self._chances = None
        if self._dropout and chance:
            self._chances = chance.uniform(self._number, 0, steps * batch * self.inputs)
        for layer, state in zip(self.directions, initial, strict=True):
            layer.begin(steps, batch, lengths, state, chance)

    def forward_tasks(self, x: Rows, bounds: list[int]) -> list[Task]:
        """The forward passes of all directions over `x`, rows in (T, B) order."""
        self._x = x
        if self._chances is not None:
            target = self._buffers.get("dropped", self._steps * self._batch * self.inputs)
            x = self._dropped(x, self._chances, target, self.inputs)
        tasks: list[Task] = []
        for place, layer in enumerate(self.directions):
            source = self._turned("x", x, self.inputs) if place else x
            tasks += layer.forward_tasks(source, bounds)
        return tasks

    def _dropped(self, x: Rows, chances: NDArray[np.float32], target: NDArray[Any], row: int) -> Rows:
        """`x` in `target`, with what this step leaves out set to zero."""
        count = self._steps * self._batch
        rows.drop(x.array, x.start, x.stride, count, self.inputs, chances, self._dropout, target, row)
        return Rows(target, 0, row)

    def _turned(self, name: str, x: Rows, count: int) -> Rows:
        target = self._buffers.get(name, self._steps * self._batch * count)
        self._reverse(x, count, target, 0, count, add=False)
        return Rows(target, 0, count)

    def _reverse(self, x: Rows, count: int, target: NDArray[Any], at: int, row: int, *, add: bool) -> None:
        rows.reverse(x.array, x.start, x.stride, self._batch, self._steps, self._lengths, count, target, at, row, add)

    def _column(self, place: int) -> int:
        """Where a direction's share of the output begins."""
        return 0 if self._summed else place * self.units

    def joined(self) -> Rows:
        """What the layer hands upward, (T, B) rows."""
        ahead = self.directions[0].outputs()
        if len(self.directions) == 1 and not self._passes_by:
            return ahead
        count, row = self._steps * self._batch, self.outputs
        target = self._buffers.get("joined", count * row)
        rows.copy_rows(ahead.array, ahead.start, ahead.stride, count, self.units, target, 0, row, False)
        for place, layer in enumerate(self.directions[1:], 1):
            self._reverse(layer.outputs(), self.units, target, self._column(place), row, add=self._summed)
        if self._passes_by:
            rows.copy_rows(self._x.array, self._x.start, self._x.stride, count, row, target, 0, row, True)
        return Rows(target, 0, row)

    def last_hidden(self) -> Rows:
        """What each direction hands upward at its own last step, (B, outputs)."""
        if len(self.directions) == 1 and not self._passes_by:
            return self.directions[0].last_state()
        row = self.outputs
        target = self._buffers.get("last", self._batch * row)
        for place, layer in enumerate(self.directions):
            last, add = layer.last_state(), bool(place) and self._summed
            rows.copy_rows(
                last.array, last.start, last.stride, self._batch, self.units, target, self._column(place), row, add
            )
        if self._passes_by:
            x, into = self._table(self._x, self.inputs), self._table(Rows(target, 0, row), row)
            for at, columns in self._last_steps():
                into[: self._batch, columns] += x[at, columns]
        return Rows(target, 0, row)

    def _last_steps(self) -> list[tuple[NDArray[np.int64], slice]]:
        """Rows at which each direction reads last, and its share of the columns; summed, those of the first."""
        batch = np.arange(self._batch)
        ends = [(self._lengths - 1) * self._batch + batch, batch][: 1 if self._summed else len(self.directions)]
        return [(at, slice(self._column(place), self._column(place) + self.units)) for place, at in enumerate(ends)]

    def _table(self, x: Rows, count: int) -> NDArray[Any]:
        """The (T · B, count) numbers of `x`, not a copy."""
        shape, size = (self._steps * self._batch, count), x.array.itemsize
        return np.lib.stride_tricks.as_strided(x.array[x.start :], shape, (x.stride * size, size))

    @property
    def takes_products(self) -> bool:
        """Whether ∂L/∂(`joined`) may come as products: one direction reads it, each number once."""
        return len(self.directions) == 1 and not self._passes_by and self._batch >= FEW_ROWS

    @property
    def gives_products(self) -> bool:
        """Whether ∂L/∂x is one product, in the order of the layer's own steps."""
        return len(self.directions) == 1 and not self._passes_by and self._chances is None

    def unmultiplied(self) -> Products:
        """`gathered`, still to be multiplied; as long as the layer's next pass has not begun."""
        return self.directions[0].d_inputs()

    def begin_backward(
        self, d_last: Rows | None, d_final: list[NDArray[Any] | None], want_dx: bool, watch: bool
    ) -> None:
        """Make room for gradients; `d_last` is ∂L/∂(`last_hidden`), `d_final` ∂L/∂(last state) by direction."""
        self._d_last = d_last
        for place, (layer, final) in enumerate(zip(self.directions, d_final, strict=True)):
            last = d_last and Rows(d_last.array, d_last.start + self._column(place), d_last.stride)
            layer.begin_backward(last, final, want_dx, watch)

    def backward_tasks(self, dy: Rows | Products | None, bounds: list[int]) -> list[Task]:
        """Back-propagation through time in all directions; `dy` is ∂L/∂(`joined`)."""
        if isinstance(dy, Products):
            return self.directions[0].backward_tasks(dy, bounds)
        self._dy = dy
        return [
            task
            for place, layer in enumerate(self.directions)
            for task in layer.backward_tasks(self._share(dy, place), bounds)
        ]

    def _share(self, dy: Rows | None, place: int) -> Rows | None:
        if dy is None or place == 0:
            return dy
        return self._turned("dy", Rows(dy.array, dy.start + self._column(place), dy.stride), self.units)

    def gradient_tasks(self, threads: int) -> list[Task]:
        """Adding the weights' gradients to the parameters', divided into about as many as there are `threads`."""
        each = -(-threads // len(self.directions))
        return [task for layer in self.directions for task in layer.gradient_tasks(each)]

    def finish_gradients(self) -> None:
        """Add the gradients of what is no matrix and no bias."""
        for layer in self.directions:
            layer.finish_gradients()

    def gathered(self) -> Rows:
        """∂L/∂x of all directions, and of what passed by."""
        ahead = self.directions[0]
        dx, row = Rows(ahead.dx, 0, ahead.dx_row), ahead.dx_row
        for layer in self.directions[1:]:
            self._reverse(Rows(layer.dx, 0, row), self.inputs, ahead.dx, 0, row, add=True)
        if self._chances is not None:
            self._dropped(dx, self._chances, ahead.dx, row)
        if self._passes_by:
            self._add_bypass(dx)
        return dx

    def _add_bypass(self, dx: Rows) -> None:
        count, dy, d_last = self._steps * self._batch, self._dy, self._d_last
        if dy is not None:
            rows.copy_rows(dy.array, dy.start, dy.stride, count, self.inputs, dx.array, 0, dx.stride, True)
        if d_last is not None:
            into, source = self._table(dx, self.inputs), self._table(d_last, self.outputs)
            for at, columns in self._last_steps():
                into[at, columns] += source[: self._batch, columns]
