"""Several series of one table: windows of each, which never reach from one series into another.

Every series is split in time, filled and held against its own simple forecasts, just as it would be alone. What they
share are the network and, where that is asked for, one scaler, fitted on the training parts of all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Batch, Floats, Ints, batches_of, joined, orders
from engine.data.dataset import Dataset, Scorer, Scores
from engine.data.errors import DataError, TooShortError
from engine.data.metrics import by_target, last_answers, mae, mase, rmse, skill
from engine.data.scaling import Reals, fit_scaler
from engine.data.series.kept_windows import KeptWindows
from engine.data.series.series import Series
from engine.data.series.series_dataset import SeriesDataset
from engine.data.series.series_preparation import SeriesPreparation
from engine.data.series.series_windows import windows_over
from engine.wording.counting import counted

MOST_SCORED = 20  # series that are scored one by one
Values = TypeVar("Values", Floats, Reals)


class PanelDataset(Dataset):
    """Windows over S series; inputs (T, B, C) as of one. Positions run through one series after the other."""

    kind, tokens, loss, metric = "series", False, "mse", "RMSE"
    in_time = True

    def __init__(self, found: Mapping[str, Series], data: DataConfig, topology: str) -> None:
        """Split each, and fit the scalers on the training parts; a series too short for one window is left out.

        Raises:
            DataError: no series is long enough, or values that the transform does not take.
        """
        self.topology = topology
        self.members, self._short = _members(found, data, topology)
        first = next(iter(self.members.values()))
        self.input_size, self.output_size, self.heard_size = first.input_size, first.output_size, first.heard_size
        if data.scaled_by == "all":
            self._share_scalers(data.scaler)
        own = data.scaled_by == "series"
        self._preparation = replace(
            first.preparation,
            sequence_column=data.sequence_column,
            scalers=tuple(
                (name, member.preparation.input_scaler, member.preparation.output_scaler)
                for name, member in self.members.items()
            )
            if own
            else (),
        )
        self._first = first
        self._baselines: dict[str, tuple[tuple[str, Floats], ...]] = {}
        self._kept = KeptWindows()  # no batch cuts them from many series
        self._slices: dict[str, tuple[tuple[str, SeriesDataset, slice], ...]] = {}

    def _share_scalers(self, name: str) -> None:
        rows = [member.training_rows() for member in self.members.values()]
        inputs, answers = (fit_scaler(name, np.concatenate(some)) for some in zip(*rows, strict=True))
        for member in self.members.values():
            member.rescale(inputs, answers)

    @property
    def preparation(self) -> SeriesPreparation:
        """Window, transform, and the scalers of each series or of all."""
        return self._preparation

    def count(self, part: str) -> int:
        """Windows in a part."""
        slices = self.slices(part)
        return slices[-1][2].stop if slices else 0

    def slices(self, part: str) -> tuple[tuple[str, SeriesDataset, slice], ...]:
        """Each series that has windows in a part, with the positions of these."""
        if part not in self._slices:
            borders = np.cumsum([0, *(member.count(part) for member in self.members.values())]).tolist()
            places = zip(self.members.items(), borders[:-1], borders[1:], strict=True)
            self._slices[part] = tuple((name, member, slice(a, b)) for (name, member), a, b in places if b > a)
        return self._slices[part]

    def by_series(self, part: str, positions: Ints) -> Iterator[tuple[SeriesDataset, Ints, Ints]]:
        """Each series that has some of the windows at `positions`: which of them, and where in its own part."""
        slices, owners = self.slices(part), self._owners(part, positions)
        for owner in np.unique(owners).tolist():
            _, member, place = slices[owner]
            which = np.flatnonzero(owners == owner)
            yield member, which, positions[which] - place.start

    def _owners(self, part: str, positions: Ints) -> Ints:
        return np.searchsorted([place.start for _, _, place in self.slices(part)], positions, side="right") - 1

    def batch_count(self, part: str, batch_size: int) -> int:
        """See `Dataset.batch_count`."""
        return batches_of(self.count(part), batch_size)

    def batches(self, part: str, batch_size: int, seed: int = 0, epoch: int = 0) -> Iterator[Batch]:
        """See `Dataset.batches`; training batches mix the series."""
        for positions in orders(self.count(part), batch_size, seed if part == "train" else None, epoch):
            yield self.batch(part, positions)

    def batch(self, part: str, positions: Ints) -> Batch:
        """The windows of a part at `positions` (B,), by series."""
        return self._kept.batch(part, self._ordered(part, positions), self._cut, self.count(part))

    def _ordered(self, part: str, positions: Ints) -> Ints:
        return positions[np.argsort(self._owners(part, positions), kind="stable")]

    def _cut(self, part: str, positions: Ints) -> Batch:
        found = [
            replace(member.batch(part, own), positions=positions[which])
            for member, which, own in self.by_series(part, positions)
        ]
        return joined(found)

    def scorer(self, part: str) -> Scorer:
        """RMSE, MAE, MASE and skill over all, then by series."""
        return PanelScorer(self, part)

    def decode(self, outputs: NDArray[Any], part: str = "test") -> Reals:
        """See `Dataset.decode`."""
        found = [member.decode(outputs[place], part) for _, member, place in self.slices(part)]
        return np.concatenate(found) if found else np.zeros((0, self.output_size))

    def anchors(self, part: str) -> Reals:
        """The targets' last known values (N, O) when each answer of a part is given."""
        return np.concatenate([member.anchors(part) for member in self.members.values()])

    def truth(self, part: str, target: int = 0) -> Floats:
        """See `Dataset.truth`."""
        return np.concatenate([member.truth(part, target) for member in self.members.values()])

    def path_truth(self, part: str) -> Reals:
        """What was measured (U, N, O) for each window of a part, NaN where it is missing; U is 1 of single answers."""
        none = np.zeros((self.preparation.steps, 0, len(self.preparation.targets)))
        return np.concatenate([none, *(member.path_truth(part) for _, member, _ in self.slices(part))], axis=1)

    def labels(self, part: str) -> tuple[str, ...]:
        """Series and date of each answer."""
        return tuple(f"{name} · {date}" for name, member, _ in self.slices(part) for date in member.labels(part))

    def simple_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """Simple forecasts (N, O) of each series from its own past, where all series have them."""
        if part not in self._baselines:
            self._baselines[part] = of_all([member.simple_forecasts(part) for _, member, _ in self.slices(part)])
        return self._baselines[part]

    def baseline_forecasts(self, part: str) -> tuple[tuple[str, Floats], ...]:
        """Those for the first target (N,)."""
        return tuple((name, values[:, 0]) for name, values in self.simple_forecasts(part))

    def baselines(self, part: str) -> Scores:
        """RMSE of the simple forecasts over all series and targets; none for an empty part."""
        truth = self.path_truth(part)[0]
        return tuple((name, rmse(truth, values)) for name, values in self.simple_forecasts(part))

    def pinned(self) -> Batch:
        """That of the first series."""
        return self._first.pinned()

    def pinned_labels(self) -> tuple[str, ...]:
        """What the rows of the pinned window are called."""
        return self._first.pinned_labels()

    def notes(self) -> tuple[str, ...]:
        """See `Dataset.notes`."""
        lengths = [len(member.series.values) for member in self.members.values()]
        notes = [
            *self._first.series.notes,
            f"{counted(len(lengths), 'series', 'series')} of {min(lengths):,} to {max(lengths):,} rows; "
            "no window reaches from one into another",
            "windows: " + ", ".join(f"{part} {self.count(part):,}" for part in ("train", "validation", "test")),
        ]
        if self._short:
            notes.append(f"{len(self._short):,} series too short for one window left out: {', '.join(self._short[:8])}")
        return tuple(notes)


