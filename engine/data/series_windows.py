"""The data set that a series becomes: one answer a window, or several steps ahead."""

from __future__ import annotations

from engine.config import DataConfig
from engine.data.batches import Ints
from engine.data.forecast_dataset import ForecastDataset
from engine.data.series import Series
from engine.data.series_dataset import SeriesDataset


def windows_over(series: Series, data: DataConfig, topology: str, marked: Ints | None = None) -> SeriesDataset:
    """Windows over `series`, answered as the settings ask; `marked` as of a `SeriesDataset`.

    Raises:
        DataError: too short for one window, or settings that do not go together.
    """
    return (ForecastDataset if several_steps(data, topology) else SeriesDataset)(series, data, topology, marked)


def several_steps(data: DataConfig, topology: str) -> bool:
    """Whether windows are answered by all of the next steps."""
    return data.steps > 1 or topology == "encoder_decoder"
