"""A table of numbers over time, read and put in order; still in its own units and with its gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.config import DataConfig
from engine.data.batches import Ints
from engine.data.errors import DataError, TooShortError
from engine.data.files.dialect import Reading
from engine.data.frequency import (
    Frequency,
    Stamps,
    clock_set_back,
    clock_set_forward,
    find_frequency,
    stamp_texts,
    stamp_unit,
)
from engine.data.scaling import Reals
from engine.data.series.gaps import gap_notes, leading_gap
from engine.data.series.target import find_target
from engine.data.splits import split_by_time
from engine.data.tables.columns import Words, read_keys
from engine.data.tables.dates import date_format, find_date_column, read_stamps
from engine.data.tables.indicators import indicators, read_inputs
from engine.data.tables.inner_rows import leave_out_undated
from engine.data.tables.opening import open_table
from engine.data.tables.tables import Table
from engine.wording.counting import counted

_MOST_LEFT_OUT = 0.25  # times the rows that there are


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """N rows in order of time. The targets' columns come first, then the further inputs."""

    names: tuple[str, ...]  # (C,)
    targets: int  # the first so many columns
    values: Reals  # (N, C), NaN where missing; the first row is complete
    stamps: Stamps | None
    frequency: Frequency | None
    unit: str  # precision that the dates need, as NumPy writes it: "M", "D", "s"
    dropped: int  # rows before the first complete one, left out
    notes: tuple[str, ...]
    led: int = 0  # rows that columns known ahead have been moved back by
    words: tuple[tuple[str, tuple[str, ...]], ...] = ()  # columns of words among the inputs, and what they became

    @property
    def end(self) -> int:
        """Rows up to the last one in which a target was measured; those behind it say only what is known ahead."""
        return _end(self.values[:, : self.targets])

    def named(self, names: Sequence[str]) -> tuple[str, ...]:
        """`names` of inputs as they are here, where each word of a column has an input of its own."""
        words = dict(self.words)
        return tuple(own for name in names for own in words.get(name, (name,)))

    def led_by(self, rows: int, names: Sequence[str]) -> Series:
        """The same with some columns moved: each row holds what they are so many rows later, NaN where nobody knows.

        So whoever answers `rows` ahead of a row finds there what is known of the answer's own row.
        """
        if not (rows and names):
            return self
        columns = [self.names.index(name) for name in names]
        values, moved = self.values.copy(), np.full((len(self.values), len(columns)), np.nan)
        moved[:-rows] = values[rows:, columns]
        moved[0] = np.where(np.isnan(moved[0]), values[0, columns], moved[0])  # the first row stays complete
        values[:, columns] = moved
        return replace(self, values=values, led=rows)

    def labels(self, first: int, last: int) -> tuple[str, ...]:
        """What rows `first` … `last` - 1 are called: dates, or row numbers from 1."""
        if self.stamps is None:
            return tuple(str(row + 1 + self.dropped) for row in range(first, last))
        return stamp_texts(self.stamps[first:last], self.unit)


def read_series(path: Path, data: DataConfig) -> Series:
    """Read the columns that `data` names; without targets, the column that `find_target` guesses.

    Raises:
        DataError: the file or a column cannot be used; see `open_table`, `read_inputs`, `read_stamps`.
    """
    return _read(path, replace(data, sequence_column=()))[""]


def read_several(path: Path, data: DataConfig) -> dict[str, Series]:
    """The same for each series that the sequence column names, in the order in which they first appear.

    Raises:
        DataError: the file or a column cannot be used, or a series has no values in a column.
    """
    return _read(path, data)


