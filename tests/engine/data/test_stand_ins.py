"""A number that stands for no value is told from one that is far from the others by chance, and is never trained on."""

from __future__ import annotations

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import Reading, load, peek, suggest, understand
from engine.data.series.series_dataset import SeriesDataset
from tests.engine.data.making import Write


def dated(values: list[object]) -> str:
    days = np.arange("2020-01-01", "2021-01-01", dtype="datetime64[D]")
    return "date,value\n" + "".join(f"{day},{value}\n" for day, value in zip(days, values, strict=False))


def level(row: int) -> float:
    return 300.0 + row * 7 % 31


STAND_INS = ("-999", "-9999", "-999.0", "-99.9", "9999", "99999", "999.9", "-99")


@pytest.mark.parametrize("mark", STAND_INS)
def test_what_stands_for_no_value_is_said_and_missing(write: Write, mark: str) -> None:
    path = write("a.csv", dated([mark if row % 17 == 5 else level(row) for row in range(200)]))
    found = understand(path, {}, 3)
    assert found.suggestion is not None
    value = found.inspection.columns[1]
    assert (value.type, value.missing, value.unreadable, value.role) == ("number", 12, 0, "target")
    assert [f"{float(mark):g} in 12 cells of 'value'" in remark for remark in found.inspection.remarks] == [True]
    assert set(found.inspection.remarks) <= set(found.notes)
    chosen = found.suggestion.experiment
    assert chosen.data.no_value == (f"{float(mark):g}",)
    dataset = load(chosen)
    assert isinstance(dataset, SeriesDataset)
    assert np.isnan(dataset.series.values[5::17]).all()
    assert np.nanmin(dataset.series.values) >= 300
    assert any("12 missing values" in note for note in dataset.notes())


FILLS = ("-3.4028235e38", "-3.40282e+38", "9.96921e+36", "-1.7976931348623157e+308", "1e300")


@pytest.mark.parametrize("cells", [1, 3])
@pytest.mark.parametrize("mark", FILLS)
def test_what_grids_are_filled_with_is_missing(write: Write, mark: str, cells: int) -> None:
    found = suggest(
        write("a.csv", dated([mark if row % 60 == 5 and row // 60 < cells else level(row) for row in range(200)]))
    )
    dataset = load(found.experiment)
    assert isinstance(dataset, SeriesDataset)
    assert np.isnan(dataset.series.values).sum() == cells
    assert np.nanmax(np.abs(dataset.series.values)) < 400
    assert any("taken for no value" in note for note in found.notes)


VALUES = {
    "one that is far": [999 if row == 50 else level(row) for row in range(200)],
    "all nines": [999] * 200,
    "two numbers": [99 if row % 3 else 1 for row in range(200)],
    "within the others' reach": [999 if row % 50 == 3 else row * 10 % 1000 for row in range(200)],
    "a temperature": [-9 if row % 20 == 3 else row % 35 - 8 for row in range(200)],
    "no nines": [-1000 if row % 17 == 5 else level(row) for row in range(200)],
    "infinities": [("-inf", "inf")[row % 2] if row % 50 == 3 or row == 4 else level(row) for row in range(200)],
    "most of them": [-999 if row % 4 else level(row) for row in range(200)],
}


@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_numbers_are_values_where_it_is_not_clear(write: Write, values: list[object]) -> None:
    found = suggest(write("a.csv", dated(values)))
    assert found.experiment.data.no_value == ()


def test_a_person_may_say_what_stands_for_no_value_or_that_nothing_does(write: Write) -> None:
    path = write("a.csv", dated([-999 if row % 17 == 5 else level(row) for row in range(200)]))
    kept = suggest(path, Experiment().replace({"data.no_value": "none"}))
    assert kept.experiment.data.no_value == ("none",)
    dataset = load(kept.experiment)
    assert isinstance(dataset, SeriesDataset)
    assert dataset.series.values.min() == -999
    said = peek(path, 1, Reading(no_value=("300", "x")))
    assert said.columns[1].missing == sum(level(row) == 300 and row % 17 != 5 for row in range(200))


def test_words_stand_for_no_value_where_they_are_said(write: Write) -> None:
    path = write("a.csv", dated(["no reading" if row % 3 == 1 else level(row) for row in range(200)]))
    assert peek(path, 1).columns[1].type == "text"
    found = peek(path, 1, Reading(no_value=("no reading",)))
    assert (found.columns[1].type, found.columns[1].missing) == ("number", 67)
    chosen = suggest(path, Experiment().replace({"data.no_value": "no reading"})).experiment
    assert chosen.data.targets == ("value",)
    assert load(chosen).count("train")
