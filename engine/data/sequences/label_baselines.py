"""What answers of several labels have to be compared with: the commonest set, and a linear model for each label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.dataset import Scores
from engine.data.scaling import Reals
from engine.data.sequences.class_baselines import Labelled, features, logistic_regression, thinned
from engine.data.sequences.label_metrics import METRIC, label_scores


def label_baselines(dataset: Labelled, part: str) -> Scores:
    """The commonest set of labels of the training part, and a linear model of a bag of features for each label."""
    rows, held_out = thinned(dataset, "train"), dataset.answered(part)
    seen, truth = dataset.targets[rows], dataset.targets[held_out]
    sets, counts = np.unique(dataset.targets[dataset.answered("train")], axis=0, return_counts=True)
    commonest = np.broadcast_to(sets[counts.argmax()], truth.shape)
    fit, name = (_naive_bayes, "naive Bayes") if dataset.tokens else (_logistic, "logistic regression")
    said = fit(features(dataset, "train", rows), seen, features(dataset, part, held_out))
    found = (("commonest set", commonest), (f"{name} for each label", said))
    return tuple((name, dict(label_scores(truth, shares))[METRIC]) for name, shares in found)


def _logistic(train: Reals, labels: NDArray[np.float32], held_out: Reals) -> Reals:
    scores = [logistic_regression(train, own.astype(np.int64), held_out, 2) for own in labels.T]
    return np.stack([own[:, 1] > own[:, 0] for own in scores], axis=1).astype(np.float64)


def _naive_bayes(train: Reals, labels: NDArray[np.float32], held_out: Reals) -> Reals:
    """From counts of tokens where a label is there and where it is not; every count is one more than was seen."""
    there = labels.T.astype(np.float64) @ train
    logs = [np.log((own + 1.0) / (own + 1.0).sum(axis=1, keepdims=True)) for own in (there, train.sum(axis=0) - there)]
    known = labels.sum(axis=0)
    prior = np.log(known + 1.0) - np.log(len(labels) - known + 1.0)
    return np.asarray(held_out @ (logs[0] - logs[1]).T + prior >= 0, np.float64)
