"""Regular steps of time: finding them in time stamps, and counting on beyond the last."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Stamps: TypeAlias = NDArray[np.datetime64]  # datetime64[us]

_SECOND = 1_000_000
_UNITS = (("day", 86_400 * _SECOND), ("hour", 3_600 * _SECOND), ("minute", 60 * _SECOND), ("second", _SECOND))
_NAMES = {
    "12 month": "yearly",
    "3 month": "quarterly",
    "1 month": "monthly",
    "7 day": "weekly",
    "1 day": "daily",
    "1 hour": "hourly",
}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EVERY_DAY = "1111111"
_WEEKS = np.timedelta64(21, "D")  # that a day of the week has not come in
_SUMMER_BEGINS = (3, 4, 9, 10)  # months in which clocks are set forward, on either side of the equator
_WORKING = 3  # days between the first or last working day of a month and its first or last day, at most
_LOOK = 1000  # stamps that can rule months out before all are looked at
_SEASONS = {"3 month": 4, "1 month": 12, "7 day": 52, "1 day": 7, "1 hour": 24, "30 minute": 48, "15 minute": 96}


@dataclass(frozen=True, slots=True)
class Frequency:
    """`count` calendar months, or `count` microseconds, from one row to the next; or a day, but on some of the week."""

    count: int
    months: bool
    irregular: int = 0  # steps in the data that differ
    week: str = _EVERY_DAY  # from Monday on, 1 for days that come, as NumPy takes a `weekmask`
    ends: bool = False  # of months: rows are dated on the last day of each
    day: int = 0  # of months: the day that rows are dated on, or the last where a month has none such; 0 throughout

    @property
    def key(self) -> str:
        """Number and unit, as in "1 month", "7 day", "15 minute"."""
        if self.months:
            return f"{self.count} month"
        for unit, size in _UNITS:
            if self.count % size == 0:
                return f"{self.count // size} {unit}"
        return f"{self.count / _SECOND:g} second"

    @property
    def name(self) -> str:
        """In words: "monthly", "every 15 minutes"."""
        if self.week == "1111100":
            return "every business day"
        if self.week != _EVERY_DAY:
            return "daily but " + " and ".join(day for day, comes in zip(_DAYS, self.week, strict=True) if comes == "0")
        number, _, unit = self.key.partition(" ")
        return _NAMES.get(self.key, f"every {number} {unit}s" if number != "1" else f"every {unit}")

    @property
    def season(self) -> int:
        """Steps in the season that comes with this frequency; 1 when there is none."""
        return self.week.count("1") if self.week != _EVERY_DAY else _SEASONS.get(self.key, 1)

    def after(self, last: Any, count: int) -> Stamps:
        """The `count` stamps that follow `last`."""
        return self.shifted(np.datetime64(last, "us"), np.arange(1, count + 1))

    def shifted(self, stamps: Any, steps: NDArray[np.int64]) -> Stamps:
        """What comes so many steps after each of `stamps`, one or as many as there are `steps`."""
        if self.week != _EVERY_DAY:
            day = stamps.astype("datetime64[D]")
            days = np.busday_offset(day, steps, roll="backward", weekmask=self.week)
            return np.asarray(days.astype("datetime64[us]") + (stamps - day))
        if not self.months:
            return np.asarray(stamps + (steps * self.count).astype("timedelta64[us]"))
        month = stamps.astype("datetime64[M]")
        rest = stamps - month.astype("datetime64[us]")
        if self.day:
            rest = np.timedelta64(self.day - 1, "D") + rest % np.timedelta64(1, "D")
        following = month + (steps * self.count).astype("timedelta64[M]")
        ends = (following + np.timedelta64(1, "M")).astype("datetime64[us]") - np.timedelta64(1, "D")
        ends = ends + rest % np.timedelta64(1, "D")
        return np.asarray(ends if self.ends else np.minimum(following.astype("datetime64[us]") + rest, ends))

    def rows_between(self, stamps: Stamps) -> NDArray[np.int64]:
        """How many rows on from each of N stamps the next one is, (N - 1,); 1 where that is no whole number."""
        if self.week != _EVERY_DAY:
            days = stamps.astype("datetime64[D]")
            rows: NDArray[np.int64] = np.busday_count(days[:-1], days[1:], weekmask=self.week)
        else:
            places = stamps.astype("datetime64[M]" if self.months else "datetime64[us]").astype(np.int64)
            rows = (places[1:] - places[:-1]) // self.count
        whole = self.shifted(stamps[:-1], rows) == stamps[1:]
        return np.where(whole & (rows > 0), rows, 1)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def distinct(stamps: Stamps) -> Stamps:
    """Each stamp once, rising. NumPy's `unique` of a million holds up every other thread for a tenth of a second."""
    rising = np.sort(stamps)
    return np.asarray(rising[np.append(True, rising[1:] != rising[:-1])[: len(rising)]])


