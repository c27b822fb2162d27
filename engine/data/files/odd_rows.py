"""Rows of a text table that are none of its data: units below the header, totals and empty rows at the end."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.data.files.dialect import Dialect
from engine.data.notation.numbers import NO_VALUE
from engine.wording.counting import counted

_ROWS, _COLUMNS = 20, 64  # looked at below the header
_UNITS = 6  # rows that may name units, and how was measured
_TAIL = 1 << 16  # bytes at the end that are looked at
TOTALS = (
    "total", "totals", "sum", "mean", "average", "avg", "median", "count", "min", "max", "minimum", "maximum", "std",
    "summe", "gesamt", "insgesamt", "mittel", "mittelwert", "durchschnitt", "somme", "moyenne", "totale", "media",
    "suma", "promedio",
)  # fmt: skip
UNITS = "words where the rows below have numbers, as of units"
_TOTAL, EMPTY, HEADER_AGAIN = "a total below the table", "nothing in it", "the header again"
_WORDS = "words where the rows above have numbers or dates"
_REMARK = 3  # words that a remark has at least, if no colon
_PIECE = 1 << 20  # bytes read at a time
_NAMED = 10_000  # empty rows that are kept with their line
_WIDTH = re.compile(r"\s*\d+[sdn]\s*")  # how wide cells are, and of what kind, in files of the USGS
_MOSTLY = 0.7  # share of figures in a column that may end in remarks
_NAME = re.compile(r"[^\W\d]\D+")
_FOOT = 30  # lines at the end among which such rows are looked for


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of the file that is left out."""

    line: int
    reason: str
    text: str


