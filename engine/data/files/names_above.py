"""Names of columns in a line that was taken for none of the table: a remark, or one unlike the rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.data.files.dialect import Dialect
from engine.data.files.odd_rows import cells_of, is_figure
from engine.data.files.preface import remarks

_MOST_LINES = 200
_MARKS = "#/%;! \t\r\n"
_DECIMAL = re.compile(r'\s*"?[-+]?\d+,\d+"?\s*')
_LOOKED_AT = 50  # rows
_MOSTLY = 0.9  # share of rows
_UNITS = 2  # lines from the rows up to the names


def named_above(plain: Path, dialect: Dialect) -> Dialect:
    """The dialect with the names that stand right above its rows, where it has none yet, and as many as have cells."""
    if dialect.skip > _MOST_LINES:
        return dialect
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = list(itertools.islice(file, dialect.skip + _LOOKED_AT))
    if dialect.header:
        return _as_wide(dialect, lines[dialect.skip + 1 :])
    if dialect.comment == "#" and not dialect.skip:
        return replace(_of_remarks(remarks(lines), dialect), header=False, skip=0)  # the reader leaves them out anyway
    if dialect.comment or not dialect.skip:
        return dialect
    above, below = lines[: dialect.skip], lines[dialect.skip :]
    marked = remarks(above)
    if len(marked) == dialect.skip:
        return _of_remarks(marked, dialect)
    filled = [place for place, line in enumerate(above) if line.strip()]
    if filled and len(dialect.columns) == 2 and dialect.delimiter == "," and _one_column(above[filled[-1]], below):
        name = above[filled[-1]].strip(' \t\r\n"')
        return replace(dialect, delimiter=";", header=True, skip=filled[-1], columns=(name,))
    rows = cells_of(below, dialect)
    for at in filled[: -1 - _UNITS : -1]:
        cells = next(iter(cells_of([above[at]], dialect)), [])
        if 1 < len(cells) < len(dialect.columns) and not any("".join(row[len(cells) :]).strip() for row in rows):
            cells += [""] * (
                len(dialect.columns) - len(cells)
            )  # marks that end each line of the rows, but not the names
        if names := _complete([cell.strip() for cell in cells], len(dialect.columns)):
            return replace(dialect, header=True, skip=at, columns=names)
    return dialect


def _as_wide(dialect: Dialect, rows: Sequence[str]) -> Dialect:
    """The dialect without its last names, where hardly any row has cells for them, as LabVIEW's remarks."""
    widths = [len(cells) for cells in cells_of(rows, dialect) if cells]
    usual = max(set(widths), key=widths.count, default=0)
    narrow = 1 < usual < len(dialect.columns) and len(widths) > 1 and widths.count(usual) >= _MOSTLY * len(widths)
    return replace(dialect, columns=dialect.columns[:usual]) if narrow else dialect


def unmarked(dialect: Dialect) -> Dialect:
    """The dialect without the mark of a remark before its first name, as in "# date,value" and "#columns:front"."""
    first, *others = dialect.columns
    name = first.lstrip("#").removeprefix("columns:").strip()
    marked = dialect.header and first.startswith("#") and name and name not in others
    return replace(dialect, columns=(name, *others)) if marked else dialect


def _of_remarks(marked: Sequence[str], dialect: Dialect) -> Dialect:
    """The last of the remarks names the columns where it has as many cells as the rows."""
    said = [line.strip(_MARKS) for line in marked if line.strip(_MARKS)]
    fields = [line.lower().startswith(("fields:", "fields\t")) for line in said]
    line = said[fields.index(True)][len("fields:") :] if any(fields) else said[-1] if said else ""
    names = tuple(name.strip() for name in line.strip().split(dialect.delimiter.strip(" ") or None)) if line else ()
    fits = len(names) == len(set(names)) == len(dialect.columns) > 1 and all(names)
    return replace(dialect, header=True, skip=len(marked) - 1, columns=names) if fits else dialect


def _complete(cells: list[str], width: int) -> tuple[str, ...]:
    """Names for all columns, of cells of which some are empty, or the first is not there, as R leaves out its own.

    There may be more than columns, where nothing is in the last ones.
    """
    if len(cells) > width > 1:
        cells = cells[:width]
    if len(cells) == width - 1 and all(cells):
        cells = ["", *cells]
    named = [cell for cell in cells if cell]
    if len(cells) != width or len(set(named)) < max(len(named), 1) or any(map(is_figure, named)):
        return ()
    names = tuple(cell or f"column{place}" for place, cell in enumerate(cells))
    return names if len(set(names)) == width else ()


def _one_column(name: str, rows: Sequence[str]) -> bool:
    """Whether a comma stands before decimals, not between two cells: there is one name, and no row is counted."""
    filled = [row for row in rows if row.strip()]
    counted = [str(number) for number in range(1, len(filled) + 1)] == [row.split(",")[0].strip() for row in filled]
    return "," not in name and not counted and all(map(_DECIMAL.fullmatch, filled))
