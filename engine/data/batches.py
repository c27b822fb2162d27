"""What the network is fed with, and the order it comes in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences that one step learns from. T time steps, B sequences, I inputs, O outputs.

    Sequences come sorted by falling length, so that the ones still running at a step are the first ones.
    """

    inputs: NDArray[Any]  # float32 (T, B, I), or int32 (T, B) tokens
    lengths: Ints  # (B,) valid steps of each sequence, at least 1, falling
    targets: NDArray[Any]  # float32 (B, O) or (T, B, O); int32 (B,) or (T, B) for classes and tokens
    weights: Floats  # (B,) or (T, B); 0 leaves an answer out of the loss and of the score
    continues: bool  # the state is carried over from the batch before
    positions: Ints  # (B,) index of each sequence in its part


@dataclass(frozen=True, slots=True)
class PairBatch(Batch):
    """What is read, and sequences that are written. U steps written; targets are (U, B) or (U, B, O).

    Rows fall in what is read; what is written may have any length, at least 1.
    """

    before: NDArray[Any]  # what was written before each step, a start first: int32 (U, B), or float32 (U, B, E)
    written: Ints  # (B,) steps of each that are written


_SIDES = {
    "inputs": 1,
    "lengths": 0,
    "targets": -2,
    "weights": -1,
    "positions": 0,
    "before": 1,
    "written": 0,
}  # axis of B


def joined(batches: Sequence[Batch]) -> Batch:
    """Sequences of the same length, from several batches, as one."""
    own: dict[str, Any] = {
        name: np.concatenate([getattr(batch, name) for batch in batches], axis) for name, axis in _sides(batches[0])
    }
    return replace(batches[0], **own)


def taken(batch: Batch, which: Ints) -> Batch:
    """Some of the sequences of a batch, all of the same length."""
    own: dict[str, Any] = {name: np.take(getattr(batch, name), which, axis) for name, axis in _sides(batch)}
    return replace(batch, **own)


def bytes_of(batch: Batch) -> int:
    """What its arrays take."""
    return sum(getattr(batch, name).nbytes for name, _ in _sides(batch))


def _sides(batch: Batch) -> list[tuple[str, int]]:
    return [(field.name, _SIDES[field.name]) for field in fields(batch) if field.name in _SIDES]


def generator(seed: int, epoch: int) -> np.random.Generator:
    """Random numbers of one epoch, reproducible without any stored state.

    The epoch sits in the highest word of the counter, so that no two epochs share numbers.
    """
    return np.random.Generator(np.random.Philox(key=seed, counter=epoch << 192))


def orders(count: int, batch_size: int, seed: int | None = None, epoch: int = 0) -> Iterator[Ints]:
    """Positions 0 … `count` - 1 cut into batches, shuffled when a `seed` is given."""
    order = np.arange(count) if seed is None else generator(seed, epoch).permutation(count)
    for first in range(0, count, batch_size):
        yield order[first : first + batch_size]


def batches_of(count: int, batch_size: int) -> int:
    """How many batches `orders` gives."""
    return -(-count // batch_size)
