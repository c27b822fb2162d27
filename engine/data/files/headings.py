"""What stands above the rows of a text table: titles, headers of several rows, units."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.data.files.dialect import Dialect
from engine.data.files.odd_rows import UNITS, Rejected, cells_of, is_figure, of_figures, units_below
from engine.data.notation.numbers import NO_VALUE

_ROWS, _BODY = 40, 12  # looked at, and at least below the heading
_COLUMNS = 64


def below_heading(plain: Path, dialect: Dialect) -> tuple[Dialect, tuple[Rejected, ...]]:
    """The dialect with the row of names that the table has, and rows between it and the first one of data."""
    if dialect.comment or not dialect.header or any("\n" in name for name in dialect.columns):
        return dialect, ()
    if titled := _below_titles(plain, dialect):
        return titled
    units = units_below(plain, dialect)
    columns = _told_apart_below(plain, dialect, len(units)) if units else dialect.columns
    return replace(dialect, units=len(units), columns=columns), units


def _told_apart_below(plain: Path, dialect: Dialect, units: int) -> tuple[str, ...]:
    """Names that come twice with what stands below them, and of an index the name that pandas writes there."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = list(itertools.islice(file, dialect.skip, dialect.skip + 1 + units))
    names, *below = cells_of(lines, dialect) or [[]]
    if len(names) != len(dialect.columns) or len(set(names)) == len(names) > 0:
        return dialect.columns
    index = [row for row in below if _filled(row) == 1 and row[0].strip()]
    below = [["", *row[1:]] for row in below if row not in index]
    return _told_apart([index[-1][0] if index else "" if below else names[0], *names[1:]], [], below)


def _below_titles(plain: Path, dialect: Dialect) -> tuple[Dialect, tuple[Rejected, ...]] | None:
    """Where a row below the one that was taken for the names has more of them, as below a title or merged cells."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = list(itertools.islice(file, dialect.skip + _ROWS))
    width = len(dialect.columns)
    rows = [row[:width] if "".join(row[width:]).strip() == "" else row for row in cells_of(lines, dialect)]
    if len(rows) != len(lines) or not 2 <= width <= _COLUMNS or dialect.skip >= len(rows):
        return None
    figures = _columns_of_figures(rows[max(dialect.skip + 1, len(rows) - _BODY) :], width)
    first = _first_of_data(rows, dialect.skip + 1, width, figures)
    above = [at for at in range(dialect.skip, first) if len(rows[at]) == width]
    names = max(above, key=lambda at: (_filled(rows[at]), at), default=dialect.skip)
    more = _filled(rows[names]) - _filled(rows[dialect.skip])
    pairs = more == 0 and _are_words_and_values(rows[dialect.skip + 1 : names + 1], width, figures)
    if first + _BODY > len(rows) or names >= first or not (more > 0 or pairs):
        return None
    if pairs and not more and names + 1 < first:
        names = dialect.skip  # what is below it tells of the columns, one thing a row
    columns = _told_apart(rows[names], rows[names - 1] if names - 1 in above else [], rows[names + 1 : first])
    between = range(names + 1, first)
    left_out = tuple(Rejected(at + 1, UNITS, lines[at].strip()) for at in between if _filled(rows[at]))
    return replace(dialect, columns=columns, skip=names, units=first - names - 1), left_out


def _columns_of_figures(body: Sequence[Sequence[str]], width: int) -> list[int]:
    return [k for k in range(width) if of_figures([row[k] for row in body if k < len(row)])]


def _first_of_data(rows: Sequence[Sequence[str]], begin: int, width: int, figures: Sequence[int]) -> int:
    """The first row from which on all have figures in most columns in which the last ones have `figures`."""
    if not figures:
        return len(rows)
    others = (at for at in range(len(rows) - 1, begin - 1, -1) if not _is_data(rows[at], width, figures))
    return next(others, begin - 1) + 1


def _is_data(row: Sequence[str], width: int, figures: Sequence[int]) -> bool:
    known = [cell for k in figures if k < len(row) and (cell := row[k].strip()) not in NO_VALUE]
    return len(row) == width and bool(known) and 2 * sum(map(is_figure, known)) > len(known)


def _are_words_and_values(rows: Sequence[Sequence[str]], width: int, figures: Sequence[int]) -> bool:
    """Whether rows above one of names, the last, have a word and a value each, and some a figure for a value."""
    *said, names = rows or [[]]
    words = [names[k] for k in figures if k < len(names)]
    values = any(is_figure(row[k]) for row in said for k in figures if k < len(row))
    return values and not any(map(is_figure, words)) and not any(_is_data(row, width, figures) for row in said)


def _filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _told_apart(names: Sequence[str], above: Sequence[str], below: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Names of columns; those that come twice with what stands above them, which goes on to the right, or below."""
    groups: list[str] = []
    for cell in above:
        groups.append(cell.strip() or (groups[-1] if groups else ""))
    found = [name.strip() for name in names]
    if len(set(found)) < len(found) and groups:
        found = [f"{group} {name}".strip() for group, name in zip(groups, found, strict=True)]
    for row in below:
        if len(set(found)) < len(found) and len(row) == len(found):
            found = [f"{name} {cell.strip()}".strip() for name, cell in zip(found, row, strict=True)]
    taken: dict[str, int] = {}
    for place, name in enumerate(found):
        key = name or f"column{place}"
        taken[key] = taken.get(key, -1) + 1
        found[place] = f"{key}_{taken[key]}" if taken[key] else key
    return tuple(found)
