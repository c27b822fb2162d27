"""Days as Excel counts them between dates that are written out, as where cells of a column have different formats."""

from __future__ import annotations

import re
from collections.abc import Callable

from engine.data.notation.stamps import COUNTED, EXCEL, OR, stamp_sql
from engine.data.tables.numeric_dates import LOOK
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_DAY = re.compile(r"[1-7]\d{4}(\.\d+)?")
_MONTHS, _FEW = 12, 5  # of a year; cells that tell nothing
_BETWEEN = " BETWEEN {1} AND {2}".format(*COUNTED[EXCEL])


def dates_and_days(table: Table, name: str, text: str, total: int, find: Callable[[str, int], str]) -> str:
    """The form that `find` gives of the other cells and their number, and days of Excel; "" where both do not fit.

    Days are dates only near those that are written out. It is said how many there are, and also where Excel has taken
    the day for the month, which it does where it can.
    """
    is_day = f"coalesce(TRY_CAST({text} AS DOUBLE){_BETWEEN}, false)"
    days = int(table.one(f"count(*) FILTER ({is_day})", rows=LOOK)[0])
    others = f"(CASE WHEN NOT {is_day} THEN {text} END)"
    if not 0 < days < total or not (written := find(others, total - days)):
        return ""
    counts, dates = stamp_sql(text, EXCEL), stamp_sql(others, written)
    margin = f"greatest(INTERVAL 366 DAY, max({dates}) - min({dates}))"
    near = f"min({counts}) >= min({dates}) - {margin} AND max({counts}) <= max({dates}) + {margin}"
    swapped = f"max(day({counts})) <= {_MONTHS} AND min(day({dates})) > {_MONTHS}"
    fits, taken = table.one(f"coalesce({near}, false), coalesce({swapped}, false)", rows=LOOK)
    if fits and taken and min(days, total - days) >= _FEW:
        say(table, f"{name!r} is taken for text: Excel seems to have taken the day for the month in {_cells(days)}")
        return ""
    return OR.join((written, EXCEL)) if fits else ""


def are_days(cells: list[str]) -> bool:
    """Whether cells are days as Excel counts them."""
    return bool(cells) and all(map(_DAY.fullmatch, cells))


def tell_days(table: Table, name: str, text: str) -> None:
    """Say how many cells of a column are read so."""
    days = int(table.one(f"count(*) FILTER (TRY_CAST({text} AS DOUBLE){_BETWEEN})")[0])
    say(table, f"{name!r}: {_cells(days)} read as dates, {EXCEL}, among dates that are written out")


def _cells(count: int) -> str:
    return counted(count, "cell")


def say(table: Table, remark: str) -> None:
    """A remark on the cells, once."""
    if remark not in table.remarks:
        table.remarks.append(remark)
        table.notes.append(remark)
