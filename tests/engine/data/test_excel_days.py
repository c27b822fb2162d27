"""Days that Excel counts are dates between dates that are written out: counted, said, and no other numbers are."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data import peek
from engine.data.tables.dates import find_date_column, read_stamps
from engine.data.tables.inner_rows import leave_out_undated
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write

DAYS = np.arange("2019-11-20", "2020-07-01", dtype="datetime64[D]")
BEGIN, ONE = np.datetime64("1899-12-30"), np.timedelta64(1, "D")
WRITTEN = [day.strftime("%d.%m.%Y") for day in DAYS.astype(object)]
COUNTED = [str(int((day - BEGIN) / ONE)) for day in DAYS]
SHORT = [day.strftime("%d/%m/%y") for day in DAYS.astype(object)]


def table(cells: list[str]) -> str:
    return "date,value\n" + "".join(f"{cell},{row * 7 % 31}\n" for row, cell in enumerate(cells))


def mixed(written: list[str], counted: list[str], every: int, first: int = 0) -> list[str]:
    return [
        c if row >= first and row % every == 1 else w for row, (w, c) in enumerate(zip(written, counted, strict=True))
    ]


MIXED = {
    "some": mixed(WRITTEN, COUNTED, 4),
    "few": mixed(WRITTEN, COUNTED, 90),
    "most": mixed(COUNTED, WRITTEN, 60),
    "two digits of a year": mixed(SHORT, COUNTED, 3),
    "hours": mixed([f"{day} 06:00" for day in WRITTEN], [f"{day}.25" for day in COUNTED], 5),
}


@pytest.mark.parametrize("cells", MIXED.values(), ids=MIXED.keys())
def test_counted_days_are_dates_between_written_ones(write: Write, cells: list[str]) -> None:
    path = write("a.csv", table(cells))
    with open_table(path) as found:
        column = find_date_column(found)
        assert column is not None
        np.testing.assert_array_equal(read_stamps(found, "date").astype("datetime64[D]"), DAYS)
    days = sum(cell.replace(".", "", 1).isdigit() and cell[2] != "." for cell in cells)
    assert f"'date': {days} cells read as dates, days since 1899-12-30" in " ".join(peek(path).remarks)


def test_days_far_down_are_found_too(write: Write) -> None:
    days = np.arange("2015-01-01", "2017-12-31", dtype="datetime64[D]")
    cells = [str(day) if row != 800 else str(int((day - BEGIN) / ONE)) for row, day in enumerate(days)]
    with open_table(write("a.csv", table(cells))) as found:
        leave_out_undated(found, "date")
        np.testing.assert_array_equal(read_stamps(found, "date").astype("datetime64[D]"), days)
        assert any("'date': 1 cell read as dates" in remark for remark in found.remarks)


AMERICAN = [  # what stays of days and months in an American Excel
    str(int((np.datetime64(f"{day:%Y-%d-%m}") - BEGIN).astype(int))) if day.day <= 12 else f"{day:%d/%m/%Y}"
    for day in DAYS.astype(object)
]
OTHERS = {
    "swapped": (AMERICAN, "Excel seems to have taken the day for the month in 84 cells"),
    "far away": (mixed(WRITTEN, ["71234"] * len(DAYS), 4), ""),
    "numbers beside words": (mixed(["sold"] * len(DAYS), COUNTED, 4), ""),
}


@pytest.mark.parametrize(("cells", "said"), OTHERS.values(), ids=OTHERS.keys())
def test_other_numbers_are_no_dates(write: Write, cells: list[str], said: str) -> None:
    found = peek(write("a.csv", table(cells)))
    assert found.columns[0].type != "date"
    assert said in " ".join(found.remarks)
