"""How the rows and cells of a text table are written: what a person said, and what DuckDB's sniffer finds."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import duckdb

from engine.config import DataConfig
from engine.data.encoding import LONGEST_LINE
from engine.data.errors import DataError, counted
from engine.data.headers import first_line_is_data

_MOST_COLUMNS = 20_000
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
    sheet: str = ""  # of a workbook

    @classmethod
    def of(cls, data: DataConfig) -> Reading:
        """What the settings say."""
        return cls(*(getattr(data, item.name) for item in fields(cls)))

    def options(self) -> str:
        """SQL that tells DuckDB's sniffer."""
        found = {}
        if self.delimiter:
            found["delim"] = sql("\t" if self.delimiter in ("tab", "\\t") else self.delimiter)
        if self.quotes == "none":
            found |= {"quote": "''", "escape": "''"}
        if self.header != "auto":
            found["header"] = str(self.header == "yes").lower()
        return "".join(f", {name} = {value}" for name, value in found.items())


FOUND_OUT = Reading()
READING = tuple(f"data.{item.name}" for item in fields(Reading))  # the settings that it is made of


def check_width(plain: Path, name: str) -> None:
    """Refuse a table that is too wide before its columns are looked for."""
    with plain.open("rb") as file:
        line = file.readline(LONGEST_LINE)
    cells = 1 + max(line.count(mark) for mark in (b",", b";", b"\t", b"|"))
    if cells > _MOST_COLUMNS:
        raise DataError(
            f"{name}: its first line has {cells:,} cells, and a table may have {_MOST_COLUMNS:,} columns; write it "
            "with rows and columns changed over, or one step of a sequence a row."
        )


def lined_up(plain: Path) -> Path | None:
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


def sniffed(plain: Path, encoding: str, name: str, reading: Reading = FOUND_OUT) -> Dialect:
    """Ask DuckDB for the dialect; where it sees one column only, ask again in ways that may find more."""
    found: dict[str, Any] = {}
    preface = _preface(plain)
    told = reading.options() + (f", skip = {preface}" if preface else "")
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false")
        for question in ("", ", store_rejects = true", *([] if reading.delimiter else [", delim = ' '"])):
            answer = _answer(connection, plain, question + told)
            if not found or (answer and len(answer["Columns"]) > 1):
                found = answer
            if found and len(found["Columns"]) > 1:
                break
        if found and not preface and _mostly_left_out(plain, int(found["SkipRows"])):
            # One odd row near the end made the sniffer take all before it for a preamble.
            found = _answer(connection, plain, ", skip = 0, store_rejects = true" + reading.options()) or found
        if found and reading.header == "auto" and _header_is_a_row(connection, plain, found, encoding):
            found = _answer(connection, plain, ", header = false" + told) or found
    if not found:
        raise DataError(
            f"{name} cannot be read as a table: its lines have no common number of cells under any delimiter; "
            "check that it is a CSV file."
        )
    return _dialect(found, encoding)


def _preface(plain: Path) -> int:
    """Lines before the table that are marked as none of it: "# made by ...", and Excel's "sep=;"."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = list(itertools.islice(file, _LOOKED_AT))
    marked = list(itertools.takewhile(lambda line: line.startswith(("#", "sep=")), lines))
    if not marked or len(marked) == len(lines):
        return 0
    last, following = marked[-1], lines[len(marked)]
    # A header may be marked as well ("# date,value"): then its cells are as many as those of the numbers below it.
    named = last[0] == "#" and any(0 < last.count(mark) == following.count(mark) for mark in ",;\t|")
    return len(marked) - (named and any(sign.isdigit() for sign in following))


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
        reader = connection.execute(f"SELECT * FROM sniff_csv({sql(plain)}{options})")
    except duckdb.Error:
        return {}
    return dict(zip((d[0] for d in reader.description or ()), reader.fetchone() or (), strict=True))


def csv_relation(path: Path | tuple[Path, ...], dialect: Dialect) -> str:
    """SQL that reads a text table with every cell as text, keeping account of rows it refuses."""
    columns = ", ".join(f"{sql(name)}: 'VARCHAR'" for name in dialect.columns)
    options = {
        "delim": sql(dialect.delimiter),
        "quote": sql(dialect.quote),
        "escape": sql(dialect.escape),
        "header": str(dialect.header).lower(),
        "skip": str(dialect.skip),
        "comment": sql(dialect.comment),
        "columns": f"{{{columns}}}",
        "auto_detect": "false",
        "store_rejects": "true",
        "rejects_limit": "0",
        "max_line_size": str(LONGEST_LINE),
    }
    read = f"[{', '.join(map(sql, path))}]" if isinstance(path, tuple) else sql(path)
    return f"read_csv({read}, {', '.join(f'{k} = {v}' for k, v in options.items())})"


def dialect_notes(dialect: Dialect) -> list[str]:
    """What is said of a dialect, for a person."""
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
    delimiter = names.get(dialect.delimiter, repr(dialect.delimiter))
    return [
        f"encoding: {dialect.encoding}",
        f"delimiter: {delimiter}" if len(dialect.columns) > 1 else "one column",
        "first line is the header" if dialect.header else "no header; columns are numbered",
        *([f"{counted(dialect.skip, 'line')} before the table left out"] if dialect.skip else []),
        *([f"lines that begin with {dialect.comment!r} left out"] if dialect.comment else []),
    ]


def sql(value: object) -> str:
    """A value as a text of SQL."""
    return "'" + str(value).replace("'", "''") + "'"
