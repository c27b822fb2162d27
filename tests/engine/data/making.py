"""Files and experiments that the tests of the data room are made of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.config import DataConfig, Experiment
from engine.data import Dataset, load, sample
from engine.data.frequency import find_frequency
from engine.data.series.series import Series
from engine.data.series.series_dataset import SeriesDataset
from engine.data.series.series_windows import windows_over

Write = Callable[[str, bytes | str], Path]
TRANSFORMS: dict[str, dict[str, Any]] = {
    **{name: {"transform": name} for name in ("none", "log", "difference", "log_difference")},
    "of two rows before": {"seasonal_difference": True, "season": 2},
    "growth over five rows": {"transform": "log", "seasonal_difference": True, "season": 5},
    "change of the change": {"transform": "difference", "seasonal_difference": True, "season": 5},
    "growth of the growth": {"transform": "log_difference", "seasonal_difference": True, "season": 2},
}


def experiment(path: Path, **data: Any) -> Experiment:
    """An experiment on a file, with short windows."""
    settings: dict[str, Any] = {"file": str(path), "look_back": 4, "validation": 6, "test": 6} | data
    return Experiment().replace({f"data.{name}": value for name, value in settings.items()})


@cache
def sample_data(key: str) -> Dataset:
    """The data of a sample, read once for all tests that change nothing in them."""
    return load(sample(key).experiment)


def windows_of(
    columns: dict[str, list[float]], *, targets: int = 1, topology: str = "many_to_one", **data: Any
) -> SeriesDataset:
    """A dataset without a file: monthly rows, the first `targets` columns to be predicted."""
    settings: dict[str, Any] = {"look_back": 4, "validation": 6, "test": 6} | data
    numbers = np.array(list(columns.values()), np.float64).T
    stamps = (np.datetime64("1990-01") + np.arange(len(numbers))).astype("datetime64[us]")
    series = Series(tuple(columns), targets, numbers, stamps, find_frequency(stamps), "M", 0, ())
    return windows_over(series, DataConfig(**settings), topology)


def values(rows: int = 40) -> list[float]:
    """A rising series with a season of five."""
    return [100.0 + 3 * row + (row % 5) ** 2 for row in range(rows)]


def table(**columns: list[Any]) -> str:
    """CSV text with a monthly `date` and the columns given; `value` when none is."""
    columns = columns or {"value": values()}
    rows = len(next(iter(columns.values())))
    dates = [f"{1990 + row // 12}-{row % 12 + 1:02d}" for row in range(rows)]
    lines = [",".join(["date", *columns])]
    lines += [",".join([date, *map(str, cells)]) for date, *cells in zip(dates, *columns.values(), strict=True)]
    return "\n".join(lines) + "\n"


def beside(columns: list[list[str]]) -> str:
    """Text of a table of columns of times and one of values: opened once, it shows how each is read."""
    names = [f"time{chr(ord('a') + place)}" for place in range(len(columns))]  # numbers would count up
    lines = [";".join([*names, "v"])]
    lines += [";".join([*cells, f"{row % 7}.5"]) for row, cells in enumerate(zip(*columns, strict=True))]
    return "\n".join(lines) + "\n"
