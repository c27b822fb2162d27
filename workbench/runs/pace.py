"""How fast a run goes and how long it still takes, over its last seconds."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

_WINDOW = 5.0  # seconds of training that count
_SPACING = 0.1  # seconds between two samples that are kept


class Pace:
    """Steps a second from the run's own clock, which stands still in pauses."""

    def __init__(self) -> None:
        self._samples: deque[tuple[int, float]] = deque()

    def note(self, step: int, seconds: float) -> None:
        """`step` steps were done `seconds` after the start."""
        if len(self._samples) > 1 and seconds - self._samples[-2][1] < _SPACING:
            self._samples.pop()
        self._samples.append((step, seconds))
        while seconds - self._samples[0][1] > _WINDOW:
            self._samples.popleft()

    def break_off(self) -> None:
        """Forget what was before a pause: single steps say nothing about the pace of a run."""
        self._samples.clear()

    @property
    def steps_per_second(self) -> float:
        """0 while there is too little to tell."""
        if len(self._samples) < 2:
            return 0.0
        (first, start), (last, end) = self._samples[0], self._samples[-1]
        return (last - first) / (end - start) if end > start else 0.0

    def remaining(self, steps: int) -> float:
        """Seconds that `steps` more steps take; 0 while there is too little to tell."""
        pace = self.steps_per_second
        return steps / pace if pace else 0.0


class Unbroken:
    """How long batches take that followed one another, from the run's own clock, however many waited for a person.

    The first after a wait is left out: it is watched for those who look inside, and the first of all has more to do.
    """

    def __init__(self) -> None:
        self._steps, self._seconds = 0, 0.0
        self._last: tuple[int, float] | None = None

    def note(self, steps: Sequence[tuple[int, float]]) -> None:
        """These steps were done so many seconds after the start, with no wait between them."""
        (first, start), (last, end) = self._last or steps[0], steps[-1]
        self._steps, self._seconds = self._steps + last - first, self._seconds + end - start
        self._last = last, end

    def break_off(self) -> None:
        """The run waits."""
        self._last = None

    @property
    def seconds_a_step(self) -> float:
        """0 where no two batches followed one another."""
        return self._seconds / self._steps if self._steps else 0.0


def duration(seconds: float) -> str:
    """Minutes and seconds, with hours where there are any: 0:32, 1:02:03."""
    whole = max(1, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"
