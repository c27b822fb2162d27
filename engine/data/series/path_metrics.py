"""Scores of forecasts over several steps, over all of them and step by step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch
from engine.data.dataset import Scores, WritingScorer
from engine.data.metrics import by_target, mae, rmse, skill
from engine.data.scaling import Reals
from engine.data.series.path_dataset import PathDataset

_MOST_SERIES = 20  # that are scored one by one
_MOST_NAMED = 12  # steps that have a metric of their own; of longer forecasts five


class PathScorer(WritingScorer):
    """Takes forecasts (U, B, O) in real units, whatever strategy they come from."""

    def __init__(self, dataset: PathDataset, part: str) -> None:
        """An empty score of `part`."""
        self._dataset, self._part = dataset, part
        self._paths = np.full((dataset.steps, dataset.count(part), len(dataset.preparation.targets)), np.nan)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` (U, B, O) are forecasts in real units."""
        self._paths[:, batch.positions] = outputs

    def add_free(self, batch: Batch, outputs: NDArray[Any], written: Sequence[NDArray[np.int32]]) -> None:
        """What is scored is free-running anyway."""

    def main(self) -> float:
        """See `Scorer.main`."""
        return rmse(self._dataset.path_truth(self._part), self._paths)

    def result(self) -> Scores:
        """See `Scorer.result`."""
        scores = list(_scores(self._dataset, self._part, self._paths, slice(None)).items())
        truth, last = self._dataset.path_truth(self._part), self._dataset.anchors(self._part)
        named = by_target(self._dataset.preparation.targets, truth, self._paths, _still(last, truth))
        return (*scores, *named, *self._by_series())

    def by_step(self) -> tuple[Mapping[str, float], ...]:
        """A row for each step ahead, of long forecasts for five.

        "step", the scores of `_scores`, and the RMSE of the simple forecasts.
        """
        dataset, part = self._dataset, self._part
        if dataset.steps < 2 or not dataset.count(part):
            return ()
        simple, truth = dataset.path_baselines(part), dataset.path_truth(part)
        return tuple(
            {"step": step + 1.0}
            | _scores(dataset, part, self._paths, slice(step, step + 1))
            | {name: rmse(truth[step], values[step]) for name, values in simple}
            for step in _named(dataset.steps)
        )

    def _by_series(self) -> Iterator[tuple[str, float]]:
        truth, last = self._dataset.path_truth(self._part), self._dataset.anchors(self._part)
        for name, place in self._dataset.places(self._part)[:_MOST_SERIES]:
            own, said = truth[:, place], self._paths[:, place]
            yield f"RMSE {name}", rmse(own, said)
            yield f"skill {name}", skill(own, said, _still(last[place], own))


def path_scores(dataset: PathDataset, part: str) -> Scores:
    """RMSE of the simple forecasts over all steps and targets; none for an empty part."""
    if not dataset.count(part):
        return ()
    truth = dataset.path_truth(part)
    return tuple((name, rmse(truth, values)) for name, values in dataset.path_baselines(part))


def _scores(dataset: PathDataset, part: str, paths: Reals, steps: slice) -> dict[str, float]:
    """RMSE, MAE, MASE and skill against naive of forecasts (U, N, O) of a whole part, over some steps.

    MASE is in units of the usual change over a season (Hyndman and Koehler 2006, Section 3) of each series and target,
    the same for all steps.
    """
    truth, said = dataset.path_truth(part)[steps], paths[steps]
    return {
        "RMSE": rmse(truth, said),
        "MAE": mae(truth, said),
        "MASE": _mean(_in_usual_steps(np.abs(truth - said), dataset.usual_steps(part))),
        "skill": skill(truth, said, _still(dataset.anchors(part), truth)),
    }


def _still(last: Reals, truth: Reals) -> Reals:
    """The last known values (N, O) as forecasts (U, N, O)."""
    return np.broadcast_to(last, truth.shape)


def _in_usual_steps(errors: Reals, usual: Reals) -> Reals:
    """Errors (U, N, O) in units (N, O) of their series and targets; NaN where one has none."""
    return errors / np.where(usual > 0, usual, np.nan)


def _mean(values: Reals) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def _named(steps: int) -> list[int]:
    if steps <= _MOST_NAMED:
        return list(range(steps))
    return [round(share * (steps - 1)) for share in (0, 0.25, 0.5, 0.75, 1)]