def units_below(plain: Path, dialect: Dialect) -> tuple[Rejected, ...]:
    """The rows below the header with words in the columns in which the rows below have numbers or dates."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = list(itertools.islice(file, dialect.skip + 1, dialect.skip + 1 + _ROWS))
    rows = cells_of(lines, dialect)
    if len(rows) < 4 or not dialect.header or any("\n" in name for name in dialect.columns):
        return ()  # or a header that takes more than one line
    body, width = rows[min(_UNITS, len(rows) - 3) :], min(len(dialect.columns), _COLUMNS)
    columns = [place for place in range(width) if of_figures([row[place] for row in body if place < len(row)])]
    if not columns or (len(columns) == 1 < width):
        return ()
    found: list[Rejected] = []
    for at, row in enumerate(rows[:_UNITS]):
        words = [row[place].strip() for place in columns] if len(row) == len(dialect.columns) else []
        said = sum(word not in NO_VALUE for word in words)
        named = found and words and columns[0] == 0 and _NAME.fullmatch(words[0])  # as "as of;18.09.2020" among units
        if (
            (any(map(is_figure, words)) and not named and not all(map(_WIDTH.fullmatch, row)))
            or not said
            or (2 * said < len(words) and not found)
        ):
            break
        found.append(Rejected(dialect.skip + 2 + at, UNITS, lines[at].strip()))
    return tuple(found)


def rows_at_the_end(plain: Path, dialect: Dialect) -> tuple[int, tuple[Rejected, ...], int]:
    """The byte at which rows of totals, or with nothing in them, begin at the end of a table.

    And these rows, as many of them as are named, and how many there are.
    """
    end = _last_filled(plain, dialect)
    begin, totals = _totals(plain, end, dialect)
    empty = list(itertools.islice(_rows_from(plain, end, dialect), _NAMED))
    if not totals and not empty:
        return plain.stat().st_size, (), 0
    count = sum(1 for _ in _rows_from(plain, end, dialect)) if len(empty) == _NAMED else len(empty)
    return begin, (*totals, *empty), len(totals) + count


def _last_filled(plain: Path, dialect: Dialect) -> int:
    """The byte behind the last line with anything in it but blanks and delimiters."""
    end = plain.stat().st_size
    nothing = b" \t\r\n" + dialect.delimiter.encode()
    with plain.open("rb") as file:
        while end:
            begin = max(0, end - _PIECE)
            file.seek(begin)
            if filled := file.read(end - begin).rstrip(nothing):
                file.seek(begin + len(filled))
                file.readline()
                return file.tell()
            end = begin
    return 0


def _rows_from(plain: Path, begin: int, dialect: Dialect) -> Iterator[Rejected]:
    """The rows with nothing in them from a byte on; blank lines are none."""
    first = 1 + _line_ends(plain, begin)
    with plain.open("rb") as file:
        file.seek(begin)
        for at, line in enumerate(file):
            if len(dialect.columns) > 1 and dialect.delimiter.encode() in line:
                yield Rejected(first + at, EMPTY, line.decode().strip())


def _totals(plain: Path, size: int, dialect: Dialect) -> tuple[int, tuple[Rejected, ...]]:
    """The same of rows of totals and such, among the last ones before byte `size`."""
    with plain.open("rb") as file:
        file.seek(max(0, size - _TAIL))
        lines = file.read(min(size, _TAIL)).splitlines(keepends=True)[size > _TAIL :]
    rows = [cells_of([line.decode("utf-8", "replace")], dialect) for line in lines]
    cells = [row[0] if len(row) == 1 else [] for row in rows]
    found: list[tuple[int, str]] = []
    last = 0  # of the found ones that are known not to be of the table
    for at in range(len(lines) - 1, max(1, len(lines) - _FOOT), -1):
        if not cells[at]:
            continue  # a blank line, which is no row
        if reason := _other_width(cells[at], dialect):
            found.append((at, reason))
        elif reason := _reason(cells[at], cells[:at], len(dialect.columns)):
            found.append((at, reason))
            last = len(found)
        else:
            break
    found = found[:last]  # a row of another width alone is left to whoever reads the table
    if not found:
        return size, ()
    begin = size - sum(map(len, lines[found[-1][0] :]))
    first = 1 + _line_ends(plain, begin)
    named = (Rejected(first + at - found[-1][0], reason, lines[at].decode().strip()) for at, reason in reversed(found))
    return begin, tuple(named)


def _other_width(row: Sequence[str], dialect: Dialect) -> str:
    """Why a row with more or fewer cells than there are columns cannot be read; "" of others."""
    width = len(dialect.columns)
    return f"{counted(len(row), 'cell')} where the table has {counted(width, 'column')}" if len(row) != width else ""


def _reason(row: Sequence[str], above: Sequence[Sequence[str]], width: int) -> str:
    """Why a row at the end is none of the table's; "" where it is."""
    if width < 2:
        return ""
    filled = [place for place, cell in enumerate(row) if cell.strip()]
    if not filled:
        return EMPTY
    word = row[filled[0]].strip().lower().rstrip(":")
    figures = any(of_figures([other[place] for other in above[-_ROWS:] if place < len(other)]) for place in filled[1:])
    again = any(len(other) > filled[0] and other[filled[0]].strip().lower() == word for other in above)
    named = re.fullmatch(rf"(grand |sub-?)?({'|'.join(TOTALS)})( \w+)?", word)
    if named and figures and not again:
        return _TOTAL
    full = [other for other in above[-2 * _FOOT :] if len(other) == width]  # of which some may be remarks themselves
    columns = [k for k in range(width) if of_figures([other[k] for other in full], _MOSTLY)]
    undated = not row[0].strip() and full and all(is_figure(other[0]) for other in full)
    if undated and columns[:1] == [0] and any(is_figure(row[place]) for place in columns):
        return _TOTAL  # as services write that count visits
    words = [row[place] for place in columns if row[place].strip() not in NO_VALUE]
    said = " ".join(row)
    remark = ":" in said or len(said.split()) >= _REMARK
    return _WORDS if remark and len(columns) > 1 and words and not any(map(is_figure, words)) else ""


def cells_of(lines: Iterable[str], dialect: Dialect) -> list[list[str]]:
    """The cells of lines; none where they cannot be told."""
    try:
        if not dialect.quote:
            return list(csv.reader(lines, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE))
        return list(csv.reader(lines, delimiter=dialect.delimiter, quotechar=dialect.quote))
    except (csv.Error, TypeError, ValueError):
        return []


def of_figures(cells: Sequence[str], share: float = 1) -> bool:
    """Whether the cells of a column, or a share of them, are numbers or dates, as far as they are filled."""
    filled = [cell for cell in cells if cell.strip() not in NO_VALUE]
    if not 2 * len(filled) >= len(cells) > 0 or len(filled) < 2:
        return False
    return all(map(is_figure, filled)) if share == 1 else sum(map(is_figure, filled)) >= share * len(filled)


def is_figure(cell: str) -> bool:
    """Whether a cell has more digits than letters, as numbers and dates have, but not m2 or 10^3 t."""
    return sum(map(str.isdigit, cell)) > sum(map(str.isalpha, cell))


def _line_ends(plain: Path, end: int) -> int:
    """Lines before byte `end`."""
    feeds = returns = 0
    with plain.open("rb") as file:
        while end > 0 and (piece := file.read(min(end, 1 << 23))):
            end, feeds, returns = end - len(piece), feeds + piece.count(b"\n"), returns + piece.count(b"\r")
    return feeds or returns
