"""Cells between bars, as in lists of SAP, tables of Markdown and what databases print."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

from engine.data.odd_rows import HEADER_AGAIN, Rejected
from engine.data.temporary import temporary_file

_LOOKED_AT = 200  # lines
_FEWEST = 3  # rows
_RULER = frozenset("-+=|: \t")
_OUTSIDE = "outside of the bars"


def framed(plain: Path) -> tuple[Path, tuple[Rejected, ...]] | None:
    """A copy with tabs, where most lines begin and end with a bar; and the lines that do not. None of other files."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in itertools.islice(file, _LOOKED_AT) if line.strip()]
    said = [line for line in lines if not _is_ruler(line)]
    if len(lines) > _FEWEST and _is_cross(lines[1]) and lines[0].count("|") == lines[1].count("+"):
        return _of_psql(plain, lines[0].count("|"))
    rows = [line for line in said if _is_row(line)]
    if len(rows) < max(_FEWEST, len(said) / 2) or all(line.count("|") < 3 for line in rows):
        return None
    outside, begun = [], False
    with (
        temporary_file(".tsv") as target,
        plain.open(encoding="utf-8", errors="replace") as file,
    ):
        write = csv.writer(target, delimiter="\t", lineterminator="\n").writerow
        for number, line in enumerate(map(str.strip, file), 1):
            if _is_ruler(line):
                continue
            if line == rows[0] and begun:
                outside.append(Rejected(number, HEADER_AGAIN, line))
            elif _is_row(line):
                begun = True
                write(cell.strip() for cell in line[1:-1].split("|"))
            else:
                outside.append(Rejected(number, _OUTSIDE, line))
    return Path(target.name), tuple(outside)


def _of_psql(plain: Path, bars: int) -> tuple[Path, tuple[Rejected, ...]]:
    """The same of what PostgreSQL prints, with bars between the cells alone."""
    outside = []
    with (
        temporary_file(".tsv") as target,
        plain.open(encoding="utf-8", errors="replace") as file,
    ):
        write = csv.writer(target, delimiter="\t", lineterminator="\n").writerow
        for number, line in enumerate(map(str.strip, file), 1):
            if line.count("|") == bars:
                write(cell.strip() for cell in line.split("|"))
            elif not _is_ruler(line):
                outside.append(Rejected(number, _OUTSIDE, line))
    return Path(target.name), tuple(outside)


def _is_cross(line: str) -> bool:
    return "+" in line and not line.startswith("+") and set(line) == {"-", "+"}


def _is_ruler(line: str) -> bool:
    return _RULER.issuperset(line)


def _is_row(line: str) -> bool:
    return len(line) > 1 and line[0] == line[-1] == "|"
