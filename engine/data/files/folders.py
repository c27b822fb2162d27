"""A folder with a file for each sequence, as one long table.

The table has the columns of the files, and before them `sequence`, the path of the file within the folder without its
suffix; `label`, which is the sub-folder, or what stands before the first "_" of the names where there are none; and
`step`, the row within the file. Files of running text are a row each: `file`, `label` and `text`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from engine.data.errors import DataError
from engine.data.files.dialect import Dialect
from engine.data.files.encoding import LONGEST_LINE, decode, decode_as, read_bytes
from engine.data.files.odd_rows import cells_of
from engine.wording.counting import counted

SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".dat")
_MOST = 100_000
_LOOKED_AT, _HEAD = 8, 4096  # files, and bytes of each, that tell texts from tables
_SHOWN = 60  # letters of a line
_FIGURES = 0.3  # share of words with a digit, below which they are texts
COLUMNS = ("sequence", "label", "step")


def files_of(folder: Path) -> tuple[Path, ...]:
    """The tables in a folder and its sub-folders, in order of their paths; all of the same suffix.

    Raises:
        DataError: there are fewer than two, too many, or of several kinds.
    """
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    found = [path for path in found if not path.name.startswith(".")]
    suffixes = {path.suffix.lower() for path in found}
    if len(suffixes) > 1:
        raise DataError(
            f"{folder} is a folder with files of several kinds ({', '.join(sorted(suffixes))}); leave one kind in it, "
            "a file for each sequence, or choose one file."
        )
    if not 2 <= len(found) <= _MOST:
        raise DataError(
            f"{folder} is a folder with {counted(len(found), 'table')} ({', '.join(SUFFIXES)}); a folder is read as "
            f"sequences where it holds 2 to {_MOST:,}, one for each; else choose a file in it."
        )
    return tuple(found)


def without_rows(files: Sequence[Path], dialect: Dialect) -> list[str]:
    """The names of files with nothing below their header.

    Raises:
        DataError: one does not begin with the header of the first, so that its cells would get into wrong columns.
    """
    empty, wanted = [], list[str]()
    for file in files:
        with file.open(encoding="utf-8-sig", errors="replace") as lines:
            head, *rows = [line.strip() for line in itertools.islice(lines, dialect.skip, dialect.skip + 2)] or [""]
        if not (rows and rows[0] if dialect.header else head):
            empty.append(file.name)
        cells = [cell.strip() for cell in next(iter(cells_of([head], dialect)), [])]
        wanted = wanted or cells
        if dialect.header and cells and cells != wanted:
            raise DataError(
                f"{file} does not begin with the names of columns that {files[0].name} has ({head[:_SHOWN]!r}); a "
                "folder is read as one table, so give all of its files the same first line."
            )
    return empty


def are_texts(files: tuple[Path, ...]) -> bool:
    """Whether files are texts rather than tables: called so, and with few numbers among their words."""
    if files[0].suffix.lower() != ".txt":
        return False
    words = [word for file in files[:_LOOKED_AT] for word in read_bytes(file)[:_HEAD].split()]
    figures = sum(any(48 <= sign <= 57 for sign in word) for word in words)
    return figures < _FIGURES * len(words)


def text_of(file: Path, encoding: str) -> str:
    """A text on one line, as a cell of a table."""
    data = read_bytes(file)
    if len(data) > LONGEST_LINE // 2:
        raise DataError(
            f"{file} is longer than a text of many may be ({len(data):,} bytes); cut it into several files."
        )
    return " ".join((decode_as(data, encoding, file.name) if encoding else decode(data, file.name)).text.split())


def named(folder: Path, files: tuple[Path, ...]) -> list[tuple[str, str]]:
    """Sequence and label of each file.

    Raises:
        DataError: nothing tells the labels apart.
    """
    names = [path.relative_to(folder).with_suffix("").as_posix() for path in files]
    if all("/" in name for name in names):
        labels = [name.split("/")[0] for name in names]
    else:
        labels = [re.split(r"[_-]|(?<=\D)(?=\d)", Path(name).name)[0] for name in names]
    if not 2 <= len(set(labels)) <= len(files) / 2 or not all(labels):
        raise DataError(
            f"{folder} is a folder whose files have no labels; put the files of each class into a folder of their own, "
            "or begin their names with the class and an underline, as in walk_01.csv."
        )
    return list(zip(names, labels, strict=True))
