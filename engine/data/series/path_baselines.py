"""Simple forecasts over several steps, from the same windows that the network reads."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from engine.data.batches import Ints
from engine.data.scaling import Reals
from engine.data.series.baselines import drift, naive, seasonal_naive
from engine.data.series.gaps import Filled
from engine.data.series.series_preparation import SeriesPreparation
from engine.data.series.windows import WindowShape

_AR_WINDOWS = 20_000
_AR_LAGS = 48


class PathWindows(Protocol):
    """What simple forecasts ask of a series whose windows are answered by several steps; see `ForecastDataset`."""

    steps: int
    season: int
    shape: WindowShape
    filled: Filled

    @property
    def preparation(self) -> SeriesPreparation:
        """Transform and scalers."""

    def count(self, part: str) -> int:
        """Windows in a part."""

    def windows(self, part: str, positions: Ints) -> Reals:
        """What the windows at `positions` read, in its own units (lead + T, B, C)."""

    def rows(self, part: str, positions: Ints) -> Ints:
        """Rows (U, B) that answer them."""


def path_forecasts(dataset: PathWindows, part: str) -> tuple[tuple[str, Reals], ...]:
    """Named forecasts (U, N, O) of all targets over a part, in real units; step u is u + 1 ahead."""
    rows = dataset.rows(part, np.arange(dataset.count(part)))
    known, season = dataset.filled.past[:, : len(dataset.preparation.targets)], dataset.season
    steps = list(enumerate(rows, 1))
    found = [("naive", np.stack([naive(known, row, ahead) for ahead, row in steps]))]
    if season > 1:
        found.append(("seasonal naive", np.stack([seasonal_naive(known, row, ahead, season) for ahead, row in steps])))
    found.append(("drift", np.stack([drift(known, row, ahead) for ahead, row in steps])))
    lags = _lags(dataset)
    if lags >= 1 and rows.shape[1]:
        own = [autoregression(dataset, part, lags, k) for k in range(known.shape[1])]
        found.append((f"AR({lags})", np.stack(own, axis=-1)))
    return tuple(found)


def autoregression(dataset: PathWindows, part: str, lags: int, target: int = 0) -> Reals:
    """Least squares for the next input from the last `lags`, fitted on the training part, its own forecasts fed back.

    Inputs are as the network sees them, transformed and scaled; forecasts (U, N) of one target are in real units.
    """
    preparation, count = dataset.preparation, dataset.count("train")
    most = max(1, _AR_WINDOWS // len(preparation.targets))
    chosen = np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))
    windows = dataset.windows("train", chosen)
    following = dataset.filled.past[dataset.rows("train", chosen)[:1]]
    inputs = preparation.inputs_of(np.concatenate([windows, following]))[..., target].astype(np.float64)
    weights, *_ = np.linalg.lstsq(_features(inputs[:-1], lags), inputs[-1], rcond=None)
    windows = dataset.windows(part, np.arange(dataset.count(part)))
    read = preparation.inputs_of(windows)[-lags:, :, target].astype(np.float64)
    own = [*windows[..., target]]
    scaler, transform = preparation.input_scaler, preparation.transform
    for _ in range(dataset.steps):
        ahead = _features(read, lags) @ weights
        read = np.concatenate([read[1:], ahead[None]])
        base = transform.base(lambda k: own[-1 - k], 1)
        own.append(transform.inverse(ahead * scaler.scale[target] + scaler.offset[target], base))
    return np.stack(own[-dataset.steps :])


def _features(inputs: Reals, lags: int) -> Reals:
    own = inputs[-lags:].T
    return np.concatenate([own, np.ones((len(own), 1))], axis=1)


def _lags(dataset: PathWindows) -> int:
    """As many lags as a season and the window hold, and no more than the training part can settle."""
    wanted = dataset.season if dataset.season > 1 else 12
    return min(wanted, dataset.shape.look_back, _AR_LAGS, dataset.count("train") // 4)
