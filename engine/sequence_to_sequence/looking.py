"""Encoder and decoder on one time axis: first the steps that are read, then the steps that are written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Arrived, LayerTrace
from engine.layers.layer import Layer
from engine.layers.looking import Look, arrival, arrived, differ, from_the_end, look, name, typical


def traces(encoder: list[list[Layer]], decoder: list[Layer]) -> tuple[LayerTrace, ...]:
    """What each layer and direction did on the last sequence; without an encoder, on the steps written."""
    found = []
    for level, writing in enumerate(decoder):
        written = look(writing, False)
        for reverse, reading in enumerate(encoder[level] if encoder else []):
            found.append(_one_after_the_other(level, bool(reverse), look(reading, bool(reverse)), written))
        if not encoder:
            found.append(LayerTrace(level, False, *written))
    return tuple(found)


def what_arrived(encoder: list[list[Layer]], decoder: list[Layer], order: NDArray[np.int64]) -> Arrived:
    """What the last pass back left of each layer and direction: by time, the steps read come before those written.

    By distance from the end those written come first, and then those read; a layer that reads backward ends at its
    first step. NaN where a layer has no more. `order` are the pairs in the decoder's order.
    """
    names, by_time, by_distance, ragged = [], [], [], False
    for level, writing in enumerate(decoder):
        last_steps, back, _ = arrival(writing, reverse=False)
        ragged = ragged or differ(writing.lengths)
        for reverse, reading in enumerate(encoder[level] if encoder else []):
            names.append(name(level, bool(reverse)))
            read, read_back, _ = arrival(reading, bool(reverse))
            ragged = ragged or differ(reading.lengths)
            if reverse:
                unknown = np.full_like(last_steps, np.nan)
                by_time.append(np.append(read, unknown))
                by_distance.append(np.append(read_back, unknown))
            else:
                by_time.append(np.append(read, last_steps))
                by_distance.append(_through(writing, reading, order))
        if not encoder:
            names.append(name(level, False))
            by_time.append(last_steps)
            by_distance.append(back)
    ends = decoder[0].lengths
    written = (int(ends.min()), int(ends.max())) if encoder else None
    return Arrived(tuple(names), np.stack(by_time), np.stack(by_distance), ragged, written=written)


def _through(writing: Layer, reading: Layer, order: NDArray[np.int64]) -> NDArray[np.float32]:
    """Of one pair, by steps back from where it has been written to where it begins to be read."""
    both = _behind(_back(writing), writing.lengths, _back(reading)[:, order])
    return typical(both, writing.lengths + reading.lengths[order])


def _back(layer: Layer) -> NDArray[Any]:
    return from_the_end(arrived(layer), layer.lengths)


def _behind(written: NDArray[Any], lengths: NDArray[Any], read: NDArray[Any]) -> NDArray[Any]:
    """What was read behind what was written, (S + U, B), without the steps that shorter sequences do not write."""
    places = np.arange(len(written) + len(read))[:, None]
    further = np.take_along_axis(read, np.clip(places - lengths, 0, len(read) - 1), axis=0)
    further = np.where(places - lengths < len(read), further, 0)
    nearer = np.take_along_axis(written, np.minimum(places, len(written) - 1), axis=0)
    return np.where(places < lengths, nearer, further)


def _one_after_the_other(level: int, reverse: bool, read: Look, written: Look) -> LayerTrace:
    def after(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([first, np.full_like(second, np.nan) if reverse else second])

    cell = None if read[1] is None or written[1] is None else after(read[1], written[1])
    gates = tuple((name, after(own, other)) for (name, own), (_, other) in zip(read[2], written[2], strict=True))
    return LayerTrace(level, reverse, after(read[0], written[0]), cell, gates)
