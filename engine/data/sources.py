"""A file made ready for DuckDB: which reader takes it, in which dialect, from which path.

DuckDB reads UTF-8 only, takes `*` and `[` in a path for patterns, and knows no old Excel. Whatever it cannot
read as it is, is rewritten into a temporary UTF-8 file first.
"""

from __future__ import annotations

import csv
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from engine.data.alignment import lined_up
from engine.data.archives import archive_as_csv, is_archive
from engine.data.dialect import (
    FOUND_OUT,
    Dialect,
    Reading,
    csv_relation,
    dialect_notes,
    sql,
)
from engine.data.encoding import (
    LONGEST_LINE,
    MARK,
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
from engine.data.excel import EXCEL, sheet_as_csv
from engine.data.folders import COLUMNS, are_texts, files_of, named, text_of
from engine.data.formats import is_json_lines, is_workbook, refuse_page, refuse_special
from engine.data.headings import below_heading
from engine.data.json_records import is_document, records_in
from engine.data.odd_rows import Rejected, rows_at_the_end
from engine.data.sniffing import check_width, sniffed

_HEAD = 1 << 16
_SHOWN = 40  # letters of a row
_PIECE = 1 << 22  # letters rewritten at a time
_LEAST_BUFFER = 1 << 24  # bytes in which JSON is read; each thread has several
_JSON = (".jsonl", ".ndjson", ".json")


@dataclass(slots=True)
class Source:
    """What DuckDB is to read."""

    relation: str  # SQL of a table function
    size: int  # bytes
    dialect: Dialect | None = None
    converted: bool = False  # the temporary file is not the file's own lines
    temporary: Path | None = None
    notes: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)  # on what is odd about it
    sheet: str = ""  # that is read
    sheets: tuple[str, ...] = ()  # all that a workbook has
    left_out: tuple[Rejected, ...] = ()  # rows that are none of the table

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
        return Source(f"read_parquet({sql(_plain_path(path))})", path.stat().st_size, notes=["format: Parquet"])
    if suffix in EXCEL or is_workbook(head):
        return _workbook(path, reading)
    if suffix in _JSON or is_json_lines(head):
        return _json(path, reading, head)
    if is_archive(head):
        return _archive(path, reading, head)
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
    if are_texts(files):
        return _texts(files, names, reading)
    for file in files:
        found = scan(_plain_path(file))
        if not found.utf8 or found.longest > LONGEST_LINE:
            raise DataError(f"{file} cannot be read with the others of its folder; save it as a table in UTF-8.")
    dialect = sniffed(files[0], "utf-8", files[0].name, reading)
    if taken := set(COLUMNS) & set(dialect.columns):
        raise DataError(f"{files[0]}: a column is called {taken.pop()!r}, as is one that the folder gives; rename it.")
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", delete=False) as index:
        csv.writer(index, lineterminator="\n").writerows([str(f), *own] for f, own in zip(files, names, strict=True))
    told = f"read_csv({sql(index.name)}, header = false, names = ['f', 'sequence', 'label'], all_varchar = true)"
    rows = csv_relation(files, dialect).removesuffix(")") + ", filename = 'f')"
    step = "row_number() OVER (PARTITION BY f ORDER BY place)"
    relation = (
        f"(SELECT sequence, label, CAST({step} AS VARCHAR) AS step, rows.* EXCLUDE (f, place) "
        f"FROM (SELECT *, row_number() OVER () AS place FROM {rows}) AS rows JOIN {told} USING (f) ORDER BY place)"
    )
    size = sum(file.stat().st_size for file in files)
    notes = [f"{counted(len(files), 'file')}, one for each sequence", *dialect_notes(dialect)]
    return Source(relation, size, dialect, True, Path(index.name), notes)


