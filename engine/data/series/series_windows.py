"""The data set that a series becomes: one answer a window, or several steps ahead."""

from __future__ import annotations

from dataclasses import replace

from engine.config import DataConfig
from engine.data.batches import Ints
from engine.data.errors import DataError, nearest
from engine.data.series.forecast_dataset import ForecastDataset
from engine.data.series.series import Series
from engine.data.series.series_dataset import SeriesDataset


def windows_over(series: Series, data: DataConfig, topology: str, marked: Ints | None = None) -> SeriesDataset:
    """Windows over `series`, answered as the settings ask; `marked` as of a `SeriesDataset`.

    Raises:
        DataError: too short for one window, or settings that do not go together.
    """
    data = replace(data, known_inputs=series.named(data.known_inputs))
    _check(series, data)
    series = series.led_by(rows_led(data, topology), data.known_inputs)
    return (ForecastDataset if several_steps(data, topology) else SeriesDataset)(series, data, topology, marked)


def rows_led(data: DataConfig, topology: str) -> int:
    """How many rows before their own the inputs known ahead are read: as many as lie between a window and its answer.

    A decoder is told them at each step instead.
    """
    if topology == "encoder_decoder":
        return 0
    if not several_steps(data, topology):
        return data.horizon
    return data.steps if data.strategy == "direct" else 1


def _check(series: Series, data: DataConfig) -> None:
    inputs = series.names[series.targets :]
    for name in data.known_inputs:
        if name not in inputs:
            raise DataError(f"data.known_inputs names {name!r}, which is no input; {nearest(name, inputs)}")


def several_steps(data: DataConfig, topology: str) -> bool:
    """Whether windows are answered by all of the next steps."""
    return data.steps > 1 or topology == "encoder_decoder"
