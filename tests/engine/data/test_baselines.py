from __future__ import annotations

import math

import numpy as np
import pytest

from engine.data import load, sample
from engine.data.metrics import mae, rmse
from engine.data.series.baselines import drift, naive, seasonal_naive
from tests.engine.data.making import windows_of

KNOWN = np.array([3.0, 5.0, 4.0, 8.0, 9.0, 7.0, 2.0, 6.0])


@pytest.mark.parametrize("horizon", [1, 2, 3])
def test_each_forecast_knows_only_what_lies_the_horizon_before(horizon: int) -> None:
    rows = np.array([5, 6, 7])
    found = [naive(KNOWN, rows, horizon), seasonal_naive(KNOWN, rows, horizon, 2), drift(KNOWN, rows, horizon)]
    for place, row in enumerate(rows):
        changed = KNOWN.copy()
        changed[row - horizon + 1 :] = 1e6
        again = [
            naive(changed, rows, horizon),
            seasonal_naive(changed, rows, horizon, 2),
            drift(changed, rows, horizon),
        ]
        for before, after in zip(found, again, strict=True):
            assert before[place] == after[place]


def test_forecasts_by_hand() -> None:
    rows = np.array([5, 7])
    assert naive(KNOWN, rows, 2).tolist() == [8, 7]
    assert seasonal_naive(KNOWN, rows, 2, 3).tolist() == [4, 9]
    assert seasonal_naive(KNOWN, rows, 4, 3).tolist() == [5, 5]  # two seasons back, or the last known value
    assert drift(KNOWN, rows, 2) == pytest.approx([8 + 2 * 5 / 3, 7 + 2 * 4 / 5])


def test_the_autoregression_finds_a_linear_law() -> None:
    numbers = [1.0, 0.5]
    for _ in range(120):
        numbers.append(1.6 * numbers[-1] - 0.9 * numbers[-2])
    data = windows_of({"value": numbers}, look_back=4)
    forecasts = dict(data.baseline_forecasts("test"))
    name = next(name for name in forecasts if name.startswith("AR"))
    np.testing.assert_allclose(forecasts[name], data.truth("test"), atol=1e-5)


def test_airline_figures_of_the_simple_methods() -> None:
    found = dict(load(sample("airline_passengers").experiment).baselines("test"))
    assert found["naive"] == pytest.approx(48.0, abs=0.1)
    assert found["seasonal naive"] == pytest.approx(41.9, abs=0.1)
    assert found["AR(12)"] < 16


def test_errors_leave_out_what_was_not_measured() -> None:
    truth, forecast = np.array([1.0, math.nan, 3.0]), np.array([2.0, 5.0, 0.0])
    assert rmse(truth, forecast) == pytest.approx(math.sqrt(5))
    assert mae(truth, forecast) == pytest.approx(2)
    assert math.isnan(rmse(np.array([]), np.array([])))
