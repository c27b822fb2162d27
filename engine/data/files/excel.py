"""Workbooks of Excel and LibreOffice: one sheet of them, rewritten as CSV."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from engine.data.errors import DataError, nearest
from engine.data.files.temporary import temporary_file
from engine.data.under_way import Check, awaited, breakable

_LOOK = 1000  # rows that tell a table
EXCEL = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")


def sheet_as_csv(path: Path, wanted: str) -> tuple[Path, str, tuple[str, ...]]:
    """A temporary CSV file of the sheet that is `wanted`, or of the first that holds a table, or else anything; its
    name, and the names of all sheets.

    Raises:
        DataError: it is no workbook, has no such sheet, or nothing stands in it.
    """
    try:
        sheet, names = awaited(partial(_chosen, path, wanted))
    except DataError:
        raise
    except (CalamineError, OSError, ValueError) as error:
        raise DataError(
            f"{path.name} cannot be read as a workbook ({error}); it is damaged or protected by a password, so save it "
            "again as .xlsx, without one."
        ) from None
    return _written(sheet), sheet.name, names


def _chosen(path: Path, wanted: str, check: Check) -> tuple[CalamineSheet, tuple[str, ...]]:
    """The sheet, and the names of all; to take the cells of one out takes seconds, and cannot be broken off."""
    with _workbook(path) as book:
        names = tuple(book.sheet_names)
        if wanted and wanted not in names:
            raise DataError(f"{path.name} has no sheet {wanted!r}; {nearest(wanted, names)}")
        filled: list[CalamineSheet] = []
        shown = sorted(book.sheets_metadata, key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
        for name in (wanted,) if wanted else (sheet.name for sheet in shown):
            check()
            sheet = book.get_sheet_by_name(name)
            beginning = list(itertools.islice(_rows(sheet), _LOOK))
            if _is_table(beginning):
                return sheet, names
            filled += [sheet] if beginning else []
    if filled:
        return filled[0], names
    if wanted:
        raise DataError(f"{path.name}: nothing stands in the sheet {wanted!r}; set data.sheet to another.")
    raise DataError(f"{path.name} has no filled sheet; choose a file that holds data.")


def _workbook(path: Path) -> CalamineWorkbook:
    """A workbook of any kind, also one that is called another, as services call what they write .xls."""
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError:
        with path.open("rb") as file:
            return CalamineWorkbook.from_filelike(file)


def _is_table(rows: list[list[Any]]) -> bool:
    """Whether several rows have several cells, as a sheet of remarks has not."""
    return len([row for row in rows if len([cell for cell in row if cell != ""]) > 1]) > 2


def _rows(sheet: CalamineSheet) -> Iterator[list[Any]]:
    """The rows with anything in them, one after the other, so that they are not all held at once."""
    return (row for row in sheet.iter_rows() if any(cell != "" for cell in row))


def _written(sheet: CalamineSheet) -> Path:
    with breakable() as check, temporary_file(".csv") as file:
        rows = csv.writer(file, lineterminator="\n")
        try:
            for row in _rows(sheet):
                check()
                rows.writerow(list(map(_whole, row)))
        except BaseException:
            file.close()
            Path(file.name).unlink()
            raise
    return Path(file.name)


def _whole(cell: Any) -> Any:
    """Excel has no whole numbers; 1960.0 is a year all the same."""
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell
