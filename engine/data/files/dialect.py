"""How the rows and cells of a text table are written: what a person said, and how DuckDB is told to read it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from engine.config import DataConfig
from engine.data.files.encoding import LONGEST_LINE
from engine.data.notation.quoting import literal
from engine.wording.counting import counted


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
    units: int = 0  # rows below the header that are none of the table


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person said about how a text table is written; what is left open is found out."""

    encoding: str = ""
    delimiter: str = ""  # one character, or "tab"
    quotes: str = "auto"  # or "none"
    decimal: str = "auto"  # "point" or "comma"
    header: str = "auto"  # "yes" or "no"
    sheet: str = ""  # of a workbook
    layout: str = "auto"  # or "columns": dates, months and hours across stay columns
    no_value: tuple[str, ...] = ()  # what stands for a missing value, beside blanks and such
    first_year: int = 0  # of the hundred that years of two digits belong to

    @classmethod
    def of(cls, data: DataConfig) -> Reading:
        """What the settings say."""
        return cls(*(getattr(data, item.name) for item in fields(cls)))

    def options(self) -> str:
        """SQL that tells DuckDB's sniffer."""
        found = {}
        if self.delimiter:
            found["delim"] = literal("\t" if self.delimiter in ("tab", "\\t") else self.delimiter)
        if self.quotes == "none":
            found |= {"quote": "''", "escape": "''"}
        if self.header != "auto":
            found["header"] = str(self.header == "yes").lower()
        return "".join(f", {name} = {value}" for name, value in found.items())


FOUND_OUT = Reading()
READING = tuple(f"data.{item.name}" for item in fields(Reading))  # the settings that it is made of


def csv_relation(path: Path | tuple[Path, ...], dialect: Dialect) -> str:
    """SQL that reads a text table with every cell as text, keeping account of rows it refuses."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.columns)
    options = {
        "delim": literal(dialect.delimiter),
        "quote": literal(dialect.quote),
        "escape": literal(dialect.escape),
        "header": str(dialect.header and not dialect.units).lower(),
        "skip": str(dialect.skip + (1 + dialect.units if dialect.units else 0)),
        "comment": literal(dialect.comment),
        "columns": f"{{{columns}}}",
        "auto_detect": "false",
        "store_rejects": "true",
        "rejects_limit": "0",
        "max_line_size": str(LONGEST_LINE),
        "buffer_size": str(2 * LONGEST_LINE),  # of which each thread holds some
    }
    read = f"[{', '.join(map(literal, path))}]" if isinstance(path, tuple) else literal(path)
    return f"read_csv({read}, {', '.join(f'{k} = {v}' for k, v in options.items())})"


def dialect_notes(dialect: Dialect, named: bool = False) -> list[str]:
    """What is said of a dialect, for a person; of a copy with columns `named` for it, nothing of how it is cut."""
    if named:
        return [f"encoding: {dialect.encoding}"]
    names = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}
    delimiter = names.get(dialect.delimiter, repr(dialect.delimiter))
    return [
        f"encoding: {dialect.encoding}",
        f"delimiter: {delimiter}" if len(dialect.columns) > 1 else "one column",
        f"first line {'of the table ' if dialect.skip else ''}is the header"
        if dialect.header
        else "no header; columns are numbered",
    ]


def dialect_remarks(dialect: Dialect) -> list[str]:
    """Which lines of a file are no rows."""
    return [
        *([f"{counted(dialect.skip, 'line')} before the table left out"] if dialect.skip else []),
        *([f"lines that begin with {dialect.comment!r} left out"] if dialect.comment else []),
    ]
