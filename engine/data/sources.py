"""A file made ready for DuckDB: which reader takes it, in which dialect, from which path.

DuckDB reads UTF-8 only, takes `*` and `[` in a path for patterns, and knows no old Excel. Whatever it cannot
read as it is, is rewritten into a temporary UTF-8 file first.
"""

from __future__ import annotations

import csv
import itertools
import tempfile
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import duckdb
from python_calamine import CalamineError, CalamineWorkbook

from engine.config import DataConfig
from engine.data.encoding import (
    LONGEST_LINE,
    NOTHING,
    Scan,
    by_letters,
    decode_as,
    detect,
    read_bytes,
    scan,
    unread_notes,
)
from engine.data.errors import DataError, counted
from engine.data.folders import COLUMNS, files_of, named
from engine.data.formats import is_workbook, refuse_page, refuse_special
from engine.data.headers import first_line_is_data

_EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_HEAD = 1 << 16
_PIECE = 1 << 22  # letters rewritten at a time
_MOST_COLUMNS = 20_000
_JSON = (".jsonl", ".ndjson", ".json")
_LOOKED_AT = 200  # lines that tell whether cells are lined up by blanks, or whether the first one is like them


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


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person said about how a text table is written; what is left open is found out."""

    encoding: str = ""
    delimiter: str = ""  # one character, or "tab"
    quotes: str = "auto"  # or "none"
    decimal: str = "auto"  # "point" or "comma"
    header: str = "auto"  # "yes" or "no"

    @classmethod
    def of(cls, data: DataConfig) -> Reading:
        """What the settings say."""
        return cls(*(getattr(data, item.name) for item in fields(cls)))

    def options(self) -> str:
        """SQL that tells DuckDB's sniffer."""
        found = {}
        if self.delimiter:
            found["delim"] = _sql("\t" if self.delimiter in ("tab", "\\t") else self.delimiter)
        if self.quotes == "none":
            found |= {"quote": "''", "escape": "''"}
        if self.header != "auto":
            found["header"] = str(self.header == "yes").lower()
        return "".join(f", {name} = {value}" for name, value in found.items())


FOUND_OUT = Reading()
READING = tuple(f"data.{item.name}" for item in fields(Reading))  # the settings that it is made of


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


def prepare_source(path: Path, reading: Reading = FOUND_OUT) -> Source:
    """Find out what `path` is.

    Raises:
        DataError: missing, empty, binary, or no table.
    """
    refuse_special(path)
    if path.is_dir():
        return _folder(path, reading)
    head = _head(path)
    suffix = path.suffix.lower()
    if head.startswith(b"PAR1"):
        return Source(f"read_parquet({_sql(_plain_path(path))})", path.stat().st_size, notes=["format: Parquet"])
    if suffix in _EXCEL or is_workbook(head):
        return _excel(path)
    if suffix in _JSON:
        return _json(path, reading, head)
    return _text_table(path, reading, head)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        head = b""
    return head if head.strip(NOTHING) else read_bytes(path)


def _folder(path: Path, reading: Reading) -> Source:
    """A file for each sequence; how they are written is found out from the first of them."""
    files = files_of(path)
    names = named(path, files)
    for file in files:
        found = scan(_plain_path(file))
        if not found.utf8 or found.longest > LONGEST_LINE:
            raise DataError(f"{file} cannot be read with the others of its folder; save it as a table in UTF-8.")
    dialect = _sniffed(files[0], "utf-8", files[0].name, reading)
    if taken := set(COLUMNS) & set(dialect.columns):
        raise DataError(f"{files[0]}: a column is called {taken.pop()!r}, as is one that the folder gives; rename it.")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", delete=False) as index:
        csv.writer(index, lineterminator="\n").writerows([str(f), *own] for f, own in zip(files, names, strict=True))
    told = f"read_csv({_sql(index.name)}, header = false, names = ['f', 'sequence', 'label'], all_varchar = true)"
    rows = csv_relation(files, dialect).removesuffix(")") + ", filename = 'f')"
    step = "row_number() OVER (PARTITION BY f ORDER BY place)"
    relation = (
        f"(SELECT sequence, label, CAST({step} AS VARCHAR) AS step, rows.* EXCLUDE (f, place) "
        f"FROM (SELECT *, row_number() OVER () AS place FROM {rows}) AS rows JOIN {told} USING (f) ORDER BY place)"
    )
    size = sum(file.stat().st_size for file in files)
    notes = [f"{counted(len(files), 'file')}, one for each sequence", *_dialect_notes(dialect)]
    return Source(relation, size, dialect, True, Path(index.name), notes)


