"""One run's life: ready → training ⇄ paused → finished. The only thing that starts or stops a run."""

from __future__ import annotations

import dataclasses
import itertools
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from engine.config import ConfigError, Experiment, field_info
from engine.control import Control
from engine.events import (
    Compiling,
    Evaluated,
    Event,
    Finding,
    Paused,
    Resumed,
    RunFailed,
    RunFinished,
    RunStarted,
    SnapshotRequest,
    StepDone,
)
from engine.storage.run_numbers import new_number
from workbench.doors.mailbox import Mailbox
from workbench.doors.worker import Worker
from workbench.runs.pace import Pace
from workbench.runs.records import RunRecord, run_name
from workbench.runs.state import ALIVE, Command, State, why_not
from workbench.wording import for_people

_log = logging.getLogger(__name__)


class RunMaker(Protocol):
    """Makes the iterator of events of one run; called in the training thread."""

    def __call__(self, experiment: Experiment, control: Control, folder: Path | None) -> Iterable[Event]:
        """Begin a run of `experiment` that obeys `control` and writes into `folder`."""


class Session(QObject):
    """Holds the run at hand and those before it; speaks in signals about what changes rarely."""

    status_changed = Signal()
    begun = Signal(object)  # RunRecord: views forget the run before
    progressed = Signal()  # scalars have come since the last time
    found = Signal(object)  # Finding
    ended = Signal(object)  # RunRecord
    cleared = Signal()  # back to untrained

    def __init__(self, mailbox: Mailbox, new_folder: Callable[[str], Path | None]) -> None:
        """`new_folder` gives a run's folder from the run's name."""
        super().__init__()
        self.records: list[RunRecord] = []
        self.record: RunRecord | None = None
        self.state = State.READY
        self.preparing: Compiling | None = None  # what is compiled at the moment, and how far that is
        self.step = 0
        self.epoch = 0
        self.pace = Pace()
        self._mailbox = mailbox
        self._new_folder = new_folder
        self._worker: Worker | None = None
        self._control = Control()
        self._request = SnapshotRequest(0, frozenset())
        self._reset_at_end = False
        self._pause_asked = False  # the last wish; the state follows when the run has heard of it
        self._handlers: dict[type[Any], Callable[[Any], None]] = {
            Compiling: self._on_compiling,
            RunStarted: self._on_started,
            Finding: self.found.emit,
            Paused: self._on_paused,
            Resumed: self._on_resumed,
            RunFinished: self._on_end,
            RunFailed: self._on_end,
        }

    # --- what a person asks ---

    @property
    def alive(self) -> bool:
        """Whether a run is under way, paused or not."""
        return self.state in ALIVE

    @property
    def awaited(self) -> bool:
        """Whether the run has yet to do what it was asked last: to wait, to go on, or to end."""
        moves = self.state is State.TRAINING
        return self.alive and (self.state is State.ENDING or self._pause_asked == moves)

    def why_not(self, command: Command) -> str:
        """Why `command` cannot be given now; empty when it can."""
        return why_not(command, self.state)

    def run(self, experiment: Experiment, make_run: RunMaker) -> None:
        """Start when no run is under way; otherwise pause or go on."""
        if not self.alive:
            self._start(experiment, make_run, paused=False)
        else:
            self._ask_to_pause(not self._pause_asked)

    def judge(self, experiment: Experiment, make_run: RunMaker) -> None:
        """Start a run that scores weights as they came and trains nothing, where no run is under way."""
        if not self.alive:
            self._start(experiment, make_run, paused=False, untrained=True)

    def step_once(self, experiment: Experiment, make_run: RunMaker) -> None:
        """Train one batch and wait; pauses a run that moves, starts one where there is none."""
        if not self.alive:
            self._start(experiment, make_run, paused=True)
        elif self._pause_asked:
            self._control.step_once()
        else:
            self._ask_to_pause(True)

    def _ask_to_pause(self, wanted: bool) -> None:
        self._pause_asked = wanted
        if wanted:
            self._control.pause()
        else:
            self._control.resume()
        self.status_changed.emit()

    def stop(self) -> None:
        """End the run after the batch at hand."""
        if self.alive:
            self._control.stop()
            self._become(State.ENDING)

    def finish(self) -> None:
        """End the run, score it once more and keep the best weights."""
        if self.alive and self.state is not State.ENDING:
            self._control.finish()
            self._become(State.ENDING)

    def reset(self) -> None:
        """Back to an untrained network; a run under way is stopped first, and stays in the list."""
        if self.alive:
            self._reset_at_end = True
            self.stop()
        else:
            self._clear()

    def set_live(self, name: str, value: Any) -> str:
        """Change a live setting of the run under way; returns why not, or nothing."""
        section, _, item = name.partition(".")
        if not self.alive or not field_info(section, item).live:
            return ""
        try:
            self._control.set(name, value)
        except ConfigError as error:
            return for_people(str(error))
        return ""

    def ask(self, request: SnapshotRequest) -> SnapshotRequest:
        """Ask the run for a snapshot; returns the request with the id that its answer will carry."""
        self._request = dataclasses.replace(request, id=self._request.id + 1)
        self._control.request = self._request
        return self._request

    def enlist(self, records: Sequence[RunRecord]) -> None:
        """Put runs into the list; where a run from elsewhere has the number of one, that gets another for now."""
        taken = {record.number for record in self.records}
        highest = max((record.number for record in (*self.records, *records)), default=0)
        for record in records:
            if record.number in taken:
                highest = record.number = highest + 1
            taken.add(record.number)
        self.records.extend(records)

    def forget(self, record: RunRecord) -> None:
        """Take a run that is over out of the list."""
        self.records.remove(record)
        if record is self.record:
            self._clear()

    def join(self, seconds: float) -> bool:
        """Wait for the training thread at most so long; True when none runs."""
        return self._worker is None or self._worker.join(seconds)

    # --- what the run says ---

    def handle(self, events: Sequence[Event]) -> None:
        """Take in what the run said since the last time, in order; of batches and scores, many at once."""
        for scalar, some in itertools.groupby(events, key=lambda event: isinstance(event, StepDone | Evaluated)):
            if scalar:
                self._take_scalars(list(some))
                continue
            for event in some:
                if self.record:
                    self.record.take(event)
                if handler := self._handlers.get(type(event)):
                    handler(event)
        if events:
            self.progressed.emit()

    def _take_scalars(self, events: Sequence[Event]) -> None:
        steps = [event for event in events if isinstance(event, StepDone)]
        if self.record:
            self.record.take_steps(steps)
            self.record.take_scores([event for event in events if isinstance(event, Evaluated)])
        if steps:
            self.step, self.epoch = steps[-1].step, steps[-1].epoch
            self.pace.note(steps[-1].step, steps[-1].seconds)

    def _start(self, experiment: Experiment, make_run: RunMaker, paused: bool, *, untrained: bool = False) -> None:
        name = run_name(experiment)
        folder = self._new_folder(name)
        record = RunRecord(self._next_number(folder), name, experiment, folder, untrained=untrained)
        self.records.append(record)
        self._begin(record, lambda control: make_run(experiment, control, record.folder), paused)

    def _next_number(self, folder: Path | None) -> int:
        """One that no run in the list has, nor any that was made beside `folder`."""
        highest = max((record.number for record in self.records), default=0)
        return new_number(folder, highest) if folder is not None else highest + 1

    def go_on(self, record: RunRecord, make_events: Callable[[Control], Iterable[Event]]) -> None:
        """Go on with a run that lies in its folder; it keeps its place in the list."""
        record.begin_again()
        record.of_sitting = True
        self._begin(record, make_events, paused=False)

    def _begin(self, record: RunRecord, make_events: Callable[[Control], Iterable[Event]], paused: bool) -> None:
        self.record = record
        self.step = self.epoch = 0
        self.pace = Pace()
        self._control = control = Control()
        self._pause_asked = paused
        if paused:
            control.step_once()
        self._worker = Worker(lambda: make_events(control), self._mailbox)
        self.begun.emit(self.record)
        self._become(State.TRAINING)
        self._worker.start()

    def _on_compiling(self, event: Compiling) -> None:
        self.preparing = None if event.seconds else event
        self.status_changed.emit()

    def _on_started(self, event: RunStarted) -> None:
        self.preparing, self.step = None, event.step
        self.status_changed.emit()

    def _on_paused(self, _event: Paused) -> None:
        self.pace.break_off()
        if self.state is not State.ENDING:
            self._become(State.PAUSED)

    def _on_resumed(self, _event: Resumed) -> None:
        if self.state is not State.ENDING:
            self._become(State.TRAINING)

    def _on_end(self, event: RunFinished | RunFailed) -> None:
        self.preparing = None
        self._become(State.FINISHED if isinstance(event, RunFinished) else State.FAILED)
        self.ended.emit(self.record)
        if self._reset_at_end:
            self._reset_at_end = False
            self._clear()

    def _clear(self) -> None:
        self.record = None
        self.step = self.epoch = 0
        self.pace = Pace()
        self._become(State.READY)
        self.cleared.emit()

    def _become(self, state: State) -> None:
        if state is not self.state:
            _log.info("run: %s", state.value)
        self.state = state
        if self.record:
            self.record.paused = state is State.PAUSED
        self.status_changed.emit()
