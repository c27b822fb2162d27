"""A training run: an iterator of events, one batch at a time.

Nothing happens between two calls of `next`, so whoever iterates decides where it runs: a thread of the window,
the command line, a test. The order is: `Compiling` (before, after, and while it lasts), `RunStarted`; then per batch
`StepDone`, with `Snapshot`, `Evaluated`, `Finding`, `CheckpointSaved`, `Paused` and `Resumed` in between; and last
`RunFinished` or `RunFailed`. Trouble in training is an event, never an exception.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Generator, Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from engine.cells import specification
from engine.compiling.warmup import warming
from engine.config import Experiment
from engine.control import Control
from engine.data import Batch, Dataset
from engine.data.splits import PARTS
from engine.events import (
    Compiling,
    Event,
    RunFailed,
    RunFinished,
    RunStarted,
    StepDone,
)
from engine.findings.measurements import Measurements
from engine.importing import read_foreign
from engine.losses import loss_for
from engine.model import Model
from engine.networks import AnyNetwork, make_network
from engine.non_finite import NonFiniteError, finding_of
from engine.resuming import Saved
from engine.storage.checkpoints import Checkpoint
from engine.storage.contest_file import Membership
from engine.training_loop.final_score import FinalScore
from engine.training_loop.learner import Learner
from engine.training_loop.pausing import Pausing
from engine.training_loop.progress import Progress
from engine.training_loop.recording import Recorder, run_result
from engine.training_loop.requests import Requests
from engine.training_loop.stopwatch import Stopwatch
from engine.training_loop.validation import Validation

LONGEST_UNSEEN = 500  # steps without a look at the validation part; longer epochs are scored in between


def _network(experiment: Experiment, dataset: Dataset, width: int, *, begun: bool) -> AnyNetwork:
    """The network with the weights it begins with; one that has `begun` gets its own from a checkpoint."""
    training = experiment.training
    network = make_network(experiment.model, dataset, width=width, seed=training.seed, threads=training.threads)
    if training.start_weights and not begun:
        read_foreign(training.start_weights).into(network)
    return network


class TrainingRun:
    """One run of an experiment on a data set; afterwards `network` holds the best weights.

    An epoch longer than `LONGEST_UNSEEN` steps is scored several times, at equal distances and at its end. The
    `training_loss` of an `Evaluated` is the mean over the steps since the one before.
    """

    completed = "all epochs done"  # the reason of one that nobody ended

    def __init__(
        self, experiment: Experiment, dataset: Dataset, control: Control | None = None, folder: Path | None = None,
        saved: Saved | None = None, of: Membership | None = None,
    ) -> None:  # fmt: skip
        """Build the network; nothing is compiled, trained or written yet.

        Args:
            experiment: What to train.
            dataset: On what, as `engine.data.load` gives it for this experiment.
            control: How to pause, stop and look inside.
            folder: Where to keep it; None keeps nothing.
            saved: What `folder` holds of a run that goes on from there, as `saved_run` gives it.
            of: The race or sweep that the run is made for; its score counts there also where it could not be kept.

        Raises:
            ConfigError: a loss that does not fit the data.
            NetworkError: a model that cannot be built, or that the weights to begin from do not fit.
            WeightsFileError: weights to begin from that cannot be read.
            RunFolderError: `folder` holds a run already, or cannot be written.
            CheckpointError: the checkpoint in `saved` does not fit.
        """
        self.experiment, self.dataset, self.control = experiment, dataset, control or Control()
        training, loss = experiment.training, loss_for(experiment.training, dataset)
        make = partial(_network, experiment, dataset, loss.width)
        self.network = make(begun=saved is not None)
        self.epoch = 0
        self._learner = Learner(self.network, experiment, dataset, loss)
        self._probes = self._learner.probes
        self._recorder = Recorder(folder, experiment, dataset.metric, saved, of)
        parts = {part: dataset.count(part) for part in PARTS}
        self._measured = Measurements(
            experiment, dataset.metric, clip_norm=training.clip_norm, parts=parts, loss=loss.name
        )
        self._final = FinalScore(
            experiment, dataset, self.network, loss, self._probes, self._measured, self.control, self._recorder.note
        )
        self._watch = Stopwatch()
        self._pausing = Pausing(self.control, self._probes, self._watch)
        self._progress = Progress(
            self.network, self._learner, self._measured, self._watch, lambda: make(begun=False).state_dict()
        )
        self._validation = Validation(
            experiment, dataset, self.network, self._learner, self._measured, self._progress, self._recorder,
            self._pausing,
        )  # fmt: skip
        self._steps_per_epoch = dataset.batch_count("train", training.batch_size)
        self._requests = Requests(self.control, self._probes, self._steps_per_epoch)
        self._saved_at = (-1, 0)  # step and number of changes
        if saved:
            self._go_on(saved)
        self._events = self._run()

    def _go_on(self, saved: Saved) -> None:
        if saved.checkpoint:
            self._progress.restore(saved.checkpoint)
            self._recorder.resume(self._measured.evaluations)
            self._saved_at = (self.step, len(self._progress.changes))
            self._measured.clip_norm = self._learner.clip_norm
        for name, value in saved.changes.items():
            self.control.set(name, value)
        self._recorder.note(f"goes on after step {self.step}")

    def __iter__(self) -> Iterator[Event]:
        return self

    def __next__(self) -> Event:
        return next(self._events)

    @property
    def step(self) -> int:
        """Batches trained so far."""
        return self._learner.step

    def model(self) -> Model:
        """The network as it is now, with what its use and export need."""
        return Model(self.experiment, self.network, self.dataset.metadata(), self._final.intervals)

    def checkpoint(self) -> Checkpoint:
        """Where the run stands, between two batches."""
        return self._progress.checkpoint()

    def abandon(self) -> None:
        """End here and now, as a kill would; what was saved stays, and the run can go on from there."""
        self._events.close()

    def _run(self) -> Generator[Event]:
        try:
            yield from self._begin()
            yield from self._train()
            yield from self._save() if self.control.ending == "abandon" else self._end()
        except NonFiniteError as error:
            yield from self._broken(error)
        except MemoryError as error:
            cure = "Take fewer hidden units, a smaller batch or shorter sequences."
            yield RunFailed("Out of memory", str(error) or "The network needs more than there is.", cure, self.step)
        finally:
            self._recorder.close()
            self.network.workers.close()  # they start again with the next sequence that runs through

    def _begin(self) -> Iterator[Event]:
        what = f"{specification(self.experiment.model.cell).title} kernels"
        yield Compiling(what)
        start = time.perf_counter()
        with contextlib.closing(warming(what, self.experiment, self.dataset)) as looks:
            for look in looks:
                yield look
                if self.control.ending:
                    break
        yield Compiling(what, time.perf_counter() - start)
        training = self.experiment.training
        self._measured.baselines = self.dataset.baselines("validation")
        for note in self.dataset.notes():
            self._recorder.note(note)
        yield RunStarted(
            parameters=self.network.parameter_count,
            steps_per_epoch=self._steps_per_epoch,
            epochs=training.epochs,
            metric=self.dataset.metric,
            baselines=self._measured.baselines,
            folder=str(self._recorder.path or ""),
            step=self.step,
            past=tuple(self._measured.evaluations),
            loss=self._measured.loss,
        )

    # --- the loop ---

    def _train(self) -> Iterator[Event]:
        training = self.experiment.training
        steps = self._steps_per_epoch
        pieces = math.ceil(steps / LONGEST_UNSEEN)
        looks = {math.ceil(steps * piece / pieces) for piece in range(1, pieces + 1)}
        self._watch.go()
        before, skipped = divmod(self.step, max(1, steps))
        self.epoch = before
        for self.epoch in range(before + 1, training.epochs + 1):
            batches = self.dataset.batches("train", training.batch_size, training.seed, self.epoch - 1)
            for number, batch in islice(enumerate(batches, 1), skipped, None):
                yield from self._between_batches()
                if self.control.ending and not self._pausing.looks_once_more:
                    return
                done = self._learn(batch, scored=number in looks)
                yield from self._recorder.begin()
                yield done
                yield from self._requests.answer(self.step, paused=False)
                if number in looks:
                    yield from self._validation.evaluate(self.epoch)
            skipped = 0
            self._learner.schedule.epoch_done(self._validation.deciding)

    def _learn(self, batch: Batch, scored: bool) -> StepDone:
        over = self.step + 1 == self._steps_per_epoch * self.experiment.training.epochs
        last = over or self.control.paused or bool(self.control.ending)
        start = time.perf_counter()
        within = self._pausing.batch_seconds  # if it takes as long as the last
        request = self._requests.open(within)
        done = self._learner.learn(batch, self.epoch, self._watch, request, within, scored=scored, last=last)
        self._pausing.batch_seconds = time.perf_counter() - start
        self._measured.norms.append(done.gradient_norm)
        return done

    def _between_batches(self) -> Iterator[Event]:
        """Take in live changes; save where it is time; wait while paused, still answering what is asked."""
        self._apply_changes()
        if self._pausing.looks_once_more:
            return
        if self._recorder.is_due(self._epochs_done) and not self.control.paused:  # which is said first, and saved then
            yield from self._save()
        while self.control.paused:
            yield from self._pausing.say(self.step)
            yield from self._save()
            yield from self._requests.answer(self.step, paused=True)
            self.control.wait(self._requests.answered)
            self._apply_changes()
        yield from self._pausing.over(self.step)
        self.control.take_step()

    def _apply_changes(self) -> None:
        for name, value in self.control.take_changes().items():
            if name == "training.learning_rate":
                self._learner.schedule.base = value
            elif name == "training.clip_norm":
                self._learner.clip_norm = self._measured.clip_norm = value
            elif name == "training.clip_value":
                self._learner.clip_value = value
            self._progress.changes.append({"step": self.step, "field": name, "value": value})
            self._recorder.note(f"step {self.step}: {name} = {value:g}")

    def _save(self) -> Iterator[Event]:
        """Write where the run stands, unless that is written already."""
        here = (self.step, len(self._progress.changes))
        if self.step and here != self._saved_at:
            self._saved_at = here
            checkpoint = self._progress.checkpoint()
            yield from self._recorder.save(self.model(), self._progress.best, checkpoint, self._epochs_done)

    @property
    def _has_weights(self) -> bool:
        """Whether there is something to show and to keep: weights that were trained, or imported."""
        return bool(self.step or self._progress.best)

    @property
    def _epochs_done(self) -> int:
        return self.step // max(1, self._steps_per_epoch)

    # --- the end ---

    def _end(self) -> Iterator[Event]:
        place = self._progress.checkpoint()  # before it goes back to the best weights: more epochs may follow
        if self._learner.losses and (self.control.ending == "finish" or not self._progress.best):
            yield from self._validation.evaluate(self.epoch)
        self._watch.rest()
        self._measured.ended = True
        if self.step:
            yield from self._requests.answer_last(self._probes.of_last_batch, self.step, self.epoch)
        reason = {"stop": "stopped", "finish": "finished early"}.get(self.control.ending, self.completed)
        finished = self._final.finished(reason, self._progress.best, self.step, self.epoch, self._watch.seconds)
        yield from self._validation.diagnose()
        best = self._measured.best
        shown = (best.step, best.epoch) if best and self._progress.best else (self.step, self.epoch)
        if self._has_weights:
            yield from self._requests.answer_last(self._probes.of_weights, *shown)
        yield from self._keep(finished, place)
        if misplaced := self._recorder.misplaced:
            yield misplaced
        if misplaced and self._recorder.of is None:
            yield RunFailed(misplaced.title, misplaced.why, misplaced.cure, self.step)
        else:
            yield finished

    def _keep(self, ended: RunFinished | RunFailed, place: Checkpoint) -> Iterator[Event]:
        """Write the run into its folder, unless there are no weights but those it began with by chance."""
        if self._has_weights:
            result = run_result(
                ended, self._measured, self.network.parameter_count, self._watch.seconds, self._progress.changes
            )
            yield from self._recorder.finish(self.model(), self.network.state_dict(), place, result)

    def _broken(self, error: NonFiniteError) -> Iterator[Event]:
        """Go back to the last good weights, kept so that the run can go on from them; say what happened."""
        self._watch.rest()
        kept = self._progress.go_back(error.given)
        finding = finding_of(error, self.step + 1, self._learner.schedule.base, kept)
        failed = RunFailed(finding.title, finding.why, finding.cure, self.step)
        place = self._progress.checkpoint(failed.title, dict(finding.changes))
        self._recorder.found(self.step, finding)
        yield finding
        yield from self._keep(failed, place)
        if misplaced := self._recorder.misplaced:
            yield misplaced
        yield failed
