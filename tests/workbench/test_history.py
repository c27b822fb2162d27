"""The min/max pyramid against a slow reference that looks at every value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workbench.runs.history import History


def _filled(count: int, gap: int = 1) -> tuple[History, np.ndarray, np.ndarray]:
    history = History()
    steps = np.arange(1, count * gap + 1, gap, dtype=float)
    values = np.random.default_rng(count).normal(size=count)
    half = count // 2
    history.extend("loss", steps[:half], values[:half])
    history.series("loss", 0, math.inf, 3)  # levels are built in several goes
    for step, value in zip(steps[half:], values[half:], strict=True):
        history.extend("loss", [step], [value])
    return history, steps, values


@pytest.mark.parametrize("count", [1, 2, 3, 15, 16, 17, 255, 256, 257, 4097])
@pytest.mark.parametrize("pixels", [1, 2, 7, 100])
@pytest.mark.parametrize(("first", "last"), [(0.0, math.inf), (0.2, 0.7), (0.5, 0.5), (-1.0, 0.1)])
def test_buckets_agree_with_slow_reference(count: int, pixels: int, first: float, last: float) -> None:
    history, steps, values = _filled(count, gap=3)
    x, low, high = history.series("loss", first * steps[-1], last * steps[-1], pixels)
    starts = np.searchsorted(steps, x)
    inside = [i for i in range(count) if first * steps[-1] <= steps[i] <= last * steps[-1]]
    end = min(max(inside, default=starts[-1]) + 2, count) if inside else starts[-1] + 1
    assert np.array_equal(steps[starts], x)
    assert np.all(np.diff(x) > 0)
    assert len(x) <= 4 * pixels + 8
    assert not inside or starts[0] <= inside[0]
    for i, (a, b) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        assert low[i] == values[a:b].min() or not inside
        assert high[i] == values[a:b].max() or not inside


def test_few_values_come_back_as_they_are() -> None:
    history, steps, values = _filled(50)
    x, low, high = history.series("loss", 0, 1e9, 800)
    assert np.array_equal(x, steps)
    assert np.array_equal(low, values)
    assert np.array_equal(high, values)
    assert np.array_equal(history.line("loss", 0, 1e9, 800)[1], values)


@pytest.mark.parametrize(
    ("values", "lowest"),
    [([3.0, 1.0, 1.0, 2.0], (20, 1.0)), ([math.nan, 5.0, math.inf, 4.0], (40, 4.0)), ([math.nan, math.inf], None)],
)
def test_the_lowest_is_the_first_of_what_was_measured(values: list[float], lowest: tuple[float, float] | None) -> None:
    history = History()
    history.extend("loss", [10.0 * (at + 1) for at in range(len(values))], values)
    assert history.lowest("loss") == lowest if lowest else all(map(math.isnan, history.lowest("loss")))
    assert all(map(math.isnan, history.lowest("another")))


def test_a_line_passes_through_both_ends_of_every_bucket() -> None:
    history, _, values = _filled(1000)
    x, y = history.line("loss", 0, 1e9, 10)
    assert len(x) == len(y)
    assert (y.min(), y.max()) == (values.min(), values.max())


@pytest.mark.parametrize("count", [401, 1_601, 6_400, 100_000])
def test_many_values_become_one_to_four_buckets_a_pixel(count: int) -> None:
    history, _, _ = _filled(count)
    assert 100 <= len(history.series("loss", 0, 1e9, 100)[0]) <= 400 + 2  # a rest at both ends


def test_nan_does_not_hide_its_neighbours() -> None:
    history = History()
    history.extend("loss", np.arange(64.0), np.where(np.arange(64) % 2, np.nan, 1.0))
    _, low, high = history.series("loss", 0, 64, 2)
    assert np.all(low == 1.0)
    assert np.all(high == 1.0)


def test_unknown_name_is_empty() -> None:
    history = History()
    assert len(history.series("none", 0, 1, 10)[0]) == 0
    assert history.count("none") == 0
    assert math.isnan(history.latest("none"))
    assert history.span("none") == (0.0, 0.0)


def test_stored_values_cannot_be_changed_from_outside() -> None:
    history, _, _ = _filled(20)
    with pytest.raises(ValueError, match="read-only"):
        history.raw("loss")[1][0] = 5.0
