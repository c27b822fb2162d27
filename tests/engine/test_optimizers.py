"""Clipping, noise and the rules by which parameters move, against slow definitions."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.config import TrainingConfig, field_info
from engine.layers.parameters import NetworkError, Parameters
from engine.network import Network
from engine.non_finite import NonFiniteError
from engine.optimizers import Optimizer
from tests import reference

KINDS = (np.float32, np.float64)
RATE = 1e-2


def optimizer_alone(dtype: Any = np.float64, **training: Any) -> tuple[Parameters, Optimizer]:
    """An optimiser over parameters without a network."""
    parameters = Parameters({"a": (5, 3), "b": (7,)}, np.dtype(dtype))
    random = np.random.default_rng(6)
    for name in parameters.names:
        parameters.view(name)[...] = random.standard_normal(parameters.shapes[name])
    network = SimpleNamespace(parameters=parameters, changed=lambda: None)
    return parameters, Optimizer(cast(Network, network), TrainingConfig(**training))


def gradients(parameters: Parameters, steps: int, seed: int = 7) -> list[dict[str, NDArray[Any]]]:
    """Some of random numbers, by parameter."""
    random = np.random.default_rng(seed)
    return [{name: random.standard_normal(shape) for name, shape in parameters.shapes.items()} for _ in range(steps)]


def give(parameters: Parameters, gradient: dict[str, NDArray[Any]]) -> None:
    for name, value in gradient.items():
        parameters.gradient(name)[...] = value


def length(gradient: dict[str, NDArray[Any]]) -> float:
    return float(np.sqrt(sum((value**2).sum() for value in gradient.values())))


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_an_optimizer_does_what_its_definition_says(name: str, decay: float, dtype: Any) -> None:
    field = "decoupled_weight_decay" if name == "adamw" else "weight_decay"
    parameters, optimizer = optimizer_alone(dtype, optimizer=name, **{field: decay})
    start = parameters.state_dict()
    given = gradients(parameters, 6)
    for gradient in given:
        give(parameters, gradient)
        assert optimizer.step(RATE, 0.0) == pytest.approx(length(gradient), rel=1e-6)
    for each in parameters.names:
        told = [gradient[each].astype(dtype).astype(np.float64) for gradient in given]
        wanted = reference.OPTIMIZERS[name](start[each].astype(np.float64), told, RATE, decay)
        np.testing.assert_allclose(parameters.view(each), wanted, atol=1e-6 if dtype == np.float32 else 1e-13)


def test_every_optimizer_has_a_plain_definition() -> None:
    assert set(field_info("training", "optimizer").choices) == set(reference.OPTIMIZERS)


@pytest.mark.parametrize("name", reference.OPTIMIZERS)
def test_it_goes_on_from_its_state_to_the_last_bit(name: str) -> None:
    settings = {"optimizer": name, "gradient_noise": 0.1, "seed": 3}
    parameters, optimizer = optimizer_alone(np.float32, **settings)
    again, resumed = optimizer_alone(np.float32, **settings)
    given = gradients(parameters, 5)
    for number, gradient in enumerate(given):
        if number == 3:
            again.load_state_dict(parameters.state_dict())
            resumed.load_state_dict(optimizer.state_dict())
        give(parameters, gradient)
        optimizer.step(RATE, 1.0)
        if number >= 3:
            give(again, gradient)
            resumed.step(RATE, 1.0)
    np.testing.assert_array_equal(again.values, parameters.values)


def test_a_state_of_another_optimizer_is_refused() -> None:
    state = optimizer_alone(optimizer="adam")[1].state_dict()
    with pytest.raises(ValueError, match=r"it holds mean, square, steps; momentum takes steps, velocity"):
        optimizer_alone(optimizer="momentum")[1].load_state_dict(state)


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize(("norm", "value"), [(1.0, 0.0), (0.0, 0.5), (1.0, 0.5), (100.0, 9.0)])
def test_clipping_cuts_numbers_first_and_shortens_then(norm: float, value: float, dtype: Any) -> None:
    parameters, optimizer = optimizer_alone(dtype, optimizer="sgd")
    start = parameters.state_dict()
    (gradient,) = gradients(parameters, 1)
    give(parameters, gradient)
    assert optimizer.step(1.0, norm, value) == pytest.approx(length(gradient), rel=1e-6)
    cut = {name: np.clip(each, -value, value) if value else each for name, each in gradient.items()}
    factor = min(1.0, norm / (length(cut) + 1e-6)) if norm else 1.0
    before, after = optimizer.gradient_norms()
    for number, name in enumerate(parameters.names):
        np.testing.assert_allclose(parameters.view(name), start[name] - factor * cut[name], atol=1e-6)
        assert before[number] == pytest.approx(np.linalg.norm(gradient[name]), rel=1e-6)
        assert after[number] == pytest.approx(factor * np.linalg.norm(cut[name]), rel=1e-6)
    assert optimizer.clipped is (norm < 100)


def noise(steps: int, seed: int = 0) -> NDArray[Any]:
    """What a gradient of zero moves the parameters by, step for step: (steps, parameters)."""
    parameters, optimizer = optimizer_alone(optimizer="sgd", gradient_noise=0.3, seed=seed)
    moves = []
    for _ in range(steps):
        before = parameters.values.copy()
        optimizer.step(1.0, 1.0)
        parameters.gradients[:] = 0
        moves.append((before - parameters.values)[: parameters.count])
    return np.stack(moves)


def test_noise_has_the_variance_of_the_paper_and_fades() -> None:
    variance = 0.3 / (1 + np.arange(2000)) ** 0.55
    scaled = noise(2000) / np.sqrt(variance)[:, None]
    for part in (scaled[:500], scaled[-500:]):
        assert part.mean() == pytest.approx(0, abs=0.05)
        assert part.var() == pytest.approx(1, abs=0.05)


def test_noise_comes_from_seed_and_step_alone() -> None:
    np.testing.assert_array_equal(noise(3), noise(3))
    assert np.abs(noise(3) - noise(3, seed=1)).min() > 0
    assert np.abs(np.diff(noise(3), axis=0)).min() > 0


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_is_named_and_moves_nothing(wrong: float) -> None:
    parameters, optimizer = optimizer_alone(np.float32)
    parameters.gradient("b")[3] = wrong
    before = parameters.values.copy()
    with pytest.raises(NonFiniteError, match=r"gradient of b .*\(3,\)"):
        optimizer.step(RATE, 1.0)
    np.testing.assert_array_equal(parameters.values, before)


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ((np.nan, 1.0), "learning_rate is nan; it takes a number from 0"),
        ((-0.1, 1.0), "learning_rate is -0.1"),
        ((np.inf, 1.0), "learning_rate is inf"),
        (("0.1", 1.0), "learning_rate is '0.1'"),
        ((0.1, -1.0), "clip_norm is -1.0"),
        ((0.1, np.nan), "clip_norm is nan"),
        ((0.1, 1.0, None), "clip_value is None"),
    ],
)
def test_a_rate_or_a_clip_that_is_none_moves_nothing(sizes: Any, said: str) -> None:
    parameters, optimizer = optimizer_alone(np.float32)
    give(parameters, gradients(parameters, 1)[0])
    before = parameters.values.copy()
    with pytest.raises(NetworkError, match=said):
        optimizer.step(*sizes)
    np.testing.assert_array_equal(parameters.values, before)
    optimizer.step(RATE, np.inf)
    assert optimizer.steps == 1


@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_a_parameter_that_grows_beyond_numbers_is_named(name: str) -> None:
    parameters, optimizer = optimizer_alone(np.float32, optimizer=name)
    parameters.gradient("b")[3] = 3e38
    with pytest.raises(NonFiniteError, match=r"b is not finite at \(3,\) after the step"):
        optimizer.step(10.0, 0.0)
