from __future__ import annotations

import json

import numpy as np
import pytest

from engine.data import Preparation, SeriesPreparation, load
from engine.data.scaling import Reals
from engine.data.series.gaps import fill, leading_gap
from engine.data.series.series_dataset import SeriesDataset
from tests.engine.data.making import TRANSFORMS, Write, experiment, table, values

NAN = np.nan


def column(*cells: float) -> Reals:
    return np.array(cells, np.float64)[:, None]


@pytest.mark.parametrize(
    ("method", "filled"),
    [
        ("forward", [1, 2, 2, 2, 5, 6]),
        ("mask", [1, 2, 2, 2, 5, 6]),
        ("linear", [1, 2, 3, 4, 5, 6]),
        ("seasonal", [1, 2, 1, 2, 5, 6]),
    ],
)
def test_each_method_fills_in_its_own_way(method: str, filled: list[float]) -> None:
    found = fill(column(1, 2, NAN, NAN, 5, 6), method, season=2)
    np.testing.assert_array_equal(found.windows(np.array([0]), 6)[:, 0, 0], filled)


def test_a_line_is_drawn_only_to_what_the_window_holds() -> None:
    found = fill(column(1, 2, NAN, NAN, 5, 6), "linear")
    windows = found.windows(np.array([0, 1]), 4)[..., 0].T
    np.testing.assert_array_equal(windows, [[1, 2, 2, 2], [2, 3, 4, 5]])


def test_without_gaps_nothing_is_stored_twice() -> None:
    numbers = column(1, 2, 3)
    assert fill(numbers, "linear").past is numbers


def test_the_leading_gap_ends_where_every_column_has_had_a_value() -> None:
    assert leading_gap(np.array([[NAN, 1], [NAN, NAN], [3, NAN], [4, 5]])) == 2
    assert leading_gap(np.array([[1.0, 2.0]])) == 0
    assert leading_gap(np.array([[NAN, 1], [NAN, 2]])) == 2


@pytest.mark.parametrize("method", ["forward", "linear", "seasonal", "mask"])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_no_nan_reaches_the_network(write: Write, method: str, transform: str) -> None:
    cells: list[object] = list(values())
    for gap in (0, 1, 7, 8, 20, 27, 28, 33, 39):
        cells[gap] = ["", "NaN", "NA"][gap % 3]
    data = load(experiment(write("a.csv", table(value=cells)), missing=method, **TRANSFORMS[transform]))
    for part in ("train", "validation", "test"):
        for batch in data.batches(part, 7):
            assert np.isfinite(batch.inputs).all()
            assert np.isfinite(batch.targets).all()
    assert np.isfinite([score for _, score in data.baselines("test")]).all()
    assert any("6 missing values of 'value' in 4 gaps" in note for note in data.notes())
    assert any("1 row behind the last target" in note for note in data.notes())
    assert any("2 rows at the start left out" in note for note in data.notes())


@pytest.mark.parametrize(("method", "counted"), [("mask", False), ("linear", True)])
def test_filled_answers_are_learned_from_unless_masked_and_never_scored(
    write: Write, method: str, counted: bool
) -> None:
    cells: list[object] = list(values())
    cells[10] = cells[36] = ""
    data = load(experiment(write("a.csv", table(value=cells)), missing=method))
    assert isinstance(data, SeriesDataset)
    train = data.batch("train", np.arange(data.count("train")))
    assert bool(train.weights[data.answer_rows("train") == 10][0]) is counted
    test = data.batch("test", np.arange(data.count("test")))
    assert test.weights.tolist() == [1, 1, 0, 1, 1, 1]
    assert np.flatnonzero(np.isnan(data.truth("test"))).tolist() == [2]


def test_a_masked_answer_cannot_change_the_score(write: Write) -> None:
    cells: list[object] = list(values())
    cells[36] = ""
    data = load(experiment(write("a.csv", table(value=cells))))
    outputs = np.zeros((6, 1))
    before = data.score("test", outputs)
    outputs[2] = 1e6
    assert data.score("test", outputs) == before


# --- what was missing as an input -----------------------------------------------------------------------


def gappy(*rows: int) -> list[object]:
    return ["" if row in rows else value for row, value in enumerate(values())]


@pytest.mark.parametrize("method", ["forward", "linear", "seasonal", "mask"])
def test_an_input_says_where_a_value_was_missing(write: Write, method: str) -> None:
    table_of = table(value=gappy(5, 6, 36), wind=values())
    data = load(
        experiment(write("a.csv", table_of), targets="value", inputs="wind", missing=method, missing_inputs=True)
    )
    assert isinstance(data, SeriesDataset)
    assert data.preparation.columns == ("value", "wind", "value was missing")
    train = data.batch("train", np.arange(data.count("train")))
    assert train.inputs.shape[2] == data.input_size == 3
    assert train.inputs[:, 3, 2].tolist() == [0, 0, 1, 1]  # rows 3 to 6
    last = data.batch("test", np.arange(6)).inputs[:, -1, 2]
    assert last.tolist() == [0, 1, 0, 0]  # rows 35 to 38
    again = Preparation.from_metadata(json.loads(json.dumps(data.metadata())))
    assert isinstance(again, SeriesPreparation)
    inputs, _ = again.encode(data.series.values[:39])
    np.testing.assert_allclose(inputs[:, 0], data.batch("test", np.array([5])).inputs[:, 0], rtol=1e-6)


@pytest.mark.parametrize("cells", [gappy(36), values()])
def test_gaps_after_the_training_part_make_no_input(write: Write, cells: list[object]) -> None:
    data = load(experiment(write("a.csv", table(value=cells)), missing_inputs=True))
    assert data.input_size == 1
    assert data.metadata()["marked"] == []


@pytest.mark.parametrize(("cells", "said"), [(["5"] * 60, True), (["5", ""] * 30, True), (["5"] * 60 + ["6"], False)])
def test_a_target_that_never_changes_is_told(write: Write, cells: list[str], said: bool) -> None:
    rows = "".join(f"{at},{cell}\n" for at, cell in enumerate(cells))
    data = load(experiment(write("a.csv", f"t,v\n{rows}"), targets=("v",)))
    assert ("'v' is 5 in all rows: there is nothing in it to learn" in data.notes()) == said
