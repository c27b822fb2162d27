"""The dialect of a text table, found out: by DuckDB's sniffer, and by what it has to be told."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from engine.data.errors import DataError
from engine.data.files.dialect import FOUND_OUT, Dialect, Reading, csv_relation
from engine.data.files.encoding import LONGEST_LINE
from engine.data.files.headers import first_line_is_data, first_line_names, heads_figures
from engine.data.files.names_above import named_above, unmarked
from engine.data.files.odd_rows import is_figure, of_figures
from engine.data.files.preface import evenly_parted, parted_by, preface, says_how, usual_delimiter, years_on_top
from engine.data.notation.quoting import literal
from engine.data.under_way import stoppable

_MOST_COLUMNS = 20_000
_LOOKED_AT = 200  # lines that tell whether the first one is like them
_SNIFFED = 20_480  # lines that the sniffer looks at
_WIDE, _WIDE_LINES = 1_000, 50  # from so many columns on it is slow, and is given so many lines
_UNITS, _FEWEST = 3, 8  # rows that may be units below names, and of a table that tells so
_USUAL_QUOTES = """, quote = '"', escape = '"' """


def check_width(plain: Path, name: str) -> None:
    """Refuse a table that is too wide before its columns are looked for."""
    if (cells := _width(plain)) > _MOST_COLUMNS:
        raise DataError(
            f"{name}: its first line has {cells:,} cells, and a table may have {_MOST_COLUMNS:,} columns; write it "
            "with rows and columns changed over, or one step of a sequence a row."
        )


def _width(plain: Path) -> int:
    """Cells of the first line."""
    with plain.open("rb") as file:
        line = file.readline(LONGEST_LINE)
    return 1 + max(line.count(mark) for mark in (b",", b";", b"\t", b"|"))


def sniffed(plain: Path, encoding: str, name: str, reading: Reading = FOUND_OUT) -> Dialect:
    """The dialect of a table in UTF-8, named `encoding` and `name` for people, as far as `reading` leaves it open.

    Raises:
        DataError: its lines have nothing in common.
    """
    if not reading.delimiter and (mark := evenly_parted(plain)):
        reading = replace(reading, delimiter=mark)
    if reading.header == "auto" and says_how(plain):
        reading = replace(reading, header="no")
    lines = _WIDE_LINES if _width(plain) >= _WIDE else _SNIFFED
    dialect = _of_wide(plain, encoding, reading) if lines == _WIDE_LINES else None
    if dialect is None or len(dialect.columns) == 1:
        dialect = _found(plain, encoding, reading)
    if (dialect is None or len(dialect.columns) == 1) and not reading.delimiter and (mark := parted_by(plain)):
        dialect = _found(plain, encoding, replace(reading, delimiter=mark)) or dialect
    if dialect is None:
        raise DataError(
            f"{name} cannot be read as a table: its lines have no common number of cells under any delimiter; "
            "check that it is a CSV file."
        )
    if reading.header == "auto":
        dialect = unmarked(named_above(plain, dialect))
    if not dialect.quote and reading.quotes != "none" and not _quotes_in_sight(plain, lines):
        return replace(dialect, quote='"', escape='"')  # whatever comes further down
    return dialect


def _of_wide(plain: Path, encoding: str, reading: Reading) -> Dialect | None:
    """The dialect of a wide table, told by its beginning; other quotes than the usual are tried where there are any."""
    with tempfile.TemporaryDirectory() as folder, plain.open("rb") as file:
        beginning, lines = Path(folder) / "beginning.csv", b"".join(itertools.islice(file, _WIDE_LINES))
        beginning.write_bytes(lines)
        usual = "" if b"'" in lines or reading.quotes == "none" else _USUAL_QUOTES
        return _found(beginning, encoding, reading, usual)


def _quotes_in_sight(plain: Path, lines: int) -> bool:
    """Whether a quotation mark stands where the sniffer has looked, which then knows what it does not mean."""
    with plain.open("rb") as file:
        return any(b'"' in line for line in itertools.islice(file, lines))


def _found(plain: Path, encoding: str, reading: Reading, known: str = "") -> Dialect | None:
    """Ask DuckDB for the dialect; where it sees one column only, ask again in ways that may find more."""
    found: dict[str, Any] = {}
    before = preface(plain)
    options = reading.options() + known
    told = options + (f", skip = {before}" if before else "")
    with stoppable() as connection:
        rejects = ", store_rejects = true"
        for question in ("", rejects, *([] if reading.delimiter else [", delim = ' '"])):
            answer = _answer(connection, plain, question + told)
            taken = answer.get("Delimiter", "") if question == rejects and not reading.delimiter else ""
            if taken and (usual := usual_delimiter(plain, taken)):  # it takes what stands nowhere, and refuses all rows
                answer = _answer(connection, plain, f", delim = {literal(usual)}{rejects}{told}")
            if not found or (answer and len(answer["Columns"]) > 1):
                found = answer
            if found and len(found["Columns"]) > 1:
                break
        if found and before and (comment := _said(found["Comment"])):
            kept = before - _begun_by(plain, comment, before)  # it does not count these when it skips lines
            options += f", comment = {literal(comment)}, delim = {literal(found['Delimiter'])}"
            told = options + (f", skip = {kept}" if kept else "")
            found = _answer(connection, plain, told) or _answer(connection, plain, rejects + told) or found
        if found and not before and _mostly_left_out(plain, int(found["SkipRows"])):
            # One odd row near the end made the sniffer take all before it for a preamble.
            found = _answer(connection, plain, ", skip = 0, store_rejects = true" + options) or found
        if found and reading.header == "auto" and _header_is_a_row(connection, plain, found, encoding):
            found = _answer(connection, plain, ", header = false" + told) or found
        unnamed = found and reading.header == "auto" and not found["HasHeader"]
        if unnamed and (
            years_on_top(plain, int(found["SkipRows"]), found["Delimiter"])
            or _names_are_a_row(connection, plain, found, encoding)
        ):
            skipped = f", skip = {found['SkipRows']}"
            found = _answer(connection, plain, ", header = true" + options + skipped) or found
    return _dialect(found, encoding) if found else None


def _header_is_a_row(connection: duckdb.DuckDBPyConnection, plain: Path, found: dict[str, Any], encoding: str) -> bool:
    """Whether a table of words alone has no header; DuckDB takes any first line for one there."""
    if not found["HasHeader"] or any(column["type"] != "VARCHAR" for column in found["Columns"]):
        return False
    dialect = _dialect(found, encoding)
    rows = connection.execute(f"SELECT * FROM {csv_relation(plain, dialect)} LIMIT {_LOOKED_AT}").fetchall()
    twice = bool(rows) and rows[0] == dialect.columns
    again = dialect.columns in rows and heads_figures(dialect.columns, rows)  # as at the beginning of each page
    return not (twice or again) and first_line_is_data(dialect.columns, rows)


def _names_are_a_row(connection: duckdb.DuckDBPyConnection, plain: Path, found: dict[str, Any], encoding: str) -> bool:
    """Whether words stand above most columns of numbers and dates, which the database overlooks above rows of units."""
    dialect = _dialect(found, encoding)
    rows = connection.execute(f"SELECT * FROM {csv_relation(plain, dialect)} LIMIT {_LOOKED_AT}").fetchall()
    if all(column["type"] == "VARCHAR" for column in found["Columns"]) and rows:
        again = rows[0] in rows[1:] and heads_figures(rows[0], rows)  # as at the beginning of each block
        return again or first_line_names(rows)
    names, body = rows[0] if rows else (), [list(map(_text, row)) for row in rows[_UNITS:]]
    heads = [not is_figure(_text(name)) for name, *cells in zip(names, *body, strict=True) if of_figures(cells)]
    return len(body) >= _FEWEST and 2 * sum(heads) > len(heads) and all(map(_text, names[1:]))  # pandas names no index


def _text(cell: Any) -> str:
    return str(cell or "").strip()


def _mostly_left_out(plain: Path, skipped: int) -> bool:
    """Whether the lines that were skipped are more than those that were kept of the beginning of a file."""
    if not skipped:
        return False
    with plain.open("rb") as file:
        lines = sum(1 for _ in itertools.islice(file, 2 * skipped + 1))
    return lines <= 2 * skipped


def _answer(connection: duckdb.DuckDBPyConnection, plain: Path, options: str) -> dict[str, Any]:
    try:
        reader = connection.execute(
            f"SELECT * FROM sniff_csv({literal(plain)}, max_line_size = {LONGEST_LINE}{options})"
        )
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return {}
    return dict(zip((d[0] for d in reader.description or ()), reader.fetchone() or (), strict=True))


def _said(mark: str) -> str:
    return "" if mark == "(empty)" else mark


def _begun_by(plain: Path, comment: str, lines: int) -> int:
    """How many of the first lines begin with a mark."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        return sum(line.startswith(comment) for line in itertools.islice(file, lines))


def _dialect(found: dict[str, Any], encoding: str) -> Dialect:
    """A dialect in our words."""
    return Dialect(
        encoding=encoding,
        delimiter=found["Delimiter"],
        quote=_said(found["Quote"]),
        escape=_said(found["Escape"]),
        header=bool(found["HasHeader"]),
        skip=int(found["SkipRows"]),
        comment=_said(found["Comment"]),
        newline=found["NewLineDelimiter"],
        columns=tuple(c["name"] for c in found["Columns"]),
        date_format=found["DateFormat"] or found["TimestampFormat"] or "",
    )
