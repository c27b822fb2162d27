"""Curves of several series after each other, with a gap where the next begins."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.inside_records import Floats

_BETWEEN = " · "  # a series' name and the date, in labels of several


@lru_cache(maxsize=4)  # the same labels come with every frame
def beginnings(labels: tuple[str, ...]) -> NDArray[np.intp]:
    """Where another series begins than the one before; read only."""
    names = [label.rpartition(_BETWEEN)[0] for label in labels]
    found = np.array([at for at in range(1, len(names)) if names[at] != names[at - 1]], np.intp)
    found.flags.writeable = False
    return found


def parted(values: Floats, where: NDArray[np.intp]) -> tuple[NDArray[Any], Floats]:
    """Places and values (N,), with a gap before each of the places `where`."""
    places = np.arange(len(values), dtype=float)
    if not where.size:
        return places, values
    return np.insert(places, where, where - 0.5), np.insert(values, where, np.nan)
