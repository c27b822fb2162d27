"""The rows that a forecast is of: what they are called, and what had to be assumed of them."""

from __future__ import annotations

import numpy as np

from engine.data import SeriesPreparation
from engine.data.frequency import Frequency, stamp_texts, stamp_unit
from engine.data.series.series import Series


def dates(series: Series, preparation: SeriesPreparation, first: int, last: int) -> tuple[str, ...]:
    """Names of rows `first` … `last` - 1, also beyond the file's end; row numbers go on where dates cannot."""
    if series.stamps is None:
        return tuple(str(row + 1 + series.dropped) for row in range(first, last))
    end = len(series.values)
    beyond = max(0, last - end)
    frequency = _step(series, preparation)
    if frequency is None:
        return (*series.labels(first, min(last, end)), *(f"+{step}" for step in range(1, beyond + 1)))
    ahead = frequency.after(series.stamps[-1], beyond)
    return stamp_texts(np.concatenate([series.stamps, ahead])[first:last], stamp_unit(series.stamps))


def _step(series: Series, preparation: SeriesPreparation) -> Frequency | None:
    """From a row to the next: as in training, which knows it from more rows, unless most of these rows differ."""
    trained, stamps = preparation.frequency, series.stamps
    if trained is None or stamps is None or len(stamps) < 2 or series.frequency is None:
        return trained
    alike = trained.shifted(stamps[:-1], np.ones(len(stamps) - 1, np.int64)) == stamps[1:]
    return trained if 2 * int(alike.sum()) >= len(alike) else series.frequency


def assumed(series: Series, preparation: SeriesPreparation, last: int) -> tuple[str, ...]:
    """What forecasts up to row `last` - 1 take for granted, in words."""
    found = []
    trained, own = preparation.frequency, _step(series, preparation)
    if trained and own and own.name != trained.name:
        found.append(f"these rows are {own.name}, but the network learned from {trained.name} ones")
    rows = last - preparation.led  # that hold what is known of the last row answered
    for name in preparation.known:
        column = series.values[:, series.names.index(name)]
        if rows > len(column) or np.isnan(column[rows - 1]):
            found.append(f"what {name!r} will be is not said up to the last row ahead; its last value stands for it")
    return tuple(found)
