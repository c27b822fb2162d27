"""Tables from files: opened through DuckDB, every cell kept as text until a column is asked for as numbers.

Reading cells as text first means that one bad cell costs one cell, not its row; what is still refused are rows
with too few or too many cells, and each is named with its line and reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import duckdb

from engine.data import database
from engine.data.errors import DataError
from engine.data.files.broken_records import leave_out_broken
from engine.data.files.dialect import FOUND_OUT, Reading
from engine.data.files.odd_rows import Rejected
from engine.data.files.source import Source
from engine.data.files.sources import prepare_source
from engine.data.notation.quoting import literal, quoted
from engine.data.tables.as_above import fill_down
from engine.data.tables.crosswise import STEPS, crosswise
from engine.data.tables.inner_rows import leave_out_inner_rows
from engine.data.tables.joined_time import joined_time
from engine.data.tables.seen_numbers import read_digits, read_lengths_of_time, see_numbers
from engine.data.tables.tables import NAMED, Table
from engine.data.under_way import begin_step, watched
from engine.wording.counting import counted

_IN_MEMORY = 64 << 20  # bytes; a larger file is read anew for each query instead of kept
_WIDE_IN_MEMORY = 128 << 20  # likewise of a table of many columns, of which more is asked
_WIDE = 1_000  # columns from which on several threads only take longer to make a table


def open_table(path: Path, reading: Reading = FOUND_OUT) -> Table:
    """Open CSV in any dialect and encoding, TSV, Parquet, JSON lines or Excel.

    `reading` says how a text table is written, as far as somebody has said so.

    Raises:
        DataError: missing, empty, binary, header only, or not a table.
    """
    begin_step("how it is written")
    source = prepare_source(path, reading)
    connection = connect()
    begin_step("its rows")
    try:
        try:
            table = _opened(path, source, connection, reading)
        except duckdb.Error:
            if not leave_out_broken(source):
                raise
            table = _opened(path, source, connection, reading)
    except duckdb.Error as error:
        source.close()
        if source.relation.startswith("read_parquet"):
            said = _first_line(error).strip(".")
            raise DataError(
                f"{path.name} is a Parquet file that is damaged or cut off ({said}); fetch or write it again."
            ) from None
        raise DataError(f"{path.name} cannot be read as a table: {_first_line(error)}") from None
    except BaseException:
        source.close()
        raise
    begin_step("its values")
    return table


def connect() -> duckdb.DuckDBPyConnection:
    """A connection of which it is told how far its query is, and which can be broken off; without time zones."""
    connection = watched(database.connect())
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _opened(path: Path, source: Source, connection: duckdb.DuckDBPyConnection, reading: Reading) -> Table:
    wide = source.dialect is not None and len(source.dialect.columns) > _WIDE
    kind = "TABLE" if source.size < (_WIDE_IN_MEMORY if wide else _IN_MEMORY) else "VIEW"
    chosen = "*" if source.dialect else _flattened(connection, source.relation)
    with _one_thread(connection) if wide else nullcontext():
        connection.execute(f"CREATE OR REPLACE TEMP {kind} cells AS SELECT {chosen} FROM {source.relation}")
    made = connection.table("cells")
    table = Table(path, source, tuple(made.columns), tuple(map(str, made.types)), connection)
    table.no_value, table.first_year = reading.no_value, reading.first_year
    table.rows = int(table.one("count(*)")[0])
    table.rejected, table.rejected_rows = _rejected(connection, source)
    table.remarks = [*source.remarks]
    table.notes = [*source.notes, *source.remarks, *_row_notes(table)]
    if table.rows == 0:
        raise DataError(_nothing_read(table))
    leave_out_inner_rows(table)
    table.rejected = tuple(sorted((*table.rejected, *source.left_out), key=lambda row: row.line))[:NAMED]
    table.rejected_rows += source.left_out_rows
    if source.other_digits:
        read_digits(table)
    read_lengths_of_time(table)
    if reading.layout == "auto":
        fill_down(table)
        _turn(table)
    see_numbers(table, reading, _join_time(table))
    return table


@contextmanager
def _one_thread(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    connection.execute("SET threads = 1")
    try:
        yield
    finally:
        connection.execute("RESET threads")


def _turn(table: Table) -> None:
    """Rows of values with their times, where dates, months or hours run across."""
    if found := crosswise(table.names, table.first):
        table.replace(found.sql, kept=True)
        made = table.connection.table("cells")
        table.names, table.types = tuple(made.columns), tuple(map(str, made.types))
        table.rows = int(table.one("count(*)")[0])
        table.source.converted = True
        table.series = found.kept if found.what == STEPS else ()
        table.remarks.append(found.note)
        table.notes.append(found.note)


def _join_time(table: Table) -> tuple[str, ...]:
    """One more column, where others make up the time together; the names of these."""
    if joined := joined_time(table.names, table.first):
        table.replace(lambda cells: f"SELECT *, {joined.sql} AS {quoted(joined.name)} FROM {cells}", kept=False)
        table.names, table.types, table.joined = (*table.names, joined.name), (*table.types, "VARCHAR"), joined.name
        table.remarks.append(joined.note)
        table.notes.append(joined.note)
    return joined.parts if joined else ()


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
        f"GROUP BY file_id, line ORDER BY file_id, line LIMIT {NAMED}"
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
    names = ", ".join(map(repr, table.names[:8]))
    return f"{table.path.name} has a header ({names}) but no rows; choose a file that holds data."


def _first_line(error: BaseException) -> str:
    """What the database says, without the kind of its error and the path."""
    line = str(error).strip().splitlines()[0].strip(" .")
    return re.sub(r"""^[\w ]*Error: | in file "[^"]*"|,? (of )?file ['"][^'"]*['"]""", "", line) + "."