def _members(
    found: Mapping[str, Series], data: DataConfig, topology: str
) -> tuple[dict[str, SeriesDataset], tuple[str, ...]]:
    """A data set for each series, and the names of those too short. All mark the same columns as once missing."""
    made, refused = {}, {}
    for name, series in found.items():
        try:
            made[name] = windows_over(series, data, topology)
        except TooShortError as error:
            refused[name] = error
    if not made:
        raise DataError(f"no series is long enough; of {next(iter(refused))!r}: {next(iter(refused.values()))}")
    marked = {column for member in made.values() for column in member.marked.tolist()}
    every = np.array(sorted(marked), np.int64)
    if len({member.season for member in made.values()}) > 1 and data.seasonal_difference:
        raise DataError(
            "the series have seasons of different lengths, so one network cannot read their seasonal differences; say "
            "one for all by data.season, or set data.seasonal_difference to false."
        )
    if any(len(member.marked) < len(every) for member in made.values()):
        made = {name: windows_over(found[name], data, topology, every) for name in made}
    return made, tuple(refused)


def of_all(forecasts: Sequence[tuple[tuple[str, Values], ...]]) -> tuple[tuple[str, Values], ...]:
    """The simple forecasts (…, N, O) that all series have, one series behind the other.

    An autoregression may have as many lags as each series bears; it is one method all the same.
    """
    own = [{name.partition("(")[0]: values for name, values in some} for some in forecasts]
    names = [name for name in own[0] if all(name in some for some in own)] if own else []
    return tuple((name, np.concatenate([some[name] for some in own], axis=-2)) for name in names)


class PanelScorer(Scorer):
    """Scores over all series, and of each of the first ones; MASE is the mean of the series' own, by their answers."""

    def __init__(self, dataset: PanelDataset, part: str) -> None:
        """An empty score of `part`."""
        self._panel, self._part = dataset, part
        self._outputs = np.full((dataset.count(part), dataset.output_size), np.nan, np.float64)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """See `Scorer.add`."""
        self._outputs[batch.positions] = last_answers(batch, outputs)

    def main(self) -> float:
        """See `Scorer.main`."""
        return rmse(*self._both())

    def result(self) -> Scores:
        """See `Scorer.result`."""
        panel, part = self._panel, self._part
        truth, forecast = self._both()
        last = panel.anchors(part)
        scaled, by_series = [], []
        for name, member, place in panel.slices(part):
            said, right = forecast[place], truth[place]
            scaled += [mase(right, said, member.usual_step)] * len(right)
            by_series += [(f"RMSE {name}", rmse(right, said)), (f"skill {name}", skill(right, said, last[place]))]
        overall = [
            ("RMSE", rmse(truth, forecast)),
            ("MAE", mae(truth, forecast)),
            ("MASE", float(np.nanmean(scaled)) if np.isfinite(scaled).any() else math.nan),
            ("skill", skill(truth, forecast, last)),
        ]
        targets = by_target(panel.preparation.targets, truth, forecast, last)
        return (*overall, *targets, *by_series[: 2 * MOST_SCORED])

    def _both(self) -> tuple[Floats, Reals]:
        """Truth and forecast (N, O), in real units."""
        panel, part = self._panel, self._part
        truth = np.stack([panel.truth(part, k) for k in range(panel.output_size)], axis=1)
        return truth, panel.decode(self._outputs, part)
