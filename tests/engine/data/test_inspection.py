from __future__ import annotations

import json

import numpy as np
import pytest

from engine.config import Experiment
from engine.data import PairBatch, inspect_file, load, peek, sample, samples, suggest
from engine.data.samples import samples_folder
from tests.engine.data.making import Write, sample_data, table

MESSY = "day;sum;note\n01.02.2020;1,5;x\n02.02.2020;;y\n03.02.2020;2,5\n04.02.2020;oops;z\n05.02.2020;3,5;w\n"
MESSY += "".join(f"{day:02d}.02.2020;{day},25;v\n" for day in range(6, 29))


def test_what_was_understood_is_told(write: Write) -> None:
    found = peek(write("a.csv", MESSY.encode("utf-16")), 2)
    assert (found.encoding, found.delimiter, found.decimal, found.header) == ("utf-16", ";", ",", True)
    assert (found.rows, found.frequency) == (27, "daily")
    assert [(c.name, c.type, c.role, c.missing, c.unreadable) for c in found.columns] == [
        ("day", "date", "time", 0, 0),
        ("sum", "number", "target", 1, 1),
        ("note", "text", "ignored", 0, 0),
    ]
    assert found.columns[0].format == "%d.%m.%Y"
    assert [bad.line for bad in found.rejected] == [4]
    assert found.head == (("01.02.2020", "1,5", "x"), ("02.02.2020", "", "y"))
    assert found.column("target") == "sum"
    assert found.column("label") == ""


def test_an_inspection_is_json(write: Write) -> None:
    found = json.loads(json.dumps(inspect_file(write("a.csv", MESSY)).to_json()))
    assert found["columns"][1]["name"] == "sum"
    assert found["rejected"][0]["line"] == 4
    assert "head" not in found


def test_text_is_shown_by_its_lines(write: Write) -> None:
    found = peek(write("a.txt", "Once upon\na time,\nthere was\n"), 2)
    assert (found.kind, found.rows) == ("text", 3)
    assert found.head == (("Once upon",), ("a time,",))


@pytest.mark.parametrize(
    ("name", "date", "frequency", "missing"),
    [
        ("airline_passengers.csv", "%Y-%m", "monthly", 0),
        ("sunspots.csv", "%Y", "yearly", 0),
        ("seattle_weather.csv", "%Y/%m/%d", "daily", 0),
        ("mauna_loa_co2.csv", "%Y%m%d", "weekly", 59),
    ],
)
def test_the_samples_are_understood(name: str, date: str, frequency: str, missing: int) -> None:
    found = inspect_file(samples_folder() / name)
    assert found.columns[0].format == date
    assert found.frequency == frequency
    assert sum(column.missing for column in found.columns) == missing


@pytest.mark.parametrize(
    ("days", "notes"),
    [
        (range(40), []),
        ([*range(9), *range(12, 20), *range(21, 40)], ["4 dates left out in 2 gaps"]),
        ([*range(20), 19, *range(20, 40)], ["1 row with the same date as the row before"]),
        ([*range(20), 20.5, *range(21, 40)], ["2 steps from date to date of another length"]),
    ],
)
def test_odd_dates_are_counted(write: Write, days: list[float], notes: list[str]) -> None:
    stamps = [
        str(np.datetime64("2021-03-01", "h") + np.timedelta64(int(24 * day), "h")).replace("T", " ") for day in days
    ]
    found = inspect_file(write("a.csv", "date,value\n" + "".join(f"{s}:00,{n % 7}\n" for n, s in enumerate(stamps))))
    assert found.frequency == "daily"
    assert list(found.remarks) == notes
    assert set(notes) <= set(found.notes)


# --- suggestions ----------------------------------------------------------------------------------------


def test_a_table_is_taken_for_a_series_and_the_reasons_are_said(write: Write) -> None:
    base = Experiment().replace({"model.cell": "gru", "training.epochs": 3})
    found = suggest(write("a.csv", table()), base)
    data = found.experiment.data
    assert (data.kind, data.time_column, data.targets) == ("series", "date", ("value",))
    assert found.experiment.model.cell == "gru"
    assert found.experiment.training.epochs == 3
    assert any("as its name says" in note for note in found.notes)
    assert load(found.experiment).count("train") > 0


@pytest.mark.parametrize("name", ["a.txt", "a.dat", "README"])
def test_prose_is_taken_for_text(write: Write, name: str) -> None:
    found = suggest(write(name, "It was a dark night, and it rained.\nNobody, however, minded.\n" * 9))
    assert found.experiment.data.kind == "text"
    assert found.experiment.model.topology == "many_to_many"
    assert load(found.experiment).count("train") > 0


@pytest.mark.parametrize("name", ["a.txt", "a.dat"])
def test_a_table_under_the_name_of_a_text_is_a_table(write: Write, name: str) -> None:
    assert suggest(write(name, table())).experiment.data.kind == "series"


def test_a_sample_is_suggested_by_its_name() -> None:
    assert suggest("alice").experiment == sample("alice").experiment


# --- samples --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", [s.key for s in samples()])
def test_a_sample_says_what_it_is_and_loads(key: str) -> None:
    found = sample(key)
    assert found.title
    assert len(found.description) > 100
    assert found.licence
    assert found.source
    data = sample_data(key)
    assert data.kind == found.kind
    assert data.notes()
    assert len(data.labels("test")) == len(data.truth("test"))
    tagged = data.classes and data.topology == "many_to_many"  # many answers to a sequence
    assert tagged or data.count("test") == len(data.truth("test"))
    assert data.baselines("test")
    assert data.pinned().inputs.shape[1] == 1
    pinned = data.pinned()
    read = 0 if data.topology == "one_to_many" else len(pinned.inputs)
    assert len(data.pinned_labels()) == read + (len(pinned.before) if isinstance(pinned, PairBatch) else 0)


def test_every_data_file_has_a_descriptor_and_is_in_the_table_of_sources() -> None:
    table_of_sources = (samples_folder() / "SOURCES.md").read_text(encoding="utf-8")
    described = {found.file for found in samples() if found.file}
    files = {p.name for p in samples_folder().iterdir() if p.suffix in (".csv", ".tsv", ".txt")}
    assert files == described
    assert all(f"`{name}`" in table_of_sources for name in files)