def find_frequency(stamps: Stamps) -> Frequency | None:
    """The step that most neighbours of `stamps` (rising) have; None for fewer than three or none shared by half."""
    if len(stamps) < 3:
        return None
    if _by_months(stamps[:_LOOK]) and _by_months(stamps):
        month: NDArray[np.int64] = stamps.astype("datetime64[M]").astype(np.int64)
        found = _shared(month[1:] - month[:-1], months=True)
        if found is None:
            return None
        days, left = _days(stamps), _left(stamps)
        if np.all(left == 0):
            return replace(found, ends=True)
        if np.all(days == days[0]):
            return found
        if _where_there_is_one(days, left):
            return replace(found, day=int(days.max()))
        return replace(found, ends=True) if np.all(left <= _WORKING) else replace(found, day=1)
    ticks: NDArray[np.int64] = stamps.view(np.int64)
    found = _shared(ticks[1:] - ticks[:-1], months=False)
    if found and found.irregular and found.key == "1 day":
        return _by_week(stamps.astype("datetime64[D]"), found)
    return found


def _by_week(days: NDArray[np.datetime64], daily: Frequency) -> Frequency:
    """`daily`, or but on the days of the week that come, where that leaves fewer steps irregular in some weeks."""
    if days[-1] - days[0] < _WEEKS:
        return daily
    come = np.unique((days.astype(np.int64) + 3) % 7)  # 1970 began on a Thursday
    week = "".join("01"[day in come] for day in range(7))
    if week == _EVERY_DAY:
        return daily
    irregular = int((np.busday_count(days[:-1], days[1:], weekmask=week) != 1).sum())
    return replace(daily, irregular=irregular, week=week) if irregular < daily.irregular else daily


def _by_months(stamps: Stamps) -> bool:
    """Whether all stamps have the same place in their month, or are of rising months.

    In these they may be its first or last day, also the one that is worked on, or one that a short month does not have.
    """
    months, clocks = stamps.astype("datetime64[M]"), stamps - stamps.astype("datetime64[D]")
    if np.any(clocks != clocks[0]):
        return False
    days, left = _days(stamps), _left(stamps)
    if np.all(days == days[0]):
        return True
    near = np.all(left <= _WORKING) or np.all(days <= 1 + _WORKING) or _where_there_is_one(days, left)
    return bool(near and np.all(months[1:] > months[:-1]))


def _where_there_is_one(days: NDArray[np.int64], left: NDArray[np.int64]) -> bool:
    """Whether all are dated on one day of the month, or on the last of a month that has none such."""
    return bool(np.all((days == days.max()) | (left == 0)))


def _days(stamps: Stamps) -> NDArray[np.int64]:
    """Days of the month, from 1."""
    days = stamps.astype("datetime64[D]") - stamps.astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(1 + days.astype(np.int64))


def _left(stamps: Stamps) -> NDArray[np.int64]:
    """Days of the month that are left."""
    following = (stamps.astype("datetime64[M]") + np.timedelta64(1, "M")).astype("datetime64[D]")
    return np.asarray((following - stamps.astype("datetime64[D]")).astype(np.int64) - 1)


def _shared(steps: NDArray[np.int64], *, months: bool) -> Frequency | None:
    sizes, counts = np.unique(steps[steps > 0], return_counts=True)
    if len(sizes) == 0 or 2 * counts.max() < len(steps):
        return None
    best = int(np.argmax(counts))
    return Frequency(int(sizes[best]), months, int(len(steps) - counts[best]))


def clock_set_back(stamps: Stamps) -> tuple[str, ...]:
    """Where hours come twice since summer time ends, in stamps that run on otherwise; nowhere in any others."""
    steps = np.diff(stamps).astype(np.int64)
    back = np.flatnonzero(steps < 0)
    if not 0 < len(back) <= 1 + 2 * (stamps[-1] - stamps[0]) / np.timedelta64(365, "D"):
        return ()
    usual = int(np.median(steps))
    if usual <= 0 or np.any(steps[back] != usual - 3_600 * _SECOND):
        return ()
    return stamp_texts(stamps[back + 1], "m")


def clock_set_forward(stamps: Stamps, frequency: Frequency) -> NDArray[np.bool_]:
    """Between which of N stamps (N - 1,) an hour is missing that never was, since summer time begins in it."""
    hour = 3_600 * _SECOND
    if frequency.months or frequency.count > hour or frequency.week != _EVERY_DAY:
        return np.zeros(len(stamps) - 1, np.bool_)
    last, following = stamps[:-1], stamps[1:]
    days, months = following.astype("datetime64[D]"), following.astype("datetime64[M]").astype(np.int64) % 12 + 1
    sunday = (days.astype(np.int64) + 3) % 7 == 6
    night = following - days <= np.timedelta64(3 * hour, "us")
    skipped = (following - last).astype(np.int64) == frequency.count + hour
    return np.asarray(skipped & sunday & night & np.isin(months, _SUMMER_BEGINS))


def stamp_unit(stamps: Stamps) -> str:
    """The coarsest unit of NumPy's that loses nothing of any of these stamps: "Y", "M", "D", "m", "s", "ms", "us"."""
    for unit in ("Y", "M", "D", "m", "s", "ms"):
        if np.array_equal(stamps.astype(f"datetime64[{unit}]").astype("datetime64[us]"), stamps):
            return unit
    return "us"


def stamp_texts(stamps: Stamps, unit: str = "") -> tuple[str, ...]:
    """Time stamps in ISO form, in `unit` or no longer than all of them need: "1949-01", "2012-01-01 06:00"."""
    shown = stamps.astype(f"datetime64[{unit or stamp_unit(stamps)}]")
    return tuple(str(text).replace("T", " ") for text in np.datetime_as_string(shown).tolist())
