"""How long a range holds what leapt."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.plots.curves.recent_extent import RecentExtent


def tops(sizes: list[float]) -> list[float]:
    """Of the range, after each of the values that were drawn one after the other."""
    extent = RecentExtent()
    return [extent.hold("weight", step, (0.0, size))[1] for step, size in enumerate(sizes)]


@pytest.mark.parametrize("lasting", [1, 4])
@pytest.mark.parametrize("before", [0, 30])
def test_a_leap_is_forgotten_soon_and_once(lasting: int, before: int) -> None:
    held = tops([1.0] * before + [100.0] * lasting + [1.0] * 80)[before:]
    assert held[0] == 100
    assert held[lasting + 12] == 1
    assert np.count_nonzero(np.diff(held)) == 1


@pytest.mark.parametrize("every", [5, 15, 25])
def test_leaps_that_come_again_and_again_are_held(every: int) -> None:
    held = tops(([1.0] * (every - 1) + [100.0]) * 12)
    assert set(held[2 * every :]) == {100.0}


def test_what_leaps_by_less_is_held_for_its_time() -> None:
    held = tops([5.0] + [1.0] * 80)
    assert held[:60] == [5.0] * 60
    assert held[60] == 1