def _read(path: Path, data: DataConfig) -> dict[str, Series]:
    with open_table(path, Reading.of(data)) as table:
        guessed = None if data.targets else find_target(table, data.time_column)
        targets = (guessed.name,) if guessed else data.targets
        _check_roles(targets, data)
        for name in targets:
            table.column(name)  # one that is missing is named before an input
        words = indicators(table, data.inputs)
        names = (*targets, *(own for name in data.inputs for own in words.get(name, (name,))))
        if data.time_column:
            leave_out_undated(table, data.time_column)
        values = read_inputs(table, names)
        stamps = read_stamps(table, data.time_column) if data.time_column else None
        notes = [*table.notes, *_time_notes(table, data)]
        keys = read_keys(table, data.sequence_column) if data.sequence_column else None
    if guessed:
        notes.append(guessed.words)
    found: dict[str, Series] = {}
    if keys is None:
        notes += _still_notes(targets, values)
        found[""] = _series(path, data, names, len(targets), values, stamps, notes)
        return _learnable(found, words, data)
    for key, own in _rows_of(keys).items():
        some = None if stamps is None else stamps[own]
        found[key] = _series(path, data, names, len(targets), values[own], some, notes)
    return _learnable(found, words, data)


def _rows_of(keys: Words) -> dict[str, Ints]:
    """The rows of each key, in the order in which keys first appear."""
    places: dict[str, int] = {}
    owners = np.fromiter((places.setdefault(key, len(places)) for key in keys), np.int64, len(keys))
    order, counts = np.argsort(owners, kind="stable"), np.bincount(owners, minlength=len(places))
    return dict(zip(places, np.split(order, np.cumsum(counts)[:-1]), strict=True))


def _learnable(found: dict[str, Series], words: dict[str, tuple[str, ...]], data: DataConfig) -> dict[str, Series]:
    """The same without words that come in no training part: what comes later shall change nothing before."""
    if not words:
        return found
    first = next(iter(found.values()))
    seen = np.zeros(len(first.names), bool)
    for series in found.values():
        with suppress(TooShortError):
            seen |= (series.values[: split_by_time(series.end, data.validation, data.test).train_end] == 1).any(axis=0)
    drawn = {own for owns in words.values() for own in owns}
    kept = np.array([at for at, name in enumerate(first.names) if seen[at] or name not in drawn])
    names = tuple(first.names[at] for at in kept)
    left = tuple((name, tuple(own for own in owns if own in names)) for name, owns in words.items())
    notes = tuple(f"{name!r} holds words: an input for each of {len(owns)}" for name, owns in left)
    return {
        key: replace(series, names=names, values=series.values[:, kept], words=left, notes=(*series.notes, *notes))
        for key, series in found.items()
    }


def _series(
    path: Path,
    data: DataConfig,
    names: tuple[str, ...],
    targets: int,
    values: Reals,
    stamps: Stamps | None,
    read: list[str],
) -> Series:
    """Rows put in order, from the first complete one on."""
    notes = list(read)
    if stamps is not None:
        values, stamps, order_notes = _in_order(values, stamps)
        notes += order_notes
    dropped = _leading(path, names, values)
    if dropped:
        notes.append(f"{counted(dropped, 'row')} at the start left out, where not every column has had a value yet")
    values, stamps = values[dropped:], stamps[dropped:] if stamps is not None else None
    frequency = find_frequency(stamps) if stamps is not None else None
    if stamps is not None and frequency is not None and frequency.irregular:
        values, stamps, frequency, added = _with_missing_dates(values, stamps, frequency)
        notes += added
    end = _end(values[:, :targets])
    notes += [*_frequency_notes(stamps, frequency), *gap_notes(names, values[:end], data.missing)]
    if end < len(values):
        notes.append(_behind_note(len(values) - end, data))
    unit = stamp_unit(stamps) if stamps is not None else ""
    return Series(names, targets, values, stamps, frequency, unit, dropped, tuple(notes))


def _behind_note(rows: int, data: DataConfig) -> str:
    """How many rows behind the last target there are, and how many of them the settings ask to be forecast."""
    forecast = data.steps if data.steps > 1 else int(data.horizon <= rows)
    if forecast >= rows:
        return f"{counted(rows, 'row')} behind the last target, to be forecast"
    return f"{rows:,} rows behind the last target; data.steps says how many are forecast, now {forecast}"


