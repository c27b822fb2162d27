"""Scores in the data's own units."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch
from engine.data.dataset import Scorer, Scores

if TYPE_CHECKING:
    from engine.data.series_dataset import SeriesDataset


def rmse(truth: NDArray[Any], forecast: NDArray[Any]) -> float:
    """Root of the mean squared error where both are known; NaN when nowhere."""
    errors = _errors(truth, forecast)
    return math.sqrt(float(np.mean(np.square(errors)))) if errors.size else math.nan


def mae(truth: NDArray[Any], forecast: NDArray[Any]) -> float:
    """Mean absolute error where both are known; NaN when nowhere."""
    errors = _errors(truth, forecast)
    return float(np.mean(np.abs(errors))) if errors.size else math.nan


def _errors(truth: NDArray[Any], forecast: NDArray[Any]) -> NDArray[np.float64]:
    errors = np.asarray(forecast, np.float64) - np.asarray(truth, np.float64)
    return errors[~np.isnan(errors)]


def last_answers(batch: Batch, outputs: NDArray[Any]) -> NDArray[Any]:
    """Answers (B, O) at each sequence's last valid step of (T, B, O); (B, O) is handed through."""
    if outputs.ndim < 3:
        return outputs
    return np.asarray(outputs[batch.lengths - 1, np.arange(outputs.shape[1])])


class SeriesScorer(Scorer):
    """RMSE and MAE in real units, MASE, and the skill against the naive forecast (1 is perfect, 0 no better).

    MASE is the MAE in units of the mean absolute change over a season (or a step, where there is none) within the
    training part (Hyndman and Koehler 2006, Section 3); below 1 is better than repeating the last season.
    """

    def __init__(self, dataset: SeriesDataset, part: str) -> None:
        """An empty score of `part`."""
        self._dataset, self._part = dataset, part
        self._outputs = np.full((dataset.count(part), dataset.output_size), np.nan, np.float64)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """See `Scorer.add`."""
        self._outputs[batch.positions] = last_answers(batch, outputs)

    def result(self) -> Scores:
        """See `Scorer.result`; several targets are scored together and then one by one."""
        dataset, part = self._dataset, self._part
        forecast = dataset.decode(self._outputs, part)
        truth = np.stack([dataset.truth(part, k) for k in range(dataset.output_size)], axis=1)
        naive = rmse(truth, dataset.anchors(part))
        own = rmse(truth, forecast)
        skill = 1.0 - own / naive if naive > 0 else math.nan
        error = mae(truth, forecast)
        step = dataset.usual_step
        scores = [("RMSE", own), ("MAE", error), ("MASE", error / step if step > 0 else math.nan), ("skill", skill)]
        if dataset.output_size > 1:
            names = dataset.preparation.targets
            scores += [(f"RMSE {n}", rmse(truth[:, k], forecast[:, k])) for k, n in enumerate(names)]
        return tuple(scores)
