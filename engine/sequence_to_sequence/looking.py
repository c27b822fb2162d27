"""Encoder and decoder on one time axis: first the steps that are read, then the steps that are written."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import LayerTrace
from engine.layers.layer import Layer
from engine.layers.looking import Look, arrived, look, name


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
        written = arrived(writing)
        for reverse, reading in enumerate(encoder[level] if encoder else []):
            read, unknown = arrived(reading), np.full_like(written, np.nan)
            names.append(name(level, bool(reverse)))
            norms.append(np.concatenate([read[::-1], unknown] if reverse else [read, written]))
        if not encoder:
            names.append(name(level, False))
            norms.append(written)
    return tuple(names), np.stack(norms)


def _one_after_the_other(level: int, reverse: bool, read: Look, written: Look) -> LayerTrace:
    def after(first: NDArray[Any], second: NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([first, np.full_like(second, np.nan) if reverse else second])

    cell = None if read[1] is None or written[1] is None else after(read[1], written[1])
    gates = tuple((name, after(own, other)) for (name, own), (_, other) in zip(read[2], written[2], strict=True))
    return LayerTrace(level, reverse, after(read[0], written[0]), cell, gates)
