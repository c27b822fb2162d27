"""Lines before a table that are none of it: remarks, and blocks of another kind above it."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.data.dialect import Dialect

_LOOKED_AT = 200  # lines
_MARKS = ",;\t|"
_YEARS = (1500, 2200)
_FEWEST_YEARS = 4


def preface(plain: Path) -> int:
    """How many lines stand before a table that are marked as none of it, or parted from it by an empty line."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = list(itertools.islice(file, _LOOKED_AT))
    return _marked(lines) or _blocks(lines)


def _marked(lines: Sequence[str]) -> int:
    """Lines that begin with a mark: "# made by ...", and Excel's "sep=;"."""
    marked = _remarks(lines)
    if not marked or len(marked) == len(lines):
        return 0
    last, following = marked[-1], lines[len(marked)]
    # A header may be marked as well ("# date,value"): then its cells are as many as those of the numbers below it.
    named = last[0] == "#" and any(0 < last.count(mark) == following.count(mark) for mark in _MARKS)
    return len(marked) - (named and any(sign.isdigit() for sign in following))


def _remarks(lines: Sequence[str]) -> list[str]:
    return list(itertools.takewhile(lambda line: line.startswith(("#", "sep=")), lines))


def named_above(plain: Path, dialect: Dialect) -> Dialect:
    """The dialect with names from the remarks above, where the last of these has as many cells as the rows."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        marked = _remarks(list(itertools.islice(file, _LOOKED_AT)))
    said = [line.strip("# \t\r\n") for line in marked if line.strip("# \t\r\n")]
    names = tuple(name.strip() for name in said[-1].split(dialect.delimiter)) if said else ()
    fits = len(names) == len(set(names)) == len(dialect.columns) > 1 and all(names)
    if dialect.header or dialect.comment or dialect.skip != len(marked) or not fits:
        return dialect
    return replace(dialect, header=True, skip=len(marked) - 1, columns=names)


def _blocks(lines: Sequence[str]) -> int:
    """The lines above an empty one, where those below have more of another number of cells."""
    empty = [at for at, line in enumerate(lines) if not line.strip()]
    for at in reversed(empty):
        above, below = lines[:at], [line for line in lines[at + 1 :] if line.strip()]
        if len(below) <= 2 * sum(bool(line.strip()) for line in above) or "".join(above).count('"') % 2:
            continue
        for mark in _MARKS:
            counts = {line.count(mark) for line in below}
            if len(counts) == 1 and 0 not in counts and all(line.count(mark) not in counts for line in above):
                return at + 1
    return 0


def years_on_top(plain: Path, skip: int, delimiter: str) -> bool:
    """Whether the first row names columns by years that follow one another, so that it looks like data."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        try:
            row = next(csv.reader(itertools.islice(file, skip, skip + 1), delimiter=delimiter), [])
        except csv.Error:  # a cell longer than any year
            return False
    years = [int(cell) for cell in map(str.strip, row) if re.fullmatch(r"\d{4}", cell)]
    follow = all(other == year + 1 for year, other in itertools.pairwise(years))
    words = any(re.search(r"[^\W\d]", cell) for cell in row)
    return len(years) >= _FEWEST_YEARS and follow and words and _YEARS[0] <= years[0] <= _YEARS[1]


def tabbed(plain: Path) -> bool:
    """Whether all lines have the same number of tabs, which then part cells, whatever else is in them."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        counts = [line.count("\t") for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    return len(counts) > 1 and counts[0] > 0 and len(set(counts)) == 1
