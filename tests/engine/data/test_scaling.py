from __future__ import annotations

import numpy as np
import pytest

from engine.data.scaling import Scaler, Transform, fit_scaler
from tests.engine.data.making import windows_of

TRANSFORMS = ("none", "log", "difference", "log_difference")
SCALERS = ("standard", "minmax", "none")


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_is_undone_exactly(name: str) -> None:
    random = np.random.default_rng(1)
    known, anchor = random.uniform(1, 900, (50, 2)), random.uniform(1, 900, (50, 2))
    transform = Transform(name)
    np.testing.assert_allclose(transform.inverse(transform.forward(known, anchor), anchor), known, rtol=1e-13)


def test_scalers_bring_columns_to_their_range() -> None:
    numbers = np.random.default_rng(2).normal(50, 7, (200, 3))
    standard = fit_scaler("standard", numbers).forward(numbers)
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(standard.std(axis=0), 1)
    spread = fit_scaler("minmax", numbers).forward(numbers)
    assert (spread.min(), spread.max()) == (0.0, 1.0)


@pytest.mark.parametrize("name", SCALERS)
def test_a_scaler_is_undone_and_travels_as_plain_lists(name: str) -> None:
    numbers = np.random.default_rng(3).normal(0.3, 1e-3, (40, 2))
    scaler = Scaler.from_dict(fit_scaler(name, numbers).to_dict())
    np.testing.assert_allclose(scaler.inverse(scaler.forward(numbers)), numbers, rtol=1e-14)


@pytest.mark.parametrize("name", SCALERS)
@pytest.mark.parametrize("value", [0.0, 7.0, 1e9])
def test_a_column_that_never_changes_stays_finite(name: str, value: float) -> None:
    assert np.isfinite(fit_scaler(name, np.full((9, 1), value)).forward(np.full((9, 1), value))).all()


@pytest.mark.parametrize("topology", ["many_to_one", "many_to_many"])
@pytest.mark.parametrize("horizon", [1, 3])
@pytest.mark.parametrize("scaler", SCALERS)
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_true_answers_decode_to_the_measured_values(transform: str, scaler: str, horizon: int, topology: str) -> None:
    random = np.random.default_rng(4)
    columns = {name: random.uniform(1, 100, 60).tolist() for name in ("a", "b", "c")}
    data = windows_of(columns, targets=2, topology=topology, transform=transform, scaler=scaler, horizon=horizon)
    assert (data.input_size, data.output_size) == (3, 2)
    for part in ("train", "validation", "test"):
        if part == "train":
            batches = sorted(data.batches(part, 1), key=lambda batch: int(batch.positions[0]))
        else:
            batches = list(data.batches(part, 5))
        outputs = np.concatenate([b.targets if b.targets.ndim == 2 else b.targets[-1] for b in batches])
        decoded = data.decode(outputs, part)
        for k in range(2):
            np.testing.assert_allclose(decoded[:, k], data.truth(part, k), rtol=2e-5)
    scores = dict(data.score("test", [b.targets for b in data.batches("test", 5)]))
    assert scores["RMSE"] < 1e-3
    assert scores["skill"] > 0.999
    assert scores["RMSE a"] < 1e-3
