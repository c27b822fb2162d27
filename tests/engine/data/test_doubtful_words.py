"""Words such as NA and none stay words where they are some, and stand for no value elsewhere; it is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from engine.data import load, peek, suggest, understand
from engine.data.files.dialect import Reading
from engine.data.sequences.sequence_dataset import SequenceDataset
from engine.data.series.series_dataset import SeriesDataset
from tests.engine.data.making import Write

OTHERS = ("rain", "snow", "sun")
TITLES = [f"title {row}" for row in range(120)]
COLUMNS = {  # cells beside 120 numbers: how many are missing
    "a frequent category": ([(*OTHERS, "none")[row % 4] for row in range(120)], 0),
    "a country": ([("NA", "ZA", "BW")[row % 3] for row in range(120)], 0),
    "a rare one": (["none" if row in (5, 77) else OTHERS[row % 3] for row in range(120)], 2),
    "texts": (["null" if row == 9 else title for row, title in enumerate(TITLES)], 0),
    "what programs write": ([("<NA>", "a", "b")[row % 3] for row in range(120)], 40),
    "tags of signs": ([("N", "V", ",", ".")[row % 4] if row != 50 else "--" for row in range(120)], 0),
    "numbers": (["NA" if row % 3 == 0 else row % 7 for row in range(120)], 40),
    "dates": ([f"2020-01-{row % 28 + 1:02d}" if row % 9 else "NA" for row in range(120)], 14),
}


def table(cells: list[object]) -> str:
    return "cell,value\n" + "".join(f"{cell},{row * 7 % 31}\n" for row, cell in enumerate(map(quoted, cells)))


def quoted(cell: object) -> str:
    return f'"{cell}"'


@pytest.mark.parametrize(("cells", "missing"), COLUMNS.values(), ids=COLUMNS.keys())
def test_a_word_is_missing_only_where_it_is_no_word(write: Write, cells: list[object], missing: int) -> None:
    found = peek(write("a.csv", table(cells)))
    assert found.columns[0].missing == missing


@pytest.mark.parametrize(("word", "put"), [("NA", "NA"), ("none", "none, None")])
def test_what_was_decided_is_said_and_can_be_put_right(write: Write, word: str, put: str) -> None:
    path = write("a.csv", table([(*OTHERS, word)[row % 4] for row in range(120)]))
    found = understand(path, {}).inspection
    assert found.remarks == (
        f"'cell': {word!r} in 30 cells kept as a word; if it stands for no value, set data.no_value to {put}",
    )
    assert found.kept_words == (put,)
    again = understand(path, {"data.no_value": put}).inspection
    assert again.columns[0].missing == 30
    rare = write("b.csv", table([word if row in (4, 90) else OTHERS[row % 3] for row in range(120)]))
    (remark,) = understand(rare, {}).inspection.remarks
    assert remark == f"'cell': {word!r} in 2 cells taken for no value; if it is a word, set data.no_value to none"
    assert peek(rare, reading=Reading(no_value=("none",))).columns[0].missing == 0


def test_a_number_that_stands_for_no_value_is_found_beside_a_word_that_was_named(write: Write) -> None:
    rows = "".join(f"{('NA', 'a')[r % 2]},{-999 if r % 17 == 5 else 300 + r * 7 % 31}\n" for r in range(120))
    found = suggest(write("a.csv", f"cell,value\n{rows}"))
    assert found.experiment.data.no_value == ("-999",)
    named = understand(write("a.csv", f"cell,value\n{rows}"), {"data.no_value": "NA"}).suggestion
    assert named is not None
    assert named.experiment.data.no_value == ("NA", "-999")


def test_a_frequent_word_is_an_input_of_a_series(write: Write) -> None:
    days = np.arange("2020-01-01", "2020-07-01", dtype="datetime64[D]")
    words = [("none", "rain")[row % 2] if row != 20 else "NA" for row in range(len(days))]
    path = write(
        "a.csv",
        "day,kind,value\n" + "".join(f"{d},{w},{k}\n" for k, (d, w) in enumerate(zip(days, words, strict=True))),
    )
    experiment = suggest(path).experiment.replace({"data.inputs": ("kind",)})
    dataset = load(experiment)
    assert isinstance(dataset, SeriesDataset)
    assert dataset.series.names[1:] == ("kind=none", "kind=rain")


@pytest.mark.parametrize("rare", ["NA", ""])
def test_the_label_none_is_a_class_and_a_rare_na_no_label(write: Write, rare: str) -> None:
    rows = "".join(
        f"{s},{t},{(s % 3) + t * 0.1},{rare if s == 7 else ('none', 'belt', 'bearing')[s % 3]}\n"
        for s in range(60) for t in range(5)
    )  # fmt: skip
    dataset = load(suggest(write("a.csv", f"id,t,x,fault\n{rows}")).experiment)
    assert isinstance(dataset, SequenceDataset)
    assert dataset.classes == ("bearing", "belt", "none")
    assert sum(dataset.count(part) for part in ("train", "validation", "test")) == 59


def test_a_value_that_is_missing_makes_no_classes_of_numbers(write: Write) -> None:
    rows = "".join(f"{s},{t},{s + t},{'NA' if s == 7 else s + 0.5}\n" for s in range(60) for t in range(5))
    experiment = suggest(write("a.csv", f"id,t,x,label\n{rows}")).experiment
    chosen = experiment.replace({"data.kind": "sequences", "data.label": "label", "data.sequence_column": ("id",),
                                 "data.inputs": ("x",), "model.topology": "many_to_one"})  # fmt: skip
    dataset = load(dataclasses.replace(chosen))
    assert dataset.classes == ()
    assert sum(dataset.count(part) for part in ("train", "validation", "test")) == 59


def test_a_row_whose_date_is_na_is_left_out_and_the_others_are_dated(write: Write) -> None:
    days = np.arange("2020-01-01", "2020-07-01", dtype="datetime64[D]").astype(str)
    days[70] = "NA"
    found = peek(write("a.csv", "day,value\n" + "".join(f"{day},{row % 7}\n" for row, day in enumerate(days))))
    assert found.columns[0].format == "%Y-%m-%d"
    assert [(row.line, row.reason) for row in found.rejected] == [(72, "nothing in 'day', which is the time")]


def test_of_many_columns_the_first_are_told_of(write: Write) -> None:
    rows = "".join(
        ",".join(("NA" if (row + k) % 4 == 0 else "abc"[row % 3]) for k in range(90)) + "\n" for row in range(40)
    )
    found = understand(write("a.csv", ",".join(f"c{k}" for k in range(90)) + "\n" + rows), {}).inspection
    assert len(found.remarks) == 9
    assert found.remarks[-1] == "the same was decided of 56 more columns"
    assert [column.missing for column in found.columns] == [0] * 64 + [10] * 26
