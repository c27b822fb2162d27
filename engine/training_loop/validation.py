"""Looking at the validation part while a network learns: how good it is, whether it is the best yet, what is amiss."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

from engine.config import Experiment
from engine.data import Dataset
from engine.events import Evaluated, Event
from engine.findings.diagnosis import Diagnosis
from engine.findings.measurements import Measurements
from engine.held_out.evaluation import scoring
from engine.held_out.predictions import Heard
from engine.networks import AnyNetwork
from engine.training_loop.learner import Learner
from engine.training_loop.pausing import Pausing
from engine.training_loop.progress import Progress
from engine.training_loop.recording import Recorder


class Validation:
    """Of one run; what it finds goes into `measured`, `progress` and `recorder`.

    Attributes:
        deciding: The last loss that the best weights are chosen by: without a validation part, the training loss.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, network: AnyNetwork, learner: Learner, measured: Measurements,
        progress: Progress, recorder: Recorder, pausing: Pausing,
    ) -> None:  # fmt: skip
        self.deciding = math.nan
        self._batch_size, self._dataset, self._network, self._learner = (
            experiment.training.batch_size, dataset, network, learner,
        )  # fmt: skip
        self._measured, self._progress, self._recorder, self._pausing = measured, progress, recorder, pausing
        self._diagnosis = Diagnosis(measured)

    def evaluate(self, epoch: int) -> Iterator[Event]:
        """Score what was learned so far, and say what is news in it."""
        learner, step = self._learner, self._learner.step
        said = learner.probes.predictions.listener()
        heard = said.add if said else None
        waits = partial(self._pausing.say_while_scoring, step)  # nothing is learned here
        yield from waits()
        found = yield from scoring(
            self._network, self._dataset, "validation", self._batch_size, learner.loss, heard=heard, between=waits,
            whole=False,
        )  # fmt: skip
        training_loss = learner.mean_loss()
        self.deciding = found.loss if self._dataset.count("validation") else training_loss
        best = self._progress.take_if_best(self.deciding)
        event = Evaluated(step, epoch, training_loss, found.loss, found.metric, best, found.free_running)
        self._measured.evaluations.append(event)
        self._recorder.evaluated(event)
        yield event
        yield from self.diagnose(said)

    def diagnose(self, said: Heard | None = None) -> Iterator[Event]:
        """Findings that were not told yet; `said` is what the network says now of the validation part."""
        probes = self._learner.probes
        self._measured.by_time = probes.by_time
        shows = not self._measured.ended and probes.takes("prediction", self._learner.step)
        self._measured.prediction = probes.predictions.judged(said, shows=shows)
        if shows and self._measured.prediction is not None:
            probes.offer("prediction", self._measured.prediction, self._learner.step)
        for finding in self._diagnosis.news():
            self._recorder.found(self._learner.step, finding)
            yield finding
