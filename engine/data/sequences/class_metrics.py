"""Scores of classes and of values.

The balanced accuracy is the mean of the classes' recalls, so a class that is always forgotten costs as much as any
other (Brodersen et al. 2010); the macro F1 is the mean of the classes' F1 (Sokolova and Lapalme 2009, Table 3).
Classes that do not occur in the truth are left out of both.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch
from engine.data.dataset import Scorer, Scores
from engine.data.metrics import mae, rmse
from engine.data.sequences.answers import Answers

Counts = NDArray[np.int64]


def confusion(truth: NDArray[Any], answers: NDArray[Any], classes: int) -> Counts:
    """How often each true class (rows) was answered by each (columns), (K, K)."""
    pairs = np.asarray(truth, np.int64) * classes + np.asarray(answers, np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_scores(counts: Counts) -> Scores:
    """Accuracy, macro F1 and balanced accuracy of a confusion matrix; NaN when it is empty."""
    total, right = counts.sum(), np.diag(counts).astype(np.float64)
    if not total:
        return (("accuracy", math.nan), ("macro F1", math.nan), ("balanced accuracy", math.nan))
    real, said = counts.sum(axis=1), counts.sum(axis=0)
    occurs = real > 0
    recall = right[occurs] / real[occurs]
    f1 = 2 * right[occurs] / (real + said)[occurs]
    return (
        ("accuracy", float(right.sum() / total)),
        ("macro F1", float(f1.mean())),
        ("balanced accuracy", float(recall.mean())),
    )


def score_of(counts: Counts, metric: str) -> float:
    """One of the scores by its name."""
    return dict(class_scores(counts))[metric]


class ClassScorer(Scorer):
    """Counts which class was answered for which."""

    def __init__(self, classes: tuple[str, ...], metric: str) -> None:
        """Nothing scored yet; `metric` comes first in the result."""
        self.counts: Counts = np.zeros((len(classes), len(classes)), np.int64)
        self._metric = metric

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` are scores (B, K) or (T, B, K)."""
        known = batch.weights != 0
        self.counts += confusion(batch.targets[known], outputs[known].argmax(axis=-1), len(self.counts))

    def result(self) -> Scores:
        """See `Scorer.result`."""
        return tuple(sorted(class_scores(self.counts), key=lambda pair: pair[0] != self._metric))


class ValueScorer(Scorer):
    """RMSE and MAE of values in their own unit, and R², the share of their variance that is explained."""

    def __init__(self, answers: Answers) -> None:
        """Nothing scored yet."""
        self._answers = answers
        self._truth: list[NDArray[Any]] = []
        self._said: list[NDArray[Any]] = []

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` are scaled values (B, 1) or (T, B, 1)."""
        known = batch.weights != 0
        self._truth.append(self._answers.values(batch.targets[known])[:, 0])
        self._said.append(self._answers.values(outputs[known])[:, 0])

    def result(self) -> Scores:
        """See `Scorer.result`."""
        truth = np.concatenate(self._truth) if self._truth else np.zeros(0)
        said = np.concatenate(self._said) if self._said else np.zeros(0)
        error, spread = rmse(truth, said), float(np.std(truth)) if truth.size else math.nan
        explained = 1 - (error / spread) ** 2 if spread > 0 else math.nan
        return (("RMSE", error), ("MAE", mae(truth, said)), ("R²", explained))
