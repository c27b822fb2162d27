"""Tables as CSV files that spreadsheets open without running anything."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.storage.atomic import write_atomically
from engine.storage.spreadsheets import safe_text

Cell = str | float | int | None


def write_csv(path: Path | str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write a table in UTF-8, commas between the cells, one row a line, all of it or nothing.

    Raises:
        OSError: the folder cannot be written.
    """
    write_atomically(path, csv_text(header, rows).encode("utf-8", "replace"))


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The table as `write_csv` writes it. Numbers take nine significant digits; NaN and None stay empty."""
    table = GrowingTable(header)
    table.extend(rows)
    return table.text()


class GrowingTable:
    """A table to be written again and again as it grows; the text of a row is made once."""

    def __init__(self, header: Sequence[str]) -> None:
        self.rows, self._out = 0, io.StringIO()
        self._writer = csv.writer(self._out, lineterminator="\n")
        self._writer.writerow([safe_text(name) for name in header])

    def extend(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows below the others."""
        for row in rows:
            self._writer.writerow([_cell(value) for value in row])
            self.rows += 1

    def text(self) -> str:
        """As `csv_text` gives it."""
        return self._out.getvalue()


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, int):
        return str(value)
    return "" if math.isnan(value) else f"{value:.9g}"
