"""Sequences of steps from a table, read but not yet cut, split or scaled.

Three layouts, told apart by the settings: a long table whose rows are steps and whose `sequence_column` says which
sequence each belongs to; a wide table whose rows are whole sequences, `channels` numbers a step; and one recording,
whose rows are the steps of a single long sequence. A folder of files is a long table with a file a sequence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.config import DataConfig
from engine.data.batches import Ints
from engine.data.errors import DataError
from engine.data.files.dialect import Reading
from engine.data.scaling import Reals
from engine.data.sequences.label_sets import answered_by, read_answers
from engine.data.tables.columns import Words, numeric_columns, read_keys, read_numbers, read_words
from engine.data.tables.dates import read_stamps
from engine.data.tables.opening import open_table
from engine.data.tables.tables import Table
from engine.wording.counting import counted


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """S sequences, N steps in all, one after the other, in the file's own units and with its gaps."""

    columns: tuple[str, ...]  # that were read, as `data.inputs` takes them
    channels: tuple[str, ...]  # names of the C numbers a step has
    values: Reals  # (N, C), NaN where missing
    categories: tuple[tuple[str, Words], ...]  # columns of words that go in too, (N,) each
    borders: Ints  # (S + 1,) first step of each sequence, and N
    names: tuple[str, ...]  # (S,)
    labels: Words  # (N,) or (S,), empty text where there is none
    separator: str  # between several labels in one; "" where each is one
    marks: Words | None  # (S,) what the split column says
    recording: bool  # one long sequence, or a few pieces of one
    notes: tuple[str, ...]

    @property
    def per_step(self) -> bool:
        """Whether every step has a label of its own, rather than every sequence."""
        return len(self.labels) == len(self.values) and (self.recording or len(self.labels) != len(self.names))

    @property
    def step_labels(self) -> Words:
        """The label of every step (N,): its own, or its sequence's."""
        return self.labels if self.per_step else np.repeat(self.labels, np.diff(self.borders))


def read_sequences(
    path: Path, data: DataConfig, *, words: frozenset[str] | None = None, flat: bool = False
) -> Sequences:
    """Read the columns that `data` names; without inputs, all that hold numbers and have no other role.

    Args:
        path: A table.
        data: Which columns have which role.
        words: Of a file to be answered, the inputs that hold words, as they did in training; it need have no label.
        flat: Of a wide table, take each row as one step instead of cutting it into steps.

    Raises:
        DataError: the file or a column cannot be used.
    """
    labelled = words is None
    with open_table(path, Reading.of(data)) as table:
        if not answered_by(data) and labelled:
            raise DataError(f"no label is chosen for {path.name}; set data.label to the column to be answered.")
        names = _inputs(table, data)
        numbers = _numbers(table, names, words)
        worded = tuple(name for name in names if name not in numbers)
        values = read_numbers(table, numbers) if numbers else np.zeros((table.rows, 0))
        labels, separator = read_answers(table, data, labelled=labelled)
        marks = _marks(table, data, labelled)
        categories = tuple((name, read_words(table, name)) for name in worded)
        notes = tuple(table.notes)
        if data.channels:
            _check_wide(path, data, worded)
            channels = data.channels if not flat else len(numbers)
            return _wide(path, numbers, values, labels, separator, marks, channels, notes)
        order, borders, ids = _grouped(table, data, marks)
    return Sequences(
        columns=names,
        channels=numbers,
        values=values[order],
        categories=tuple((name, column[order]) for name, column in categories),
        borders=borders,
        names=ids,
        labels=labels[order],
        separator=separator,
        marks=None if marks is None else marks[order][borders[:-1]],
        recording=not data.sequence_column,
        notes=notes,
    )


def _numbers(table: Table, names: tuple[str, ...], words: frozenset[str] | None) -> tuple[str, ...]:
    if words is not None:
        return tuple(name for name in names if name not in words)
    numeric = numeric_columns(table, names)
    return tuple(name for name in names if numeric.get(name))


def _inputs(table: Table, data: DataConfig) -> tuple[str, ...]:
    taken = {*answered_by(data), *data.sequence_column, data.time_column} | (
        {data.split_column} if data.split_column else set()
    )
    if not data.inputs:
        numeric = numeric_columns(table, [name for name in table.names if name not in taken])
        if found := tuple(name for name, is_number in numeric.items() if is_number):
            return found
        raise DataError(
            f"{table.path.name} has no column of numbers beside the label; name the columns to be read in data.inputs."
        )
    for name in data.inputs:
        table.column(name)
        if name in taken:
            raise DataError(
                f"column {name!r} is the label, the sequence, the time or the split, and cannot be an input too; "
                "take it out of data.inputs."
            )
    return data.inputs