def _json(path: Path, reading: Reading, head: bytes) -> Source:
    """JSON, one record a line or all in a list; every record is looked at for its keys before the first is read."""
    found, size = scan(path), path.stat().st_size
    encoding = _encoding(path, reading, head, found)
    source = Source("", size, notes=["format: JSON", *([f"encoding: {encoding}"] if encoding != "utf-8" else [])])
    plain = path
    if encoding != "utf-8" or not found.utf8 or _is_pattern(path):
        source.temporary = plain = _rewritten(path, encoding, source, ".json")
    source.relation = f"read_json_auto({_sql(plain)}, sample_size = -1, maximum_object_size = {16 * LONGEST_LINE})"
    return source


def _text_table(path: Path, reading: Reading, head: bytes) -> Source:
    refuse_page(head, path.name)
    plain, source, found = path, Source("", path.stat().st_size), scan(path)
    if found.longest > LONGEST_LINE:
        raise DataError(
            f"{path.name}, byte {found.longest_at:,}: a line of {found.longest:,} bytes is more than the row of a "
            "table can be; check that it is a table, or open it as text."
        )
    if found.open_quote >= 0 and reading.quotes != "none":
        raise DataError(
            f"{path.name}, byte {found.open_quote:,}: a quotation mark opens a cell and is not closed in the next "
            f"{LONGEST_LINE >> 20} MB; set data.quotes to none, or close it."
        )
    encoding = _encoding(path, reading, head, found)
    if encoding != "utf-8" or not found.utf8 or found.mixed or found.unprinted or _is_pattern(path):
        source.temporary = plain = _rewritten(path, encoding, source)
    try:
        _check_width(plain, path.name)
        if not reading.delimiter and (lined := _lined_up(plain)):
            source.close()
            source.temporary, plain, source.converted = lined, lined, True
            source.notes.append("cells lined up by blanks")
        source.dialect = _sniffed(plain, encoding.removesuffix("-sig"), path.name, reading)
    except BaseException:
        source.close()
        raise
    source.relation = csv_relation(plain, source.dialect)
    source.notes = [*_dialect_notes(source.dialect), *source.notes]
    return source


def _encoding(path: Path, reading: Reading, head: bytes, found: Scan) -> str:
    """What a file is written in: what was said, what its first bytes say, or what its letters tell."""
    if reading.encoding:
        decode_as(head if len(head) < _HEAD else b"", reading.encoding, path.name)  # refuses what is no encoding
        return "utf-8-sig" if reading.encoding.lower() in ("utf-8", "utf8") else reading.encoding
    encoding = detect(head, path.name)
    if encoding.startswith(("utf-16", "utf-32")) or encoding == "utf-8-sig":
        return encoding
    return "utf-8" if found.utf8 else by_letters(found.letters)


def _rewritten(path: Path, encoding: str, source: Source, suffix: str = ".csv") -> Path:
    """A copy in UTF-8 with one kind of line end, made piece by piece."""
    strict = "replace" if encoding in ("utf-8", "utf-8-sig") and source.dialect is None else "strict"
    nothing = broken = 0
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=suffix, delete=False) as file:
        try:
            with path.open(encoding=encoding, errors=strict, newline=None) as text:
                while piece := text.read(_PIECE):
                    nothing, broken = nothing + piece.count("\x00"), broken + piece.count("\ufffd")
                    file.write(piece.replace("\x00", "").removesuffix("\x1a"))
        except (UnicodeError, ValueError) as error:
            file.close()
            Path(file.name).unlink()
            where = f"byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else "its beginning"
            raise DataError(
                f"{path.name} is not written in {encoding}: {where} does not fit it; save it again as UTF-8, or set "
                "data.encoding."
            ) from None
    source.notes += unread_notes(nothing, broken if strict == "replace" else 0)
    return Path(file.name)


def _check_width(plain: Path, name: str) -> None:
    """Refuse a table that is too wide before its columns are looked for."""
    with plain.open("rb") as file:
        line = file.readline(LONGEST_LINE)
    cells = 1 + max(line.count(mark) for mark in (b",", b";", b"\t", b"|"))
    if cells > _MOST_COLUMNS:
        raise DataError(
            f"{name}: its first line has {cells:,} cells, and a table may have {_MOST_COLUMNS:,} columns; write it "
            "with rows and columns changed over, or one step of a sequence a row."
        )


