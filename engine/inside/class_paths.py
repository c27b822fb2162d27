"""The hidden states of some held-out sequences of every class: whether they part while the network learns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data import Batch, Dataset
from engine.inside_records import ClassPaths
from engine.layers import looking
from engine.network import Network
from engine.networks import AnyNetwork

_SEQUENCES, _STEPS = 48, 3000  # that a plot can show
_LOOKED_THROUGH, _BATCH = 4096, 256  # sequences


class PathsByClass:
    """Of one network on one data set; the sequences stay the same throughout a run."""

    def __init__(self, network: AnyNetwork, dataset: Dataset) -> None:
        self._network, self._dataset = network, dataset

    def now(self) -> ClassPaths | None:
        """The paths with the weights of this moment; None where a sequence has no class of its own."""
        batch, network, names = self._chosen, self._network, self._dataset.classes
        if batch is None or not isinstance(network, Network):
            return None
        answers = network.forward(batch.inputs, batch.lengths).values.argmax(axis=-1)
        layers, states = looking.paths(level.directions for level in network.stack.levels)
        return ClassPaths(layers, states, _named(names, batch.targets), _named(names, answers))

    @cached_property
    def _chosen(self) -> Batch | None:
        dataset = self._dataset
        several = dataset.loss == "binary_cross_entropy"  # labels at once: no sequence is of one of them
        if not dataset.classes or several or dataset.topology != "many_to_one":
            return None
        found: dict[int, list[NDArray[Any]]] = {}
        for number, batch in enumerate(dataset.batches(dataset.pinned_part, _BATCH)):
            for column in np.flatnonzero(batch.weights).tolist():
                found.setdefault(int(batch.targets[column]), []).append(batch.inputs[: batch.lengths[column], column])
            if (number + 1) * _BATCH >= _LOOKED_THROUGH:
                break
        return _side_by_side(list(_in_turn(found))) if found else None


def _in_turn(found: dict[int, list[NDArray[Any]]]) -> Iterator[tuple[int, NDArray[Any]]]:
    """Classes with one of their sequences each, and then again, until there are enough."""
    count = steps = 0
    for place in range(max(map(len, found.values()))):
        for target in sorted(found):
            if place < len(found[target]) and count < _SEQUENCES and (steps < _STEPS or not place):
                yield target, found[target][place]
                count, steps = count + 1, steps + len(found[target][place])


def _side_by_side(sequences: list[tuple[int, NDArray[Any]]]) -> Batch:
    """Sequences and their classes as a batch, the longest first."""
    sequences.sort(key=lambda item: -len(item[1]))
    lengths = np.array([len(inputs) for _, inputs in sequences], np.int64)
    longest = sequences[0][1]
    wide = np.zeros((len(longest), len(sequences), *longest.shape[1:]), longest.dtype)
    for column, (_, inputs) in enumerate(sequences):
        wide[: len(inputs), column] = inputs
    return Batch(
        inputs=wide,
        lengths=lengths,
        targets=np.array([target for target, _ in sequences], np.int32),
        weights=np.ones(len(sequences), np.float32),
        continues=False,
        positions=np.arange(len(sequences)),
    )


def _named(names: tuple[str, ...], numbers: NDArray[Any]) -> tuple[str, ...]:
    return tuple(names[number] for number in numbers.tolist())
