from __future__ import annotations

from calendar import monthrange

import numpy as np
import pytest

from engine.config import DataConfig
from engine.data import peek
from engine.data.errors import DataError
from engine.data.frequency import Frequency, distinct, find_frequency, stamp_texts
from engine.data.series.series import read_series
from engine.data.tables.dates import find_date_column, read_stamps
from engine.data.tables.opening import open_table
from tests.engine.data.making import Write, beside

DAY, MONTH = np.timedelta64(1, "D"), np.timedelta64(1, "M")
# What a file writes on three rows, the stamps that are meant, and the step.
WRITTEN = {
    "year and month": ("1949-01 1949-02 1949-03", "1949-01 1949-02 1949-03", "monthly"),
    "whole numbers": ("19580329 19580405 19580412", "1958-03-29 1958-04-05 1958-04-12", "weekly"),
    "slashes": ("2012/01/01 2012/01/02 2012/01/03", "2012-01-01 2012-01-02 2012-01-03", "daily"),
    "ISO": ("2012-01-30 2012-01-31 2012-02-01", "2012-01-30 2012-01-31 2012-02-01", "daily"),
    "plain years": ("1700 1701 1702", "1700-01-01 1701-01-01 1702-01-01", "yearly"),
    "year and month run together": ("200011 200012 200101", "2000-11 2000-12 2001-01", "monthly"),
    "points": ("30.12.1999 31.12.1999 01.01.2000", "1999-12-30 1999-12-31 2000-01-01", "daily"),
    "day first": ("30/12/1999 31/12/1999 01/01/2000", "1999-12-30 1999-12-31 2000-01-01", "daily"),
    "month first": ("12/30/1999 12/31/1999 01/01/2000", "1999-12-30 1999-12-31 2000-01-01", "daily"),
    "either first, told by order": ("11/01/2000 12/01/2000 01/01/2001", "2000-11 2000-12 2001-01", "monthly"),
    "with a clock": (
        "2012-01-01T06:00:00 2012-01-01T07:00:00 2012-01-01T08:00:00",
        "2012-01-01T06 2012-01-01T07 2012-01-01T08",
        "hourly",
    ),
    "with a zone": (
        "2012-01-01T00:30:00+02:00 2012-01-01T00:45:00+02:00 2012-01-01T01:00:00+02:00",
        "2011-12-31T22:30 2011-12-31T22:45 2011-12-31T23:00",
        "every 15 minutes",
    ),
    "named months": ("Jan-2000 Feb-2000 Mar-2000", "2000-01 2000-02 2000-03", "monthly"),
    "quarters": ("1999Q3 1999Q4 2000Q1", "1999-07 1999-10 2000-01", "quarterly"),
    "quarters first": ("Q3-1999 Q4-1999 Q1-2000", "1999-07 1999-10 2000-01", "quarterly"),
    "months with an M": ("1999M11 1999M12 2000M01", "1999-11 1999-12 2000-01", "monthly"),
    "ISO weeks over a year of 53": ("2020-W52 2020-W53 2021-W01", "2020-12-21 2020-12-28 2021-01-04", "weekly"),
    "ISO weeks without a dash": ("2019W01 2019W02 2019W03", "2018-12-31 2019-01-07 2019-01-14", "weekly"),
    "seconds since 1970": (
        "1325376000 1325376001 1325376002",
        "2012-01-01T00:00:00 2012-01-01T00:00:01 2012-01-01T00:00:02",
        "every second",
    ),
    "month ends": ("2000-01-31 2000-02-29 2000-03-31", "2000-01-31 2000-02-29 2000-03-31", "monthly"),
}


@pytest.mark.parametrize(("cells", "meant", "step"), WRITTEN.values(), ids=WRITTEN)
def test_dates_are_read_however_they_are_written(write: Write, cells: str, meant: str, step: str) -> None:
    path = write("a.csv", "time,value\n" + "".join(f"{cell},{n}.5\n" for n, cell in enumerate(cells.split())))
    with open_table(path) as table:
        column = find_date_column(table)
        assert column is not None
        assert column.name == "time"
        stamps = read_stamps(table, "time")
    np.testing.assert_array_equal(stamps, np.array(meant.split(), "datetime64[us]"))
    found = find_frequency(stamps)
    assert found is not None
    assert found.name == step


