from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from engine.data import Dataset, load
from engine.data.series.series_dataset import SeriesDataset
from engine.data.series.windows import WindowShape
from engine.data.splits import PARTS, Split, split_by_time
from tests.engine.data.making import TRANSFORMS, Write, experiment, table, values, windows_of


@pytest.mark.parametrize(
    ("count", "validation", "test", "borders"),
    [
        (100, 0.15, 0.15, (70, 85, 100)),
        (144, 12, 48, (84, 96, 144)),
        (10, 0, 0, (10, 10, 10)),
        (10, 0.1, 1, (8, 9, 10)),
    ],
)
def test_the_split_takes_shares_and_counts(
    count: int, validation: float, test: float, borders: tuple[int, int, int]
) -> None:
    assert split_by_time(count, validation, test) == Split(*borders)


@pytest.mark.parametrize("look_back", [1, 5])
@pytest.mark.parametrize("horizon", [1, 4])
@pytest.mark.parametrize("lead", [0, 1])
@pytest.mark.parametrize("stride", [1, 3])
def test_windows_keep_to_their_part(look_back: int, horizon: int, lead: int, stride: int) -> None:
    shape, split = WindowShape(look_back, horizon, stride, lead), Split(30, 36, 42)
    for part in PARTS:
        first, last = split.bounds(part)
        starts = shape.starts(part, split)
        assert all(first <= shape.answer(s) < last for s in starts)
        assert min(starts) - lead >= 0
        if part == "train":
            assert set(np.diff(starts)) == {stride}
            assert max(starts) + stride > last - shape.answer(0) - 1
        else:
            assert [shape.answer(s) for s in starts] == list(range(first, last))


def series(**data: Any) -> SeriesDataset:
    return windows_of({"value": values()}, scaler="none", **data)


def test_a_window_holds_the_past_and_is_answered_by_what_follows() -> None:
    data = series(horizon=2)
    batch = data.batch("train", np.array([0, 3]))
    np.testing.assert_allclose(batch.inputs[:, 1, 0], values()[3:7])
    np.testing.assert_allclose(batch.targets[:, 0], [values()[5], values()[8]])
    assert batch.inputs.flags.c_contiguous
    assert all(array.dtype == np.float32 for array in (batch.inputs, batch.targets, batch.weights))
    assert batch.lengths.tolist() == [4, 4]


def test_aligned_windows_are_answered_at_every_step() -> None:
    data = series(horizon=2, topology="many_to_many")
    batch = data.batch("train", np.array([3]))
    np.testing.assert_allclose(batch.targets[:, 0, 0], values()[5:9])
    assert batch.weights.sum() == 4
    held_out = data.batch("test", np.array([0]))
    assert held_out.weights[:, 0].tolist() == [0, 0, 0, 1]


def test_the_first_forecast_of_the_test_part_reads_the_past_before_the_border() -> None:
    data = series()
    batch = next(data.batches("test", 1))
    np.testing.assert_allclose(batch.inputs[:, 0, 0], values()[30:34])
    assert data.labels("test")[0] == "1992-11"
    assert data.truth("test")[0] == values()[34]


def test_rows_out_of_order_are_sorted_by_their_dates(write: Write) -> None:
    header, *rows = table().splitlines()
    plain = load(experiment(write("a.csv", table()), time_column="date"))
    mixed = "\n".join([header, *rows[::-1]]) + "\n"
    turned = load(experiment(write("b.csv", mixed), time_column="date"))
    np.testing.assert_array_equal(plain.truth("test"), turned.truth("test"))
    assert any("sorted" in note for note in turned.notes())


def test_the_pinned_window_has_a_label_for_every_step() -> None:
    data = series()
    assert len(data.pinned_labels()) == data.pinned().inputs.shape[0] == 4
    assert data.pinned_labels()[-1] == "1992-09"


def test_without_a_validation_part_a_training_window_is_pinned() -> None:
    data = series(validation=0)
    assert data.count("validation") == 0
    assert data.baselines("validation") == ()
    assert list(data.batches("validation", 4)) == []
    assert data.pinned().inputs.shape == (4, 1, 1)


# --- nothing leaks --------------------------------------------------------------------------------------


GAPS = (10, 26, 27, 28, 32, 33)  # the last ones reach the borders at 28 and 34


def seen(data: Dataset) -> list[bytes]:
    """All that training and early stopping get to see."""
    arrays = [a for b in data.batches("train", 4, seed=3) for a in (b.inputs, b.targets, b.weights)]
    arrays += [a for b in data.batches("validation", 4) for a in (b.inputs, b.targets, b.weights)]
    return [*(a.tobytes() for a in arrays), repr(data.metadata()).encode()]


@pytest.mark.parametrize("topology", ["many_to_one", "many_to_many"])
@pytest.mark.parametrize("missing", ["forward", "linear", "seasonal", "mask"])
@pytest.mark.parametrize("scaler", ["standard", "minmax", "none"])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_changing_the_test_part_changes_nothing_that_training_sees(
    transform: str, scaler: str, missing: str, topology: str
) -> None:
    def data(last: float) -> Dataset:
        cells = [math.nan if row in GAPS else value for row, value in enumerate(values(34))]
        columns = {
            "value": cells + [last + 17 * n for n in range(6)],
            "other": [float(n % 7) for n in range(34)] + [last] * 6,
        }
        settings = {"season": 6, **TRANSFORMS[transform]}
        return windows_of(columns, topology=topology, scaler=scaler, missing=missing, horizon=2, **settings)

    assert seen(data(500.0)) == seen(data(9_000.0))


def test_changing_the_end_of_a_file_changes_nothing_that_training_sees(write: Write) -> None:
    changed = [*values()[:34], *(9e5 + n for n in range(6))]
    plain = load(experiment(write("a.csv", table()), time_column="date"))
    other = load(experiment(write("b.csv", table(value=changed)), time_column="date"))
    assert seen(plain) == seen(other)
    assert plain.truth("test")[0] != other.truth("test")[0]


@pytest.mark.parametrize("missing", ["forward", "linear", "seasonal", "mask"])
def test_an_answer_is_not_in_the_window_that_it_answers(missing: str) -> None:
    cells = values()
    cells[33] = cells[35] = math.nan
    known = windows_of({"value": cells}, missing=missing, season=5)
    changed = windows_of({"value": [*cells[:36], 9e5, *cells[37:]]}, missing=missing, season=5)
    before = np.arange(3)  # answered by rows 34, 35 and 36
    np.testing.assert_array_equal(known.batch("test", before).inputs, changed.batch("test", before).inputs)
    assert not np.array_equal(known.batch("test", before).targets, changed.batch("test", before).targets)
