"""Columns at the left in which a blank means what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from engine.data.notation.quoting import quoted
from engine.data.tables.tables import Table

_LOOK = 500  # rows
_LEFT = 3  # columns
_BLANK = 0.5  # share of blanks, from which on they are no missing values
_FEWEST = 2  # cells that are filled
_FIGURE = re.compile(r"[-+]?\d+([.,]\d+)?")


def fill_down(table: Table) -> None:
    """Write what stands above into the blanks of the first columns, as in reports that say a group's name once."""
    if table.dialect is None or len(table.names) < 2:
        return
    names = table.names[:_LEFT]
    cells = [f"coalesce(trim({quoted(name)}), '')" for name in names]
    rows = table.connection.execute(f"SELECT {', '.join(cells)} FROM cells LIMIT {_LOOK}").fetchall()
    found: list[str] = []
    for name, column in zip(names[:-1], zip(*rows, strict=True), strict=False):
        if not _says_once(column):
            break
        found.append(name)
    if not found:
        return
    frame = "OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    filled = (f"last_value(nullif(trim({quoted(n)}), '') IGNORE NULLS) {frame} AS {quoted(n)}" for n in found)
    table.replace(lambda source: f"SELECT * REPLACE ({', '.join(filled)}) FROM {source}", kept=True)
    columns = ", ".join(map(repr, found))
    told = f"a blank in {columns} means what stands above it; if it does not, set data.layout to columns"
    table.notes.append(told)
    table.remarks.append(told)


def _says_once(cells: Sequence[str]) -> bool:
    """Whether a column begins a group with each cell that is filled; numbers do where they count up."""
    filled = [cell for cell in cells if cell]
    if len(filled) < _FEWEST or not cells[0] or len(cells) - len(filled) < _BLANK * len(cells):
        return False
    if all(map(_FIGURE.fullmatch, filled)):
        return all(cell.isdigit() for cell in filled) and all(int(b) == int(a) + 1 for a, b in pairwise(filled))
    return all(one != other for one, other in pairwise(filled)) and not any(map(_FIGURE.fullmatch, filled))
