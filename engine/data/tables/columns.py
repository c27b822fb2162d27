"""Columns of a table as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engine.data.errors import DataError
from engine.data.notation.numbers import NO_VALUE, number_sql
from engine.data.notation.quoting import literal, quoted
from engine.data.scaling import Reals
from engine.data.tables.infinite import leave_out_infinite
from engine.data.tables.tables import Table
from engine.wording.counting import counted

Words: TypeAlias = NDArray[Any]  # of texts

_LOOK = 100_000  # rows that tell numbers from words
_MOSTLY = 0.9  # share of numbers from which on a column is one of numbers
_BETWEEN = " · "  # words of several columns that tell sequences apart
LARGEST = 1e37  # a network computes with float32, which ends a little above
_NAMED = 8  # columns that are each told
_SHOWN = 60  # letters of a cell
_NONE, _OTHER, _NUMBER, _INFINITE = range(4)  # kinds of cells: that say nothing, words, numbers
_CELLS_LOOKED_AT = 1_000_000  # of a wide table, of which fewer rows are looked at


def read_numbers(table: Table, names: Sequence[str]) -> Reals:
    """Columns as float64 (N, C); NaN where a cell is blank, infinite or no number.

    Raises:
        DataError: a column does not exist, holds text, has no value at all, or holds one that is too large.
    """
    typed = all(table.types[table.column(name)] != "VARCHAR" for name in names)
    cells = ", ".join(f"TRY_CAST({quoted(name)} AS DOUBLE)" if typed else _text_sql(table, name) for name in names)
    number = table.known("v" if typed else _written(table, names))
    # Columns become rows: to plan an expression for each of ten thousand takes the database minutes. NaN comes from
    # there too, since to fill masked arrays takes copies of them.
    cells = f"(SELECT {cells} FROM cells) UNPIVOT INCLUDE NULLS (v FOR n IN (COLUMNS(*)))"
    rows = table.connection.execute(f"SELECT coalesce({number}, 'NaN'::DOUBLE) AS v FROM {cells}").fetchnumpy()
    values: Reals = rows["v"].reshape(-1, len(names))
    leave_out_infinite(table, names, values)
    gaps = np.flatnonzero(np.isnan(values).any(axis=0))
    _check_numeric(table, [names[place] for place in gaps.tolist()])
    _check_size(table, names, values)
    return values


def _check_size(table: Table, names: Sequence[str], values: Reals) -> None:
    bad = np.argwhere((values > LARGEST) | (values < -LARGEST))
    if len(bad):
        row, column = map(int, bad[0])
        cells = counted(int((bad[:, 1] == column).sum()), "such cell")
        raise DataError(
            f"{table.path.name}, {table.line(row)}, column {names[column]!r}: the value is {values[row, column]:g}, "
            f"too large to compute with ({cells}); blank it, so that it counts as missing, or correct it."
        )


def _check_numeric(table: Table, names: Sequence[str]) -> None:
    """A few cells that are no numbers count as missing; more of them make it a column of text."""
    odd = {}
    for name, found in count_cells(table, names, table.rows).items():
        if not found.filled:
            raise DataError(f"{table.path.name}: column {name!r} has no values; choose another one.")
        if found.numbers < _MOSTLY * found.filled:
            raise DataError(
                f"{table.path.name}: column {name!r} holds text ({found.unreadable[:40]!r}), not numbers; "
                f"choose a column of numbers{_numeric_hint(table)}."
            )
        if found.numbers < found.filled:
            odd[name] = found
    cells = {name: counted(found.filled - found.numbers, "cell") for name, found in odd.items()}
    if len(odd) <= _NAMED:
        table.notes += [f"{cells[n]} of {n!r} no number ({_example(odd[n])}), taken as missing" for n in odd]
    else:
        bad = sum(found.filled - found.numbers for found in odd.values())
        name = next(iter(odd))
        table.notes.append(
            f"{counted(bad, 'cell')} in {len(odd):,} columns no number, taken as missing "
            f"({odd[name].unreadable[:40]!r} in {name!r}, for one)"
        )


def _example(found: Cells) -> str:
    """A cell that is no number, of which there may be others."""
    return repr(found.unreadable[:40]) + (", for one" if found.filled - found.numbers > 1 else "")


def columns_of_words(table: Table, names: Sequence[str]) -> list[str]:
    """Those of `names` that would be refused as text where numbers are asked for."""
    counts = count_cells(table, names, table.rows)
    return [name for name, found in counts.items() if found.numbers < _MOSTLY * found.filled]


def no_value(table: Table) -> tuple[str, ...]:
    """The texts that stand for no value."""
    return (*NO_VALUE, *table.no_value)


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


def read_keys(table: Table, names: Sequence[str]) -> Words:
    """What tells sequences apart, as text (N,): the words of one column, or those of several with a point between.

    Raises:
        DataError: a column does not exist, or such a point stands within a cell of several.
    """
    columns = [read_words(table, name) for name in names]
    if len(columns) == 1:
        return columns[0]
    for name, column in zip(names, columns, strict=True):
        if odd := next((word for word in set(column.tolist()) if _BETWEEN in word), ""):
            raise DataError(
                f"{table.path.name}: column {name!r} holds {odd[:40]!r}, and {_BETWEEN!r} is what stands between the "
                "words of several columns that tell sequences apart; write it in another way, or name one column alone."
            )
    return np.array([_BETWEEN.join(words) for words in zip(*columns, strict=True)], object)


def parts_of(key: str, names: Sequence[str]) -> list[str]:
    """What each column of `read_keys` says."""
    return key.split(_BETWEEN) if len(names) > 1 else [key]


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
    unreadable: str  # one that is none of these
    infinite: int = 0  # that are not among the filled ones


def count_cells(table: Table, names: Sequence[str], rows: int) -> dict[str, Cells]:
    """The cells of columns, over the first `rows` rows, in the order of `names`.

    Columns become rows for this, so that ten thousand of them make no longer a query than one.
    """
    rows = min(rows, table.rows)
    known = table.counted.setdefault(rows, {})
    wanted = [name for name in names if name not in known]
    for name in wanted:
        table.column(name)
        known[name] = Cells(0, 0, "", "")
    if wanted:
        cells = ", ".join(_text_sql(table, name) for name in wanted)
        long = f"UNPIVOT (SELECT {cells} FROM cells LIMIT {rows}) ON COLUMNS(*) INTO NAME n VALUE v"
        written, empty = _written(table, wanted), ", ".join(map(literal, no_value(table)))
        is_known = f"CASE WHEN {table.known('number')} IS NULL THEN {_NONE} ELSE {_NUMBER} END"
        kind = (
            f"CASE WHEN isinf(number) THEN {_INFINITE} WHEN number IS NOT NULL AND NOT isnan(number) THEN {is_known} "
            f"WHEN trim(v) IN ({empty}) THEN {_NONE} ELSE {_OTHER} END"
        )
        # A group for each kind of cell: the database takes twice as long over as many counts with conditions.
        found = table.connection.execute(
            f"SELECT n, kind, count(*), any_value(v) FROM (SELECT n, v, {kind} AS kind FROM "
            f"(SELECT n, v, {written} AS number FROM ({long}))) GROUP BY n, kind"
        ).fetchall()
        kinds: dict[str, dict[int, tuple[int, str]]] = {}
        for name, own, count, shown in found:
            kinds.setdefault(name, {})[own] = int(count), str(shown)[:_SHOWN]
        known.update((name, _cells(own)) for name, own in kinds.items())
    return {name: known[name] for name in names}


def _cells(kinds: dict[int, tuple[int, str]]) -> Cells:
    """What is in a column, of the count and an example of each kind of cell."""
    nothing = (0, "")
    numbers, odd, infinite = (kinds.get(kind, nothing) for kind in (_NUMBER, _OTHER, _INFINITE))
    example = max(numbers, odd) if numbers[0] + odd[0] else kinds.get(_NONE, infinite)
    return Cells(numbers[0] + odd[0], numbers[0], example[1], odd[1], infinite[0])


def _written(table: Table, names: Sequence[str]) -> str:
    """SQL of the number in a cell `v` of the column whose name is `n`."""
    plain = number_sql("v", table.decimal)
    own = [f"WHEN {literal(n)} THEN {table.marks[n].number('v', table.decimal)}" for n in names if n in table.marks]
    return f"CASE n {' '.join(own)} ELSE {plain} END" if own else plain


def _text_sql(table: Table, name: str) -> str:
    """SQL of a column as text; yes and no are 1 and 0, as they are where numbers are read."""
    cell, kind = quoted(name), table.types[table.column(name)]
    whole = f"CAST({cell} AS TINYINT)" if kind == "BOOLEAN" else cell
    return cell if kind == "VARCHAR" else f"CAST({whole} AS VARCHAR) AS {cell}"
