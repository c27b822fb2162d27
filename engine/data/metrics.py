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


def mase(truth: NDArray[Any], forecast: NDArray[Any], usual_step: Reals) -> float:
    """Mean over the targets of their MAE in units of their own usual change (O,), from (N, O); NaN where none has any.

    Targets may be of very different sizes, so that an error of one cannot be measured by the change of another.
    """
    columns = zip(truth.T, forecast.T, usual_step.tolist(), strict=True)
    scaled = [mae(true, said) / step for true, said, step in columns if step > 0]
    known = [value for value in scaled if math.isfinite(value)]
    return sum(known) / len(known) if known else math.nan


def skill(truth: NDArray[Any], forecast: NDArray[Any], last: NDArray[Any]) -> float:
    """By which share of it the RMSE is lower than that of the `last` known values as forecasts; NaN where that is 0."""
    naive = rmse(truth, last)
    return 1.0 - rmse(truth, forecast) / naive if naive > 0 else math.nan


def by_target(names: Sequence[str], truth: NDArray[Any], forecast: NDArray[Any], last: NDArray[Any]) -> Scores:
    """RMSE and skill of each of several targets, from (…, O); none of one."""
    if len(names) < 2:
        return ()
    columns = [(name, truth[..., k], forecast[..., k], last[..., k]) for k, name in enumerate(names)]
    return tuple(
        score
        for name, true, said, before in columns
        for score in ((f"RMSE {name}", rmse(true, said)), (f"skill {name}", skill(true, said, before)))
    )


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
        usual_step: Reals,
        decode: Callable[[Reals], Reals],
    ) -> None:
        """An empty score of answers to `truth` (N, O), in real units as `decode` makes them of the network's.

        `last` (N, O) are the values known last before each answer, `usual_step` (O,) is what MASE measures by.
        """
        self._truth, self._last, self._names = truth, last, names
        self._usual_step, self._decode = usual_step, decode
        self._outputs = np.full(truth.shape, np.nan, np.float64)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """See `Scorer.add`."""
        self._outputs[batch.positions] = last_answers(batch, outputs)

    def main(self) -> float:
        """See `Scorer.main`."""
        return rmse(self._truth, self._decode(self._outputs))

    def result(self) -> Scores:
        """See `Scorer.result`; several targets are scored together and then one by one."""
        truth, forecast = self._truth, self._decode(self._outputs)
        scores = [
            ("RMSE", rmse(truth, forecast)),
            ("MAE", mae(truth, forecast)),
            ("MASE", mase(truth, forecast, self._usual_step)),
            ("skill", skill(truth, forecast, self._last)),
        ]
        return (*scores, *by_target(self._names, truth, forecast, self._last))
