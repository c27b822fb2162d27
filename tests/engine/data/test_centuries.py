"""Years of two digits are of the century that the column itself tells, which is said and can be put right."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from engine.data import peek
from engine.data.files.dialect import Reading
from engine.data.notation.centuries import first_year
from engine.data.tables.dates import date_format, read_stamps
from engine.data.tables.opening import open_table
from engine.export.numpy_dates import as_iso
from tests.engine.data.making import Write

RUNS = {  # the years of the rows, in their order
    "the middle of the last century": (range(1949, 1961), 1949),
    "into this century": (range(1949, 2009), 1949),
    "the thirties": (range(1930, 1939), 1930),
    "over the usual border": (range(1945, 1957), 1945),
    "now": (range(2015, 2026), 2015),
    "plans for years to come": (range(2020, 2036), 2020),
    "from the newest on": (range(2021, 1988, -1), 1989),
    "one year": ([1999] * 12, 1999),
    "several series": ([*range(1950, 1990)] * 3, 1950),
    "dates of birth": (np.random.default_rng(1).integers(1934, 2010, 500).tolist(), 1934),
    "all years in no order": (np.random.default_rng(2).integers(1930, 2030, 2000).tolist(), 1930),
    "none": ([], 1930),
}


@pytest.mark.parametrize(("years", "first"), RUNS.values(), ids=RUNS.keys())
def test_the_first_year_is_told_by_order_and_gaps(years: Iterable[int], first: int) -> None:
    assert first_year(np.array([year % 100 for year in years], np.int64)) == first


MONTHS = [f"{year}-{month:02d}" for year in range(1949, 1958) for month in range(1, 13)]
FORMS = {
    "SAS": ("%b%y", "years from 1949, %b%y"),
    "year and month": ("%y-%m", "years from 1949, %y-%m"),
    "month and year": ("%m/%y", "years from 1949, %m/%y"),
    "days of America": ("%m/1/%y", "years from 1949, %m/%d/%y"),
    "a name": ("1-%b-%y", "years from 1949, day, name of month and year"),
}


def dated(form: str, months: Iterable[str] = MONTHS) -> list[str]:
    return [np.datetime64(month, "D").astype(object).strftime(form) for month in months]


@pytest.mark.parametrize(("form", "written"), FORMS.values(), ids=FORMS.keys())
def test_historical_dates_are_not_of_the_future(write: Write, form: str, written: str) -> None:
    path = write("a.csv", "date,value\n" + "".join(f"{cell},{row % 7}\n" for row, cell in enumerate(dated(form))))
    with open_table(path) as table:
        assert date_format(table, "date") == written
        stamps = read_stamps(table, "date")
        (remark,) = table.remarks
    np.testing.assert_array_equal(stamps.astype("datetime64[M]"), np.array(MONTHS, "datetime64[M]"))
    assert remark.startswith("'date': years of two digits are taken for 1949 to 1957; if they are others, set ")
    again = peek(path, reading=Reading(first_year=2000))
    assert "taken for 2049 to 2057" in again.remarks[0]
    assert again.columns[0].format == written.replace("1949", "2000")


def test_the_last_rows_tell_the_century_too(write: Write) -> None:
    days = np.arange("1949-01-01", "2006-01-01", dtype="datetime64[D]")[::-1]
    cells = [f"{day.month}/{day.day}/{day.year % 100:02d}" for day in days.astype(object)]
    path = write("a.csv", "date,value\n" + "".join(f"{cell},{row % 7}\n" for row, cell in enumerate(cells)))
    with open_table(path) as table:
        np.testing.assert_array_equal(read_stamps(table, "date"), days.astype("datetime64[us]"))


SCORES = {"scores": "3-2 1-1 12-10 2-04", "sizes": "36-10 38-12 36-11 38-10"}


@pytest.mark.parametrize("cells", SCORES.values(), ids=SCORES.keys())
def test_two_numbers_are_no_month(write: Write, cells: str) -> None:
    path = write("a.csv", "cell,value\n" + "".join(f"{cell},{row}\n" for row, cell in enumerate(cells.split() * 9)))
    assert peek(path).columns[0].type == "text"


@pytest.mark.parametrize("form", ["%b%y", "%y-%m", "%m/%y", "%d.%m.%y"])
def test_the_exported_script_reads_the_same_century(form: str) -> None:
    assert [date[:7] for date in as_iso(dated(form))] == MONTHS
