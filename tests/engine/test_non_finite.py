import numpy as np
import pytest

from engine.config import Experiment
from engine.network import Network
from engine.optimizers import NonFiniteError, Optimizer


def optimizer_after(gradient: float) -> Optimizer:
    """One step's gradient, all zero but for one number of the last parameter."""
    network = Network(Experiment().model, 1, 1, threads=1)
    network.parameters.gradient("readout.bias")[0] = gradient
    return Optimizer(network, Experiment().training)


def test_a_gradient_longer_than_a_float_squared_is_still_measured() -> None:
    assert optimizer_after(1e25).step(1e-3, 1.0) == pytest.approx(1e25, rel=1e-6)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_the_tensor_is_named_and_nothing_is_changed(number: float) -> None:
    optimizer = optimizer_after(number)
    before = optimizer.state_dict()
    with pytest.raises(NonFiniteError, match=r"the gradient of readout\.bias is not finite at \(0,\)"):
        optimizer.step(1e-3, 1.0)
    assert all(np.array_equal(before[name], array) for name, array in optimizer.state_dict().items())
