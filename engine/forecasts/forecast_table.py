"""Forecasts as a table: what was said of each step, beside what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.data.tables.columns import parts_of
from engine.storage.csv_tables import Cell


@dataclass(frozen=True, slots=True)
class Forecast:
    """A table of forecasts: one row per answered time step, in order, in the data's own units.

    `part` is "train", "validation" or "test" for the run's own data, "given" for another file, and "ahead" for
    the steps after the last row, whose truth nobody knows yet.
    """

    targets: tuple[str, ...]
    dates: tuple[str, ...]  # (N,) dates, or row numbers from 1
    truth: NDArray[np.float64]  # (N, O) NaN where missing or ahead
    forecast: NDArray[np.float64]  # (N, O)
    parts: tuple[str, ...]  # (N,)
    sequence_column: tuple[str, ...] = ()  # that name the series, where there are several
    series: tuple[str, ...] = ()  # (N,) which one each row is of; empty where there is but one
    bands: tuple[tuple[float, NDArray[np.float64]], ...] = ()  # level, and (N, O, 2) lower and upper end
    read: tuple[str, ...] = ()  # how a given file was, in words
    assumed: tuple[str, ...] = ()  # what the forecasts take for granted

    @property
    def header(self) -> tuple[str, ...]:
        """Column names: series if several, date, truth, forecast, ends of intervals, part; a pair for each target."""
        first = (*self.sequence_column, "date") if self.series else ("date",)
        if len(self.targets) == 1:
            return (*first, self.targets[0], "forecast", *self._ends, "part")
        return (
            *first,
            *(name for target in self.targets for name in (target, f"forecast {target}")),
            *self._ends,
            "part",
        )

    @property
    def _ends(self) -> tuple[str, ...]:
        return tuple(
            f"{target} {end} {level * 100:g}%"
            for level, _ in self.bands
            for target in self.targets
            for end in ("lower", "upper")
        )

    def rows(self) -> list[list[Cell]]:
        """The rows under `header`."""
        pairs = np.stack([self.truth, self.forecast], axis=2), *(ends for _, ends in self.bands)
        numbers = np.concatenate([each.reshape(len(self.dates), -1) for each in pairs], axis=1).tolist()
        names = [parts_of(name, self.sequence_column) for name in self.series] or [[] for _ in self.dates]
        rows = zip(names, self.dates, numbers, self.parts, strict=True)
        return [[*name, date, *own, part] for name, date, own, part in rows]


def together(sequence_column: tuple[str, ...], own: Mapping[str, Forecast]) -> Forecast:
    """The forecasts of several series, at least one, one under the other; `sequence_column` say which each is."""
    tables = list(own.values())
    return Forecast(
        targets=tables[0].targets,
        dates=tuple(date for table in tables for date in table.dates),
        truth=np.concatenate([table.truth for table in tables]),
        forecast=np.concatenate([table.forecast for table in tables]),
        parts=tuple(part for table in tables for part in table.parts),
        read=tuple(dict.fromkeys(note for table in tables for note in table.read)),
        assumed=tuple(dict.fromkeys(note for table in tables for note in table.assumed)),
        sequence_column=sequence_column,
        series=tuple(name for name, table in own.items() for _ in table.dates),
        bands=tuple(
            (some[0][0], np.concatenate([ends for _, ends in some]))
            for some in zip(*(table.bands for table in tables), strict=True)
        ),
    )
