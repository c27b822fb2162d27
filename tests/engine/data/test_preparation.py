"""What travels with the weights is enough to use them elsewhere."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.data import DataError, Preparation, SeriesPreparation, TextPreparation, samples
from tests.engine.data.making import TRANSFORMS, sample_data, values, windows_of


@pytest.mark.parametrize("key", [s.key for s in samples()])
def test_metadata_goes_through_json_and_back(key: str) -> None:
    metadata = sample_data(key).metadata()
    again = Preparation.from_metadata(json.loads(json.dumps(metadata)))
    assert again.metadata() == metadata


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("horizon", [1, 3])
def test_raw_rows_give_the_same_inputs_and_units_elsewhere(transform: str, horizon: int) -> None:
    columns = {"value": values(), "other": [float(n % 7) for n in range(40)]}
    data = windows_of(columns, horizon=horizon, **TRANSFORMS[transform])
    there = Preparation.from_metadata(json.loads(json.dumps(data.metadata())))
    assert isinstance(there, SeriesPreparation)
    history = np.array(list(columns.values())).T
    for place in range(6):
        batch = data.batch("test", np.array([place]))
        inputs, bases = there.encode(history[: 34 + place - horizon + 1])
        np.testing.assert_array_equal(inputs, batch.inputs)
        answer = there.decode(batch.targets, bases)
        assert answer[0, 0] == pytest.approx(columns["value"][34 + place], rel=1e-5)


def test_gaps_in_the_history_are_filled() -> None:
    data = windows_of({"value": values()}, transform="difference")
    history = np.array(values())[:, None]
    history[[0, 1, 37, 39]] = np.nan
    inputs, bases = data.preparation.encode(history)
    assert np.isfinite(inputs).all()
    assert bases[0, 0] == values()[38]


def test_too_short_a_history_and_one_without_logarithm_are_refused() -> None:
    data = windows_of({"value": values()}, transform="log_difference")
    with pytest.raises(DataError, match="reads 5 rows, but there are 3 rows"):
        data.preparation.encode(np.ones((3, 1)))
    with pytest.raises(DataError, match="has no logarithm"):
        data.preparation.encode(np.array([[1.0], [2], [-1], [3], [4]]))


@pytest.mark.parametrize("values", [{}, {"kind": "pictures"}, {"kind": "series"}, {"kind": "text"}])
def test_an_incomplete_description_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(DataError, match="incomplete"):
        Preparation.from_metadata(values)


def test_a_prompt_with_unknown_characters_is_encoded_all_the_same() -> None:
    data = sample_data("alice")
    assert isinstance(data.preparation, TextPreparation)
    tokens = data.preparation.encode("Alice 中")
    assert tokens[-1] == 0
    assert data.preparation.decode(tokens)[:6] == "Alice "
