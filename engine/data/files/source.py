"""What DuckDB is to read in the place of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.data.errors import DataError
from engine.data.files.dialect import Dialect
from engine.data.files.odd_rows import Rejected
from engine.data.files.unpacked import Unpacked


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
    records: Path | None = None  # what is read, where each of its lines is one of JSON
    sheet: str = ""  # that is read
    sheets: tuple[str, ...] = ()  # all that a workbook has
    left_out: tuple[Rejected, ...] = ()  # rows that are none of the table, the first ten thousand
    left_out_rows: int = 0  # all
    other_digits: bool = False  # some digit in it is of another script
    unpacked: Unpacked | None = None  # that this is read of
    named: bool = False  # its columns have names that stand in no line of the file, nor does what parts them

    def close(self) -> None:
        """Remove the temporary file, and what was unpacked."""
        if self.temporary is not None:
            self.temporary.unlink(missing_ok=True)
        if self.unpacked is not None:
            self.unpacked.close()


def is_pattern(path: Path) -> bool:
    """Whether the database would take a path for a pattern of several."""
    return any(mark in str(path) for mark in "*?[")


def plain_path(path: Path) -> Path:
    """The path.

    Raises:
        DataError: the database would take it for a pattern.
    """
    if is_pattern(path):
        raise DataError(f"{path}: a path with '*', '?' or '[' is taken for a pattern; rename the file.")
    return path
