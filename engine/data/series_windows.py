"""The data set that a series becomes: one answer a window, or several steps ahead."""

from __future__ import annotations

from engine.config import DataConfig
from engine.data.forecast_dataset import ForecastDataset
from engine.data.series import Series
from engine.data.series_dataset import SeriesDataset


def windows_over(series: Series, data: DataConfig, topology: str) -> SeriesDataset:
    """Windows over `series`, answered as the settings ask.

    Raises:
        DataError: too short for one window, or settings that do not go together.
    """
    several = data.steps > 1 or topology == "encoder_decoder"
    return (ForecastDataset if several else SeriesDataset)(series, data, topology)
