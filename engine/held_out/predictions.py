"""What the network says now of what it has never seen, in the form that suits the data."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from engine.data import Batch, Dataset, TextPreparation
from engine.data.batches import Ints
from engine.data.metrics import last_answers, rmse
from engine.data.pairs.pairs_dataset import PairsDataset
from engine.data.scaling import Reals
from engine.data.sequences.sequence_dataset import LabelledDataset
from engine.data.series.panel_dataset import PanelDataset
from engine.data.series.path_dataset import PathDataset
from engine.data.series.series_dataset import SeriesDataset
from engine.events import Probe
from engine.forecasts.calibration import window_scales
from engine.forecasts.forecast_paths import dataset_paths, scored_paths
from engine.forecasts.intervals import Interval, covered_words
from engine.held_out.class_predictions import ClassPredictions, HeardClasses, HeardLabels
from engine.held_out.evaluation import Answering, answers
from engine.held_out.step_predictions import StepPredictions, last_of
from engine.inside_records import Floats, frozen
from engine.losses import Loss
from engine.network import Network
from engine.networks import AnyNetwork
from engine.prediction_records import (
    ClassPrediction,
    LabelsPrediction,
    SeriesPrediction,
    TextPrediction,
    ValuePrediction,
)
from engine.sequence_to_sequence.network import SequenceToSequence
from engine.sequence_to_sequence.shown import shown_pairs
from engine.uses.generation import continue_text

SCREEN_POINTS = 2000  # held-out points that a plot can show
_SAMPLE_LENGTH = 100  # characters of each text that is written
_BOLDNESS = (0.5, 1.0, 1.5)  # times the temperature that is asked for
_PROMPT_LENGTH = 40
_LETTERS = 4  # of a word, about
_BATCH = 256  # sequences at once


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


class Said:
    """What a network answers to every example of a part, several quantiles each by itself; NaN where nothing yet."""

    def __init__(self, width: int, count: int, size: int) -> None:
        self.values: Reals = np.full((width, count, size), np.nan)

    def add(self, batch: Batch, values: Floats) -> None:
        """Take in the answers to a batch, of many steps the last."""
        last, width = last_answers(batch, values), len(self.values)
        for k in range(width):
            self.values[k, batch.positions] = last[..., k::width]


Heard: TypeAlias = Said | HeardClasses | HeardLabels


class Predictions:
    """Predictions of one network on one data set, as often as they are asked for."""

    def __init__(self, network: AnyNetwork, dataset: Dataset, loss: Loss) -> None:
        self._network, self._dataset, self._loss = network, dataset, loss
        self._shown: _Shown | None = None
        self._further: tuple[tuple[str, float], ...] = ()  # baselines that came later, on what is shown
        self._paths: tuple[tuple[str, Reals], ...] = ()  # the same of several steps, as they are drawn
        self._intervals: tuple[Interval, ...] = ()
        self._classes = ClassPredictions(network, dataset)
        self._steps: StepPredictions | None = None
        if isinstance(dataset, LabelledDataset) and dataset.aligned and not dataset.classes:
            self._steps = StepPredictions(dataset, loss.middle, SCREEN_POINTS)

    def surround(self, intervals: tuple[Interval, ...]) -> None:
        """Show those of these intervals that have ends of their own around forecasts of a series from now on."""
        self._intervals = tuple(each for each in intervals if each.known and each.fixed)

    def compare(self, network: Answering, scores: tuple[tuple[str, float], ...]) -> None:
        """Show another network beside this one from now on, under the name and with the score in `scores`."""
        self._further = scores
        if self._dataset.classes or self._dataset.kind in ("text", "pairs"):
            return
        if self._steps is not None:
            self._steps.compare(scores[0][0], network)
            return
        ((name, _),) = scores
        if isinstance(self._dataset, PathDataset):
            self._paths = ((name, _drawn_path(network, self._dataset, self._loss)),)
            return
        shown = self._shown = self._shown or _what_to_show(self._dataset)
        forecast = frozen(self._decoded(self._said_by(network, shown), shown)[:, self._loss.middle])
        self._shown = dataclasses.replace(
            shown,
            baselines=(*shown.baselines, (name, forecast)),
            baseline_rmse=(*shown.baseline_rmse, (name, rmse(shown.truth, forecast))),
        )

    def now(self, temperature: float) -> Probe:
        """What there is to show; text is drawn at `temperature`, below and above it."""
        if isinstance(self._dataset, PairsDataset) and isinstance(self._network, SequenceToSequence):
            return shown_pairs(self._network, self._dataset)
        return self.judged() or self._text(temperature)

    def listener(self) -> Heard | None:
        """Room for all answers to the validation part, to have them judged; None where they are not asked for so."""
        dataset = self._dataset
        apart = isinstance(dataset, PathDataset) or self._steps is not None
        if apart or dataset.kind in ("text", "pairs") or not dataset.count("validation"):
            return None
        return self._classes.room() if dataset.classes else self._room("validation")

    def judged(
        self, said: Heard | None = None, *, shows: bool = True
    ) -> ClassPrediction | LabelsPrediction | SeriesPrediction | None:
        """What can be held against the truth; None for running text.

        With what the network has `said` to all of the validation part, see `listener`, it need not say it again; what
        nobody is to be shown of that has no examples to read.
        """
        if isinstance(self._dataset, PathDataset):
            return self._path(self._dataset)
        if self._dataset.kind in ("text", "pairs"):
            return None
        if self._steps is not None:
            return self._steps.now(self._network)
        if isinstance(said, HeardClasses | HeardLabels):
            return said.found(self._further, shows=shows)
        return self._classes.now(self._further) if self._dataset.classes else self._series(said)

    def _series(self, said: Said | None) -> SeriesPrediction:
        """Held-out values of the first target, as many of the last ones as a screen can show."""
        shown = self._shown = self._shown or _what_to_show(self._dataset)
        outputs = self._decoded(said or self._said_by(self._network, shown), shown)
        forecast = outputs[:, self._loss.middle]
        ordered = self._dataset.in_time
        return (SeriesPrediction if ordered else ValuePrediction)(
            part=shown.part,
            target=shown.target,
            labels=shown.labels,
            truth=shown.truth,
            forecast=frozen(forecast),
            baselines=shown.baselines,
            rmse=rmse(shown.truth, forecast),
            baseline_rmse=shown.baseline_rmse,
            bands=self._bands(outputs[None, :, None], shown.part, slice(-SCREEN_POINTS, None)),
            covered=tuple(covered_words(each) for each in self._intervals),
            excerpt=last_of(len(forecast), self._dataset.count(shown.part), "windows" if ordered else "sequences"),
        )

    def _room(self, part: str) -> Said:
        return Said(self._loss.width, self._dataset.count(part), self._dataset.output_size)

    def _said_by(self, network: Answering, shown: _Shown) -> Said:
        said = self._room(shown.part)
        for batch, values in answers(network, shown.batches):
            said.add(batch, values)
        return said

    def _decoded(self, said: Said, shown: _Shown) -> Reals:
        """The last answers about the first target (N, W), in real units."""
        decoded = (self._dataset.decode(own, shown.part) for own in said.values)
        return np.stack([own[-SCREEN_POINTS:, 0] for own in decoded], axis=-1)

    def _bands(self, paths: Reals, part: str, positions: Ints | slice) -> tuple[tuple[float, Floats, Floats], ...]:
        """Ends of the intervals around forecasts of the first target (U, N, 1, W), one step behind the other."""
        found, dataset = [], self._dataset
        if not isinstance(dataset, SeriesDataset | PanelDataset):
            return ()
        for interval in (each.of_first_target() for each in self._intervals):
            scales = window_scales(interval.scales, dataset, part)
            radii = interval.radii_of(None if scales is None else scales[positions])
            ends = interval.bounds(paths, self._loss.middle, radii)
            lower, upper = (frozen(end[..., 0].T.reshape(-1)) for end in ends)
            found.append((interval.level, lower, upper))
        return tuple(found)

    def _path(self, dataset: PathDataset) -> SeriesPrediction:
        """Forecasts over several steps, one behind the other over the held-out part, of the first target."""
        part, tiles = dataset.pinned_part, _tiles(dataset)
        values = dataset_paths(self._network, dataset, self._loss, part, tiles)[:, :, 0]
        truth = dataset.path_truth(part)[:, tiles, 0].T.reshape(-1)
        forecast = values[..., self._loss.middle].T.reshape(-1)
        simple = [(name, each[:, tiles, 0].T.reshape(-1)) for name, each in dataset.path_baselines(part)]
        simple.extend(self._paths)
        return SeriesPrediction(
            part=part,
            target=dataset.preparation.targets[0],
            labels=dataset.path_labels(part, tiles),
            truth=frozen(truth),
            forecast=frozen(forecast),
            baselines=tuple((name, frozen(each)) for name, each in simple),
            rmse=rmse(truth, forecast),
            baseline_rmse=tuple((name, rmse(truth, each)) for name, each in simple),
            bands=self._bands(values[:, :, None], part, tiles),
            covered=tuple(covered_words(each) for each in self._intervals),
            excerpt=f"{len(tiles):,} of {count:,} windows" if len(tiles) < (count := dataset.count(part)) else "",
        )

    def _text(self, temperature: float) -> TextPrediction:
        preparation = self._dataset.preparation
        assert isinstance(preparation, TextPreparation)
        assert isinstance(self._network, Network)
        share = 1 if preparation.unit != "words" else _LETTERS
        prompt = preparation.decode(self._dataset.pinned().inputs[: _PROMPT_LENGTH // share, 0])
        begun, length = preparation.encode(prompt), _SAMPLE_LENGTH // share
        temperatures = sorted({round(factor * temperature, 2) for factor in _BOLDNESS})
        texts = continue_text(self._network, begun, length, temperatures).T
        samples = ((chosen, preparation.after(prompt, text)) for chosen, text in zip(temperatures, texts, strict=True))
        return TextPrediction(prompt, tuple(samples))


def _tiles(dataset: PathDataset) -> Ints:
    """Windows whose forecasts of several steps are drawn one behind the other."""
    return dataset.tiles(dataset.pinned_part)[-max(1, SCREEN_POINTS // dataset.steps) :]


def _drawn_path(network: Answering, dataset: PathDataset, loss: Loss) -> Reals:
    """What a network that writes nothing says to them of the first target."""
    part, tiles = dataset.pinned_part, _tiles(dataset)
    batch = dataset.batch(part, tiles)
    values = scored_paths(network, dataset, loss, part, batch.positions, network.answer(batch).values)
    return values[:, :, 0, loss.middle].T.reshape(-1)


def _what_to_show(dataset: Dataset) -> _Shown:
    part = dataset.pinned_part
    first = dataset.count(part) - SCREEN_POINTS
    truth = frozen(dataset.truth(part)[-SCREEN_POINTS:])
    forecasts = dataset.baseline_forecasts(part)
    baselines = tuple((name, frozen(values[-SCREEN_POINTS:])) for name, values in forecasts)
    return _Shown(
        part=part,
        target=str(dataset.metadata()["targets"][0]),
        batches=tuple(batch for batch in dataset.batches(part, _BATCH) if batch.positions.max() >= first),
        labels=dataset.labels(part)[-SCREEN_POINTS:],
        truth=truth,
        baselines=baselines,
        baseline_rmse=tuple((name, rmse(truth, values)) for name, values in baselines),
    )
