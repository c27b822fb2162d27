"""What goes into the activation functions over a whole batch, gathered while the network still holds it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.inside.activations import arguments_of
from engine.inside_records import BatchActivations, BatchSlot, Floats, frozen
from engine.layers.layer import Layer
from engine.layers.stack import Stack
from engine.networks import AnyNetwork

MOST_COMPUTED = 1 << 15  # arguments of one function that are computed for a look; all of them where there are no more
MOST_TOLD = 2048  # of them that are handed on: a share is then right to a twentieth of a per cent
_SPREAD = (5**0.5 - 1) / 2  # multiples of it, without their whole part, fall in no rhythm with a batch's rows

_Function: TypeAlias = tuple[int, bool, str, str]  # layer, direction, name and function


class Gathered:
    """What the activation functions got in the updates that one batch led to."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._values: dict[_Function, list[NDArray[Any]]] = {}
        self._places = self._looked_at = self._updates = 0

    def add(self, network: AnyNetwork) -> None:
        """The pass that the layers hold, before anything else runs through them or changes the weights' copies."""
        self._updates += 1
        for stack in network.stacks.values():
            running, chosen = _chosen(stack)
            self._places += running
            self._looked_at += chosen
            for number, level in enumerate(stack.levels):
                for reverse, layer in enumerate(level.directions):
                    self._add_layer(layer, (number, bool(reverse)), stack.config.activations, chosen)

    def _add_layer(self, layer: Layer, where: tuple[int, bool], activations: tuple[str, str], count: int) -> None:
        places = spread(_running(layer), count)
        with np.errstate(invalid="ignore", over="ignore"):  # a network that blows up is looked at too
            for head, values in arguments_of(layer, activations, places):
                self._values.setdefault((*where, *head), []).append(values.reshape(-1))

    def record(self, step: int) -> BatchActivations:
        """All of it, of the batch that was the `step`-th."""
        slots = tuple(BatchSlot(*head, ranked(np.concatenate(parts))) for head, parts in self._values.items())
        return BatchActivations(slots, step, self._places, self._looked_at, self._updates)


def _running(layer: Layer) -> NDArray[np.int64]:
    """Places of the last pass, in (T, B) order, at which a sequence had not ended."""
    return np.flatnonzero(np.arange(layer.steps)[:, None] < layer.lengths)


def _chosen(stack: Stack) -> tuple[int, int]:
    """Time steps of all sequences of the last pass, and how many of them are looked at."""
    running = int(stack.layers[0].lengths.sum())
    return running, min(running, max(1, MOST_COMPUTED // max(stack.config.widths)))


def spread(places: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """`count` of the `places`: one of each of so many equal parts, not always the same one of a part."""
    parts = np.arange(count)
    at: NDArray[np.int64] = ((parts + parts * _SPREAD % 1) * len(places) / count).astype(np.int64)
    return places[at]


def ranked(values: NDArray[Any]) -> Floats:
    """The finite ones in rising order; of many, some at even distances, the first and the last among them."""
    rising = np.sort(values[np.isfinite(values)])
    if rising.size > MOST_TOLD:
        rising = rising[np.linspace(0, rising.size - 1, MOST_TOLD).round().astype(np.int64)]
    return frozen(rising)
