"""Which columns of a table hold labelled sequences: found by their names and by how their values change."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from engine.config import DataConfig
from engine.data.errors import DataError
from engine.data.guess import Guess
from engine.data.notation.quoting import quoted
from engine.data.sequences.column_looks import (
    LABELS,
    MOST_LABELS,
    ColumnLook,
    looked_at,
    named,
    split_column,
    split_settings,
)
from engine.data.sequences.labelled_text_suggestion import suggest_texts
from engine.data.sequences.several_labels import constant, flags, is_several, several_told
from engine.data.tables.columns import numeric_columns
from engine.data.tables.dates import date_format, find_date_column, read_stamps
from engine.data.tables.tables import Table

_SEQUENCES = (
    "id", "series", "sequence", "utterance", "sample", "trial", "case", "subject", "session", "recording", "seq",
    "patient", "participant", "user", "person", "speaker", "episode", "clip", "track", "video", "stroke", "trajectory",
)  # fmt: skip
_COUNTERS = ("t", "time", "step", "frame", "index", "i", "n", "tick")
_CALENDAR = ("season", "quarter", "month", "weekday", "day", "holiday", "hour", "week", "year")  # known, so no answers
_FLAGS = ("status", "flag", "flags", "quality", "qc", "qualifier", "remark", "qualität")  # of the one value beside them
_LOOK, _FIRST = 100_000, 1_000  # rows that are looked at, and that are asked first
_ANSWERS = ("y",)  # beside columns that count up
_STEPS = 8  # columns that a table without a header has beside its class
_MANY, _EACH = 20, 3  # sequences that are told by nothing but their shape; of each label
_RAGGED = 3.0  # steps a sequence has at least on average


def suggest_sequences(table: Table, said: DataConfig) -> Guess | None:
    """Settings of the data for a table of labelled sequences with the reasons; None where it does not look like one.

    Where `said` names the label, or what tells the sequences, whatever is in that column is one.

    A table counts as labelled sequences where a column tells the sequence, by its name or by a count that begins anew
    with each of its values, and another one is the same throughout each of them; or where a column of few names stands
    beside many columns of numbers whose names count up.
    """
    rows = table.beginning(_LOOK)
    columns = looked_at(table, rows)
    split = said.split_column or split_column(table, columns)
    label = next((c for c in columns if c.name == said.label), None)
    sequence, count = _sequence(table, columns, rows, said.sequence_column)
    if count:
        return _long(table, columns, sequence, count, split, rows, label, said.targets)
    if counted_in := _counted_in(table, columns, rows, split, label):
        return counted_in
    texts = suggest_texts(table, columns, said, split, rows)
    found = texts or _wide(table, columns, split, label, rows, said.targets)
    return found or _by_shape(table, columns, rows, split, label) or _recording(table, columns, split, label)


def _sequence(table: Table, columns: list[ColumnLook], rows: int, said: tuple[str, ...]) -> tuple[tuple[str, ...], int]:
    """The columns that were said, or one with a telling name whose value stays for a while and does not come back.

    And how many sequences they tell; 0 without.
    """
    if said:
        key = ", ".join(map(quoted, said))
        return said, int(table.one(f"count(DISTINCT ({key}))", rows=rows)[0])
    for column in columns:
        if named(column.name, _SEQUENCES) and 1 < column.different == column.runs <= rows / _RAGGED:
            return (column.name,), column.different
    return (), 0


def _counted_in(
    table: Table, columns: list[ColumnLook], rows: int, split: str, said: ColumnLook | None
) -> Guess | None:  # fmt: skip
    """Sequences of any name in whose rows a column counts up from 0 or 1; the label is the last column, or named so.

    Without that they might as well be several series, as weeks of stores, of which something else is asked.
    """
    stays = [
        c for c in columns if 1 < c.different == c.runs <= rows / _RAGGED and c.name not in (split, table.names[-1])
    ]
    for column in stays:
        if not _counter(table, (column.name,), columns, rows):
            continue
        asked = [c for c in columns if c.name != split and c not in stays]
        last = [c for c in asked[-1:] if not c.number]
        several = () if said or last else _labels_beside(table, [c for c in asked if named(c.name, LABELS)])
        if several and all(constant(table, (column.name,), name, rows) for name in several):
            return _long(table, columns, (column.name,), column.different, split, rows, None, several)
        label = said or next(iter(last + [c for c in asked if named(c.name, LABELS)]), None)
        if label and constant(table, (column.name,), label.name, rows):
            return _long(table, columns, (column.name,), column.different, split, rows, label)
    return None


def _by_shape(
    table: Table, columns: list[ColumnLook], rows: int, split: str, said: ColumnLook | None
) -> Guess | None:  # fmt: skip
    """Sequences of any name that nothing counts: many values that stay and do not come back, as labels beside them do.

    Where dates run on over their borders they are stretches of one recording, as days are.
    """
    last = said or next((c for c in columns[-1:] if c.name != split and not named(c.name, _CALENDAR)), None)
    if last is None or last.runs <= last.different or last.different > MOST_LABELS or _dates_run_on(table):
        return None
    many = max(_MANY, _EACH * last.different)
    for column in columns:
        stays = many <= column.different == column.runs <= rows / _RAGGED
        if not stays or column.name in (last.name, split) or date_format(table, column.name):
            continue
        if constant(table, (column.name,), last.name, rows):
            found = _long(table, columns, (column.name,), column.different, split, rows, last)
            return found and replace(found, reasons=[*found.reasons, _shape_told(column.name, last.name)])
    return None


def _dates_run_on(table: Table) -> bool:
    """Whether the dates of the whole table rise."""
    date = find_date_column(table)
    if date is None:
        return False
    try:
        stamps = read_stamps(table, date.name, _LOOK)
    except DataError:  # some row has none
        return True
    return bool((stamps[1:] >= stamps[:-1]).all())


def _shape_told(name: str, label: str) -> str:
    return (
        f"{name!r} is taken to tell the sequences: its values stay for a while and do not come back, and {label!r} is "
        "the same throughout each; if all rows are one recording, leave data.sequence_column empty"
    )


def _counter(table: Table, sequence: tuple[str, ...], columns: list[ColumnLook], rows: int) -> str:
    """A column that rises by one from row to row of each sequence, and begins anew at 0 or 1; "" without."""
    names = [c.name for c in columns if c.name not in sequence and c.number and 2 * c.runs >= rows > c.different]
    for some in (min(rows, _FIRST), rows):  # of many columns hardly one is left after the first rows
        names = _counting(table, sequence, names, some)
    return next(iter(names), "")


def _counting(table: Table, sequence: tuple[str, ...], names: list[str], rows: int) -> list[str]:
    """Those of the columns that count so over the first rows."""
    if not names:
        return []
    key = f"({', '.join(map(quoted, sequence))})"
    numbers = ", ".join(f"{table.number(name)} AS n{k}" for k, name in enumerate(names))
    before = ", ".join(f"lag(n{k}) OVER () AS b{k}" for k in range(len(names)))
    counts = (f"bool_and(CASE WHEN same THEN n{k} = b{k} + 1 ELSE n{k} IN (0, 1) END)" for k in range(len(names)))
    found = table.connection.execute(
        f"SELECT {', '.join(counts)} FROM (SELECT *, key IS NOT DISTINCT FROM lag(key) OVER () AS same, {before} "
        f"FROM (SELECT {key} AS key, {numbers} FROM cells LIMIT {rows}))"
    ).fetchall()
    return [name for name, count in zip(names, found[0], strict=True) if count]


def _long(
    table: Table,
    columns: list[ColumnLook],
    sequence: tuple[str, ...],
    count: int,
    split: str,
    rows: int,
    said: ColumnLook | None,
    several: tuple[str, ...] = (),
) -> Guess | None:
    taken = {*sequence, split}
    counter = next((c.name for c in columns if c.name not in taken and named(c.name, _COUNTERS)), "")
    counter = counter or _counter(table, sequence, columns, rows)
    others = [c for c in columns if c.name not in taken | {counter} and c.different > 1]
    labels = [said] if said else [c for c in others if c.different <= count / 2]
    constant_ones = [c for c in labels if constant(table, sequence, c.name, rows)]
    named_so = [c for c in others if named(c.name, LABELS) and c.different <= MOST_LABELS]
    telling = [said] if said else [c for c in named_so if c in labels or not constant(table, sequence, c.name, rows)]
    several = several or (() if said else _labels_beside(table, constant_ones))
    if not (constant_ones or telling or several):
        return None
    label = None if several else (constant_ones or telling)[-1]
    answered = {label.name} if label else {*several}
    inputs = tuple(
        name for name, number in numeric_columns(table, table.names).items()
        if number and not table.lasts(name) and name not in taken | {counter} | answered
    )  # fmt: skip
    if not inputs:
        return None
    changes: dict[str, Any] = {
        "data.kind": "sequences",
        "data.sequence_column": sequence,
        "data.time_column": counter,
        "data.label": label.name if label else "",
        "data.targets": several,
        "data.inputs": inputs,
        "model.topology": "many_to_one" if label in constant_ones or several else "many_to_many",
        **split_settings(split, "stratified"),
    }
    told = " and ".join(map(repr, sequence))
    notes = [f"sequences: {count:,}, told by {told}", _label_told(table, label, label in constant_ones, several, rows)]
    many = table.rows / max(rows, 1)  # times the rows that were looked at
    return Guess(changes, [*notes, *([f"split: by {split!r}"] if split else [])], count * many)


def _labels_beside(table: Table, columns: list[ColumnLook]) -> tuple[str, ...]:
    """Columns of 1 and 0 that are each named as a label; others, as whether a patient smokes, may be known before."""
    found = [c.name for c in flags(table, columns) if named(c.name, LABELS)]
    return tuple(found) if len(found) > 1 else ()


def _label_told(table: Table, label: ColumnLook | None, whole: bool, several: tuple[str, ...], rows: int) -> str:
    if label is None:
        return several_told(several)
    at_once = ", any number of labels at once" if whole and is_several(table, label.name, rows) else ""
    return f"label: {label.name!r}, {'throughout each of them' if whole else 'at every step'}{at_once}"


def _wide(
    table: Table, columns: list[ColumnLook], split: str, said: ColumnLook | None, rows: int, several: tuple[str, ...]
) -> Guess | None:
    """Rows that are sequences: numbered columns of numbers, and one other column of names."""
    inputs = _counted_up(table)
    if 2 * len(inputs) < len(table.names):
        return None  # some channels of a recording, as F1 to F8 among others
    rest = [c for c in columns if c.name not in inputs and c.name != split]
    whole = said is None and not rest and len(inputs) == len(table.names)
    classes = _class_at_an_end(table, columns) if whole else None
    if classes:
        rest, inputs = [classes], tuple(name for name in inputs if name != classes.name)
    telling = (c for c in reversed(rest) if not c.number or named(c.name, (*LABELS, *_ANSWERS)))
    few = (c for c in telling if 1 < c.different <= max(2, rows / 4))
    label = classes or said or next(few, None)
    if label is None and not several and len(rest) > 1 and len(found := flags(table, rest)) == len(rest):
        several = tuple(c.name for c in found)
    answered = several or ((label.name,) if label else ())
    if len(inputs) < 4 or not answered or set(answered) & set(inputs):
        return None
    if label is not None and label is not said and date_format(table, label.name):
        return None
    side = round(len(inputs) ** 0.5)
    channels = side if side * side == len(inputs) and side >= 4 else 1
    changes: dict[str, Any] = {
        "data.kind": "sequences",
        "data.sequence_column": (),
        "data.time_column": "",
        "data.label": label.name if label and not several else "",
        "data.targets": several,
        "data.inputs": inputs,
        "data.channels": channels,
        "model.topology": "many_to_one",
        **split_settings(split, "stratified"),
    }
    shape = f"{len(inputs) // channels} steps of {channels}" if channels > 1 else f"{len(inputs)} steps"
    reasons = [f"a row is a sequence of {shape}, {inputs[0]} to {inputs[-1]}"]
    reasons.append(several_told(several) if several else f"label: {answered[0]!r}")
    return Guess(changes, reasons, table.rows)


def _class_at_an_end(table: Table, columns: list[ColumnLook]) -> ColumnLook | None:
    """The class that each row of a table without a header begins or ends with, as in the UCR archive; None without."""
    if table.dialect is None or table.dialect.header or len(columns) <= _STEPS:
        return None
    for found, others in ((columns[0], columns[1:]), (columns[-1], columns[:-1])):
        if found.name not in (table.names[0], table.names[-1]):
            continue
        number = table.number(found.name)
        whole = table.one(f"bool_and({number} = round({number}))", rows=_LOOK)[0]
        few = 1 < found.different <= min(MOST_LABELS, table.rows / 4)
        if whole and few and 2 * sum(column.different > 2 * found.different for column in others) > len(others):
            return found
    return None


def _recording(table: Table, columns: list[ColumnLook], split: str, said: ColumnLook | None) -> Guess | None:
    """Rows of one recording with a label each: the one that was said, or the last column where it stays for a while."""
    ends = [name for name in table.names if name != split][-1:]
    last = said or next((c for c in reversed(columns) if c.name in ends), None)
    if last is None or not (last is said or _stays(last, table.rows)):
        return None
    date = find_date_column(table)
    taken = {last.name, split, date.name if date else ""}
    numbers = (name for name, number in numeric_columns(table, table.names).items() if number)
    inputs = tuple(name for name in numbers if not (name in taken or table.lasts(name)))
    if not inputs or (last is not said and len(inputs) == 1 and named(last.name, _FLAGS)):
        return None
    length = max(2, min(100, table.rows // 20))
    changes: dict[str, Any] = {
        "data.kind": "sequences",
        "data.sequence_column": (),
        "data.time_column": date.name if date else "",
        "data.label": last.name,
        "data.inputs": inputs,
        "data.sequence_length": length,
        "data.stride": max(1, length // 4),
        "model.topology": "many_to_many",
        **split_settings(split, "time"),
    }
    return Guess(changes, [f"one recording, label at every step: {last.name!r}"], table.rows / changes["data.stride"])


def _stays(label: ColumnLook, rows: int) -> bool:
    """Whether a label stays for a while, and has a telling name or is a name that comes back.

    Seasons and months come back too, but whoever knows the date knows them.
    """
    if not 1 < label.different <= MOST_LABELS or label.runs > rows / _RAGGED:
        return False
    comes_back = not label.number and label.runs > label.different and not named(label.name, _CALENDAR)
    return comes_back or named(label.name, LABELS)


def _counted_up(table: Table) -> tuple[str, ...]:
    """The longest stretch of columns whose names are the same but for a number that counts up."""
    best, first = range(0), 0
    before: tuple[str, int] | None = None
    for place, name in enumerate(table.names):
        found = re.fullmatch(r"(.*?)(\d+)", name)
        here = (found[1], int(found[2])) if found else (name, 1)  # as v, v2, v3
        if before is None or here != (before[0], before[1] + 1):
            first = place
        before = here
        best = max(best, range(first, place + 1), key=len)
    names = table.names[best.start : best.stop]
    numeric = numeric_columns(table, names)
    return names if all(numeric.get(name, True) for name in names) else ()
