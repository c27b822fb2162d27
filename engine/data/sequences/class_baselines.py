"""What classes and values have to be compared with: the commonest class, the mean, and a linear model.

The linear model sees a bag of features, no order: of a sequence each input's mean, deviation, lowest, highest, first
and last value; of a step or a row its own inputs; of a text how often each token occurs. Classes are told by
multinomial logistic regression, of a text by naive Bayes with Laplace's correction; values by ridge regression.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.data.batches import Floats, Ints
from engine.data.dataset import Scores
from engine.data.metrics import rmse
from engine.data.scaling import Reals
from engine.data.sequences.answers import Answers
from engine.data.sequences.class_metrics import confusion, score_of
from engine.data.sequences.parts import Spans

_ROWS = 20_000  # examples that a linear model is fitted on at most
_STEPS, _DECAY = 300, 1e-3  # of the logistic regression


class Labelled(Protocol):
    """What a linear model asks of labelled steps that are cut into examples; see `LabelledDataset`."""

    topology: str
    tokens: bool
    input_size: int
    output_size: int
    metric: str
    inputs: NDArray[Any]  # (N, I) or tokens (N,)
    targets: NDArray[Any]  # (N,)
    answers: Answers

    def spans(self, part: str) -> Spans:
        """The examples of a part."""

    def answered(self, part: str) -> Ints:
        """Steps (A,) that a part's answers are to."""

    def truth(self, part: str) -> Floats:
        """The class or the value of each."""

    def bag(self, part: str, chosen: Ints) -> NDArray[Any]:
        """Features (A, F) of the chosen examples, without the order of their steps."""


def class_baselines(dataset: Labelled, part: str) -> Scores:
    """The commonest class of the training part, and a linear model, in the dataset's metric."""
    size, name = dataset.output_size, "naive Bayes" if dataset.tokens else "logistic regression"
    rows = thinned(dataset, "train")
    seen, truth = dataset.targets[rows].astype(np.int64), dataset.truth(part).astype(np.int64)
    commonest = int(np.bincount(dataset.truth("train").astype(np.int64), minlength=size).argmax())
    answered = dataset.answered(part)
    if dataset.tokens and dataset.topology != "many_to_one":
        scores = naive_bayes_of_steps(dataset.inputs[rows], seen, dataset.inputs[answered], size, dataset.input_size)
    else:
        fit = naive_bayes if dataset.tokens else logistic_regression
        scores = fit(features(dataset, "train", rows), seen, features(dataset, part, answered), size)
    found = (("majority class", np.full(len(truth), commonest)), (name, scores.argmax(axis=1)))
    return tuple((name, score_of(confusion(truth, said, size), dataset.metric)) for name, said in found)


def value_baselines(dataset: Labelled, part: str) -> Scores:
    """The mean of the training part, and ridge regression, as RMSE."""
    held_out = dataset.answered(part)
    truth = _real(dataset, held_out)
    return tuple((name, rmse(truth, said)) for name, said in simple_values(dataset, part, held_out))


def simple_values(dataset: Labelled, part: str, rows: Ints) -> tuple[tuple[str, Reals], ...]:
    """What the two say (A,) at steps of a part that answers belong to."""
    train = thinned(dataset, "train")
    seen = _real(dataset, train)
    said = ridge(features(dataset, "train", train), seen, features(dataset, part, rows))
    return ("mean", np.full(len(rows), seen.mean())), ("linear regression", said)


def _real(dataset: Labelled, rows: Ints) -> Reals:
    """The values at these steps in the label's own unit."""
    return np.asarray(dataset.answers.scaler.inverse(dataset.targets[rows][:, None])[:, 0])


def thinned(dataset: Labelled, part: str) -> Ints:
    """The answered steps of a part that a linear model is fitted on: all, or evenly as many as it can take."""
    rows = dataset.answered(part)
    return rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _ROWS)).astype(np.int64))]


def features(dataset: Labelled, part: str, rows: Ints) -> Reals:
    """What is counted of the examples (A, F) that are answered at `rows` (A,)."""
    if dataset.topology != "many_to_one":
        return dataset.inputs[rows].astype(np.float64)
    place = {last - 1: at for at, last in enumerate(dataset.spans(part).last.tolist())}
    return np.asarray(dataset.bag(part, np.array([place[row] for row in rows.tolist()], np.int64)), np.float64)


def bag_of_numbers(steps: NDArray[Any]) -> NDArray[Any]:
    """Six numbers an input that do not depend on the order of the steps (T, I), but for the ends."""
    found = (steps.mean(axis=0), steps.std(axis=0), steps.min(axis=0), steps.max(axis=0), steps[0], steps[-1])
    return np.concatenate(found)


def logistic_regression(train: Reals, classes: Ints, held_out: Reals, size: int) -> Reals:
    """Scores (A, K) of multinomial logistic regression with a little weight decay, by accelerated gradient descent.

    The step is 1 / L with L ≤ σ²/2 of the standardised features (Böhning 1992), so it cannot diverge.
    """
    offset, scale = train.mean(axis=0), np.maximum(train.std(axis=0), 1e-6)
    x, y = _with_one((train - offset) / scale), np.eye(size)[classes]
    rate = 1.0 / (0.5 * float(np.linalg.eigvalsh(x.T @ x / len(x))[-1]) + _DECAY)
    weights = ahead = np.zeros((x.shape[1], size))
    for step in range(_STEPS):
        gradient = x.T @ (_shares(x @ ahead) - y) / len(x) + _DECAY * ahead
        following = ahead - rate * gradient
        ahead = following + step / (step + 3.0) * (following - weights)
        weights = following
    return np.asarray(_with_one((held_out - offset) / scale) @ weights)


def naive_bayes(train: Reals, classes: Ints, held_out: Reals, size: int) -> Reals:
    """Log-probabilities (A, K) up to a constant, from counts; every count is one more than was seen (Laplace)."""
    counts = np.stack([train[classes == k].sum(axis=0) for k in range(size)]) + 1.0
    prior = np.log(np.bincount(classes, minlength=size) + 1.0)
    return np.asarray(held_out @ np.log(counts / counts.sum(axis=1, keepdims=True)).T + prior)


def naive_bayes_of_steps(train: Ints, classes: Ints, held_out: Ints, size: int, tokens: int) -> Reals:
    """The same where a token (A,) is all that is read, without a column for each of the many there may be."""
    counts = np.ones((size, tokens))
    np.add.at(counts, (classes, train), 1.0)
    prior = np.log(np.bincount(classes, minlength=size) + 1.0)
    return np.asarray(np.log(counts / counts.sum(axis=1, keepdims=True)).T[held_out] + prior)


def ridge(train: Reals, values: Reals, held_out: Reals) -> Reals:
    """Least squares with a little weight decay on standardised features, (A,)."""
    offset, scale = train.mean(axis=0), np.maximum(train.std(axis=0), 1e-6)
    x, middle = (train - offset) / scale, values.mean()
    decay = _DECAY * len(x) * np.eye(x.shape[1])
    weights = np.linalg.solve(x.T @ x + decay, x.T @ (values - middle))
    return np.asarray((held_out - offset) / scale @ weights + middle)


def _with_one(x: Reals) -> Reals:
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def _shares(scores: Reals) -> Reals:
    shares = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
