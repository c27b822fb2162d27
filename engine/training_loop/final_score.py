"""What a run ends with: its best weights, judged on what they have never seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from numpy.typing import NDArray

from engine.config import Experiment
from engine.control import Control
from engine.data import Dataset
from engine.data.dataset import Scores
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.series_dataset import SeriesDataset
from engine.events import RunFinished
from engine.findings.measurements import Measurements
from engine.forecasts.calibration import measured_intervals
from engine.forecasts.intervals import Interval, interval_words
from engine.held_out.evaluation import Score, score
from engine.losses import Loss
from engine.memoryless.memory_worth import memory_worth
from engine.networks import AnyNetwork
from engine.probes import Probes


class FinalScore:
    """Of one run; everything it finds goes into `measured` too, and what is worth a line to `note`.

    Attributes:
        found: On the test part; empty where there is none, or nothing was trained.
        baselines: On the test part, with what a network without memory reaches.
        intervals: How far forecasts of a series, or of several, are off, by the validation part.
    """

    def __init__(
        self, experiment: Experiment, dataset: Dataset, network: AnyNetwork, loss: Loss, probes: Probes,
        measured: Measurements, control: Control, note: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._experiment, self._dataset, self._network, self._loss = experiment, dataset, network, loss
        self._probes, self._measured, self._control, self._note = probes, measured, control, note
        self.found = Score()
        self.baselines: Scores = ()
        self.intervals: tuple[Interval, ...] = ()

    def finished(
        self, reason: str, weights: Mapping[str, NDArray[Any]], step: int, epoch: int, seconds: float
    ) -> RunFinished:
        """Go back to the best `weights`, none if there are none yet, and judge them.

        `step` and `epoch` are where the run ended, and `seconds` what it took.
        """
        self._measure(weights, epoch)
        measured = self._measured
        best = measured.best
        return RunFinished(
            reason=reason,
            step=step,
            epoch=epoch,
            best_epoch=best.epoch if best else 0,
            best_validation_loss=best.validation_loss if best else math.nan,
            test_metrics=self.found.metrics,
            test_baselines=self.baselines,
            seconds=seconds,
            shuffled=measured.worth.shuffled if measured.worth else math.nan,
            intervals=tuple(each.result() for each in self.intervals),
            by_step=measured.worth.beside(self.found.by_step) if measured.worth else self.found.by_step,
            validation_metric=best.metric if best else math.nan,
            test_examples=self._dataset.count("test"),
            validation_baselines=tuple(measured.baselines),
        )

    def _measure(self, best: Mapping[str, NDArray[Any]], epoch: int) -> None:
        self.baselines = self._dataset.baselines("test")
        if best:
            self._network.load_state_dict(best)
            self._probes.forget()
            batch_size = self._experiment.training.batch_size
            self.found = score(self._network, self._dataset, "test", batch_size, self._loss)
            self._measure_intervals()
        if self.found.metrics:
            self._measured.final = (self.found.metric, self.baselines)
            self.baselines = (*self.baselines, *self._worth_of_memory(epoch))

    def _measure_intervals(self) -> None:
        if isinstance(self._dataset, SeriesDataset | PanelDataset):
            self.intervals = measured_intervals(self._network, self._dataset, self._loss)
            self._measured.intervals = self.intervals
            self._probes.predictions.surround(self.intervals)
            for interval in self.intervals:
                self._note(interval_words(interval))

    def _worth_of_memory(self, epoch: int) -> Scores:
        """What a network without memory reaches on the test part; none of a run that was stopped or trained nothing."""

        def stopped() -> bool:
            return self._control.ending in ("stop", "abandon")

        if stopped() or not epoch:
            return ()
        network, measured = self._network, self._measured
        measured.parameters = network.parameter_count
        worth = memory_worth(self._experiment, self._dataset, self._loss, network, epoch, stopped)
        measured.worth = worth
        if worth.note:
            self._note(worth.note)
        measured.baselines = (*measured.baselines, *worth.validation_baselines)
        if worth.trained:
            self._probes.predictions.compare(worth.trained.network, worth.validation_baselines)
            worth.trained.network.close()
        return worth.test_baselines
