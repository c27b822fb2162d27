"""An open table: what is known of it, and how it is asked for cells, rows and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from engine.data.errors import DataError, nearest
from engine.data.files.dialect import Dialect
from engine.data.files.odd_rows import Rejected
from engine.data.files.source import Source
from engine.data.notation.number_marks import Mark
from engine.data.notation.numbers import is_number, number_sql
from engine.data.notation.quoting import quoted
from engine.data.tables.joined_time import LOOK
from engine.data.under_way import unwatched

_WIDE, _CELLS, _FEWEST_ROWS = 64, 5_000_000, 500  # from so many columns on, so many cells are looked at, or rows
_SHOWN = 200_000  # cells
_NAME_OR_TEXT = re.compile(r"""'(?:[^']|'')*'|("(?:[^"]|"")*")""")  # of SQL
NAMED = 10_000  # rows that are left out and are kept with line and reason


@dataclass(slots=True)
class Table:
    """An open table. Use it in a ``with`` block: it may hold a database and a temporary file."""

    path: Path
    source: Source
    names: tuple[str, ...]
    types: tuple[str, ...]  # DuckDB's, "VARCHAR" where the file does not say
    connection: duckdb.DuckDBPyConnection
    series: tuple[str, ...] = ()  # columns that are known to tell several series apart
    joined: str = ""  # the column that is put together of others
    decimal: str = "."
    no_value: tuple[str, ...] = ()  # numbers and words that stand for none, beside the usual ones
    first_year: int = 0  # of the hundred that years of two digits belong to; 0 is found out
    rows: int = 0
    rejected: tuple[Rejected, ...] = ()  # rows that are left out, the first ten thousand
    rejected_rows: int = 0  # all
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # of the notes, those on what is odd about the cells
    marks: dict[str, Mark] = field(default_factory=dict)  # by column: what stands beside its numbers
    counted: dict[int, dict[str, Any]] = field(default_factory=dict)  # by rows looked at: what is known of columns
    date_formats: dict[str, str] = field(default_factory=dict)  # of the columns that were looked at for dates
    dated: set[str] = field(default_factory=set)  # columns of the time of which rows without a date were left out
    words: dict[str, Any] = field(default_factory=dict)  # columns of words that were read and are to be read again
    _places: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Table:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unwatched(self.connection)
        self.connection.close()
        self.source.close()

    @property
    def dialect(self) -> Dialect | None:
        """How the text of the file is laid out; None for Parquet and JSON."""
        return self.source.dialect

    @property
    def unreadable_rows(self) -> int:
        """Rows that did not fit the others, without those that are known not to be of the table."""
        return self.rejected_rows - self.source.left_out_rows

    def column(self, name: str) -> int:
        """Place of a column.

        Raises:
            DataError: there is none of that name; the nearest is named.
        """
        if len(self._places) != len(self.names):  # they are others, since the table was turned
            self._places.clear()
            self._places.update((known, place) for place, known in enumerate(self.names))
        if name in self._places:
            return self._places[name]
        raise DataError(f"{self.path.name} has no column {name!r}; {nearest(name, self.names)}")

    def beginning(self, rows: int) -> int:
        """So many rows that are looked at, or as many as there are; fewer of a wide table."""
        few = max(_FEWEST_ROWS, _CELLS // len(self.names)) if len(self.names) > _WIDE else rows
        return min(self.rows, rows, few)

    def fetch(self, expressions: str, rows: int | None = None) -> dict[str, Any]:
        """Columns of the whole table, or of its first `rows`, as NumPy arrays in the order of the file."""
        limit = "" if rows is None else f" LIMIT {rows}"
        return self.connection.execute(f"SELECT {expressions} FROM cells{limit}").fetchnumpy()

    def one(self, expressions: str, where: str = "true", rows: int | None = None) -> tuple[Any, ...]:
        """One row of aggregates over the table, or over its first `rows`."""
        looked_at = self.rows if rows is None else self.beginning(rows)
        chosen = "*" if len(self.names) <= _WIDE else _named_in(f"{expressions} {where}")
        source = "cells" if looked_at == self.rows else f"(SELECT {chosen} FROM cells LIMIT {looked_at})"
        # To the end, not only the first row: rejected rows are kept account of when a query is done.
        rows_found = self.connection.execute(f"SELECT {expressions} FROM {source} WHERE {where}").fetchall()
        return rows_found[0] if rows_found else ()

    def replace(self, query: Callable[[str], str], *, kept: bool) -> None:
        """Put a query over the cells so far in their place; `kept` where it takes long each time."""
        every = "SELECT view_name AS n, 1 AS v FROM duckdb_views() UNION SELECT table_name, 0 FROM duckdb_tables()"
        asked = f"SELECT count(*), max(v) FILTER (n = 'cells') FROM ({every}) WHERE starts_with(n, 'cells')"
        known, viewed = self.connection.execute(asked).fetchone() or (0, 0)
        before = f"cells_{known}"
        self.connection.execute(f"ALTER {'VIEW' if viewed else 'TABLE'} cells RENAME TO {before}")
        self.connection.execute(f"CREATE TEMP {'TABLE' if kept else 'VIEW'} cells AS {query(before)}")

    def head(self, rows: int) -> list[tuple[Any, ...]]:
        """The first `rows` rows, or fewer of a wide table; cells as text."""
        rows = min(rows, max(1, _SHOWN // len(self.names)))
        columns = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in self.names)
        return self.connection.execute(f"SELECT {columns} FROM cells LIMIT {rows}").fetchall()

    def first(self, names: Sequence[str]) -> list[tuple[Any, ...]]:
        """A few rows of some columns, as text."""
        cells = ", ".join(f"CAST({quoted(name)} AS VARCHAR)" for name in names)
        return self.connection.execute(f"SELECT {cells} FROM cells LIMIT {LOOK}").fetchall()

    def line(self, row: int) -> str:
        """Where row number `row` (from 0) stands, in words; a line of the file where that is known."""
        dialect = self.dialect
        if dialect is None or dialect.comment or self.source.converted or self.unreadable_rows:
            return f"row {row + 1:,}"
        return f"line {row + self.first_line:,}"

    @property
    def first_line(self) -> int:
        """The line of the first row of a text table, if no line among the rows is a remark."""
        return 1 + (self.dialect.skip + self.dialect.header + self.dialect.units if self.dialect else 0)

    def number(self, name: str) -> str:
        """SQL for a column as DOUBLE, NULL where a cell is no number, or an infinite one."""
        return f"nullif(nullif({self.known(self.written(name))}, 'inf'::DOUBLE), '-inf'::DOUBLE)"

    def written(self, name: str) -> str:
        """The same with the numbers that stand for no value."""
        if self.types[self.column(name)] != "VARCHAR":
            return f"TRY_CAST({quoted(name)} AS DOUBLE)"
        cell = quoted(name)
        return self.marks[name].number(cell, self.decimal) if name in self.marks else number_sql(cell, self.decimal)

    def lasts(self, name: str) -> bool:
        """Whether the numbers of a column are lengths of time, which are seldom asked for."""
        return name in self.marks and self.marks[name].lasts != ""

    def known(self, number: str) -> str:
        """SQL for a number, NULL where it stands for no value."""
        for mark in filter(is_number, self.no_value):
            number = f"nullif({number}, {float(mark)}::DOUBLE)"
        return number


def _named_in(sql: str) -> str:
    """The columns that stand in `sql`; to choose ten thousand takes the database .2 s each time."""
    named = dict.fromkeys(name for name in _NAME_OR_TEXT.findall(sql) if name)
    return ", ".join(named) or "1"
