"""The learning-rate range test as the window runs it: in a background job that can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.doors.backend import Backend
from workbench.draft import Draft
from workbench.jobs import Jobs

if TYPE_CHECKING:
    from engine.rate_search import RateCurve, Tried

_LANE = "rate"


class RateTest:
    """One test at a time of the experiment that is being set up; it may be begun again."""

    def __init__(self, backend: Backend, jobs: Jobs, draft: Draft, clock: Callable[[], float] = time.monotonic) -> None:
        self._backend, self._jobs, self._draft, self._clock = backend, jobs, draft, clock
        self._tried: list[Tried] = []  # filled by the job, read by the window
        self._seconds: list[float] = []  # when each was done, likewise
        self._stop = threading.Event()

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self._jobs.busy(_LANE)

    def start(self, found: Callable[[RateCurve], None], failed: Callable[[Exception], None]) -> None:
        """Begin; one of the two is called at the end, also of a test that was stopped: with what was measured."""
        self.stop()
        loaded = self._draft.loaded_data
        assert loaded is not None
        experiment, dataset = self._draft.experiment, loaded.dataset
        tried: list[Tried] = []
        seconds: list[float] = []
        stop = threading.Event()
        self._tried, self._seconds, self._stop = tried, seconds, stop

        def tell(each: Tried) -> None:
            seconds.append(self._clock())
            tried.append(each)

        def work() -> RateCurve:
            return self._backend.find_rate(experiment, dataset, tell, stop.is_set)

        self._jobs.submit(_LANE, work, found, failed)

    @property
    def steps(self) -> int:
        """Of a whole test; to be asked once there are some."""
        from engine.rate_search import STEPS

        return STEPS

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest rate of a whole test, and the highest; to be asked once there are some."""
        from engine.rate_search import HIGHEST, LOWEST

        return LOWEST, HIGHEST

    def stop(self) -> None:
        """End after the step at hand."""
        self._stop.set()

    def abandon(self) -> None:
        """`stop`, and call nobody at the end."""
        self.stop()
        self._jobs.forget(_LANE)

    def tried(self) -> list[Tried]:
        """What was measured so far."""
        return list(self._tried)

    @property
    def seconds_left(self) -> float:
        """What the rest of the steps takes at the pace so far; 0 while that cannot be told."""
        seconds = list(self._seconds)
        if len(seconds) < 2:
            return 0.0
        return (seconds[-1] - seconds[0]) / (len(seconds) - 1) * (self.steps - len(seconds))

    def verdict(self, found: RateCurve) -> str:
        """What a curve says, in words."""
        from engine.rate_search import verdict

        return verdict(found)
