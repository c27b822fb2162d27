"""Orders in which the units of a layer can be stacked, so that what belongs together stands together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats

ORDERS = ("own order", "by variance", "by similarity")


def unit_order(hidden: Floats, order: str) -> NDArray[np.intp]:
    """Indices of the units of `hidden` (T, H) in the wanted order.

    "by variance" puts those that move most on top. "by similarity" starts with that one and goes on with the unit
    whose course over time is most alike (correlation, greedily), so that neighbours look alike.
    """
    units = hidden.shape[1]
    if order == "own order" or units < 2:
        return np.arange(units)
    values = hidden[np.isfinite(hidden).all(axis=1)]
    if not len(values):
        return np.arange(units)
    by_variance = np.argsort(-values.var(axis=0), kind="stable")
    return by_variance if order == "by variance" else _chain(values, int(by_variance[0]))


def _chain(values: Floats, first: int) -> NDArray[np.intp]:
    centred = values - values.mean(axis=0)
    lengths = np.linalg.norm(centred, axis=0)
    alike = centred / np.where(lengths > 0, lengths, 1.0)
    correlation = alike.T @ alike
    order = np.empty(values.shape[1], np.intp)
    for place in range(len(order)):
        order[place] = first
        correlation[:, first] = -np.inf
        first = int(correlation[first].argmax())
    return order
