"""Windows that are cut once: every epoch reads the same ones, each time in another order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.data.batches import Batch, Ints, bytes_of, joined, taken

_MOST = 1 << 26  # bytes of a part's windows that are kept
_AT_ONCE = 1 << 22  # of them that are cut at once: on the way they are of twice the size


class KeptWindows:
    """The windows of each part of a data set, where all of them take little room."""

    def __init__(self) -> None:
        """Nothing is cut yet."""
        self._whole: dict[str, Batch | None] = {}  # None of a part that takes too much

    def batch(self, part: str, positions: Ints, cut: Callable[[str, Ints], Batch], count: int) -> Batch:
        """The windows of a part at `positions` (B,), of `count` in all, as `cut` gives those of a part at some."""
        if part not in self._whole and count:
            self._keep(part, cut, count)
        whole = self._whole.get(part)
        return cut(part, positions) if whole is None else taken(whole, positions)

    def _keep(self, part: str, cut: Callable[[str, Ints], Batch], count: int) -> None:
        """Cut all windows of a part, if they take as little as one of them makes expect."""
        size = bytes_of(cut(part, np.zeros(1, np.int64)))
        if count * size > _MOST:
            self._whole[part] = None
            return
        some = range(0, count, max(1, _AT_ONCE // size))
        self._whole[part] = joined([cut(part, own) for own in np.split(np.arange(count), some[1:])])

    def forget(self) -> None:
        """They are to be cut anew."""
        self._whole.clear()
