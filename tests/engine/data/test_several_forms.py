"""Dates that one column holds in several forms: read where they are clear, and otherwise said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from engine.data import DataError, peek, suggest
from engine.data.tables.dates import date_format, find_date_column, read_stamps
from engine.data.tables.inner_rows import leave_out_undated
from engine.data.tables.opening import open_table
from engine.data.tables.tables import Table
from tests.engine.data.making import Write

FIRST, ROWS = datetime(2023, 1, 1), 120
FORMS: dict[str, Callable[[int], str]] = {
    "two parts": lambda at: "%Y-%m-%d" if at < 70 else "%d.%m.%Y",
    "in turn": lambda at: ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y")[at % 3],
    "without seconds now and then": lambda at: "%d/%m/%Y %H:%M:%S" if at % 5 else "%d/%m/%Y %H:%M",
    "without a clock at midnight": lambda at: "%d.%m.%Y %H:%M" if at % 4 else "%d.%m.%Y",
    "short years": lambda at: "%d.%m.%Y" if at % 3 else "%d.%m.%y",
    "one of another form": lambda at: "%Y-%m-%d" if at == 50 else "%m/%d/%Y",
    "one of a short year": lambda at: "%d.%m.%y" if at == 50 else "%d.%m.%Y",
}


def _file(write: Write, cells: list[str], name: str = "a.csv") -> Path:
    return write(name, "date;v\n" + "".join(f"{cell};{at % 7}.5\n" for at, cell in enumerate(cells)))


@pytest.mark.parametrize("form", FORMS)
def test_dates_of_several_forms_are_all_read(write: Write, form: str) -> None:
    step = timedelta(hours=6) if "clock" in form or "seconds" in form else timedelta(1)
    times = [FIRST + at * step for at in range(ROWS)]
    path = _file(write, [f"{time:{FORMS[form](at)}}" for at, time in enumerate(times)])
    found = peek(path)
    assert (found.rows, found.column("time"), found.frequency) == (
        ROWS,
        "date",
        "daily" if step == timedelta(1) else "every 6 hours",
    )
    with open_table(path) as table:
        leave_out_undated(table, "date")
        np.testing.assert_array_equal(read_stamps(table, "date"), np.array(times, "datetime64[us]"))
        assert " or " in date_format(table, "date")


@pytest.mark.parametrize("cells", [1, 40])
def test_a_form_that_comes_far_below_is_read(write: Write, cells: int) -> None:
    times = [FIRST + at * timedelta(1) for at in range(700)]
    path = _file(write, [f"{time:{'%d.%m.%Y' if at >= 700 - cells else '%Y-%m-%d'}}" for at, time in enumerate(times)])
    assert (peek(path).frequency, peek(path).columns[0].format) == ("daily", "%Y-%m-%d or %d.%m.%Y")
    assert any("%Y-%m-%d or %d.%m.%Y" in note for note in suggest(path).notes)


def test_dates_that_may_be_read_in_two_ways_are_no_dates_and_said(write: Write) -> None:
    forms = ["%m/%d/%Y" if at < 60 else "%d/%m/%Y" for at in range(ROWS)]
    path = _file(write, [f"{FIRST + at * timedelta(1):{form}}" for at, form in enumerate(forms)])
    with open_table(path) as table:
        assert find_date_column(table) is None
        assert [remark for remark in table.remarks if "two ways" in remark and "'01/02/2023'" in remark]


def test_rows_are_kept_where_dates_further_down_contradict_those_above(write: Write) -> None:
    forms = ["%m/%d/%Y" if at < 680 else "%d/%m/%Y" for at in range(700)]
    path = _file(write, [f"{FIRST + at * timedelta(1):{form}}" for at, form in enumerate(forms)])
    assert peek(path).rows == 700
    with pytest.raises(DataError, match=r"'\d+/\d+/202\d' is no date of the form %m/%d/%Y \(\d+ such cells\)"):
        suggest(path)


def test_cells_that_are_no_dates_cost_their_rows_which_are_named(write: Write) -> None:
    cells = [f"{FIRST + at * timedelta(1):%Y-%m-%d}" for at in range(ROWS)]
    cells[50], cells[60], cells[99] = "2023-02-30", "", "unknown"
    path = _file(write, cells)
    path.write_text(path.read_text().replace("date;v\n", "date;v\nday;°C\n"))  # a row of units above
    found = peek(path)
    assert (found.rows, found.frequency) == (ROWS - 3, "daily")
    odd = "no date of the form %Y-%m-%d in 'date'"
    assert [(row.line, row.reason) for row in found.rejected[1:]] == [
        (53, odd), (63, "nothing in 'date', which is the time"), (102, odd),
    ]  # fmt: skip


def test_what_is_nearly_a_column_of_dates_is_said(write: Write) -> None:
    cells = [f"{FIRST + at * timedelta(1):%Y-%m-%d}" if at % 4 else f"day {at}" for at in range(ROWS)]
    found = peek(_file(write, cells))
    assert found.columns[0].type == "text"
    assert [remark for remark in found.remarks if "30 cells of 120 cannot be read so ('day 0')" in remark]


def test_rows_without_a_date_are_looked_for_once(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = [f"{FIRST + at * timedelta(1):%Y-%m-%d}" for at in range(ROWS)]
    with open_table(_file(write, cells)) as table:
        leave_out_undated(table, "date")
        asked = Mock()
        monkeypatch.setattr(Table, "one", asked)
        leave_out_undated(table, "date")
        asked.assert_not_called()
