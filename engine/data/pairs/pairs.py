"""Pairs from a table: a text or a vector that is read, and the text that is written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.config import DataConfig
from engine.data.batches import Ints, generator
from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.scaling import Reals
from engine.data.splits import PARTS, split_by_time
from engine.data.tables.columns import numeric_columns, read_numbers, read_words
from engine.data.tables.opening import open_table
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_SEED = 20  # the same parts whatever the seed of the training
MOST_CATEGORIES = 200  # of a column of words that goes in as a vector


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """N pairs in the order of the file. Either texts are read, or numbers and words that make a vector."""

    sources: tuple[str, ...]  # (N,) texts; empty where a vector is read
    numbers: Reals  # (N, C)
    words: tuple[tuple[str, ...], ...]  # (N,) for each column of words in the vector
    targets: tuple[str, ...]  # (N,)
    columns: tuple[str, ...]  # of texts: one; of a vector: numbers first, then words
    target: str  # column name
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.targets)

    def read_as_text(self, row: int) -> str:
        """What is read of a row, in words."""
        if self.sources:
            return self.sources[row]
        words = [column[row] for column in self.words]
        numbers = [f"{value:g}" for value in self.numbers[row]]
        return ", ".join([*numbers[:8], *(["…"] if len(numbers) > 8 else []), *words])


def read_pairs(path: Path, data: DataConfig, topology: str, *, answered: bool = True) -> Pairs:
    """Read the columns that `data` names; a row without source or target is left out, which is said.

    Args:
        path: A table with a header.
        data: `inputs` names what is read, `targets` what is written.
        topology: "encoder_decoder" reads a text, "one_to_many" a vector.
        answered: Whether the target has to be there; a file to be translated need not have it.

    Raises:
        DataError: a column is missing or of the wrong kind, or nothing is left.
    """
    with open_table(path, Reading.of(data)) as table:
        _check_roles(table, data, answered)
        target = data.targets[0]
        if topology == "one_to_many":
            numbers, words, columns = _vector(table, data.inputs)
            sources: tuple[str, ...] = ()
        else:
            numbers, words, columns = np.zeros((table.rows, 0)), (), data.inputs
            sources = _read_text(table, data.inputs)
        has_target = answered or target in table.names
        targets = tuple(read_words(table, target)) if has_target else ("",) * table.rows
        notes = list(table.notes)
    kept = np.array([bool(t) or not answered for t in targets]) & ~np.isnan(numbers).any(axis=1)
    if sources:
        kept &= np.array([bool(source) for source in sources])
    if not kept.any():
        raise DataError(
            f"{path.name} has no row in which all of {', '.join(map(repr, (*columns, target)))} are filled."
        )
    if lost := int((~kept).sum()):
        notes.append(f"{counted(lost, 'row')} left out, where what is read or written is blank")
    return Pairs(
        sources=_some(sources, kept),
        numbers=numbers[kept],
        words=tuple(_some(column, kept) for column in words),
        targets=_some(targets, kept),
        columns=columns,
        target=target,
        notes=tuple(notes),
    )


def _some(values: tuple[str, ...], kept: np.ndarray) -> tuple[str, ...]:
    return tuple(value for value, keep in zip(values, kept, strict=True) if keep) if values else ()


def _check_roles(table: Table, data: DataConfig, answered: bool) -> None:
    if len(data.targets) != 1 or not data.inputs:
        raise DataError(
            f"pairs need what is read and what is written: set data.inputs to columns of {table.path.name} and "
            f"data.targets to one; columns are {', '.join(map(repr, table.names[:12]))}."
        )
    for name in (*data.inputs, *(data.targets if answered else ())):
        table.column(name)
    if data.targets[0] in data.inputs:
        raise DataError(f"column {data.targets[0]!r} cannot be both read and written; take it out of data.inputs.")


def _read_text(table: Table, names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) != 1:
        raise DataError(
            f"an encoder reads one column of text, but data.inputs names {len(names)}; choose one, or "
            "model.topology one_to_many, which reads them as a vector."
        )
    return tuple(read_words(table, names[0]))


def _vector(table: Table, names: tuple[str, ...]) -> tuple[Reals, tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Numbers, columns of words, and the names of both."""
    numeric = numeric_columns(table, names)
    own = tuple(name for name in names if numeric.get(name))
    others = tuple(name for name in names if not numeric.get(name))
    numbers = read_numbers(table, own) if own else np.zeros((table.rows, 0))
    words = tuple(tuple(read_words(table, name)) for name in others)
    for name, column in zip(others, words, strict=True):
        if (kinds := len(set(column))) > MOST_CATEGORIES:
            raise DataError(
                f"column {name!r} holds {kinds:,} different texts, too many to be categories of a vector; choose "
                "model.topology encoder_decoder to read it symbol by symbol, or another column."
            )
    return numbers, words, (*own, *others)


def split_pairs(pairs: Pairs, data: DataConfig) -> dict[str, Ints]:
    """Row numbers of each part, drawn at random; pairs that read the same stay in one part, so that nothing leaks.

    Where only categories are read, many pairs read the same, and those that write the same stay together instead.

    Raises:
        DataError: nothing is left to train on.
    """
    keys = _keys(pairs)
    names = list(dict.fromkeys(keys))
    order = generator(_SEED, 0).permutation(len(names))
    rank = {names[place]: number for number, place in enumerate(order.tolist())}
    rows = np.array(sorted(range(len(keys)), key=lambda row: rank[keys[row]]), np.int64)
    ranks = np.array([rank[keys[row]] for row in rows.tolist()])
    split = split_by_time(len(rows), data.validation, data.test, "pair")
    borders = [0, *(_moved(ranks, border) for border in (split.train_end, split.validation_end)), len(rows)]
    return {part: np.sort(rows[borders[k] : borders[k + 1]]) for k, part in enumerate(PARTS)}


def _keys(pairs: Pairs) -> list[str]:
    """What must not be in two parts at once, as text."""
    if pairs.sources:
        return [" ".join(source.casefold().split()) for source in pairs.sources]
    if pairs.numbers.shape[1] == 0:
        return list(pairs.targets)
    rows = zip(*pairs.words, strict=True) if pairs.words else ((),) * len(pairs)
    return [f"{row.tobytes().hex()} {words}" for row, words in zip(pairs.numbers, rows, strict=True)]


def _moved(ranks: Ints, border: int) -> int:
    """A border moved back to where a group begins, or on where it would leave nothing before it."""
    if border in (0, len(ranks)):
        return border
    first, last = np.searchsorted(ranks, ranks[border], "left"), np.searchsorted(ranks, ranks[border], "right")
    return int(first or last)
