"""A time series of which several steps ahead are forecast: recursive, direct, or by an encoder–decoder.

All three learn from the same windows and are scored on the same windows: each is answered by `steps` rows, all of them
inside its part. U steps ahead, B windows, C columns, O targets, K inputs known ahead.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, Ints, PairBatch
from engine.data.dataset import Scorer, Scores
from engine.data.errors import DataError
from engine.data.scaling import Reals, fit_scaler
from engine.data.series.path_baselines import path_forecasts
from engine.data.series.path_dataset import PathDataset, path_sizes
from engine.data.series.path_metrics import PathScorer, path_scores
from engine.data.series.series import Series
from engine.data.series.series_dataset import SeriesDataset

_AT_ONCE = 4096  # windows


class ForecastDataset(SeriesDataset, PathDataset):
    """Windows over a `Series`, each answered by the next U rows."""

    def __init__(self, series: Series, data: DataConfig, topology: str, marked: Ints | None = None) -> None:
        """As of a `SeriesDataset`.

        Raises:
            DataError: settings that do not go together, or too short for one window.
        """
        _check(data, topology)
        super().__init__(series, replace(data, horizon=data.steps), topology, marked, answers=data.steps)
        self.steps = data.steps
        strategy = "encoder_decoder" if topology == "encoder_decoder" else data.strategy
        own = replace(self._preparation, horizon=1, steps=data.steps, strategy=strategy)
        self._preparation = own  # which says how answers come, before a scaler is fitted on them
        self._preparation = replace(own, output_scaler=fit_scaler(data.scaler, self._changes()))
        self.output_size, self.heard_size = path_sizes(strategy, series.targets, data.steps, len(data.known_inputs))
        self._paths: dict[str, tuple[tuple[str, Reals], ...]] = {}

    def training_rows(self) -> tuple[Reals, Reals]:
        """What the scalers are fitted on: inputs (·, C) and answers (·, O) or (·, U · O) of the training part."""
        return super().training_rows()[0], self._changes()

    def _changes(self) -> Reals:
        """What training is answered by: (windows, O) of the next step, or (windows, U · O) of all."""
        starts = np.arange(self.count("train"))
        found = []
        for positions in np.split(starts, range(_AT_ONCE, len(starts), _AT_ONCE)):
            values = self._told("train", positions)
            bases = self._preparation.bases(self.windows("train", positions), len(values))
            changed = self._preparation.transform.forward(values, bases)
            wanted = changed[:1] if self._preparation.strategy == "recursive" else changed
            found.append(wanted.transpose(1, 0, 2).reshape(len(positions), -1))
        return np.concatenate(found)

    def rows(self, part: str, positions: Ints) -> Ints:
        """Rows (U, B) that answer the windows of a part at `positions`."""
        return np.arange(self.steps)[:, None] + self._starts(part, positions) + self.shape.look_back

    def future(self, part: str, positions: Ints) -> Reals:
        """The inputs known ahead (U, B, K) at the rows that answer."""
        return self.filled.past[self.rows(part, positions)][..., self._preparation.known_columns]

    def _told(self, part: str, positions: Ints) -> Reals:
        """True values (U, B, O), gaps filled."""
        limit = self.split.bounds(part)[1]
        return self.filled.rows(self.rows(part, positions), limit)[..., : self.series.targets]

    def batch(self, part: str, positions: Ints) -> Batch:
        """The windows of a part at `positions` (B,)."""
        windows, weights = self.windows(part, positions), self._weights_of(part, positions)
        answers = self._preparation.path_answers(self._told(part, positions), windows)
        inputs = self._preparation.inputs_of(windows)
        lengths, count = np.full(len(positions), self.shape.look_back, np.int64), len(positions)
        if self._preparation.strategy == "encoder_decoder":
            return PairBatch(
                inputs, lengths, answers, weights, False, positions,
                before=self._preparation.told(answers, windows, self.future(part, positions)),
                written=np.full(count, self.steps, np.int64),
            )  # fmt: skip
        if self._preparation.strategy == "recursive":
            return Batch(inputs, lengths, answers[0], weights[0], False, positions)
        together = np.ascontiguousarray(answers.transpose(1, 0, 2)).reshape(count, -1)
        return Batch(inputs, lengths, together, weights.min(axis=0), False, positions)

    def _weights_of(self, part: str, positions: Ints) -> Floats:
        """(U, B): what was filled in counts in training only, and not where gaps are masked."""
        rows = self.rows(part, positions)
        if part == "train" and not self._masked:
            return np.ones(rows.shape, np.float32)
        return self.filled.measured(rows, self.series.targets).astype(np.float32)

    def path_truth(self, part: str) -> Reals:
        """See `PathDataset.path_truth`."""
        return self.series.values[self.rows(part, np.arange(self.count(part))), : self.series.targets]

    def path_baselines(self, part: str) -> tuple[tuple[str, Reals], ...]:
        """See `PathDataset.path_baselines`."""
        if part not in self._paths:
            self._paths[part] = path_forecasts(self, part)
        return self._paths[part]

    def baselines(self, part: str) -> Scores:
        """RMSE of the simple forecasts over all steps and targets; none for an empty part."""
        return path_scores(self, part)

    def tiles(self, part: str) -> Ints:
        """Positions of windows whose forecasts follow one another without overlap, up to the last row of the part."""
        stride = self.shape.stride if part == "train" else 1
        return np.arange(self.count(part) - 1, -1, -max(1, -(-self.steps // stride)))[::-1].copy()

    def path_labels(self, part: str, positions: Ints) -> tuple[str, ...]:
        """See `PathDataset.path_labels`."""
        rows = self.rows(part, positions).T.reshape(-1).tolist()
        names = self.series.labels(rows[0], rows[-1] + 1) if rows else ()
        return tuple(names[row - rows[0]] for row in rows)

    def usual_steps(self, part: str) -> Reals:
        """See `PathDataset.usual_steps`."""
        return np.tile(self.usual_step, (self.count(part), 1))

    def places(self, part: str) -> tuple[tuple[str, slice], ...]:
        """None, as this is one series."""
        return ()

    def scorer(self, part: str) -> Scorer:
        """RMSE, MAE, MASE and skill over all steps, and by step."""
        return PathScorer(self, part)

    def pinned_labels(self) -> tuple[str, ...]:
        """What the rows of the pinned window are called; of an encoder–decoder those that it writes, too."""
        names = super().pinned_labels()
        if self._preparation.strategy != "encoder_decoder":
            return names
        part = self.pinned_part
        rows = self.rows(part, np.array([self.count(part) - 1]))[:, 0]
        return (*names, *self.series.labels(int(rows[0]), int(rows[-1]) + 1))

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        done = {
            "recursive": "one step learned, its own forecasts fed back",
            "direct": "an output for each step",
            "encoder_decoder": "written one after the other",
        }[self._preparation.strategy]
        unread = self.steps - self.shape.look_back
        more: tuple[str, ...] = ()
        if self._preparation.known and self._preparation.strategy == "direct" and unread > 0:
            more = (
                f"the look-back is shorter than the forecast, so of {', '.join(self._preparation.known)} the first "
                f"{unread:,} of {self.steps:,} steps ahead are not read",
            )
        return (*super().notes(), f"forecast over {self.steps} steps: {done}", *more)


def _check(data: DataConfig, topology: str) -> None:
    if data.horizon != 1:
        raise DataError(
            f"data.steps forecasts every step from the next one on, but data.horizon is {data.horizon}; set it to 1."
        )
    if topology == "many_to_many":
        raise DataError(
            "model.topology many_to_many answers once at each step it reads; for data.steps above 1 choose many_to_one "
            "or encoder_decoder."
        )
