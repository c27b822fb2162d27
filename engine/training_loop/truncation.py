"""Truncated back-propagation through time: a batch in parts, each learned from with the state carried over.

BPTT(k1, k2) (Williams & Peng 1990, Neural Computation 2; Sutskever 2013, section 2.8.6): after every k1 steps the
weights learn from the answers of these steps, back through the last k2. What lies further back gives the state to
begin with and nothing else. A part begins with the state that the weights of the time led to, and runs with the
present ones, so its gradient is exactly that of its own loss. A text's batches, which continue one another, are cut
in the same way already: by `data.sequence_length`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data import Batch
from engine.layers.stack import State


@dataclass(frozen=True, slots=True)
class Part:
    """Some steps of a batch. Sequences that ended before are left out; they are the last rows."""

    batch: Batch
    learns: bool  # otherwise it only leads to the state at its end
    hand_over: int  # steps of the part after which the next one begins; 0 where that begins with the same state
    first: int = 0  # step of the batch that the part begins with


def parts(batch: Batch, every: int, back: int, aligned: bool) -> Iterator[Part]:
    """What `batch` is learned from, in order; the whole of it where `every` and `back` are 0.

    Args:
        batch: Of one direction's network, since the other one would need the end first.
        every: k1, steps from one update to the next; 0 for all of the batch.
        back: k2, steps that gradients go back; 0 for the beginning of the batch.
        aligned: Whether there is an answer to every step, or one to each sequence.
    """
    steps = len(batch.inputs)
    every, back = every or steps, back or steps
    answered = _answered(batch, aligned) if every < steps or back < steps else None
    if answered is None or not answered.any():
        yield Part(batch, True, steps)
        return
    ends = [min(end, steps) for end in range(every, steps + every, every)]
    windows = [((end - 1) // every * every, end) for end in ends]
    learned = [(since, end) for since, end in windows if answered[max(since, end - back) : end].any()]
    begins = [max(0, end - back) for _, end in learned]
    at = 0
    for (since, end), begin, following in zip(learned, begins, [*begins[1:], steps], strict=True):
        if begin > at:
            yield Part(_cut(batch, at, begin, begin, aligned), False, begin - at, at)
        at = min(end, following)
        yield Part(_cut(batch, begin, end, max(since, begin), aligned), True, at - begin, begin)
    if at < steps:
        yield Part(_cut(batch, at, steps, steps, aligned), False, steps - at, at)


def _answered(batch: Batch, aligned: bool) -> NDArray[np.bool_]:
    """Whether an answer counts at each step, (T,)."""
    found = np.zeros(len(batch.inputs), bool)
    if aligned:
        found[:] = (batch.weights != 0).any(axis=1)
    else:
        found[batch.lengths[batch.weights != 0] - 1] = True
    return found


def _cut(batch: Batch, first: int, last: int, since: int, aligned: bool) -> Batch:
    """The steps ``first … last``, of which the answers from `since` on count."""
    rows = int((batch.lengths > first).sum())
    lengths = np.minimum(batch.lengths[:rows], last) - first
    if aligned:
        targets, weights = batch.targets[first:last, :rows], batch.weights[first:last, :rows].copy()
        weights[: since - first] = 0
    else:
        ends = batch.lengths[:rows]
        targets, weights = batch.targets[:rows], batch.weights[:rows] * ((ends > since) & (ends <= last))
    inputs = batch.inputs[first:last, :rows]
    return dataclasses.replace(
        batch, inputs=inputs, lengths=lengths, targets=targets, weights=weights, positions=batch.positions[:rows]
    )


def with_ended(ahead: State, before: State | None) -> State:
    """States of the sequences that go on, and behind them those of the ones that ended earlier."""
    if before is None:
        return ahead
    return [np.concatenate([new, old[:, new.shape[1] :]], axis=1) for new, old in zip(ahead, before, strict=True)]
