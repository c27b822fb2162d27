"""Workbooks of Excel and LibreOffice: one sheet of them, rewritten as CSV."""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from engine.data.errors import DataError, nearest

_LOOK = 1000  # rows that tell a table
EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def sheet_as_csv(path: Path, wanted: str) -> tuple[Path, str, tuple[str, ...]]:
    """A temporary CSV file of the sheet that is `wanted`, or of the first that holds a table, or else anything; its
    name, and the names of all sheets.

    Raises:
        DataError: it is no workbook, has no such sheet, or nothing stands in it.
    """
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            names = tuple(book.sheet_names)
            if wanted and wanted not in names:
                raise DataError(f"{path.name} has no sheet {wanted!r}; {nearest(wanted, names)}")
            filled = []
            for name in (wanted,) if wanted else names:
                rows = book.get_sheet_by_name(name).to_python()
                if any(cell != "" for row in rows for cell in row):
                    filled.append((name, rows))
                if wanted or _is_table(rows):
                    break
            if filled:
                name, rows = filled[-1] if _is_table(filled[-1][1]) else filled[0]
                return _written(rows), name, names
    except DataError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(f"{path.name} cannot be read as an Excel file: {error}; save it again as .xlsx.") from None
    if wanted:
        raise DataError(f"{path.name}: nothing stands in the sheet {wanted!r}; set data.sheet to another.")
    raise DataError(f"{path.name} has no filled sheet; choose a file that holds data.")


def _is_table(rows: list[list[Any]]) -> bool:
    """Whether several rows have several cells, as a sheet of remarks has not."""
    return len([row for row in rows[:_LOOK] if len([cell for cell in row if cell != ""]) > 1]) > 2


def _written(rows: list[list[Any]]) -> Path:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", newline="", suffix=".csv", delete=False) as file:
        csv.writer(file, lineterminator="\n").writerows([_whole(cell) for cell in row] for row in rows)
    return Path(file.name)


def _whole(cell: Any) -> Any:
    """Excel has no whole numbers; 1960.0 is a year all the same."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
