"""Which column of a table is forecast where nobody says: the one whose name says so, or else the last that may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.tables.columns import numeric_columns
from engine.data.tables.dates import date_format
from engine.data.tables.tables import Table

_LAST = "the last column of numbers, flags and row numbers aside"
_SAYS_SO = "as its name says"
_NAMES = (
    ("target", "y"),
    ("close",),
    ("sales", "demand", "load", "consumption", "passengers", "visitors", "quantity", "revenue", "value"),
    ("price",),
)  # last words of names, the surest first
_BESIDE = {"actual", "total", "last", "kwh", "mwh", "gwh", "kw", "mw", "gw", "eur", "usd", "gbp"}  # they change nothing
_NOT = {"forecast", "predicted", "prediction", "expected", "planned", "lag", "previous", "prev", "ahead", "min", "max"}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")
_FIRST = 64  # columns from the end that are looked at before all others
_ASKED = 8  # columns of numbers of which one is chosen
_LOOK = 1000  # rows that tell what a column holds
_FLAGS = 2  # different numbers
_EVEN = 1e-6  # by which steps of a count may differ, as a share
_FILLED = 0.2  # share of rows in which a column says something


@dataclass(frozen=True, slots=True)
class Target:
    """A guess, and what tells it."""

    name: str
    why: str

    @property
    def words(self) -> str:
        """The guess as a note says it."""
        return f"target: {self.name!r}, {self.why}"


def find_target(table: Table, time_column: str = "") -> Target:
    """What somebody who made such a table most likely wants to know ahead.

    Raises:
        DataError: there is no column of numbers.
    """
    named = _by_name([name for name in table.names if name != time_column])[:_ASKED]
    if named and (found := _first_of_numbers(table, named)):
        return Target(found, _SAYS_SO)
    return Target(last_numeric(table, time_column), _LAST)


def _by_name(names: Sequence[str]) -> list[str]:
    """Those that are called as targets are, the surest first; of those alike the last, as without a name."""
    place = "x" in (name.lower() for name in names)  # beside which y is one, too
    ranks = {name: rank for name in reversed(names) if (rank := _rank(name)) and not (place and name.lower() == "y")}
    return sorted(ranks, key=lambda name: ranks[name])


def _rank(name: str) -> tuple[int, ...]:
    """How surely a name is that of a target, lowest first; nothing for other names."""
    said = [word.lower() for word in _WORD.findall(_BRACKETS.sub(" ", name))]
    words = [word for word in said if word not in _BESIDE]
    for tier, known in enumerate(_NAMES, 1):
        if words and words[-1] in known and not _NOT.intersection(said):
            return tier, len(words)
    return ()


def _of_numbers(table: Table, names: Sequence[str]) -> list[str]:
    """The first of these that hold numbers and no dates."""
    numeric = numeric_columns(table, names, rows=_LOOK)
    found = [name for name in names if numeric.get(name)][:_ASKED]
    return [name for name in found if not date_format(table, name)]


def _says_little(table: Table, name: str) -> bool:
    """Whether a forecast of it would be of no use."""
    return table.lasts(name) or _is_aside(table, name)


def _first_of_numbers(table: Table, names: Sequence[str]) -> str:
    """The first that holds numbers of which a forecast tells something."""
    found = _of_numbers(table, names)
    numbering = set(counting(table, found)) if found else set()
    return next((name for name in found if name not in numbering and not _says_little(table, name)), "")


def last_numeric(table: Table, time_column: str = "") -> str:
    """The last column that holds numbers and no dates.

    A flag, as whether a day is a holiday, a length of time, as since the beginning, or one that is mostly empty, as of
    remarks now and then, only where all are such; one that numbers the rows only where there is no other.

    Raises:
        DataError: there is none.
    """
    for asked in (table.names[-_FIRST:], table.names[:-_FIRST]):
        found = _of_numbers(table, [name for name in reversed(asked) if name != time_column])
        if found:
            numbering = set(counting(table, found))
            others = [name for name in found if name not in numbering] or found
            tried = (*others, *(found if time_column else ()))  # beside dates it may be a value that rises evenly
            return next((name for name in tried if not _says_little(table, name)), others[0])
    known = (
        f"columns are {', '.join(map(repr, table.names[:12]))}"
        if len(table.names) > 1
        else f"its only column is {table.names[0]!r}"
    )
    raise DataError(
        f"{table.path.name} has no column of numbers to predict; {known}. Choose a file that has one, or a text."
    )


def counting(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    """The columns that number the rows: the same step from each to the next."""
    found = table.fetch(", ".join(f"{table.number(name)} AS n{place}" for place, name in enumerate(names)), _LOOK)
    return tuple(name for name, column in zip(names, found.values(), strict=True) if _counts(column))


def _counts(column: np.ma.MaskedArray[Any, Any] | NDArray[Any]) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):  # what is endless or too large is refused when it is read
        steps = np.diff(np.ma.filled(column.astype(np.float64), np.nan))
        return len(steps) > 1 and bool(steps[0]) and np.allclose(steps, steps[0], rtol=_EVEN, atol=0)


def _is_aside(table: Table, name: str) -> bool:
    """Whether a column holds a flag, or hardly anything."""
    number = table.number(name)
    different, filled, rows = table.one(f"count(DISTINCT {number}), count({number}), count(*)", rows=_LOOK)
    return bool(different <= _FLAGS or filled < _FILLED * rows)
