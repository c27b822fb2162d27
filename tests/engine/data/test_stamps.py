"""Times as programs and people in many places write them, in one column or several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from engine.data import load, peek, suggest
from engine.data.frequency import find_frequency
from engine.data.notation.months import MONTHS, month_of
from engine.data.tables.dates import find_date_column, read_stamps
from engine.data.tables.opening import open_table
from engine.data.understanding import understand
from tests.engine.data.making import Write, beside

FIRST = datetime(2023, 3, 1)
STEPS = {"daily": timedelta(1), "hourly": timedelta(hours=1), "every 6 hours": timedelta(hours=6)}
WRITTEN = {
    "daily": (
        "%d-%b-%y", "%a, %d %b %Y", "%Y年%m月%d日", "%Y년 %m월 %d일", "%a, %d %b %Y %H:%M:%S +0000", "%d. März %Y",
        "%d mars %Y", "%d de marzo de %Y", "%d. Mrz %Y", "%d mrt %Y", "%d марта %Y", "%d Mart %Y", "%d Μαρτίου %Y",
        "%y-%m-%d", "%d-%m-%y", "%d/%b/%Y", "%A, %B %d, %Y",
    ),
    "hourly": (
        "%Y%m%dT%H%M", "%Y%m%dT%H%M%S", "%Y%m%d:%H%M", "%m/%d/%Y %I:%M%p", "%d-%b-%Y %H:%M", "%Y-%m-%d %H:%M:%S +0000",
        "%d/%b/%Y:%H:%M:%S +0000", "%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%Y%m%dT%H%M%SZ", "%d.%m.%Y %H.%M",
        "%Y-%m-%d %H:%M:%S,000", "%a, %d %b %Y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y", "%d/%b/%y %I:%M %p",
        "%d-%b-%y %I.%M.%S.000000 %p",
    ),
}  # fmt: skip
ROWS = 28


@pytest.mark.parametrize("step", WRITTEN)
def test_times_are_read_however_they_are_written(write: Write, step: str) -> None:
    times = [FIRST + n * STEPS[step] for n in range(ROWS)]
    _are_read(write, {form: [f"{time:{form}}" for time in times] for form in WRITTEN[step]}, times)


@pytest.mark.parametrize("form", ["%Y%m%d%H", "%Y%m%d%H%M", "%Y%m%d%H%M%S", "%d. März %Y %H:%M"])
def test_the_first_column_is_the_time_whatever_it_is_called(write: Write, form: str) -> None:
    times = [FIRST + n * STEPS["hourly"] for n in range(ROWS)]
    path = write("a.csv", "when;v\n" + "".join(f"{time:{form}};{n % 5}.5\n" for n, time in enumerate(times)))
    found = peek(path, 1)
    assert ([column.role for column in found.columns], found.frequency) == (["time", "target"], "hourly")
    data = suggest(path).experiment.data
    assert (data.kind, data.time_column, data.targets) == ("series", "when", ("v",))


def _are_read(write: Write, cells: dict[str, list[str]], times: list[datetime]) -> None:
    """Times written in several forms, a column each, are read as they are meant."""
    with open_table(write("a.csv", beside(list(cells.values())))) as table:
        for name, form in zip(table.names, cells, strict=False):
            np.testing.assert_array_equal(read_stamps(table, name), np.array(times, "datetime64[us]"), form)
        found = find_date_column(table)
        assert found is not None
        assert found.name == table.names[0]


def _ordinal(day: int) -> str:
    return f"{day}{'th' if 10 < day < 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _twelve(time: datetime) -> str:
    return f"{time.hour % 12 or 12}"


WORDED: dict[str, dict[str, Callable[[datetime], str]]] = {
    "daily": {
        "ordinals": lambda t: f"{_ordinal(t.day)} {t:%B %Y}",
        "ordinals behind the month": lambda t: f"{t:%B} {_ordinal(t.day)}, {t:%Y}",
        "ordinals of": lambda t: f"{_ordinal(t.day)} of {t:%B %Y}",
        "days of the week": lambda t: f"{t:%A}, {t.day} {t:%B %Y}",
        "days of the week cut short": lambda t: f"{t:%a} {t.day} {t:%b %Y}",
        "the month first": lambda t: f"{t:%b %d %Y}",
        "days of the week behind": lambda t: f"{t:%Y/%m/%d}({t:%a})",
        "blanks": lambda t: f"{t.year} {t.month:2d} {t.day:2d}",
        "points and blanks": lambda t: f"{t.year}. {t.month}. {t.day}.",
        "from when to when": lambda t: f"{t:%d.%m.%Y} - {t + timedelta(1):%d.%m.%Y}",
        "the year first": lambda t: f"{t.year}. {t:%B} {t.day}.",
        "the year first, with hyphens": lambda t: f"{t:%Y-%b-%d}",
        "years of Buddha": lambda t: f"{t:%d/%m/}{t.year + 543}",
        "an era of Japan": lambda t: f"令和{t.year - 2018}年{t.month}月{t.day}日",
        "an era of Japan cut short": lambda t: f"R{t.year - 2018}.{t.month}.{t.day}",
        "years of Taiwan": lambda t: f"{t.year - 1911}/{t:%m/%d}",
        "what it is for": lambda t: f"week ending {t:%d/%m/%Y}",
    },
    "hourly": {
        "a.m. and p.m.": lambda t: f"{t.day}/{t.month}/{t.year} {_twelve(t)}:00 {'ap'[t.hour > 11]}.m.",
        "a. m. and p. m.": lambda t: f"{t.day}/{t.month}/{t.year} {_twelve(t)}:00 {'ap'[t.hour > 11]}. m.",
        "am and pm in Greek": lambda t: f"{t.day}/{t.month}/{t.year} {_twelve(t)}:00 {'πμ'[t.hour > 11]}.μ.",
        "hours alone": lambda t: f"{t.month}/{t.day}/{t.year} {_twelve(t)} {t:%p}",
        "hours alone beside": lambda t: f"{t:%Y-%m-%d} {_twelve(t)}{t:%p}".lower(),
        "hours alone with points": lambda t: f"{t:%Y-%m-%d} {_twelve(t)} {'ap'[t.hour > 11]}.m.",
        "names of months": lambda t: f"{t:%b %d, %Y, %H:%M}",
        "names of months, am and pm": lambda t: f"{t:%b %d, %Y %I:%M %p}",
        "names in German": lambda t: f"{t.day}. März {t:%Y %H:%M} Uhr",
        "hours in French": lambda t: f"{t:%d/%m/%Y %Hh%M}",
        "Unix": lambda t: f"{t:%a %b %d %H:%M:%S} UTC {t.year}",
        "browsers": lambda t: f"{t:%a %b %d %Y %H:%M:%S} GMT+0100 (Central European Standard Time)",
        "Oracle": lambda t: f"{t:%d-%b-%y %I.%M.%S %p}",
        "hyphens": lambda t: f"{t:%Y-%m-%d-%H-%M-%S}",
        "colons": lambda t: f"{t:%Y:%m:%d %H:%M:%S}",
        "an underline": lambda t: f"{t:%Y-%m-%d_%H:%M:%S}",
        "hours in Japanese": lambda t: f"{t.year}年{t.month}月{t.day}日{t.hour}時",
        "a day of 24 hours": lambda t: f"{t - timedelta(hours=1):%d.%m.%Y} {(t.hour - 1) % 24 + 1:02d}:00",
        "from when to when": lambda t: f"{t:%d.%m.%Y %H:%M} - {t + timedelta(hours=1):%d.%m.%Y %H:%M}",
        "from hour to hour": lambda t: f"{t:%Y-%m-%d %H:%M}-{t + timedelta(hours=1):%H:%M}",
        "a zone in brackets": lambda t: f"{t:%Y-%m-%dT%H:%M:%S}Z[UTC]",
    },
}


@pytest.mark.parametrize("step", WORDED)
def test_times_are_read_among_words(write: Write, step: str) -> None:
    times = [FIRST + n * STEPS[step] for n in range(ROWS)]
    _are_read(write, {form: list(map(say, times)) for form, say in WORDED[step].items()}, times)


@pytest.mark.parametrize("word", ["Invoice", "Room", "Total", "Sample"])
def test_a_word_before_a_number_makes_it_no_date(write: Write, word: str) -> None:
    path = write("a.csv", "what;v\n" + "".join(f"{word} {2000 + n};{n % 5}.5\n" for n in range(ROWS)))
    assert peek(path, 1).columns[0].type == "text"


PERIODS = {
    "quarterly": (
        "{q}Q{y}", "{q}Q{s:02d}", "Q{q}'{s:02d}", "{y}:{q}", "{y}-{q}", "FY{y} Q{q}", "Q{q} FY{y}",
        "{first}-{last} {y}", "{y} {first}-{last}", "{y}{q}", "{y}.{q}",
    ),
    "monthly": ("{first}-{last} {end}", "{y}.{m}", "{y}.{m:02d}", "{tenths}"),
    "every 6 months": ("H{h} {y}", "{y}H{h}", "{y}-S{h}"),
    "weekly": (
        "{y}W{w}", "{y}W{w:02d}", "W{w:02d}/{y}", "KW {w} {y}", "{y} Week {w}", "Week {w}, {y}", "{y}-{w:02d}",
        "{y}.{w}", "{y}{w:02d}",
    ),
    "yearly": ("{y}/{next}", "{y}-{next}", "FY{s:02d}"),
}  # fmt: skip
MONTHS_EACH = {"quarterly": 3, "monthly": 1, "every 6 months": 6, "yearly": 12}


def _period(step: str, n: int) -> dict[str, object]:
    """What may be said of a period, the n-th since the beginning of 1999."""
    if step == "weekly":
        year, week, _ = (datetime(1999, 1, 4) + timedelta(weeks=n)).isocalendar()
        return {"y": year, "w": week}
    months = n * MONTHS_EACH[step]
    year, month = 1999 + months // 12, months % 12
    first, last = (f"{datetime(1999, at % 12 + 1, 1):%b}" for at in (month, month + 2))
    short: dict[str, object] = {"y": year, "s": year % 100, "next": year + 1, "end": year + (month + 2) // 12}
    tenths = f"{year}.{month + 1:02d}".removesuffix("0")
    return (
        short
        | {"m": month + 1, "tenths": tenths}
        | {"q": month // 3 + 1, "h": month // 6 + 1, "first": first, "last": last}
    )


@pytest.mark.parametrize("step", PERIODS)
def test_periods_are_dated_by_their_beginning(write: Write, step: str) -> None:
    cells = [[form.format(**_period(step, n)) for n in range(44)] for form in PERIODS[step]]
    path = write("a.csv", beside(cells))
    found = peek(path, 1)
    assert (found.columns[0].role, found.frequency) == ("time", step)
    with open_table(path) as table:
        for name, form in zip(table.names, PERIODS[step], strict=False):
            stamps = read_stamps(table, name)
            assert stamps[0] == np.datetime64("1999-01-04" if step == "weekly" else "1999-01-01"), form
            assert (frequency := find_frequency(stamps)), form
            assert frequency.name == step, form


@pytest.mark.parametrize(("per_year", "step"), [(12, "monthly"), (4, "quarterly")])
@pytest.mark.parametrize("shift", [0, 0.5])
def test_a_year_may_have_decimals(write: Write, per_year: int, step: str, shift: float) -> None:
    rows = "".join(f"{1990 + (n + shift * per_year / 12) / per_year:.3f},{n % 7}.5\n" for n in range(60))
    found = peek(write("a.csv", f"decimal year,v\n{rows}"), 1)
    assert (found.columns[0].role, found.frequency) == ("time", step)
    assert peek(write("b.csv", f"length,v\n{rows}"), 1).columns[0].type == "number"


@pytest.mark.parametrize(
    ("name", "factor", "shift"),
    [("Date", 1 / 86_400, 25_569), ("Datum", 1 / 86_400, 25_569), ("timestamp", 1, 0.25), ("ts", 1000, 0)],
)
@pytest.mark.parametrize("step", STEPS)
def test_a_time_may_be_counted(write: Write, step: str, name: str, factor: float, shift: float) -> None:
    seconds = [(FIRST - datetime(1970, 1, 1) + n * STEPS[step]).total_seconds() for n in range(ROWS)]
    path = write("a.csv", f"{name},v\n" + "".join(f"{x * factor + shift:.9f},{n % 5}\n" for n, x in enumerate(seconds)))
    found = peek(path, 1)
    assert (found.columns[0].type, found.columns[0].role, found.frequency) == ("date", "time", step)
    with open_table(path) as table:
        first = read_stamps(table, name)[0]
    assert abs(first - np.datetime64(FIRST)) < np.timedelta64(1, "s")


@pytest.mark.parametrize("form", ["%m/%d/%y", "%d.%m.%y", "%y-%m-%d", "%d-%b-%y"])
def test_two_digits_of_a_year_are_none_of_the_future(write: Write, form: str) -> None:
    days = [datetime(1960, 1, 5) + timedelta(200 * n) for n in range(40)]
    with open_table(write("a.csv", "date,v\n" + "".join(f"{day:{form}},1\n" for day in days))) as table:
        np.testing.assert_array_equal(read_stamps(table, "date"), np.array(days, "datetime64[us]"))


def test_the_day_of_the_year_behind_the_year_is_a_date_under_the_name_of_one(write: Write) -> None:
    days = [FIRST + timedelta(n) for n in range(ROWS)]
    rows = "".join(f"{day:%Y%j},{n % 5}\n" for n, day in enumerate(days))
    assert [peek(write("a.csv", f"{name},v\n{rows}"), 1).columns[0].format for name in ("date", "id")] == ["%Y%j", ""]


@pytest.mark.parametrize(("name", "first"), [("time", 16_000), ("elapsed", 44_927), ("day number", 3)])
def test_what_is_measured_in_steps_is_no_date(write: Write, name: str, first: int) -> None:
    found = peek(write("a.csv", f"{name},v\n" + "".join(f"{first + n},{n % 5}\n" for n in range(ROWS))), 1)
    assert found.columns[0].type == "number"


def test_quarters_of_other_languages(write: Write) -> None:
    forms = ("{q}. Quartal {y}", "{q} trimestre {y}", "T{q} {y}", "{y}-T{q}", "{y} Q{q}")
    cells = [[form.format(y=2000 + n // 4, q=n % 4 + 1) for n in range(ROWS)] for form in forms]
    _are_evenly(write, cells, "quarterly")


def test_months_have_names_in_many_languages(write: Write) -> None:
    languages = [
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
        "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
        "Ιαν Φεβ Μαρ Απρ Μαϊ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ",
    ]
    for names in languages:
        assert [month_of(name) for name in names.split()] == list(range(1, 13))
    cells = [[f"{names.split()[n % 12]} {2000 + n // 12}" for n in range(ROWS)] for names in languages]
    _are_evenly(write, cells, "monthly")


def _are_evenly(write: Write, cells: list[list[str]], step: str) -> None:
    """Columns of times are read, and go on so."""
    with open_table(write("a.csv", beside(cells))) as table:
        for name, own in zip(table.names, cells, strict=False):
            assert (frequency := find_frequency(read_stamps(table, name))), own[0]
            assert (frequency.name, frequency.irregular) == (step, 0), own[0]


@pytest.mark.parametrize("word", ["", "x", "ma", "jui", "monday", "total"])
def test_other_words_are_no_months(word: str) -> None:
    assert month_of(word) == 0
    assert len(MONTHS) > 100


def _at(n: int) -> datetime:
    return datetime(2019, 12, 30) + timedelta(hours=6 * n)


JOINED = {
    "year and month": ("Year,Month,v", [f"{1999 + n // 12},{n % 12 + 1}" for n in range(60)], "Year Month", "monthly"),
    "names of months": ("Jahr,Monat,v", [f"2000,{m}" for m in ("Jan", "Feb", "Mär", "Apr")], "Jahr Monat", "monthly"),
    "down to hours": (
        "no,YEAR,MO,DY,HR,v",
        [f"{n},{_at(n).year},{_at(n).month},{_at(n).day},{_at(n).hour}" for n in range(60)],
        "YEAR MO DY HR",
        "every 6 hours",
    ),
    "a day of the year": ("year,doy,v", [f"{2019 + n // 365},{n % 365 + 1}" for n in range(400)], "year doy", "daily"),
    "a date and a clock": (
        "Datum,Zeit,v", [f"{_at(n):%d.%m.%Y,%H:%M}" for n in range(60)], "Datum Zeit", "every 6 hours",
    ),
    "a clock with points": (
        "Date,Time,v", [f"{_at(n):%d/%m/%Y,%H.%M.%S}" for n in range(60)], "Date Time",
        "every 6 hours",
    ),
    "quarters": ("year,quarter,v", [f"{1999 + n // 4},{n % 4 + 1}" for n in range(60)], "year quarter", "quarterly"),
    "named quarters": ("Year,Qtr,v", [f"{1999 + n // 4},Q{n % 4 + 1}" for n in range(60)], "Year Qtr", "quarterly"),
    "weeks": (
        "Jahr,KW,v", [f"{(_at(0) + timedelta(weeks=n)):%G,%V}" for n in range(120)], "Jahr KW", "weekly",
    ),
    "hours in numbers": ("on,hr,v", [f"{_at(n):%d/%m/%Y},{_at(n).hour}" for n in range(60)], "on hr", "every 6 hours"),
    "clocks in numbers": (
        "<DATE>,<TIME>,v", [f"{_at(n):%Y%m%d,%H%M%S}" for n in range(60)], "<DATE> <TIME>", "every 6 hours",
    ),
    "a clock of twelve hours": (
        "on,from,to,v", [f"{_at(n):%m/%d/%Y,%I:%M %p},{_at(n + 1):%I:%M %p}" for n in range(60)], "on from",
        "every 6 hours",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("header", "rows", "name", "step"), JOINED.values(), ids=JOINED)
def test_a_time_in_several_columns_is_put_together(
    write: Write, header: str, rows: list[str], name: str, step: str
) -> None:
    path = write("a.csv", header + "\n" + "".join(f"{row},{n * 7 % 5}.5\n" for n, row in enumerate(rows)))
    understood = understand(path, {})
    found, suggestion = understood.inspection, understood.suggestion
    assert (found.column("time"), found.column("target"), found.frequency) == (name, "v", step)
    assert any(note.startswith(f"{name!r} is put together of") for note in found.notes)
    assert suggestion is not None
    data = suggestion.experiment.data
    assert (data.kind, data.time_column, data.sequence_column) == ("series", name, ())


def test_a_time_in_the_first_columns_needs_no_names(write: Write) -> None:
    hours = [datetime(2019, 12, 30) + timedelta(hours=n) for n in range(200)]
    rows = "".join(f"{hour:%Y %m %d %H}  {n * 7 % 5:4d}  {n % 3:4d}\n" for n, hour in enumerate(hours))
    found = peek(write("isd_lite", rows), 1)
    assert (found.column("time"), found.frequency) == ("column0 column1 column2 column3", "hourly")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("date,year,month,v", "2020-01-{n:02d},2020,1"),
        ("stamp,date,clock,v", "2020-01-{n:02d} 10:00,2020-01-{n:02d},11:00"),
        ("date,sunrise,v", "2020-01-{n:02d},07:{n:02d}"),
        ("year,month,v", "2020,13"),
        ("year,count,v", "2020,{n}"),
    ],
)
def test_a_time_that_is_told_alone_is_not_put_together(write: Write, header: str, row: str) -> None:
    path = write("a.csv", header + "\n" + "".join(f"{row.format(n=n)},{n % 5}\n" for n in range(1, ROWS)))
    assert len(peek(path, 1).columns) == len(header.split(","))


def test_the_hour_that_comes_twice_stays_in_the_order_of_the_file(write: Write) -> None:
    """A meter in local time, over the end of summer time: sorted by its stamps, two hours would be mixed."""
    zone, utc = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
    times = [datetime(2023, 10, 28, tzinfo=utc) + n * timedelta(minutes=15) for n in range(300)]
    path = write(
        "a.csv", "when;kWh\n" + "".join(f"{t.astimezone(zone):%d.%m.%Y %H:%M};{n},5\n" for n, t in enumerate(times))
    )
    suggestion = suggest(path)
    dataset = load(suggestion.experiment.replace({"data.transform": "none"}))
    assert any("the clock is set back at 2023-10-29 02:00" in note for note in dataset.notes())
    assert peek(path, 1).frequency == "every 15 minutes"
    batch = next(iter(dataset.batches("train", 1)))
    steps = np.diff(batch.inputs[:, 0, 0])
    assert np.allclose(steps, steps[0])


@pytest.mark.parametrize(("zone", "day"), [("Europe/Berlin", "2023-03-25"), ("America/New_York", "2023-03-11")])
@pytest.mark.parametrize("minutes", [15, 60])
def test_the_hour_that_never_was_is_no_gap(write: Write, zone: str, day: str, minutes: int) -> None:
    first = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("UTC"))
    times = [(first + n * timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)) for n in range(300)]
    rows = [f"{time:%Y-%m-%d %H:%M},{n}" for n, time in enumerate(times)]
    lost = [row for n, row in enumerate(rows) if not 200 <= n < 204]
    for kept, left_out in ((rows, 0), (lost, 4)):
        path = write("a.csv", "when,v\n" + "\n".join(kept) + "\n")
        notes = " ".join(load(suggest(path).experiment).notes())
        assert (f"{left_out} dates left out" in notes) == bool(left_out)
        assert ("put in without values" in notes) == bool(left_out)


def test_a_second_that_was_put_in_is_the_first_of_the_next_minute(write: Write) -> None:
    seconds = ["2016-12-31 23:59:58", "2016-12-31 23:59:59", "2016-12-31 23:59:60"] + [
        f"2017-01-01 00:{n // 60:02d}:{n % 60:02d}" for n in range(120)
    ]
    with open_table(write("a.csv", beside([seconds]))) as table:
        steps = np.diff(read_stamps(table, "timea")).astype(int)
    assert [*steps[:3]] == [10**6, 10**6, 0]


@pytest.mark.parametrize("form", ["{:.1f}", "{:.2f}"])
def test_a_number_that_rises_by_parts_is_no_year(write: Write, form: str) -> None:
    path = write("a.csv", "price,v\n" + "".join(f"{form.format(2005 + n / 10)},{n % 7}\n" for n in range(60)))
    assert peek(path, 1).columns[0].type == "number"


def test_rows_that_were_mixed_up_are_sorted(write: Write) -> None:
    cells = [f"2020-01-01 {n // 4:02d}:{n % 4 * 15:02d}" for n in range(80)]
    cells[10], cells[40] = cells[40], cells[10]
    path = write("a.csv", "when,v\n" + "".join(f"{cell},{n}\n" for n, cell in enumerate(cells)))
    assert any("have been sorted" in note for note in load(suggest(path).experiment).notes())
