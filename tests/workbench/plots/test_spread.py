from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from tests.workbench.views import measured
from workbench.plots.heat.spread import BINS, COLUMNS, Spread, shares


def test_shares_of_an_even_spread() -> None:
    quantiles = np.linspace(-1, 1, 65).astype(np.float32)
    np.testing.assert_allclose(
        shares(quantiles, np.linspace(-2, 2, 9)), [0, 0, 0.25, 0.25, 0.25, 0.25, 0, 0], atol=1e-6
    )


def test_values_that_are_all_the_same_lie_in_one_bin() -> None:
    found = shares(np.full(65, 0.3, np.float32), np.array([-1.0, 0.0, 0.5, 1.0]))
    np.testing.assert_allclose(found, [0, 1, 0])


def test_half_of_the_values_at_zero() -> None:
    quantiles = np.concatenate([np.zeros(33), np.linspace(0.1, 1, 32)]).astype(np.float32)
    found = shares(quantiles, np.array([-1.0, -0.05, 0.05, 1.0]))
    np.testing.assert_allclose(found, [0, 0.5, 0.5], atol=0.02)


def test_one_column_for_each_moment_in_the_order_of_the_steps() -> None:
    spread, name = Spread(), "rnn.weight_hh_l0"
    for step, width in ((30, 0.1), (10, 0.3), (20, 0.2), (20, 0.2)):
        spread.remember(step, measured.weights(spread=width))
    picture, steps = spread.picture(name, 2.0)
    assert steps == [10, 20, 30]
    assert picture.shape == (BINS, 3)
    np.testing.assert_allclose(picture.sum(axis=0), 1, atol=1e-6)
    filled = (picture > 0).sum(axis=0)
    assert filled[0] > filled[1] > filled[2]


def test_no_more_columns_than_a_screen_shows() -> None:
    spread, weights = Spread(), measured.weights()
    for step in range(1500):
        spread.remember(step, dataclasses.replace(weights))
    picture, steps = spread.picture("rnn.weight_hh_l0", 1.0)
    assert picture.shape[1] == len(steps) == COLUMNS
    assert steps[0] == 0
    assert steps == sorted(steps)
    assert steps[-1] == pytest.approx(1499, abs=2)
