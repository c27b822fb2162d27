"""Any number of labels at once: several names in one cell, or several columns that each say whether one is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.errors import DataError
from engine.data.notation.numbers import is_number
from engine.data.tables.columns import Words, read_words
from engine.data.tables.doubtful_words import read_labels
from engine.data.tables.tables import Table

SEPARATORS = (";", "|", ",")  # that may stand between the labels of a cell
NO_LABEL = "[]"  # a cell that says that none is there, where a blank one says nothing
_MOST, _SHARE, _SHARED = 200, 0.02, 0.9  # names; cells with several; of their names, those in other cells
_SURE = 0.5  # probability from which on a label is said to be there
_YES, _NO = ("1", "1.0", "true", "yes", "y", "x"), ("0", "0.0", "false", "no", "n", "")


def read_answers(table: Table, data: DataConfig, *, labelled: bool = True) -> tuple[Words, str]:
    """What each row is answered with (N,), and what parts several labels in it; empty texts where that is not known.

    Raises:
        DataError: a column does not exist, or one of those that say whether a label is there says something else.
    """
    columns = answered_by(data)
    if not columns or not (labelled or all(name in table.names for name in columns)):
        return np.full(table.rows, "", object), ""
    if not data.label:
        mark = next((mark for mark in SEPARATORS if not any(mark in name for name in data.targets)), "\x1f")
        return _of_columns(table, data.targets, mark), mark
    words = read_labels(table, data.label)
    return words, separator_of(words.tolist(), data.answer)


def answered_by(data: DataConfig) -> tuple[str, ...]:
    """The columns that hold the answers: the label, or in its place those that are one of several labels each."""
    return (data.label,) if data.label else data.targets


def label_of(data: DataConfig) -> str:
    """What the answers are called: the column of the label, or "labels" where several columns are."""
    return data.label or "labels"


def separator_of(cells: Sequence[str], answer: str = "auto") -> str:
    """What parts several labels in a cell; "" where each cell is one.

    Names of classes may hold such marks too: labels come again in other cells, so that there are fewer of them than
    of different cells.
    """
    if answer not in ("auto", "labels"):
        return ""
    counts = Counter(cell for cell in cells if cell)
    split = {mark: {cell: names_in(cell, mark) for cell in counts} for mark in SEPARATORS}
    found = [mark for mark in SEPARATORS if _come_again(split[mark], counts)]
    if answer == "labels" and not found:
        return max(SEPARATORS, key=lambda mark: sum(len(names) > 1 for names in split[mark].values()))
    return next(iter(found), "")


def _come_again(split: dict[str, tuple[str, ...]], counts: Counter[str]) -> bool:
    several = sum(counts[cell] for cell, names in split.items() if len(names) > 1)
    if several < _SHARE * counts.total() or not several:
        return False
    cells = Counter(name for names in split.values() for name in names)
    beside = {name for names in split.values() if len(names) > 1 for name in names}
    shared = sum(cells[name] > 1 for name in beside)
    return len(cells) <= _MOST and len(cells) < len(split) and shared >= _SHARED * len(beside) and not _numbers(counts)


def _numbers(counts: Counter[str]) -> bool:
    """Whether cells are numbers with a comma before their decimals."""
    return all(is_number(cell.replace(",", ".")) for cell in counts)


def names_in(cell: str, mark: str) -> tuple[str, ...]:
    """The labels in a cell, each once; one that begins with a bracket is a list as programs write it."""
    listed = cell.startswith(("[", "{"))
    parts = cell.strip("[]{} ").split("," if listed else mark)
    names = (part.strip(" '\"") if listed else part.strip() for part in parts)
    return tuple(dict.fromkeys(filter(None, names)))


def _of_columns(table: Table, names: Sequence[str], mark: str) -> Words:
    """The names of the columns that say yes in each row."""
    columns = [read_words(table, name) for name in names]
    there = np.stack([_yes_or_no(table, *pair) for pair in zip(names, columns, strict=True)], axis=1)
    said = np.any(np.stack(columns, axis=1) != "", axis=1)
    words = {tuple(row): mark.join(np.array(names)[row]) or NO_LABEL for row in np.unique(there, axis=0)}
    return np.array([words[tuple(row)] if known else "" for row, known in zip(there, said, strict=True)], object)


def _yes_or_no(table: Table, name: str, words: Words) -> NDArray[np.bool_]:
    lowered = np.char.lower(words.astype(str))
    known = np.isin(lowered, (*_YES, *_NO))
    if not known.all():
        odd = str(words[int((~known).argmax())])
        raise DataError(
            f"{table.path.name}: column {name!r} holds {odd[:40]!r}, and a column that is one of several labels says "
            "1 or 0, yes or no; take it out of data.targets, or set data.label to one column alone."
        )
    return np.isin(lowered, _YES)


def encoded(cells: Words, classes: Sequence[str], mark: str) -> NDArray[np.float32]:
    """1 for each label that is there, (N, K); NaN throughout where a cell says nothing."""
    different, inverse = np.unique(cells.astype(str), return_inverse=True)
    place = {name: at for at, name in enumerate(classes)}
    rows = np.zeros((len(different), len(classes)), np.float32)
    for row, cell in zip(rows, different.tolist(), strict=True):
        row[[place[name] for name in names_in(cell, mark) if name in place]] = 1.0
        if not cell:
            row[:] = np.nan
    return np.asarray(rows[inverse])


def all_names(cells: Words, mark: str) -> tuple[str, ...]:
    """The labels of all cells, in the order of the alphabet."""
    return tuple(sorted({name for cell in set(cells.tolist()) for name in names_in(cell, mark)}))


def there(shares: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Which labels are said to be there, by how likely they are."""
    return np.asarray(shares >= _SURE)


def rarest(cells: Words, mark: str) -> Words:
    """The rarest label of each cell, by which parts are drawn with as much of each."""
    split = {cell: names_in(cell, mark) for cell in set(cells.tolist())}
    counts = Counter(name for cell in cells.tolist() for name in split[cell])
    least = {cell: min(names, key=lambda name: (counts[name], name), default="") for cell, names in split.items()}
    return np.array([least[cell] for cell in cells.tolist()], object)