def _texts(files: tuple[Path, ...], names: list[tuple[str, str]], reading: Reading) -> Source:
    """A row for each text, with what the folder or the name says of it."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", delete=False) as plain:
        source = Source("", 0, None, True, Path(plain.name))
        try:
            rows = csv.writer(plain, lineterminator="\n")
            rows.writerow(["file", "label", "text"])
            rows.writerows([*own, text_of(file, reading.encoding)] for file, own in zip(files, names, strict=True))
        except BaseException:
            source.close()
            raise
    source.size = Path(plain.name).stat().st_size
    source.notes = [f"{counted(len(files), 'file')}, a text each"]
    source.dialect = Dialect("utf-8", ",", '"', '"', True, 0, "", "\\n", ("file", "label", "text"), "")
    source.relation = csv_relation(Path(plain.name), source.dialect)
    return source


def _json(path: Path, reading: Reading, head: bytes) -> Source:
    """JSON, one record a line or all in a list; every record is looked at for its keys before the first is read."""
    found, size = scan(path), path.stat().st_size
    if found.longest > LONGEST_LINE and not head.lstrip().startswith(b"["):
        raise DataError(
            f"{path.name}, byte {found.longest_at:,}: a record of {found.longest:,} bytes is more than the row of a "
            "table can be; leave out its long field, or save it as a table."
        )
    encoding = _encoding(path, reading, head, found)
    source = Source("", size, notes=["format: JSON", *([f"encoding: {encoding}"] if encoding != "utf-8" else [])])
    plain, records = path, None if is_json_lines(head) or not is_document(head) else records_in(path, encoding)
    if records:
        source.temporary, plain, source.converted = records[0], records[0], True
        source.notes += [f"records: those in {records[1]!r}"] if records[1] else []
    elif encoding != "utf-8" or not found.utf8 or found.unprinted or _is_pattern(path):
        source.temporary = plain = _rewritten(path, encoding, source, ".json")
    longest = max(_LEAST_BUFFER, found.longest) if is_json_lines(head) else 16 * LONGEST_LINE
    source.relation = f"read_json_auto({sql(plain)}, sample_size = -1, maximum_object_size = {longest})"
    return source


def _archive(path: Path, reading: Reading, head: bytes) -> Source:
    plain, what = archive_as_csv(path, _encoding(path, reading, head, scan(path)))
    source = Source("", plain.stat().st_size, None, True, plain, notes=[f"format: {what}"])
    try:
        source.dialect = sniffed(plain, what, path.name, Reading(delimiter=",", header="yes"))
        source.relation = csv_relation(plain, source.dialect)
    except BaseException:
        source.close()
        raise
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
        check_width(plain, path.name)
        if not reading.delimiter and (lined := lined_up(plain)):
            source.close()
            source.temporary, plain, source.converted = lined, lined, True
            source.notes.append("cells lined up by blanks")
        dialect = sniffed(plain, encoding.removesuffix("-sig"), path.name, reading)
        _take(source, plain, dialect)
        source.notes = [*dialect_notes(source.dialect or dialect), *source.notes]
    except BaseException:
        source.close()
        raise
    return source


def _take(source: Source, plain: Path, dialect: Dialect) -> None:
    """Read a text table, without the rows that are none of it."""
    dialect, above = below_heading(plain, dialect)
    end, below = (0, ()) if dialect.comment else rows_at_the_end(plain, dialect)
    if below:
        if source.temporary is None:
            with tempfile.NamedTemporaryFile(suffix=plain.suffix, delete=False) as copy:
                source.temporary = Path(copy.name)
            shutil.copyfile(plain, source.temporary)
        os.truncate(source.temporary, end)
    source.left_out, source.dialect = (*above, *below), dialect
    source.relation = csv_relation(source.temporary or plain, dialect)
    source.notes += [f"line {row.line:,} left out, {row.reason} ({row.text[:_SHOWN]!r})" for row in source.left_out]


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
    nothing = broken = marks = 0
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=suffix, delete=False) as file:
        try:
            with path.open(encoding=encoding, errors=strict, newline=None) as text:
                while piece := text.read(_PIECE):
                    nothing, broken = nothing + piece.count("\x00"), broken + piece.count("\ufffd")
                    marks += piece.count(MARK)
                    file.write(piece.replace("\x00", "").replace(MARK, "").removesuffix("\x1a"))
        except (UnicodeError, ValueError) as error:
            file.close()
            Path(file.name).unlink()
            where = f"byte {error.start:,}" if isinstance(error, UnicodeDecodeError) else "its beginning"
            raise DataError(
                f"{path.name} is not written in {encoding}: {where} does not fit it; save it again as UTF-8, or set "
                "data.encoding."
            ) from None
    source.remarks += unread_notes(nothing, broken if strict == "replace" else 0, marks)
    return Path(file.name)


def _workbook(path: Path, reading: Reading) -> Source:
    plain, sheet, sheets = sheet_as_csv(path, reading.sheet)
    source = Source("", plain.stat().st_size, None, True, plain, sheet=sheet, sheets=sheets)
    try:
        source.notes = [f"format: Excel, sheet {sheet!r}{f' of {len(sheets)}' if len(sheets) > 1 else ''}"]
        _take(source, plain, sniffed(plain, "Excel", path.name, Reading(delimiter=",", header=reading.header)))
    except BaseException:
        source.close()
        raise
    return source


def _is_pattern(path: Path) -> bool:
    return any(mark in str(path) for mark in "*?[")


def _plain_path(path: Path) -> Path:
    if _is_pattern(path):
        raise DataError(f"{path}: a path with '*', '?' or '[' is taken for a pattern; rename the file.")
    return path
