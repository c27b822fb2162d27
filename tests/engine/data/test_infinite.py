"""Cells that hold inf or -inf count as missing, in whatever file, and who looks at it hears of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import duckdb
import numpy as np
import pytest

from engine.config import Experiment
from engine.data import load, peek, suggest, understand
from engine.data.series.series_dataset import SeriesDataset
from tests.engine.data.making import Write
from tests.engine.data.test_excel import workbook

DAYS = [str(day) for day in np.arange("2020-01-01", "2020-07-01", dtype="datetime64[D]")]


def known(row: int) -> float:
    return 3.5 + row * 7 % 31


def said_of(path: Path, column: str = "v") -> list[str]:
    """What is said in the preview and with the data of a run: the same, and the values are missing."""
    found = understand(path, {}, 3)
    assert found.suggestion is not None
    place = next(c for c in found.inspection.columns if c.name == column)
    dataset = load(found.suggestion.experiment)
    assert isinstance(dataset, SeriesDataset)
    assert (place.type, place.missing) == ("number", int(np.isnan(dataset.series.values[:, 0]).sum()))
    assert np.nanmax(np.abs(dataset.series.values)) < 100
    told = [remark for remark in found.inspection.remarks if "infinite" in remark]
    assert told == [note for note in dataset.notes() if "infinite" in note]
    assert set(told) <= set(found.notes)
    return told


@pytest.mark.parametrize("cell", ["inf", "-inf", "Infinity", "-Infinity", "INF", "1e999"])
def test_a_cell_that_is_infinite_is_missing_and_said_with_its_line(write: Write, cell: str) -> None:
    rows = "".join(f"{day},{cell if row == 28 else known(row)}\n" for row, day in enumerate(DAYS))
    assert said_of(write("a.csv", f"day,v\n{rows}")) == ["1 cell of 'v' infinite (line 30), taken as missing"]


def test_of_several_the_first_is_named(write: Write) -> None:
    rows = "".join(
        f"{day};{'-inf' if row % 9 == 5 else known(row)}\n".replace(".", ",") for row, day in enumerate(DAYS)
    )
    path = write("a.csv", f"day;v\n{rows}")
    assert said_of(path) == ["20 cells of 'v' infinite (the first in line 7), taken as missing"]


@pytest.mark.parametrize("kind", ["json", "jsonl", "parquet", "xlsx"])
def test_files_that_know_types_are_read_alike(write: Write, tmp_path: Path, kind: str) -> None:
    values = [math.inf if row in (40, 50) else known(row) for row in range(len(DAYS))]
    rows = list(zip(DAYS, values, strict=True))
    records = [{"day": day, "v": value} for day, value in rows]
    path = tmp_path / f"a.{kind}"
    if kind == "parquet":
        duckdb.sql(f"COPY (SELECT unnest({DAYS}) AS day, unnest({list(map(str, values))}::DOUBLE[]) AS v) TO '{path}'")
    elif kind == "xlsx":
        cells: list[list[object]] = [[day, str(value) if math.isinf(value) else value] for day, value in rows]
        write(path.name, workbook(one=[["day", "v"], *cells]))
    else:
        write(path.name, json.dumps(records) if kind == "json" else "\n".join(map(json.dumps, records)))
    assert said_of(path) == ["2 cells of 'v' infinite (the first in row 41), taken as missing"]


def test_a_column_is_one_of_numbers_however_many_are_infinite_and_words_stay_words(write: Write) -> None:
    rows = "".join(
        f"{day},{'inf' if row % 2 else known(row)},{('inf', 'ger', 'fin')[row % 3]}\n" for row, day in enumerate(DAYS)
    )
    found = peek(write("a.csv", f"day,v,form\n{rows}"), 1)
    assert [(c.type, c.missing) for c in found.columns] == [("date", 0), ("number", len(DAYS) // 2), ("text", 0)]
    assert [remark for remark in found.remarks if "infinite" in remark] == [
        f"{len(DAYS) // 2} cells of 'v' infinite (the first in line 3), taken as missing"
    ]


def test_of_many_columns_a_few_are_named(write: Write) -> None:
    names = [f"x{place}" for place in range(12)]
    rows = "".join(f"{day},{','.join(['inf' if row == 3 else str(known(row))] * 12)}\n" for row, day in enumerate(DAYS))
    path = write("a.csv", f"day,{','.join(names)}\n{rows}")
    chosen = suggest(path, Experiment().replace({"data.targets": tuple(names)})).experiment
    told = [note for note in load(chosen).notes() if "infinite" in note or "such cell" in note]
    assert told == [
        *(f"1 cell of '{name}' infinite (line 5), taken as missing" for name in names[:8]),
        "4 such cells in 4 more columns",
    ]
