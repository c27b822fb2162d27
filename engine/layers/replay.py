"""Steps of the last pass once more, under other activation functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.layers import looking
from engine.layers.buffers import Rows
from engine.layers.layer import Layer

Replayed: TypeAlias = tuple[NDArray[Any], NDArray[Any]]  # slots (N, slots, H) and new states (N, kinds, H)


def replay(layer: Layer, choices: Sequence[tuple[str, str]], places: NDArray[np.int64]) -> list[Replayed]:
    """The steps `places`, counted in (T, B) order, under each of `choices`: the gates' and the candidate's function.

    Every step begins with the state that the true functions led to, so the steps run side by side as a batch of one
    step. What training left out of the recurrent product is left out again; zoneout, which comes after the functions,
    is not. Weights are those of the pass, and what the layer holds of it stays.
    """
    steps, rows = np.divmod(places, layer.batch)
    held = layer.states[: layer.steps * layer.batch * layer.state_row].reshape(-1, layer.state_row)
    before, x, kept = held[places], looking.inputs_read(layer)[steps, rows], layer.kept_of(rows)
    return [_replayed(layer.twin(functions), before, x, kept) for functions in choices]


def _replayed(twin: Layer, before: NDArray[Any], x: NDArray[Any], kept: NDArray[Any]) -> Replayed:
    count = len(before)
    twin.begin(1, count, np.ones(count, np.int64), None)
    twin.leave_out(kept)
    twin.states[: before.size] = before.reshape(-1)
    for task in twin.forward_tasks(Rows(x.reshape(-1), 0, twin.inputs), [0, count]):
        task()
    states = twin.states[before.size :][: before.size].reshape(count, twin.kinds, twin.width)
    slots = twin.z[: count * twin.z_row].reshape(count, twin.spec.slots, twin.width)
    return slots[:, :, : twin.units], states[:, :, : twin.units]
