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
    """Named forecasts (N, O) of all targets over a part, in real units, each from its own past."""
    rows, horizon, season = dataset.answer_rows(part), dataset.shape.horizon, dataset.season
    known = dataset.filled.past[:, : dataset.output_size]
    found = [("naive", naive(known, rows, horizon))]
    if season > 1:
        found.append(("seasonal naive", seasonal_naive(known, rows, horizon, season)))
    found.append(("drift", drift(known, rows, horizon)))
    lags = _lags(dataset)
    if lags >= 1 and len(rows):
        found.append((f"AR({lags})", autoregression(dataset, part, lags)))
    return tuple((name, values.astype(np.float32)) for name, values in found)


def naive(known: Reals, rows: Ints, horizon: int) -> Reals:
    """The last known values of `known` (rows, O), (N, O)."""
    return np.asarray(known[rows - horizon])


def seasonal_naive(known: Reals, rows: Ints, horizon: int, season: int) -> Reals:
    """The value of as few whole seasons before as are known by then; the last known one where there is none."""
    back = rows - season * -(-horizon // season)
    return np.where((back >= 0)[:, None], known[np.maximum(back, 0)], known[rows - horizon])


def drift(known: Reals, rows: Ints, horizon: int) -> Reals:
    """The last known value, moved on by the mean change of all steps so far."""
    last = rows - horizon
    slope = (known[last] - known[0]) / np.maximum(last, 1)[:, None]
    return np.asarray(known[last] + horizon * slope)


def autoregression(dataset: SeriesWindows, part: str, lags: int) -> Reals:
    """Least squares on the last `lags` steps of the window, fitted on the training part, as the network sees it.

    Of several targets (N, O) each is told from its own past alone.
    """
    count, targets = dataset.count("train"), range(dataset.output_size)
    most = max(1, _AR_ROWS // len(targets))
    batch = dataset.batch("train", np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64)))
    answers = (batch.targets if batch.targets.ndim == 2 else batch.targets[-1]).astype(np.float64)
    weights = [np.linalg.lstsq(_features(batch.inputs, lags, k), answers[:, k], rcond=None)[0] for k in targets]
    outputs = np.zeros((dataset.count(part), len(targets)))
    for positions in orders(len(outputs), most):
        inputs = dataset.batch(part, positions).inputs
        outputs[positions] = np.stack([_features(inputs, lags, k) @ weights[k] for k in targets], axis=1)
    return dataset.decode(outputs, part)


def _features(inputs: Floats, lags: int, target: int) -> Reals:
    own = inputs[-lags:, :, target].T.astype(np.float64)
    return np.concatenate([own, np.ones((len(own), 1))], axis=1)


def _lags(dataset: SeriesWindows) -> int:
    """As many lags as a season and the window hold, and no more than the training part can settle."""
    wanted = dataset.season if dataset.season > 1 else 12
    return min(wanted, dataset.shape.look_back, _AR_LAGS, dataset.count("train") // 4)
