"""Cells between bars, as in lists of SAP, tables of Markdown and what databases print."""

from __future__ import annotations

from pathlib import Path

from engine.data.files.copies import Copied, Row, copied_by_line, first_lines
from engine.data.files.odd_rows import HEADER_AGAIN, Rejected

_FEWEST = 3  # rows
_RULER = frozenset("-+=|: \t")
_OUTSIDE = "outside of the bars"


def framed(plain: Path) -> Copied | None:
    """A copy with tabs, where most lines begin and end with a bar; and the lines that do not. None of other files."""
    lines = [line.strip() for line in first_lines(plain) if line.strip()]
    said = [line for line in lines if not _is_ruler(line)]
    if len(lines) > _FEWEST and _is_cross(lines[1]) and lines[0].count("|") == lines[1].count("+"):
        return _of_psql(plain, lines[0].count("|"))
    rows = [line for line in said if _is_row(line)]
    if len(rows) < max(_FEWEST, len(said) / 2) or all(line.count("|") < 3 for line in rows):
        return None
    begun = False

    def cells(number: int, line: str) -> Row | None:
        nonlocal begun
        if _is_ruler(line):
            return None
        if not _is_row(line) or (line == rows[0] and begun):
            return Rejected(number, HEADER_AGAIN if _is_row(line) else _OUTSIDE, line)
        begun = True
        return [cell.strip() for cell in line[1:-1].split("|")]

    return copied_by_line(plain, cells)


def _of_psql(plain: Path, bars: int) -> Copied:
    """The same of what PostgreSQL prints, with bars between the cells alone."""

    def cells(number: int, line: str) -> Row | None:
        if line.count("|") == bars:
            return [cell.strip() for cell in line.split("|")]
        return None if _is_ruler(line) else Rejected(number, _OUTSIDE, line)

    return copied_by_line(plain, cells)


def _is_cross(line: str) -> bool:
    return "+" in line and not line.startswith("+") and set(line) == {"-", "+"}


def _is_ruler(line: str) -> bool:
    return _RULER.issuperset(line)


def _is_row(line: str) -> bool:
    return len(line) > 1 and line[0] == line[-1] == "|"
