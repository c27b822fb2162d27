"""When a run that is to wait says so: as soon as it learns nothing more, whatever it still measures."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine.control import Control
from engine.events import Event, Paused, Resumed
from engine.probes import Probes
from engine.training_loop.stopwatch import Stopwatch

WITHIN = 0.06  # seconds from the wish to wait until the run does, where one batch more would take longer than that
QUICK = 0.02  # seconds that one batch more may take, however late it is


class Pausing:
    """Of one run. Time that it waits is not counted by `watch`.

    Attributes:
        batch_seconds: What the last batch took.
    """

    def __init__(self, control: Control, probes: Probes, watch: Stopwatch) -> None:
        self.batch_seconds = 0.0
        self._control, self._probes, self._watch = control, probes, watch
        self._said = False

    @property
    def looks_once_more(self) -> bool:
        """Whether a run that is to wait or to end trains one batch more, watched, for whoever looks inside.

        What a batch shows can only be measured while it is trained, and the last one was not watched. A run that
        waits already trains none, nor one of batches that are long to wait for, as after a wish that fell into long
        scoring: what was watched last is shown then.
        """
        control = self._control
        if not self._unwatched:
            return False
        if control.ending:
            return control.ending in ("stop", "finish")
        return control.paused and not self._said and 2 * self.batch_seconds < max(self._left, QUICK)

    @property
    def _unwatched(self) -> bool:
        """Whether somebody looks inside, and the last batch was not watched."""
        return self._probes.behind and bool(self._control.request.probes)

    @property
    def _left(self) -> float:
        """Seconds within which a run that is to wait had better say so."""
        return self._control.pause_asked + WITHIN - time.monotonic()

    def say_while_scoring(self, step: int) -> Iterator[Event]:
        """As `say`; where batches are quick, not while there is time for scoring and one batch more, watched, after it.

        Else runs of short epochs, which are scored much of the time, would often wait after a batch nobody watched.
        """
        if not (self._unwatched and 2 * self.batch_seconds < min(self._left, QUICK)):
            yield from self.say(step)

    def say(self, step: int) -> Iterator[Event]:
        """Say that the run waits after so many steps, where it is to and has not said it."""
        if self._control.paused and not self._said:
            self._said = True
            self._watch.rest()
            yield Paused(step)

    def over(self, step: int) -> Iterator[Event]:
        """Go on; say so unless that is for one batch, or for the end."""
        self._watch.go()
        if self._said and not (self._control.stepping or self._control.ending):
            yield Resumed(step)
        self._said = False
