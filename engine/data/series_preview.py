"""A series as the data panel draws it: the target, the borders of its split, one window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from engine.config import Experiment
from engine.data.batches import Floats
from engine.data.errors import DataError
from engine.data.loading import data_path
from engine.data.scaling import Transform
from engine.data.series import Series, read_series
from engine.data.splits import PARTS, Split, split_by_time
from engine.data.windows import WindowShape


class Labels(Sequence[str]):
    """What the rows of a series are called, made only when asked for: a series may have millions."""

    def __init__(self, series: Series) -> None:
        self._series = series

    def __len__(self) -> int:
        return len(self._series.values)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[str, ...]: ...
    def __getitem__(self, row: int | slice) -> str | tuple[str, ...]:
        if isinstance(row, slice):
            first, last, step = row.indices(len(self))
            return self._series.labels(first, last)[::step]
        row = range(len(self))[row]
        return self._series.labels(row, row + 1)[0]


@dataclass(frozen=True, slots=True, eq=False)
class SeriesPreview:
    """N rows of the first target in its own units, with what the settings make of them."""

    target: str
    labels: Labels  # N, dates or row numbers
    values: Floats  # (N,), NaN where missing
    split: Split
    window: WindowShape
    notes: tuple[str, ...]

    @property
    def borders(self) -> tuple[int, int]:
        """First row of the validation part and of the test part."""
        return self.split.train_end, self.split.validation_end

    @property
    def windows(self) -> tuple[tuple[str, int], ...]:
        """Number of windows in each part."""
        return tuple((part, len(self.window.starts(part, self.split))) for part in PARTS)


def series_preview(experiment: Experiment) -> SeriesPreview:
    """Read what is to be drawn. Windows need not fit yet: then there are none.

    Raises:
        DataError: the file or its columns cannot be used, or nothing is left to train on.
    """
    data = experiment.data
    if data.kind != "series":
        raise DataError("running text has no curve to draw; set data.kind to series.")
    series = read_series(data_path(data), data)
    return SeriesPreview(
        target=series.names[0],
        labels=Labels(series),
        values=np.asarray(series.values[:, 0], np.float32),
        split=split_by_time(len(series.values), data.validation, data.test),
        window=WindowShape(data.look_back, data.horizon, data.stride, int(Transform(data.transform).difference)),
        notes=series.notes,
    )
