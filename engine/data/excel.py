"""Workbooks of Excel and LibreOffice: one sheet of them, rewritten as CSV."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from engine.data.errors import DataError, nearest
from engine.data.temporary import temporary_file

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
            filled: list[tuple[str, CalamineSheet, bool]] = []
            shown = sorted(book.sheets_metadata, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
            for name in (wanted,) if wanted else (sheet.name for sheet in shown):
                sheet = book.get_sheet_by_name(name)
                if beginning := list(itertools.islice(_rows(sheet), _LOOK)):
                    filled.append((name, sheet, _is_table(beginning)))
                if wanted or _is_table(beginning):
                    break
            if filled:
                name, sheet, _ = filled[-1] if filled[-1][2] else filled[0]
                return _written(sheet), name, names
    except DataError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(
            f"{path.name} cannot be read as a workbook ({error}); it is damaged or protected by a password, so save it "
            "again as .xlsx, without one."
        ) from None
    if wanted:
        raise DataError(f"{path.name}: nothing stands in the sheet {wanted!r}; set data.sheet to another.")
    raise DataError(f"{path.name} has no filled sheet; choose a file that holds data.")


def _is_table(rows: list[list[Any]]) -> bool:
    """Whether several rows have several cells, as a sheet of remarks has not."""
    return len([row for row in rows if len([cell for cell in row if cell != ""]) > 1]) > 2


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows with anything in them, one after the other, so that they are not all held at once."""
    return (row for row in sheet.iter_rows() if any(cell != "" for cell in row))


def _written(sheet: CalamineSheet) -> Path:
    with temporary_file(".csv") as file:
        csv.writer(file, lineterminator="\n").writerows([_whole(cell) for cell in row] for row in _rows(sheet))
    return Path(file.name)


def _whole(cell: Any) -> Any:
    """Excel has no whole numbers; 1960.0 is a year all the same."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
