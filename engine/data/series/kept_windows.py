"""Windows that are cut once: every epoch reads the same ones, each time in another order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data.batches import Batch, Ints, joined, taken

_MOST = 1 << 26  # bytes of a part's windows that are kept
_AT_ONCE = 1 << 22  # of them that are cut at once: on the way they are of twice the size


class KeptWindows:
    """The windows of each part of a data set, where all of them take little room."""

    def __init__(self) -> None:
        """Nothing is cut yet."""
        self._whole: dict[str, Batch] = {}

    def batch(self, part: str, positions: Ints, cut: Callable[[str, Ints], Batch], count: int, numbers: int) -> Batch:
        """The windows of a part at `positions` (B,), as `cut` gives those of a part at some positions.

        The part has `count` of them, of so many `numbers` each.
        """
        size = 4 * numbers
        if not 0 < count * size <= _MOST:
            return cut(part, positions)
        if part not in self._whole:
            some = range(0, count, max(1, _AT_ONCE // size))
            self._whole[part] = joined([cut(part, own) for own in np.split(np.arange(count), some[1:])])
        return taken(self._whole[part], positions)

    def forget(self) -> None:
        """They are to be cut anew."""
        self._whole.clear()
