"""Work arrays that are made once and used again for every batch that fits in them, and how they are read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

CACHE_LINE = 64  # bytes; as long as the widest vector


def aligned_zeros(size: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """`size` zeros that begin with a line of the cache: NumPy's begin anywhere, and each vector would lie in two."""
    room = np.zeros(size + CACHE_LINE // dtype.itemsize, dtype)
    first = -room.ctypes.data % CACHE_LINE // dtype.itemsize
    return room[first : first + size]


class Buffers:
    """Flat arrays by name; they grow when a longer batch comes and are never given back in between."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype
        self._arrays: dict[str, NDArray[Any]] = {}

    def get(self, name: str, size: int) -> NDArray[Any]:
        """An array of at least `size` numbers, with whatever the last batch left in it (zero at first)."""
        array = self._arrays.get(name)
        if array is None or array.size < size:
            array = self._arrays[name] = aligned_zeros(size, self.dtype)
        return array


@dataclass(frozen=True, slots=True)
class Rows:
    """A flat array read by rows: row n begins at ``start + n · stride``."""

    array: NDArray[Any]
    start: int
    stride: int


@dataclass(frozen=True, slots=True)
class Products:
    """Rows that stand for their products: row n for the first `depth` numbers of it times the packed `panels`."""

    rows: Rows
    depth: int
    panels: NDArray[Any]