def _check_roles(targets: tuple[str, ...], data: DataConfig) -> None:
    names = (*targets, *data.inputs)
    if twice := sorted(name for name, count in Counter(names).items() if count > 1):
        raise DataError(
            f"column {twice[0]!r} is named twice among data.targets and data.inputs; a target's own past is "
            "read anyway, so name it once."
        )
    if both := [name for name in data.sequence_column if name in names]:
        raise DataError(f"column {both[0]!r} cannot both name the series and be a value; change data.sequence_column.")
    if data.time_column in names:
        raise DataError(f"column {data.time_column!r} cannot be both the time and a value; change data.time_column.")


def _time_notes(table: Table, data: DataConfig) -> list[str]:
    if data.time_column:
        return [f"date column: {data.time_column!r} ({date_format(table, data.time_column)})"]
    seen = find_date_column(table)
    return [f"in the order of the rows{f', though {seen.name!r} looks like dates' if seen else ''}"]


def _in_order(values: Reals, stamps: Stamps) -> tuple[Reals, Stamps, list[str]]:
    notes = []
    steps = np.diff(stamps)
    if back := clock_set_back(stamps):
        notes.append(f"the clock is set back at {', '.join(back)}; rows are kept in the order of the file")
    elif np.any(steps < np.timedelta64(0, "us")):
        order = np.argsort(stamps, kind="stable")
        values, stamps = values[order], stamps[order]
        notes.append("rows were not in order of time and have been sorted")
        steps = np.diff(stamps)
    if same := int((steps == np.timedelta64(0, "us")).sum()):
        notes.append(f"{counted(same, 'row')} with the same date as the row before, kept as they are")
    return values, stamps, notes


def _leading(path: Path, names: tuple[str, ...], values: Reals) -> int:
    dropped = leading_gap(values)
    if dropped >= len(values):
        empty = names[int(np.isnan(values).all(axis=0).argmax())]
        raise DataError(f"{path.name}: column {empty!r} has no values; choose another one.")
    return dropped


def _end(targets: Reals) -> int:
    return 1 + int(np.flatnonzero(np.isfinite(targets).any(axis=1))[-1])


def _with_missing_dates(
    values: Reals, stamps: Stamps, frequency: Frequency
) -> tuple[Reals, Stamps, Frequency, list[str]]:
    """A row without values for each date that is left out, so that every row lies one step after the one before.

    Not where so many are that the rows themselves have another rhythm.
    """
    between = np.where(clock_set_forward(stamps, frequency), 1, frequency.rows_between(stamps))
    places = np.concatenate([[0], np.cumsum(between)])
    missing, gaps = int(places[-1]) + 1 - len(stamps), int((between > 1).sum())
    if not 0 < missing <= _MOST_LEFT_OUT * len(stamps):
        return values, stamps, frequency, []
    complete = np.full((int(places[-1]) + 1, values.shape[1]), np.nan)
    complete[places] = values
    owners = np.repeat(np.arange(len(stamps)), np.append(between, 1))
    stamps = frequency.shifted(stamps[owners], np.arange(len(complete)) - places[owners])
    note = f"{counted(missing, 'date')} left out of the file in {counted(gaps, 'gap')}, put in without values"
    return complete, stamps, replace(frequency, irregular=frequency.irregular - gaps), [note]


def _still_notes(targets: Sequence[str], values: Reals) -> list[str]:
    return [note for place, name in enumerate(targets) if (note := still_note(name, values[:, place]))]


def still_note(name: str, values: Reals) -> str:
    """That a target never changes: any forecast of it is right at once, and no score says anything; "" if it does."""
    known = values[np.isfinite(values)]
    if len(known) < 2 or (known != known[0]).any():
        return ""
    return f"{name!r} is {known[0]:g} in all rows: there is nothing in it to learn"


def _frequency_notes(stamps: Stamps | None, frequency: Frequency | None) -> list[str]:
    if stamps is None:
        return []
    if frequency is None:
        return ["no regular step from row to row; rows are taken as evenly spaced"]
    odd = f"; {counted(frequency.irregular, 'step')} irregular, taken as even" if frequency.irregular else ""
    return [f"frequency: {frequency.name}{odd}"]
