"""Columns of a table as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError, counted
from engine.data.numbers import NO_VALUE, number_sql
from engine.data.scaling import Reals
from engine.data.tables import Table, literal, quoted

Words: TypeAlias = NDArray[Any]  # of texts

_AT_ONCE = 4_000_000  # cells fetched by one query, or one column
_LOOK = 100_000  # rows that tell numbers from words
_MOSTLY = 0.9  # share of numbers from which on a column is one of numbers
_CELLS_LOOKED_AT = 1_000_000  # of a wide table, of which fewer rows are looked at


def read_numbers(table: Table, names: Sequence[str]) -> Reals:
    """Columns as float64 (N, C); NaN where a cell is blank or no number.

    Raises:
        DataError: a column does not exist, holds text, has no value at all, or holds an infinite value.
    """
    _check_numeric(table, names)
    if len(names) == 1:
        return _fetched(table, names)["v0"][:, None]  # itself: beside a copy it would be there twice
    values = np.empty((table.rows, len(names)), np.float64)
    together = max(1, min(1000, _AT_ONCE // max(table.rows, 1)))
    for first in range(0, len(names), together):
        columns = _fetched(table, names[first : first + together])
        for k in range(len(columns)):
            values[:, first + k] = columns.pop(f"v{k}")
    return values


def _fetched(table: Table, names: Sequence[str]) -> dict[str, Reals]:
    """Columns "v0", "v1" … of a few names. NaN comes from the database: to fill masked arrays takes copies of them."""
    cells = (f"coalesce({table.number(name)}, 'NaN'::DOUBLE) AS v{k}" for k, name in enumerate(names))
    columns = table.fetch(", ".join(cells))
    for name, column in zip(names, columns.values(), strict=True):
        _check_finite(table, name, column)
    return columns


def _check_finite(table: Table, name: str, column: Reals) -> None:
    bad = np.flatnonzero(np.isinf(column))
    if bad.size:
        raise DataError(
            f"{table.path.name}, {table.line(int(bad[0]))}, column {name!r}: the value is infinite "
            f"({counted(bad.size, 'such cell')}); blank it, so that it counts as missing, or correct it."
        )


def _check_numeric(table: Table, names: Sequence[str]) -> None:
    for name, (total, numbers) in _count_all(table, names).items():
        if total == 0:
            raise DataError(f"{table.path.name}: column {name!r} has no values; choose another one.")
        if numbers < total:
            _judge_text(table, name, total, numbers)


def _count_all(table: Table, names: Sequence[str]) -> dict[str, tuple[int, int]]:
    """How many cells of each column hold something, and how many of these numbers, over all rows."""
    asked = ", ".join(f"count(*) FILTER ({_filled(table, name)}), count({table.number(name)})" for name in names)
    counts = table.one(asked)
    return dict(zip(names, zip(counts[::2], counts[1::2], strict=True), strict=True))


def columns_of_words(table: Table, names: Sequence[str]) -> list[str]:
    """Those of `names` that would be refused as text where numbers are asked for."""
    return [name for name, (total, numbers) in _count_all(table, names).items() if numbers < _MOSTLY * total]


def _filled(table: Table, name: str) -> str:
    """SQL that is true where a cell holds something."""
    said = f" AND ({table.number(name)} IS NOT NULL OR {table.written(name)} IS NULL)" if table.no_value else ""
    if table.types[table.column(name)] != "VARCHAR":
        return f"{quoted(name)} IS NOT NULL{said}"
    return f"trim({quoted(name)}) NOT IN ({_no_value(table)}){said}"


def _no_value(table: Table) -> str:
    """SQL of the texts that stand for no value."""
    return ", ".join(literal(mark) for mark in no_value(table))


def no_value(table: Table) -> tuple[str, ...]:
    """The texts that stand for no value."""
    return (*NO_VALUE, *table.no_value)


def _judge_text(table: Table, name: str, total: int, numbers: int) -> None:
    """A few cells that are no numbers count as missing; more of them make it a column of text."""
    unreadable = f"{_filled(table, name)} AND {table.number(name)} IS NULL"
    example = str(table.one(f"first(CAST({quoted(name)} AS VARCHAR))", unreadable)[0])[:40]
    if numbers < _MOSTLY * total:
        raise DataError(
            f"{table.path.name}: column {name!r} holds text ({example!r}), not numbers; "
            f"choose a column of numbers{_numeric_hint(table)}."
        )
    bad = table.one("count(*)", unreadable)[0]
    table.notes.append(f"{counted(bad, 'cell')} of {name!r} no number ({example!r}), taken as missing")


def _numeric_hint(table: Table) -> str:
    names = table.names[:64]
    counts = table.one(", ".join(f"count({table.number(n)})" for n in names), rows=1000)
    good = [repr(n) for n, c in zip(names, counts, strict=True) if c > 0]
    return f": {', '.join(good[:8])}" if good else ""


def read_words(table: Table, name: str) -> Words:
    """A column as text (N,), trimmed; an empty text where a cell is blank."""
    table.column(name)
    found = table.fetch(f"coalesce(trim(CAST({quoted(name)} AS VARCHAR)), '') AS v")
    return np.ma.filled(found["v"], "").astype(object)


def numeric_columns(table: Table, names: Sequence[str], rows: int = _LOOK) -> dict[str, bool]:
    """For each column that holds anything in the first `rows` rows: whether it holds numbers."""
    counts = count_cells(table, names, min(table.beginning(rows), rows_of_wide(len(names))))
    return {name: found.numbers >= _MOSTLY * found.filled for name, found in counts.items() if found.filled}


def rows_of_wide(columns: int) -> int:
    """Rows that are looked at of so many columns: few of ten thousand, so that they open as soon as others."""
    return max(20, _CELLS_LOOKED_AT // max(columns, 1))


class Cells(NamedTuple):
    """What the cells of a column hold."""

    filled: int  # that are not blank and stand for no value
    numbers: int  # of these
    example: str


def count_cells(table: Table, names: Sequence[str], rows: int) -> dict[str, Cells]:
    """The cells of columns, over the first `rows` rows, in the order of `names`; empty columns may be left out.

    Columns become rows for this, so that ten thousand of them make no longer a query than one.
    """
    rows = min(rows, table.rows)
    known = table.counted.setdefault(rows, {})
    wanted = [name for name in names if name not in known]
    for name in wanted:
        table.column(name)
        known[name] = Cells(0, 0, "")
    if wanted:
        cells = ", ".join(_text_sql(table, name) for name in wanted)
        long = f"UNPIVOT (SELECT {cells} FROM cells LIMIT {rows}) ON COLUMNS(*) INTO NAME n VALUE v"
        written, empty = _written(table, wanted), _no_value(table)
        said = f" AND ({table.known('number')} IS NOT NULL OR number IS NULL)" if table.no_value else ""
        found = table.connection.execute(
            f"SELECT n, count(*) FILTER (filled{said}), "
            f"count(*) FILTER (filled{said} AND number IS NOT NULL AND NOT isnan(number)), "
            f"any_value(v) FROM (SELECT n, v, trim(v) NOT IN ({empty}) AS filled, {written} AS number FROM ({long})) "
            "GROUP BY n"
        ).fetchall()
        known.update((name, Cells(int(full), int(good), str(shown)[:60])) for name, full, good, shown in found)
    return {name: known[name] for name in names}


def _written(table: Table, names: Sequence[str]) -> str:
    """SQL of the number in a cell `v` of the column whose name is `n`."""
    plain = number_sql("v", table.decimal)
    own = [f"WHEN {literal(n)} THEN {table.marks[n].number('v', table.decimal)}" for n in names if n in table.marks]
    return f"CASE n {' '.join(own)} ELSE {plain} END" if own else plain


def _text_sql(table: Table, name: str) -> str:
    cell = quoted(name)
    return cell if table.types[table.column(name)] == "VARCHAR" else f"CAST({cell} AS VARCHAR) AS {cell}"
