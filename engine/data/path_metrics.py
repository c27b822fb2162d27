"""Scores of forecasts over several steps, over all of them and step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch
from engine.data.dataset import Scores, WritingScorer
from engine.data.metrics import mae, rmse
from engine.data.scaling import Reals

if TYPE_CHECKING:
    from engine.data.forecast_dataset import ForecastDataset

_MOST_NAMED = 12  # steps that have a metric of their own; of longer forecasts five


class PathScorer(WritingScorer):
    """Takes forecasts (U, B, O) in real units, whatever strategy they come from."""

    def __init__(self, dataset: ForecastDataset, part: str) -> None:
        """An empty score of `part`."""
        self._dataset, self._part = dataset, part
        self._paths = np.full((dataset.steps, dataset.count(part), dataset.series.targets), np.nan)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` (U, B, O) are forecasts in real units."""
        self._paths[:, batch.positions] = outputs

    def add_free(self, batch: Batch, outputs: NDArray[Any], written: Sequence[NDArray[np.int32]]) -> None:
        """What is scored is free-running anyway."""

    def result(self) -> Scores:
        """See `Scorer.result`."""
        table = by_step(self._dataset, self._part, self._paths)
        overall, steps = table[0], table[1:]
        scores = [(name, overall[name]) for name in ("RMSE", "MAE", "MASE", "skill")]
        targets = self._dataset.preparation.targets
        if len(targets) > 1:
            truth = self._dataset.path_truth(self._part)
            scores += [(f"RMSE {n}", rmse(truth[..., k], self._paths[..., k])) for k, n in enumerate(targets)]
        if len(steps) > 1:
            scores += [(f"RMSE step {step + 1}", steps[step]["RMSE"]) for step in _named(len(steps))]
        return tuple(scores)


def by_step(dataset: ForecastDataset, part: str, paths: Reals) -> list[dict[str, float]]:
    """RMSE, MAE, MASE, skill against naive, and the simple methods' RMSE: over all steps, then of each step.

    `paths` are forecasts (U, N, O) of a whole part. MASE is in units of the usual change over a season (Hyndman and
    Koehler 2006, Section 3), the same for all steps.
    """
    truth = dataset.path_truth(part)
    simple = dataset.path_baselines(part) if dataset.count(part) else ()
    last = np.broadcast_to(dataset.anchors(part), truth.shape)
    every = slice(None)
    return [
        {
            "RMSE": rmse(truth[at], paths[at]),
            "MAE": mae(truth[at], paths[at]),
            "MASE": _share(mae(truth[at], paths[at]), dataset.usual_step),
            "skill": 1 - _share(rmse(truth[at], paths[at]), rmse(truth[at], last[at])),
        }
        | {name: rmse(truth[at][..., 0], values[at]) for name, values in simple}
        for at in (every, *range(dataset.steps))
    ]


def _share(value: float, unit: float) -> float:
    return value / unit if unit > 0 else math.nan


def _named(steps: int) -> list[int]:
    if steps <= _MOST_NAMED:
        return list(range(steps))
    return [round(share * (steps - 1)) for share in (0, 0.25, 0.5, 0.75, 1)]
