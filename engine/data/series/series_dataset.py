"""A time series as windows: many-to-one, or many-to-many with an answer at each step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, Ints, batches_of, orders
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.errors import DataError
from engine.data.metrics import SeriesScorer, rmse
from engine.data.scaling import Reals, Scaler, Transform, fit_scaler
from engine.data.series.baselines import series_forecasts
from engine.data.series.gaps import Filled, fill, with_marks
from engine.data.series.kept_windows import KeptWindows
from engine.data.series.series import Series
from engine.data.series.series_preparation import SeriesPreparation, check_logarithm
from engine.data.series.windows import WindowShape, check_windows
from engine.data.splits import Split, split_by_time
from engine.wording.counting import counted


class SeriesDataset(Dataset):
    """Windows over a `Series`; inputs (T, B, C), one channel per target's own past and per further input."""

    kind, tokens, loss, metric = "series", False, "mse", "RMSE"
    in_time = True

    def __init__(
        self, series: Series, data: DataConfig, topology: str, marked: Ints | None = None, answers: int = 1
    ) -> None:
        """Split, fit the scalers on the training part, and check that windows fit; `answers` as of a `WindowShape`.

        `marked`: columns (M,) with an input that says what was missing; None: those with gaps in the training part.

        Raises:
            DataError: too short for one window, or values that the transform does not take.
        """
        self.series, self.topology = series, topology
        self.season = data.season or (series.frequency.season if series.frequency else 1)
        transform = _transform(data, self.season)
        self.shape = WindowShape(data.look_back, data.horizon, data.stride, transform.lead, answers)
        self.split = split_by_time(series.end, data.validation, data.test)
        check_windows(self.shape, self.split, series.dropped)
        check_logarithm(transform, series.values[:, : series.targets], series.names[: series.targets], series.dropped)
        gaps = np.isnan(series.values[: self.split.train_end]).any(axis=0)
        found = np.flatnonzero(gaps) if data.missing_inputs else np.zeros(0, np.int64)
        self.marked = marked = found if marked is None else marked
        self.input_size, self.output_size = len(series.names) + len(marked), series.targets
        self.filled = fill(with_marks(series.values, marked), data.missing, self.season)
        self._masked = data.missing == "mask"
        self._preparation = _prepared(series, data, topology, transform, self.season, self.filled, self.split, marked)
        self._forecasts: dict[str, tuple[tuple[str, Floats], ...]] = {}
        self._kept = KeptWindows()

    @property
    def preparation(self) -> SeriesPreparation:
        """Window, transform and scalers."""
        return self._preparation

    def training_rows(self) -> tuple[Reals, Reals]:
        """What the scalers are fitted on: inputs (·, C) and answers (·, O) of the training part, not yet scaled."""
        transform, given = self._preparation.transform, (self.filled, self.split, self.series.targets)
        answers = _training_answers(*given, transform, self._preparation.horizon)
        return _training_inputs(*given, transform, self.series.led), answers

    def rescale(self, inputs: Scaler, answers: Scaler) -> None:
        """Take other scalers."""
        inputs = _unmarked(inputs, len(self.series.names))
        self._preparation = replace(self._preparation, input_scaler=inputs, output_scaler=answers)
        self._kept.forget()

    def count(self, part: str) -> int:
        """Windows in a part."""
        return len(self.shape.starts(part, self.split))

    def batch_count(self, part: str, batch_size: int) -> int:
        """See `Dataset.batch_count`."""
        return batches_of(self.count(part), batch_size)

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """See `Dataset.batches`."""
        count = self.count(part)
        for positions in orders(count, batch_size, seed if part == "train" else None, epoch):
            yield self._kept.batch(part, positions, self.batch, count)

    def batch(self, part: str, positions: Ints) -> Batch:
        """The windows of a part at `positions` (B,)."""
        starts = self._starts(part, positions)
        length, values = self.shape.look_back, self.windows(part, positions)
        if self.topology != "many_to_many":
            rows, bases = self.shape.answer(0) + starts, self._preparation.bases(values)[0]
        else:
            rows = np.arange(length)[:, None] + starts + self.shape.horizon
            bases = self._preparation.bases_by_step(values)
        return Batch(
            inputs=self._preparation.inputs_of(values),
            lengths=np.full(len(starts), length, np.int64),
            targets=self._answers(part, rows, bases),
            weights=self._weights(part, rows),
            continues=False,
            positions=positions,
        )

    def by_series(self, part: str, positions: Ints) -> Iterator[tuple[SeriesDataset, Ints, Ints]]:
        """This one series with the windows of a part at `positions`: which of them are its, and where in its part."""
        yield self, np.arange(len(positions)), positions

    def path_truth(self, part: str) -> Reals:
        """What was measured (U, N, O) for each window of a part, NaN where it is missing; U is 1 of single answers."""
        return self.series.values[self.answer_rows(part), : self.series.targets][None]

    def windows(self, part: str, positions: Ints) -> Reals:
        """What is read, in its own units (lead + T, B, C), gaps filled by what the window itself knows."""
        lead = self.shape.lead
        return self.filled.windows(self._starts(part, positions) - lead, lead + self.shape.look_back)

    def _starts(self, part: str, positions: Ints) -> Ints:
        starts = self.shape.starts(part, self.split)
        return starts.start + starts.step * positions

    def _answers(self, part: str, rows: Ints, bases: Reals) -> Floats:
        limit = self.split.bounds(part)[1]
        values = self.filled.rows(rows, limit)[..., : self.series.targets]
        return self._preparation.answers_of(values, bases)

    def _weights(self, part: str, rows: Ints) -> Floats:
        """Held-out answers count once, and only where they were measured: at each window's last step."""
        if part == "train" and not self._masked:
            return np.ones(rows.shape, np.float32)
        weights = self.filled.measured(rows, self.series.targets).astype(np.float32)
        if part != "train" and weights.ndim == 2:
            weights[:-1] = 0.0
        return weights

    def answer_rows(self, part: str) -> Ints:
        """Rows (N,) of the series that a part's windows are answered by."""
        return self._starts(part, np.arange(self.count(part))) + self.shape.answer(0)

    @cached_property
    def usual_step(self) -> Reals:
        """Mean absolute change of each target (O,) over a season within the training part; NaN where it is shorter."""
        values, season = self.series.values[: self.split.train_end, : self.series.targets], max(self.season, 1)
        changes = np.abs(values[season:] - values[:-season])
        known = np.isfinite(changes)
        counts = np.where(known.any(axis=0), known.sum(axis=0), np.nan)
        return np.asarray(np.where(known, changes, 0.0).sum(axis=0) / counts)

    def anchors(self, part: str) -> Reals:
        """The targets' last known values (N, O) when each answer of a part is given."""
        return self.filled.past[self.answer_rows(part) - self.shape.horizon, : self.series.targets]

    def decode(self, outputs: NDArray[Any], part: str = "test") -> Reals:
        """See `Dataset.decode`."""
        last, targets = self.answer_rows(part) - self.shape.horizon, self.series.targets
        bases = self._preparation.transform.base(
            lambda k: self.filled.rows(last - k, last + 1)[..., :targets], self.shape.horizon
        )
        return self._preparation.decode(outputs, bases)

    def truth(self, part: str, target: int = 0) -> Floats:
        """See `Dataset.truth`."""
        return np.asarray(self.series.values[self.answer_rows(part), target], np.float32)

    def labels(self, part: str) -> tuple[str, ...]:
        """See `Dataset.labels`."""
        rows = self.answer_rows(part)
        names = self.series.labels(int(rows[0]), int(rows[-1]) + 1) if len(rows) else ()
        return names[:: self.shape.stride] if part == "train" else names

    def scorer(self, part: str) -> Scorer:
        """RMSE and MAE in real units, MASE, and the skill against the naive forecast."""
        truth = np.stack([self.truth(part, k) for k in range(self.series.targets)], axis=1)
        names, decode = self._preparation.targets, partial(self.decode, part=part)
        return SeriesScorer(truth, self.anchors(part), names, self.usual_step, decode)

    def simple_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """Naive, seasonal naive, drift and AR (N, O) for all targets."""
        if part not in self._forecasts:
            self._forecasts[part] = series_forecasts(self, part)
        return self._forecasts[part]

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """Those for the first target (N,)."""
        return tuple((name, values[:, 0]) for name, values in self.simple_forecasts(part))

    def baselines(self, part: str) -> Scores:
        """RMSE of the simple forecasts over all targets, as the network's own is; none for an empty part."""
        if not self.count(part):
            return ()
        truth = self.path_truth(part)[0]
        return tuple((name, rmse(truth, values)) for name, values in self.simple_forecasts(part))

    def pinned(self) -> Batch:
        """The last validation window, or the last training window when there is none."""
        part = self.pinned_part
        return self.batch(part, np.array([self.count(part) - 1]))

    def pinned_labels(self) -> tuple[str, ...]:
        """What the rows of the pinned window are called."""
        part = self.pinned_part
        start = int(self._starts(part, np.array([self.count(part) - 1]))[0])
        return self.series.labels(start, start + self.shape.look_back)

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        parts = ", ".join(f"{part} {self.count(part):,}" for part in ("train", "validation", "test"))
        marked = self._preparation.marked
        marks = (f"a further input says where {' and '.join(marked)} was missing",) if marked else ()
        return (*self.series.notes, *marks, f"windows of {counted(self.shape.look_back, 'step')}: {parts}")


