"""Linear layers: what turns hidden states into answers, and joins what has to become one."""

from __future__ import annotations

import itertools
import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.kernels import gradients, packing, recurrence
from engine.kernels import readout as kernels
from engine.kernels.jit import padded
from engine.kernels.tiles import product
from engine.layers.buffers import Buffers, Products, Rows, aligned_zeros
from engine.layers.layer import divided
from engine.layers.parameters import Parameters
from engine.layers.shares import unasked
from engine.layers.threads import Task, Workers


class Linear:
    """y = W h + b over rows; ``{name}.weight`` is (O, inputs). Without a ``{name}.bias`` b is zero."""

    def __init__(
        self, parameters: Parameters, inputs: int, outputs: int, workers: Workers, name: str = "readout"
    ) -> None:
        self.inputs, self.outputs = inputs, outputs
        self.row, self.d_row = padded(outputs), padded(inputs)
        self._parameters, self._workers = parameters, workers
        dtype = parameters.values.dtype
        self._product = product.address(dtype)
        self._buffers = Buffers(dtype)
        self._ahead = aligned_zeros(inputs * self.row, dtype)
        self._back = aligned_zeros(outputs * self.d_row, dtype)
        self._bias = aligned_zeros(self.row, dtype)
        self._block = np.zeros(1, np.int64)
        self._weight_at = parameters.offset(f"{name}.weight")
        self._bias_at = parameters.offset(f"{name}.bias") if f"{name}.bias" in parameters.shapes else -1
        self._offsets = np.array([self._weight_at, -1, self._bias_at, -1])
        self._geometry = np.zeros(recurrence.GEOMETRY_SIZE, np.int64)  # of a layer of one slot, without recurrence
        places = [recurrence.BATCH, recurrence.INPUTS, recurrence.UNITS, recurrence.WIDTH, recurrence.SLOTS]
        self._geometry[places] = 1, inputs, outputs, self.row, 1

    def pack(self) -> None:
        """Take over changed parameters."""
        values, at, one = self._parameters.values, self._weight_at, 1
        ahead, back = (self._ahead, self.inputs, 0, 0), (self._back, self.outputs, 0, 0)
        packing.pack_panels(values, at, one, self.inputs, self.inputs, self.outputs, *ahead)
        packing.pack_panels(values, at, self.inputs, one, self.outputs, self.inputs, *back)
        if self._bias_at >= 0:
            self._bias[: self.outputs] = self._parameters.values[self._bias_at : self._bias_at + self.outputs]

    def _threads(self, count: int) -> int:
        return self._workers.worth(count * self.inputs * self.row)

    def forward(self, h: Rows, count: int) -> NDArray[Any]:
        """Answers for `count` rows, flat, rows `row` apart."""
        self._y = self._buffers.get("y", count * self.row)
        parts = itertools.pairwise(_parts(count, self._threads(count)))
        rows = (h.array, h.start, h.stride, self.inputs)
        tasks: list[Task]
        if self.outputs == 1 and h.stride >= self.d_row:
            single = (*rows, self._back, self._bias, self._y, self.row)  # of one row, a packed weight is as it was
            tasks = [partial(kernels.affine_to_one, first, last, *single) for first, last in parts]
        else:
            several = (*rows, self._ahead, self._bias, self._y, self.row)
            tasks = [partial(kernels.affine, self._product, first, last, *several) for first, last in parts]
        self._workers.run(tasks)
        return self._y

    def answers(self, *shape: int) -> NDArray[Any]:
        """The answers of the last pass as (`shape`, `row`), not a copy."""
        return self._y[: math.prod(shape) * self.row].reshape(*shape, self.row)

    def backward(self, h: Rows, count: int) -> Rows:
        """From ∂L/∂y, left in the array that `forward` gave, to ∂L/∂h; adds to the parameters' gradients."""
        d = self._buffers.get("d", count * self.d_row)
        source = (self._y, self.row, self.outputs, self._back, d, self.d_row)
        parts = itertools.pairwise(_parts(count, self._threads(count)))
        self._workers.run(
            [partial(kernels.affine_backward, self._product, first, last, *source) for first, last in parts]
        )
        self._add_gradients(h, count)
        return Rows(d, 0, self.d_row)

    def backward_unmultiplied(self, h: Rows, count: int) -> Products:
        """`backward` that leaves ∂L/∂h to be computed where it is needed, as long as the answers lie there."""
        self._add_gradients(h, count)
        return Products(Rows(self._y, 0, self.row), self.outputs, self._back)

    def _add_gradients(self, h: Rows, count: int) -> None:
        self._geometry[recurrence.STEPS] = count
        get = self._buffers.get
        shared = (
            h.array, h.start, h.stride, self._y, h.array, self._block, self._block[:0], self._offsets,
            self._parameters.gradients, get("temporary", self.row * self.d_row), self._y[:0], get("sums", self.row),
        )  # fmt: skip
        room, tasks = gradients.room(self.d_row), list[Task]()
        for number, (first, last) in enumerate(itertools.pairwise(divided(self.row, self._threads(count)))):
            arguments: tuple[Any, ...] = (first, last, 0, unasked(), *shared, get(f"packed{number}", room))
            tasks.append(partial(gradients.layer_gradients, self._product, self._geometry, *arguments))
        self._workers.run(tasks)


def _parts(count: int, threads: int) -> list[int]:
    return sorted({count * part // threads for part in range(threads + 1)})
