"""How long the steps of exports took, and how long one that is under way may take yet."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

_READING, _WRITING, _ASKING, _RUNNING, _PLACING = STEPS = range(5)  # all but the first are told of when they begin
_LATE = 1.0  # seconds that a step may take more than was expected while that is believed


class ExportPace:
    """Seconds that each step took in each form of each run, in this window."""

    def __init__(self) -> None:
        self._took: dict[tuple[Path, str, int], float] = {}

    def note(self, run: Path, form: str, step: int, seconds: float) -> None:
        """It took so long."""
        self._took[run, form, step] = self._took[run, "", step] = seconds

    def left(self, run: Path, form: str, done: Sequence[float], at: float) -> float | None:
        """Seconds left after the steps that are `done` and `at` seconds of the one at hand; None while not known."""
        found = [self._expected(run, form, step, done) for step in STEPS[len(done) :]]
        known = [seconds for seconds in found if seconds is not None]
        if not known or len(known) < len(found) or at > known[0] + _LATE:
            return None
        return max(known[0] - at, 0.0) + sum(known[1:])

    def _expected(self, run: Path, form: str, step: int, done: Sequence[float]) -> float | None:
        """As long as the last time in this form, or in another; else what was done already tells the rest.

        The file is asked about the same data as the engine was, and files are put in place as they were written.
        """
        same, other = self._took.get((run, form, step)), self._took.get((run, "", step))
        like = {_RUNNING: _ASKING, _PLACING: _WRITING}.get(step)
        if same is not None or (other is not None and step != _RUNNING):
            return other if same is None else same
        if like is None:
            return None
        return done[like] if like < len(done) else self._took.get((run, "", like))


class UnderWay:
    """What an export is at, told from its thread, and the wish to end it."""

    def __init__(self, pace: ExportPace, run: Path, form: str) -> None:
        self.step = ""
        self._pace, self._run, self._form = pace, run, form
        self._done: list[float] = []  # seconds of each step
        self._began = self._since = time.monotonic()
        self._stopped = False

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self._began

    @property
    def left(self) -> float | None:
        """Seconds that it may take yet; None while that is not known."""
        return self._pace.left(self._run, self._form, self._done, time.monotonic() - self._since)

    def begin(self) -> None:
        """Its turn has come."""
        self.step, self._since = "Reading the run", time.monotonic()

    def tell(self, step: str) -> None:
        """The next step begins.

        Raises:
            RuntimeError: nobody wants it any more.
        """
        if self._stopped:
            raise RuntimeError("cancelled")
        self.end_step()
        self.step = step

    def end_step(self) -> None:
        """Note how long the step at hand took."""
        now = time.monotonic()
        self._pace.note(self._run, self._form, len(self._done), now - self._since)
        self._done = [*self._done, now - self._since]  # another list: the window may be reading this one
        self._since = now

    def stop(self) -> None:
        """End it before its next step."""
        self._stopped = True
