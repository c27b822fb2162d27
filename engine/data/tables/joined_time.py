"""A time that stands in several columns, as year and month, or date and clock: found, and put together as one more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from engine.data.notation.months import month_of, month_sql
from engine.data.notation.quoting import quoted

LOOK = 100  # rows that are looked at
_WIDEST = 64  # columns
_PARTS = {
    part: frozenset(words.split())
    for part, words in {
        "year": "year yr yyyy jahr annee an ano anio anno rok jaar 年",
        "month": "month period mon mo mm monat mois mes maand mese miesiac 月",
        "day": "day dd dy dom dayofmonth mday tag jour dia giorno dag dzien 日",
        "hour": "hour hr hh stunde heure hora ora uur 時 时",
        "minute": "minute min minuto",
        "yearday": "doy dayofyear yday jday julianday",
        "quarter": "quarter qtr quartal trimestre trim kwartaal kwartal 季度",
        "week": "week wk kw kalenderwoche woche semaine semana settimana vecka tydzien 周 週",
    }.items()
}
_MONTHS = r"M(0[1-9]|1[0-2])"  # of the Bureau of Labor Statistics
_LIMITS = {
    "year": (1000, 2500), "month": (1, 12), "day": (1, 31), "hour": (0, 24), "minute": (0, 59), "yearday": (1, 366),
    "quarter": (1, 4), "week": (1, 53),
}  # fmt: skip
_ORDERS = (
    ("year", "month", "day", "hour", "minute"),
    ("year", "yearday", "hour", "minute"),
    ("year", "quarter"),
    ("year", "week"),
)
_DATE = r"(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-](\d{4}|\d{2}))"
_CLOCK = r"\d{1,2}(:\d{2}(:\d{2}(\.\d+)?)?( ?[AaPp][Mm]?)?|\.\d{2}\.\d{2})"
_POINTED_DAY = r"(0?[1-9]|[12]\d|3[01])\.(0?[1-9]|1[0-2])\.\d\d"  # which looks like 10.30.00
_RUN_DATE = r"(1[89]|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])"
_CLOCK_NAMES = ("time", "hhmm", "hrmn", "hhmmss", "utc", "gmt", "zeit", "uhrzeit", "czas", "tijd", "clock")
_LAST_MINUTE = 2400
_RUN_CLOCK = r"([01]?\d|2[0-4])[0-5]\d([0-5]\d)?|0|[1-5]?\d"  # 0, 30, 900, 1330 or 133000
_MIDNIGHT = r"[ T]00:00(:00)?$"

Cells = Mapping[str, Sequence[str]]  # of the first rows, by column


@dataclass(frozen=True, slots=True)
class JoinedTime:
    """A column that is put together of others."""

    parts: tuple[str, ...]  # their names
    sql: str  # of its cells, as text

    @property
    def name(self) -> str:
        """What it is called."""
        return " ".join(self.parts)

    @property
    def note(self) -> str:
        """For a person."""
        return f"{self.name!r} is put together of {', '.join(map(repr, self.parts[:-1]))} and {self.parts[-1]!r}"


def joined_time(names: Sequence[str], rows: Callable[[Sequence[str]], Sequence[Sequence[Any]]]) -> JoinedTime | None:
    """The time that columns of a table make up together; None where one tells it alone, or none do.

    Args:
        names: Of all columns.
        rows: Asks for the first rows of some of them, as text.
    """
    looked = names[:_WIDEST]
    found = rows(looked)
    if len(found) < 3:
        return None
    cells = {name: [str(row[place] or "").strip() for row in found] for place, name in enumerate(looked)}
    if any(_all(f"{_DATE}[ T]{_CLOCK}.*", [re.sub(_MIDNIGHT, "", cell) for cell in own]) for own in cells.values()):
        return None
    days = {name: [re.sub(_MIDNIGHT, "", cell) for cell in own] for name, own in cells.items()}
    dates = [name for name, own in days.items() if _all(_DATE, own) or _all(_RUN_DATE, own)]
    if dates:
        joined = _dated(dates[0], cells)
    else:
        joined = _counted(_named_parts(cells) or _first_columns(cells), cells) or _counted(_beside_names(cells), cells)
    return joined if joined and joined.name not in names else None


def _all(pattern: str, cells: Sequence[str]) -> bool:
    return all(re.fullmatch(pattern, cell) for cell in cells)


def _dated(date: str, cells: Cells) -> JoinedTime | None:
    """A date that comes several times in a row, and the clock beside it."""
    others = {name: own for name, own in cells.items() if name != date}
    clocks = (name for name, own in others.items() if _all(_CLOCK, own) and not _all(_POINTED_DAY, own))
    clock = next(clocks, "")
    counted = "" if clock else next((name for name, own in others.items() if _is_counted_clock(name, own)), "")
    again = sum(one == other for one, other in pairwise(cells[date]))
    if not (clock or counted) or 2 * again < len(cells[date]):
        return None
    day = f"regexp_replace(trim(CAST({quoted(date)} AS VARCHAR)), '{_MIDNIGHT}', '')"
    said = f"regexp_replace(trim(CAST({quoted(clock or counted)} AS VARCHAR)), '([AaPp])$', '\\1m')"  # 3:00p
    if counted:
        said = _clock_sql(f"CAST(TRY_CAST({quoted(counted)} AS DOUBLE) AS INTEGER)", cells[counted])
    return JoinedTime((date, clock or counted), f"{day} || ' ' || {said}")


def _is_counted_clock(name: str, cells: Sequence[str]) -> bool:
    """Whether a column of numbers counts hours, or tells hours and minutes without a mark between."""
    plain = "".join(sign for sign in name.lower() if sign.isalnum())
    if len(set(cells)) < 2 or not (plain in _CLOCK_NAMES or plain in _PARTS["hour"]):
        return False
    return _within("hour", cells) or _all(_RUN_CLOCK, cells)


def _clock_sql(number: str, cells: Sequence[str]) -> str:
    """SQL of a clock of such a number: an hour, one with two digits of minutes, or with seconds too."""
    if _within("hour", cells):
        return f"printf('%02d:00', {number})"
    if max(map(int, cells)) > _LAST_MINUTE:
        return f"printf('%02d:%02d:%02d', {number} // 10000, {number} // 100 % 100, {number} % 100)"
    return f"printf('%02d:%02d', {number} // 100, {number} % 100)"


def _named_parts(cells: Cells) -> dict[str, str]:
    """The first column named as each part of a date."""
    found: dict[str, str] = {}
    for name in cells:
        plain = "".join(sign for sign in unicodedata.normalize("NFD", name.lower()) if sign.isalnum())
        for part, words in _PARTS.items():
            if plain in words:
                found.setdefault(part, name)
    return found


def _first_columns(cells: Cells) -> dict[str, str]:
    """Year, month, and perhaps more at the beginning of a table without a header, where they rise from row to row.

    Year and month alone do only where months run on.
    """
    found: dict[str, str] = {}
    for part, name in zip(("year", "month", "day", "hour", "minute"), list(cells)[:-1], strict=False):
        if not (re.fullmatch(r"column\d+", name) and _within(part, cells[name], named=False)):
            break
        found[part] = name
        times = [tuple(map(float, row)) for row in zip(*(cells[own] for own in found.values()), strict=True)]
        rises = len(found) > 2 and all(one < other for one, other in pairwise(times))
        runs = len(found) == 2 and all(other[1] % 12 == (one[1] + 1) % 12 for one, other in pairwise(times))
        if rises or runs:
            return found
    return {}


def _beside_names(cells: Cells) -> dict[str, str]:
    """A column of years beside one of names of months, whatever they are called."""
    for one, other in pairwise(cells):
        for year, month in ((one, other), (other, one)):
            if _within("year", cells[year]) and all(map(month_of, cells[month])):
                return {"year": year, "month": month}
    return {}


def _counted(parts: Mapping[str, str], cells: Cells) -> JoinedTime | None:
    """Numbers of years and months, of days in a year, or down to minutes, as far as the columns are there."""
    order = next((own for own in _ORDERS if own[1] in parts), _ORDERS[0])
    chosen: dict[str, str] = {}
    for part in order:
        if part not in parts or not _within(part, cells[parts[part]]):
            break
        chosen[part] = f"CAST({quoted(parts[part])} AS VARCHAR)"
    if len(chosen) < 2:
        return None
    number = {part: f"TRY_CAST({cell} AS INTEGER)" for part, cell in chosen.items()}
    if "month" in chosen:
        number["month"] = f"TRY_CAST(regexp_replace({chosen['month']}, '^M', '') AS INTEGER)"
    month = f"coalesce({number['month']}, {month_sql(chosen['month'])})" if "month" in chosen else "1"
    if "quarter" in chosen:
        month = f"3 * TRY_CAST(regexp_extract({chosen['quarter']}, '[1-4]') AS INTEGER) - 2"
    first = f"TRY_STRPTIME(printf('%04d-%02d-%02d', {number['year']}, {month}, {number.get('day', '1')}), '%Y-%m-%d')"
    if "week" in chosen:
        first = f"TRY_STRPTIME(printf('%04d-%02d-1', {number['year']}, {number['week']}), '%G-%V-%u')"
    more = [
        *([f"to_days({number['yearday']} - 1)"] if "yearday" in number else []),
        *([f"to_hours({number['hour']})"] if "hour" in number else []),
        *([f"to_minutes({number['minute']})"] if "minute" in number else []),
    ]
    months = chosen.keys() in ({"year", "month"}, {"year", "quarter"})
    written = "%Y-%m-%dT%H:%M" if "hour" in chosen else "%Y-%m" if months else "%Y-%m-%d"
    return JoinedTime(tuple(parts[part] for part in chosen), f"strftime({' + '.join([first, *more])}, '{written}')")


def _within(part: str, cells: Sequence[str], named: bool = True) -> bool:
    low, high = _LIMITS[part]
    if named and part == "month" and (all(map(month_of, cells)) or _all(_MONTHS, cells)):
        return True
    if named and part == "quarter" and _all("[QqTt][1-4]", cells):
        return True
    return all(re.fullmatch(r"\d{1,4}(\.0)?", cell) and low <= float(cell) <= high for cell in cells)
