"""What a person does at the workbench, without widgets: set up, run, mend, export, close."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from engine.config import Experiment
from engine.events import RunFinished
from engine.storage.run_folders import WEIGHTS
from workbench.archive import Archive
from workbench.arrivals import Arrivals
from workbench.contests.contest import Contest
from workbench.contests.terms import SweepTerms, Terms
from workbench.doors import comparisons
from workbench.doors.backend import Backend
from workbench.doors.mailbox import Mailbox
from workbench.draft import Draft, source_name
from workbench.errands import Errands
from workbench.jobs import Jobs
from workbench.rate_test import RateTest
from workbench.runs.records import UNSAVED, RunRecord
from workbench.runs.state import LOCKED, Command
from workbench.session import RunMaker, Session
from workbench.undo import Undo
from workbench.weights_in import WeightsIn

if TYPE_CHECKING:
    from engine.comparing.race_messages import Place
    from engine.resuming import WayOn

_NO_WAY = "This run cannot go on: it has no folder, or another program trains it now."
_LASTING = ("training.epochs", "data.file")  # what a run that goes on has from then on; other changes are made to it
_WAY_LANE = "way on"
_JOBS_SECONDS, _SLICE = 2.0, 0.1


@dataclass(frozen=True, slots=True)
class Counts:
    """What the settings come to; zeros where it is not known yet."""

    parameters: int = 0
    unrolled: tuple[int, int] = (0, 0)  # time steps, and the parameters if each had weights of its own
    steps_per_epoch: int = 0
    tokens: bool = False
    threads: int = 0
    losses: tuple[str, ...] = ()  # that fit the data
    rates: tuple[float, ...] = ()  # of learning, over the run
    seconds: float = 0.0  # that all steps may take; 0 where nothing like it has been trained yet


class Desk(QObject):
    """Holds the draft, the session and the threads between them.

    A run that is asked for while the data is still being read waits for it in `waiting`.
    """

    told = Signal(str)  # a sentence for the person

    def __init__(self, backend: Backend, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._backend = backend
        self.jobs, self.mailbox = Jobs(), Mailbox()
        self.draft = Draft(backend, self.jobs)
        self.errands = Errands(backend, self.jobs)
        self.weights_in = WeightsIn(self.draft, self.errands, lambda: self.busy, self._judge)
        self.rate_test = RateTest(backend, self.jobs, self.draft)
        self.session = Session(self.mailbox, self._new_folder)
        self.archive = Archive(backend, self.jobs, self.session, runs)
        self.contest, self._arrivals = Contest(backend, self._race_folder), Arrivals(backend, self.jobs, self.archive)
        self.contest.kept.connect(self._arrivals.note)
        self.contest.ended.connect(self._arrivals.read)
        self.undoing = Undo(self.draft, self.apply)
        self.waiting: Command | None = None
        self._judged = ""  # the file of weights that were looked into last; empty for those to begin from
        self.session.begun.connect(self.draft.forget_engine_problem)
        # Queued, so that everybody has taken in the data when the run begins.
        self.draft.activity_changed.connect(self._go_on, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> str:
        """Why nothing else can be trained now, and what to do first; empty when it can."""
        return LOCKED if self.session.alive else self.contest.under_way

    def run(self) -> None:
        """Start, pause or go on."""
        self._train(Command.RUN)

    def step(self) -> None:
        """Train one batch."""
        self._train(Command.STEP)

    def begin_race(self, terms: Terms | SweepTerms) -> str:
        """Let several cells, or settings, run on the data at hand; returns why not, or nothing."""
        loaded = self.draft.loaded_data
        if self.busy:
            return self.busy
        if loaded is None or not self.draft.ready:
            return self.draft.problem or "The data is still being read. Try again in a moment."
        if terms.keep and (problem := self.archive.check(self.archive.folder)):
            return problem
        self.contest.start(self.draft.experiment, loaded, terms)
        return ""

    def use_place(self, place: Place) -> str:
        """Take the settings of what raced; returns why not, or nothing."""
        if self.session.alive:
            return LOCKED
        if place.settings:
            return self.apply(comparisons.swept_changes(place.settings))
        changes = {"model.cell": place.cell, "model.hidden_size": place.hidden_size, "model.hidden_sizes": ()}
        return self.apply(changes | comparisons.strategy_changes(self.draft.experiment, place.strategy))

    def _train(self, command: Command, *, fresh: bool = False) -> None:
        """Do as told; a file that has changed on disk is read again before, unless what is at hand is `fresh`."""
        if self.contest.alive:
            self.told.emit(self.contest.under_way)
        elif not (fresh or self.session.alive) and self.draft.ready and self.draft.read_again():
            self.told.emit(f"{source_name(self.draft.experiment)} has changed since it was read: it is read again.")
            self.waiting = command
        elif self.session.alive or self.draft.ready:
            self.waiting = None
            begins = {Command.STEP: self.session.step_once, Command.IMPORT: self.session.judge}
            begins.get(command, self.session.run)(self._experiment(command), self._run_maker(command))
        elif self.draft.loading:
            self.waiting = None if self.waiting is command else command
            self.draft.activity_changed.emit()

    @Slot()
    def leave_reading(self) -> None:
        """Go on with the data that was there before; a run that waits was not asked for on that."""
        self.waiting = None
        self.draft.cancel()

    @Slot()
    def _go_on(self) -> None:
        """Begin what waits, once the data is there; forget it when the data could not be read."""
        if self.waiting is None or (self.draft.loading and not self.draft.problem):
            return
        waiting, self.waiting = self.waiting, None
        if self.draft.problem or not self.draft.ready:
            self.told.emit("The run was not started, because the data could not be read.")
            self.draft.activity_changed.emit()
        else:
            self._train(waiting, fresh=True)

    def learn_way_on(self, record: RunRecord, changes: Mapping[str, Any], done: Callable[[WayOn], None]) -> None:
        """Find out, in the background, whether a run can go on and what has to be agreed to before."""
        folder = record.folder
        if self.busy:
            self.told.emit(self.busy)
        elif folder is not None and record.can_go_on:
            self.jobs.submit(
                _WAY_LANE, lambda: self._backend.way_on(folder, changes), done, lambda error: self.told.emit(str(error))
            )
        else:
            self.told.emit(record.gone or _NO_WAY)

    def go_on(self, record: RunRecord, changes: Mapping[str, Any] | None = None, *, changed_data: bool = False) -> None:
        """Go on with a run where it was last saved, with other settings where `changes` says so."""
        changes = dict(changes or {})
        folder = record.folder
        if self.busy:
            self.told.emit(self.busy)
        elif folder is None or not record.can_go_on:
            self.told.emit(record.gone or _NO_WAY)
        else:
            record.experiment = record.experiment.replace(
                {name: value for name, value in changes.items() if name in _LASTING}
            )
            self.draft.adopt(record.experiment.replace(changes))  # what it trains with from now on
            self.session.go_on(
                record, lambda control: self._backend.resume(folder, control, changes, changed_data=changed_data)
            )

    @Slot(object)
    def look_inside(self, record: RunRecord) -> None:
        """Show the best weights of a run in the views: set up as they were trained, they are judged as a run.

        Data that are not at hand are read before. What the next run begins from stays as it is set.
        """
        weights = record.folder / WEIGHTS if record.folder is not None else None
        if self.busy:
            self.told.emit(self.busy)
        elif weights is None or not weights.is_file():
            self.told.emit(record.gone or UNSAVED)
        else:
            begins_from = self.draft.experiment.training.start_weights
            self.draft.adopt(record.experiment.replace({"training.start_weights": begins_from}))
            self._judge(str(weights))

    def undo(self, back: bool = True) -> None:
        """Take the last change of settings back, or make it again; under a run, where that may be changed then."""
        stack = self.undoing.stack
        if self.session.alive and not self.undoing.live(back):
            self.told.emit(LOCKED)
        elif back:
            stack.undo()
        else:
            stack.redo()

    def change(self, name: str, value: object) -> str:
        """Change one setting, and the run under way where it may be; returns why not, or nothing."""
        return self.apply({name: value})

    def apply(self, changes: Mapping[str, Any]) -> str:
        """Change settings; returns why not, or nothing."""
        message = self.draft.change(self._with_activations(changes))
        if message:
            return message
        return next(filter(None, (self.session.set_live(name, value) for name, value in changes.items())), "")

    def _with_activations(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """A newly chosen cell brings its usual activations, unless a person chose others that it knows too."""
        cells = {spec.key: spec for spec in self.draft.facts.cells} if self.draft.facts else {}
        model = self.draft.experiment.model
        before, after = cells.get(model.cell), cells.get(str(changes.get("model.cell", "")))
        if before is None or after is None:
            return dict(changes)
        own = {
            "model.activation": _kept(model.activation, before.activations, after.activations),
            "model.gate_activation": _kept(model.gate_activation, before.gate_activations, after.gate_activations),
        }
        return own | dict(changes)

    def counts(self) -> Counts:
        """Parameters and steps of the draft."""
        loaded, experiment = self.draft.loaded_data, self.draft.experiment
        threads = self._backend.threads(experiment)
        if loaded is None:
            return Counts(threads=threads)
        dataset = loaded.dataset
        known = self.draft.facts is not None
        parameters = self._backend.parameter_count(experiment, dataset) if known else 0
        losses = self._backend.fitting_losses(dataset) if known else ()
        steps = dataset.batch_count("train", experiment.training.batch_size)
        rates = self._backend.rates(experiment, steps)
        unrolled = self._backend.unrolled_count(experiment, dataset) if known else (0, 0)
        seconds = steps * experiment.training.epochs * self._seconds_a_step()
        return Counts(parameters, unrolled, steps, dataset.tokens, threads, losses, rates, seconds)

    def _seconds_a_step(self) -> float:
        """As the last run of the same network on the same batches went by itself; 0 where there was none."""
        wanted = _pace_of(self.draft.experiment)
        for record in reversed(self.session.records):
            ended = isinstance(record.outcome, RunFinished)
            if ended and record.seconds_a_step and _pace_of(record.experiment) == wanted:
                return record.seconds_a_step
        return 0.0

    def close(self, seconds: float) -> bool:
        """Stop everything and wait at most so long; True when nothing runs any more."""
        self.session.stop()
        self.rate_test.stop()
        self.archive.close()
        self.contest.cancel()
        self.jobs.stop()
        ended = self.session.join(seconds) and self.contest.join(seconds)
        ended = self._backend.close(seconds) and ended
        return self._jobs_end() and ended

    def _jobs_end(self) -> bool:
        """Wait a little for what is done in the background; what is being read ends, however long it would take."""
        for _ in range(round(_JOBS_SECONDS / _SLICE)):
            self._backend.data.stop_reading()  # again and again: another query may follow
            if self.jobs.join(_SLICE):
                return True
        return False

    def _judge(self, weights: str = "") -> None:
        """Make a run of the weights in a file as they are; of those to begin from, where none is given."""
        self.waiting, self._judged = None, weights
        self._train(Command.IMPORT)

    def _experiment(self, command: Command) -> Experiment:
        """What is set up, with the weights that are judged."""
        own = {"training.start_weights": self._judged} if command is Command.IMPORT and self._judged else {}
        return self.draft.experiment.replace(own)

    def _run_maker(self, command: Command) -> RunMaker:
        return self._backend.run_imported if command is Command.IMPORT else self._backend.run

    def _new_folder(self, name: str) -> Path:
        stem = f"{datetime.now():%Y-%m-%d_%H%M%S}_{name}"
        number = 1
        while (folder := self.archive.folder / (stem if number == 1 else f"{stem}_{number}")).exists():
            number += 1
        return folder

    def _race_folder(self, name: str) -> Path:
        self.archive.expected.add(folder := self._new_folder(name))
        return folder


def _pace_of(experiment: Experiment) -> tuple[object, ...]:
    """The settings that decide how long a step takes."""
    training = experiment.training
    return experiment.data, experiment.model, training.batch_size, training.threads, training.optimizer


def _kept(value: str, before: Sequence[str], after: Sequence[str]) -> str:
    """`value` if it was chosen on purpose and the new cell knows it, else what is usual there, which is the first."""
    chosen = bool(before) and value != before[0]
    return value if not after or (chosen and value in after) else after[0]
