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
    """Names of layers and directions, and what the last pass back left of each; all of them read the same sequences."""
    layers = [(level, bool(reverse), layer) for level, both in enumerate(levels) for reverse, layer in enumerate(both)]
    lengths = layers[0][2].lengths
    squares = np.stack([arrived(layer) for _, _, layer in layers])
    back = from_the_end(squares, lengths)
    by_time = [norms_of(back[row] if reverse else squares[row]) for row, (_, reverse, _) in enumerate(layers)]
    names = tuple(name(level, reverse) for level, reverse, _ in layers)
    left = tuple(share_left(far, near) for far, near in zip(squares[:, 0], back[:, 0], strict=True))
    return Arrived(names, np.stack(by_time), typical(back, going_on(back, lengths)), differ(lengths), left)


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


def back_from_the_end(layer: Layer) -> NDArray[Any]:
    """The same by steps back from the last one of each sequence, (T, B): of a layer that went backward, by time."""
    return from_the_end(arrived(layer), layer.lengths)


def from_the_end(squares: NDArray[Any], lengths: NDArray[Any]) -> NDArray[Any]:
    """Values (…, T, B) of sequences of some `lengths` (B,), by steps back from the last one of each; then zero."""
    steps = lengths - 1 - np.arange(squares.shape[-2])[:, None]
    return np.where(steps >= 0, squares[..., steps, np.arange(len(lengths))], 0)  # what is below 0 is read elsewhere


def norms_of(squares: NDArray[Any]) -> NDArray[np.float32]:
    """Over the batch, (T,), of squares (T, B)."""
    norms: NDArray[np.float32] = np.sqrt(squares.sum(axis=1)).astype(np.float32)
    return norms


def typical(squares: NDArray[Any], going: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Of one sequence, (…, T): the root of the mean of squares (…, T, B) where all are `going` (T, B) to the same end.

    Elsewhere the geometric mean of what is left, so far from its end, of what each begins with there: the one with a
    gradient a hundred times as long as the others' would make all of the mean, and leave a step in it where it ends.
    A step that none goes to has NaN.
    """
    if going.all():
        found: NDArray[np.float32] = np.sqrt(squares.mean(axis=-1, dtype=np.float64)).astype(np.float32)
        return found
    told = going & (squares > 0)
    logs = np.log(squares, out=np.zeros(squares.shape), where=told, dtype=np.float64)
    begins = np.take_along_axis(logs, told.argmax(axis=-2)[..., None, :], axis=-2)  # beside the last answer of each
    count, answered = told.sum(axis=-1), np.maximum(told.any(axis=-2).sum(axis=-1), 1)
    first = begins.sum(axis=-1) / answered[..., None]  # of what has no answer, 0
    left = np.where(told, logs - begins, 0).sum(axis=-1) / np.maximum(count, 1)
    return np.where(going.any(axis=1), np.where(count, np.exp((first + left) / 2), 0), np.nan).astype(np.float32)


def going_on(squares: NDArray[Any], lengths: NDArray[Any]) -> NDArray[np.bool_]:
    """Which sequences of some `lengths` (B,) go so far as `squares` (…, T, B), (T, B)."""
    going: NDArray[np.bool_] = lengths > np.arange(squares.shape[-2])[:, None]
    return going


def share_left(far: NDArray[Any], near: NDArray[Any]) -> float:
    """What part of ‖∂L/∂h‖ beside its answer is left at the other end of a sequence: the median over them.

    Of squares (B,); inf where nothing arrives beside any answer.
    """
    answered = near > 0
    shares = (far[answered] / near[answered]).tolist()
    return math.sqrt(statistics.median(shares)) if shares else math.inf


def differ(lengths: NDArray[Any]) -> bool:
    """Whether sequences end at different steps."""
    return bool((lengths != lengths[0]).any())


def name(level: int, reverse: bool) -> str:
    """What a layer is called in pictures."""
    return f"layer {level + 1}" + (" reverse" if reverse else "")
