"""A training run: an iterator of events, one batch at a time.

Nothing happens between two calls of `next`, so whoever iterates decides where it runs: a thread of the window,
the command line, a test. The order is: `Compiling` (before and after), `RunStarted`; then per batch `StepDone`,
with `Snapshot`, `Evaluated`, `Finding`, `CheckpointSaved`, `Paused` and `Resumed` in between; and last
`RunFinished` or `RunFailed`. Trouble in training is an event, never an exception.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine.config import Experiment
from engine.control import Control
from engine.data import Batch, Dataset
from engine.diagnosis import Diagnosis
from engine.evaluation import Score, score
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
    StepDone,
)
from engine.learner import Learner
from engine.measurements import Measurements
from engine.model import Model
from engine.network import Network
from engine.optimizers import NonFiniteError
from engine.recording import Recorder, Weights, run_result
from engine.stopwatch import Stopwatch
from engine.warmup import warm_up

LONGEST_UNSEEN = 500  # steps without a look at the validation part; longer epochs are scored in between


class TrainingRun:
    """One run of an experiment on a data set; afterwards `network` holds the best weights.

    An epoch longer than `LONGEST_UNSEEN` steps is scored several times, at equal distances and at its end. The
    `training_loss` of an `Evaluated` is the mean over the steps since the one before.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, control: Control | None = None, folder: Path | None = None
    ) -> None:
        """Build the network; nothing is compiled, trained or written yet.

        Raises:
            NetworkError: a model that cannot be built.
            RunFolderError: `folder` holds a run already, or cannot be written.
        """
        self.experiment, self.dataset, self.control = experiment, dataset, control or Control()
        training = experiment.training
        self.network = Network(
            experiment.model, dataset.input_size, dataset.output_size,
            tokens=dataset.tokens, seed=training.seed, threads=training.threads,
        )  # fmt: skip
        self.epoch = 0
        self._learner = Learner(self.network, experiment, dataset)
        self._probes = self._learner.probes
        self._recorder = Recorder(folder, experiment, dataset.metric)
        self._measured = Measurements(experiment, dataset.metric, clip_norm=training.clip_norm)
        self._diagnosis = Diagnosis(self._measured)
        self._watch = Stopwatch()
        self._best: Weights = {}
        self._best_loss = math.inf
        self._answered = 0  # id of the last request that was
        self._changes: list[dict[str, Any]] = []
        self._events = self._run()

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
        return Model(self.experiment, self.network, self.dataset.metadata())

    def _run(self) -> Iterator[Event]:
        try:
            yield from self._begin()
            yield from self._train()
            yield from self._end()
        except NonFiniteError as error:
            yield from self._broken(error)
        except MemoryError as error:
            cure = "Take fewer hidden units, a smaller batch or shorter sequences."
            yield RunFailed("Out of memory", str(error) or "The network needs more than there is.", cure, self.step)
        finally:
            self.network.workers.close()  # they start again with the next sequence that runs through

    def _begin(self) -> Iterator[Event]:
        what = f"{self.experiment.model.cell} kernels"
        yield Compiling(what)
        start = time.perf_counter()
        warm_up(self.experiment, self.dataset)
        yield Compiling(what, time.perf_counter() - start)
        training = self.experiment.training
        self._measured.baselines = self.dataset.baselines("validation")
        for note in self.dataset.notes():
            self._recorder.note(note)
        yield RunStarted(
            parameters=self.network.parameter_count,
            steps_per_epoch=self.dataset.batch_count("train", training.batch_size),
            epochs=training.epochs,
            metric=self.dataset.metric,
            baselines=self._measured.baselines,
            folder=str(self._recorder.path or ""),
        )

    # --- the loop ---

    def _train(self) -> Iterator[Event]:
        training = self.experiment.training
        steps = self.dataset.batch_count("train", training.batch_size)
        pieces = math.ceil(steps / LONGEST_UNSEEN)
        looks = {math.ceil(steps * piece / pieces) for piece in range(1, pieces + 1)}
        self._watch.go()
        for self.epoch in range(1, training.epochs + 1):
            batches = self.dataset.batches("train", training.batch_size, training.seed, self.epoch - 1)
            for number, batch in enumerate(batches, 1):
                yield from self._between_batches()
                if self.control.ending:
                    return
                yield self._learn(batch, everything=number in looks or self.control.paused)
                yield from self._look(paused=False)
                if number in looks:
                    yield from self._evaluate()

    def _learn(self, batch: Batch, everything: bool) -> StepDone:
        request = self.control.request
        asked = request if request.id > self._answered else None
        done = self._learner.learn(batch, self.epoch, self._watch, asked, everything)
        self._measured.norms.append(done.gradient_norm)
        return done

    def _between_batches(self) -> Iterator[Event]:
        """Take in live changes; wait while paused, still answering what is asked."""
        self._apply_changes()
        waited = False
        while self.control.paused:
            if not waited:
                self._watch.rest()
                waited = True
                yield Paused(self.step)
            yield from self._look(paused=True)
            self.control.wait(self._answered)
            self._apply_changes()
        self._watch.go()
        if waited and not (self.control.stepping or self.control.ending):
            yield Resumed(self.step)
        self.control.take_step()

    def _apply_changes(self) -> None:
        for name, value in self.control.take_changes().items():
            if name == "training.learning_rate":
                self._learner.learning_rate = value
            elif name == "training.clip_norm":
                self._learner.clip_norm = self._measured.clip_norm = value
            self._changes.append({"step": self.step, "field": name, "value": value})
            self._recorder.note(f"step {self.step}: {name} = {value:g}")

    def _look(self, paused: bool) -> Iterator[Event]:
        """Answer the current request, once."""
        request = self.control.request
        if request.id <= self._answered:
            return
        snapshot = self._probes.answer(request, self.step, self.epoch, paused) if request.probes else None
        if snapshot or paused or not request.probes:
            self._answered = request.id
        if snapshot:
            yield snapshot

    # --- scoring ---

    def _evaluate(self) -> Iterator[Event]:
        found = score(self.network, self.dataset, "validation", self.experiment.training.batch_size)
        training_loss = self._learner.mean_loss()
        # Without a validation part the training loss chooses.
        deciding = found.loss if self.dataset.count("validation") else training_loss
        best = deciding < self._best_loss
        if best:
            self._best, self._best_loss = self.network.state_dict(), deciding
        event = Evaluated(self.step, self.epoch, training_loss, found.loss, found.metric, best)
        self._measured.evaluations.append(event)
        self._recorder.evaluated(event)
        yield event
        yield from self._diagnose()
        if saved := self._recorder.save(self.model(), self._best, self.step):
            yield saved

    def _diagnose(self) -> Iterator[Event]:
        self._measured.by_time = self._probes.by_time
        if self.dataset.kind == "series":
            shown = self._probes.series_prediction()
            self._measured.truth, self._measured.forecast = shown.truth, shown.forecast
        yield from self._say(self._diagnosis.news())

    def _say(self, findings: list[Finding]) -> Iterator[Event]:
        for finding in findings:
            self._recorder.note(
                f"step {self.step}, {finding.level}: {finding.title}. {finding.why} {finding.cure}".rstrip()
            )
            yield finding

    # --- the end ---

    def _end(self) -> Iterator[Event]:
        if self._learner.losses and (self.control.ending == "finish" or not self._best):
            yield from self._evaluate()
        self._watch.rest()
        self._measured.ended = True
        finished = self._finished()
        yield from self._diagnose()
        yield from self._last_look()
        yield from self._keep(finished)
        if self._recorder.failure:
            cure = "The best weights are in memory: export them, or make room and run again."
            yield RunFailed("The run could not be saved", self._recorder.failure, cure, self.step)
        else:
            yield finished

    def _finished(self) -> RunFinished:
        """Go back to the best weights and score the test part with them."""
        found, baselines = Score(), self.dataset.baselines("test")
        if self._best:
            self.network.load_state_dict(self._best)
            self._probes.forget()
            found = score(self.network, self.dataset, "test", self.experiment.training.batch_size)
        if found.metrics:
            self._measured.final = (found.metric, baselines)
        best = self._measured.best
        return RunFinished(
            reason={"stop": "stopped", "finish": "finished early"}.get(self.control.ending, "all epochs done"),
            step=self.step,
            epoch=self.epoch,
            best_epoch=best.epoch if best else 0,
            best_validation_loss=best.validation_loss if best else math.nan,
            test_metrics=found.metrics,
            test_baselines=baselines,
            seconds=self._watch.seconds,
        )

    def _last_look(self) -> Iterator[Event]:
        """Show the best weights, at the step they are of, to whoever is looking."""
        best, request = self._measured.best, self.control.request
        if self._best and best and request.probes:
            snapshot = self._probes.answer(request, best.step, best.epoch, paused=True)
            if snapshot:
                yield snapshot

    def _keep(self, ended: RunFinished | RunFailed) -> Iterator[Event]:
        """Write the run into its folder, unless nothing was trained."""
        if self.step:
            result = run_result(ended, self._measured, self.network.parameter_count, self._watch.seconds, self._changes)
            said = self._recorder.finish(self.model(), self.network.state_dict(), self.step, result)
            yield from [said] if said else []

    def _broken(self, error: NonFiniteError) -> Iterator[Event]:
        """Go back to the best weights, or stay with the last that were finite; say what happened and what helps."""
        self._watch.rest()
        if self._best:
            self.network.load_state_dict(self._best)
        best = self._measured.best
        kept = f"The best weights, of epoch {best.epoch}, are kept" if best else "The weights before it are kept"
        rate = f"{self._learner.learning_rate / 10:.2g}"
        failed = RunFailed(
            title=f"Step {self.step + 1}: {error}",
            why=f"The steps were too long and the numbers grew beyond what a float holds. {kept}.",
            cure=f"Lower training.learning_rate to {rate} and set training.clip_norm to 1.",
            step=self.step,
        )
        changes = (("training.learning_rate", rate), ("training.clip_norm", "1"))
        yield from self._say([Finding("not-finite", "problem", failed.title, failed.why, failed.cure, changes)])
        yield from self._keep(failed)
        yield failed
