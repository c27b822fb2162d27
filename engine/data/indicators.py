"""Words that go into a series: an input of 1 and 0 for each that comes, named "column=word"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data.columns import Words, holds_words, read_numbers, read_words
from engine.data.errors import DataError
from engine.data.numbers import NO_VALUE
from engine.data.scaling import Reals
from engine.data.tables import Table

_MOST = 200  # different words of one column; more, or as good as one a row, are hardly categories


def indicators(table: Table, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For those of the columns `names` that hold words the inputs that they become, in the order of the alphabet.

    Raises:
        DataError: a column does not exist, or has too many words to be categories.
    """
    found = {}
    for name in names:
        if not _parts(table, name) and holds_words(table, name):
            words = sorted(set(read_words(table, name).tolist()) - _no_value(table))
            if len(words) > min(_MOST, table.rows // 2):
                raise DataError(
                    f"{table.path.name}: column {name!r} holds {len(words):,} different texts ({words[0][:40]!r}, …), "
                    "too many to be categories; choose a column of numbers or of fewer words."
                )
            found[name] = tuple(f"{name}={word}" for word in words)
    return found


def read_inputs(table: Table, names: Sequence[str]) -> Reals:
    """Columns of numbers, and indicators by their own names, as float64 (N, C); NaN where a cell is blank.

    Raises:
        DataError: as of `read_numbers`.
    """
    parts = {name: found for name in names if (found := _parts(table, name))}
    if not parts:
        return read_numbers(table, names)
    numbers = [name for name in names if name not in parts]
    values = np.empty((table.rows, len(names)), np.float64)
    if numbers:
        values[:, [names.index(name) for name in numbers]] = read_numbers(table, numbers)
    columns: dict[str, Words] = {}
    for name, (column, word) in parts.items():
        words = columns[column] if column in columns else columns.setdefault(column, read_words(table, column))
        indicator = (words == word).astype(np.float64)
        indicator[np.isin(words.astype(str), list(_no_value(table)))] = np.nan
        values[:, names.index(name)] = indicator
    return values


def _parts(table: Table, name: str) -> tuple[str, str] | None:
    """Column and word of an indicator; None of a column of its own."""
    if name in table.names:
        return None
    ends = (at for at, letter in enumerate(name) if letter == "=")
    return next(((name[:at], name[at + 1 :]) for at in ends if name[:at] in table.names), None)


def _no_value(table: Table) -> set[str]:
    return {*NO_VALUE, *table.no_value}
