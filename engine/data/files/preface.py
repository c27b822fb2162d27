"""Lines before a table that are none of it: remarks, and blocks of another kind above it."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Sequence
from pathlib import Path

_LOOKED_AT = 200  # lines
_MARKS = ",;\t|"
_SURE = "\t;"
REMARKS = ("//", "%", ";", "!")  # before lines that are none of a table, beside "#"
_RARE = ("\x01", "\x1f", "^", "~", "::", "§", "¦", ":")
_MOST = 0.75  # share of lines
_WIDER = 4  # times the cells of lines above a table that its own few rows have
_MOST_WIDER = 3  # lines
_FEWEST_LINES = 12  # of a table with a line above that is longer
_DESCRIBED = 40  # lines above a table that say what it is
_YEARS = (1500, 2200)
_FEWEST_YEARS = 3


def preface(plain: Path) -> int:
    """How many lines stand before a table that are marked as none of it, or parted from it by an empty line."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = list(itertools.islice(file, _LOOKED_AT))
    return _ended(lines) or _marked(lines) or _blocks(lines) or _longer(lines) or _described(lines) or _wider(lines)


def says_how(plain: Path) -> bool:
    """Whether a table begins with lines that say how it is written, as Anki's, and name no columns."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        said = list(itertools.takewhile(lambda line: re.match(r"#[a-z ]+:", line), itertools.islice(file, _LOOKED_AT)))
    return bool(said) and said[0].startswith("#separator:") and not any(line.startswith("#columns:") for line in said)


def _ended(lines: Sequence[str]) -> int:
    """Lines up to the last that says that they end, as LabVIEW writes."""
    ends = [at for at, line in enumerate(lines) if line.startswith("***End_of_Header***")]
    return ends[-1] + 1 if ends else 0


def _marked(lines: Sequence[str]) -> int:
    """Lines that begin with a mark: "# made by ...", and Excel's "sep=;"."""
    marked = remarks(lines)
    if not marked or len(marked) == len(lines):
        return 0
    last, following = marked[-1], lines[len(marked)]
    # A header may be marked as well ("# date,value"): then its cells are as many as those of the numbers below it.
    named = last[0] != "s" and any(0 < last.count(mark) == following.count(mark) for mark in _MARKS)
    return len(marked) - (named and any(sign.isdigit() for sign in following))


def remarks(lines: Sequence[str]) -> list[str]:
    """The first lines, as far as they are marked as none of a table.

    A semicolon parts cells too, so that it marks lines only where it stands in them otherwise than in the rows.
    """
    found = list(itertools.takewhile(lambda line: line.startswith(("#", "sep=", *REMARKS)), lines))
    rows = [line.count(";") for line in lines[len(found) :] if line.strip()]
    usual = max(set(rows), key=rows.count, default=0)
    return list(itertools.takewhile(lambda line: not line.startswith(";") or line.count(";") != usual, found))


def _blocks(lines: Sequence[str]) -> int:
    """The lines above an empty one, where those below have more of another number of cells."""
    empty = [at for at, line in enumerate(lines) if not line.strip()]
    for at in reversed(empty):
        above, below = lines[:at], [line for line in lines[at + 1 :] if line.strip()]
        said = [line for line in above if line.strip()]
        if len(below) <= len(said) or "".join(above).count('"') % 2:
            continue
        for mark in _MARKS:
            counts, others = {_count(line, mark) for line in below}, [_count(line, mark) for line in said]
            longer = len(below) > 2 * len(said) or min(counts) >= _WIDER * max(1, *others)
            if longer and len(counts) == 1 and 0 not in counts and not counts.intersection(others):
                return at + 1
    return 0


def _longer(lines: Sequence[str]) -> int:
    """One line above the names with more cells than all others, as loggers write of themselves."""
    for mark in _MARKS:
        counts = [_count(line, mark) for line in lines]
        if len(counts) > _FEWEST_LINES and 0 < counts[1] < counts[0] - 1 and set(counts[1:]) == {counts[1]}:
            return int(not any(map(str.isdigit, lines[1].replace('"', "").split(mark))))
    return 0


def _described(lines: Sequence[str]) -> int:
    """Lines with more or fewer cells than all that follow, right above a line of names."""
    for mark in _MARKS:
        counts = [_count(line, mark) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        odd = [at for at in range(min(len(lines) - _FEWEST_LINES - 1, _DESCRIBED)) if counts[at] != usual]
        for at in reversed(odd):
            names, first = lines[at + 1], lines[at + 2]
            follow = all(count == usual for count in counts[at + 1 : at + 2 + _FEWEST_LINES])
            if usual and follow and not any(map(str.isdigit, names)) and any(map(str.isdigit, first)):
                return at + 1
    return 0


def _wider(lines: Sequence[str]) -> int:
    """A few lines with more cells than all that follow, which are numbers: names with empty cells behind, and units."""
    for mark in _MARKS:
        counts = [_count(line, mark) for line in lines]
        first = next((at for at, count in enumerate(counts) if count <= min(counts[:1] + counts[-1:])), 0)
        alike = len(set(counts[first:])) == 1 and len(counts) - first >= _FEWEST_LINES
        if 0 < first <= _MOST_WIDER and alike and 0 < counts[first] < min(counts[:first]):
            return first * any(map(str.isdigit, lines[first]))
    return 0


def _count(line: str, mark: str) -> int:
    """How often a mark stands in a line, outside of quotes."""
    return (re.sub('"[^"]*"', "", line) if '"' in line else line).count(mark)


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


def evenly_parted(plain: Path) -> str:
    """The tab or semicolon of which all lines have as many, which then parts cells, whatever else is in them."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = [line for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    for mark in _SURE:
        counts = [line.count(mark) for line in lines]
        inside = all(mark in line.strip(f"{mark}\r\n") for line in lines)  # and does not only end each line
        if len(counts) > 1 and len(set(counts)) == 1 and (inside if mark == ";" else counts[0] > 0):
            return mark
    return ""


def usual_delimiter(plain: Path, taken: str) -> str:
    """The mark of which most lines have as many; "" without, or where the one that was `taken` stands in most."""
    with plain.open(encoding="utf-8-sig", errors="replace") as file:
        lines = [line for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    if 2 * sum(taken in line for line in lines) > len(lines):
        return ""
    for mark in _MARKS:
        counts = [_count(line, mark) for line in lines]
        usual = max(set(counts), key=counts.count, default=0)
        if usual and counts.count(usual) > _MOST * len(counts):
            return mark
    return ""


def parted_by(plain: Path) -> str:
    """A delimiter that few programs write, if all lines have as many of it; "" of others.

    Colons part the hours and minutes of a clock too, so a first line without figures has to have them.
    """
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = [line for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    for mark in _RARE:
        counts = {line.count(mark) for line in lines}
        if len(lines) > 2 and len(counts) == 1 and counts != {0}:
            return mark if mark != ":" or not any(map(str.isdigit, lines[0])) else ""
    return ""