def _prepared(
    series: Series,
    data: DataConfig,
    topology: str,
    transform: Transform,
    season: int,
    filled: Filled,
    split: Split,
    marked: Ints,
) -> SeriesPreparation:
    """Fit both scalers on what training reads and answers: rows before the first border only."""
    targets = series.targets
    return SeriesPreparation(
        targets=series.names[:targets],
        inputs=series.names[targets:],
        time_column=data.time_column,
        look_back=data.look_back,
        horizon=data.horizon,
        topology=topology,
        transform=transform,
        missing=data.missing,
        season=season,
        input_scaler=_unmarked(
            fit_scaler(data.scaler, _training_inputs(filled, split, targets, transform, series.led)), len(series.names)
        ),
        marked=tuple(series.names[column] for column in marked),
        output_scaler=fit_scaler(data.scaler, _training_answers(filled, split, targets, transform, data.horizon)),
        frequency=series.frequency,
        known=data.known_inputs,
        led=series.led,
    )


def _transform(data: DataConfig, season: int) -> Transform:
    if not data.seasonal_difference:
        return Transform(data.transform)
    if season < 2:
        raise DataError(
            "data.seasonal_difference needs a season, and the dates tell none; say its steps by data.season."
        )
    return Transform(data.transform, season)


def _training_inputs(filled: Filled, split: Split, targets: int, transform: Transform, led: int) -> Reals:
    values = filled.beginning(max(1 + transform.lead, split.train_end - led))  # the last ones tell of the next part
    if not (transform.lead or transform.logarithm):
        return values
    changed = transform.changes(values[:, :targets])
    further = values[transform.lead :, targets:]
    return np.concatenate([changed, further], axis=1) if values.shape[1] > targets else changed


def _training_answers(filled: Filled, split: Split, targets: int, transform: Transform, horizon: int) -> Reals:
    own = filled.beginning(split.train_end)[:, :targets]
    first, last = transform.period, len(own) - horizon  # of the rows that are known when an answer is given
    return transform.forward(own[first + horizon :], transform.base(lambda k: own[first - k : last - k], horizon))


def _unmarked(scaler: Scaler, columns: int) -> Scaler:
    """The same with marks of what was missing, which come behind so many columns, left as they are."""
    behind = np.arange(len(scaler.scale)) >= columns
    return Scaler(np.where(behind, 0.0, scaler.offset), np.where(behind, 1.0, scaler.scale))
