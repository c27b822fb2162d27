"""What can be looked at while a network trains, by name; measured when asked for, and never more than it is worth.

A probe is measured anew only when the weights have changed, and then rests for a multiple of the time it took, so
that looking costs a run a few per cent at most. While a run is paused nothing rests.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.data import Batch, Dataset, TextPreparation
from engine.data.metrics import last_answers, rmse
from engine.evaluation import answers
from engine.events import (
    Floats,
    GradientByTime,
    GradientNorms,
    HiddenTrace,
    Probe,
    SeriesPrediction,
    Snapshot,
    SnapshotRequest,
    TextPrediction,
)
from engine.generation import continue_text
from engine.measures import half_life
from engine.network import Network
from engine.optimizers import Optimizer

SCREEN_POINTS = 2000  # held-out points that a plot can show
_SAMPLE_LENGTH = 200  # characters
_PROMPT_LENGTH = 40
_BATCH = 256  # windows at once
PROBE_REST = {"prediction": 50.0}  # multiples of the time a measurement took
_USUAL_REST = 200.0


@dataclass(frozen=True, slots=True)
class _Shown:
    """What a prediction of a series is drawn from and beside; the same throughout a run."""

    part: str
    target: str
    batches: tuple[Batch, ...]
    labels: tuple[str, ...]
    truth: Floats
    baselines: tuple[tuple[str, Floats], ...]
    baseline_rmse: tuple[tuple[str, float], ...]


@dataclass(slots=True)
class _Kept:
    """The last value of a probe, and what it was measured for."""

    value: Probe
    step: int
    temperature: float
    due: float  # time from which on it may be measured again


class Probes:
    """Answers snapshot requests of one run, in the training thread."""

    def __init__(
        self, network: Network, optimizer: Optimizer, dataset: Dataset, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.by_time: GradientByTime | None = None  # of the last batch that was watched
        self._norm = self._clip_norm = self._clipped_share = 0.0
        self._network, self._optimizer, self._dataset, self._clock = network, optimizer, dataset, clock
        self._kept: dict[str, _Kept] = {}
        self._shown: _Shown | None = None
        self._measure: dict[str, Callable[[SnapshotRequest], Probe | None]] = {
            "hidden": self._hidden,
            "gradient_norms": self._gradient_norms,
            "gradient_by_time": lambda _: self.by_time,
            "prediction": self._prediction,
        }

    def watch(self, request: SnapshotRequest | None, everything: bool = False) -> None:
        """Have the next batch measured as far as `request` needs it and nothing rests, or as far as it goes."""
        names = {name for name in self._measure if everything or (request and self._is_due(name, request))}
        self._network.watch_time = "gradient_by_time" in names
        self._optimizer.watch_updates = "gradient_norms" in names

    def note(self, norm: float, clip_norm: float, clipped_share: float) -> None:
        """Take in the last batch's gradient norm before clipping, the limit, and the share of steps beyond it."""
        self._norm, self._clip_norm, self._clipped_share = norm, clip_norm, clipped_share
        if self._network.watch_time:
            # At once: the next sequence that runs through the network overwrites it.
            names, norms = self._network.gradient_by_time()
            lives = tuple(half_life(row, "reverse" in name) for name, row in zip(names, norms, strict=True))
            self.by_time = GradientByTime(tuple(names), _frozen(norms), lives)

    def forget(self) -> None:
        """Drop what the weights showed: they were replaced without a step."""
        for name in ("hidden", "prediction"):
            self._kept.pop(name, None)

    def answer(self, request: SnapshotRequest, step: int, epoch: int, paused: bool) -> Snapshot | None:
        """The probes asked for, or None when nothing has changed or all still rest."""
        names = [name for name in self._measure if name in request.probes]
        fresh = [name for name in names if self._refresh(name, request, step, paused)]
        if not (fresh or paused):
            return None
        values = tuple((name, self._kept[name].value) for name in names if name in self._kept)
        return Snapshot(step, epoch, request.id, values)

    def _is_due(self, name: str, request: SnapshotRequest) -> bool:
        kept = self._kept.get(name)
        return name in request.probes and (kept is None or self._clock() >= kept.due)

    def _refresh(self, name: str, request: SnapshotRequest, step: int, paused: bool) -> bool:
        """Measure one probe anew where that is due; whether it was."""
        kept, start = self._kept.get(name), self._clock()
        same = kept and kept.step == step and (name != "prediction" or kept.temperature == request.temperature)
        if same or not (paused or self._is_due(name, request)):
            return False
        value = self._measure[name](request)
        if value is None:
            return False
        end = self._clock()
        due = end + (end - start) * PROBE_REST.get(name, _USUAL_REST)
        self._kept[name] = _Kept(value, step, request.temperature, due)
        return True

    def _hidden(self, _: SnapshotRequest) -> Probe:
        pinned = self._dataset.pinned()
        return HiddenTrace(self._network.trace(pinned.inputs, pinned.lengths), self._dataset.pinned_labels())

    def _gradient_norms(self, _: SnapshotRequest) -> Probe:
        before, after = self._optimizer.gradient_norms()
        return GradientNorms(
            names=self._network.names,
            before=_frozen(before),
            after=_frozen(after),
            update_ratio=_frozen(self._optimizer.update_ratios()),
            total_before=self._norm,
            clip_norm=self._clip_norm,
            clipped_share=self._clipped_share,
        )

    def _prediction(self, request: SnapshotRequest) -> Probe:
        return self._text(request.temperature) if self._dataset.kind == "text" else self.series_prediction()

    def series_prediction(self) -> SeriesPrediction:
        """Held-out values of the first target, as many of the last ones as a screen can show."""
        shown = self._shown = self._shown or _what_to_show(self._dataset)
        outputs = np.full((self._dataset.count(shown.part), self._dataset.output_size), np.nan)
        for batch, values in answers(self._network, shown.batches):
            outputs[batch.positions] = last_answers(batch, values)
        forecast = self._dataset.decode(outputs, shown.part)[-SCREEN_POINTS:, 0]
        return SeriesPrediction(
            part=shown.part,
            target=shown.target,
            labels=shown.labels,
            truth=shown.truth,
            forecast=_frozen(forecast),
            baselines=shown.baselines,
            rmse=rmse(shown.truth, forecast),
            baseline_rmse=shown.baseline_rmse,
        )

    def _text(self, temperature: float) -> TextPrediction:
        prompt = "".join(self._dataset.pinned_labels())[:_PROMPT_LENGTH]
        preparation = self._dataset.preparation
        assert isinstance(preparation, TextPreparation)
        tokens = continue_text(self._network, preparation.encode(prompt), _SAMPLE_LENGTH, temperature)
        return TextPrediction(prompt, ((temperature, preparation.decode(tokens)),))


def _what_to_show(dataset: Dataset) -> _Shown:
    part = "validation" if dataset.count("validation") else "train"
    first = dataset.count(part) - SCREEN_POINTS
    truth = _frozen(dataset.truth(part)[-SCREEN_POINTS:])
    forecasts = dataset.baseline_forecasts(part)
    baselines = tuple((name, _frozen(values[-SCREEN_POINTS:])) for name, values in forecasts)
    return _Shown(
        part=part,
        target=str(dataset.metadata()["targets"][0]),
        batches=tuple(batch for batch in dataset.batches(part, _BATCH) if batch.positions.max() >= first),
        labels=dataset.labels(part)[-SCREEN_POINTS:],
        truth=truth,
        baselines=baselines,
        baseline_rmse=tuple((name, rmse(truth, values)) for name, values in baselines),
    )


def _frozen(values: Floats) -> Floats:
    """A copy that nobody can change."""
    kept = np.array(values, np.float32)
    kept.flags.writeable = False
    return kept
