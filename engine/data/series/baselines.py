"""Forecasts that need no network: what a model has to beat. Each knows only what the window knows.

For an answer at row `t`, `horizon` steps ahead, everything up to row `t - horizon` is known.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch, Floats, Ints, orders
from engine.data.scaling import Reals
from engine.data.series.gaps import Filled
from engine.data.series.windows import WindowShape

_AR_ROWS = 100_000
_AR_LAGS = 48


class SeriesWindows(Protocol):
    """What simple forecasts ask of a series that is cut into windows; see `SeriesDataset`."""

    season: int
    shape: WindowShape
    filled: Filled
    output_size: int

    def count(self, part: str) -> int:
        """Windows in a part."""

    def batch(self, part: str, positions: Ints) -> Batch:
        """The windows of a part at `positions` (B,)."""

    def answer_rows(self, part: str) -> Ints:
        """Rows (N,) that a part's windows are answered by."""

    def decode(self, outputs: NDArray[Any], part: str) -> Reals:
        """Answers (N, O) in real units."""


def series_forecasts(dataset: SeriesWindows, part: str) -> tuple[tuple[str, Floats], ...]:
    """Named forecasts (N,) of the first target over a part, in real units."""
    rows, horizon, season = dataset.answer_rows(part), dataset.shape.horizon, dataset.season
    known = dataset.filled.past[:, 0]
    found = [("naive", naive(known, rows, horizon))]
    if season > 1:
        found.append(("seasonal naive", seasonal_naive(known, rows, horizon, season)))
    found.append(("drift", drift(known, rows, horizon)))
    lags = _lags(dataset)
    if lags >= 1 and len(rows):
        found.append((f"AR({lags})", autoregression(dataset, part, lags)))
    return tuple((name, values.astype(np.float32)) for name, values in found)


def naive(known: Reals, rows: Ints, horizon: int) -> Reals:
    """The last known value."""
    return np.asarray(known[rows - horizon])


def seasonal_naive(known: Reals, rows: Ints, horizon: int, season: int) -> Reals:
    """The value of as few whole seasons before as are known by then; the last known one where there is none."""
    back = rows - season * -(-horizon // season)
    return np.where(back >= 0, known[np.maximum(back, 0)], known[rows - horizon])


def drift(known: Reals, rows: Ints, horizon: int) -> Reals:
    """The last known value, moved on by the mean change of all steps so far."""
    last = rows - horizon
    slope = (known[last] - known[0]) / np.maximum(last, 1)
    return np.asarray(known[last] + horizon * slope)


def autoregression(dataset: SeriesWindows, part: str, lags: int) -> Reals:
    """Least squares on the last `lags` steps of the window, fitted on the training part, as the network sees it."""
    count = dataset.count("train")
    chosen = np.unique(np.linspace(0, count - 1, min(count, _AR_ROWS)).astype(np.int64))
    batch = dataset.batch("train", chosen)
    answers = batch.targets if batch.targets.ndim == 2 else batch.targets[-1]
    weights, *_ = np.linalg.lstsq(_features(batch.inputs, lags), answers[:, 0].astype(np.float64), rcond=None)
    outputs = np.zeros((dataset.count(part), dataset.output_size))
    for positions in orders(len(outputs), _AR_ROWS):
        outputs[positions, 0] = _features(dataset.batch(part, positions).inputs, lags) @ weights
    forecast: Reals = dataset.decode(outputs, part)[:, 0]
    return forecast


def _features(inputs: Floats, lags: int) -> Reals:
    own = inputs[-lags:, :, 0].T.astype(np.float64)
    return np.concatenate([own, np.ones((len(own), 1))], axis=1)


def _lags(dataset: SeriesWindows) -> int:
    """As many lags as a season and the window hold, and no more than the training part can settle."""
    wanted = dataset.season if dataset.season > 1 else 12
    return min(wanted, dataset.shape.look_back, _AR_LAGS, dataset.count("train") // 4)
