from __future__ import annotations

import math

import numpy as np
import pytest

from engine.data.sequences.class_baselines import logistic_regression, naive_bayes, naive_bayes_of_steps, ridge
from engine.data.sequences.class_metrics import class_scores, confusion


def test_scores_of_a_known_matrix() -> None:
    counts = confusion(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 0, 0, 1, 1, 0]), 2)
    assert counts.tolist() == [[3, 1], [1, 1]]
    scores = dict(class_scores(counts))
    assert scores["accuracy"] == pytest.approx(4 / 6)
    assert scores["balanced accuracy"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert scores["macro F1"] == pytest.approx((6 / 8 + 2 / 4) / 2)


def test_a_class_that_does_not_occur_costs_nothing() -> None:
    scores = dict(class_scores(confusion(np.array([0, 0]), np.array([0, 0]), 3)))
    assert scores == {"accuracy": 1.0, "macro F1": 1.0, "balanced accuracy": 1.0}
    assert all(math.isnan(value) for _, value in class_scores(np.zeros((2, 2), np.int64)))


def test_logistic_regression_separates_what_can_be_separated() -> None:
    random = np.random.default_rng(0)
    classes = random.integers(0, 3, 300)
    x = random.normal(size=(300, 2)) + 4.0 * np.stack([classes == 1, classes == 2], axis=1)
    said = logistic_regression(x[:200], classes[:200], x[200:], 3).argmax(axis=1)
    assert np.mean(said == classes[200:]) > 0.93


def test_naive_bayes_counts_as_by_hand() -> None:
    train = np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 3.0]])
    scores = naive_bayes(train, np.array([0, 0, 1]), np.array([[1.0, 0.0]]), 2)
    shares = np.array([(3 + 1) / (4 + 2), (0 + 1) / (3 + 2)])
    assert scores[0] == pytest.approx(np.log(shares) + np.log([3.0, 2.0]))


def test_ridge_finds_a_line() -> None:
    x = np.linspace(-1, 1, 50)[:, None]
    assert ridge(x, 3 * x[:, 0] + 1, np.array([[0.5]]))[0] == pytest.approx(2.5, abs=0.01)


def test_naive_bayes_of_single_tokens_needs_no_columns_of_ones() -> None:
    tokens, classes, asked = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1]), np.array([2, 0, 1])
    ones = np.eye(4)
    told = naive_bayes_of_steps(tokens, classes, asked, 2, 4)
    np.testing.assert_allclose(told, naive_bayes(ones[tokens], classes, ones[asked], 2))
