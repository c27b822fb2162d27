"""Tables that run across: dates, months or hours as columns, turned so that each value has a row with its time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from engine.data.notation.months import month_of
from engine.data.notation.quoting import literal, quoted

STEPS = "steps"  # run across, without a date
_STEPS = 12  # columns of these at least
_NUMBER = re.compile(r"[-+]?\d+([.,]\d+)?([eE][-+]?\d+)?")
LOOK = 100  # rows that are looked at
_FEWEST = 6  # columns with dates
_SOME, _SHARE = 32, 3  # columns that are looked at first, and of which a third have to be dates
_DATES = ("%Y-%m-%d", "%Y-%m", "%YM%m", "%Y/%m/%d", "%m/%d/%y", "%m/%d/%Y", "%d.%m.%Y", "%d/%m/%Y", "%b %Y", "%b-%y")
_DAY_OR_MONTH = ("%m/%d/%y", "%m/%d/%Y", "%d/%m/%Y")
_YEAR = re.compile(r"(\d{4})( \[YR\d{4}\])?")
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])")
_QUARTER_FIRST = re.compile(r"Q([1-4])[- /]?(\d{4})")
_HOUR = re.compile(r"(?:H|HE|[Hh]our[ _]?|h)?(\d{1,2})(?::(\d{2}))?h?")


@dataclass(frozen=True, slots=True)
class Crosswise:
    """How a table is turned."""

    kept: tuple[str, ...]  # columns that go on as they are
    across: tuple[str, ...]  # columns of values
    times: tuple[str, ...]  # what they say of the time, each; empty where their names do
    along: str  # a column with the rest of the time; "" where columns say all of it
    between: str  # what stands between both; behind the names of years, where there is nothing else
    what: str  # runs across, for a person

    def names(self) -> tuple[str, str]:
        """Of the columns of times and values, such that nothing else is called so."""
        time = next(name for name in ("time", "time_", "time__") if name not in self.kept)
        return time, next(name for name in ("value", "value_", "value__") if name not in self.kept)

    @property
    def note(self) -> str:
        """For a person."""
        return (
            f"{self.what} run across in {len(self.across):,} columns, {self.across[0]!r} to {self.across[-1]!r}, and "
            "are turned into rows; to keep them, set data.layout to columns"
        )

    def sql(self, source: str) -> str:
        """SQL of the turned table; rows without any value are left out."""
        time, value = map(quoted, self.names())
        across = ", ".join(map(quoted, self.across))
        cells = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in self.across)
        part = f"trim({time})"
        if self.times:  # a list in the place of each name would take ten times as long
            part = f"list_extract({_texts(self.times)}, list_position({_texts(self.across)}, {time}))"
        elif self.between:
            part = f"left({part}, 4) || '{self.between}'"
        rest = f"trim(CAST({quoted(self.along)} AS VARCHAR)) || '{self.between}' || " if self.along else ""
        kept = "".join(f"{quoted(name)}, " for name in (*self.kept, *([self.along] if self.along else [])))
        rows = f"SELECT {kept}{cells} FROM {source} WHERE trim(concat({across})) <> ''"
        own = "".join(f"{quoted(name)}, " for name in self.kept)
        turned = f"({rows}) UNPIVOT INCLUDE NULLS ({value} FOR {time} IN ({across}))"
        there = f" WHERE trim({value}) <> ''" if self.what == STEPS else ""  # behind the end of a series
        return f"SELECT {own}{rest}{part} AS {time}, {value} FROM {turned}{there}"


def crosswise(names: Sequence[str], rows: Callable[[Sequence[str]], Sequence[Sequence[Any]]]) -> Crosswise | None:
    """How to turn a table of which these are the columns; None where it runs down.

    Args:
        names: Of all columns.
        rows: Asks for the first rows of some of them, as text.
    """
    if len(names) < 2:
        return None
    return _of_dates(names) or _of_steps(names, rows) or _of_months(names, rows) or _of_hours(names, rows)


def _of_dates(names: Sequence[str]) -> Crosswise | None:
    some = names[:: 1 + len(names) // _SOME]
    if _SHARE * sum(bool(_date(name.strip())) for name in some) < len(some):
        return None
    across = tuple(name for name in names if _date(name.strip()))
    kept = tuple(name for name in names if not _date(name.strip()))
    if len(across) < max(_FEWEST, len(kept)) or not kept:
        return None
    heads = [name.strip() for name in across]
    if any(all(map(form.fullmatch, heads)) for form in (_YEAR, _QUARTER, _QUARTER_FIRST)):
        rising = all(one < other for one, other in pairwise(map(_date, heads)))
        between = "-01-01" if _YEAR.fullmatch(heads[0]) else ""
        return Crosswise(kept, across, (), "", between, "dates") if rising else None
    for written in _DATES:
        times = [_written(head, written) for head in heads]
        if all(times) and all(one < other for one, other in pairwise(times)):
            open_order = written in _DAY_OR_MONTH  # which whoever reads the times could take otherwise
            return Crosswise(kept, across, tuple(times) if open_order else (), "", "", "dates")
    return None


def _written(name: str, written: str) -> str:
    try:
        return f"{datetime.strptime(name, written):%Y-%m-%d}"
    except ValueError:
        return ""


def _date(name: str) -> str:
    """A date in ISO form; "" of any other name."""
    if year := _YEAR.fullmatch(name):
        return f"{year[1]}-01-01" if 1500 <= int(year[1]) <= 2200 else ""
    if quarter := _QUARTER.fullmatch(name):
        return f"{quarter[1]}-Q{quarter[2]}"
    if quarter := _QUARTER_FIRST.fullmatch(name):
        return f"{quarter[2]}-Q{quarter[1]}"
    return next(filter(None, (_written(name, written) for written in _DATES)), "")


def _day(cell: str) -> str:
    """A date that may have no marks."""
    return _date(cell) or (_written(cell, "%Y%m%d") if re.fullmatch(r"\d{8}", cell) else "")


def _of_steps(names: Sequence[str], rows: Callable[[Sequence[str]], Sequence[Sequence[Any]]]) -> Crosswise | None:
    """A series a row behind its name, as long as each is, as in the M4 competition."""
    counted = [re.fullmatch(r"(.*?)(\d+)", name) for name in names[1:]]
    heads, first = {found[1] if found else "" for found in counted}, int(counted[0][2]) if counted[0] else 0
    if len(names) <= _STEPS or not all(counted) or len(heads) > 1:
        return None
    if [int(found[2]) for found in counted if found] != list(range(first, first + len(counted))):
        return None
    some = _stripped(rows((*names[:_STEPS], names[-1])))  # of ten thousand columns, to ask for all takes a second
    if all(row[-1] for row in some) or any(not _NUMBER.fullmatch(cell or "0") for row in some for cell in row[1:]):
        return None
    found = _stripped(rows(names))
    lengths = [max((at for at, cell in enumerate(row) if cell), default=0) for row in found]
    told_once = len({row[0] for row in found}) == len(found) > 2 and not any(row[0].isdigit() for row in found)
    full = all(all(map(_NUMBER.fullmatch, row[1 : length + 1])) for row, length in zip(found, lengths, strict=True))
    if not (told_once and full and len(set(lengths)) > 1 and min(lengths) > 1):
        return None
    times = tuple(str(number) for number in range(1, len(names)))
    return Crosswise(tuple(names[:1]), tuple(names[1:]), times, "", "", STEPS)


def _stripped(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    return [[str(cell or "").strip() for cell in row] for row in rows]


def _of_months(names: Sequence[str], rows: Callable[[Sequence[str]], Sequence[Sequence[Any]]]) -> Crosswise | None:
    """Years down and months across; whatever stands behind, as means of seasons, is left out."""
    months = names[1:13]
    numbered = [month_of(name) for name in months] == list(range(1, 13))
    unnamed = len(names) == 13 and all(re.fullmatch(r"column\d+", name) for name in names)
    plain = [name.strip().lstrip("0") for name in months] == [str(number) for number in range(1, 13)]
    if not (numbered or unnamed or plain):
        return None
    years = [str(row[0] or "").strip() for row in rows(names[:1])]
    if len(years) < 3 or not all(re.fullmatch(r"(1[5-9]|2[01])\d\d", year) for year in years):
        return None
    if not all(int(other) == int(year) + 1 for year, other in pairwise(years)):
        return None
    times = tuple(f"{number:02d}" for number in range(1, 13))
    return Crosswise((), tuple(months), times, names[0], "-", "months")


def _of_hours(names: Sequence[str], rows: Callable[[Sequence[str]], Sequence[Sequence[Any]]]) -> Crosswise | None:
    """Days down, and hours or parts of them across."""
    hours = [_HOUR.fullmatch(name.strip()) for name in names]
    across = tuple(name for name, hour in zip(names, hours, strict=True) if hour)
    minutes = [60 * int(hour[1]) + int(hour[2] or 0) for hour in hours if hour]
    steps = {other - one for one, other in pairwise(minutes)}
    if len(across) < 24 or len(steps) != 1 or len(across) * (step := steps.pop()) != 24 * 60:
        return None
    minutes = [minute - step * (minutes[0] == step) for minute in minutes]  # 1 to 24 are the ends of hours
    kept = tuple(name for name in names if name not in across)
    cells = [tuple(str(cell or "").strip() for cell in row) for row in rows(kept)] if kept else []
    for place, name in enumerate(kept):
        days = [row[place] for row in cells]
        if len(days) > 2 and len(set(cells)) == len(days) and all(map(_day, days)):
            times = tuple(f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes)
            return Crosswise(tuple(other for other in kept if other != name), across, times, name, " ", "hours")
    return None


def _texts(words: Sequence[str]) -> str:
    return f"[{', '.join(map(literal, words))}]"
