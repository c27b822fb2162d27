"""What layers did on the last batch, in the sequence's own time: states and gates of one sequence, gradient norms."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from engine.inside_records import Arrived, LayerTrace, frozen
from engine.kernels.arrivals import arrivals
from engine.layers.layer import Layer
from engine.layers.parameters import NetworkError

# Hidden state (T, H), cell state likewise or None, and gates by name.
Look: TypeAlias = tuple[NDArray[Any], NDArray[Any] | None, tuple[tuple[str, NDArray[Any]], ...]]


def traces(levels: Iterable[Sequence[Layer]]) -> tuple[LayerTrace, ...]:
    """Of each layer and direction, of one sequence (B = 1)."""
    return tuple(
        LayerTrace(level, bool(reverse), *look(layer, bool(reverse)))
        for level, directions in enumerate(levels)
        for reverse, layer in enumerate(directions)
    )


def paths(levels: Iterable[Sequence[Layer]]) -> tuple[tuple[str, ...], tuple[tuple[NDArray[np.float32], ...], ...]]:
    """Names of layers and directions, and the hidden states (T, H) of every sequence of the last forward pass."""
    names, found = [], []
    for level, directions in enumerate(levels):
        for reverse, layer in enumerate(directions):
            names.append(name(level, bool(reverse)))
            hidden, lengths = _states(layer)[:, :, 0], enumerate(layer.lengths.tolist())
            found.append(tuple(frozen(hidden[_own_time(length, bool(reverse)), row]) for row, length in lengths))
    return tuple(names), tuple(found)


def what_arrived(levels: Iterable[Sequence[Layer]]) -> Arrived:
    """Names of layers and directions, and what the last pass back left of each."""
    layers = [(level, bool(reverse), layer) for level, both in enumerate(levels) for reverse, layer in enumerate(both)]
    by_time, by_distance, left = zip(*(arrival(layer, reverse) for _, reverse, layer in layers), strict=True)
    names, ragged = tuple(name(level, reverse) for level, reverse, _ in layers), differ(layers[0][2].lengths)
    return Arrived(names, np.stack(by_time), np.stack(by_distance), ragged, left)


def look(layer: Layer, reverse: bool) -> Look:
    """What a layer did on its first sequence."""
    states, gates = _first_sequence(layer)
    order, kinds = _own_time(int(layer.lengths[0]), reverse), layer.spec.states
    cell = states[order, kinds.index("cell")] if "cell" in kinds else None
    return states[order, 0], cell, tuple((gate, values[order]) for gate, values in gates.items())


def _own_time(length: int, reverse: bool) -> slice:
    """The steps of a sequence that a layer read forward or backward, as time went in the sequence."""
    return slice(length - 1, None, -1) if reverse else slice(0, length)


def _states(layer: Layer) -> NDArray[Any]:
    """States after every step of the last forward pass, (T, B, kinds, H), not a copy."""
    count = (layer.steps + 1) * layer.batch
    states = layer.states[: count * layer.state_row].reshape(layer.steps + 1, layer.batch, layer.kinds, layer.width)
    return states[1:, :, :, : layer.units]


def _first_sequence(layer: Layer) -> tuple[NDArray[Any], dict[str, NDArray[Any]]]:
    """States (T, kinds, H) and gates (T, H) of the first row of the last forward pass."""
    gates = {gate.name: slot(layer, gate.slot)[:, 0].astype(np.float32) for gate in layer.spec.gates}
    return _states(layer)[:, 0].astype(np.float32), gates


def slot(layer: Layer, number: int) -> NDArray[Any]:
    """One slot of the last pass, (T, B, H), not a copy; after the backward pass ∂L/∂(pre-activation)."""
    slots = layer.z[: layer.steps * layer.batch * layer.z_row].reshape(layer.steps, layer.batch, layer.spec.slots, -1)
    return slots[:, :, number, : layer.units]


def inputs_read(layer: Layer) -> NDArray[Any]:
    """What went into the last pass, (T, B, I), not a copy."""
    count, item = layer.steps * layer.batch, layer.x.array.itemsize
    rows = as_strided(layer.x.array[layer.x.start :], (count, layer.inputs), (layer.x.stride * item, item))
    return rows.reshape(layer.steps, layer.batch, layer.inputs)


def hidden_before(layer: Layer) -> NDArray[Any]:
    """What the recurrent product read at every step of the last pass, (T, B, H), not a copy: hidden states.

    Where recurrent dropout left some of them out, the rest of them, as it was scaled.
    """
    count = layer.steps * layer.batch
    rows = layer.read[: count * layer.state_row].reshape(layer.steps, layer.batch, layer.state_row)
    return rows[:, :, : layer.units]


def arrived(layer: Layer) -> NDArray[Any]:
    """‖∂L/∂h_t‖² of each sequence, (T, B), in the order in which the layer went; zero where it has ended."""
    if not layer.arrived.size:
        raise NetworkError("the gradient by time step was not watched: set watch_time before loss_and_gradients")
    return layer.arrived[: layer.steps * layer.batch].reshape(layer.steps, layer.batch)


def arrival(layer: Layer, reverse: bool) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """‖∂L/∂h_t‖ of a layer over the batch as time goes, (T,), of one sequence as `typical`, (T,), and `share_left`."""
    by_time, by_distance, (far, near, _) = _summed(arrived(layer), layer.lengths, reverse)
    return by_time, by_distance, share_left(far.tolist(), near.tolist())


def share_left(far: Sequence[float], near: Sequence[float]) -> float:
    """What part of ‖∂L/∂h‖ beside its answer is left at the other end of a sequence: the median over them.

    Of squares; inf where nothing arrives beside any answer.
    """
    shares = [other / own for other, own in zip(far, near, strict=True) if own > 0]
    return math.sqrt(statistics.median(shares)) if shares else math.inf


def typical(squares: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.float32]:
    """Of one sequence, (T,): of squares (T, B) by steps back from the end of each, so many `lengths` (B,) far.

    The root of their mean where all go to the same end, elsewhere the geometric mean of what is left, so far from its
    end, of what each begins with there: the one with a gradient a hundred times as long as the others' would make all
    of the mean, and leave a step in it where it ends. A step that none goes to has NaN.
    """
    return _summed(from_the_end(squares, lengths), lengths, reverse=False)[1]


def _summed(
    squares: NDArray[Any], lengths: NDArray[Any], reverse: bool
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """See `engine.kernels.arrivals`."""
    by_time, by_distance = np.empty(len(squares), np.float32), np.empty(len(squares), np.float32)
    ends = np.empty((3, len(lengths)))
    arrivals(squares.reshape(-1), lengths, reverse, by_time, by_distance, ends)
    return by_time, by_distance, ends


def from_the_end(values: NDArray[Any], lengths: NDArray[Any]) -> NDArray[Any]:
    """Values (T, B) of sequences of some `lengths` (B,) the other way round, each from its last one; then zero."""
    steps = lengths - 1 - np.arange(len(values))[:, None]
    return np.where(steps >= 0, np.take_along_axis(values, np.maximum(steps, 0), axis=0), 0)


def differ(lengths: NDArray[Any]) -> bool:
    """Whether sequences end at different steps."""
    return bool((lengths != lengths[0]).any())


def name(level: int, reverse: bool) -> str:
    """What a layer is called in pictures."""
    return f"layer {level + 1}" + (" reverse" if reverse else "")
