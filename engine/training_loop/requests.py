"""What whoever watches a run has asked to see of it, and which of that was answered."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Callable, Iterator

from engine.control import Control
from engine.events import Snapshot, SnapshotRequest
from engine.probes import Probes


class Requests:
    """Answers the request that a `Control` carries by what `probes` measure: once, or again and again while it stands.

    One that stands spares a window, and the run, a request for each of its frames.
    """

    def __init__(
        self, control: Control, probes: Probes, steps_per_epoch: int, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.answered = 0  # id of the last request that was
        self._control, self._probes, self._steps_per_epoch = control, probes, steps_per_epoch
        self._clock, self._due = clock, 0.0  # when one that stands is to be answered again
        self._shown = (-1, False)  # the last answer: after so many steps, and whether the run waited

    def open(self, within: float = 0.0) -> SnapshotRequest | None:
        """The request at hand, while it waits for an answer, or will `within` so many seconds."""
        return self._wanted(self._clock() + within >= self._due)

    def answer(self, step: int, *, paused: bool) -> Iterator[Snapshot]:
        """Between two batches, after so many; paused, everything is measured anew.

        A run that is to wait, to go on or to end does so first, and measures afterwards what is left.
        What was first asked for while a batch was trained is answered after the next one, if only batches that are
        watched show it.
        """
        request = self._wanted(self._shown != (step, True)) if paused else self.open()
        if request is None or (not paused and self._probes.lacks(request)):
            return
        epoch = math.ceil(step / max(1, self._steps_per_epoch))  # of the last batch; the next may have begun

        def hurried() -> bool:
            return self._control.paused is not paused or bool(self._control.ending)

        snapshot = self._probes.answer(request, step, epoch, paused, hurried) if request.probes else None
        if snapshot or not request.probes:
            now = self._clock()
            due = self._due if request.id == self.answered else now
            self._due = max(due + request.every, now + request.every / 2)  # lateness is made up for, but not at once
            self.answered, self._shown = request.id, (step, paused)
        if snapshot:
            yield snapshot

    def _wanted(self, again: bool) -> SnapshotRequest | None:
        """The request at hand unless it was answered; one that stands also where it is time for another answer."""
        request = self._control.request
        return request if (again and request.every) or request.id > self.answered else None

    def answer_last(self, probes: frozenset[str], step: int, epoch: int) -> Iterator[Snapshot]:
        """Show all of `probes` to whoever has looked at any: afterwards nothing can be measured any more."""
        request = self._control.request
        if request.probes:
            snapshot = self._probes.answer(dataclasses.replace(request, probes=probes), step, epoch, paused=True)
            if snapshot:
                yield snapshot
