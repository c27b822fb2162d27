"""Copies with tabs of files whose lines are cut into cells in a way of their own."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from engine.data.files.odd_rows import Rejected
from engine.data.files.temporary import temporary_file

LOOKED_AT = 200  # lines that tell how a file is written

Copied = tuple[Path, tuple[Rejected, ...]]  # the copy, and what is not in it
Row = Sequence[str] | Rejected
Cut = Callable[[int, str], Row | None]


def first_lines(plain: Path, count: int = LOOKED_AT) -> list[str]:
    """The first lines, with their ends."""
    with plain.open(encoding="utf-8", errors="replace") as file:
        return list(itertools.islice(file, count))


def copied(plain: Path, rows: Callable[[Iterable[str]], Iterator[Row]], names: Sequence[str] = ()) -> Copied:
    """A copy of the rows that are made of lines, below names, if any; and those of them that are refused.

    Raises:
        ValueError: as `rows` does; then there is no copy.
    """
    outside = []
    with temporary_file(".tsv") as target, plain.open(encoding="utf-8", errors="replace") as file:
        write = csv.writer(target, delimiter="\t", lineterminator="\n").writerow
        try:
            if names:
                write(names)
            for row in rows(file):
                if isinstance(row, Rejected):
                    outside.append(row)
                else:
                    write(row)
        except BaseException:
            target.close()
            Path(target.name).unlink()
            raise
    return Path(target.name), tuple(outside)


def copied_by_line(plain: Path, cut: Cut, names: Sequence[str] = ()) -> Copied:
    """The same of lines that are cut one by one, each with its number and without blanks about it; None of no row."""

    def rows(lines: Iterable[str]) -> Iterator[Row]:
        cells = (cut(number, line.strip()) for number, line in enumerate(lines, 1))
        return (row for row in cells if row is not None)

    return copied(plain, rows, names)