@pytest.mark.parametrize("name", ["t", "v", "n", "y", "c"])
def test_dates_with_gaps_are_read_beside_a_column_of_any_name(write: Write, name: str) -> None:
    rows = "".join(f"{n},{f'{n:02d}.03.2021' if n % 3 else ''},{n}.5\n" for n in range(1, 29))
    found = peek(write("a.csv", f"{name},due,value\n{rows}"), 0)
    assert [(c.type, c.missing) for c in found.columns] == [("number", 0), ("date", 9), ("number", 0)]


@pytest.mark.parametrize("header", ["count,value", "amount,other"])
@pytest.mark.parametrize("cells", ["5,3 2000,1 1999,2", "3,1 9,2 27,3", "0.5,1 1.5,2 2.5,3"])
def test_numbers_are_not_taken_for_dates(write: Write, header: str, cells: str) -> None:
    with open_table(write("a.csv", header + "\n" + cells.replace(" ", "\n") + "\n")) as table:
        assert find_date_column(table) is None


def test_a_cell_that_is_no_date_is_named_with_its_line(write: Write) -> None:
    days = [f"2000-01-{day:02d}" for day in range(1, 29)] * 4
    days[60] = "yesterday"
    with (
        open_table(write("a.csv", "date,value\n" + "".join(f"{d},1\n" for d in days))) as table,
        pytest.raises(DataError, match="line 62, column 'date': 'yesterday' is no date"),
    ):
        read_stamps(table, "date")


_DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("last", "frequency", "following"),
    [
        ("1960-12-01", Frequency(1, True), "1961-01-01 1961-02-01 1961-03-01"),
        ("2000-01-31", Frequency(1, True), "2000-02-29 2000-03-31 2000-04-30"),
        ("2008-01-01", Frequency(12, True), "2009-01-01 2010-01-01 2011-01-01"),
        ("1999-12-31", Frequency(_DAY, False), "2000-01-01 2000-01-02 2000-01-03"),
        ("2023-02-28", Frequency(1, True, ends=True), "2023-03-31 2023-04-30 2023-05-31"),
        ("2023-06-30T12:00", Frequency(3, True, ends=True), "2023-09-30T12 2023-12-31T12 2024-03-31T12"),
        ("2023-02-28", Frequency(1, True), "2023-03-28 2023-04-28 2023-05-28"),
        ("2023-03-09", Frequency(_DAY, False, week="1111100"), "2023-03-10 2023-03-13 2023-03-14"),
        ("2023-03-10T18:00", Frequency(_DAY, False, week="1111100"), "2023-03-13T18 2023-03-14T18 2023-03-15T18"),
        ("2023-03-11", Frequency(_DAY, False, week="1111110"), "2023-03-13 2023-03-14 2023-03-15"),
        ("2000-01-01T23:45", Frequency(900_000_000, False), "2000-01-02T00:00 2000-01-02T00:15 2000-01-02T00:30"),
    ],
)
def test_counting_on_beyond_the_last_stamp(last: str, frequency: Frequency, following: str) -> None:
    found = frequency.after(np.datetime64(last), 3)
    np.testing.assert_array_equal(found, np.array(following.split(), "datetime64[us]"))


@pytest.mark.parametrize(
    ("off", "holidays", "name", "season", "irregular"),
    [
        ((5, 6), (), "every business day", 5, 0),
        ((5, 6), (70, 71), "every business day", 5, 1),
        ((6,), (), "daily but Sunday", 6, 0),
        ((0, 3), (), "daily but Monday and Thursday", 5, 0),
        ((), (70, 71), "daily", 7, 1),
    ],
)
def test_days_of_the_week_that_never_come_are_no_gaps(
    off: tuple[int, ...], holidays: tuple[int, ...], name: str, season: int, irregular: int
) -> None:
    days = [np.datetime64("2023-01-02") + day * DAY for day in range(200) if day % 7 not in off and day not in holidays]
    found = find_frequency(np.array(days, "datetime64[us]"))
    assert found is not None
    assert (found.name, found.season, found.irregular) == (name, season, irregular)
    assert Frequency(**found.to_dict()) == found
    following = found.after(days[100], len(days) - 101)
    if not irregular:
        np.testing.assert_array_equal(following, np.array(days[101:], "datetime64[us]"))


