"""Encoder and decoder on one time axis: first the steps that are read, then the steps that are written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import LayerTrace
from engine.layers.layer import Layer
from engine.layers.looking import Look, arrived, back_from_the_end, look, name, norms_of, typical


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


def norms_by_time(encoder: list[list[Layer]], decoder: list[Layer]) -> tuple[tuple[str, ...], NDArray[np.float32]]:
    """Names of layers and directions, and ‖∂L/∂h_t‖ of each, (L·D, S + U)."""
    names, norms = [], []
    for level, writing in enumerate(decoder):
        written = norms_of(arrived(writing))
        for reverse, reading in enumerate(encoder[level] if encoder else []):
            read = norms_of(back_from_the_end(reading) if reverse else arrived(reading))
            names.append(name(level, bool(reverse)))
            norms.append(np.concatenate([read, np.full_like(written, np.nan) if reverse else written]))
        if not encoder:
            names.append(name(level, False))
            norms.append(written)
    return tuple(names), np.stack(norms)


def norms_by_distance(
    encoder: list[list[Layer]], decoder: list[Layer], order: NDArray[np.int64]
) -> NDArray[np.float32]:
    """‖∂L/∂h‖ of each by steps back from where a sequence ends, (L·D, S + U), of those written and then of those read.

    Of a layer that reads backward, from where it ends: its first step. NaN where a layer has no more. See `typical`.
    `order` are the pairs in the decoder's order.
    """
    rows = []
    for level, writing in enumerate(decoder):
        written = back_from_the_end(writing)
        for reverse, reading in enumerate(encoder[level] if encoder else []):
            read = back_from_the_end(reading)
            if reverse:
                rows.append(np.append(typical(read, reading.lengths), np.full(len(written), np.nan, np.float32)))
            else:
                both = _behind(written, writing.lengths, read[:, order])
                rows.append(typical(both, writing.lengths + reading.lengths[order]))
        if not encoder:
            rows.append(typical(written, writing.lengths))
    return np.stack(rows)


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
