"""Words that go into a series: an input of 1 and 0 for each that comes, named "column=word"."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.data.errors import DataError
from engine.data.scaling import Reals
from engine.data.tables.columns import columns_of_words, no_value, read_numbers, read_words
from engine.data.tables.doubtful_words import MOST_CATEGORIES, doubtful_words
from engine.data.tables.tables import Table


def indicators(table: Table, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """For those of the columns `names` that hold words the inputs that they become, in the order of the alphabet.

    Raises:
        DataError: a column does not exist, or has too many words to be categories.
    """
    parts = _parts(table, names)
    own = [name for name in names if name not in parts]
    found = {}
    worded = columns_of_words(table, own) if own else []
    doubtful = doubtful_words(table, worded)
    for name in worded:
        table.words[name] = read_words(table, name)
        kept = doubtful[name].kept if name in doubtful else ()
        words = sorted(set(table.words[name].tolist()).difference(no_value(table)).union(kept))
        if len(words) > min(MOST_CATEGORIES, table.rows // 2):
            raise DataError(
                f"{table.path.name}: column {name!r} holds {len(words):,} different texts ({words[0][:40]!r}, …), "
                "too many to be categories; choose a column of numbers or of fewer words."
            )
        found[name] = tuple(f"{name}={word}" for word in words)
        if twice := set(found[name]).intersection(table.names):
            raise DataError(
                f"{table.path.name}: the word {words[found[name].index(min(twice))]!r} of column {name!r} would be an "
                f"input of the name of another column, {min(twice)!r}; rename that column."
            )
    return found


def read_inputs(table: Table, names: Sequence[str]) -> Reals:
    """Columns of numbers, and indicators by their own names, as float64 (N, C); NaN where a cell is blank.

    Raises:
        DataError: as of `read_numbers`.
    """
    parts = _parts(table, names)
    if not parts:
        return read_numbers(table, names)
    values = np.empty((table.rows, len(names)), np.float64)
    numbers = [place for place, name in enumerate(names) if name not in parts]
    if numbers:
        values[:, numbers] = read_numbers(table, [names[place] for place in numbers])
    columns: dict[str, list[tuple[int, str]]] = {}
    for place, name in enumerate(names):
        if name in parts:
            column, word = parts[name]
            columns.setdefault(column, []).append((place, word))
    for column, own in columns.items():
        words = table.words.pop(column) if column in table.words else read_words(table, column)
        blank = np.isin(words.astype(str), sorted(set(no_value(table)).difference(word for _, word in own)))
        for place, word in own:
            values[:, place] = np.where(blank, np.nan, words == word)
    return values


def _parts(table: Table, names: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Column and word of each of `names` that is an indicator, not a column of its own.

    Raises:
        DataError: it may be that of two columns.
    """
    columns, found = frozenset(table.names), {}
    for name in names:
        ends = [at for at, letter in enumerate(name) if letter == "=" and name[:at] in columns]
        if name in columns or not ends:
            continue
        if len(ends) > 1:
            raise DataError(
                f"{table.path.name}: {name!r} may be a word of column {name[: ends[0]]!r} or of column "
                f"{name[: ends[1]]!r}; rename one of these columns."
            )
        found[name] = name[: ends[0]], name[ends[0] + 1 :]
    return found
