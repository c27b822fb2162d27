"""Names of columns in a line that was taken for none of the table: a remark, or one unlike the rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.data.dialect import Dialect
from engine.data.odd_rows import cells_of, is_figure
from engine.data.preface import remarks

_MOST_LINES = 200
_DECIMAL = re.compile(r'\s*"?[-+]?\d+,\d+"?\s*')
_LOOKED_AT = 50  # rows


def named_above(plain: Path, dialect: Dialect) -> Dialect:
    """The dialect with the names that stand right above its rows, where it has none yet."""
    if dialect.header or dialect.skip > _MOST_LINES:
        return dialect
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = list(itertools.islice(file, dialect.skip + _LOOKED_AT))
    if dialect.comment == "#" and not dialect.skip:
        return replace(_of_remarks(remarks(lines), dialect), header=False, skip=0)  # the reader leaves them out anyway
    if dialect.comment or not dialect.skip:
        return dialect
    above, below = lines[: dialect.skip], lines[dialect.skip :]
    marked = remarks(above)
    if len(marked) == dialect.skip:
        return _of_remarks(marked, dialect)
    at = max((place for place, line in enumerate(above) if line.strip()), default=-1)
    if at < 0:
        return dialect
    if len(dialect.columns) == 2 and dialect.delimiter == "," and _one_column(above[at], below):
        return replace(dialect, delimiter=";", header=True, skip=at, columns=(above[at].strip(' \t\r\n"'),))
    cells = next(iter(cells_of([above[at]], dialect)), [])
    names = _complete([cell.strip() for cell in cells], len(dialect.columns))
    return replace(dialect, header=True, skip=at, columns=names) if names else dialect


def unmarked(dialect: Dialect) -> Dialect:
    """The dialect without the mark of a remark before its first name, as in "# date,value"."""
    first, *others = dialect.columns
    name = first.lstrip("#").strip()
    marked = dialect.header and first.startswith("#") and name and name not in others
    return replace(dialect, columns=(name, *others)) if marked else dialect


def _of_remarks(marked: Sequence[str], dialect: Dialect) -> Dialect:
    """The last of the remarks names the columns where it has as many cells as the rows."""
    said = [line.strip("# \t\r\n") for line in marked if line.strip("# \t\r\n")]
    names = tuple(name.strip() for name in said[-1].split(dialect.delimiter)) if said else ()
    fits = len(names) == len(set(names)) == len(dialect.columns) > 1 and all(names)
    return replace(dialect, header=True, skip=len(marked) - 1, columns=names) if fits else dialect


def _complete(cells: list[str], width: int) -> tuple[str, ...]:
    """Names for all columns, of cells of which some are empty, or the first is not there, as R leaves out its own."""
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