def _marks(table: Table, data: DataConfig, labelled: bool) -> Words | None:
    if data.split != "column" or not labelled:
        return None
    if not data.split_column:
        raise DataError("the split is by column; set data.split_column to the column that says which part a row is in.")
    return read_words(table, data.split_column)


# --- long -----------------------------------------------------------------------------------------------


def _grouped(table: Table, data: DataConfig, marks: Words | None) -> tuple[Ints, Ints, tuple[str, ...]]:
    """Order of the rows, borders of the sequences and their names, sequences as they first appear in the file."""
    count = table.rows
    keys = read_keys(table, data.sequence_column) if data.sequence_column else np.full(count, "", object)
    times = _times(table, data.time_column) if data.time_column else np.arange(count)
    if marks is None:
        group = _numbered(keys)
    elif data.sequence_column:
        group = _numbered(np.array([f"{mark}\0{key}" for mark, key in zip(marks, keys, strict=True)], object))
    else:  # one recording falls into pieces where the part changes
        group = np.concatenate([[0], np.cumsum(marks[1:] != marks[:-1])]).astype(np.int64)
    order = np.lexsort((np.arange(count), times, group)) if data.sequence_column else np.argsort(group, kind="stable")
    if not data.sequence_column and data.time_column:
        order = np.lexsort((np.arange(count), times, group))
    sorted_group = group[order]
    borders = np.concatenate([[0], np.flatnonzero(np.diff(sorted_group)) + 1, [count]]).astype(np.int64)
    ids = tuple(str(keys[order[first]]) or str(number + 1) for number, first in enumerate(borders[:-1]))
    return order, borders, ids


def _numbered(keys: Words) -> Ints:
    """Number of each key, in the order in which keys first appear."""
    _, first, inverse = np.unique(keys.astype(str), return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[inverse])


def _times(table: Table, name: str) -> NDArray[np.int64] | Reals:
    """What the steps of a sequence are put in order by: dates, or numbers such as the number of a frame."""
    if numeric_columns(table, [name]).get(name):
        return read_numbers(table, [name])[:, 0]
    return read_stamps(table, name).astype(np.int64)


# --- wide -----------------------------------------------------------------------------------------------


def _check_wide(path: Path, data: DataConfig, words: Sequence[str]) -> None:
    if data.sequence_column:
        raise DataError(
            "data.channels says that a row holds a whole sequence, data.sequence_column that it is one step of it; "
            "set data.channels to 0 or leave data.sequence_column empty."
        )
    if words:
        raise DataError(f"{path.name}: column {words[0]!r} holds words, which cannot be cut into steps; leave it out.")


def _wide(
    path: Path,
    names: tuple[str, ...],
    values: Reals,
    labels: Words,
    separator: str,
    marks: Words | None,
    channels: int,
    notes: tuple[str, ...],
) -> Sequences:
    """Rows cut into steps; steps without any value at a row's end are no steps."""
    if len(names) % channels:
        raise DataError(
            f"{path.name}: {len(names):,} columns cannot be cut into steps of {channels:,} numbers; set data.channels "
            f"to a number that divides {len(names):,}, or leave columns out of data.inputs."
        )
    steps = values.reshape(len(values), -1, channels)
    filled = np.asarray(~np.isnan(steps).all(axis=2))
    lengths = np.where(np.any(filled, axis=1), filled.shape[1] - filled[:, ::-1].argmax(axis=1), 1)
    inside = np.arange(steps.shape[1]) < lengths[:, None]
    short = int((lengths < steps.shape[1]).sum())
    ragged = (f"{counted(short, 'sequence')} shorter than the widest: blank cells at the end are no steps",)
    return Sequences(
        columns=names,
        channels=names if channels == len(names) else tuple(str(number + 1) for number in range(channels)),
        values=steps[inside],
        categories=(),
        borders=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        names=tuple(str(row + 1) for row in range(len(values))),
        labels=labels,
        separator=separator,
        marks=marks,
        recording=False,
        notes=(*notes, *(ragged if short else ())),
    )
