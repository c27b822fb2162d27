"""Scores of answers with any number of labels at once.

The micro F1 counts all labels together, the macro F1 is the mean of the labels' own, without those that neither occur
nor are said (Sokolova and Lapalme 2009, Table 3; Tsoumakas and Katakis 2007); the exact match is the share of answers
in which every label is right.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Batch
from engine.data.dataset import Scorer, Scores
from engine.data.sequences.label_sets import there

METRIC = "micro F1"
Flags = NDArray[np.bool_]


class LabelCounts:
    """How often each of K labels is there, is said, and both; and how many answers are right in every label."""

    def __init__(self, labels: int) -> None:
        self.counts = np.zeros((labels, 3), np.int64)  # truth, said, both
        self.right = self.total = 0

    def add(self, truth: Flags, said: Flags) -> None:
        """Answers (N, K)."""
        self.counts += np.stack([truth.sum(axis=0), said.sum(axis=0), (truth & said).sum(axis=0)], axis=1)
        self.right += int((truth == said).all(axis=1).sum())
        self.total += len(truth)

    def scores(self) -> Scores:
        """Micro F1, macro F1 and exact match; NaN where nothing was answered."""
        real, said, both = self.counts.T
        known = real + said > 0
        if not self.total or not known.any():
            return ((METRIC, math.nan), ("macro F1", math.nan), ("exact match", math.nan))
        own = 2 * both[known] / (real + said)[known]
        micro = 2 * both.sum() / (real.sum() + said.sum())
        return ((METRIC, float(micro)), ("macro F1", float(own.mean())), ("exact match", self.right / self.total))


class LabelScorer(Scorer):
    """Counts labels that are there and that are said."""

    def __init__(self, labels: int) -> None:
        self.found = LabelCounts(labels)

    def add(self, batch: Batch, outputs: NDArray[Any]) -> None:
        """`outputs` are log-odds (B, K)."""
        known = batch.weights != 0
        self.found.add(batch.targets[known] > 0, outputs[known] >= 0)

    def result(self) -> Scores:
        """See `Scorer.result`."""
        return self.found.scores()


def label_scores(truth: NDArray[Any], shares: NDArray[Any]) -> Scores:
    """The same of answers (N, K) that are all there: 1 for each label, and how likely it was said to be."""
    found = LabelCounts(truth.shape[1])
    found.add(truth > 0, there(shares))
    return found.scores()
