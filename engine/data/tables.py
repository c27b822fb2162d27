"""Tables from files: opened through DuckDB, every cell kept as text until a column is asked for as numbers.

Reading cells as text first means that one bad cell costs one cell, not its row; what is still refused are rows
with too few or too many cells, and each is named with its line and reason.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import duckdb

from engine.data.crosswise import crosswise
from engine.data.decimal_marks import decimal_mark
from engine.data.dialect import FOUND_OUT, Dialect, Reading
from engine.data.errors import DataError, counted, nearest
from engine.data.joined_time import LOOK, joined_time
from engine.data.number_marks import LOOKS, Mark, look_sql, mark_of
from engine.data.numbers import is_number, number_sql
from engine.data.odd_rows import Rejected
from engine.data.sources import Source, prepare_source
from engine.data.under_way import unwatched, watched

_NAMED = 10_000  # rows that could not be read and are kept with line and reason
_WIDE, _CELLS, _FEWEST_ROWS = 64, 5_000_000, 500  # from so many columns on, so many cells are looked at, or rows
_SHOWN = 200_000  # cells
_WRITTEN = 2_000  # rows that tell how numbers are written
_IN_MEMORY = 64 << 20  # bytes; a larger file is read anew for each query instead of kept


@dataclass(slots=True)
class Table:
    """An open table. Use it in a ``with`` block: it may hold a database and a temporary file."""

    path: Path
    source: Source
    names: tuple[str, ...]
    types: tuple[str, ...]  # DuckDB's, "VARCHAR" where the file does not say
    connection: duckdb.DuckDBPyConnection
    joined: str = ""  # the column that is put together of others
    decimal: str = "."
    no_value: tuple[str, ...] = ()  # numbers and words that stand for none, beside the usual ones
    rows: int = 0
    rejected: tuple[Rejected, ...] = ()  # rows that are left out, the first ten thousand
    rejected_rows: int = 0  # all
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # of the notes, those on what is odd about the cells
    marks: dict[str, Mark] = field(default_factory=dict)  # by column: what stands beside its numbers
    counted: dict[int, dict[str, Any]] = field(default_factory=dict)  # by rows looked at: what is known of columns
    date_formats: dict[str, str] = field(default_factory=dict)  # of the columns that were looked at for dates
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
        return self.rejected_rows - len(self.source.left_out)

    def column(self, name: str) -> int:
        """Place of a column.

        Raises:
            DataError: there is none of that name; the nearest is named.
        """
        if not self._places:
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
        source = "cells" if looked_at == self.rows else f"(SELECT * FROM cells LIMIT {looked_at})"
        # To the end, not only the first row: rejected rows are kept account of when a query is done.
        rows_found = self.connection.execute(f"SELECT {expressions} FROM {source} WHERE {where}").fetchall()
        return rows_found[0] if rows_found else ()

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
        if dialect is None or self.source.converted or self.unreadable_rows:
            return f"row {row + 1:,}"
        return f"line {row + 1 + dialect.skip + dialect.header + dialect.units:,}"

    def number(self, name: str) -> str:
        """SQL for a column as DOUBLE, NULL where a cell is no number."""
        return self.known(self.written(name))

    def written(self, name: str) -> str:
        """The same with the numbers that stand for no value."""
        if self.types[self.column(name)] != "VARCHAR":
            return f"TRY_CAST({quoted(name)} AS DOUBLE)"
        cell = quoted(name)
        return self.marks[name].number(cell, self.decimal) if name in self.marks else number_sql(cell, self.decimal)

    def known(self, number: str) -> str:
        """SQL for a number, NULL where it stands for no value."""
        for mark in filter(is_number, self.no_value):
            number = f"nullif({number}, {float(mark)}::DOUBLE)"
        return number


def quoted(name: str) -> str:
    """A column name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def open_table(path: Path, reading: Reading = FOUND_OUT) -> Table:
    """Open CSV in any dialect and encoding, TSV, Parquet, JSON lines or Excel.

    `reading` says how a text table is written, as far as somebody has said so.

    Raises:
        DataError: missing, empty, binary, header only, or not a table.
    """
    source = prepare_source(path, reading)
    connection = connect()
    try:
        table = _opened(path, source, connection, reading)
    except duckdb.Error as error:
        source.close()
        raise DataError(f"{path.name} cannot be read as a table: {_first_line(error)}") from None
    except BaseException:
        source.close()
        raise
    return table


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that fetches nothing from the network and writes nothing into the working folder."""
    connection = watched(duckdb.connect())
    connection.execute("SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false")
    # It joins a table's first rows with themselves, which takes four times as long over ten thousand columns.
    connection.execute("SET disabled_optimizers = 'late_materialization'")
    # One for each user, as nobody else may write into it; what a process that was killed left there, the next removes.
    folder = Path(tempfile.gettempdir()) / f"duckdb-{getattr(os, 'getuid', int)()}"
    connection.execute(f"SET temp_directory = {literal(str(folder))}")
    return connection


def _opened(path: Path, source: Source, connection: duckdb.DuckDBPyConnection, reading: Reading) -> Table:
    kind = "TABLE" if source.size < _IN_MEMORY else "VIEW"
    chosen = "*" if source.dialect else _flattened(connection, source.relation)
    connection.execute(f"CREATE TEMP {kind} cells AS SELECT {chosen} FROM {source.relation}")
    made = connection.table("cells")
    table = Table(path, source, tuple(made.columns), tuple(map(str, made.types)), connection)
    table.no_value = reading.no_value
    table.rows = int(table.one("count(*)")[0])
    table.rejected, table.rejected_rows = _rejected(connection, source)
    table.remarks = [*source.remarks]
    table.notes = [*source.notes, *source.remarks, *_row_notes(table)]
    if table.rows == 0:
        raise DataError(_nothing_read(table))
    table.rejected = tuple(sorted((*table.rejected, *source.left_out), key=lambda row: row.line))[:_NAMED]
    table.rejected_rows += len(source.left_out)
    if reading.layout == "auto":
        _turn(table)
    _join_time(table)
    _see_numbers(table, reading)
    return table


def _turn(table: Table) -> None:
    """Rows of values with their times, where dates, months or hours run across."""
    if found := crosswise(table.names, table.first):
        _replaced(table, found.sql("read_cells"), kept=True)
        made = table.connection.table("cells")
        table.names, table.types = tuple(made.columns), tuple(map(str, made.types))
        table.rows = int(table.one("count(*)")[0])
        table.source.converted = True
        table.remarks.append(found.note)
        table.notes.append(found.note)


def _join_time(table: Table) -> None:
    """One more column, where others make up the time together."""
    if joined := joined_time(table.names, table.first):
        _replaced(table, f"SELECT *, {joined.sql} AS {quoted(joined.name)} FROM read_cells", kept=False)
        table.names, table.types, table.joined = (*table.names, joined.name), (*table.types, "VARCHAR"), joined.name
        table.remarks.append(joined.note)
        table.notes.append(joined.note)


def _replaced(table: Table, query: str, *, kept: bool) -> None:
    """Put a query over `read_cells`, what was read, in the place of the cells; `kept` where it takes long each time."""
    kind = "TABLE" if table.source.size < _IN_MEMORY else "VIEW"
    table.connection.execute(f"ALTER {kind} cells RENAME TO read_cells")
    table.connection.execute(f"CREATE TEMP {'TABLE' if kept else 'VIEW'} cells AS {query}")


def _see_numbers(table: Table, reading: Reading) -> None:
    """How the numbers of a text table are written."""
    texts = [n for n, t in zip(table.names, table.types, strict=True) if t == "VARCHAR"][:_WIDE]
    if table.dialect is None or not texts:
        return
    said = {"point": ".", "comma": ","}.get(reading.decimal)
    table.decimal, remark = (said, "") if said else decimal_mark(table.one, list(map(quoted, texts)), table.dialect)
    remarks = [remark] if remark else []
    numbers = (f"count({table.written(n)}) < count(nullif(trim({quoted(n)}), ''))" for n in texts)
    some = table.one(", ".join(numbers), rows=_WRITTEN)
    texts = [name for name, worth in zip(texts, some, strict=True) if worth]
    looks = table.one(", ".join(look_sql(quoted(n)) for n in texts), rows=_WRITTEN) if texts else ()
    for place, name in enumerate(texts):
        if found := mark_of(*looks[LOOKS * place : LOOKS * (place + 1)]):
            table.marks[name] = found
            remarks.append(f"{name!r}: {found.words}")
    table.remarks += remarks
    table.notes += remarks


def _flattened(connection: duckdb.DuckDBPyConnection, relation: str) -> str:
    """SQL of all columns, the fields of nested records as columns of their own: place.x, place.y."""
    found = connection.sql(f"SELECT * FROM {relation} LIMIT 0")
    pairs = zip(found.columns, found.types, strict=True)
    return ", ".join(part for name, kind in pairs for part in _fields(quoted(name), name, kind))


def _fields(cell: str, name: str, kind: Any) -> list[str]:
    if kind.id != "struct":
        return [f"{cell} AS {quoted(name)}"]
    inner = ((f"struct_extract({cell}, {literal(key)})", f"{name}.{key}", child) for key, child in kind.children)
    return [part for field in inner for part in _fields(*field)]


def _rejected(connection: duckdb.DuckDBPyConnection, source: Source) -> tuple[tuple[Rejected, ...], int]:
    """The first rows that were refused, and how many there are."""
    if source.dialect is None:
        return (), 0
    last = "FROM reject_errors WHERE scan_id = (SELECT max(scan_id) FROM reject_errors)"
    count = connection.execute(f"SELECT count(DISTINCT (file_id, line)) {last}").fetchone() or (0,)
    rows = connection.execute(
        f"SELECT line, first(error_type), first(error_message), first(csv_line) {last} "
        f"GROUP BY file_id, line ORDER BY file_id, line LIMIT {_NAMED}"
    ).fetchall()
    named = tuple(Rejected(int(r[0]), _reason(str(r[1]), str(r[2])), str(r[3] or "")[:200]) for r in rows)
    return named, int(count[0])


def _reason(kind: str, message: str) -> str:
    """Why a row was refused, in our words for what is common."""
    if cells := re.fullmatch(r"Expected Number of Columns: (\d+) Found: (\d+)", message.strip()):
        return f"{counted(int(cells[2]), 'cell')} where the table has {counted(int(cells[1]), 'column')}"
    if kind == "UNQUOTED VALUE":
        return "a quotation mark that is not closed, or within a cell"
    return f"{kind.lower()}: {message}"


def _row_notes(table: Table) -> list[str]:
    notes = []
    if table.rejected:
        first, one = table.rejected[0], table.rejected_rows == 1
        notes.append(
            f"{counted(table.rejected_rows, 'row')} could not be read and {'is' if one else 'are'} left out, "
            f"the first on line {first.line:,} ({first.reason})"
        )
    return notes


def _nothing_read(table: Table) -> str:
    if table.rejected:
        first = table.rejected[0]
        return (
            f"{table.path.name}: none of its {table.rejected_rows:,} rows fits its header; the first bad one is on "
            f"line {first.line:,} ({first.reason}). Check the delimiter."
        )
    names = ", ".join(table.names[:8])
    return f"{table.path.name} has a header ({names}) but no rows; choose a file that holds data."


def _first_line(error: BaseException) -> str:
    """What the database says, without the kind of its error and the path."""
    line = str(error).strip().splitlines()[0].strip(" .")
    return re.sub(r'^[\w ]*Error: | in file "[^"]*"', "", line) + "."
