"""Scores in the data's own units."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch
from engine.data.dataset import Scorer, Scores
from engine.data.scaling import Reals


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

    def __init__(
        self,
        truth: NDArray[Any],
        last: Reals,
        names: Sequence[str],
        usual_step: float,
        decode: Callable[[Reals], Reals],
    ) -> None:
        """An empty score of answers to `truth` (N, O), in real units as `decode` makes them of the network's.

        `last` (N, O) are the values known last before each answer, `usual_step` is what MASE measures by.
        """
        self._truth, self._last, self._names = truth, last, names
        self._usual_step, self._decode = usual_step, decode
        self._outputs = np.full(truth.shape, np.nan, np.float64)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """See `Scorer.add`."""
        self._outputs[batch.positions] = last_answers(batch, outputs)

    def result(self) -> Scores:
        """See `Scorer.result`; several targets are scored together and then one by one."""
        truth, forecast = self._truth, self._decode(self._outputs)
        naive = rmse(truth, self._last)
        own = rmse(truth, forecast)
        skill = 1.0 - own / naive if naive > 0 else math.nan
        error, step = mae(truth, forecast), self._usual_step
        scores = [("RMSE", own), ("MAE", error), ("MASE", error / step if step > 0 else math.nan), ("skill", skill)]
        if len(self._names) > 1:
            scores += [(f"RMSE {n}", rmse(truth[:, k], forecast[:, k])) for k, n in enumerate(self._names)]
        return tuple(scores)
