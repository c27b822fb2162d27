"""A file made ready for DuckDB: which reader takes it, in which dialect, from which path.

DuckDB reads UTF-8 only, takes `*` and `[` in a path for patterns, and knows no old Excel. Whatever it cannot
read as it is, is rewritten into a temporary UTF-8 file first.
"""

from __future__ import annotations

import csv
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import CalamineError, CalamineWorkbook

from engine.data.encoding import decode, detect, read_bytes
from engine.data.errors import DataError

_EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class Dialect:
    """How rows and cells are written in a text table."""

    encoding: str
    delimiter: str
    quote: str
    escape: str
    header: bool
    skip: int
    comment: str
    newline: str  # "\\n", "\\r\\n" or "\\r", as in a message
    columns: tuple[str, ...]
    date_format: str


@dataclass(slots=True)
class Source:
    """What DuckDB is to read."""

    relation: str  # SQL of a table function
    size: int  # bytes
    dialect: Dialect | None = None
    converted: bool = False  # the temporary file is not the file's own lines
    temporary: Path | None = None
    notes: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Remove the temporary file."""
        if self.temporary is not None:
            self.temporary.unlink(missing_ok=True)


def prepare_source(path: Path, *, quoting: bool = True) -> Source:
    """Find out what `path` is.

    Raises:
        DataError: missing, empty, binary, or no table.
    """
    head = _head(path)
    suffix = path.suffix.lower()
    if head.startswith(b"PAR1"):
        return Source(f"read_parquet({_sql(_plain_path(path))})", path.stat().st_size, notes=["format: Parquet"])
    if suffix in _EXCEL:
        return _excel(path)
    if suffix in (".jsonl", ".ndjson", ".json"):
        return Source(f"read_json_auto({_sql(_plain_path(path))})", path.stat().st_size, notes=["format: JSON"])
    return _text_table(path, quoting)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        head = b""
    return head if head.strip() else read_bytes(path)


def _text_table(path: Path, quoting: bool) -> Source:
    encoding, size = "utf-8", path.stat().st_size
    data = read_bytes(path)
    encoding = detect(data, path.name)
    source = Source("", size)
    plain = path
    mixed = b"\r" in data and b"\n" in data and data.count(b"\r\n") not in (0, data.count(b"\n"))
    if encoding != "utf-8" or mixed or b"\x00" in data or _is_pattern(path):
        text = decode(data, path.name)
        encoding = text.encoding
        source.temporary = plain = _temporary(text.text.replace("\r\n", "\n").replace("\r", "\n"))
    try:
        source.dialect = _sniffed(plain, encoding, path.name, quoting)
    except BaseException:
        source.close()
        raise
    source.relation = csv_relation(plain, source.dialect)
    source.notes = _dialect_notes(source.dialect)
    return source


def _sniffed(plain: Path, encoding: str, name: str, quoting: bool) -> Dialect:
    options = "" if quoting else ", quote = '', escape = ''"
    try:
        with duckdb.connect() as connection:
            reader = connection.execute(f"SELECT * FROM sniff_csv({_sql(plain)}, store_rejects = true{options})")
            names = [d[0] for d in reader.description or ()]
            found: dict[str, Any] = dict(zip(names, reader.fetchone() or (), strict=True))
    except duckdb.Error as error:
        reason = str(error).strip().splitlines()[0].replace(str(plain), name)
        raise DataError(f"{name} cannot be read as a table: {reason} Check that it is a CSV file.") from None
    blank = {"(empty)": ""}
    return Dialect(
        encoding=encoding,
        delimiter=found["Delimiter"],
        quote=blank.get(found["Quote"], found["Quote"]),
        escape=blank.get(found["Escape"], found["Escape"]),
        header=bool(found["HasHeader"]),
        skip=int(found["SkipRows"]),
        comment=blank.get(found["Comment"], found["Comment"]),
        newline=found["NewLineDelimiter"],
        columns=tuple(c["name"] for c in found["Columns"]),
        date_format=found["DateFormat"] or found["TimestampFormat"] or "",
    )


def csv_relation(path: Path, dialect: Dialect) -> str:
    """SQL that reads a text table with every cell as text, keeping account of rows it refuses."""
    columns = ", ".join(f"{_sql(name)}: 'VARCHAR'" for name in dialect.columns)
    options = {
        "delim": _sql(dialect.delimiter),
        "quote": _sql(dialect.quote),
        "escape": _sql(dialect.escape),
        "header": str(dialect.header).lower(),
        "skip": str(dialect.skip),
        "comment": _sql(dialect.comment),
        "columns": f"{{{columns}}}",
        "auto_detect": "false",
        "store_rejects": "true",
        "rejects_limit": "10000",
        "max_line_size": str(128 << 20),
    }
    return f"read_csv({_sql(path)}, {', '.join(f'{k} = {v}' for k, v in options.items())})"


def _dialect_notes(dialect: Dialect) -> list[str]:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
    delimiter = names.get(dialect.delimiter, repr(dialect.delimiter))
    return [
        f"encoding: {dialect.encoding}",
        f"delimiter: {delimiter}" if len(dialect.columns) > 1 else "one column",
        "first line is the header" if dialect.header else "no header; columns are numbered",
    ]


def _excel(path: Path) -> Source:
    """The first sheet that holds anything, rewritten as CSV."""
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read as an Excel file: {error}; save it again as .xlsx.") from None
    name = next((n for n, rows in sheets.items() if any(any(c != "" for c in row) for row in rows)), None)
    if name is None:
        raise DataError(f"{path.name} has no filled sheet; choose a file that holds data.")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", delete=False) as file:
        csv.writer(file, lineterminator="\n").writerows(sheets[name])
    plain = Path(file.name)
    dialect = _sniffed(plain, "Excel", path.name, True)
    notes = [f"format: Excel, sheet {name!r}{f', the first of {len(sheets)}' if len(sheets) > 1 else ''}"]
    return Source(csv_relation(plain, dialect), plain.stat().st_size, dialect, True, plain, notes)


def _temporary(text: str) -> Path:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", delete=False) as file:
        file.write(text)
    return Path(file.name)


def _is_pattern(path: Path) -> bool:
    return any(mark in str(path) for mark in "*?[")


def _plain_path(path: Path) -> Path:
    if _is_pattern(path):
        raise DataError(f"{path}: a path with '*', '?' or '[' is taken for a pattern; rename the file.")
    return path


def _sql(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
