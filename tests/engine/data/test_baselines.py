from __future__ import annotations

import math

import numpy as np
import pytest

from engine.data import load, sample
from engine.data.metrics import mae, rmse
from engine.data.series.baselines import drift, naive, seasonal_naive
from engine.data.series.path_dataset import PathDataset
from engine.data.series.series_dataset import SeriesDataset
from tests.engine.data.making import windows_of

KNOWN = np.array([3.0, 5.0, 4.0, 8.0, 9.0, 7.0, 2.0, 6.0])[:, None]


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
    assert naive(KNOWN, rows, 2)[:, 0].tolist() == [8, 7]
    assert seasonal_naive(KNOWN, rows, 2, 3)[:, 0].tolist() == [4, 9]
    assert seasonal_naive(KNOWN, rows, 4, 3)[:, 0].tolist() == [5, 5]  # two seasons back, or the last known value
    assert drift(KNOWN, rows, 2)[:, 0] == pytest.approx([8 + 2 * 5 / 3, 7 + 2 * 4 / 5])


def test_the_autoregression_finds_a_linear_law() -> None:
    numbers = [1.0, 0.5]
    for _ in range(120):
        numbers.append(1.6 * numbers[-1] - 0.9 * numbers[-2])
    data = windows_of({"value": numbers}, look_back=4)
    forecasts = dict(data.baseline_forecasts("test"))
    name = next(name for name in forecasts if name.startswith("AR"))
    np.testing.assert_allclose(forecasts[name], data.truth("test"), atol=1e-5)


SEASON, STEPS = 4, {"many_to_one": 1, "encoder_decoder": 3}


@pytest.mark.parametrize("topology", STEPS)
def test_of_several_targets_all_are_held_against_their_own_simple_forecasts(topology: str) -> None:
    random = np.random.default_rng(5)
    columns = {"large": 1000 + 100 * random.normal(size=80).cumsum(), "small": random.normal(size=80)}
    steps = STEPS[topology]
    data, *alone = (
        windows_of({name: columns[name].tolist() for name in names}, targets=len(names), season=SEASON, steps=steps,
                   topology=topology)
        for names in (("large", "small"), ("large",), ("small",))
    )  # fmt: skip
    apart = [dict(one.baselines("test")) for one in alone]
    for name, value in data.baselines("test"):
        assert value == pytest.approx(math.sqrt(np.mean([own[name] ** 2 for own in apart])))
    scorer, said = data.scorer("test"), data.path_truth("test") + np.array([50.0, 0.5])
    every = data.batch("test", np.arange(data.count("test")))
    if isinstance(data, PathDataset):
        scorer.add(every, said)
    else:
        assert isinstance(data, SeriesDataset)
        scorer.add(every, data.preparation.output_scaler.forward(said[0]))
    found = dict(scorer.result())
    training = data.split.train_end
    usual = [np.abs(own[SEASON:training] - own[: training - SEASON]).mean() for own in columns.values()]
    assert found["MASE"] == pytest.approx((50 / usual[0] + 0.5 / usual[1]) / 2)
    assert found["skill small"] == pytest.approx(1 - 0.5 / apart[1]["naive"])
    assert found["RMSE large"] == pytest.approx(50)


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
