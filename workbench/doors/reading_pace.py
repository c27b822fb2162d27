"""Which step the reading of a table is at, and how long it may take yet."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

LOOKING = ("how it is written", "its rows", "what its columns are", "what is in them")
LOADING = ("how it is written", "its rows", "its values")
# Seconds that each took of a table of 1.5 million rows; of others they are more or less, in about the same proportions.
_USUAL = {(LOOKING, 0): 4.1, (LOOKING, 1): 3.5, (LOOKING, 2): 9.4, (LOOKING, 3): 9.4,
          (LOADING, 0): 3.7, (LOADING, 1): 3.9, (LOADING, 2): 3.9}  # fmt: skip
_TELLS = 1.0  # seconds that steps have to take together before they tell how long others will
_LATE = 2.0  # times what was expected of a step that it may take while the rest is believed

_Phase = tuple[str, ...]
_Step = tuple[_Phase, int]


@dataclass(frozen=True, slots=True)
class HowFar:
    """Of a reading: the step at hand, counted from 1, what it finds out, and seconds left; None while not known."""

    step: int
    steps: int
    what: str
    share: float  # of all, by steps and time
    left: float | None


class ReadingPace:
    """Seconds that each step took of the sources that were read in this window."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._took: dict[tuple[str, _Step], float] = {}

    def note(self, source: str, step: _Step, seconds: float) -> None:
        """It took so long."""
        self._took[source, step] = seconds

    def expected(self, source: str, step: _Step, done: dict[_Step, float]) -> float | None:
        """As long as the last time; else by the pace of what is done, once that took long enough to tell."""
        if (source, step) in self._took:
            return self._took[source, step]
        spent = sum(done.values())
        return _USUAL[step] * spent / sum(_USUAL[each] for each in done) if spent >= _TELLS else None


class UnderWay:
    """One reading of a source, told from its thread and looked at from the window's."""

    def __init__(self, pace: ReadingPace, source: str, *phases: _Phase) -> None:
        """`phases` are those it goes through, of `LOOKING` and `LOADING`."""
        self._pace, self._source = pace, source
        self._steps = [(phase, number) for phase in phases for number in range(len(phase))]
        self._at, self._since = -1, pace.clock()
        self._done: dict[_Step, float] = {}

    def tell(self, what: str) -> None:
        """The next step of that name begins; one that is not to come is no step."""
        later = (at for at in range(self._at + 1, len(self._steps)) if self._may_follow(at) and self._name(at) == what)
        if (at := next(later, None)) is not None:
            self.end_step()
            self._at = at

    def _may_follow(self, at: int) -> bool:
        """A step of the same phase, or the first of another."""
        phase, number = self._steps[at]
        return not number or (self._at >= 0 and self._steps[self._at][0] is phase)

    def end_step(self) -> None:
        """Note how long the step at hand took."""
        now = self._pace.clock()
        if self._at >= 0:
            step, took = self._steps[self._at], now - self._since
            self._pace.note(self._source, step, took)
            self._done = {**self._done, step: took}  # another one: the window may be looking at this
        self._since = now

    def look(self) -> HowFar | None:
        """Where it is; None before its first step, and of what is no table."""
        at, done = self._at, self._done
        if at < 0:
            return None
        passed = self._pace.clock() - self._since
        expected = [self._pace.expected(self._source, step, done) for step in self._steps[at:]]
        known = [seconds for seconds in expected if seconds is not None]
        left = None
        if len(known) == len(expected) and passed <= _LATE * known[0] + _TELLS:
            left = max(known[0] - passed, 0.0) + sum(known[1:])
        spent = sum(done.values()) + passed
        share = at / len(self._steps) if left is None else spent / max(spent + left, 1e-9)
        return HowFar(at + 1, len(self._steps), self._name(at), share, left)

    def _name(self, at: int) -> str:
        phase, number = self._steps[at]
        return phase[number]
