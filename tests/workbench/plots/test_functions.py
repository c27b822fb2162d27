"""What is drawn of an activation function is what the network computes."""

from __future__ import annotations

import numpy as np
import pytest

from engine.kernels.activations import CODES
from tests.reference import ACTIVATIONS
from workbench.plots.curves.functions import FUNCTIONS, flat_below, saturated


def test_every_function_can_be_drawn() -> None:
    assert FUNCTIONS.keys() == CODES.keys()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_and_slope(name: str) -> None:
    x = np.linspace(-6, 6, 240)  # no kink is hit
    function, slope = FUNCTIONS[name]
    np.testing.assert_allclose(function(x), ACTIVATIONS[name](x), atol=1e-12)
    step = 1e-5
    np.testing.assert_allclose(slope(x), (function(x + step) - function(x - step)) / (2 * step), atol=1e-6)


@pytest.mark.parametrize(("name", "flat"), [("sigmoid", [-4, 4]), ("relu", [-4, -1]), ("hard_sigmoid", [-4, 4])])
def test_saturated_is_where_the_slope_is_gone(name: str, flat: list[float]) -> None:
    x = np.array([-4.0, -1.0, 1.0, 4.0])
    np.testing.assert_array_equal(x[saturated(name, x)], flat)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_flat_is_a_tenth_of_the_steepest(name: str) -> None:
    steepest = np.abs(FUNCTIONS[name][1](np.linspace(-5, 5, 100_001))).max()
    assert flat_below(name) == pytest.approx(steepest / 10, rel=1e-3)
