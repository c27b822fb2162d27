"""A thread's share of the rows or units of a pass, of which another thread can take half while it is at work.

Threads that are given as much do not end at the same time: a window that is drawn holds one of them up for a few
milliseconds, for which the others would wait at the end of each pass. So a kernel that goes on for long looks at each
step whether it is asked to share, and returns there. No sum is split by that, so that bits stay the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

# Does the rows or units from the first to before the last, after so many steps, until it is asked; returns how many
# steps are done then, 0 for all.
Pass: TypeAlias = Callable[[int, int, int, NDArray[np.int64]], int]


class Share:
    """The rows or units ``first … last`` of a pass.

    Attributes:
        asked: one number; other than 0, the pass returns soon.
    """

    def __init__(
        self, work: Pass, first: int, last: int, *, steps: int, cost: int, whole: int = 1, done: int = 0
    ) -> None:
        """`cost`: multiply-adds of one row or unit in one of the `steps`; only multiples of `whole` are given away."""
        self.first, self.last, self.asked = first, last, unasked()
        self._work, self._steps, self._cost, self._whole, self._done = work, steps, cost, whole, done

    def __call__(self) -> None:
        """All of it, whoever asks."""
        while self.go_on():
            pass

    def go_on(self) -> bool:
        """Work to the end, or until it is asked to share; whether there is more to do."""
        self._done = self._work(self.first, self.last, self._done, self.asked)
        self.asked[0] = 0
        return self._done > 0

    @property
    def left(self) -> int:
        """Multiply-adds that are still to do, about."""
        return (self.last - self.first) * (self._steps - self._done) * self._cost

    def halve(self) -> Share | None:
        """What another thread may do from here on; None where it cannot be divided. Not while it works."""
        middle = self.first + (self.last - self.first + self._whole) // (2 * self._whole) * self._whole
        if not self.first < middle < self.last:
            return None
        other = Share(
            self._work, middle, self.last, steps=self._steps, cost=self._cost, whole=self._whole, done=self._done
        )
        self.last = middle
        return other


def unasked() -> NDArray[np.int64]:
    """What a pass looks at that nobody asks to share."""
    return np.zeros(1, np.int64)
