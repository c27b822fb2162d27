import math

import numpy as np
import pytest

from engine.findings.measures import best_lag, half_life, lag_errors
from engine.inside.arrivals import joined
from engine.inside_records import Arrived, Floats


def waves(count: int = 60) -> Floats:
    random = np.random.default_rng(0)
    return (np.cumsum(random.standard_normal(count)) + 20).astype(np.float32)


@pytest.mark.parametrize("lag", [0, 1, 2, 5])
def test_best_lag_finds_by_how_much_a_forecast_trails(lag: int) -> None:
    truth = waves()
    forecast = np.concatenate([truth[:1].repeat(lag), truth[: len(truth) - lag]])
    assert best_lag(truth, forecast) == lag
    errors = lag_errors(truth, forecast)
    assert errors.argmin() == lag
    assert errors[lag] == 0
    assert len(errors) == 13


@pytest.mark.parametrize(
    ("truth", "forecast"),
    [
        (waves(6), waves(6)),
        (np.ones(40, np.float32), np.ones(40, np.float32)),
        (np.full(40, np.nan, np.float32), waves(40)),
        (waves(40), np.random.default_rng(1).standard_normal(40).astype(np.float32)),
    ],
)
def test_no_lag_where_nothing_can_be_said(truth: Floats, forecast: Floats) -> None:
    assert best_lag(truth, forecast) == 0


def test_a_gap_in_the_truth_does_not_hide_the_lag() -> None:
    truth = waves()
    forecast = np.concatenate([truth[:1], truth[:-1]])
    truth = truth.copy()
    truth[20:25] = np.nan
    assert best_lag(truth, forecast) == 1


@pytest.mark.parametrize("steps", [1.0, 3.0, 10.0])
def test_half_life_of_an_exponential(steps: float) -> None:
    norms = (2.0 ** (-np.arange(30) / steps)).astype(np.float32)
    assert half_life(norms) == pytest.approx(steps, rel=1e-4)


@pytest.mark.parametrize("norms", [[1.0, 1.0, 1.0], [1.0, 2.0, 3.0], [0.0, 0.0], [0.0, 1.0], [1.0], [1.0, np.nan]])
def test_what_does_not_shrink_has_no_half_life(norms: list[float]) -> None:
    assert half_life(np.array(norms, np.float32)) == math.inf


@pytest.mark.parametrize("norms", [[1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 0.0, np.nan]])
def test_what_is_gone_after_one_step_has_a_half_life_of_none(norms: list[float]) -> None:
    assert half_life(np.array(norms, np.float32)) == 0


@pytest.mark.parametrize(
    ("arrived", "norms", "cuts", "together"),
    [
        ([(0, [1.0, 2.0])], [1, 2], (), 1),
        ([(0, [1.0, 2.0]), (2, [3.0])], [1, 2, 3], (2,), 1),  # one part after the other
        ([(0, [3.0, 1.0]), (0, [4.0, 2.0, 5.0])], [5, 5**0.5, 5], (), 2),  # both begin at the beginning
        ([(1, [2.0, 4.0])], [math.nan, 2, 4], (1,), 1),  # nothing looked at the first step
    ],
)
def test_parts_of_a_batch_are_one_course_with_its_cuts(
    arrived: list[tuple[int, list[float]]], norms: list[float], cuts: tuple[int, ...], together: int
) -> None:
    courses = [(first, np.array([row], np.float32)) for first, row in arrived]
    parts = [(first, Arrived(("layer 1",), row, row[:, ::-1], ragged=False)) for first, row in courses]
    by_time = joined(parts, len(norms))
    np.testing.assert_allclose(by_time.norms[0], norms, rtol=1e-6)
    assert (by_time.cuts, by_time.together, by_time.by_distance) == (cuts, together, None)


def test_the_share_that_is_left_is_that_of_the_part_in_the_middle() -> None:
    """As the half-life is; a part in which nothing was answered has none to count."""
    row = np.array([[0.5, 1.0]], np.float32)
    parts = [
        (2 * place, Arrived(("layer 1",), row, row, False, (left,))) for place, left in enumerate((0.3, math.inf, 0.25))
    ]
    assert joined(parts, 6).left == (0.3,)


def test_where_lengths_differ_the_parts_are_one_course_by_distance_as_far_as_any_goes() -> None:
    rows = [np.array([row], np.float32) for row in ([3.0, 1.0, math.nan], [4.0, math.nan], [5.0, 2.0, math.nan])]
    parts = [(place, Arrived(("layer 1",), row, row, True, written=(1, 3))) for place, row in enumerate(rows)]
    found = joined(parts, 5, ragged=True)
    assert found.written == (1, 3)
    assert found.by_distance is not None
    np.testing.assert_allclose(found.by_distance, [[60 ** (1 / 3), 60 ** (1 / 3) * (2 / 15) ** 0.5]], rtol=1e-6)
