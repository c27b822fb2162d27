"""Time that counts only while something runs."""

from __future__ import annotations

import time


class Stopwatch:
    """Seconds between `go` and `rest`, added up; it begins at rest."""

    def __init__(self) -> None:
        self._before = 0.0
        self._since: float | None = None

    def go(self) -> None:
        """Count from now on; nothing changes when it counts already."""
        if self._since is None:
            self._since = time.perf_counter()

    def rest(self) -> None:
        """Keep what was counted and wait."""
        self._before, self._since = self.seconds, None

    def add(self, seconds: float) -> None:
        """Count so many that went by elsewhere."""
        self._before += seconds

    @property
    def seconds(self) -> float:
        """Seconds counted so far."""
        return self._before + (0.0 if self._since is None else time.perf_counter() - self._since)
