"""Columns of numbers that are times: years, 20210105, weeks, counts since 1970, days of Excel."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.notation.eras import ERA
from engine.data.notation.named_dates import POINTED_MONTH, POINTED_QUARTER, POINTED_WEEK, RUN_QUARTER, RUN_WEEK, TENTHS
from engine.data.notation.stamps import COUNTED, DECIMAL_YEAR, DIGITS_ONLY, EXCEL, stamp_sql
from engine.data.tables.tables import Table

LOOK = 500  # rows that decide on a format
_DATE_WORDS = (
    "date", "datum", "day", "fecha", "data", "日", "дата", "dátum", "tarih", "تاريخ", "تاریخ", "วันที่", "날짜",
)  # fmt: skip
_TIME_WORDS = (
    *_DATE_WORDS, "time", "year", "yyyy", "month", "week", "stamp", "jahr", "period", "quarter", "год", "ปี", "年", "月",
)  # fmt: skip
_CLOCK_WORDS, _SERIES = ("time", "stamp", "year", "jahr", "period"), 6  # rows that each of several series has at least
_TIME_NAMES = ("ts", "epoch")
_WEEK_NAMES = ("week", "wk", "kw", "woche", "semana", "semaine", "settimana", "epiweek", "yearweek", "周", "週")
_YEAR, _YEARS, _EVEN = "year", (1500, 2200), 0.05  # share by which a month of some years may be longer than a twelfth
_PARTS = {4: (POINTED_QUARTER, RUN_QUARTER), 12: (POINTED_MONTH, ""), 53: (POINTED_WEEK, RUN_WEEK)}  # of a year
_MOSTLY = 0.8  # share of steps to the next part of a year
_FEWEST = 5  # cells that tell parts of years
_MINUTE, _ROUNDED = 60, 1e-2  # seconds, of which days of Excel are made, as far as decimals go


def telling(name: str) -> bool:
    """Whether a name says that a column is a time."""
    return name.lower() in _TIME_NAMES or any(word in name.lower() for word in _TIME_WORDS)


def whole_number_format(table: Table, name: str, text: str) -> str:
    """Years, 19580329 and seconds since 1970 look like any other number; be strict."""
    numbers = _values(table, text, "BIGINT")
    if len(numbers) < 2:
        return ""
    low, high, named = int(numbers.min()), int(numbers.max()), telling(name)
    steps, first = np.diff(numbers), table.column(name) == 0
    again = _begins_again(steps, name)
    runs = _runs(steps, named) or again
    if (named or first) and _week_or_quarter(name, numbers):
        return _week_or_quarter(name, numbers)
    for written, (least, largest) in (DIGITS_ONLY | ({ERA + "%Y": (2501, 2700)} if named else {})).items():
        days = written.startswith("%Y%m%d")  # eight digits and more that are dates by chance are rare
        likely = named if written == "%Y%j" else named or (runs and (first or days))
        if likely and (runs or days) and least <= low and high <= largest and _all_parse(table, text, written, numbers):
            return written
    return _counted_format(name, low, high) if runs and (named or first or again) else ""


def fraction_format(table: Table, name: str, text: str) -> str:
    """Seconds since 1970, or days of Excel, with decimals; years and a part of each behind a point."""
    if pointed := _pointed(table, name, text):
        return pointed
    if not telling(name):
        return ""
    numbers = _values(table, text, "DOUBLE")
    runs = len(numbers) > 1 and _runs(np.diff(numbers), True)
    if runs and _YEAR in name.lower() and _YEARS[0] <= numbers.min() and numbers.max() <= _YEARS[1]:
        step = abs(float(np.median(np.diff(numbers))))
        return DECIMAL_YEAR if any(abs(step * parts - 1) < _EVEN for parts in (12, 4)) else ""
    if runs and "stamp" in name.lower() and _counts_minutes(numbers):
        return EXCEL
    return _counted_format(name, float(numbers.min()), float(numbers.max())) if runs else ""


def _week_or_quarter(name: str, numbers: NDArray[Any]) -> str:
    """202053 or 20204, where these run on; 202001 to 202012 are months unless the name says weeks."""
    if numbers.min() >= 100_000 and numbers.max() < 250_000:
        years, parts = np.divmod(numbers, 100)
        week = any(part in _WEEK_NAMES for part in re.split(r"[\W_]+", name.lower())) or "week" in name.lower()
        return RUN_WEEK if (week or parts.max() > 12) and _run_on(years, parts, 53) else ""
    years, parts = np.divmod(numbers, 10)
    return RUN_QUARTER if parts.max() <= 4 and _YEARS[0] <= years.min() and _run_on(years, parts, 4) else ""


def _pointed(table: Table, name: str, text: str) -> str:
    """2020.1 to 2020.12 or 2020.52, where they run on; behind 2020.09, 2020.1 is the tenth."""
    if table.types[table.column(name)] != "VARCHAR":
        return ""  # 2020.1 and 2020.10 would be the same
    rows = table.connection.execute(f"SELECT {text} FROM cells WHERE {text} <> '' LIMIT {LOOK}").fetchall()
    found = [re.fullmatch(r"(\d{4})\.(\d{1,2})", cell) for (cell,) in rows]
    if len(found) < _FEWEST or not all(found):
        return ""
    cells = [(part[1], part[2]) for part in found if part]
    tenths = any(part.startswith("0") for _, part in cells)
    years = np.array([int(year) for year, _ in cells])
    parts = np.array([int(part.ljust(2, "0") if tenths else part) for _, part in cells])
    for count, (written, _) in _PARTS.items():
        if parts.max() <= count and _run_on(years, parts, count) and (telling(name) or np.ptp(years) > 1):
            return written + (TENTHS if tenths else "")
    return ""


def _run_on(years: NDArray[Any], parts: NDArray[Any], count: int) -> bool:
    """Whether parts of years follow one another, forward or backward, and mostly without a gap."""
    steps = np.diff(years) * count + np.diff(parts)
    last = {count, count - 1} if count == 53 else {count}  # not each year has 53 weeks
    ended = np.isin(np.where(np.diff(years) > 0, parts[:-1], parts[1:]), list(last)) & (abs(np.diff(years)) == 1)
    next_one = (abs(steps) == 1) | (ended & (abs(steps) <= 2) & (count == 53))
    years_are = _YEARS[0] <= years.min() and years.max() <= _YEARS[1] and parts.min() >= 1 and parts.max() <= count
    return bool(years_are and (np.all(steps > 0) or np.all(steps < 0)) and next_one.mean() >= _MOSTLY)


def _counts_minutes(numbers: NDArray[Any]) -> bool:
    """Whether numbers are such days of Excel as stand for whole minutes, at even steps."""
    _, first, last = COUNTED[EXCEL]
    minutes = numbers * 86_400 / _MINUTE
    whole = np.all(abs(minutes - minutes.round()) < _ROUNDED)
    return bool(first <= numbers.min() and numbers.max() <= last and whole)


def _begins_again(steps: NDArray[Any], name: str) -> bool:
    """Whether a time runs on in even steps and now and then begins again, as where one series follows another."""
    if not (name.lower() in _TIME_NAMES or any(word in name.lower() for word in _CLOCK_WORDS)):
        return False
    sizes, counts = np.unique(steps, return_counts=True)
    even = sizes[np.argmax(counts)] > 0 and 2 * counts.max() >= len(steps)
    return bool(even and _SERIES * (steps < 0).sum() <= len(steps))


def _values(table: Table, text: str, kind: str) -> NDArray[Any]:
    rows = table.connection.execute(f"SELECT TRY_CAST({text} AS {kind}) AS v FROM cells LIMIT {LOOK}").fetchnumpy()
    return np.asarray(np.ma.compressed(rows["v"]))


def _counted_format(name: str, low: float, high: float) -> str:
    """What is counted between two numbers, if they are times; days of Excel only under the name of a date."""
    dated = any(word in name.lower() for word in _DATE_WORDS)
    fitting = (written for written, (_, first, last) in COUNTED.items() if first <= low and high <= last)
    return next((written for written in fitting if written != EXCEL or dated), "")


def _runs(steps: NDArray[Any], named: bool) -> bool:
    """Whether numbers run one way, as time does; under a telling name backwards too, and with repeats."""
    return bool(np.all(steps > 0) or (named and (np.all(steps >= 0) or np.all(steps <= 0))))


def _all_parse(table: Table, text: str, written: str, numbers: NDArray[Any]) -> bool:
    return bool(table.one(f"count({stamp_sql(text, written)})", rows=LOOK)[0] == len(numbers))