@pytest.mark.parametrize("months", [1, 3])
@pytest.mark.parametrize("last", range(20, 32))
def test_the_ends_of_months_go_on_at_the_ends_of_months(months: int, last: int) -> None:
    months_ended = [(2020 + month // 12, month % 12 + 1) for month in range(months - 1, 40 * months, months)]
    ends = np.array(
        [f"{year}-{month:02d}-{monthrange(year, month)[1]}" for year, month in months_ended], "datetime64[us]"
    )
    found = find_frequency(ends[:last])
    assert found is not None
    assert (found.count, found.months, found.ends) == (months, True, True)
    np.testing.assert_array_equal(found.after(ends[last - 1], 5), ends[last : last + 5])


@pytest.mark.parametrize(
    ("day", "last", "after"),
    [
        ("30", "2023-02-28", "2023-03-30 2023-04-30"),
        ("29", "2023-01-29", "2023-02-28 2023-03-29"),
        ("last working", "2023-04-28", "2023-05-31 2023-06-30"),
        ("first working", "2023-05-01", "2023-06-01 2023-07-01"),
    ],
)
def test_months_go_on_from_days_that_not_all_of_them_have(day: str, last: str, after: str) -> None:
    months = np.arange("2020-01", np.datetime64(last, "M") + MONTH, dtype="datetime64[M]")
    if day == "last working":
        days = np.busday_offset((months + MONTH).astype("datetime64[D]"), -1, roll="forward")
    elif day == "first working":
        days = np.busday_offset(months.astype("datetime64[D]"), 0, roll="forward")
    else:
        days = np.array(
            [
                min(m.astype("datetime64[D]") + (int(day) - 1) * DAY, (m + MONTH).astype("datetime64[D]") - DAY)
                for m in months
            ]
        )
    assert str(days[-1]) == last
    found = find_frequency(days.astype("datetime64[us]"))
    assert found is not None
    assert (found.name, found.season, found.irregular) == ("monthly", 12, 0)
    np.testing.assert_array_equal(found.after(days[-1], 2), np.array(after.split(), "datetime64[us]"))
    from engine.export.numpy_dates import next_dates

    assert next_dates(last, found.to_dict(), 2) == after.split()


def test_days_here_and_there_in_a_month_are_no_months() -> None:
    days = [f"2020-{month:02d}-{5 + month * 7 % 11:02d}" for month in range(1, 13)]
    assert find_frequency(np.array(days, "datetime64[us]")) is None


@pytest.mark.parametrize("days", [[], [3], [3, 1, 3, 2, 1, 1]])
def test_each_stamp_comes_once_and_they_rise(days: list[int]) -> None:
    stamps = np.array(days, "datetime64[us]")
    np.testing.assert_array_equal(distinct(stamps), np.unique(stamps))


STEADY = {
    "hours": np.datetime64("2023-03-24", "us") + np.arange(60) * np.timedelta64(1, "h"),
    "days": np.arange("2023-03-01", "2023-05-01", dtype="datetime64[D]").astype("datetime64[us]"),
    "business days": np.array([d for d in np.arange("2023-01-02", "2023-04-01", dtype="datetime64[D]")
                               if np.is_busday(d)], "datetime64[us]"),
    "months": np.arange("2018-01", "2023-01", dtype="datetime64[M]").astype("datetime64[us]"),
    "ends of months": np.arange("2018-02", "2023-02", dtype="datetime64[M]").astype("datetime64[us]")
                      - np.timedelta64(1, "D"),
}  # fmt: skip


@pytest.mark.parametrize("kind", STEADY)
def test_dates_that_are_left_out_are_put_in_without_values(write: Write, kind: str) -> None:
    """As if they stood in the file with nothing behind them."""
    stamps = [str(stamp).replace("T", " ") for stamp in STEADY[kind]]
    gone = (7, 20, 21, 22, 40)
    text = {at: f"{stamp},{100 + at % 9}" for at, stamp in enumerate(stamps)}
    left_out = write("a.csv", "\n".join(["date,value", *(line for at, line in text.items() if at not in gone)]))
    for at in gone:
        text[at] = f"{stamps[at]},"
    empty = write("b.csv", "\n".join(["date,value", *text.values()]))
    settings = DataConfig(time_column="date", targets=("value",))
    found, wanted = read_series(left_out, settings), read_series(empty, settings)
    np.testing.assert_array_equal(found.values, wanted.values)
    assert found.stamps is not None
    np.testing.assert_array_equal(found.stamps, STEADY[kind])
    assert any("5 dates left out of the file in 3 gaps, put in without values" in note for note in found.notes)
    assert not any("irregular" in note for note in found.notes)


def test_rows_with_a_rhythm_of_their_own_are_left_as_they_are(write: Write) -> None:
    hours = [hour for hour in STEADY["hours"] if 8 <= hour.astype("datetime64[h]").astype(int) % 24 < 18]
    rows = "\n".join(f"{str(hour).replace('T', ' ')},{n % 5}" for n, hour in enumerate(hours))
    found = read_series(write("a.csv", f"date,value\n{rows}"), DataConfig(time_column="date", targets=("value",)))
    assert len(found.values) == len(hours)
    assert any("irregular, taken as even" in note for note in found.notes)


def test_irregular_steps_are_counted_and_lawless_ones_have_no_frequency() -> None:
    days = np.array(["2000-01-01", "2000-01-02", "2000-01-03", "2000-01-06", "2000-01-07"], "datetime64[us]")
    found = find_frequency(days)
    assert found is not None
    assert (found.name, found.irregular) == ("daily", 1)
    assert find_frequency(np.array(["2000-01-01", "2000-01-02", "2000-01-09", "2000-02-20"], "datetime64[us]")) is None


@pytest.mark.parametrize(
    ("stamps", "shown"),
    [
        ("1949-01 1949-02", "1949-01 1949-02"),
        ("1700 1701", "1700 1701"),
        ("2012-01-01 2012-01-02", "2012-01-01 2012-01-02"),
    ],
)
def test_stamps_are_shown_no_longer_than_needed(stamps: str, shown: str) -> None:
    assert stamp_texts(np.array(stamps.split(), "datetime64[us]")) == tuple(shown.split())


COUNTED = {
    "quarterly": [[form.format(y=1990 + n // 4, q=n % 4 + 1) for n in range(40)]
                  for form in ("{y}Q{q}", "{y}-Q{q}", "{y} q{q}", "Q{q} {y}", "Q{q}/{y}")],
    "weekly": [[form.format(y=2020, w=n) for n in range(1, 53)]
               for form in ("{y}-W{w:02d}", "{y}W{w:02d}", "{y}-W{w:02d}-1", "{y}W{w:02d}7")],
    "monthly": [[f"{1990 + n // 12}M{n % 12 + 1:02d}" for n in range(40)]],
    "hourly": [[str((1_600_000_000 + 3600 * n) * unit) for n in range(40)] for unit in (1, 1000, 10**6, 10**9)],
}  # fmt: skip


@pytest.mark.parametrize("step", COUNTED)
def test_periods_and_counts_since_1970_are_dates(write: Write, step: str) -> None:
    with open_table(write("a.csv", beside(COUNTED[step]))) as table:
        for name, cells in zip(table.names, COUNTED[step], strict=False):
            assert (found := find_frequency(read_stamps(table, name))), cells[0]
            assert found.name == step, cells[0]


@pytest.mark.parametrize("name", ["ts", "time", "epoch", "timestamp"])
def test_a_count_since_1970_is_told_by_its_name(write: Write, name: str) -> None:
    found = peek(write("a.csv", f"v,{name}\n" + "".join(f"{n % 7},{10**9 + 3600 * n}\n" for n in range(40))), 1)
    assert (found.columns[1].role, found.frequency) == ("time", "hourly")


def test_what_only_looks_like_a_period_is_text(write: Write) -> None:
    cells = ["1990Q5", "1990W54", "W61-1990", "Q1", "FY 1x", "Mayday 5", "x 12 y", "5 of 9"]
    found = peek(write("a.csv", beside([[cell] * 30 for cell in cells])), 1)
    assert [column.type for column in found.columns] == [*["text"] * len(cells), "number"]
