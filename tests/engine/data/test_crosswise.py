"""Tables in which time runs across: each value gets a row, or the columns stay where somebody says so."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from engine.data import DataError, load, peek, suggest
from engine.data.files.dialect import Reading
from engine.data.tables.columns import read_numbers
from engine.data.tables.dates import read_stamps
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

DAYS = [date(2020, 1, 1) + timedelta(n) for n in range(30)]
MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"


def _numbers(first: int, count: int) -> str:
    return ",".join(f"{first + k}.5" for k in range(count))


ACROSS = {
    "years": (["land"], [str(1960 + k) for k in range(24)], "yearly"),
    "years of the World Bank": (["land", "code"], [f"{1960 + k} [YR{1960 + k}]" for k in range(24)], "yearly"),
    "quarters": (["land"], [f"{1960 + k // 4}-Q{k % 4 + 1}" for k in range(24)], "quarterly"),
    "months": (["land"], [f"{1960 + k // 12}-{k % 12 + 1:02d}" for k in range(24)], "monthly"),
    "days": (["land", "x", "y"], [f"{day.month}/{day.day}/{day:%y}" for day in DAYS], "daily"),
}


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y", "%m/%d/%y"])
@pytest.mark.parametrize(("step", "count"), [(1, 11), (7, 60), (30, 14)])
def test_the_order_of_day_and_month_is_that_in_which_time_runs(write: Write, form: str, step: int, count: int) -> None:
    days = [date(2020, 1, 1) + timedelta(step * n) for n in range(count)]
    path = write("a.csv", ",".join(["land", *(f"{day:{form}}" for day in days)]) + f"\nx,{_numbers(0, count)}\n" * 3)
    with open_table(path) as table:
        stamps = read_stamps(table, "time")[:count]
    if step > 1 or form == "%m/%d/%Y":
        np.testing.assert_array_equal(stamps, np.array(days, stamps.dtype))
    assert np.all(np.diff(stamps) > np.timedelta64(0, "us"))


@pytest.mark.parametrize(("kept", "times", "step"), ACROSS.values(), ids=ACROSS)
def test_a_row_of_dates_is_a_series(write: Write, kept: list[str], times: list[str], step: str) -> None:
    count, marks = len(times), "".join(",1.5" for _ in kept[1:])
    rows = "".join(f"land {n}{marks},{_numbers(100 * n, count)}\n" for n in range(3))
    path = write("a.csv", ",".join([*kept, *times]) + "\n" + rows + f"nowhere{marks}{',' * count}\n")
    found = peek(path, 2)
    assert ([column.name for column in found.columns], found.rows) == ([*kept, "time", "value"], 3 * count)
    assert found.head[1][-1] == "1.5"
    suggestion = suggest(path)
    data = suggestion.experiment.data
    assert (data.sequence_column, data.time_column, data.targets) == (("land",), "time", ("value",))
    assert any(f"run across in {count} columns" in note for note in suggestion.notes)
    notes = " ".join(load(suggestion.experiment).notes())
    assert f"frequency: {step}" in notes
    assert "3 series" in notes


NAMES = {
    "short": MONTHS,
    "numbers": ",".join(str(k) for k in range(1, 13)),
    "German": "Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember",
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("means", ["", ",J-D,DJF"])
def test_months_beside_years_are_one_series(write: Write, names: str, means: str) -> None:
    more = ",7,8" if means else ""
    rows = "".join(f"{1950 + y},{_numbers(12 * y, 12)}{more}\n" for y in range(20))
    path = write("a.csv", f"year,{names}{means}\n{rows}")
    with open_table(path) as table:
        assert read_numbers(table, ["value"])[:, 0].tolist() == [k + 0.5 for k in range(240)]
        stamps = read_stamps(table, "time")
    np.testing.assert_array_equal(stamps, np.arange("1950-01", "1970-01", dtype="datetime64[M]").astype(stamps.dtype))


def test_months_without_names_are_told_by_the_years_before_them(write: Write) -> None:
    rows = "".join(f" {1950 + y}" + "".join(f"{12 * y + k:7.2f}" for k in range(12)) + "\n" for y in range(20))
    found = peek(write("a.txt", rows), 1)
    assert (found.rows, found.frequency, found.column("target")) == (240, "monthly", "value")


@pytest.mark.parametrize(
    ("names", "first"),
    [
        ([f"{k:02d}:00" for k in range(24)], "00:00"),
        ([f"H{k}" for k in range(1, 25)], "00:00"),
        ([f"{k * 15 // 60:02d}:{k * 15 % 60:02d}" for k in range(96)], "00:00"),
    ],
)
def test_hours_beside_days_are_one_series(write: Write, names: list[str], first: str) -> None:
    rows = "".join(f"{day},{_numbers(len(names) * n, len(names))}\n" for n, day in enumerate(DAYS))
    path = write("a.csv", f"day,{','.join(names)}\n{rows}")
    found = peek(path, 1)
    assert (found.rows, found.head[0]) == (30 * len(names), (f"2020-01-01 {first}", "0.5"))
    assert found.frequency == ("hourly" if len(names) == 24 else "every 15 minutes")


DOWN = {
    "few years": "land,2001,2002,2003\n" + "".join(f"{n},{n},2,3\n" for n in range(9)),
    "months that are no row": f"year,{MONTHS}\n" + "".join(f"{1950 + n % 3},{_numbers(n, 12)}\n" for n in range(9)),
    "steps": "label," + ",".join(f"t{k}" for k in range(24)) + "\n" + f"a,{_numbers(1, 24)}\nb,{_numbers(2, 24)}\n" * 9,
    "channels": ",".join(str(k) for k in range(24)) + "\n" + f"{_numbers(1, 24)}\n" * 9,
    "years that jump": "land,2001,2005,2003,1990,1980,2010,2020\n" + "a,1,2,3,4,5,6,7\n" * 9,
}


@pytest.mark.parametrize("text", DOWN.values(), ids=DOWN)
def test_a_table_that_runs_down_stays(write: Write, text: str) -> None:
    with open_table(write("a.csv", text)) as table:
        assert "value" not in table.names
        assert len(table.names) == text.split("\n")[0].count(",") + 1


def test_who_says_so_keeps_the_columns(write: Write) -> None:
    path = write("a.csv", f"year,{MONTHS}\n" + "".join(f"{1950 + y},{_numbers(12 * y, 12)}\n" for y in range(40)))
    found = peek(path, 1, Reading(layout="columns"))
    assert [column.name for column in found.columns] == ["year", *MONTHS.split(",")]
    experiment = suggest(path).experiment
    with pytest.raises(DataError, match="no column 'Jul'"):
        load(experiment.replace({"data.targets": ("Jul",)}))
    columns = {"data.layout": "columns", "data.time_column": "year", "data.targets": ("Jul",), "data.look_back": 3}
    assert load(experiment.replace(columns)).count("train")
