"""Dates of a table: how they are written, in which order they come, and which ones follow; in NumPy and nothing else.

Exported Python files hold this very text, so it imports nothing of the workbench.
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.notation.centuries import first_year, within

DAYS = (
    *("%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%Y.%m.%d"),
    *("%y-%m-%d", "%y-%m", "%m/%y", "%d-%b-%y", "%b%y", "%b %y"),
    *("%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %Y", "%B %Y", "%b-%y", "%m/%Y"),
)
CLOCKS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
# From which number on to which, how many of them a second has, and when they begin; the last is a day of Excel.
COUNTED = (
    *((1e8 * unit, 5e9 * unit, unit, "1970-01-01T00:00:00.000000") for unit in (1.0, 1e3, 1e6, 1e9)),
    (15_000.0, 80_000.0, 1 / 86_400, "1899-12-30T00:00:00.000000"),
)
FORMS = 3  # of dates in one column
ZONE = re.compile(r"\d[T ]\d.*(Z|[+-]\d\d:?\d\d)$")


def as_iso(dates: list[str], frequency: dict[str, Any] | None = None) -> list[str]:
    """Dates as ISO 8601 writes them, in UTC where they name a zone; as they are where they cannot be read.

    Where they may be read in several ways, as 3/4/2024, that is taken in which they follow each other as the
    `frequency` says, or most evenly.
    """
    dates = [text.strip() for text in dates]
    if numbers := counted(dates):
        return numbers
    try:
        plain = [in_utc(text) for text in dates]
        for text in plain:
            date_of(text)
        return plain
    except ValueError:
        found = {written: all_read(dates, written) for written in forms(dates[0])}
        ways = [(uneven(read, frequency), written, read) for written, read in found.items() if read]
    if not ways:
        return in_several_forms(dates)
    _, written, read = min(ways)
    return [date.strftime(iso_form(written)) for date in read]


def iso_form(written: str) -> str:
    """How ISO 8601 writes what is as fine as a form."""
    short = "%Y-%m-%d" if "%d" in written else "%Y-%m"
    return short + (" %H:%M:%S" if "%S" in written else " %H:%M" if "%M" in written else "")


def in_several_forms(dates: list[str]) -> list[str]:
    """Dates of up to three forms, and days of Excel among them; as they are where some may mean two dates, or none."""
    found: dict[int, str] = {}
    for _ in range(FORMS):
        left = [at for at in range(len(dates)) if at not in found]
        if not left:
            break
        ways = {form: read_some(dates, left, form) for form in forms_of_one(dates[left[0]])}
        most = max(map(len, ways.values()), default=0)
        best = [read for read in ways.values() if len(read) == most > 0]
        if not best or any(read != best[0] for read in best):
            return dates
        found |= best[0]
    return [found[at] for at in range(len(dates))] if len(found) == len(dates) else dates


def forms_of_one(text: str) -> list[str]:
    """In which ways one date may be written, ISO 8601 and days of Excel among them."""
    number = re.fullmatch(r"[1-7]\d{4}(\.\d+)?", text)
    return ["Excel"] if number else forms(text) or ["ISO"]


def read_some(dates: list[str], places: list[int], form: str) -> dict[int, str]:
    """Those of the dates at `places` that a form reads, as ISO 8601 writes them."""
    if form == "Excel":
        numbers = [at for at in places if re.fullmatch(r"[1-7]\d{4}(\.\d+)?", dates[at])]
        days = stamps_of(np.array([dates[at] for at in numbers], np.float64), *COUNTED[-1][2:])
        return dict(zip(numbers, days, strict=True))
    found = {}
    for at in places:
        try:
            found[at] = str(date_of(in_utc(dates[at]))) if form == "ISO" else dates[at]
            if form != "ISO":
                datetime.strptime(dates[at], form)
        except ValueError:
            found.pop(at, None)
    if form == "ISO":
        return found
    read = all_read(list(found.values()), form)
    return {at: date.strftime(iso_form(form)) for at, date in zip(found, read, strict=True)}


def counted(dates: list[str]) -> list[str]:
    """Dates that are written as digits alone, or counted since 1970, or in days as Excel does; none if they are not."""
    if not all(re.fullmatch(r"\d{5,19}(\.\d+)?", text) for text in dates) or all(len(text) == 8 for text in dates):
        return []
    for written, length in (("%Y%m", 6), ("%Y%m%d%H", 10), ("%Y%m%d%H%M", 12), ("%Y%m%d%H%M%S", 14)):
        if all(len(text) == length for text in dates) and (read := all_read(dates, written)):
            return [f"{date:%Y-%m}" if written == "%Y%m" else date.isoformat(" ") for date in read]
    values = np.array(dates, np.float64)
    for low, high, second, start in COUNTED:
        if ((values >= low) & (values < high)).all():
            return stamps_of(values, second, start)
    return []


def stamps_of(values: Any, second: float, start: str) -> list[str]:
    """What is counted since `start`, as ISO 8601 writes it; of days to a thousandth of a second."""
    found = np.datetime64(start) + np.round(values / second * 1e6, -3 if second < 1 else 0).astype("timedelta64[us]")
    whole = "D" if (found == found.astype("datetime64[D]")).all() else "s"
    return [str(date).replace("T", " ") for date in found.astype(f"datetime64[{whole}]")]


def forms(text: str) -> list[str]:
    """In which ways a date may be written."""
    return [day + clock for day in DAYS for clock in CLOCKS if all_read([text], day + clock)]


def all_read(dates: list[str], written: str) -> list[datetime]:
    """Dates that are all written in one way; none where they are not."""
    try:
        read = [datetime.strptime(text, written) for text in dates]
    except ValueError:
        return []
    if "%y" in written:
        first = first_year([date.year % 100 for date in read])
        return [date.replace(year=within(date.year, first)) for date in read]
    return read


def uneven(read: list[datetime], frequency: dict[str, Any] | None) -> int:
    """How many steps from one date to the next are not as the frequency says; without one, how many kinds there are."""
    steps = list(pairwise(sorted(set(read))))
    if frequency is None:
        return len({after - before for before, after in steps})
    return sum(date_after(before.isoformat(), frequency, 1) != np.datetime64(after) for before, after in steps)


def in_utc(text: str) -> str:
    """A date that names its zone, without it."""
    if not ZONE.search(text):
        return text
    date = datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC).replace(tzinfo=None)
    return date.isoformat(" ", "auto" if re.search(r":\d\d:\d\d", text) else "minutes")


def in_order(path: Path, column: str, dates: list[str]) -> list[int]:
    """Places of dates in the order of time; in that of the file, which is said, where they cannot be read.

    Where the clock is set back, hours come twice, and stay as they stand.
    """
    try:
        stamps = np.array([date_of(text) for text in dates], "datetime64[us]")
    except ValueError:
        print(f"note: {path}: not all of {column!r} can be read as dates; rows stay in their order", file=sys.stderr)
        return list(range(len(dates)))
    steps = np.diff(stamps).astype(np.int64)
    usual = int(np.median(steps)) if len(steps) else 0
    back, hour, year = steps[steps < 0], 3_600_000_000, 365 * 86_400_000_000
    few = len(back) <= 1 + 2 * int(steps.sum()) / year
    if usual > 0 and few and (back == usual - hour).all():
        return list(range(len(dates)))
    return [int(at) for at in np.argsort(stamps, kind="stable")]


def next_dates(last: str, frequency: dict[str, Any] | None, count: int) -> list[str]:
    """What the `count` rows after `last` are called; "+1", … where that cannot be told."""
    try:
        if frequency is None:
            raise ValueError
        return [str(date_after(last, frequency, step)).replace("T", " ") for step in range(1, count + 1)]
    except ValueError:
        return [f"+{step}" for step in range(1, count + 1)]


def date_of(text: str) -> Any:
    """A date as it is written, no finer than that.

    Raises:
        ValueError: it is none.
    """
    text = text.strip().replace("/", "-")
    compact = len(text) == 8 and text.isdigit()  # 20011229
    date = np.datetime64(f"{text[:4]}-{text[4:6]}-{text[6:]}" if compact else text)
    if np.isnat(date) or not (compact or re.match(r"\d{4}(?!\d)", text)):  # 49 and 43831 are years for NumPy
        raise ValueError(f"{text!r} is no date")
    return date


def with_missing_dates(data: dict[str, Any], dates: list[str], rows: Any) -> tuple[list[str], Any]:
    """A row without values, and without a name, for each date that is left out; not where very many are."""
    if data["frequency"] is None:
        return dates, rows
    places = [0]
    for before, after in pairwise(dates):
        places.append(places[-1] + rows_between(before, after, data["frequency"], len(rows)))
    missing = places[-1] + 1 - len(rows)
    if not 0 < missing <= 0.25 * len(rows):
        return dates, rows
    complete, names = np.full((places[-1] + 1, rows.shape[1]), np.nan), [""] * (places[-1] + 1)
    for place, name, row in zip(places, dates, rows, strict=True):
        names[place], complete[place] = name, row
    return names, complete


def rows_between(before: str, after: str, frequency: dict[str, Any], most: int) -> int:
    """How many rows on from one date the next is, or more than `most`; 1 where that is no whole number."""
    try:
        steps, until = 1, date_of(after)
        while (found := date_after(before, frequency, steps)) < until and steps <= most:
            steps += 1
        return steps if found <= until else 1
    except ValueError:
        return 1


def date_after(last: str, frequency: dict[str, Any], steps: int) -> Any:
    """The date so many steps after `last`, no finer than `last`; a month's end is not overstepped."""
    date, count = date_of(last), int(frequency["count"]) * steps
    unit = np.datetime_data(date)[0]
    if frequency["week"] != "1111111":  # of the week but some days
        day = date.astype("datetime64[D]")
        after = np.busday_offset(day, steps, roll="backward", weekmask=frequency["week"])
        return after.astype(date.dtype) + (date - day)
    if not frequency["months"]:
        finest = date.astype("datetime64[us]") + np.timedelta64(count, "us")
        return finest.astype(f"datetime64[{unit}]")
    month = date.astype("datetime64[M]")
    rest = date - month.astype(date.dtype)
    if frequency.get("day") and unit not in ("Y", "M"):
        rest = np.timedelta64(frequency["day"] - 1, "D") + rest % np.timedelta64(1, "D")
    after = month + np.timedelta64(count, "M")
    end = (after + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    if frequency["ends"] and unit not in ("Y", "M"):
        return end.astype(date.dtype) + rest % np.timedelta64(1, "D")
    if unit in ("Y", "M"):
        return after.astype(f"datetime64[{unit}]")
    return min(after.astype(date.dtype) + rest, end.astype(date.dtype) + rest % np.timedelta64(1, "D"))
