from __future__ import annotations

import numpy as np
import pytest

from engine.data import DataError
from engine.data.scaling import Scaler, Transform, fit_scaler
from tests.engine.data.making import TRANSFORMS, windows_of

SCALERS = ("standard", "minmax", "none")


@pytest.mark.parametrize("period", [0, 1, 3])
@pytest.mark.parametrize("name", ["none", "log", "difference", "log_difference"])
def test_a_transform_is_undone_exactly(name: str, period: int) -> None:
    known = np.random.default_rng(1).uniform(1, 900, (50, 2))
    transform = Transform(name, period)
    for ahead in (1, 2, 3, 7):
        base = transform.base(lambda k: known[20 - k : 40 - k], ahead)
        wanted = known[20 + ahead : 40 + ahead]
        np.testing.assert_allclose(transform.inverse(transform.forward(wanted, base), base), wanted, rtol=1e-13)
        if ahead == 1:  # what comes next is answered as it will be read
            np.testing.assert_allclose(
                transform.forward(wanted, base), transform.changes(known[21 - transform.lead : 41]), atol=1e-9
            )


@pytest.mark.parametrize(
    ("name", "period", "factors"),
    [
        ("none", 4, {0: 1, 4: -1}),  # 1 - B^4
        ("difference", 0, {0: 1, 1: -1}),  # 1 - B
        ("difference", 4, {0: 1, 1: -1, 4: -1, 5: 1}),  # (1 - B)(1 - B^4)
    ],
)
def test_differences_are_those_of_box_and_jenkins(name: str, period: int, factors: dict[int, int]) -> None:
    values = np.random.default_rng(2).normal(size=(30, 1))
    lead = max(factors)
    wanted = sum(factor * values[lead - back : 30 - back] for back, factor in factors.items())
    np.testing.assert_allclose(Transform(name, period).changes(values), wanted, atol=1e-12)
    assert Transform(name, period).lead == lead


def test_a_seasonal_difference_without_a_season_is_refused() -> None:
    with pytest.raises(DataError, match=r"needs a season.*data\.season"):
        windows_of({"a": list(range(40))}, seasonal_difference=True, season=1)


def test_what_comes_back_every_season_is_nothing_to_learn() -> None:
    data = windows_of({"a": [10.0 * (row % 5) for row in range(40)]}, seasonal_difference=True, season=5, scaler="none")
    for batch in data.batches("train", 50):
        assert not batch.inputs.any()
        assert not batch.targets.any()
    assert dict(data.score("test", [np.zeros((6, 1))]))["RMSE"] == 0.0


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
    data = windows_of(columns, targets=2, topology=topology, scaler=scaler, horizon=horizon, **TRANSFORMS[transform])
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