def _lined_up(plain: Path) -> Path | None:
    """A copy with tabs, where cells are lined up by blanks as in many tables of the sciences."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = [line for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    counts = {len(line.split()) for line in lines}
    ragged = any("  " in line.strip() or line[0] == " " for line in lines)
    if len(lines) < 3 or len(counts) != 1 or not ragged or counts == {1} or any(m in "".join(lines) for m in '",;\t|'):
        return None
    with (
        tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".tsv", delete=False) as target,
        plain.open(encoding="utf-8", errors="replace") as file,
    ):
        target.writelines("\t".join(line.split()) + "\n" for line in file)
    return Path(target.name)


def _sniffed(plain: Path, encoding: str, name: str, reading: Reading = FOUND_OUT) -> Dialect:
    """Ask DuckDB for the dialect; where it sees one column only, ask again in ways that may find more."""
    found: dict[str, Any] = {}
    with duckdb.connect() as connection:
        for question in ("", ", store_rejects = true", *([] if reading.delimiter else [", delim = ' '"])):
            answer = _answer(connection, plain, question + reading.options())
            if not found or (answer and len(answer["Columns"]) > 1):
                found = answer
            if found and len(found["Columns"]) > 1:
                break
        if found and _mostly_left_out(plain, int(found["SkipRows"])):
            # One odd row near the end made the sniffer take all before it for a preamble.
            found = _answer(connection, plain, ", skip = 0, store_rejects = true" + reading.options()) or found
        if found and reading.header == "auto" and _header_is_a_row(connection, plain, found, encoding):
            found = _answer(connection, plain, ", header = false" + reading.options()) or found
    if not found:
        raise DataError(
            f"{name} cannot be read as a table: its lines have no common number of cells under any delimiter; "
            "check that it is a CSV file."
        )
    return _dialect(found, encoding)


def _dialect(found: dict[str, Any], encoding: str) -> Dialect:
    """A dialect in our words."""
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


def _header_is_a_row(connection: duckdb.DuckDBPyConnection, plain: Path, found: dict[str, Any], encoding: str) -> bool:
    """Whether a table of words alone has no header; DuckDB takes any first line for one there."""
    if not found["HasHeader"] or any(column["type"] != "VARCHAR" for column in found["Columns"]):
        return False
    dialect = _dialect(found, encoding)
    rows = connection.execute(f"SELECT * FROM {csv_relation(plain, dialect)} LIMIT {_LOOKED_AT}").fetchall()
    return first_line_is_data(dialect.columns, rows)


def _mostly_left_out(plain: Path, skipped: int) -> bool:
    """Whether the lines that were skipped are more than those that were kept of the beginning of a file."""
    if not skipped:
        return False
    with plain.open("rb") as file:
        lines = sum(1 for _ in itertools.islice(file, 2 * skipped + 1))
    return lines <= 2 * skipped


def _answer(connection: duckdb.DuckDBPyConnection, plain: Path, options: str) -> dict[str, Any]:
    try:
        reader = connection.execute(f"SELECT * FROM sniff_csv({_sql(plain)}{options})")
    except duckdb.Error:
        return {}
    return dict(zip((d[0] for d in reader.description or ()), reader.fetchone() or (), strict=True))


def csv_relation(path: Path | tuple[Path, ...], dialect: Dialect) -> str:
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
        "rejects_limit": "0",
        "max_line_size": str(LONGEST_LINE),
    }
    read = f"[{', '.join(map(_sql, path))}]" if isinstance(path, tuple) else _sql(path)
    return f"read_csv({read}, {', '.join(f'{k} = {v}' for k, v in options.items())})"


def _dialect_notes(dialect: Dialect) -> list[str]:
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
    delimiter = names.get(dialect.delimiter, repr(dialect.delimiter))
    return [
        f"encoding: {dialect.encoding}",
        f"delimiter: {delimiter}" if len(dialect.columns) > 1 else "one column",
        "first line is the header" if dialect.header else "no header; columns are numbered",
        *([f"{counted(dialect.skip, 'line')} before the table left out"] if dialect.skip else []),
        *([f"lines that begin with {dialect.comment!r} left out"] if dialect.comment else []),
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
        csv.writer(file, lineterminator="\n").writerows([_whole(cell) for cell in row] for row in sheets[name])
    plain = Path(file.name)
    dialect = _sniffed(plain, "Excel", path.name)
    notes = [f"format: Excel, sheet {name!r}{f' of {len(sheets)}' if len(sheets) > 1 else ''}"]
    return Source(csv_relation(plain, dialect), plain.stat().st_size, dialect, True, plain, notes)


def _whole(cell: Any) -> Any:
    """Excel has no whole numbers; 1960.0 is a year all the same."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def _is_pattern(path: Path) -> bool:
    return any(mark in str(path) for mark in "*?[")


def _plain_path(path: Path) -> Path:
    if _is_pattern(path):
        raise DataError(f"{path}: a path with '*', '?' or '[' is taken for a pattern; rename the file.")
    return path


def _sql(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
